//! A parsed private key, and its public half in every form that an app could take it for.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::traits::PublicKeyParts as _;

use super::{Algorithm, KeyKind, small};
use crate::random;

/// A parsed private key.
pub(crate) struct SigningKey {
    private: Private,
    /// The public members of its JWK, as (name, value), `kty` first.
    public: Vec<(&'static str, String)>,
}

enum Private {
    Rsa(RsaKeyPair),
    /// An RSA key that a careful library refuses.
    SmallRsa(Box<RsaPrivateKey>),
    Ecdsa(Algorithm, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// Reads PKCS#8; `None` where it holds no such key.
    pub(super) fn read(kind: KeyKind, der: &[u8]) -> Option<Self> {
        Some(match kind {
            KeyKind::EcP256 => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()?;
                Self::ecdsa(Algorithm::Es256, "P-256", key)
            }
            KeyKind::EcP384 => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der).ok()?;
                Self::ecdsa(Algorithm::Es384, "P-384", key)
            }
            KeyKind::Ed25519 => {
                Self::ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?)
            }
            KeyKind::Rsa512 | KeyKind::Rsa1024 | KeyKind::Rsa2048 | KeyKind::Unpublished => {
                Self::rsa(der)?
            }
        })
    }

    /// An RSA key of any size; the small ones are signed with by a library that does not mind.
    fn rsa(der: &[u8]) -> Option<Self> {
        if let Ok(key) = RsaKeyPair::from_pkcs8(der) {
            let public = key.public_key();
            let public = rsa_public(
                public.modulus().big_endian_without_leading_zero(),
                public.exponent().big_endian_without_leading_zero(),
            );
            return Some(Self {
                private: Private::Rsa(key),
                public,
            });
        }
        let key = RsaPrivateKey::from_pkcs8_der(der).ok()?;
        Some(Self {
            public: rsa_public(&key.n().to_bytes_be(), &key.e().to_bytes_be()),
            private: Private::SmallRsa(Box::new(key)),
        })
    }

    fn ecdsa(algorithm: Algorithm, curve: &str, key: EcdsaKeyPair) -> Self {
        // The uncompressed point of SEC 1: 0x04, x, y.
        let point = key.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at(point.len() / 2);
        let public = vec![
            ("kty", "EC".into()),
            ("crv", curve.into()),
            ("x", URL_SAFE_NO_PAD.encode(x)),
            ("y", URL_SAFE_NO_PAD.encode(y)),
        ];
        Self {
            public,
            private: Private::Ecdsa(algorithm, key),
        }
    }

    fn ed25519(key: Ed25519KeyPair) -> Self {
        let public = vec![
            ("kty", "OKP".into()),
            ("crv", "Ed25519".into()),
            ("x", URL_SAFE_NO_PAD.encode(key.public_key())),
        ];
        Self {
            public,
            private: Private::Ed25519(key),
        }
    }

    /// The `alg` of what it signs when nothing else is asked for.
    pub(crate) fn default_algorithm(&self) -> Algorithm {
        match &self.private {
            Private::Rsa(_) | Private::SmallRsa(_) => Algorithm::Rs256,
            Private::Ecdsa(algorithm, _) => *algorithm,
            Private::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// The name of [`default_algorithm`](Self::default_algorithm).
    pub(crate) fn algorithm(&self) -> &'static str {
        self.default_algorithm().name()
    }

    /// Signs with the key's own algorithm. Empty where the library refuses, which it does not for
    /// a key it parsed.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_as(self.default_algorithm(), message)
    }

    /// Signs with an algorithm; a key that cannot do it uses its own.
    pub(crate) fn sign_as(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = random::for_signing();
        match &self.private {
            Private::Rsa(key) => {
                let encoding = algorithm.rsa_encoding().unwrap_or(RS256);
                let mut signature = vec![0; key.public_modulus_len()];
                let signed = key.sign(encoding, &random, message, &mut signature);
                signed.map(|()| signature).unwrap_or_default()
            }
            Private::SmallRsa(key) => small::sign(key, message),
            Private::Ecdsa(_, key) => key
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec())
                .unwrap_or_default(),
            Private::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// The public members of its JWK, as (name, value), `kty` first.
    pub(crate) fn public(&self) -> &[(&'static str, String)] {
        &self.public
    }

    /// A public member of its JWK.
    pub(crate) fn member(&self, name: &str) -> &str {
        let found = self.public.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The public half as `SubjectPublicKeyInfo`
    /// ([RFC 5280 section 4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)), in DER.
    pub(crate) fn spki_der(&self) -> Vec<u8> {
        let der = match &self.private {
            Private::Rsa(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()),
            Private::Ecdsa(_, key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()),
            Private::Ed25519(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()),
            Private::SmallRsa(key) => {
                let der = key.to_public_key().to_public_key_der();
                return der.map(|der| der.as_bytes().to_vec()).unwrap_or_default();
            }
        };
        der.map(|der| der.as_ref().to_vec()).unwrap_or_default()
    }

    /// The public half as PKCS#1 has it
    /// ([RFC 8017 appendix A.1.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1)), in DER;
    /// empty for a key that is not RSA.
    pub(crate) fn pkcs1_der(&self) -> Vec<u8> {
        match &self.private {
            Private::Rsa(key) => key.public_key().as_ref().to_vec(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("SigningKey")
            .field(&self.public)
            .finish()
    }
}

const RS256: &aws_lc_rs::signature::RsaSignatureEncoding = &aws_lc_rs::signature::RSA_PKCS1_SHA256;

fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Vec<(&'static str, String)> {
    vec![
        ("kty", "RSA".into()),
        ("n", URL_SAFE_NO_PAD.encode(modulus)),
        ("e", URL_SAFE_NO_PAD.encode(exponent)),
    ]
}

/// DER as a PEM file says it
/// ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)), with a line feed at the end.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let mut lines = String::new();
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        lines.push_str(&String::from_utf8_lossy(line));
        lines.push('\n');
    }
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

#[cfg(test)]
mod tests {
    use rsa::pkcs1::DecodeRsaPublicKey as _;
    use rsa::pkcs8::DecodePublicKey as _;

    use super::super::pool;
    use super::*;

    #[test]
    fn the_pems_hold_the_key() {
        let key = pool::key(KeyKind::Rsa2048, 0).signing_key();
        let modulus = |key: &rsa::RsaPublicKey| URL_SAFE_NO_PAD.encode(key.n().to_bytes_be());
        let spki = pem("PUBLIC KEY", &key.spki_der());
        let decoded = rsa::RsaPublicKey::from_public_key_pem(&spki).unwrap();
        assert_eq!(modulus(&decoded), key.member("n"));
        let pkcs1 = pem("RSA PUBLIC KEY", &key.pkcs1_der());
        let decoded = rsa::RsaPublicKey::from_pkcs1_pem(&pkcs1).unwrap();
        assert_eq!(modulus(&decoded), key.member("n"));
    }
}
