//! [`Pages`]: pages of the embedder's in the place of this crate's.

use std::fmt;

use http::{HeaderMap, Response};

use super::{ChooseLogin, ConfirmLogout, Failure, Forbidden};

/// Pages of one's own. Where a method is left out or answers `None`, this crate's page is shown.
///
/// The answer keeps its own headers and status. Those that it lacks are added: `Cache-Control: no-store`,
/// `Referrer-Policy: no-referrer` and the like; a `Content-Security-Policy` that lets no style through, too,
/// unless it brings one. All texts come unescaped.
#[expect(
    unused_variables,
    reason = "their names are for whoever writes the method"
)]
pub trait Pages: fmt::Debug + Send + Sync + 'static {
    /// A login did not happen.
    fn failure(&self, page: &Failure<'_>) -> Option<Response<String>> {
        None
    }

    /// There are several providers, and nobody says which.
    fn choose_login(&self, page: &ChooseLogin<'_>) -> Option<Response<String>> {
        None
    }

    /// Somebody followed a link to the logout. A form has to POST the token.
    fn confirm_logout(&self, page: &ConfirmLogout<'_>) -> Option<Response<String>> {
        None
    }

    /// Somebody is logged in and lacks a role.
    fn forbidden(&self, page: &Forbidden<'_>) -> Option<Response<String>> {
        None
    }
}

/// The pages of this crate.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnPages;

impl Pages for OwnPages {}

/// Adds the headers that an answer lacks.
pub(crate) fn with_headers(mut response: Response<String>, headers: HeaderMap) -> Response<String> {
    for (name, value) in headers {
        if let Some(name) = name {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    response
}
