//! [`Algorithm`]: the closed list of what an ID token may be signed with.

use openidconnect::core::{CoreJsonWebKeyType as KeyType, CoreJwsSigningAlgorithm as Jws};

/// A signature algorithm of [RFC 7518 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1) or
/// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037).
#[derive(Debug)]
pub(crate) struct Algorithm {
    /// As the `alg` of a header says it; upper and lower case matter.
    pub(crate) name: &'static str,
    pub(super) jws: Jws,
    pub(super) key_type: KeyType,
    /// The curve, where the algorithm prescribes one.
    pub(super) curve: Option<&'static str>,
}

impl Algorithm {
    /// The algorithm with this name, if it is allowed at all.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ALLOWED.iter().find(|algorithm| algorithm.name == name)
    }
}

/// Never `none`, and never one with a shared secret: whoever knows a public key could sign with it.
static ALLOWED: [Algorithm; 9] = [
    allowed("RS256", Jws::RsaSsaPkcs1V15Sha256, KeyType::RSA, None),
    allowed("RS384", Jws::RsaSsaPkcs1V15Sha384, KeyType::RSA, None),
    allowed("RS512", Jws::RsaSsaPkcs1V15Sha512, KeyType::RSA, None),
    allowed("PS256", Jws::RsaSsaPssSha256, KeyType::RSA, None),
    allowed("PS384", Jws::RsaSsaPssSha384, KeyType::RSA, None),
    allowed("PS512", Jws::RsaSsaPssSha512, KeyType::RSA, None),
    allowed(
        "ES256",
        Jws::EcdsaP256Sha256,
        KeyType::EllipticCurve,
        Some("P-256"),
    ),
    allowed(
        "ES384",
        Jws::EcdsaP384Sha384,
        KeyType::EllipticCurve,
        Some("P-384"),
    ),
    allowed("EdDSA", Jws::EdDsa, KeyType::OctetKeyPair, Some("Ed25519")),
];

const fn allowed(
    name: &'static str,
    jws: Jws,
    key_type: KeyType,
    curve: Option<&'static str>,
) -> Algorithm {
    Algorithm {
        name,
        jws,
        key_type,
        curve,
    }
}
