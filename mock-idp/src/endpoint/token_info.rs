//! What a token says, for an API that was sent it and does not read it itself: Google's tokeninfo.

use http::header::CACHE_CONTROL;
use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;

use super::{Request, access_token};
use crate::answer::{Answer, Members, quoted};
use crate::check::{Check, Refusal, refuse};
use crate::grant::{ClaimValues, TokenClaims};
use crate::jwt;
use crate::place::Place;
use crate::tenant::Tenant;

pub(super) fn token_info(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let sent = |name: &str| {
        let in_query = request.query.first(name);
        in_query.or_else(|| request.form.first(name))
    };
    let access_token = sent("access_token");
    let answer = match (
        access_token.or_else(|| access_token::in_header(request, &[])),
        sent("id_token"),
    ) {
        (Some(token), _) => of_access_token(tenant, request, token)?,
        (None, Some(token)) => of_id_token(tenant, token)?,
        (None, None) => {
            let reason = "neither access_token nor id_token came";
            return Err(refuse(Check::TokenInfoTokenMissing, reason));
        }
    };
    Ok(answer.with_header(CACHE_CONTROL, "no-store"))
}

fn of_access_token(tenant: &Tenant, request: &Request, token: &str) -> Result<Answer, Refusal> {
    let token = access_token::valid(tenant, token, Check::TokenInfoToken)?;
    let persona = tenant.persona(&token.login.persona).ok_or_else(|| {
        let reason = "the token's persona is no longer there";
        refuse(Check::TokenInfoToken, reason)
    })?;
    let flavour = &tenant.flavour().text;
    let profile = request.profile.as_deref().unwrap_or("default");
    let Some(text) = flavour.tokeninfo.get(profile) else {
        let reason = format!("the flavour says nothing of tokeninfo's profile {profile:?}");
        return Err(refuse(Check::TokenInfoToken, reason));
    };
    let now = tenant.clock().now();
    let left = token.over.duration_since(now).unwrap_or_default();
    let expires_in = i64::try_from(left.as_secs()).unwrap_or(i64::MAX);
    let scopes = &flavour.scopes;
    let claims = TokenClaims {
        scope: scopes.granted_in_order(&scopes.in_token_response, &token.scopes),
        is_offline: token.login.request.is_offline,
        expires_at: tenant.clock().unix_seconds().saturating_add(expires_in),
        expires_in,
    };
    let mut members = Members::default();
    ClaimValues::of_persona(tenant, &persona, token.login.client_id(), &token.scopes)
        .of_token(claims)
        .fill_listed(&text.members, &mut members);
    if text.all_texts {
        members = as_texts(&members);
    }
    Ok(Answer::json(Place::TokenInfo, 2, members).about(token.login.client_id(), &persona.id))
}

/// Its claims, and its header behind them.
fn of_id_token(tenant: &Tenant, token: &str) -> Result<Answer, Refusal> {
    let refused = |reason: String| refuse(Check::TokenInfoToken, reason);
    let keys = tenant.keys().jwks(tenant.issuer());
    let keys = keys.iter().filter_map(|jwk| serde_json::from_str(jwk).ok());
    let keys = JwkSet {
        keys: keys.collect(),
    };
    let claims = jwt::verified(token, &keys).map_err(refused)?;
    let exp = claims.get("exp").and_then(Value::as_i64);
    if exp.is_none_or(|exp| exp <= tenant.clock().unix_seconds()) {
        return Err(refused("the ID token is over".into()));
    }
    let header = jwt::header(token).unwrap_or_default();
    let mut members = Members::default();
    for (name, value) in claims.iter().chain(&header) {
        members.push_json(name.clone(), value.to_string());
    }
    let mut answer = Answer::json(Place::TokenInfo, 2, as_texts(&members));
    answer.client = jwt::texts(&claims, "aud")
        .first()
        .map(|&aud| aud.to_owned());
    Ok(answer)
}

/// The same with a text for every value that is none.
fn as_texts(members: &Members) -> Members {
    let mut texts = Members::default();
    for (name, _) in members.iter() {
        let json = members.json_of(name).unwrap_or_default();
        if json.starts_with('"') {
            texts.push_json(name.clone(), json);
        } else {
            texts.push_json(name.clone(), quoted(json));
        }
    }
    texts
}
