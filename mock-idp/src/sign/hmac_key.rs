//! What a confused app takes for an HMAC key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::keys::{Keys, PublishedKey, pem};

/// What a token of `HS256` is signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum HmacKey {
    /// Nothing: a key of no bytes.
    Empty,
    /// This text.
    Text(String),
    /// The bytes that this base64url text stands for, as an `oct` JWK has its `k`.
    Base64(String),
    /// The public half of the key that should sign.
    PublicKey(PublicKeyForm),
}

/// A public key as bytes. What the key does not have (PKCS#1 of an elliptic curve) is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum PublicKeyForm {
    /// PEM of `SubjectPublicKeyInfo`, with a line feed at the end.
    SpkiPem,
    /// The same without it.
    SpkiPemTrimmed,
    /// The same with carriage returns before the line feeds.
    SpkiPemCrlf,
    /// The same with a space before it.
    SpkiPemLeadingSpace,
    /// PEM of PKCS#1, with a line feed at the end.
    Pkcs1Pem,
    /// The same without it.
    Pkcs1PemTrimmed,
    /// DER of `SubjectPublicKeyInfo`.
    SpkiDer,
    /// DER of PKCS#1.
    Pkcs1Der,
    /// base64 of the former, in one line.
    SpkiBase64,
    /// base64 of the former, in lines of 64.
    SpkiBase64Lines,
    /// The JWK as it is published.
    Jwk,
    /// The text of the JWK's `n`.
    ModulusText,
    /// The bytes of the JWK's `n`.
    ModulusBytes,
    /// The text of the JWK's `e`.
    ExponentText,
    /// The text of the JWK's `kty`.
    KeyType,
    /// The text of the JWK's `alg`.
    Algorithm,
}

impl HmacKey {
    pub(super) fn bytes(&self, key: &PublishedKey, keys: &Keys) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Base64(text) => URL_SAFE_NO_PAD.decode(text).unwrap_or_default(),
            Self::PublicKey(form) => form.bytes(key, keys),
        }
    }
}

impl PublicKeyForm {
    fn bytes(self, key: &PublishedKey, keys: &Keys) -> Vec<u8> {
        let signing_key = key.key.signing_key();
        let spki = || pem("PUBLIC KEY", &signing_key.spki_der());
        let pkcs1 = || pem("RSA PUBLIC KEY", &signing_key.pkcs1_der());
        let text = match self {
            Self::SpkiDer => return signing_key.spki_der(),
            Self::Pkcs1Der => return signing_key.pkcs1_der(),
            Self::ModulusBytes => {
                let modulus = URL_SAFE_NO_PAD.decode(signing_key.member("n"));
                return modulus.unwrap_or_default();
            }
            Self::SpkiPem => spki(),
            Self::SpkiPemTrimmed => spki().trim_end().into(),
            Self::SpkiPemCrlf => spki().replace('\n', "\r\n"),
            Self::SpkiPemLeadingSpace => format!(" {}", spki()),
            Self::Pkcs1Pem => pkcs1(),
            Self::Pkcs1PemTrimmed => pkcs1().trim_end().into(),
            Self::SpkiBase64 => STANDARD.encode(signing_key.spki_der()),
            Self::SpkiBase64Lines => base64_lines(&spki()),
            Self::Jwk => keys.jwk(key, ""),
            Self::ModulusText => signing_key.member("n").into(),
            Self::ExponentText => signing_key.member("e").into(),
            Self::KeyType => signing_key.member("kty").into(),
            Self::Algorithm => signing_key.algorithm().into(),
        };
        text.into_bytes()
    }
}

/// A PEM text without its first and last line.
fn base64_lines(pem: &str) -> String {
    let lines = pem.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("-----")).collect()
}
