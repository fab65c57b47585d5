//! Logouts: by the button, by a logout token, and in a frame.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::app::{Account, App, Refusal, refuse};
use super::claims::{self, now};
use super::exchange::payload;
use super::jose::{header_of, signed};
use super::login::{Pairs, secret};
use super::pages::{pairs, session};
use super::switch::Switch;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What only a page of the session has.
fn token(session: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(format!("form of {session}"))[..12])
}

pub(crate) fn form(session: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"token\" value=\"{}\">\
         <button id=\"logout\">Log out</button></form>",
        token(session)
    )
}

pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let pairs = pairs(&query.unwrap_or_default());
    if app.has(Switch::LogoutByLink) {
        return go(&app, &headers).await;
    }
    let next = pairs.iter().find(|(name, _)| name == "next");
    if let Some((_, next)) = next.filter(|_| app.has(Switch::LogoutGoesAnywhere)) {
        return Redirect::to(next).into_response();
    }
    Html(form(&session(&headers).unwrap_or_default())).into_response()
}

pub(crate) async fn end(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let expected = token(&session(&headers).unwrap_or_default());
    let sent = pairs(&String::from_utf8_lossy(&body));
    if !sent
        .iter()
        .any(|(name, value)| name == "token" && *value == expected)
    {
        return app.refusal(&refuse(403, "the form is no page's of this session"));
    }
    go(&app, &headers).await
}

/// Ends the session, and goes on to the provider.
async fn go(app: &App, headers: &HeaderMap) -> Response {
    let name = session(headers).unwrap_or_default();
    let known = app.state().sessions.get(&name).cloned();
    let stays = [Switch::SurvivesLogout, Switch::AsksTheProviderFirst];
    if !stays.into_iter().any(|switch| app.has(switch)) {
        app.state().sessions.remove(&name);
    }
    let to = match known {
        Some(known) if !app.has(Switch::StaysAtLogout) => at_provider(app, &known).await,
        _ => None,
    };
    let to = to.unwrap_or_else(|| "/".into());
    if app.has(Switch::AsksTheProviderFirst) {
        return Redirect::to(&to).into_response();
    }
    let gone = [("set-cookie", "session=; Path=/; Max-Age=0")];
    (gone, Redirect::to(&to)).into_response()
}

async fn at_provider(app: &App, known: &Account) -> Option<String> {
    let provider = &app.providers[known.login.provider];
    let metadata = provider.metadata(app).await.ok()?;
    let mut url = Url::parse(metadata.end_session_endpoint()?).ok()?;
    let back = app.base.join("/bye").ok()?;
    url.query_pairs_mut()
        .append_pair("id_token_hint", &known.login.id_token)
        .append_pair("post_logout_redirect_uri", back.as_str())
        .append_pair("state", &secret(16));
    Some(url.into())
}

pub(crate) async fn came_back(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let pairs = pairs(&query.unwrap_or_default());
    let state = pairs.iter().find(|(name, _)| name == "state");
    if app.has(Switch::AsksTheProviderFirst) {
        app.state()
            .sessions
            .remove(&session(&headers).unwrap_or_default());
    }
    match state {
        None if app.has(Switch::NeedsStateAfterLogout) => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Some((_, state)) if app.has(Switch::GoesToTheState) => Redirect::to(state).into_response(),
        _ => Redirect::to("/").into_response(),
    }
}

pub(crate) async fn told(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    if app.has(Switch::IgnoresLogoutTokens) {
        return StatusCode::OK.into_response();
    }
    match end_by(&app, &headers, &body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => app.refusal(&refusal),
    }
}

async fn end_by(app: &App, headers: &HeaderMap, body: &Bytes) -> Result<(), Refusal> {
    app.strict(
        Switch::NeedsAnOrigin,
        headers.contains_key("origin"),
        "there is no origin",
    )?;
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(refuse(415, "it is no form"));
    }
    if body.len() > 100_000 {
        return Err(refuse(413, "the form is too large"));
    }
    let sent: Pairs = pairs(&String::from_utf8_lossy(body));
    let mut tokens = sent.iter().filter(|(name, _)| name == "logout_token");
    let (Some((_, token)), None) = (tokens.next(), tokens.next()) else {
        return Err(refuse(400, "there is not one logout token"));
    };
    let told = payload(token)?;
    let issuer = told.get("iss").and_then(Value::as_str).unwrap_or_default();
    let named = app
        .providers
        .iter()
        .position(|provider| provider.issuer() == issuer);
    let provider = match named {
        Some(provider) => provider,
        None if app.has(Switch::NoLogoutIss) => 0,
        None => return Err(refuse(400, "nobody has this issuer")),
    };
    let claims = if app.has(Switch::LogoutTokensUnsigned) {
        told
    } else {
        signed(app, &app.providers[provider], token).await?
    };
    if !app.has(Switch::AnyTokenLogsOut) {
        look_at(app, provider, token, &claims)?;
    }
    forget(app, provider, &claims);
    Ok(())
}

