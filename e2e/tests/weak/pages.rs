//! The app's pages and its sessions.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use url::form_urlencoded;

use super::app::{Account, App, Mode, escaped};
use super::exchange::{account, payload};
use super::login::{Pairs, begin, begin_for_another, callback, secret};
use super::logout;
use super::refresh::refresh;
use super::switch::Switch;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(first))
        .route("/login/second", get(second))
        .route("/begin", get(for_another))
        .route("/callback", any(came_back))
        .route("/logout", get(logout::ask).post(logout::end))
        .route("/bye", get(logout::came_back))
        .route("/backchannel", any(logout::told))
        .route("/frontchannel", get(logout::framed))
        .with_state(app)
}

pub(crate) fn pairs(text: &str) -> Pairs {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

async fn first(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let pairs = pairs(&query.unwrap_or_default());
    begin(&app, 0, &pairs)
        .await
        .unwrap_or_else(|refusal| app.refusal(&refusal))
}

async fn second(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let pairs = pairs(&query.unwrap_or_default());
    begin(&app, 1, &pairs)
        .await
        .unwrap_or_else(|refusal| app.refusal(&refusal))
}

async fn for_another(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let pairs = pairs(&query.unwrap_or_default());
    let begun = begin_for_another(&app, &pairs).await;
    begun.unwrap_or_else(|refusal| app.refusal(&refusal))
}

async fn came_back(
    State(app): State<Arc<App>>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    form: Bytes,
) -> Response {
    let posted = String::from_utf8_lossy(&form).into_owned();
    let text = if method == Method::POST {
        posted
    } else {
        query.unwrap_or_default()
    };
    let came = callback(&app, &method, &headers, &pairs(&text)).await;
    came.unwrap_or_else(|refusal| app.refusal(&refusal))
}

/// A cookie of the app's, as it is set.
pub(crate) fn cookie(app: &App, name: &str, value: &str) -> String {
    let hidden = if app.has(Switch::ScriptsSeeCookies) {
        ""
    } else {
        "; HttpOnly"
    };
    let same_site = if app.has(Switch::NoSameSite) {
        ""
    } else {
        "; SameSite=Lax"
    };
    format!("{name}={value}; Path=/{hidden}{same_site}")
}

pub(crate) fn cookies(headers: &HeaderMap) -> Pairs {
    let sent = headers.get("cookie").and_then(|sent| sent.to_str().ok());
    let sent = sent.unwrap_or_default().split("; ");
    sent.filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

pub(crate) fn session(headers: &HeaderMap) -> Option<String> {
    let found = cookies(headers)
        .into_iter()
        .find(|(name, _)| name == "session")?;
    Some(found.1)
}

/// Begins a session, and goes on.
pub(crate) fn shown(app: &App, headers: &HeaderMap, mut who: Account, go_on: &str) -> Response {
    let before = session(headers);
    let mut name = secret(24);
    if app.has(Switch::KeepsTheSessionsName) {
        name = before.clone().unwrap_or(name);
    }
    if app.has(Switch::TokenAsASession) {
        name.clone_from(&who.more);
    }
    let mut state = app.state();
    if let Some(known) = before.and_then(|before| state.sessions.remove(&before))
        && app.has(Switch::MixesPeople)
    {
        who.more = format!("before: {}", known.name);
    }
    state.sessions.insert(name.clone(), who.clone());
    drop(state);
    let set = [("set-cookie", cookie(app, "session", &name))];
    if app.has(Switch::StaysAtTheCallback) {
        return (set, page(app, Some(&who), Some(&name))).into_response();
    }
    (set, Redirect::to(go_on)).into_response()
}

async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let name = session(&headers);
    if let Some(name) = name.as_ref().filter(|_| app.mode == Mode::Refresh) {
        refresh(&app, name).await;
    }
    let who = if app.has(Switch::TokenAsASession) {
        let claims = name.as_ref().and_then(|token| payload(token).ok());
        claims.map(|claims| account(&claims))
    } else {
        name.as_ref()
            .and_then(|name| app.state().sessions.get(name).cloned())
    };
    page(&app, who.as_ref(), name.as_deref())
}

fn page(app: &App, who: Option<&Account>, session: Option<&str>) -> Response {
    let words = match who {
        None => "<p>Nobody is logged in</p>".to_owned(),
        Some(Account {
            name, email, more, ..
        }) => {
            let shown = |text: &str| {
                if app.has(Switch::NamesAsMarkup) {
                    text.to_owned()
                } else {
                    escaped(text)
                }
            };
            format!(
                "<h1>Welcome, {}</h1><p>{}</p><p>{}</p>{}",
                shown(name),
                escaped(email),
                escaped(more),
                logout::form(session.unwrap_or_default())
            )
        }
    };
    let mut response = Html(format!("<body>{words}</body>")).into_response();
    let headers = response.headers_mut();
    if !app.has(Switch::Storable) {
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
    }
    if !app.has(Switch::Framable) {
        headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    }
    response
}
