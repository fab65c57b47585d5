//! What is answered where a login does not begin, or does not end in a session.

use axum::response::{IntoResponse, Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header::ALLOW};

use super::{Auth, User, login as login_route};
use crate::{
    LoginError,
    page::{Allowed, Failure, FailureView, headers},
    provider::Provider,
};

/// The page for a login that failed; the log has the same identifier. An existing session is not
/// touched.
pub(super) async fn login(
    auth: &Auth,
    user: &User,
    provider: Option<&Provider>,
    error: &LoginError,
) -> Response {
    let error_id = BASE64_URL_SAFE_NO_PAD.encode(auth.0.random.bytes::<6>());
    let (reason, name) = (error.reason(), provider.map(Provider::name));
    if *error == LoginError::Denied {
        tracing::info!(error_id, reason, provider = name, "login cancelled");
    } else {
        tracing::warn!(error_id, reason, provider = name, %error, "login failed");
    }
    auth.0.hooks.login_failed(error, name).await;
    let try_again = name.map(|name| login_route::url(&auth.0.base_path, name));
    let view = FailureView {
        provider: provider.map(Provider::label),
        try_again: try_again.as_deref(),
        error_id: &error_id,
        is_logged_in: user.is_logged_in(),
        home: &auth.home(),
    };
    auth.failure_page(&Failure::new(error, &view))
}

/// HEAD of a route on which GET changes something.
pub(super) async fn only_get() -> Response {
    let mut response = (StatusCode::METHOD_NOT_ALLOWED, headers(Allowed::NOTHING)).into_response();
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET"));
    response
}

/// Whether the browser asks ahead, for a page that nobody may ever look at.
pub(super) fn is_prefetch(headers: &HeaderMap) -> bool {
    let purpose = headers
        .get("sec-purpose")
        .and_then(|purpose| purpose.to_str().ok());
    purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
}

/// Makes the browser ask again once somebody looks.
pub(super) fn prefetch() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, headers(Allowed::NOTHING)).into_response()
}
