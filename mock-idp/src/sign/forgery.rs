//! Signatures that need no private key, or change one that was made.

use aws_lc_rs::digest;
use rsa::BigUint;

use crate::keys::SHA256_PREFIX;

/// The order of P-256's base point, FIPS 186-5 by way of SEC 2 section 2.4.2.
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
/// The order of Ed25519's base point,
/// [RFC 8032 section 5.1](https://www.rfc-editor.org/rfc/rfc8032#section-5.1).
const ED25519_ORDER: &str = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_default()
}

/// What comes before the hash in a signature of 2048 bits, and the hash: EMSA-PKCS1-v1_5
/// ([RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2)) with as many bytes
/// of padding as said.
fn encoded_message(message: &[u8], padding: usize) -> Vec<u8> {
    let mut encoded = vec![0, 1];
    encoded.resize(2 + padding, 0xff);
    encoded.push(0);
    encoded.extend(SHA256_PREFIX);
    encoded.extend(digest::digest(&digest::SHA256, message).as_ref());
    encoded
}

const RSA_BYTES: usize = 256;

/// The signature that a key of 2048 bits with e = 1 takes for right: the encoded message itself.
pub(super) fn exponent_one(message: &[u8]) -> Vec<u8> {
    let padding = RSA_BYTES - 3 - SHA256_PREFIX.len() - digest::SHA256_OUTPUT_LEN;
    encoded_message(message, padding)
}

/// Bleichenbacher's forgery of 2006: a number whose cube begins with short padding and the hash,
/// and has rubbish behind it. A key of 2048 bits with e = 3 takes it for right where the app does
/// not look at what is behind the hash.
pub(super) fn cube_root(message: &[u8]) -> Vec<u8> {
    let mut wanted = encoded_message(message, 8);
    wanted.resize(RSA_BYTES, 0);
    let root = ceiling_cube_root(&BigUint::from_bytes_be(&wanted));
    left_padded(&root.to_bytes_be(), RSA_BYTES)
}

/// The smallest number whose cube is not less, by halving.
fn ceiling_cube_root(of: &BigUint) -> BigUint {
    let one = BigUint::from(1_u8);
    let (mut low, mut high) = (BigUint::default(), one.clone() << (of.bits() / 3 + 1));
    while low < high {
        let middle: BigUint = (&low + &high) >> 1;
        if &(&middle * &middle * &middle) < of {
            low = middle + &one;
        } else {
            high = middle;
        }
    }
    low
}

fn left_padded(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![0; length.saturating_sub(bytes.len())];
    padded.extend(bytes);
    padded
}

/// r = s = the order of the curve, which is zero there.
pub(super) fn ecdsa_order() -> Vec<u8> {
    number(P256_ORDER).to_bytes_be().repeat(2)
}

/// The other s that verifies: order - s, whichever is the higher.
pub(super) fn high_s(signature: &mut [u8]) {
    let order = number(P256_ORDER);
    let Some((_, s)) = signature
        .split_at_checked(32)
        .filter(|(_, s)| s.len() == 32)
    else {
        return;
    };
    let low = BigUint::from_bytes_be(s);
    if low > order {
        return;
    }
    let other = &order - &low;
    let high = low.max(other);
    signature[32..].copy_from_slice(&left_padded(&high.to_bytes_be(), 32));
}

/// r and s as DER has them, as X.509 does and JWS does not
/// ([RFC 7518 section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
pub(super) fn ecdsa_der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let content = [der_integer(r), der_integer(s)].concat();
    let length = u8::try_from(content.len()).unwrap_or(0x7f);
    [vec![0x30, length], content].concat()
}

fn der_integer(bytes: &[u8]) -> Vec<u8> {
    let mut digits = BigUint::from_bytes_be(bytes).to_bytes_be();
    if digits.first().is_some_and(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    let length = u8::try_from(digits.len()).unwrap_or(0x7f);
    [vec![0x02, length], digits].concat()
}

/// The identity as R and zero as S: for the small-order key below, right for every message where
/// the app does not refuse such keys
/// ([RFC 8032 section 5.1.7](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7)).
pub(super) fn ed25519_identity() -> Vec<u8> {
    left_aligned(1, 64)
}

/// The identity point, as a JWK's `x` in base64url: a public key of order 1.
pub(super) const ED25519_IDENTITY_KEY: &str = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn left_aligned(first: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes[0] = first;
    bytes
}

/// S plus the order: the same number to a verifier that does not look whether it is reduced.
pub(super) fn ed25519_unreduced(signature: &mut [u8]) {
    let Some((_, s)) = signature
        .split_at_checked(32)
        .filter(|(_, s)| s.len() == 32)
    else {
        return;
    };
    let s = BigUint::from_bytes_le(s) + number(ED25519_ORDER);
    let mut bytes = s.to_bytes_le();
    bytes.resize(32, 0);
    signature[32..].copy_from_slice(&bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cube_of_the_forgery_begins_as_a_signature_does() {
        let forged = BigUint::from_bytes_be(&cube_root(b"message"));
        let cube = left_padded(&(&forged * &forged * &forged).to_bytes_be(), RSA_BYTES);
        let wanted = encoded_message(b"message", 8);
        assert_eq!(cube[..wanted.len()], wanted);
        assert_eq!(exponent_one(b"message").len(), RSA_BYTES);
    }

    #[test]
    fn the_other_s_is_the_high_one_and_stays() {
        let mut signature = [7_u8; 64];
        high_s(&mut signature);
        let once = signature;
        assert_ne!(once, [7; 64]);
        high_s(&mut signature);
        assert_eq!(signature, once);
    }

    #[test]
    fn der_has_a_zero_before_a_high_bit() {
        let mut signature = [0_u8; 64];
        (signature[31], signature[63]) = (0x80, 0x01);
        assert_eq!(ecdsa_der(&signature), [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1]);
    }
}
