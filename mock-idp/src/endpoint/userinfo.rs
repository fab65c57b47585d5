//! Claims about a persona,
//! [OpenID Connect Core 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo).

use http::header::{CACHE_CONTROL, USER_AGENT};

use super::{Request, access_token};
use crate::answer::{Answer, Encoding, Members};
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::flavour::UserInfoText;
use crate::grant::ClaimValues;
use crate::place::Place;
use crate::sign::UnsignedToken;
use crate::tenant::Tenant;

pub(super) fn userinfo(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let profiles = &tenant.flavour().text.userinfo;
    let profile = request.profile.as_deref().unwrap_or("default");
    let Some(text) = profiles.get(profile) else {
        let reason = format!("the flavour says nothing of the profile {profile:?}");
        return Err(refuse(Check::UserInfoToken, reason));
    };
    check_user_agent(tenant, request, text)?;
    let token = bearer(request, &text.schemes)?;
    let token = access_token::valid(tenant, token, Check::UserInfoToken)?;
    let persona = tenant.persona(&token.login.persona).ok_or_else(|| {
        refuse(
            Check::UserInfoToken,
            "the token's persona is no longer there",
        )
    })?;
    check_scope(tenant, text, &token.scopes)?;
    let client = &token.login.request.client;
    let mut members = Members::default();
    ClaimValues::of_persona(tenant, &persona, &client.client_id, &token.scopes)
        .fill(&text.members, &mut members);
    let answer = match &client.userinfo_signed_response_alg {
        _ if text.is_list => list(members, persona.email.is_some()),
        None => Answer::json(Place::UserInfo, 2, members),
        Some(_) => Answer::jwt(Place::UserInfo, signed(tenant, client, members)),
    };
    Ok(answer
        .with_header(CACHE_CONTROL, "no-store")
        .about(&client.client_id, &persona.id))
}

/// A list of one, or of none.
fn list(members: Members, is_there: bool) -> Answer {
    if !is_there {
        return Answer::json_text(Place::UserInfo, "[]");
    }
    let mut answer = Answer::json(Place::UserInfo, 2, members);
    answer.encoding = Encoding::JsonList { indent: 2 };
    answer
}

fn check_user_agent(
    tenant: &Tenant,
    request: &Request,
    text: &UserInfoText,
) -> Result<(), Refusal> {
    let said = request.header(USER_AGENT).unwrap_or_default();
    if !text.needs_user_agent || !said.trim().is_empty() {
        return Ok(());
    }
    tenant.enforce(Check::UserInfoUserAgent, || {
        "the request does not say in User-Agent what it is from".into()
    })
}

fn check_scope(tenant: &Tenant, text: &UserInfoText, granted: &[String]) -> Result<(), Refusal> {
    let is_granted = |scope: &String| granted.contains(scope);
    if text.needs_scope.is_empty() || text.needs_scope.iter().any(is_granted) {
        return Ok(());
    }
    tenant.enforce(Check::UserInfoScope, || {
        let needed = text.needs_scope.join(" or ");
        format!("the token has not the scope {needed}")
    })
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
fn bearer<'a>(request: &'a Request, schemes: &[String]) -> Result<&'a str, Refusal> {
    let in_header = access_token::in_header(request, schemes);
    in_header
        .or_else(|| request.form.first("access_token"))
        .ok_or_else(|| {
            refuse(
                Check::UserInfoTokenMissing,
                "neither an Authorization header with Bearer nor access_token in a form",
            )
        })
}
