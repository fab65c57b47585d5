//! The token endpoint, [RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2).

use http::header::ACCEPT;

use super::{Request, client_authentication};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::grant::{authorization_code, refresh_token};
use crate::tenant::Tenant;

/// The grants that are built; those that the document advertises beside them stand in the flavour's
/// `not_built`.
enum GrantType {
    AuthorizationCode,
    RefreshToken,
}

pub(super) fn token(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    check_form(tenant, request)?;
    let grant_type = grant_type(tenant, request)?;
    let client = client_authentication::authenticate(tenant, request)?;
    let accept = request.header(ACCEPT).unwrap_or_default();
    let token = match grant_type {
        GrantType::AuthorizationCode => authorization_code::token,
        GrantType::RefreshToken => refresh_token::token,
    };
    token(tenant, &client, &request.form, accept)
}

pub(super) fn check_form(tenant: &Tenant, request: &Request) -> Result<(), Refusal> {
    if !request.is_form() {
        let sent = request.header("content-type").unwrap_or("nothing");
        let reason = format!("the body is {sent}, not application/x-www-form-urlencoded");
        return Err(refuse(Check::TokenContentType, reason));
    }
    let Some(name) = request.form.duplicate() else {
        return Ok(());
    };
    let reason = || format!("the parameter {name} came more than once");
    let refused = tenant.enforce(Check::TokenDuplicateParameter, reason);
    refused.map_err(|refusal| refusal.with("parameter", name))
}

fn grant_type(tenant: &Tenant, request: &Request) -> Result<GrantType, Refusal> {
    let asked = request.form.first("grant_type").ok_or_else(|| {
        refuse(
            Check::TokenGrantTypeMissing,
            "the parameter grant_type is missing or empty",
        )
    })?;
    match asked {
        "authorization_code" => return Ok(GrantType::AuthorizationCode),
        "refresh_token" => return Ok(GrantType::RefreshToken),
        _ => {}
    }
    let not_built = &tenant.flavour().text.not_built.grant_types;
    let check = if not_built.iter().any(|known| known == asked) {
        Check::TokenGrantTypeNotBuilt
    } else {
        Check::TokenGrantType
    };
    let reason = format!(
        "grant_type is {asked:?}; this provider answers \"authorization_code\" and \"refresh_token\""
    );
    Err(refuse(check, reason).with("value", asked))
}
