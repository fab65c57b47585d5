//! What UserInfo says beside the ID token.

use serde_json::{Value, json};
use url::Url;

use super::app::{App, Mode, Refusal, Transaction, refuse};
use super::fetch::{client, send};
use super::jose::verified;
use super::json::parse;
use super::provider::Metadata;
use super::switch::Switch;

/// What UserInfo says, where it says anything of use; the login goes on without it.
pub(crate) async fn userinfo(
    app: &App,
    transaction: &Transaction,
    metadata: &Metadata,
    access_token: &str,
    claims: Option<&Value>,
) -> Result<Option<Value>, Refusal> {
    if app.has(Switch::NothingVerified) {
        return Ok(None);
    }
    let mut url = Url::parse(&metadata.userinfo_endpoint)
        .map_err(|_| refuse(502, "the provider has no UserInfo"))?;
    if app.has(Switch::BearerInTheUrl) {
        url.query_pairs_mut()
            .append_pair("access_token", access_token);
    }
    let request = client(app).get(url).bearer_auth(access_token);
    let answer = match send(app, request).await {
        Ok(answer) if answer.status == 200 => answer,
        _ if app.has(Switch::UserinfoMustCome) => return Err(refuse(500, "there is no UserInfo")),
        _ => return Ok(None),
    };
    let is_signed = app.mode == Mode::SignedUserinfo && !app.has(Switch::UserinfoUnsigned);
    let is_plain = !answer.is_jwt;
    app.strict(Switch::UserinfoMustBePlain, is_plain, "UserInfo is signed")?;
    let told = if answer.is_jwt {
        let token = String::from_utf8_lossy(&answer.body).into_owned();
        signed(app, transaction, &token).await?
    } else if is_signed {
        return Err(refuse(502, "UserInfo is not signed"));
    } else {
        let is_strict = !app.has(Switch::FirstOfTwo);
        match parse(&answer.body, is_strict, false) {
            Ok(told) if answer.is_json => told,
            Err(why) if answer.is_json => return Err(refuse(502, format!("UserInfo is {why}"))),
            _ if app.has(Switch::UserinfoMustCome) => {
                return Err(refuse(500, "there is no UserInfo"));
            }
            _ => return Ok(None),
        }
    };
    if told.get("error").is_some() {
        return if app.has(Switch::UserinfoMustCome) {
            Err(refuse(500, "there is no UserInfo"))
        } else {
            Ok(None)
        };
    }
    let same = claims.is_none_or(|claims| claims.get("sub") == told.get("sub"));
    let same = same || app.has(Switch::NoSub);
    app.check(
        Switch::NoUserinfoSub,
        same,
        "UserInfo is about somebody else",
    )?;
    let has_address = told.get("email").is_some();
    app.strict(
        Switch::UserinfoNeedsAnAddress,
        has_address,
        "UserInfo has no address",
    )?;
    let agrees = |name: &str| {
        told.get(name).is_none_or(|value| {
            claims
                .and_then(|claims| claims.get(name))
                .is_none_or(|known| known == value)
        })
    };
    let agree = ["iss", "name"].into_iter().all(agrees);
    app.strict(
        Switch::UserinfoMustAgree,
        agree,
        "UserInfo says something else",
    )?;
    if let Some(sources) = told
        .get("_claim_sources")
        .filter(|_| app.has(Switch::FetchesClaims))
    {
        let endpoints = sources
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::values);
        for source in endpoints {
            if let Some(endpoint) = source.get("endpoint").and_then(Value::as_str) {
                let _elsewhere = send(app, client(app).get(endpoint)).await;
            } else {
                return Err(refuse(502, "the claims of another cannot be read"));
            }
        }
    }
    Ok(Some(told))
}

/// Who somebody is at GitHub, as claims.
pub(crate) async fn user(
    app: &App,
    metadata: &Metadata,
    access_token: &str,
) -> Result<Value, Refusal> {
    let user = from_api(app, &metadata.userinfo_endpoint, access_token).await?;
    app.strict(
        Switch::NeedsAPublicAddress,
        user["email"].is_string(),
        "the address is a secret",
    )?;
    let emails = format!("{}/emails", metadata.userinfo_endpoint);
    let emails = from_api(app, &emails, access_token).await?;
    let emails = emails.as_array().into_iter().flatten();
    let mut primary = emails.filter(|it| it["primary"] == true && it["verified"] == true);
    let id = user["id"]
        .as_u64()
        .ok_or_else(|| refuse(502, "the user is nobody"))?;
    Ok(json!({
        "sub": id.to_string(),
        "name": user["name"],
        "preferred_username": user["login"],
        "email": primary.next().map(|it| it["email"].clone()),
    }))
}

async fn from_api(app: &App, url: &str, access_token: &str) -> Result<Value, Refusal> {
    let answer = send(app, client(app).get(url).bearer_auth(access_token)).await?;
    match answer.status {
        200 => parse(&answer.body, true, false)
            .map_err(|why| refuse(502, format!("the user is {why}"))),
        _ => Err(refuse(502, "the API says nothing")),
    }
}

async fn signed(app: &App, transaction: &Transaction, token: &str) -> Result<Value, Refusal> {
    let provider = &app.providers[transaction.provider];
    if app.has(Switch::UserinfoUnsigned) {
        return super::exchange::payload(token);
    }
    let told = verified(app, provider, token).await?;
    let text = |name: &str| told.get(name).and_then(Value::as_str);
    let is_ours = text("iss").is_none_or(|iss| iss == provider.provided.issuer)
        && text("aud").is_none_or(|aud| aud == provider.provided.client_id);
    if !is_ours {
        return Err(refuse(502, "UserInfo is for somebody else"));
    }
    Ok(told)
}
