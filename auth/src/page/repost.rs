//! The page that sends a provider's form on, from this app to itself.
//!
//! A form that another site posts comes without the cookie that the login began with (`SameSite=Lax`). From a
//! page of this app it comes with it.

use askama::Template;
use http::{Response, StatusCode};

use super::{Allowed, respond};

/// What the page runs: it presses its button.
const SCRIPT: &str = "document.forms[0].submit()";

#[derive(Template)]
#[template(path = "repost.html")]
struct Repost<'a> {
    action: &'a str,
    fields: &'a [(String, String)],
    script: &'static str,
}

/// A page with these fields in a form, and a button for whoever has no JavaScript.
pub(crate) fn repost(action: &str, fields: &[(String, String)]) -> Response<String> {
    let page = Repost {
        action,
        fields,
        script: SCRIPT,
    };
    let allowed = Allowed {
        script: Some(SCRIPT),
        ..Allowed::NOTHING
    };
    respond(StatusCode::OK, &page, allowed)
}

#[cfg(test)]
mod tests {
    use super::repost;

    #[test]
    fn the_fields_stand_in_a_form_and_the_script_is_allowed() {
        let fields = [("code".to_owned(), "a\"b".to_owned())];
        let response = repost("/cb", &fields);
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.contains("script-src 'sha256-"), "{policy}");
        let html = response.into_body();
        assert!(
            html.contains("<form method=\"post\" action=\"/cb\">"),
            "{html}"
        );
        assert!(html.contains("name=\"code\" value=\"a&#34;b\""), "{html}");
        assert!(
            html.contains("<script>document.forms[0].submit()</script>"),
            "{html}"
        );
    }
}
