//! The page at `/_mock/`: logins as they happen, and buttons for what a test does with verbs.

mod events;
mod lies;
mod login;
mod state;

use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest as _, Sha256};

use super::{Call, Control, Kind, Problem, Provider, delivered, guard};
use crate::capture::drawing;
use crate::fault::Delivery;
use crate::page;
use crate::tenant::Tenant;
pub(crate) use events::Events;
use state::State;

/// Where the page is, below `/_mock/`.
const PAGE: &str = "";
/// Where it hears of what happens.
const EVENTS: &str = "events";
/// Of so many logins, the newest.
const SHOWN: usize = 50;

const STYLE: &str = include_str!("watch.css");
const SCRIPT: &str = include_str!("watch.js");

#[derive(Template)]
#[template(path = "watch.html")]
struct Page<'a> {
    style: &'a str,
    script: &'static str,
    /// Where the verbs are.
    root: String,
    issuer: &'a str,
    discovery_url: String,
    flavour: String,
    state: String,
    /// The newest first.
    logins: Vec<String>,
}

/// What the page is dressed in.
static WHOLE_STYLE: LazyLock<String> =
    LazyLock::new(|| format!("{}{STYLE}{}", page::STYLE, drawing::STYLE));

/// The style sheet, the script and what it asks this provider for.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(&WHOLE_STYLE),
        hash(SCRIPT)
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
});

/// Whether a request is for the page, and not for what it listens to.
pub(super) fn is_meant(call: &Call<'_>) -> bool {
    call.name == PAGE
}

/// Whether a request is for what the page listens to.
pub(crate) fn is_events(name: &str) -> bool {
    name == EVENTS
}

/// Shows the page.
///
/// # Errors
/// When it is asked for in another way, or a token is needed.
pub(super) fn answer(
    control: &Control,
    provider: &Provider,
    call: &Call<'_>,
) -> Result<Delivery, Problem> {
    guard::without_token(control)?;
    if call.head.method != Method::GET {
        let words = format!("the page takes GET, not {}", call.head.method);
        return Err(Problem::new(Kind::Method, words));
    }
    let mut headers = HeaderMap::new();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    Ok(delivered(StatusCode::OK, headers, shown(&provider.tenant)))
}

fn shown(tenant: &Tenant) -> String {
    let logins = login::all(&tenant.requests());
    let newest = logins.iter().rev().take(SHOWN).enumerate();
    page::render(&Page {
        style: &WHOLE_STYLE,
        script: SCRIPT,
        root: format!("{}/_mock/", tenant.root()),
        issuer: tenant.issuer(),
        discovery_url: tenant.discovery_url(),
        flavour: tenant.flavour_name(),
        state: State::of(tenant).html(tenant),
        logins: newest
            .map(|(index, login)| login.html(index == 0))
            .collect(),
    })
}
