//! The embedded keys. Making an RSA key takes seconds in a debug build, parsing one a millisecond,
//! once a process.

use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs1::RsaPublicKey;
use rsa::pkcs1::der::Decode;

use crate::random;

const PUBLISHABLE: usize = 8;

static DER: [&[u8]; PUBLISHABLE + 1] = [
    include_bytes!("rsa2048_0.der"),
    include_bytes!("rsa2048_1.der"),
    include_bytes!("rsa2048_2.der"),
    include_bytes!("rsa2048_3.der"),
    include_bytes!("rsa2048_4.der"),
    include_bytes!("rsa2048_5.der"),
    include_bytes!("rsa2048_6.der"),
    include_bytes!("rsa2048_7.der"),
    include_bytes!("rsa2048_8.der"),
];

static POOL: [PoolKey; PUBLISHABLE + 1] = [const {
    PoolKey {
        parsed: OnceLock::new(),
    }
}; PUBLISHABLE + 1];

/// The `number`-th key. Every tenant begins with the same ones, so that a process parses few.
pub(super) fn key(number: usize) -> &'static PoolKey {
    &POOL[number % PUBLISHABLE]
}

/// The key that nobody publishes.
pub(super) fn unpublished() -> &'static PoolKey {
    &POOL[PUBLISHABLE]
}

/// A key of the pool, parsed when it is first needed.
pub(crate) struct PoolKey {
    parsed: OnceLock<Parsed>,
}

struct Parsed {
    key: SigningKey,
    modulus: String,
}

/// A parsed private key, by the algorithm it signs with.
pub(crate) enum SigningKey {
    /// RSASSA-PKCS1-v1_5 with SHA-256,
    /// [RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3).
    Rs256(RsaKeyPair),
}

impl PoolKey {
    /// The modulus as a JWK says it.
    pub(crate) fn modulus(&'static self) -> &'static str {
        &self.parsed().modulus
    }

    /// The private key.
    pub(crate) fn signing_key(&'static self) -> &'static SigningKey {
        &self.parsed().key
    }

    fn parsed(&'static self) -> &'static Parsed {
        self.parsed.get_or_init(|| {
            let index = POOL.iter().position(|key| std::ptr::eq(key, self));
            Parsed::read(DER[index.unwrap_or_default()])
        })
    }
}

impl fmt::Debug for PoolKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PoolKey(..)")
    }
}

impl Parsed {
    #[expect(
        clippy::expect_used,
        reason = "the files are compiled in, and the tests parse every one"
    )]
    fn read(der: &[u8]) -> Self {
        let key = RsaKeyPair::from_pkcs8(der).expect("an embedded PKCS#8 key");
        let public = RsaPublicKey::from_der(key.public_key().as_ref())
            .expect("a public key as aws-lc writes it");
        let modulus = URL_SAFE_NO_PAD.encode(public.modulus.as_bytes());
        Self {
            modulus,
            key: SigningKey::Rs256(key),
        }
    }
}

impl SigningKey {
    /// The `alg` of what it signs.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rs256(_) => "RS256",
        }
    }

    /// Signs. Empty where the library refuses, which it does not for a key it parsed.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let random = random::for_signing();
                let signed = key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
                signed.map(|()| signature).unwrap_or_default()
            }
        }
    }

    /// The public half as a PEM file says it (`SubjectPublicKeyInfo`), which a confused app takes
    /// for an HMAC secret.
    pub(crate) fn public_pem(&self) -> String {
        let Self::Rs256(key) = self;
        let der = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key());
        let base64 = der
            .map(|der| STANDARD.encode(der.as_ref() as &[u8]))
            .unwrap_or_default();
        let mut lines = String::new();
        for line in base64.as_bytes().chunks(64) {
            lines.push_str(&String::from_utf8_lossy(line));
            lines.push('\n');
        }
        format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n")
    }
}

#[cfg(test)]
mod tests {
    use rsa::pkcs8::DecodePublicKey as _;
    use rsa::traits::PublicKeyParts as _;

    use super::*;

    #[test]
    fn every_embedded_key_parses_and_signs() {
        for key in &POOL {
            assert_eq!(key.modulus().len(), 342);
            assert_eq!(key.signing_key().sign(b"message").len(), 256);
        }
    }

    #[test]
    fn the_pem_holds_the_key() {
        let pem = key(0).signing_key().public_pem();
        let decoded = rsa::RsaPublicKey::from_public_key_pem(&pem).unwrap();
        let modulus = URL_SAFE_NO_PAD.encode(decoded.n().to_bytes_be());
        assert_eq!(modulus, key(0).modulus());
    }
}