fn look_at(app: &App, provider: usize, token: &str, claims: &Value) -> Result<(), Refusal> {
    let typ = header_of(token)
        .get("typ")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let is_typ = typ.as_deref().is_none_or(|typ| typ == "logout+jwt");
    app.check(Switch::NoLogoutTyp, is_typ, "it is another kind of token")?;
    app.strict(
        Switch::NeedsLogoutTyp,
        typ.is_some(),
        "it does not say that it is a logout token",
    )?;
    let client_id = app.providers[provider].provided.client_id.as_str();
    let is_aud = claims.get("aud").and_then(Value::as_str) == Some(client_id);
    app.check(Switch::NoLogoutAud, is_aud, "aud is another client's")?;
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    let is_now = time("exp").is_some_and(|exp| exp > now() - 60.0)
        && time("iat").is_some_and(|iat| iat < now() + 60.0);
    app.check(
        Switch::NoLogoutExp,
        is_now,
        "it is too old, or not of today",
    )?;
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    app.check(
        Switch::NoEventNeeded,
        event.is_some_and(Value::is_object),
        "it is about no logout",
    )?;
    app.check(
        Switch::NonceInLogoutTokens,
        claims.get("nonce").is_none(),
        "it has a nonce",
    )?;
    let has = |name: &str| claims.get(name).is_some_and(Value::is_string);
    app.check(
        Switch::EverybodyWithoutSub,
        has("sub") || has("sid"),
        "it is about nobody",
    )?;
    app.strict(
        Switch::NeedsSubInLogoutTokens,
        has("sub"),
        "there is no sub",
    )?;
    app.check(Switch::NoJtiNeeded, has("jti"), "there is no jti")?;
    let jti = claims.get("jti").map(Value::to_string).unwrap_or_default();
    let came_first = app.state().jtis.insert(jti);
    app.check(
        Switch::NoReplayMemory,
        came_first || app.has(Switch::NoJtiNeeded),
        "it was here before",
    )
}

fn forget(app: &App, provider: usize, claims: &Value) {
    let issuer = claims::issuer(app, &app.providers[provider].issuer(), None);
    let text =
        |claims: &Value, name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let (sub, sid) = (text(claims, "sub"), text(claims, "sid"));
    let is_meant = |account: &Account| {
        let own = &account.login.claims;
        let is_issuer = text(own, "iss").as_deref() == Some(issuer.as_str())
            || app.has(Switch::LogoutBySubAlone)
            || app.has(Switch::NoLogoutIss);
        let is_one = match (&sid, &sub) {
            (Some(_), _) => text(own, "sid") == sid,
            (None, sub) => text(own, "sub") == *sub || sub.is_none(),
        };
        is_issuer && is_one || app.has(Switch::EndsEverySession)
    };
    let mut state = app.state();
    let mut meant: Vec<_> = state
        .sessions
        .iter()
        .filter(|(_, account)| is_meant(account))
        .map(|(name, _)| name.clone())
        .collect();
    if app.has(Switch::EndsOneSession) {
        meant.truncate(1);
    }
    for name in meant {
        state.sessions.remove(&name);
    }
}

pub(crate) async fn framed(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let pairs = pairs(&query.unwrap_or_default());
    let value = |wanted: &str| {
        pairs
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    };
    if app.has(Switch::FramesNeedNoSid) {
        app.state()
            .sessions
            .remove(&session(&headers).unwrap_or_default());
    }
    let issuer = value("iss");
    if let (Some(issuer), Some(sid), false) =
        (&issuer, value("sid"), app.has(Switch::IgnoresFrames))
    {
        let is = |account: &Account, name: &str, value: &str| {
            account
                .login
                .claims
                .get(name)
                .is_some_and(|own| own == value)
        };
        app.state()
            .sessions
            .retain(|_, account| !(is(account, "iss", issuer) && is(account, "sid", &sid)));
    }
    let mut response = Html("").into_response();
    if app.has(Switch::UnframableLogout) {
        let denied = HeaderValue::from_static("DENY");
        response.headers_mut().insert("x-frame-options", denied);
    }
    response
}
