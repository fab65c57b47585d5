//! The embedded keys. Making an RSA key takes seconds in a debug build, parsing one a millisecond,
//! once a process.

use std::fmt;
use std::sync::OnceLock;

use super::{KeyKind, SigningKey};

/// The keys of a kind take turns. Every tenant begins with the same ones, so that a process parses
/// few.
static POOL: [PoolKey; 16] = [
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_0.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_1.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_2.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_3.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_4.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_5.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_6.der")),
    PoolKey::new(KeyKind::Rsa2048, include_bytes!("rsa2048_7.der")),
    PoolKey::new(KeyKind::Unpublished, include_bytes!("rsa2048_8.der")),
    PoolKey::new(KeyKind::Rsa512, include_bytes!("weak_rsa_512.der")),
    PoolKey::new(KeyKind::Rsa1024, include_bytes!("weak_rsa_1024.der")),
    PoolKey::new(KeyKind::EcP256, include_bytes!("ec_p256_0.der")),
    PoolKey::new(KeyKind::EcP256, include_bytes!("ec_p256_1.der")),
    PoolKey::new(KeyKind::EcP384, include_bytes!("ec_p384_0.der")),
    PoolKey::new(KeyKind::Ed25519, include_bytes!("ed25519_0.der")),
    PoolKey::new(KeyKind::Ed25519, include_bytes!("ed25519_1.der")),
];

/// Self-signed X.509 certificates of the first keys in the pool, in DER.
static CERTIFICATES: [&[u8]; 9] = [
    include_bytes!("rsa2048_0.crt.der"),
    include_bytes!("rsa2048_1.crt.der"),
    include_bytes!("rsa2048_2.crt.der"),
    include_bytes!("rsa2048_3.crt.der"),
    include_bytes!("rsa2048_4.crt.der"),
    include_bytes!("rsa2048_5.crt.der"),
    include_bytes!("rsa2048_6.crt.der"),
    include_bytes!("rsa2048_7.crt.der"),
    include_bytes!("rsa2048_8.crt.der"),
];

/// The `number`-th key of a kind; after the last comes the first again.
pub(super) fn key(kind: KeyKind, number: usize) -> &'static PoolKey {
    let of_kind = || POOL.iter().filter(|key| key.kind == kind);
    let count = of_kind().count().max(1);
    of_kind().nth(number % count).unwrap_or(&POOL[0])
}

/// A key of the pool, parsed when it is first needed.
pub(crate) struct PoolKey {
    kind: KeyKind,
    der: &'static [u8],
    parsed: OnceLock<SigningKey>,
}

impl PoolKey {
    const fn new(kind: KeyKind, der: &'static [u8]) -> Self {
        Self {
            kind,
            der,
            parsed: OnceLock::new(),
        }
    }

    /// The private key.
    #[expect(
        clippy::expect_used,
        reason = "the files are compiled in, and the tests parse every one"
    )]
    pub(crate) fn signing_key(&'static self) -> &'static SigningKey {
        self.parsed
            .get_or_init(|| SigningKey::read(self.kind, self.der).expect("an embedded PKCS#8 key"))
    }

    /// The certificate of the key; the RSA keys of 2048 bits have one.
    pub(super) fn certificate(&'static self) -> Option<&'static [u8]> {
        let position = POOL.iter().position(|key| std::ptr::eq(key, self))?;
        CERTIFICATES.get(position).copied()
    }
}

impl fmt::Debug for PoolKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PoolKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_key_parses_and_signs() {
        for key in &POOL {
            let bytes = match key.kind {
                KeyKind::Rsa512 | KeyKind::EcP256 | KeyKind::Ed25519 => 64,
                KeyKind::Rsa1024 => 128,
                KeyKind::EcP384 => 96,
                KeyKind::Rsa2048 | KeyKind::Unpublished => 256,
            };
            assert_eq!(
                key.signing_key().sign(b"message").len(),
                bytes,
                "{:?}",
                key.kind
            );
        }
    }

    #[test]
    fn the_keys_of_a_kind_take_turns() {
        let number = |kind, number| key(kind, number).signing_key().member("x").to_owned();
        assert_ne!(number(KeyKind::EcP256, 0), number(KeyKind::EcP256, 1));
        assert_eq!(number(KeyKind::EcP256, 0), number(KeyKind::EcP256, 2));
    }

    #[test]
    fn a_certificate_holds_the_key_it_stands_beside() {
        for (key, certificate) in POOL.iter().zip(CERTIFICATES) {
            assert_eq!(key.certificate(), Some(certificate));
            let spki = key.signing_key().spki_der();
            assert!(certificate.windows(spki.len()).any(|it| it == spki));
        }
        assert_eq!(key(KeyKind::EcP256, 0).certificate(), None);
    }
}
