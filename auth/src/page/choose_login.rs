//! The page that lets a visitor choose where to log in.

use askama::Template;
use http::{Response, StatusCode};

use super::{Allowed, respond};

/// What the page needs to know.
#[derive(Debug, Template)]
#[template(path = "choose_login.html")]
#[non_exhaustive]
pub struct ChooseLogin<'a> {
    /// In the order of the configuration.
    pub choices: Vec<LoginChoice<'a>>,
    /// The start page.
    pub home: &'a str,
}

/// One provider to log in at.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoginChoice<'a> {
    /// What the provider is called.
    pub label: &'a str,
    /// Where a login there begins.
    pub url: String,
}

/// A page with a button for each provider.
pub(crate) fn choose_login(view: &ChooseLogin<'_>) -> Response<String> {
    respond(StatusCode::OK, view, Allowed::NOTHING)
}
