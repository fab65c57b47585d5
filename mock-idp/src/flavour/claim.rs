//! Which claims an ID token or a `UserInfo` answer has, in which order, and from what.

use serde::Deserialize;

/// One claim: its name, where its value comes from, and the scope it needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimSpec {
    pub(crate) name: String,
    /// Where the value comes from, when not from what `name` says.
    from: Option<ClaimSource>,
    /// The scope that must have been granted.
    pub(crate) scope: Option<String>,
    #[serde(skip)]
    source: Option<ClaimSource>,
}

impl ClaimSpec {
    /// Finds out where the value comes from; `None` where neither `from` nor `name` says it.
    pub(super) fn resolve(&mut self) -> Option<()> {
        let named = serde_json::from_value(serde_json::Value::String(self.name.clone()));
        self.source = Some(self.from.or(named.ok())?);
        Some(())
    }

    /// Where the value comes from.
    pub(crate) fn source(&self) -> Option<ClaimSource> {
        self.source
    }
}

/// Where the value of a claim comes from. A value that is not there leaves the claim out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClaimSource {
    Iss,
    Azp,
    Aud,
    Sub,
    Hd,
    Email,
    EmailVerified,
    AtHash,
    Nonce,
    Name,
    Picture,
    GivenName,
    FamilyName,
    Iat,
    Exp,
    AuthTime,
    Acr,
    Sid,
    /// The scopes of an access token.
    Scope,
    /// For how many seconds an access token is still good.
    ExpiresIn,
    /// Whether a refresh token was asked for.
    AccessType,
}
