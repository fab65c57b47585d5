//! The ID token: [OpenID Connect Core
//! 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), step by step.
//!
//! Strict about what a login rests on, and blind to the rest: the other claims stay a raw map, so
//! that no odd `locale` or `updated_at` ever refuses somebody.

mod error;
mod logout_token;
mod signed_token;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use crate::{
    error::cut,
    json,
    provider::{Algorithm, Key, KeySet, NoKey},
};
pub use error::TokenError;
pub use logout_token::LogoutTokenError;
pub(crate) use logout_token::{ExpectedLogout, LogoutToken, verify_logout_token};
pub(crate) use signed_token::{Kind, SignedToken};

/// How old an ID token may be when it arrives, in seconds: it was made a moment ago, for this
/// login.
const MAX_AGE: i64 = 3_600;

/// The last second of the year 9999; a time beyond is no time but an attack or milliseconds.
const LAST_SECOND: i64 = 253_402_300_799;

/// [Core 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken): `sub` must not exceed
/// 255 characters.
const SUB_LIMIT: usize = 255;

/// What the claims of an ID token have to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// The issuer of the metadata, and other names by which it is known to sign.
    pub(crate) issuer: &'a str,
    pub(crate) issuer_aliases: &'a [String],
    /// What stands in the issuer for the token's `tid`.
    pub(crate) directory: Option<&'a str>,
    /// What the metadata lists as `id_token_signing_alg_values_supported`; empty where it lists
    /// nothing.
    pub(crate) algorithms: &'a [String],
    pub(crate) client_id: &'a str,
    pub(crate) nonce: Nonce<'a>,
    pub(crate) access_token: &'a str,
    /// How the visitor has to have logged in; anyhow where there is none.
    pub(crate) acr_values: &'a [String],
    /// How long ago at most, in seconds.
    pub(crate) max_age: Option<u32>,
    pub(crate) time: Time,
}

/// What the nonce of an ID token has to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Nonce<'a> {
    /// This one.
    Is(&'a str),
    /// This one where there is any: some providers never repeat it, and refreshed tokens should have none.
    IsIfThere(&'a str),
}

/// When it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    /// Seconds since the Unix epoch.
    pub(crate) now: i64,
    /// How far the provider's clock may be away, in seconds.
    pub(crate) leeway: i64,
}

impl Expected<'_> {
    /// The issuer of a token: of many directories, the one that the token says it is about.
    pub(crate) fn issuer_for(&self, claims: &Map<String, Value>) -> Cow<'_, str> {
        issuer_for(self.issuer, self.directory, claims)
    }
}

/// The issuer of a token, where `placeholder` in that of the metadata stands for the directory.
fn issuer_for<'i>(
    issuer: &'i str,
    placeholder: Option<&str>,
    claims: &Map<String, Value>,
) -> Cow<'i, str> {
    let directory = claims.get("tid").and_then(Value::as_str);
    match (placeholder, directory.filter(|it| is_directory(it))) {
        (Some(placeholder), Some(directory)) => issuer.replace(placeholder, directory).into(),
        _ => issuer.into(),
    }
}

/// Whether it has the form of a directory's id, and can be nothing else in a URL.
fn is_directory(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    text.len() == 36 && text.bytes().all(is_fit)
}

