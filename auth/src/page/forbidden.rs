//! The page for somebody who is logged in and lacks a role.

use askama::Template;
use http::{Response, StatusCode};

use super::{Allowed, respond};

/// What the page needs to know.
#[derive(Debug, Template)]
#[template(path = "forbidden.html")]
#[non_exhaustive]
pub struct Forbidden<'a> {
    /// What to call the visitor.
    pub name: &'a str,
    /// Where a login with another account begins.
    pub log_in: Option<&'a str>,
    /// The start page.
    pub home: &'a str,
}

/// A 403.
pub(crate) fn forbidden(view: &Forbidden<'_>) -> Response<String> {
    respond(StatusCode::FORBIDDEN, view, Allowed::NOTHING)
}
