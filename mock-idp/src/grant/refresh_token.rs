//! The refresh token grant,
//! [RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6) and
//! [OpenID Connect Core 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens).

use std::sync::Arc;

use super::RefreshToken;
use super::authorization_code::required;
use super::response::{self, Issue};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::endpoint::Parameters;
use crate::flavour::Rotation;
use crate::tenant::Tenant;

/// Why nothing of a login is good any more.
const REPLACED: &str = "a refresh token that was replaced came back";

/// Exchanges a refresh token for new tokens.
pub(crate) fn token(
    tenant: &Tenant,
    client: &Client,
    parameters: &Parameters,
    accept: &str,
) -> Result<Answer, Refusal> {
    let text = required(parameters, "refresh_token", Check::TokenRefreshTokenMissing)?;
    let token = find(tenant, text)?;
    check_client(tenant, client, &token)?;
    check_not_revoked(tenant, &token)?;
    check_not_replaced(tenant, &token)?;
    let scopes = scopes(tenant, parameters, &token)?;
    let login = &token.login;
    let persona = tenant.persona(&login.persona).ok_or_else(|| {
        let reason = "the persona of this refresh token is no longer there";
        refuse(Check::TokenRefreshToken, reason)
    })?;
    let with_refresh_token = match tenant.flavour().text.token.refresh.rotation {
        Rotation::Never => false,
        Rotation::Additional => true,
        Rotation::Always => {
            replace(tenant, text);
            true
        }
    };
    let issue = Issue {
        login,
        persona: &persona,
        scopes,
        with_refresh_token,
        is_refresh: true,
    };
    Ok(response::answer(tenant, &issue, accept))
}

fn find(tenant: &Tenant, text: &str) -> Result<RefreshToken, Refusal> {
    let now = tenant.clock().now();
    let found = tenant.store().refresh_tokens.find(text, now).cloned();
    let found = found.filter(|token| token.over.is_none_or(|over| now < over));
    found.ok_or_else(|| {
        let reason = "the refresh token is none that this provider issued, or is over its lifetime";
        refuse(Check::TokenRefreshToken, reason)
    })
}

fn check_client(tenant: &Tenant, client: &Client, token: &RefreshToken) -> Result<(), Refusal> {
    let owner = token.login.client_id();
    if owner == client.client_id {
        return Ok(());
    }
    tenant.enforce(Check::TokenRefreshTokenClient, || {
        let client_id = &client.client_id;
        format!("the refresh token was issued to {owner:?}, not to {client_id:?}")
    })
}

fn check_not_revoked(tenant: &Tenant, token: &RefreshToken) -> Result<(), Refusal> {
    match token.login.revoked() {
        None => Ok(()),
        Some(why) => tenant.enforce(Check::TokenRefreshTokenRevoked, || {
            format!("the refresh token is revoked: {why}")
        }),
    }
}

/// A replaced token that comes back after the grace window was stolen, by whoever came first.
fn check_not_replaced(tenant: &Tenant, token: &RefreshToken) -> Result<(), Refusal> {
    let grace = tenant.flavour().text.token.refresh.grace_seconds;
    let now = tenant.clock().now();
    let since = token
        .replaced_at
        .map(|at| now.duration_since(at).unwrap_or_default());
    let Some(since) = since.filter(|since| since.as_secs() >= grace) else {
        return Ok(());
    };
    let reason = || {
        let seconds = since.as_secs();
        format!(
            "the refresh token was replaced {seconds} s ago; all that came of it is revoked now"
        )
    };
    tenant
        .enforce(Check::TokenRefreshTokenUsed, reason)
        .inspect_err(|_| token.login.revoke(REPLACED))
}

/// Those asked for, which must be among those granted; all of them where none is asked for.
fn scopes(
    tenant: &Tenant,
    parameters: &Parameters,
    token: &RefreshToken,
) -> Result<Arc<[String]>, Refusal> {
    let granted = &token.login.request.scopes;
    let Some(asked) = parameters.first("scope") else {
        return Ok(Arc::clone(granted));
    };
    let known = &tenant.flavour().text.scopes;
    let asked: Vec<String> = asked
        .split_ascii_whitespace()
        .map(|scope| known.short_name(scope).unwrap_or(scope).to_owned())
        .collect();
    if let Some(beyond) = asked.iter().find(|scope| !granted.contains(scope)) {
        tenant.enforce(Check::TokenScope, || {
            format!(
                "the scope {beyond:?} was not granted: {}",
                granted.join(" ")
            )
        })?;
    }
    Ok(asked.into())
}

/// The grace window begins with the first use.
fn replace(tenant: &Tenant, text: &str) {
    let now = tenant.clock().now();
    if let Some(token) = tenant.store().refresh_tokens.find_mut(text, now) {
        token.replaced_at.get_or_insert(now);
    }
}