/// Verifies an ID token from the token endpoint and hands out all its claims.
///
/// [Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation); the
/// numbers are its own. The signature comes first: nothing that an unsigned token says is worth
/// reading.
pub(crate) fn verify(
    token: &SignedToken<'_>,
    keys: &KeySet,
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, TokenError> {
    // 1. Encryption: none was registered, and a token of five parts did not get here.
    // 6., 7., 8. Signature: by a key of the provider's, with an asymmetric algorithm that it lists.
    let (claims, key) = signed_claims(token, keys, expected.algorithms)?;
    // 2. Issuer.
    check_issuer(&claims, expected)?;
    // 3. Audience; 4. and 5. authorized party.
    check_audience(&claims, expected.client_id)?;
    check_authorized_party(&claims, expected.client_id)?;
    // 9. Expiry; 10. time of issue; RFC 7519 4.1.5 not before.
    check_expiry(&claims, expected.time)?;
    check_issue_time(&claims, expected.time)?;
    check_not_before(&claims, expected.time)?;
    // 11. Nonce.
    check_nonce(&claims, expected.nonce)?;
    // 12. How the visitor logged in; 13. when.
    check_context_class(&claims, expected.acr_values)?;
    check_login_time(&claims, expected)?;
    // Core 2: the subject.
    check_subject(&claims)?;
    // 3.1.3.8: the access token, where the provider vouches for it.
    check_access_token_hash(&claims, key, token.algorithm, expected.access_token)?;
    Ok(claims)
}

/// The claims of a token that a key of the provider's has signed, and that key.
fn signed_claims<'k>(
    token: &SignedToken<'_>,
    keys: &'k KeySet,
    algorithms: &[String],
) -> Result<(Map<String, Value>, &'k Key), TokenError> {
    check_algorithm(token.algorithm, algorithms)?;
    let key = check_signature(token, keys)?;
    let claims = json::from_slice(&token.payload);
    let claims = claims.map_err(|error| TokenError::not_json("claims", &error))?;
    Ok((claims, key))
}

/// The shape of every check below.
fn require(is_right: bool, refusal: impl FnOnce() -> TokenError) -> Result<(), TokenError> {
    if is_right { Ok(()) } else { Err(refusal()) }
}

fn check_algorithm(algorithm: &Algorithm, listed: &[String]) -> Result<(), TokenError> {
    let is_listed = listed.is_empty() || listed.iter().any(|name| name == algorithm.name);
    require(is_listed, || TokenError::Alg(algorithm.name.to_owned()))
}

fn check_signature<'k>(token: &SignedToken<'_>, keys: &'k KeySet) -> Result<&'k Key, TokenError> {
    let candidates = keys
        .candidates(token.algorithm, token.kid.as_deref())
        .map_err(|reason| match reason {
            NoKey::Unknown | NoKey::Ambiguous => TokenError::Kid(token.shown_kid()),
            NoKey::Unsuitable(detail) => TokenError::Key(detail),
        })?;
    let made_it =
        |key: &&Key| key.signed(token.algorithm, token.signed.as_bytes(), &token.signature);
    candidates
        .into_iter()
        .find(made_it)
        .ok_or(TokenError::Signature)
}

fn check_issuer(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), TokenError> {
    let found = claims.get("iss").and_then(Value::as_str);
    let is_known = found.is_some_and(|found| {
        found == expected.issuer_for(claims)
            || expected.issuer_aliases.iter().any(|alias| alias == found)
    });
    require(is_known, || TokenError::Iss(shown(claims, "iss")))
}

/// This client must be among the audiences. Others are not trusted by default, unless `azp` says
/// that the token was made for this client all the same.
fn check_audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), TokenError> {
    let audiences = match claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.as_slice(),
        Some(audience) => std::slice::from_ref(audience),
        None => &[],
    };
    let names_client = audiences.iter().any(|audience| audience == client_id);
    let names_others = audiences.iter().any(|audience| audience != client_id);
    let is_meant = names_client && (!names_others || claims.contains_key("azp"));
    require(is_meant, || TokenError::Aud(shown(claims, "aud")))
}

fn check_authorized_party(claims: &Map<String, Value>, client_id: &str) -> Result<(), TokenError> {
    let is_client = claims.get("azp").is_none_or(|azp| azp == client_id);
    require(is_client, || TokenError::Azp(shown(claims, "azp")))
}

fn check_expiry(claims: &Map<String, Value>, at: Time) -> Result<(), TokenError> {
    let is_ahead = time(claims, "exp").is_some_and(|exp| exp > at.now - at.leeway);
    require(is_ahead, || TokenError::Exp(shown(claims, "exp")))
}

