//! The control API: what a [`Tenant`] can do, over HTTP.
//!
//! It is under the issuer, at `/_mock`; a tenant has its own, `/team/_mock`. The path is the verb's
//! name in Rust, the members of the JSON object are its arguments:
//!
//! ```text
//! POST /_mock/register        {"redirect_uri": "http://localhost:8501/oauth2callback"}
//! POST /_mock/fault           {"place": "token", "effects": [{"status": 503}]}
//! POST /_mock/clock/advance   {"seconds": 7200}
//! POST /_mock/keys/rotate
//! GET  /_mock/requests?place=token
//! ```
//!
//! A verb that only looks is a GET with a query, any other a POST. An answer is JSON, 204 where
//! there is nothing to say; a problem is one of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
//! `/_mock/openapi.json` describes all of it. `/_mock/` is a page on which logins show as they happen, with buttons
//! for some of the verbs; `/_mock/console` is the provider's console, as far as an app sees it.

mod console_page;
mod guard;
#[cfg(test)]
mod openapi;
mod problem;
mod route;
mod table;
pub(crate) mod verb;
mod watch;

use std::fmt;

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, request};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};

use crate::fault::{Delivery, Ending};
use crate::tenant::Tenant;
use crate::tenants::Tenants;
pub(crate) use problem::{Kind, Problem, Written};
pub(crate) use route::Verb;
use route::{Access, Route};
pub(crate) use watch::Events;

/// No argument is larger, in bytes: thousands of personas.
const LARGEST_BODY: usize = 16 << 20;
/// The description, for whoever writes a client.
const OPENAPI: &str = include_str!("openapi.json");

/// Who may use the control API.
#[derive(Clone, Default)]
pub(crate) struct Control {
    /// What a request must bring as a bearer token; nothing where everybody may.
    pub(crate) token: Option<String>,
}

/// Leaves the token out.
impl fmt::Debug for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| "..");
        formatter
            .debug_struct("Control")
            .field("token", &token)
            .finish()
    }
}

/// The provider that a verb is for.
pub(crate) struct Provider {
    pub(crate) tenants: Tenants,
    pub(crate) tenant: Tenant,
    /// Whether it is the one at the root, which makes and drops the others.
    pub(crate) is_root: bool,
}

/// A request to the control API.
pub(crate) struct Call<'a> {
    /// Below `/_mock/`.
    name: &'a str,
    head: &'a request::Parts,
}

/// What is below `/_mock`, where a path is there; or where those look who know of no such place.
pub(crate) fn below(path: &str) -> Option<&str> {
    if path == "/healthz" {
        return Some("healthz");
    }
    let rest = path.strip_prefix("/_mock")?;
    rest.strip_prefix('/').or(rest.is_empty().then_some(""))
}

/// Answers a request to the control API.
pub(crate) async fn respond(
    control: &Control,
    provider: &Provider,
    name: &str,
    request: http::Request<Incoming>,
) -> Delivery {
    let (head, body) = request.into_parts();
    let call = Call { name, head: &head };
    if console_page::is_meant(&call) {
        let page = page(control, provider, &call, body).await;
        return page.unwrap_or_else(|problem| refused(&problem));
    }
    if watch::is_meant(&call) {
        let page = guard::host_and_origin(control, &provider.tenants, &call.head.headers);
        let page = page.and_then(|()| watch::answer(control, provider, &call));
        return page.unwrap_or_else(|problem| refused(&problem));
    }
    match answer(control, provider, &call, body).await {
        Ok(json) => delivery(json),
        Err(problem) => refused(&problem),
    }
}

/// Whether a request is for what happens, as it happens, and may be; else the refusal.
pub(crate) fn asks_for_events(
    control: &Control,
    provider: &Provider,
    name: &str,
    request: &http::Request<Incoming>,
) -> Option<Result<(), Delivery>> {
    if !watch::is_events(name) || request.method() != Method::GET {
        return None;
    }
    let allowed = guard::host_and_origin(control, &provider.tenants, request.headers());
    let allowed = allowed.and_then(|()| guard::without_token(control));
    Some(allowed.map_err(|problem| refused(&problem)))
}

