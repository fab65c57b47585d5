//! Signing with RSA keys that are too small, which no careful library does.

use aws_lc_rs::digest;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// What comes before the digest in a PKCS#1 v1.5 signature with SHA-256
/// ([RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2), note 1).
pub(crate) const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// Signs as RS256 does.
pub(super) fn sign(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    let padding = Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: SHA256_PREFIX.into(),
    };
    let digest = digest::digest(&digest::SHA256, message);
    key.sign(padding, digest.as_ref()).unwrap_or_default()
}
