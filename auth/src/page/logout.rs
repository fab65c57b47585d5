//! The page that asks before a logout.

use askama::Template;
use http::{Response, StatusCode};

use super::{Pictures, respond};

/// What the page needs to know.
#[derive(Debug, Template)]
#[template(path = "confirm_logout.html")]
pub(crate) struct ConfirmLogout<'a> {
    /// The session's token, for the form.
    pub(crate) csrf_token: &'a str,
    /// Whether a logout was just refused for want of that token.
    pub(crate) is_refused: bool,
}

/// A page with the button that logs out: 403 when it follows a refusal, else 200.
pub(crate) fn confirm_logout(view: &ConfirmLogout<'_>) -> Response<String> {
    let status = if view.is_refused {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::OK
    };
    respond(status, view, Pictures::None)
}

#[cfg(test)]
mod tests {
    use super::{ConfirmLogout, confirm_logout};

    #[test]
    fn the_form_carries_the_token_and_a_refusal_its_reason() {
        let check = |is_refused, status: u16| {
            let response = confirm_logout(&ConfirmLogout {
                csrf_token: "t\"1",
                is_refused,
            });
            assert_eq!(response.status(), status);
            let html = response.into_body();
            assert!(
                html.contains("<form method=\"post\" action=\"/auth/logout\">"),
                "{html}"
            );
            assert!(
                html.contains("name=\"csrf_token\" value=\"t&#34;1\""),
                "{html}"
            );
            assert_eq!(
                html.contains("<main data-reason=\"logout.csrf\">"),
                is_refused,
                "{html}"
            );
        };
        check(false, 200);
        check(true, 403);
    }
}
