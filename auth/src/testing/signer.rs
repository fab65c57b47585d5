//! [`Signer`]: a test key that signs with `jsonwebtoken`, so that no misunderstanding is shared
//! with what verifies.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey, crypto, jwk::Jwk};
use serde_json::{Value, json};

/// A private key of `tests/keys`.
#[derive(Clone, Copy)]
pub(crate) enum Signer {
    RsaA,
    RsaB,
    P256,
    P384,
    Ed25519,
}

impl Signer {
    fn key(self) -> EncodingKey {
        match self {
            Self::RsaA => EncodingKey::from_rsa_der(include_bytes!("../../tests/keys/rsa-a.der")),
            Self::RsaB => EncodingKey::from_rsa_der(include_bytes!("../../tests/keys/rsa-b.der")),
            Self::P256 => EncodingKey::from_ec_der(include_bytes!("../../tests/keys/p256.der")),
            Self::P384 => EncodingKey::from_ec_der(include_bytes!("../../tests/keys/p384.der")),
            Self::Ed25519 => {
                EncodingKey::from_ed_der(include_bytes!("../../tests/keys/ed25519.der"))
            }
        }
    }

    /// The algorithm that belongs to the key, where none is asked for.
    pub(crate) fn algorithm(self) -> &'static str {
        match self {
            Self::RsaA | Self::RsaB => "RS256",
            Self::P256 => "ES256",
            Self::P384 => "ES384",
            Self::Ed25519 => "EdDSA",
        }
    }

    /// The public key, with `use` and this `kid`, and without `alg`.
    pub(crate) fn jwk(self, kid: &str) -> Value {
        let algorithm: Algorithm = self.algorithm().parse().unwrap();
        let mut jwk = json!(Jwk::from_encoding_key(&self.key(), algorithm).unwrap());
        jwk.as_object_mut().unwrap().remove("alg");
        jwk["use"] = json!("sig");
        jwk["kid"] = json!(kid);
        jwk
    }

    /// A compact JWS over exactly these bytes. An RSA key signs with the header's algorithm, where
    /// it is one of RSA's; otherwise a key signs with its own, whatever the header claims.
    pub(crate) fn sign(self, header: &str, payload: &str) -> String {
        let named: Value = serde_json::from_str(header).unwrap_or_default();
        let asked = named["alg"]
            .as_str()
            .and_then(|name| name.parse::<Algorithm>().ok());
        let own: Algorithm = self.algorithm().parse().unwrap();
        let is_rsa = |algorithm: Algorithm| algorithm.family() == AlgorithmFamily::Rsa;
        let algorithm = asked
            .filter(|asked| is_rsa(*asked) && is_rsa(own))
            .unwrap_or(own);
        let encode = |part: &str| BASE64_URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = crypto::sign(signed.as_bytes(), &self.key(), algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}
