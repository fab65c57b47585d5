//! Credentials that the provider does not know, and the documented file.

use e2e::{Outcome, Person, Stack};
use mock_idp::Place;
use toml_edit::DocumentMut;

fn edited(toml: &str, key: &str, value: &str) -> String {
    let mut document: DocumentMut = toml.parse().unwrap();
    document["auth"]["google"][key] = toml_edit::value(value);
    document.to_string()
}

#[tokio::test]
async fn a_wrong_secret_is_refused_at_the_token_endpoint() {
    let stack = Stack::builder()
        .secrets(|toml| edited(&toml, "client_secret", "wrong"))
        .start()
        .await;
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("token.error")
    );
    assert_eq!(visitor.who().await, None);
    let refused = stack.idp.requests().to(Place::Token).only().clone();
    assert_eq!(refused.status, Some(401));
    assert!(refused.refusal.unwrap().reason.contains("secret"));
}

#[tokio::test]
async fn an_unknown_client_sees_the_providers_own_page() {
    let stack = Stack::builder()
        .secrets(|toml| edited(&toml, "client_id", "nobody"))
        .start()
        .await;
    let outcome = stack.visitor().sign_in_as("alice").await;
    let Outcome::AtProvider(words) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(words.contains("The OAuth client was not found."), "{words}");
}

#[tokio::test]
async fn an_unregistered_redirect_uri_sees_the_providers_own_page_with_the_difference() {
    let wrong = |toml: String| toml.replace("/oauth2callback", "/oauth2callback/");
    let stack = Stack::builder().secrets(wrong).start().await;
    let outcome = stack.visitor().sign_in_as("alice").await;
    let Outcome::AtProvider(words) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        words.contains("Error 400: redirect_uri_mismatch"),
        "{words}"
    );
    assert!(words.contains("trailing slash"), "{words}");
}

#[tokio::test]
async fn a_client_with_odd_characters_in_its_credentials_logs_in() {
    // RFC 6749 2.3.1: both are form-encoded before they are joined for Basic.
    let (id, secret) = ("id: +%/ü", "secret: +%/ü&=");
    let stack = Stack::builder()
        .secrets(move |toml| edited(&edited(&toml, "client_id", id), "client_secret", secret))
        .start()
        .await;
    stack
        .idp
        .register_client(mock_idp::Client {
            client_id: id.to_owned(),
            client_secret: Some(secret.to_owned()),
            redirect_uris: vec![stack.url("/oauth2callback").to_string()],
            ..mock_idp::Client::default()
        })
        .unwrap();
    assert_eq!(stack.visitor().sign_in_as("alice").await, crate::alice());
}

#[tokio::test]
async fn the_callback_is_where_redirect_uri_says() {
    let stack = Stack::builder()
        .origin("https://app.example.com")
        .start()
        .await;
    let mut visitor = stack.visitor();
    visitor.sign_in_as("alice").await;
    assert!(
        visitor
            .history()
            .iter()
            .any(|hop| hop.url.path() == "/oauth2callback")
    );
}