fn check_issue_time(claims: &Map<String, Value>, at: Time) -> Result<(), TokenError> {
    let plausible = (at.now - MAX_AGE - at.leeway)..=(at.now + at.leeway);
    let is_recent = time(claims, "iat").is_some_and(|iat| plausible.contains(&iat));
    require(is_recent, || TokenError::Iat(shown(claims, "iat")))
}

fn check_not_before(claims: &Map<String, Value>, at: Time) -> Result<(), TokenError> {
    let begins = time(claims, "nbf");
    let has_come = !claims.contains_key("nbf") || begins.is_some_and(|it| it <= at.now + at.leeway);
    require(has_come, || TokenError::Nbf(shown(claims, "nbf")))
}

fn check_nonce(claims: &Map<String, Value>, nonce: Nonce<'_>) -> Result<(), TokenError> {
    let expected = match nonce {
        Nonce::IsIfThere(_) if !claims.contains_key("nonce") => return Ok(()),
        Nonce::Is(expected) | Nonce::IsIfThere(expected) => expected,
    };
    let found = claims.get("nonce").and_then(Value::as_str);
    let is_right = found.is_some_and(|found| same(found, expected));
    require(is_right, || TokenError::Nonce)
}

/// What was asked for has to be there: a provider that does not say how somebody logged in did not see
/// to it.
fn check_context_class(
    claims: &Map<String, Value>,
    acr_values: &[String],
) -> Result<(), TokenError> {
    let found = claims.get("acr").and_then(Value::as_str);
    let is_one = |found: &str| acr_values.iter().any(|wanted| wanted == found);
    let is_right = acr_values.is_empty() || found.is_some_and(is_one);
    require(is_right, || TokenError::Acr(shown(claims, "acr")))
}

fn check_login_time(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<(), TokenError> {
    let Some(max_age) = expected.max_age else {
        return Ok(());
    };
    let Time { now, leeway } = expected.time;
    let plausible = (now - i64::from(max_age) - leeway)..=(now + leeway);
    let is_recent = time(claims, "auth_time").is_some_and(|time| plausible.contains(&time));
    require(is_recent, || {
        TokenError::AuthTime(shown(claims, "auth_time"))
    })
}

fn check_subject(claims: &Map<String, Value>) -> Result<(), TokenError> {
    let is_printable = |sub: &str| sub.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let found = claims.get("sub").and_then(Value::as_str);
    let is_sound =
        found.is_some_and(|sub| (1..=SUB_LIMIT).contains(&sub.len()) && is_printable(sub));
    require(is_sound, || TokenError::Sub(shown(claims, "sub")))
}

fn check_access_token_hash(
    claims: &Map<String, Value>,
    key: &Key,
    algorithm: &Algorithm,
    access_token: &str,
) -> Result<(), TokenError> {
    let Some(found) = claims.get("at_hash") else {
        return Ok(());
    };
    let hash = key
        .hash(algorithm, access_token.as_bytes())
        .ok_or(TokenError::AtHash)?;
    let expected = BASE64_URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]);
    let is_right = found.as_str().is_some_and(|found| same(found, &expected));
    require(is_right, || TokenError::AtHash)
}

/// A `NumericDate` ([RFC 7519 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)): a number, with
/// or without a fraction, between 1970 and 9999.
pub(crate) fn time(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let number = claims.get(name)?.as_number()?;
    let whole = number
        .as_i64()
        .or_else(|| number.as_f64().and_then(whole_seconds))?;
    (0..=LAST_SECOND).contains(&whole).then_some(whole)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked before"
)]
#[expect(
    clippy::cast_precision_loss,
    reason = "the year 9999 is far below 2^53"
)]
fn whole_seconds(seconds: f64) -> Option<i64> {
    (0.0..=LAST_SECOND as f64)
        .contains(&seconds)
        .then_some(seconds as i64)
}

/// Compares without telling by its duration how much is right.
fn same(found: &str, expected: &str) -> bool {
    found.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// A member for the log, cut at a sane length.
fn shown(members: &Map<String, Value>, name: &str) -> String {
    let found = members.get(name).map(Value::to_string);
    found.map_or_else(|| "missing".to_owned(), |found| cut(&found))
}
