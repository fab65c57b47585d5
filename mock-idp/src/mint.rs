//! Tokens without a login: what a test of an API needs, or of code that only verifies.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sign::Signing;
use crate::time::seconds;

/// A token that is made without a login; [`Tenant::mint`](crate::Tenant::mint) signs it.
///
/// ```
/// use std::time::Duration;
///
/// use mock_idp::{Mint, MockIdp, Signing};
///
/// let idp = MockIdp::start();                 // its keys are at jwks_uri, no client needs to be there
/// let good = idp.mint(Mint::jwt_access_token("alice", "https://api.example").scope("read"));
/// let late = idp.mint(Mint::jwt_access_token("alice", "https://api.example").age(Duration::from_secs(7200)));
/// let forged = idp.mint(Mint::id_token("alice", "my-app").claim("aud", "other").sign_with(Signing::Flip));
/// assert_eq!(good.split('.').count(), 3);
/// # assert_ne!(late, forged);
/// ```
#[must_use = "a token is made by Tenant::mint"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mint {
    /// What kind of token it is.
    pub kind: MintKind,
    /// The id of the persona it is about.
    pub persona: String,
    /// Whom it is for: the client of an ID token or an opaque access token, the API of an access
    /// token that is a JWT.
    pub audience: String,
    /// What it allows, separated by spaces.
    #[serde(default = "scopes")]
    pub scope: String,
    /// The `nonce` of an ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The `sid` of an ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// How long ago it was issued, in seconds.
    #[serde(default, with = "seconds")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub age: Duration,
    /// Claims that are other than they would be; null leaves one out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub claims: Map<String, Value>,
    /// Members of the header that are other than they would be; null leaves one out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub header: Map<String, Value>,
    /// How it is signed wrongly. A key of its own that a way of signing brings is not published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_with: Vec<Signing>,
}

/// What kind of token is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MintKind {
    /// An ID token as a login gives it.
    IdToken,
    /// An access token that is a JWT, [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068).
    JwtAccessToken,
    /// An access token as a login gives it, which the `UserInfo` endpoint takes. It is no JWT: it
    /// has neither claims nor a header.
    AccessToken,
}

/// Why no token is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// There is nobody of this id.
    #[error("there is no persona {0:?}")]
    Persona(String),
    /// An opaque access token says nothing.
    #[error("an access token is no JWT here: it has no claims, header, age or signature")]
    Opaque,
    /// It keeps the signature of claims that it does not change.
    #[error("sign_with(BeforeEdits) belongs to a token whose claims are changed")]
    NoEdits,
    /// There is no weak key of this size.
    #[error("there is no weak RSA key of {0} bits; there are 512 and 1024")]
    WeakRsa(u16),
    /// It spoils a signature of another kind than the token has.
    #[error("sign_with({0:?}) does nothing to a token whose header says {1}")]
    Misfit(Signing, &'static str),
    /// It signs with a secret that is not there.
    #[error("sign_with(HmacClientSecret) needs a registered client with a secret, unlike {0:?}")]
    NoSecret(String),
}

impl Mint {
    /// An ID token of this persona for this client, which need not be registered.
    pub fn id_token(persona: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self::of(MintKind::IdToken, persona.into(), client_id.into())
    }

    /// An access token of this persona for this API, as a JWT.
    pub fn jwt_access_token(persona: impl Into<String>, audience: impl Into<String>) -> Self {
        Self::of(MintKind::JwtAccessToken, persona.into(), audience.into())
    }

    /// An access token of this persona for this client, which the `UserInfo` endpoint takes.
    pub fn access_token(persona: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self::of(MintKind::AccessToken, persona.into(), client_id.into())
    }

    fn of(kind: MintKind, persona: String, audience: String) -> Self {
        Self {
            kind,
            persona,
            audience,
            scope: scopes(),
            nonce: None,
            sid: None,
            age: Duration::ZERO,
            claims: Map::new(),
            header: Map::new(),
            sign_with: Vec::new(),
        }
    }

    /// What it allows, separated by spaces; `openid email profile` where nothing is said.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// The `nonce` of an ID token.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// The `sid` of an ID token.
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// How long ago it was issued.
    pub fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// Gives a claim another value, or adds it; null leaves it out.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Gives a member of the header another value, or adds it; null leaves it out.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Signs it wrongly.
    pub fn sign_with(mut self, signing: Signing) -> Self {
        self.sign_with.push(signing);
        self
    }

    /// Refuses what could not be told.
    pub(crate) fn check(&self) -> Result<(), MintError> {
        let is_plain =
            self.claims.is_empty() && self.header.is_empty() && self.sign_with.is_empty();
        if self.kind == MintKind::AccessToken && !(is_plain && self.age.is_zero()) {
            return Err(MintError::Opaque);
        }
        if self.claims.is_empty() && self.sign_with.contains(&Signing::BeforeEdits) {
            return Err(MintError::NoEdits);
        }
        let unknown = self.sign_with.iter().find_map(Signing::unknown_weak_size);
        unknown.map_or(Ok(()), |bits| Err(MintError::WeakRsa(bits)))
    }
}

fn scopes() -> String {
    "openid email profile".into()
}
