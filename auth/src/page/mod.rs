//! The pages: one look, no JavaScript, and headers that allow nothing a page does not need.

mod failure;
mod logout;

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

pub(crate) use failure::{FailureView, failure};
pub(crate) use logout::{ConfirmLogout, confirm_logout};

/// The stylesheet of every page. It stands in the page, so that an app needs no route for it.
pub(crate) const STYLE: &str = include_str!("style.css");

/// Which pictures a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// None.
    None,
    /// That of the visitor, wherever the provider keeps it.
    #[cfg(feature = "jarvis")]
    Anywhere,
}

/// The page with its headers.
///
/// A template writes to a string, which cannot fail; should it all the same, the visitor gets a bare 500.
pub(crate) fn respond(
    status: StatusCode,
    template: &impl Template,
    pictures: Pictures,
) -> Response<String> {
    let (status, html) = match template.render() {
        Ok(html) => (status, html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    };
    let mut response = Response::new(html);
    *response.status_mut() = status;
    *response.headers_mut() = headers(pictures);
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

/// What every answer carries, page or redirect: kept nowhere, framed by nobody, told to no other site.
pub(crate) fn headers(pictures: Pictures) -> HeaderMap {
    let policy = match pictures {
        Pictures::None => &*STRICT,
        #[cfg(feature = "jarvis")]
        Pictures::Anywhere => &*WITH_PICTURES,
    };
    HeaderMap::from_iter([
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, policy.clone()),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ])
}

static STRICT: LazyLock<HeaderValue> = LazyLock::new(|| policy("data:"));
#[cfg(feature = "jarvis")]
static WITH_PICTURES: LazyLock<HeaderValue> = LazyLock::new(|| policy("http: https: data:"));

/// The Content-Security-Policy: this stylesheet by its hash, these pictures, forms to this app, nothing else.
fn policy(pictures: &str) -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src {pictures}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{ConfirmLogout, Pictures, STYLE, headers, respond};

    fn policy(pictures: Pictures) -> String {
        headers(pictures)["content-security-policy"]
            .to_str()
            .expect("ASCII")
            .to_owned()
    }

    #[test]
    fn the_policy_allows_the_stylesheet_and_no_script() {
        let policy = policy(Pictures::None);
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

    #[cfg(feature = "jarvis")]
    #[test]
    fn pictures_may_come_from_anywhere_where_there_is_one() {
        assert!(policy(Pictures::Anywhere).contains("; img-src http: https: data:;"));
    }

    #[test]
    fn a_page_holds_the_very_stylesheet_that_was_hashed() {
        let view = ConfirmLogout {
            csrf_token: "t",
            is_refused: false,
        };
        let response = respond(StatusCode::OK, &view, Pictures::None);
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
