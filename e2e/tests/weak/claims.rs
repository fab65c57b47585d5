//! The claims of an ID token.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::app::{App, Refusal, Transaction, refuse};
use super::switch::Switch;

/// How far clocks may differ, in seconds.
const LEEWAY: f64 = 60.0;
/// How old a login may be, in seconds.
pub(crate) const MAX_AGE: u32 = 3_600;
/// What is asked of a login.
pub(crate) const ACR: &str = "urn:mace:incommon:iap:silver";

pub(crate) fn check(
    app: &App,
    transaction: &Transaction,
    claims: &Value,
    access_token: Option<&str>,
) -> Result<(), Refusal> {
    let provider = &app.providers[transaction.provider];
    let client_id = &provider.provided.client_id;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let is_issuer = text("iss") == Some(issuer(app, &provider.issuer(), text("tid")).as_str())
        || app.has(Switch::AnyDirectory) && text("iss").is_some();
    app.check(Switch::NoIss, is_issuer, "iss is another's")?;
    let is_sub = text("sub").is_some_and(|sub| !sub.is_empty());
    app.check(Switch::NoSub, is_sub, "sub is none")?;
    let is_short = text("sub").is_none_or(|sub| sub.len() <= 200);
    app.strict(Switch::ShortSubs, is_short, "sub is too long")?;
    if text("sub").is_some_and(|sub| sub.len() > 255) {
        return Err(refuse(400, "sub is longer than it may be"));
    }
    audience(app, claims, client_id)?;
    times(app, claims, provider.is_plain())?;
    let echoes = !provider.is("linkedin") || app.has(Switch::NoncesMustComeBack);
    let nonce = !echoes && claims.get("nonce").is_none();
    let nonce =
        nonce || app.has(Switch::NoNonce) || text("nonce") == Some(transaction.nonce.as_str());
    let nonce = nonce || app.has(Switch::NoPkce) || app.has(Switch::LastTokensOnErrors);
    app.check(Switch::NoNonceCheck, nonce, "nonce is another login's")?;
    let hash = text("at_hash");
    let is_hash = match (claims.get("at_hash"), access_token) {
        (None, _) => true,
        (Some(_), Some(token)) => hash == Some(half(token).as_str()),
        (Some(_), None) => app.has(Switch::LaxTokenAnswer),
    };
    app.check(Switch::NoAtHash, is_hash, "at_hash is another token's")?;
    app.strict(Switch::NeedsAtHash, hash.is_some(), "there is no at_hash")?;
    app.check(
        Switch::NoAcr,
        text("acr") == Some(ACR) || !provider.is_plain(),
        "acr is less than was asked for",
    )?;
    let count = claims.as_object().map_or(0, serde_json::Map::len);
    if app.has(Switch::FewClaims) && (count > 20 || claims.to_string().len() > 10_000) {
        return Err(refuse(500, "there are too many claims"));
    }
    let is_verified = claims.get("email_verified") == Some(&Value::Bool(true));
    app.strict(
        Switch::NeedsAVerifiedAddress,
        is_verified,
        "nobody verified the address",
    )?;
    let is_address = text("email").is_some_and(|email| email.contains('@'));
    app.strict(Switch::NeedsAnAddress, is_address, "there is no address")
}

/// What the provider calls itself in the tokens of this directory.
pub(crate) fn issuer(app: &App, issuer: &str, directory: Option<&str>) -> String {
    let is_one = |directory: &&str| {
        let mut letters = directory.bytes();
        letters.all(|letter| letter.is_ascii_hexdigit() || letter == b'-')
    };
    match directory.filter(is_one) {
        Some(directory) if !app.has(Switch::LiteralIssuer) => {
            issuer.replace("{tenantid}", directory)
        }
        _ => issuer.into(),
    }
}

fn audience(app: &App, claims: &Value, own: &str) -> Result<(), Refusal> {
    let audience = claims.get("aud");
    let is_own = match audience {
        Some(Value::String(one)) => one == own,
        Some(Value::Array(all)) => all.len() == 1 && all[0] == own,
        _ => false,
    };
    app.check(Switch::NoAud, is_own, "aud is another client's")?;
    let is_text = audience.is_some_and(Value::is_string);
    app.strict(Switch::AudAsText, is_text, "aud is a list")?;
    let party = claims.get("azp");
    let is_party = party.is_none_or(|party| party == own);
    app.check(Switch::NoAzp, is_party, "azp is another client's")
}

fn times(app: &App, claims: &Value, is_plain: bool) -> Result<(), Refusal> {
    let now = now();
    let leeway = if app.has(Switch::NoLeeway) {
        1.0
    } else {
        LEEWAY
    };
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    let ends = time("exp");
    app.check(
        Switch::NoExp,
        ends.is_some_and(|ends| ends > now - LEEWAY),
        "the token is too old",
    )?;
    let is_sane = app.has(Switch::NoExp) || ends.is_some_and(|ends| ends < now + 1e9);
    let is_sane = is_sane || app.has(Switch::NoIat);
    app.check(Switch::NoExp, is_sane, "the token is good for ever")?;
    let is_round = ends.is_some_and(|ends| ends.fract() == 0.0);
    app.strict(Switch::RoundExp, is_round, "exp is no whole number")?;
    let issued = time("iat");
    let is_issued = issued.is_some_and(|at| at < now + leeway && at > now - 86_400.0);
    app.check(Switch::NoIat, is_issued, "iat is none that can be")?;
    let begins = time("nbf");
    app.check(
        Switch::NoNbf,
        begins.is_none_or(|at| at < now + LEEWAY),
        "it is too early",
    )?;
    let logged_in = time("auth_time");
    let oldest = now - f64::from(MAX_AGE) - LEEWAY;
    let is_fresh = logged_in.is_some_and(|at| at > oldest && at < now + LEEWAY);
    let is_fresh = is_fresh || !is_plain;
    app.check(Switch::NoAuthTime, is_fresh, "the login is too old")
}

/// The left half of a hash, OpenID Connect Core 3.1.3.6.
fn half(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16])
}

/// Whole seconds since the Unix epoch.
#[expect(clippy::cast_possible_truncation, reason = "seconds have room")]
pub(crate) fn seconds() -> i64 {
    now() as i64
}

#[expect(clippy::disallowed_methods, reason = "the weak app's only clock")]
pub(crate) fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
