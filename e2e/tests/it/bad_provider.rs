//! A provider that is down, slow, or answers something else.

use std::time::Duration;

use e2e::{Outcome, Person, Stack};
use mock_idp::{Fault, MockIdp, Place, discovery, jwks, token};
use serde_json::json;

use crate::{alice, refusals};

const HTML: &str = "<html><script>alert(1)</script>Sorry</html>";

refusals! {
    discovery_breaks_off: discovery().reset() => "provider.unreachable";
    discovery_fails: discovery().status(500) => "provider.status";
    discovery_is_gone: discovery().status(404) => "provider.status";
    discovery_is_elsewhere: discovery().status(302).header("location", "https://evil.example/") => "provider.status";
    discovery_is_a_web_page: discovery().body("text/html", HTML) => "provider.not_json";
    discovery_is_nonsense: discovery().body("application/json", "{\"issuer\":") => "provider.not_json";
    discovery_is_cut_short: discovery().truncate(40) => "provider.unreachable";
    discovery_is_huge: discovery().repeat(50_000_000) => "provider.too_large";
    discovery_of_another_issuer: discovery().set("issuer", "https://evil.example") => "metadata.issuer";
    discovery_without_issuer: discovery().omit("issuer") => "metadata.invalid";
    discovery_without_token_endpoint: discovery().omit("token_endpoint") => "metadata.invalid";
    discovery_without_keys: discovery().omit("jwks_uri") => "metadata.invalid";
    login_page_in_plain_http: discovery().set("authorization_endpoint", "http://evil.example/") => "metadata.invalid";
    login_page_in_javascript: discovery().set("authorization_endpoint", "javascript:alert(1)") => "metadata.invalid";
    keys_fail: jwks().status(503) => "provider.status";
    keys_are_nonsense: jwks().body("application/json", "[]") => "provider.not_json";
    keys_are_absent: jwks().set("keys", json!([])) => "id_token.kid";
    token_fails: token().status(500) => "provider.status";
    token_breaks_off: token().reset() => "provider.unreachable";
    token_is_a_web_page: token().body("text/html", HTML) => "provider.not_json";
    token_is_huge: token().repeat(50_000_000) => "provider.too_large";
    token_of_another_type: token().set("token_type", "mac") => "token.response";
    no_access_token: token().omit("access_token") => "token.response";
    token_refused: token().status(400).body("application/json", r#"{"error":"invalid_grant"}"#) => "token.error";
}

async fn times_out(fault: Fault) {
    let stack = Stack::builder()
        .auth(|auth| auth.http_timeout(Duration::from_millis(300)))
        .start()
        .await;
    stack.idp.fault(fault);
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("provider.timeout")
    );
    assert_eq!(visitor.status(), 504);
    assert_eq!(visitor.who().await, None);
    stack.idp.verify();
}

#[tokio::test]
async fn discovery_is_silent() {
    times_out(discovery().silence()).await;
}

#[tokio::test]
async fn discovery_is_slow() {
    times_out(discovery().delay(Duration::from_secs(30))).await;
}

#[tokio::test]
async fn token_is_silent() {
    times_out(token().silence()).await;
}

#[tokio::test]
async fn keys_are_silent() {
    times_out(jwks().silence()).await;
}

#[tokio::test]
async fn a_failure_of_the_provider_is_a_bad_gateway() {
    let stack = Stack::start().await;
    stack.idp.fault(discovery().status(500));
    let mut visitor = stack.visitor();
    visitor.sign_in_as("alice").await;
    assert_eq!(visitor.status(), 502);
}

#[tokio::test]
async fn the_next_login_after_a_failure_is_good() {
    let stack = Stack::start().await;
    stack.idp.fault(discovery().status(500).once());
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("provider.status")
    );
    assert_eq!(visitor.sign_in_as("alice").await, alice());
}

#[tokio::test]
async fn the_provider_is_down_at_start_and_back_later() {
    let port = port_that_nobody_is_given();
    let issuer = format!("http://127.0.0.1:{port}");
    let stack = Stack::builder()
        .secrets(move |toml| with_issuer(&toml, &issuer))
        .start()
        .await;
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("provider.unreachable")
    );

    let back = MockIdp::builder()
        .port(port)
        .start()
        .expect("the port is still free");
    let provider = &stack.auth().config().providers[0];
    back.register_client(mock_idp::Client {
        client_id: provider.client_id.clone(),
        client_secret: provider
            .client_secret
            .as_ref()
            .map(|it| it.expose().to_owned()),
        redirect_uris: vec![stack.url("/oauth2callback").to_string()],
        ..mock_idp::Client::default()
    })
    .unwrap();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    assert!(!back.requests().to(Place::Token).is_empty());
}

/// A free port below those that the operating system hands out, so that no other test is given it
/// between two uses.
fn port_that_nobody_is_given() -> u16 {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    (first..first + 1_000)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("one of a thousand ports is free")
}

fn with_issuer(toml: &str, issuer: &str) -> String {
    let mut document: toml_edit::DocumentMut = toml.parse().unwrap();
    let url = format!("{issuer}/.well-known/openid-configuration");
    document["auth"]["google"]["server_metadata_url"] = toml_edit::value(url);
    document.to_string()
}

#[tokio::test]
async fn a_provider_that_is_not_there_at_all() {
    let stack = Stack::builder()
        .secrets(|toml| with_issuer(&toml, "http://127.0.0.1:1"))
        .start()
        .await;
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("provider.unreachable")
    );
    assert_eq!(visitor.status(), 502);
    assert!(stack.idp.requests().is_empty(), "nobody else was asked");
}