async fn answer(
    control: &Control,
    provider: &Provider,
    call: &Call<'_>,
    body: Incoming,
) -> Result<String, Problem> {
    guard::host_and_origin(control, &provider.tenants, &call.head.headers)?;
    if (call.name, &call.head.method) == ("openapi.json", &Method::GET) {
        return Ok(OPENAPI.into());
    }
    let route = find(provider, call)?;
    if route.access != Access::Everybody {
        guard::token(control, &call.head.headers)?;
    }
    if call.head.method == Method::GET {
        return route.with_query(provider, call.head.uri.query()).await;
    }
    let body = whole(body).await?;
    guard::content_type(&call.head.headers, &body)?;
    route.with_json(provider, &body).await
}

/// A body, as far as one may be.
async fn whole(body: Incoming) -> Result<Bytes, Problem> {
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    let body = body.map_err(|error| too_large_or_gone(&*error))?;
    Ok(body.to_bytes())
}

async fn page(
    control: &Control,
    provider: &Provider,
    call: &Call<'_>,
    body: Incoming,
) -> Result<Delivery, Problem> {
    guard::host_and_origin(control, &provider.tenants, &call.head.headers)?;
    let body = whole(body).await?;
    console_page::answer(control, provider, call, &body)
}

/// The verb that a request means.
fn find<'r>(provider: &Provider, call: &Call<'_>) -> Result<&'r Route, Problem> {
    let route = table::ROUTES.iter().find(|route| route.name == call.name);
    let Some(route) = route else {
        return Err(Problem::no_such_verb(call.name, table::ROUTES));
    };
    if route.access != Access::Tenant && !provider.is_root {
        let words = format!("{} is a verb of the provider at the root", route.name);
        return Err(Problem::new(Kind::NotFound, words));
    }
    if route.method != call.head.method {
        return Err(Problem::wrong_method(route, &call.head.method));
    }
    Ok(route)
}

fn too_large_or_gone(error: &(dyn std::error::Error + 'static)) -> Problem {
    if error.is::<LengthLimitError>() {
        let words = format!("the body is larger than {LARGEST_BODY} bytes");
        return Problem::new(Kind::TooLarge, words);
    }
    Problem::new(Kind::Arguments, format!("the body broke off: {error}"))
}

/// The answer of a verb; what says nothing has no content.
fn delivery(json: String) -> Delivery {
    if json == "null" {
        return delivered(StatusCode::NO_CONTENT, HeaderMap::new(), String::new());
    }
    let mut headers = HeaderMap::new();
    let json_type = HeaderValue::from_static("application/json");
    headers.insert(CONTENT_TYPE, json_type);
    delivered(StatusCode::OK, headers, json)
}

fn refused(problem: &Problem) -> Delivery {
    tracing::info!(%problem, "refused at the control API");
    let mut headers = HeaderMap::new();
    let problem_type = HeaderValue::from_static("application/problem+json");
    headers.insert(CONTENT_TYPE, problem_type);
    if problem.kind == Kind::Token {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(Ok(allow)) = problem.allow.as_deref().map(HeaderValue::from_str) {
        headers.insert(ALLOW, allow);
    }
    delivered(problem.kind.status(), headers, problem.json())
}

fn delivered(status: StatusCode, mut headers: HeaderMap, body: String) -> Delivery {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Delivery {
        status,
        headers,
        body: body.into(),
        delay: None,
        ending: Ending::Whole,
        client: None,
        persona: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_api_is_below_its_own_name_only() {
        let check =
            |path: &str, expected: Option<&str>| assert_eq!(below(path), expected, "{path}");
        check("/_mock", Some(""));
        check("/_mock/", Some(""));
        check("/_mock/keys/rotate", Some("keys/rotate"));
        check("/healthz", Some("healthz"));
        check("/_mocking", None);
        check("/token", None);
        check("_mock", None);
    }
}
