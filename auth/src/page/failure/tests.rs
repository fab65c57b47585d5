//! Every error's page.

use http::StatusCode;

use super::{Failure, FailureView};
use crate::error::LoginError as E;
use crate::verify::TokenError;

fn failure(error: &E, view: &FailureView<'_>) -> http::Response<String> {
    super::failure(&Failure::new(error, view))
}

fn page(error: &E, view: &FailureView<'_>) -> String {
    failure(error, view).into_body()
}

/// The page for the error, which shows nothing of what the error carries: here that is all "untold".
#[track_caller]
fn check(error: &E, status: u16, reason: &str, title: &str) {
    let response = failure(
        error,
        &FailureView {
            error_id: "e1",
            ..FailureView::default()
        },
    );
    let html = response.body();
    assert_eq!(response.status(), status, "{error:?}");
    assert!(
        html.contains(&format!("<main data-reason=\"{reason}\">")),
        "{html}"
    );
    assert!(html.contains(&format!("<h1>{title}</h1>")), "{html}");
    assert!(html.contains("<code>e1</code>"), "{html}");
    assert!(!html.contains("untold"), "{html}");
}

#[test]
fn who_is_not_allowed_is_told_so() {
    let error = E::NotAllowed {
        issuer: untold(),
        subject: untold(),
    };
    let title = "This account is not allowed here";
    check(&error, 403, "user.not_allowed", title);
}

fn untold() -> String {
    "untold".to_owned()
}

#[test]
fn a_provider_that_fails_is_a_bad_gateway() {
    let check = |error: E, status, reason| {
        check(&error, status, reason, "Login is not available right now");
    };
    let (url, detail, found) = (untold(), untold(), untold());
    check(
        E::Unreachable {
            url: untold(),
            detail: untold(),
        },
        502,
        "provider.unreachable",
    );
    check(
        E::Timeout {
            url: untold(),
            seconds: 5,
        },
        504,
        "provider.timeout",
    );
    check(
        E::ProviderStatus {
            url: untold(),
            status: 500,
        },
        502,
        "provider.status",
    );
    check(
        E::TooLarge {
            url: untold(),
            limit: 9,
        },
        502,
        "provider.too_large",
    );
    check(
        E::NotJson {
            url: untold(),
            detail: untold(),
        },
        502,
        "provider.not_json",
    );
    check(E::Metadata { detail }, 502, "metadata.invalid");
    check(
        E::MetadataIssuer {
            url,
            expected: untold(),
            found,
        },
        502,
        "metadata.issuer",
    );
}

#[test]
fn a_callback_or_token_that_is_wrong_is_a_bad_request() {
    let check = |error: E, reason, title| check(&error, 400, reason, title);
    let unfinished = "This login could not be finished";
    let unverified = "This login could not be verified";
    let refused = "This login was refused";
    let (error, description, expected) = (untold(), Some("why".to_owned()), untold());
    let token_error = E::TokenError {
        error: untold(),
        description: Some("why".to_owned()),
    };
    check(
        E::CallbackDuplicate { name: "untold" },
        "callback.duplicate",
        unfinished,
    );
    check(
        E::CallbackState { detail: "untold" },
        "callback.state",
        "This login has expired",
    );
    check(
        E::CallbackIssuer {
            expected,
            found: None,
        },
        "callback.iss",
        unfinished,
    );
    check(E::CallbackCode, "callback.code", unfinished);
    check(E::Denied, "callback.denied", "Login cancelled");
    check(
        E::CallbackError { error, description },
        "callback.error",
        refused,
    );
    check(token_error, "token.error", refused);
    check(
        E::TokenResponse { detail: untold() },
        "token.response",
        unverified,
    );
    check(
        E::IdToken(TokenError::Aud(untold())),
        "id_token.aud",
        unverified,
    );
}

#[test]
fn what_is_wrong_here_or_in_the_address_is_told_apart() {
    let name = untold();
    check(
        &E::UnknownProvider { name },
        404,
        "provider.unknown",
        "No such login",
    );
    check(&E::Busy, 503, "login.busy", "Too many logins at once");
    let detail = untold();
    check(
        &E::Store { detail },
        500,
        "store.failed",
        "Something went wrong here",
    );
}

#[test]
fn a_providers_words_are_quoted_escaped_and_cut() {
    let error = |description: String| E::CallbackError {
        error: "server_error".to_owned(),
        description: Some(description),
    };
    let view = FailureView {
        provider: Some("G & Co"),
        ..FailureView::default()
    };
    let html = page(&error("<img src=x onerror=alert(1)>".to_owned()), &view);
    assert!(!html.contains("<img"), "{html}");
    assert!(
        html.contains("<blockquote>&#60;img src=x onerror=alert(1)&#62;</blockquote>"),
        "{html}"
    );
    assert!(
        html.contains("<figcaption>G &#38; Co said:</figcaption>"),
        "{html}"
    );

    let html = page(&error("y".repeat(500)), &view);
    assert!(
        html.contains(&format!("<blockquote>{}..</blockquote>", "y".repeat(200))),
        "{html}"
    );
}

#[test]
fn another_try_is_offered_where_there_can_be_one() {
    let html = page(
        &E::Denied,
        &FailureView {
            try_again: Some("/auth/login/a%22b"),
            ..FailureView::default()
        },
    );
    assert!(
        html.contains("href=\"/auth/login/a%22b\">Try again</a>"),
        "{html}"
    );
    let html = page(&E::Denied, &FailureView::default());
    assert!(
        !html.contains("Try again") && html.contains("Go to the start page"),
        "{html}"
    );
}

#[test]
fn who_is_logged_in_already_is_told_so() {
    let view = FailureView {
        is_logged_in: true,
        ..FailureView::default()
    };
    let html = page(&E::CallbackState { detail: "used" }, &view);
    assert!(
        html.contains("You are still logged in.") && html.contains(">Continue</a>"),
        "{html}"
    );
    let html = page(
        &E::CallbackState { detail: "used" },
        &FailureView::default(),
    );
    assert!(!html.contains("logged in"), "{html}");
}

#[test]
fn only_a_busy_app_says_when_to_come_back() {
    let waits = |error: &E| {
        failure(error, &FailureView::default())
            .headers()
            .contains_key("retry-after")
    };
    assert!(waits(&E::Busy));
    assert!(!waits(&E::Denied));
    assert_eq!(
        failure(&E::Busy, &FailureView::default()).status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
}
