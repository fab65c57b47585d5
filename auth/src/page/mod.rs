//! The pages: one look, no JavaScript that is needed, and headers that allow nothing a page does not need.

mod choose_login;
mod failure;
mod forbidden;
mod logout;
mod replaced;
mod repost;

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

pub(crate) use choose_login::choose_login;
pub use choose_login::{ChooseLogin, LoginChoice};
pub use failure::Failure;
pub(crate) use failure::{FailureView, failure};
pub use forbidden::Forbidden;
pub(crate) use forbidden::forbidden;
pub use logout::ConfirmLogout;
pub(crate) use logout::confirm_logout;
pub(crate) use replaced::with_headers;
pub use replaced::{OwnPages, Pages};
pub(crate) use repost::repost;

/// The stylesheet of every page, as `base.html` includes it. It stands in the page, so that an app needs no route
/// for it.
const STYLE: &str = include_str!("../../templates/style.css").trim_ascii_end();

/// Room for a page, in bytes, so that it need not be moved while it is written.
const PAGE_SIZE: usize = 2 * STYLE.len();

/// Room for its headers, and for the few that are set later.
const HEADERS: usize = 12;

/// What a page may do beside showing its text: nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Allowed<'a> {
    /// Show pictures, wherever they are.
    pub(crate) pictures: bool,
    /// Send its forms on to this origin as well, which browsers hold a redirect after a form to.
    pub(crate) forms_to: Option<&'a str>,
    /// Run this script.
    pub(crate) script: Option<&'a str>,
    /// Be framed by this origin.
    pub(crate) framed_by: Option<&'a str>,
}

impl Allowed<'_> {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self {
        pictures: false,
        forms_to: None,
        script: None,
        framed_by: None,
    };
}

/// The page with its headers.
///
/// A template writes to a string, which cannot fail; should it all the same, the visitor gets a bare 500.
pub(crate) fn respond(
    status: StatusCode,
    template: &impl Template,
    allowed: Allowed<'_>,
) -> Response<String> {
    let mut html = String::with_capacity(PAGE_SIZE);
    let status = match template.render_into(&mut html) {
        Ok(()) => status,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            html.clear();
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut response = Response::new(html);
    *response.status_mut() = status;
    *response.headers_mut() = headers(allowed);
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

/// What every answer carries, page or redirect: kept nowhere, framed by nobody, told to no other site.
pub(crate) fn headers(allowed: Allowed<'_>) -> HeaderMap {
    let policy = if allowed == Allowed::NOTHING {
        STRICT.clone()
    } else {
        policy(allowed)
    };
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.extend([
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]);
    if allowed.framed_by.is_none() {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers
}

static STRICT: LazyLock<HeaderValue> = LazyLock::new(|| policy(Allowed::NOTHING));
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| hash(STYLE));

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// The Content-Security-Policy: this stylesheet by its hash, forms to this app, and what is allowed beside.
fn policy(allowed: Allowed<'_>) -> HeaderValue {
    let style = &*STYLE_HASH;
    let pictures = if allowed.pictures {
        "http: https: data:"
    } else {
        "data:"
    };
    let (space, forms_to) = allowed.forms_to.map_or(("", ""), |origin| (" ", origin));
    let script = allowed
        .script
        .map(|script| format!(" script-src {};", hash(script)));
    let script = script.unwrap_or_default();
    let framed_by = allowed.framed_by.unwrap_or("'none'");
    let policy = format!(
        "default-src 'none'; style-src {style}; img-src {pictures};{script} form-action 'self'{space}{forms_to}; \
         base-uri 'none'; frame-ancestors {framed_by}"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{Allowed, ConfirmLogout, STYLE, headers, respond};

    fn policy(allowed: Allowed<'_>) -> String {
        headers(allowed)["content-security-policy"]
            .to_str()
            .expect("ASCII")
            .to_owned()
    }

    #[test]
    fn the_policy_allows_the_stylesheet_and_no_script() {
        let policy = policy(Allowed::NOTHING);
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(
            policy.contains("; img-src data:;") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains("script"),
            "{policy}"
        );
    }

    #[test]
    fn only_what_is_allowed_is_added() {
        let pictures = Allowed {
            pictures: true,
            ..Allowed::NOTHING
        };
        assert!(policy(pictures).contains("; img-src http: https: data:;"));
        let forms = Allowed {
            forms_to: Some("https://idp.test"),
            ..Allowed::NOTHING
        };
        assert!(policy(forms).contains("; form-action 'self' https://idp.test;"));
        let script = Allowed {
            script: Some("x()"),
            ..Allowed::NOTHING
        };
        assert!(policy(script).contains("; script-src 'sha256-"));
        let framed = Allowed {
            framed_by: Some("https://idp.test"),
            ..Allowed::NOTHING
        };
        assert!(policy(framed).ends_with("; frame-ancestors https://idp.test"));
        assert!(!headers(framed).contains_key("x-frame-options"));
    }

    #[test]
    fn a_page_holds_the_very_stylesheet_that_was_hashed() {
        let view = ConfirmLogout {
            csrf_token: "t",
            is_refused: false,
            action: "/auth/logout",
            home: "/",
            provider: None,
        };
        let response = respond(StatusCode::OK, &view, Allowed::NOTHING);
        assert!(response.body().contains(&format!("<style>{STYLE}</style>")));
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["x-frame-options"], "DENY");
    }
}
