//! The page that asks before a logout.

use askama::Template;
use http::{Response, StatusCode};

use super::{Allowed, respond};

/// What the page needs to know.
#[derive(Debug, Template)]
#[template(path = "confirm_logout.html")]
#[non_exhaustive]
pub struct ConfirmLogout<'a> {
    /// The session's token, for the form's field `csrf_token`.
    pub csrf_token: &'a str,
    /// Whether a logout was just refused for want of that token.
    pub is_refused: bool,
    /// Where the form goes, by POST.
    pub action: &'a str,
    /// The start page.
    pub home: &'a str,
    /// What the provider is called where the logout is one there as well.
    pub provider: Option<&'a str>,
}

/// A page with the button that logs out: 403 when it follows a refusal, else 200. `forms_to` is the origin of the
/// provider's page that comes next.
pub(crate) fn confirm_logout(view: &ConfirmLogout<'_>, forms_to: Option<&str>) -> Response<String> {
    let status = if view.is_refused {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::OK
    };
    let allowed = Allowed {
        forms_to,
        ..Allowed::NOTHING
    };
    respond(status, view, allowed)
}

#[cfg(test)]
mod tests {
    use super::{ConfirmLogout, confirm_logout};

    #[test]
    fn the_form_carries_the_token_and_a_refusal_its_reason() {
        let check = |is_refused, status: u16| {
            let view = ConfirmLogout {
                csrf_token: "t\"1",
                is_refused,
                action: "/auth/logout",
                home: "/",
                provider: None,
            };
            let response = confirm_logout(&view, None);
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
