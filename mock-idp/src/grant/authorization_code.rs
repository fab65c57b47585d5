//! The authorization code grant,
//! [RFC 6749 section 4.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1), with PKCE,
//! [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636).

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::response::{self, Issue};
use super::{CodeGrant, Login};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::endpoint::{CodeChallengeMethod, Parameters};
use crate::flavour::Unneeded;
use crate::tenant::Tenant;

/// Issues a code for a login that was allowed.
pub(crate) fn issue(tenant: &Tenant, login: Login) -> String {
    let text = &tenant.flavour().text.authorization;
    let mut random = tenant.random("code", login.client_id(), &login.persona);
    let code = text.code.fill(&mut random);
    let now = tenant.clock().now();
    let grant = CodeGrant {
        login: Arc::new(login),
        over: now + Duration::from_secs(text.code_seconds),
        is_used: false,
    };
    tenant.store().codes.insert(&code, grant, now);
    code
}

/// Exchanges a code for tokens. A code that is refused stays good for another try.
pub(crate) fn token(
    tenant: &Tenant,
    client: &Client,
    parameters: &Parameters,
    accept: &str,
) -> Result<Answer, Refusal> {
    let code = required(parameters, "code", Check::TokenCodeMissing)?;
    check_redirect_uri_sent(tenant, parameters)?;
    let grant = find(tenant, code)?;
    check_client(tenant, client, &grant)?;
    check_unused(tenant, &grant)?;
    check_age(tenant, &grant)?;
    check_redirect_uri(tenant, parameters, &grant)?;
    check_code_verifier(tenant, parameters, &grant)?;
    let login = &grant.login;
    let persona = tenant.persona(&login.persona).ok_or_else(|| {
        refuse(
            Check::TokenCode,
            "the persona of this code is no longer there",
        )
    })?;
    mark_used(tenant, code);
    Ok(response::answer(
        tenant,
        &Issue::of_code(tenant, login, &persona),
        accept,
    ))
}

pub(super) fn required<'a>(
    parameters: &'a Parameters,
    name: &str,
    check: Check,
) -> Result<&'a str, Refusal> {
    let reason = || format!("the parameter {name} is missing or empty");
    parameters
        .first(name)
        .ok_or_else(|| refuse(check, reason()))
}

fn check_redirect_uri_sent(tenant: &Tenant, parameters: &Parameters) -> Result<(), Refusal> {
    let checks = &tenant.flavour().text.authorization.checks;
    let is_needed = checks.contains(&Check::AuthorizationRedirectUriMissing);
    if !is_needed || parameters.first("redirect_uri").is_some() {
        return Ok(());
    }
    tenant.enforce(Check::TokenRedirectUriMissing, || {
        "the parameter redirect_uri is missing or empty".into()
    })
}

fn find(tenant: &Tenant, code: &str) -> Result<CodeGrant, Refusal> {
    let prefix = tenant.flavour().text.authorization.code.prefix();
    if !code.starts_with(&prefix) {
        let reason = if code.contains('%') {
            "the code is percent-encoded twice".into()
        } else {
            format!("a code begins with {prefix}, this one does not")
        };
        return Err(refuse(Check::TokenCodeMalformed, reason));
    }
    let now = tenant.clock().now();
    let found = tenant.store().codes.find(code, now).cloned();
    found.ok_or_else(|| {
        let reason = "the code is none that this provider issued, or it was forgotten long ago";
        refuse(Check::TokenCode, reason)
    })
}

fn check_client(tenant: &Tenant, client: &Client, grant: &CodeGrant) -> Result<(), Refusal> {
    let owner = grant.login.client_id();
    if owner == client.client_id {
        return Ok(());
    }
    tenant.enforce(Check::TokenCodeClient, || {
        format!(
            "the code was issued to {owner:?}, not to {:?}",
            client.client_id
        )
    })
}

/// A second use revokes what the first gave, RFC 6749 section 4.1.2.
fn check_unused(tenant: &Tenant, grant: &CodeGrant) -> Result<(), Refusal> {
    if !grant.is_used {
        return Ok(());
    }
    tenant
        .enforce(Check::TokenCodeUsed, || {
            "the code was used before; what it gave then is revoked now".into()
        })
        .inspect_err(|_| grant.login.revoke("its code was used a second time"))
}

fn mark_used(tenant: &Tenant, code: &str) {
    let now = tenant.clock().now();
    if let Some(grant) = tenant.store().codes.find_mut(code, now) {
        grant.is_used = true;
    }
}

fn check_age(tenant: &Tenant, grant: &CodeGrant) -> Result<(), Refusal> {
    let Ok(late) = tenant.clock().now().duration_since(grant.over) else {
        return Ok(());
    };
    tenant.enforce(Check::TokenCodeExpired, || {
        format!("the code is over since {} s", late.as_secs())
    })
}

fn check_redirect_uri(
    tenant: &Tenant,
    parameters: &Parameters,
    grant: &CodeGrant,
) -> Result<(), Refusal> {
    let expected = &grant.login.request.redirect_uri;
    match parameters.first("redirect_uri") {
        // It need not be there, or that was waived.
        None => Ok(()),
        Some(sent) if sent == expected => Ok(()),
        Some(sent) => {
            let refused = tenant.enforce(Check::TokenRedirectUri, || {
                format!("redirect_uri is {sent:?}; the authorization request had {expected:?}")
            });
            refused.map_err(|refusal| refusal.with("value", sent))
        }
    }
}

/// [RFC 7636 section 4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6): enforced once a
/// challenge was sent.
fn check_code_verifier(
    tenant: &Tenant,
    parameters: &Parameters,
    grant: &CodeGrant,
) -> Result<(), Refusal> {
    let verifier = parameters.first("code_verifier");
    match (&grant.login.request.challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_))
            if tenant.flavour().text.token.unneeded_code_verifier == Unneeded::Ignored =>
        {
            Ok(())
        }
        (None, Some(_)) => tenant.enforce(Check::TokenCodeVerifierUnneeded, || {
            "code_verifier came, but the authorization request had no code_challenge".into()
        }),
        (Some(_), None) => tenant.enforce(Check::TokenCodeVerifierMissing, || {
            "the authorization request had a code_challenge, and no code_verifier came".into()
        }),
        (Some(challenge), Some(verifier)) => {
            let made = challenge_of(verifier, challenge.method);
            if bool::from(made.as_bytes().ct_eq(challenge.challenge.as_bytes())) {
                return Ok(());
            }
            tenant.enforce(Check::TokenCodeVerifier, || {
                format!(
                    "code_verifier does not give the {:?} code_challenge",
                    challenge.method
                )
            })
        }
    }
}

fn challenge_of(verifier: &str, method: CodeChallengeMethod) -> String {
    match method {
        CodeChallengeMethod::Plain => verifier.into(),
        CodeChallengeMethod::S256 => {
            URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
        }
    }
}
