//! Token revocation, [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009).

use std::sync::Arc;

use http::StatusCode;
use http::header::CACHE_CONTROL;

use super::{Request, client_authentication, token};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::flavour::{AccessTokenRevokes, RevocationClient, UnknownToken};
use crate::grant::Login;
use crate::place::Place;
use crate::tenant::Tenant;

/// Why nothing of a login is good any more.
const WHY: &str = "it was revoked at the revocation endpoint";

/// A token that can be revoked.
enum Found {
    Access(Arc<Login>),
    Refresh(Arc<Login>),
}

pub(super) fn revocation(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let client = client(tenant, request)?;
    let in_form = request.form.first("token");
    let sent = in_form.or_else(|| request.query.first("token"));
    let token = sent.ok_or_else(|| {
        let reason = "the parameter token is missing or empty";
        refuse(Check::RevocationTokenMissing, reason)
    })?;
    let login = if let Some(found) = find(tenant, token) {
        check_client(tenant, client.as_deref(), &found)?;
        Some(revoke(tenant, token, found))
    } else {
        unknown(tenant)?;
        None
    };
    Ok(answer(tenant, client.as_deref(), login.as_deref()))
}

/// Who asks, where the flavour wants to know.
fn client(tenant: &Tenant, request: &Request) -> Result<Option<Arc<Client>>, Refusal> {
    match tenant.flavour().text.revocation.client {
        RevocationClient::Anyone => Ok(None),
        RevocationClient::Authenticated => {
            token::check_form(tenant, request)?;
            client_authentication::authenticate(tenant, request).map(Some)
        }
    }
}

/// The hint of `token_type_hint` is not needed: no token is both.
fn find(tenant: &Tenant, token: &str) -> Option<Found> {
    let now = tenant.clock().now();
    let store = tenant.store();
    let access = store.access_tokens.find(token, now);
    let access = access.map(|token| Found::Access(Arc::clone(&token.login)));
    let refresh = || {
        let token = store.refresh_tokens.find(token, now)?;
        Some(Found::Refresh(Arc::clone(&token.login)))
    };
    let found = access.or_else(refresh)?;
    let is_good = found.login().revoked().is_none();
    is_good.then_some(found)
}

impl Found {
    fn login(&self) -> &Arc<Login> {
        match self {
            Self::Access(login) | Self::Refresh(login) => login,
        }
    }
}

fn check_client(tenant: &Tenant, client: Option<&Client>, found: &Found) -> Result<(), Refusal> {
    let owner = found.login().client_id();
    match client {
        Some(client) if client.client_id != owner => {
            tenant.enforce(Check::RevocationTokenClient, || {
                let client_id = &client.client_id;
                format!("the token was issued to {owner:?}, not to {client_id:?}")
            })
        }
        _ => Ok(()),
    }
}

fn revoke(tenant: &Tenant, token: &str, found: Found) -> Arc<Login> {
    let extent = tenant.flavour().text.revocation.access_token_revokes;
    match found {
        Found::Access(login) if extent == AccessTokenRevokes::Itself => {
            let now = tenant.clock().now();
            tenant.store().access_tokens.take(token, now);
            login
        }
        Found::Access(login) | Found::Refresh(login) => {
            login.revoke(WHY);
            login
        }
    }
}

fn unknown(tenant: &Tenant) -> Result<(), Refusal> {
    match tenant.flavour().text.revocation.unknown_token {
        UnknownToken::Ignored => Ok(()),
        UnknownToken::Refused => tenant.enforce(Check::RevocationToken, || {
            "the token is none of this provider's, is over its lifetime, or is revoked".into()
        }),
    }
}

fn answer(tenant: &Tenant, client: Option<&Client>, login: Option<&Login>) -> Answer {
    let body = &tenant.flavour().text.revocation.body;
    let answer = if body.is_empty() {
        Answer::empty(Place::Revocation, StatusCode::OK)
    } else {
        Answer::json_text(Place::Revocation, body)
    };
    let mut answer = answer.with_header(CACHE_CONTROL, "no-store");
    let of_login = login.map(Login::client_id);
    answer.client = client
        .map(|it| it.client_id.as_str())
        .or(of_login)
        .map(str::to_owned);
    answer.persona = login.map(|login| login.persona.clone());
    answer
}
