//! What a key is made of, and what it is published as.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SigningKey;
use super::pool::PoolKey;

/// A kind of key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum KeyKind {
    /// RSA of 2048 bits.
    #[default]
    Rsa2048,
    /// RSA of 512 bits, which is far too small.
    Rsa512,
    /// RSA of 1024 bits, which is too small
    /// ([RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
    Rsa1024,
    /// Elliptic curve P-256.
    EcP256,
    /// Elliptic curve P-384.
    EcP384,
    /// Ed25519.
    Ed25519,
    /// The RSA key of 2048 bits that [`Signing::Unpublished`](crate::Signing::Unpublished) signs
    /// with: for a hostile provider, which has it among its own.
    Unpublished,
}

/// A key that is to be published.
///
/// ```
/// use mock_idp::{KeyKind, MockIdp, NewKey};
///
/// let idp = MockIdp::start();
/// let kid = idp.keys().publish(NewKey::of(KeyKind::EcP256).member("use", "enc"));
/// assert!(idp.keys().published_kids().contains(&kid));
/// ```
#[must_use = "a key is nothing until it is published"]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NewKey {
    /// Its kind; RSA of 2048 bits where nothing is said.
    #[serde(default)]
    pub kind: KeyKind,
    /// Its `kid`; one of the provider's form where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Whose certificate stands in `x5c`; nobody's where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateOf>,
    /// Members of the JWK that are other than they should be, such as `use` or `alg`; null leaves
    /// one out, also `kid`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub members: Map<String, Value>,
}

/// Whose certificate stands in a key's `x5c`
/// ([RFC 7517 section 4.7](https://www.rfc-editor.org/rfc/rfc7517#section-4.7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum CertificateOf {
    /// The key's own. Only RSA keys of 2048 bits from the pool have one: others go without `x5c`.
    Itself,
    /// That of another key, which no key may have.
    AnotherKey,
}

impl NewKey {
    /// A key of a kind.
    pub fn of(kind: KeyKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Under this `kid`, which another key may have as well.
    pub fn kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// With this certificate in `x5c`.
    pub fn certificate(mut self, of: CertificateOf) -> Self {
        self.certificate = Some(of);
        self
    }

    /// Published with this member; null leaves it out.
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }
}

/// The private key behind a published one.
#[derive(Clone, Debug)]
pub(crate) enum KeyMaterial {
    /// One of the pool.
    Pool(&'static PoolKey),
    /// One that was made on request.
    Fresh(Arc<SigningKey>),
}

impl KeyMaterial {
    /// The private key.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        match self {
            Self::Pool(key) => key.signing_key(),
            Self::Fresh(key) => key,
        }
    }

    /// A self-signed certificate of the key, in DER; the pool's RSA keys of 2048 bits have one.
    pub(crate) fn certificate(&self) -> Option<&'static [u8]> {
        match self {
            Self::Pool(key) => key.certificate(),
            Self::Fresh(_) => None,
        }
    }

    /// The SHA-1 thumbprint of the certificate
    /// ([RFC 7517 section 4.8](https://www.rfc-editor.org/rfc/rfc7517#section-4.8)).
    pub(crate) fn thumbprint(&self) -> Option<String> {
        let certificate = self.certificate()?;
        let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
        Some(URL_SAFE_NO_PAD.encode(digest))
    }
}
