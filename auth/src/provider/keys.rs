//! [`KeySet`]: the provider's public keys, and which of them may have signed a token.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;
use openidconnect::{
    JsonWebKey,
    core::{CoreJsonCurveType, CoreJsonWebKey},
};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Algorithm, Document, Rules};
use crate::{LoginError, error::cut, json};

/// [RFC 7518 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3): 2048 bits or more must be
/// used.
const RSA_BITS: usize = 2048;

/// The exponent of every provider's keys. A smaller one makes forgeries cheap where padding is
/// checked carelessly, and FIPS 186-5 A.1.1 has none below it.
const RSA_EXPONENT: u64 = 65_537;

/// A JSON Web Key Set ([RFC 7517 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)) without the
/// keys that are of no use here: unknown types, missing members, symmetric ones.
#[derive(Debug)]
pub(crate) struct KeySet(Vec<Key>);

/// Why no key of a set is meant by a token's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// No key has the token's `kid`, or without one, its type.
    Unknown,
    /// The token has no `kid`, and more than one key would do.
    Ambiguous,
    /// The key must not be used for this.
    Unsuitable(&'static str),
}

impl Document for KeySet {
    /// A key that was withdrawn must not count for long.
    const STALE_FOR: i64 = 86_400;

    fn parse(url: &Url, body: &[u8], _: Rules<'_>) -> Result<Self, LoginError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = json::from_slice(body).map_err(|error| LoginError::NotJson {
            url: url.to_string(),
            detail: cut(&error.to_string()),
        })?;
        Ok(Self(set.keys.into_iter().filter_map(Key::parse).collect()))
    }
}

impl KeySet {
    /// The keys that may have made a signature with this algorithm and `kid`. It is more than one
    /// only where the provider gave several the same `kid`.
    pub(crate) fn candidates(
        &self,
        algorithm: &Algorithm,
        kid: Option<&str>,
    ) -> Result<Vec<&Key>, NoKey> {
        let is_meant = |key: &&Key| match kid {
            Some(kid) => key.kid.as_deref() == Some(kid),
            None => key.jwk.key_type() == &algorithm.key_type,
        };
        let meant: Vec<&Key> = self.0.iter().filter(is_meant).collect();
        let Some(first) = meant.first() else {
            return Err(NoKey::Unknown);
        };
        let fault = first.fault_for(algorithm).unwrap_or_default();
        let fitting: Vec<&Key> = meant
            .into_iter()
            .filter(|key| key.fault_for(algorithm).is_none())
            .collect();
        match fitting.len() {
            0 => Err(NoKey::Unsuitable(fault)),
            2.. if kid.is_none() => Err(NoKey::Ambiguous),
            _ => Ok(fitting),
        }
    }
}

/// One public key.
#[derive(Debug)]
pub(crate) struct Key {
    kid: Option<String>,
    algorithm: Option<String>,
    curve: Option<String>,
    /// Why it must not verify anything, whatever the algorithm.
    fault: Option<&'static str>,
    jwk: CoreJsonWebKey,
}

/// The members of a JSON Web Key that matter ([RFC 7517
/// 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
#[derive(Deserialize)]
struct Members {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// `None` for a key that this crate cannot read; the others of the set must not suffer for it.
    fn parse(value: Value) -> Option<Self> {
        let members: Members = serde_json::from_value(value).ok()?;
        let (jwk, weakness) = match members.kty.as_str() {
            "RSA" => rsa(&members)?,
            "EC" => (elliptic_curve(&members)?, None),
            "OKP" => edwards_curve(&members)?,
            _ => return None,
        };
        let fault = weakness.or_else(|| misuse(&members));
        Some(Self {
            kid: members.kid,
            algorithm: members.alg,
            curve: members.crv,
            fault,
            jwk,
        })
    }

