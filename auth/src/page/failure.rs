//! The page for a login that did not happen: here a [`LoginError`] becomes status and words.

use askama::Template;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};

use super::{Allowed, respond};
use crate::error::{LoginError, cut};

const UNAVAILABLE: &str = "Login is not available right now";
/// How long a visitor is asked to wait when too much is going on, in seconds.
const BUSY_SECONDS: HeaderValue = HeaderValue::from_static("60");

/// What the page shows beside the error itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FailureView<'a> {
    /// What the provider is called, when it is known which one it is.
    pub(crate) provider: Option<&'a str>,
    /// Where another try begins: the provider's login URL. Without it the page leads to the start page alone.
    pub(crate) try_again: Option<&'a str>,
    /// The name under which the log has this error.
    pub(crate) error_id: &'a str,
    /// Whether the visitor has a session, which a failed login leaves alone.
    pub(crate) is_logged_in: bool,
    /// The start page.
    pub(crate) home: &'a str,
}

/// The page for a login that did not happen, with its status.
pub(crate) fn failure(page: &Failure<'_>) -> Response<String> {
    let mut response = respond(page.status, page, Allowed::NOTHING);
    if page.status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, BUSY_SECONDS);
    }
    response
}

/// What a page says about a login that did not happen. Nothing of it is secret.
#[derive(Debug, Template)]
#[template(path = "failure.html")]
#[non_exhaustive]
pub struct Failure<'a> {
    /// The status to answer with.
    pub status: StatusCode,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What happened, and what to do.
    pub text: String,
    /// The stable name of the cause, [`LoginError::reason`].
    pub reason: &'static str,
    /// What the provider is called.
    pub who: &'a str,
    /// What the provider itself said, where that may help. It is foreign text.
    pub quote: Option<String>,
    /// Where another try begins.
    pub try_again: Option<&'a str>,
    /// The name under which the log has this error.
    pub error_id: &'a str,
    /// Whether the visitor is logged in all the same.
    pub is_logged_in: bool,
    /// The start page.
    pub home: &'a str,
}

impl<'a> Failure<'a> {
    pub(crate) fn new(error: &LoginError, view: &FailureView<'a>) -> Self {
        let who = view.provider.unwrap_or("The login provider");
        let Words {
            status,
            title,
            text,
        } = words(error, who);
        Self {
            status,
            title,
            text,
            reason: error.reason(),
            who,
            quote: quote(error),
            try_again: view.try_again,
            error_id: view.error_id,
            is_logged_in: view.is_logged_in,
            home: view.home,
        }
    }
}

/// What a visitor is told.
struct Words {
    status: StatusCode,
    title: &'static str,
    text: String,
}

/// Status and words of every error. What it carries stays in the log.
fn words(error: &LoginError, who: &str) -> Words {
    use LoginError as E;
    let (status, title, text) = match error {
        E::UnknownProvider { .. } => (
            StatusCode::NOT_FOUND,
            "No such login",
            "This address names a login that is not set up here.".to_owned(),
        ),
        E::Unreachable { .. } => (
            StatusCode::BAD_GATEWAY,
            UNAVAILABLE,
            format!("{who} could not be reached. This often passes within minutes."),
        ),
        E::Timeout { .. } => (
            StatusCode::GATEWAY_TIMEOUT,
            UNAVAILABLE,
            format!("{who} took too long to answer. This often passes within minutes."),
        ),
        E::ProviderStatus { .. }
        | E::TooLarge { .. }
        | E::NotJson { .. }
        | E::Metadata { .. }
        | E::MetadataIssuer { .. } => (
            StatusCode::BAD_GATEWAY,
            UNAVAILABLE,
            format!("{who} gave an answer that cannot be used."),
        ),
        E::CallbackState { .. } => (
            StatusCode::BAD_REQUEST,
            "This login has expired",
            "It was begun too long ago or in another browser, or it is already finished. \
             A new one takes a moment."
                .to_owned(),
        ),
        E::CallbackDuplicate { .. } | E::CallbackIssuer { .. } | E::CallbackCode => (
            StatusCode::BAD_REQUEST,
            "This login could not be finished",
            "What came back is not a proper answer to the login that was begun here.".to_owned(),
        ),
        E::Denied => (
            StatusCode::BAD_REQUEST,
            "Login cancelled",
            "You cancelled the login, or it was not allowed. Nothing has changed.".to_owned(),
        ),
        E::CallbackError { .. } | E::TokenError { .. } => (
            StatusCode::BAD_REQUEST,
            "This login was refused",
            format!("{who} did not complete the login."),
        ),
        E::TokenResponse { .. } | E::User { .. } | E::UserInfo { .. } | E::IdToken(_) => (
            StatusCode::BAD_REQUEST,
            "This login could not be verified",
            format!("{who} sent something that did not pass the checks made here."),
        ),
        E::NotAllowed { .. } => (
            StatusCode::FORBIDDEN,
            "This account is not allowed here",
            format!(
                "{who} says who you are, and this app is for others. Log in with another account, or \
                 ask whoever runs it."
            ),
        ),
        E::Busy => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many logins at once",
            "Please try again in a minute.".to_owned(),
        ),
        E::ClientKey => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong here",
            "This app could not prove to the login provider who it is. This is no fault of yours."
                .to_owned(),
        ),
        E::Store { .. } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong here",
            "The login could not be saved. This is no fault of yours.".to_owned(),
        ),
    };
    Words {
        status,
        title,
        text,
    }
}

/// What the provider itself said, where that may help the visitor.
fn quote(error: &LoginError) -> Option<String> {
    match error {
        LoginError::CallbackError { error, description }
        | LoginError::TokenError { error, description } => {
            Some(cut(description.as_deref().unwrap_or(error)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
