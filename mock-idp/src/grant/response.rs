//! The token response,
//! [RFC 6749 section 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1), in the flavour's
//! order.

use std::sync::Arc;
use std::time::Duration;

use http::header::CACHE_CONTROL;

use super::id_token::id_token;
use super::{AccessToken, Login, RefreshToken};
use crate::answer::{Answer, Members};
use crate::flavour::{Offline, TokenEncoding, TokenMember};
use crate::persona::Persona;
use crate::place::Place;
use crate::tenant::Tenant;

/// What is to be issued.
pub(super) struct Issue<'a> {
    pub(super) login: &'a Arc<Login>,
    pub(super) persona: &'a Persona,
    pub(super) scopes: Arc<[String]>,
    /// Whether a new refresh token is part of it.
    pub(super) with_refresh_token: bool,
    pub(super) is_refresh: bool,
}

impl<'a> Issue<'a> {
    /// What a code gives.
    pub(super) fn of_code(tenant: &Tenant, login: &'a Arc<Login>, persona: &'a Persona) -> Self {
        let request = &login.request;
        let has = |name: &str| request.scopes.iter().any(|scope| scope == name);
        let with_refresh_token = match tenant.flavour().text.authorization.offline {
            Offline::AccessType => request.is_offline && login.is_consent_shown,
            Offline::Scope => has("offline_access"),
            Offline::Never => false,
        };
        Self {
            login,
            persona,
            scopes: Arc::clone(&request.scopes),
            with_refresh_token,
            is_refresh: false,
        }
    }
}

/// Issues the tokens and says so.
pub(super) fn answer(tenant: &Tenant, issue: &Issue<'_>, accept: &str) -> Answer {
    let flavour = &tenant.flavour().text;
    let access_token = access_token(tenant, issue);
    let mut members = Members::default();
    for member in &flavour.token.response {
        match member {
            TokenMember::AccessToken => members.push_text("access_token", &access_token),
            TokenMember::ExpiresIn => {
                members.push_json("expires_in", flavour.token.expires_in.to_string());
            }
            TokenMember::RefreshToken => {
                if issue.with_refresh_token {
                    members.push_text("refresh_token", &refresh_token(tenant, issue));
                }
            }
            TokenMember::Scope => {
                let order = &flavour.scopes.in_token_response;
                let scope = flavour.scopes.granted_in_order(order, &issue.scopes);
                let scope = scope.replace(' ', &flavour.scopes.separator);
                members.push_text("scope", &scope);
            }
            TokenMember::TokenType => members.push_text("token_type", &flavour.token.token_type),
            TokenMember::RefreshTokenExpiresIn => {
                let seconds = tenant.refresh_seconds_in_testing();
                if let (Some(seconds), true) = (seconds, issue.with_refresh_token) {
                    members.push_json("refresh_token_expires_in", seconds.to_string());
                }
            }
            TokenMember::ExtExpiresIn => {
                members.push_json("ext_expires_in", flavour.token.expires_in.to_string());
            }
            TokenMember::IdToken => {
                if issue.scopes.iter().any(|scope| scope == "openid") {
                    members.push_token("id_token", id_token(tenant, issue, &access_token));
                }
            }
        }
    }
    let mut answer = token_answer(tenant, accept, members)
        .with_header(CACHE_CONTROL, "no-store")
        .about(issue.login.client_id(), &issue.persona.id);
    answer.authorization = Some(Arc::clone(&issue.login.request.parameters));
    answer
}

/// An answer of the token endpoint, as the flavour writes it.
pub(crate) fn token_answer(tenant: &Tenant, accept: &str, members: Members) -> Answer {
    let is_form = match tenant.flavour().text.token.encoding {
        TokenEncoding::Json => false,
        TokenEncoding::FormUnlessJsonIsAccepted => !accept.contains("json"),
    };
    if is_form {
        Answer::form(Place::Token, members)
    } else {
        Answer::json(Place::Token, 2, members)
    }
}

pub(super) fn access_token(tenant: &Tenant, issue: &Issue<'_>) -> String {
    let login = issue.login;
    let mut random = tenant.random("access_token", login.client_id(), &login.persona);
    let text = tenant.flavour().text.token.access_token.fill(&mut random);
    let now = tenant.clock().now();
    let lifetime = tenant.flavour().text.token.access_token_seconds;
    let token = AccessToken {
        login: Arc::clone(login),
        scopes: Arc::clone(&issue.scopes),
        over: now + Duration::from_secs(lifetime),
    };
    tenant.store().access_tokens.insert(&text, token, now);
    text
}

fn refresh_token(tenant: &Tenant, issue: &Issue<'_>) -> String {
    let login = issue.login;
    let mut random = tenant.random("refresh_token", login.client_id(), &login.persona);
    let text = tenant.flavour().text.token.refresh_token.fill(&mut random);
    let now = tenant.clock().now();
    let in_testing = tenant.refresh_seconds_in_testing();
    let token = RefreshToken {
        login: Arc::clone(login),
        replaced_at: None,
        over: in_testing.map(|seconds| now + Duration::from_secs(seconds)),
    };
    tenant.store().refresh_tokens.insert(&text, token, now);
    text
}