    /// Why this key must not verify a signature with this algorithm.
    fn fault_for(&self, algorithm: &Algorithm) -> Option<&'static str> {
        if self.jwk.key_type() != &algorithm.key_type {
            return Some("is of a type that the token's alg does not use");
        }
        if algorithm.curve.is_some() && self.curve.as_deref() != algorithm.curve {
            return Some("is on a curve that the token's alg does not use");
        }
        if self
            .algorithm
            .as_ref()
            .is_some_and(|name| name != algorithm.name)
        {
            return Some("is for another alg than the token's");
        }
        self.fault
    }

    /// Whether this key made the signature.
    pub(crate) fn signed(&self, algorithm: &Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.jwk
            .verify_signature(&algorithm.jws, message, signature)
            .is_ok()
    }

    /// The hash that belongs to the algorithm, as `at_hash` uses it.
    pub(crate) fn hash(&self, algorithm: &Algorithm, bytes: &[u8]) -> Option<Vec<u8>> {
        self.jwk.hash_bytes(bytes, &algorithm.jws).ok()
    }
}

fn misuse(members: &Members) -> Option<&'static str> {
    if members
        .r#use
        .as_deref()
        .is_some_and(|purpose| purpose != "sig")
    {
        return Some("is not for signatures (use)");
    }
    let operations = members.key_ops.as_ref()?;
    let verifies = operations.iter().any(|operation| operation == "verify");
    (!verifies).then_some("is not for verifying (key_ops)")
}

type Parsed = (CoreJsonWebKey, Option<&'static str>);

fn rsa(members: &Members) -> Option<Parsed> {
    let modulus = number(members.n.as_deref()?)?;
    let exponent = number(members.e.as_deref()?)?;
    let weakness = if bits(&modulus) < RSA_BITS {
        Some("is an RSA key of less than 2048 bits")
    } else if !is_sane_exponent(&exponent) {
        Some("is an RSA key with an unsafe exponent")
    } else {
        None
    };
    Some((CoreJsonWebKey::new_rsa(modulus, exponent, None), weakness))
}

fn elliptic_curve(members: &Members) -> Option<CoreJsonWebKey> {
    let curve = match members.crv.as_deref()? {
        "P-256" => CoreJsonCurveType::P256,
        "P-384" => CoreJsonCurveType::P384,
        _ => return None,
    };
    let (x, y) = (
        decode(members.x.as_deref()?)?,
        decode(members.y.as_deref()?)?,
    );
    Some(CoreJsonWebKey::new_ec(x, y, curve, None))
}

fn edwards_curve(members: &Members) -> Option<Parsed> {
    if members.crv.as_deref()? != "Ed25519" {
        return None;
    }
    let x = decode(members.x.as_deref()?)?;
    let point = VerifyingKey::try_from(x.as_slice()).ok()?;
    // A point of small order "verifies" one signature for almost every message.
    let weakness = point
        .is_weak()
        .then_some("is an Ed25519 key of small order");
    Some((
        CoreJsonWebKey::new_okp(x, CoreJsonCurveType::Ed25519, None),
        weakness,
    ))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// A `Base64urlUInt`; some providers put zeros in front.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

fn is_sane_exponent(exponent: &[u8]) -> bool {
    let value = exponent
        .iter()
        .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    exponent.len() <= 8 && value >= RSA_EXPONENT && value % 2 == 1
}

/// A key set of these keys.
#[cfg(test)]
pub(crate) fn parse_keys(keys: &[Value]) -> KeySet {
    KeySet(keys.iter().cloned().filter_map(Key::parse).collect())
}

#[cfg(test)]
mod tests {
    use super::{bits, is_sane_exponent};

    #[test]
    fn the_size_of_a_number() {
        let check = |number: &[u8], expected| assert_eq!(bits(number), expected, "{number:?}");
        check(&[], 0);
        check(&[1], 1);
        check(&[0x80], 8);
        check(&[0x01, 0x00], 9);
        check(&[0xff; 256], 2048);
        check(&[0x7f; 256], 2047);
    }

    #[test]
    fn the_exponent() {
        let check = |exponent: &[u8], expected| {
            assert_eq!(is_sane_exponent(exponent), expected, "{exponent:?}");
        };
        check(&[1, 0, 1], true);
        check(&[1, 0, 3], true);
        check(&[], false);
        check(&[1], false);
        check(&[3], false);
        check(&[0xff, 0xff], false);
        check(&[1, 0, 2], false);
        check(&[1, 0, 0, 0, 0, 0, 0, 0, 1], false);
    }
}
