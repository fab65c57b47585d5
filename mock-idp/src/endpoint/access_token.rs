//! Whether an access token that came is a good one.

use http::header::AUTHORIZATION;

use super::Request;
use crate::check::{Check, Refusal, refuse};
use crate::grant::AccessToken;
use crate::tenant::Tenant;

/// The token of the `Authorization` header, behind `Bearer` or one of these words.
pub(super) fn in_header<'a>(request: &'a Request, schemes: &[String]) -> Option<&'a str> {
    let (scheme, token) = request.header(AUTHORIZATION)?.trim().split_once(' ')?;
    let is_another = |known: &String| known.eq_ignore_ascii_case(scheme);
    let is_known = scheme.eq_ignore_ascii_case("bearer") || schemes.iter().any(is_another);
    is_known.then(|| token.trim())
}

/// What a token stands for that is still good; else a refusal by `check`.
pub(super) fn valid(tenant: &Tenant, token: &str, check: Check) -> Result<AccessToken, Refusal> {
    let now = tenant.clock().now();
    let found = tenant.store().access_tokens.find(token, now).cloned();
    let unknown = || {
        let reason =
            "the token is none of this provider's, is older than its lifetime, or is revoked";
        refuse(check, reason)
    };
    let token = found.ok_or_else(unknown)?;
    match token.login.revoked() {
        Some(why) => {
            let reason = format!("the token is revoked: {why}");
            Err(refuse(check, reason))
        }
        None => Ok(token),
    }
}
