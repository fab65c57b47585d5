//! The logout token: [Back-Channel Logout
//! 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation), step by step.

use serde_json::{Map, Value};

use super::{
    SignedToken, Time, TokenError, check_expiry, check_issue_time, issuer_for, shown,
    signed_claims, time,
};
use crate::{identity::text, provider::KeySet};

/// What a logout token's `events` has as a member.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Why a logout token was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutTokenError {
    /// What is wrong with it would be wrong with an ID token as well.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No configured provider has the issuer that it names.
    #[error("no provider has the issuer {0}")]
    UnknownIssuer(String),
    /// `events` lacks the member for a logout, or has one that is no object.
    #[error("its events are {0}")]
    Events(String),
    /// `jti` is missing.
    #[error("its jti is {0}")]
    Jti(String),
    /// It has neither `sub` nor `sid`.
    #[error("it has neither sub nor sid")]
    Nobody,
    /// It has a `nonce`: somebody wants an ID token to pass as one.
    #[error("it has a nonce")]
    Nonce,
    /// The same one was here before.
    #[error("its jti was here before")]
    Replay,
}

impl LogoutTokenError {
    /// The stable, machine-readable name of the check.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Token(error) => error.reason().replacen("id_token", "logout_token", 1),
            Self::UnknownIssuer(_) => "logout_token.iss".to_owned(),
            Self::Events(_) => "logout_token.events".to_owned(),
            Self::Jti(_) => "logout_token.jti".to_owned(),
            Self::Nobody => "logout_token.sub".to_owned(),
            Self::Nonce => "logout_token.nonce".to_owned(),
            Self::Replay => "logout_token.replay".to_owned(),
        }
    }
}

/// What the claims of a logout token have to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExpectedLogout<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) issuer_aliases: &'a [String],
    pub(crate) directory: Option<&'a str>,
    pub(crate) algorithms: &'a [String],
    pub(crate) client_id: &'a str,
    pub(crate) time: Time,
}

/// Who has logged out at the provider.
#[derive(Debug)]
pub(crate) struct LogoutToken {
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) sid: Option<String>,
    pub(crate) jti: String,
    /// When it expires, in seconds since the Unix epoch.
    pub(crate) expires_at: i64,
}

/// Verifies a logout token; the numbers are the specification's own.
pub(crate) fn verify_logout_token(
    token: &SignedToken<'_>,
    keys: &KeySet,
    expected: &ExpectedLogout<'_>,
) -> Result<LogoutToken, LogoutTokenError> {
    // 1. Encryption: none was registered. 2., 3. Signature.
    let (claims, _) = signed_claims(token, keys, expected.algorithms)?;
    // 4. Issuer, audience, times, as in an ID token. It has to be for this client alone: no `azp` says here that
    // others may see it.
    if !expected.is_issuer(&claims) {
        return Err(TokenError::Iss(shown(&claims, "iss")).into());
    }
    let issuer = issuer_for(expected.issuer, expected.directory, &claims);
    check_audience(&claims, expected.client_id)?;
    check_issue_time(&claims, expected.time)?;
    check_expiry(&claims, expected.time)?;
    // 5. Somebody.
    let (subject, sid) = (text(&claims, "sub"), text(&claims, "sid"));
    if subject.is_none() && sid.is_none() {
        return Err(LogoutTokenError::Nobody);
    }
    // 6. The event.
    check_events(&claims)?;
    // 7. No nonce.
    if claims.contains_key("nonce") {
        return Err(LogoutTokenError::Nonce);
    }
    // 8. The identifier, which the caller notes.
    let jti = text(&claims, "jti").ok_or_else(|| LogoutTokenError::Jti(shown(&claims, "jti")))?;
    Ok(LogoutToken {
        issuer: issuer.into_owned(),
        subject: subject.map(str::to_owned),
        sid: sid.map(str::to_owned),
        jti: jti.to_owned(),
        expires_at: time(&claims, "exp").unwrap_or(expected.time.now),
    })
}

impl ExpectedLogout<'_> {
    /// Whether these claims name this issuer.
    pub(crate) fn is_issuer(&self, claims: &Map<String, Value>) -> bool {
        let found = text(claims, "iss").unwrap_or_default();
        let is_alias = || self.issuer_aliases.iter().any(|alias| alias == found);
        found == issuer_for(self.issuer, self.directory, claims) || is_alias()
    }
}

fn check_audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), TokenError> {
    let is_right = match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id,
        Some(Value::Array(audiences)) => {
            !audiences.is_empty() && audiences.iter().all(|audience| audience == client_id)
        }
        _ => false,
    };
    super::require(is_right, || TokenError::Aud(shown(claims, "aud")))
}

fn check_events(claims: &Map<String, Value>) -> Result<(), LogoutTokenError> {
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    if event.is_some_and(Value::is_object) {
        return Ok(());
    }
    Err(LogoutTokenError::Events(shown(claims, "events")))
}
