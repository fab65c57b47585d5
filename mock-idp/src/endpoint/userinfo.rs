//! Claims about a persona,
//! [OpenID Connect Core 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo).

use http::header::{AUTHORIZATION, CACHE_CONTROL};

use super::{Request, access_token};
use crate::answer::{Answer, Members};
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::grant::ClaimValues;
use crate::place::Place;
use crate::sign::UnsignedToken;
use crate::tenant::Tenant;

pub(super) fn userinfo(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let token = access_token::valid(tenant, bearer(request)?, Check::UserInfoToken)?;
    let persona = tenant.persona(&token.login.persona).ok_or_else(|| {
        refuse(
            Check::UserInfoToken,
            "the token's persona is no longer there",
        )
    })?;
    let profiles = &tenant.flavour().text.userinfo;
    let profile = request.profile.as_deref().unwrap_or("default");
    let specs = profiles.get(profile).map_or(&[][..], |it| &it.members);
    let mut members = Members::default();
    ClaimValues::of_persona(tenant, &persona, &token.scopes).fill(specs, &mut members);
    let client = &token.login.request.client;
    let answer = match &client.userinfo_signed_response_alg {
        None => Answer::json(Place::UserInfo, 2, members),
        Some(_) => Answer::jwt(Place::UserInfo, signed(tenant, client, members)),
    };
    Ok(answer
        .with_header(CACHE_CONTROL, "no-store")
        .about(&client.client_id, &persona.id))
}

/// As a JWT it says who made it, and for whom,
/// [OpenID Connect Core 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse).
fn signed(tenant: &Tenant, client: &Client, mut claims: Members) -> UnsignedToken {
    claims.push_text("iss", tenant.issuer());
    claims.push_text("aud", &client.client_id);
    let key = tenant.signing_key(client.userinfo_signed_response_alg);
    let mut header = Members::default();
    header.push_text("alg", key.key.signing_key().algorithm());
    header.push_text("kid", &key.kid);
    UnsignedToken {
        header,
        claims,
        key,
        client_secret: client.client_secret.clone(),
    }
}

/// The token of the request: in the header, or in the body of a form
/// ([RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2)).
fn bearer(request: &Request) -> Result<&str, Refusal> {
    let in_header = request.header(AUTHORIZATION).map(str::trim);
    let in_header = in_header.and_then(|header| header.split_once(' '));
    let is_bearer = |scheme: &str| scheme.eq_ignore_ascii_case("bearer");
    match in_header {
        Some((scheme, token)) if is_bearer(scheme) => Ok(token.trim()),
        _ => request.form.first("access_token").ok_or_else(|| {
            refuse(
                Check::UserInfoTokenMissing,
                "neither an Authorization header with Bearer nor access_token in a form",
            )
        }),
    }
}
