//! Failures of the configuration: found at the start, all at once, by file, line and key.

use auth::{Config, User};
use e2e::{Outcome, Person as _, Stack};

use super::{file, report};

#[test]
fn e01_no_file_and_no_auth_table() {
    let error = Config::from_file("/nowhere/secrets.toml")
        .expect_err("no file")
        .to_string();
    assert_eq!(
        error,
        "/nowhere/secrets.toml: does not exist; write it, or give the path of yours"
    );
    let error = report("[server]\nport = 1\n");
    assert!(
        error.starts_with("secrets.toml: auth: is missing; add a table [auth]"),
        "{error}"
    );
    assert!(!User::anonymous().is_logged_in(), "it is always there");
}

#[test]
fn e02_invalid_toml() {
    let error = report("[auth\nredirect_uri = 1\n");
    assert!(error.starts_with("secrets.toml:1:"), "{error}");
    assert!(error.contains("is not TOML"), "{error}");
}

#[test]
fn e03_missing_keys() {
    let error = report("[auth]\n[auth.google]\n");
    for key in [
        "auth.redirect_uri",
        "auth.cookie_secret",
        "auth.google.client_id",
        "auth.google.client_secret",
        "auth.google.server_metadata_url",
    ] {
        assert!(error.contains(&format!("{key}: is missing")), "{error}");
    }
}

#[test]
fn e04_wrong_types() {
    let check = |right: &str, wrong: &str, words: &str| {
        let error = report(&file(right, wrong));
        assert!(error.contains(words), "{error}");
    };
    check("'id'", "''", "auth.google.client_id: is empty");
    check("'id'", "5", "auth.google.client_id: is an integer");
    check(
        "client_id",
        "client_kwargs = 'x'\nclient_id",
        "auth.google.client_kwargs: is a string; it must be a table",
    );
    check(
        "client_id",
        "colour = 'red'\nclient_id",
        "auth.google.colour: is not a key of [auth.google]",
    );
    assert!(report("auth = 'x'").contains("auth: is a string; it must be a table [auth]"));
}

#[test]
fn e05_a_cookie_secret_that_can_be_guessed() {
    let error = report(&file("0123456789abcdef0123456789abcdef", "xxx"));
    let words = "auth.cookie_secret: is 3 bytes long; use 32 or more in production; `jarvis secret` makes a good one";
    assert!(error.ends_with(words), "{error}");
}

#[tokio::test]
async fn e06_a_redirect_uri_with_another_path() {
    let elsewhere = |secrets: String| secrets.replace("/oauth2callback", "/my/callback");
    let stack = Stack::builder().secrets(elsewhere).start().await;
    stack.idp.waive(mock_idp::Check::AuthorizationRedirectUri);
    let mut visitor = stack.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, crate::alice());
    let callback = visitor
        .history()
        .iter()
        .any(|hop| hop.url.path() == "/my/callback");
    assert!(callback, "the route is where redirect_uri says");
}

#[test]
fn e07_a_relative_redirect_uri() {
    let error = report(&file(
        "https://app.example/oauth2callback",
        "/oauth2callback",
    ));
    assert!(
        error.contains("auth.redirect_uri: \"/oauth2callback\" is relative; write the full URL"),
        "{error}"
    );
    let error = report(&file("https://app.example", "http://app.example"));
    assert!(error.contains("is not https"), "{error}");
}

#[tokio::test]
async fn e08_on_127_0_0_1_where_redirect_uri_says_localhost() {
    let stack = Stack::start().await;
    let mut elsewhere = stack.url("/auth/login/google");
    elsewhere.set_host(Some("127.0.0.1")).unwrap();
    let mut visitor = stack.visitor();
    visitor.open(&elsewhere).await.unwrap();
    let callback = visitor.history().iter().find(|hop| {
        hop.url.path() == "/auth/login/google" && hop.url.host_str() == Some("localhost")
    });
    assert!(callback.is_some(), "the login begins where it will end");
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(crate::alice()));
}

#[test]
fn e09_a_base_path_that_redirect_uri_lacks() {
    let error = report(&file("[auth]\n", "[auth]\nbase_path = '/app'\n"));
    let words = "auth.base_path: \"/app\" is not what the path of redirect_uri begins with";
    assert!(error.contains(words), "{error}");
}

#[tokio::test]
async fn e10_names_of_providers() {
    let underscore =
        |secrets: String| secrets.replace("[auth.google]", "[auth.my_idp]\npreset = 'google'");
    let stack = Stack::builder().secrets(underscore).start().await;
    let mut visitor = stack.visitor();
    visitor
        .open(&stack.url("/auth/login/my_idp"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(crate::alice()));
    visitor.open(&stack.url("/auth/login/okta")).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("provider.unknown"))
    );
    assert_eq!(visitor.status(), 404);
    assert!(
        report(&file("[auth.google]", "google = 'x'\n[auth.other]"))
            .contains("auth.google: is not a key of [auth]")
    );
}

#[test]
fn e54_a_token_that_cannot_be_exposed() {
    let error = report(&file("[auth]\n", "[auth]\nexpose_tokens = 'refresh'\n"));
    let words = "auth.expose_tokens: \"refresh\" is no token that can be exposed";
    assert!(error.contains(words), "{error}");
}
