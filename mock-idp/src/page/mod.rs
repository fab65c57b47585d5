//! The pages a visitor sees: pure functions from plain data to HTML, without scripts.

#[cfg(test)]
mod contrast;
mod picture;
mod scope;
#[cfg(test)]
mod tests;
mod view;
mod words;

use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

pub use picture::picture;
pub use view::{
    AccountChooser, Consent, Console, ErrorPage, Face, FormPost, LogOut, LoggedOut, Reason,
    UnknownHint,
};
pub use words::{AroundApp, NoApp, Words};

/// The style sheet, inlined in every page.
pub(crate) const STYLE: &str = include_str!("style.css");

/// The `Content-Security-Policy` that every page is sent with: this style sheet, pictures, nothing
/// else.
///
/// There is no `form-action`: browsers apply it to the redirects after a form as well, and these
/// lead to the apps.
#[must_use]
pub fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self' http: https: data:; \
             base-uri 'none'; frame-ancestors 'none'"
        )
    });
    &POLICY
}

/// What sends the form of [`form_post`].
pub(crate) const FORM_POST_SCRIPT: &str = "document.forms[0].submit()";

/// The policy of a page that sends its form by itself: that one script beside the rest.
#[must_use]
pub fn form_post_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = STANDARD.encode(Sha256::digest(FORM_POST_SCRIPT));
        format!("{}; script-src 'sha256-{hash}'", content_security_policy())
    });
    &POLICY
}

/// The policy of a page with frames of the apps.
#[must_use]
pub fn frames_security_policy() -> String {
    format!("{}; frame-src http: https:", content_security_policy())
}

/// Shows the provider's console.
#[must_use]
pub fn console(view: &Console<'_>) -> String {
    render(view)
}

/// Sends an authorization response by a form.
#[must_use]
pub fn form_post(view: &FormPost<'_>) -> String {
    render(view)
}

/// Asks whether to log out.
#[must_use]
pub fn log_out(view: &LogOut<'_>) -> String {
    render(view)
}

/// Says that the visitor is logged out, and tells the apps by their frames.
#[must_use]
pub fn logged_out(view: &LoggedOut<'_>) -> String {
    render(view)
}

/// Asks who is there.
#[must_use]
pub fn account_chooser(view: &AccountChooser<'_>) -> String {
    render(view)
}

/// Asks whether the app may see what it asked for.
#[must_use]
pub fn consent(view: &Consent<'_>) -> String {
    render(view)
}

/// Says what the provider refused and, in a block of its own, why.
#[must_use]
pub fn error(view: &ErrorPage<'_>) -> String {
    render(view)
}

/// Says that the `login_hint` means nobody, and whom it could mean.
#[must_use]
pub fn unknown_hint(view: &UnknownHint<'_>) -> String {
    render(view)
}

pub(crate) fn render(template: &impl Template) -> String {
    template
        .render()
        .expect("writing to a String does not fail")
}
