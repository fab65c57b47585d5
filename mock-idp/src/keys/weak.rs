//! Keys that are too small, which no careful library makes or uses.

use std::sync::OnceLock;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// What comes before the digest in a PKCS#1 v1.5 signature with SHA-256
/// ([RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2), note 1).
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// An RSA key of 512 or 1024 bits.
pub(crate) struct WeakKey(RsaPrivateKey);

/// The embedded key of this size; `None` for a size that is not there.
pub(super) fn key(bits: u16) -> Option<&'static WeakKey> {
    static RSA_512: OnceLock<Option<WeakKey>> = OnceLock::new();
    static RSA_1024: OnceLock<Option<WeakKey>> = OnceLock::new();
    let (slot, der): (_, &[u8]) = match bits {
        512 => (&RSA_512, include_bytes!("weak_rsa_512.der")),
        1024 => (&RSA_1024, include_bytes!("weak_rsa_1024.der")),
        _ => return None,
    };
    slot.get_or_init(|| RsaPrivateKey::from_pkcs8_der(der).ok().map(WeakKey))
        .as_ref()
}

impl WeakKey {
    /// The modulus as a JWK says it.
    pub(crate) fn modulus(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.n().to_bytes_be())
    }

    /// Signs as RS256 does.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let padding = Pkcs1v15Sign {
            hash_len: Some(32),
            prefix: SHA256_PREFIX.into(),
        };
        let digest = digest::digest(&digest::SHA256, message);
        self.0.sign(padding, digest.as_ref()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_signs_and_others_are_not_there() {
        for bits in [512, 1024] {
            let signature = key(bits).unwrap().sign(b"message");
            assert_eq!(signature.len() * 8, usize::from(bits));
        }
        assert!(key(2048).is_none());
    }
}
