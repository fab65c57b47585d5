//! Redirects, with the headers that every answer of these routes carries.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header::SET_COOKIE};

use crate::page::{Allowed, headers};

/// A 303: whatever the request was, the next one is a GET.
pub(super) fn redirect(to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().extend(headers(Allowed::NOTHING));
    response
}

/// The same, with a `Set-Cookie`.
pub(super) fn redirect_with_cookie(to: &str, cookie: HeaderValue) -> Response {
    let mut response = redirect(to);
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}
