//! What comes after the login at a provider that has everything: UserInfo, refresh, and logouts that begin here or
//! there.

use std::time::Duration;

use auth::Clock;
use e2e::{AppPages, Control, Outcome, Person as _, Stack, Visitor};
use mock_idp::{Client, MockIdp, Place, TokenEndpointAuthMethod, id_token, token, userinfo};

use crate::alice;

/// The app at such a provider, with these lines in its own table, and its clock.
async fn plain(lines: &'static str) -> Stack {
    at(lines, Clock::system()).await
}

async fn at(lines: &'static str, clock: Clock) -> Stack {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let add = move |secrets: String| secrets.replacen("[auth]", &format!("[auth]\n{lines}"), 1);
    Stack::builder()
        .idp(idp)
        .secrets(add)
        .auth(|auth| auth.clock(clock))
        .start()
        .await
}

fn visitor(stack: &Stack) -> Visitor {
    Visitor::new(AppPages {
        log_in: Control::named("Log in with plain"),
        ..stack.pages()
    })
}

async fn alice_at(stack: &Stack) -> Visitor {
    let mut visitor = visitor(stack);
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    visitor
}

#[tokio::test]
async fn what_the_id_token_lacks_is_asked_of_userinfo() {
    let stack = plain("").await;
    alice_at(&stack).await;
    assert_eq!(stack.idp.requests().to(Place::UserInfo).len(), 1);
}

#[tokio::test]
async fn userinfo_about_somebody_else_is_refused() {
    let stack = plain("").await;
    stack.idp.fault(userinfo().set("sub", "220"));
    let mut visitor = visitor(&stack);
    let refused = Outcome::refused("userinfo.refused");
    assert_eq!(visitor.sign_in_as("alice").await, refused);
    assert_eq!(visitor.who().await, None);
    stack.idp.verify();
}

const EXPOSING: &str = "expose_tokens = 'access'";

/// A visitor whose access token has expired, with a refresh token that the provider replaces at each use.
async fn expired(stack: &Stack, clock: &Clock) -> Visitor {
    let visitor = alice_at(stack).await;
    let later = Duration::from_hours(1);
    clock.advance(later);
    stack.idp.clock().advance(later);
    visitor
}

async fn offline() -> (Stack, Clock) {
    let clock = Clock::system();
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let add = |secrets: String| {
        let secrets = secrets.replacen("[auth]", &format!("[auth]\n{EXPOSING}"), 1);
        format!(
            "{secrets}client_kwargs.scope = 'openid profile email offline_access'\nauthorize_params.prompt = 'consent'\n"
        )
    };
    let apps = clock.clone();
    let stack = Stack::builder()
        .idp(idp)
        .secrets(add)
        .auth(|auth| auth.clock(apps))
        .start()
        .await;
    (stack, clock)
}

/// How often tokens were asked for with a refresh token.
fn refreshes(stack: &Stack) -> usize {
    let requests = stack.idp.requests().to(Place::Token);
    let is_refresh = |sent: Option<&str>| sent == Some("refresh_token");
    requests
        .iter()
        .filter(|asked| is_refresh(asked.parameter("grant_type")))
        .count()
}

#[tokio::test]
async fn expired_tokens_are_refreshed_and_the_new_refresh_token_is_used() {
    let (stack, clock) = offline().await;
    let mut visitor = expired(&stack, &clock).await;
    for count in 1..=3 {
        assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
        assert_eq!(refreshes(&stack), count);
        clock.advance(Duration::from_hours(1));
        stack.idp.clock().advance(Duration::from_hours(1));
    }
    let refused = stack.idp.requests().to(Place::Token).refused();
    assert!(refused.is_empty(), "no refresh token is used twice");
}

#[tokio::test]
async fn tokens_of_somebody_else_are_refused_at_a_refresh() {
    for fault in [
        id_token().set("sub", "220").on_refresh(true),
        id_token().set("iss", "https://evil.test").on_refresh(true),
        id_token().set("aud", "other").on_refresh(true),
        id_token().set("nonce", "other").on_refresh(true),
    ] {
        let (stack, clock) = offline().await;
        let mut visitor = expired(&stack, &clock).await;
        stack.idp.fault(fault);
        assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
        stack.idp.verify();
    }
}

#[tokio::test]
async fn a_provider_that_is_down_ends_no_session() {
    let (stack, clock) = offline().await;
    let mut visitor = expired(&stack, &clock).await;
    stack
        .idp
        .fault(token().status(503).instead().on_refresh(true));
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
    stack.idp.verify();
    clock.advance(Duration::from_mins(1));
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
    assert_eq!(refreshes(&stack), 2);
}

#[tokio::test]
async fn a_refresh_token_that_is_revoked_ends_the_session() {
    let (stack, clock) = offline().await;
    let mut visitor = expired(&stack, &clock).await;
    let over = token()
        .status(400)
        .body("application/json", r#"{"error":"invalid_grant"}"#);
    stack.idp.fault(over.instead().on_refresh(true));
    assert_eq!(visitor.who().await, None);
    assert_eq!(refreshes(&stack), 1);
}

#[tokio::test]
async fn a_logout_here_is_one_at_the_provider_and_comes_back() {
    let stack = plain("").await;
    let mut visitor = alice_at(&stack).await;
    let out = visitor.sign_out().await;
    assert!(
        matches!(&out, Outcome::AtProvider(words) if words.contains("You are logged out")),
        "{out:?}"
    );
    visitor
        .press(&Control::named("Back to the app"))
        .await
        .unwrap();
    assert_eq!(visitor.outcome().await, Ok(Outcome::SignedOut));
    let requests = stack.idp.requests().to(Place::EndSession);
    let asked = requests.only();
    assert!(asked.parameter("id_token_hint").is_some());
    assert!(
        asked
            .parameter("state")
            .is_some_and(|state| state.len() > 40)
    );
    assert!(requests.refused().is_empty());
}

#[tokio::test]
async fn a_provider_that_fails_at_the_logout_keeps_nobody_logged_in() {
    for effect in ["down", "silent"] {
        let stack = plain("").await;
        let mut visitor = alice_at(&stack).await;
        let fault = mock_idp::at(Place::EndSession);
        stack.idp.fault(match effect {
            "down" => fault.status(500).instead(),
            _ => fault.reset().instead(),
        });
        visitor.sign_out().await;
        assert_eq!(visitor.who().await, None, "{effect}");
        stack.idp.verify();
    }
}

#[tokio::test]
async fn who_is_logged_out_at_the_provider_is_logged_out_here() {
    let stack = plain("").await;
    let (mut here, mut there) = (alice_at(&stack).await, alice_at(&stack).await);
    let mut bob = visitor(&stack);
    bob.sign_in_as("bob").await;
    let sent = stack.idp.log_out("alice").await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    for sent in sent {
        assert_eq!(sent.outcome, mock_idp::LogoutOutcome::Answered(200));
    }
    assert_eq!((here.who().await, there.who().await), (None, None));
    assert!(bob.who().await.is_some());
}

#[tokio::test]
async fn a_logout_token_signed_by_nobody_is_refused() {
    let stack = plain("").await;
    let mut visitor = alice_at(&stack).await;
    stack
        .idp
        .fault(mock_idp::logout_token().sign_with(mock_idp::Signing::Flip));
    let sent = stack.idp.log_out("alice").await;
    assert_eq!(sent[0].outcome, mock_idp::LogoutOutcome::Answered(400));
    assert!(visitor.who().await.is_some());
    stack.idp.verify();
}

#[tokio::test]
async fn a_logout_token_signed_with_a_new_key_is_checked_with_it() {
    let stack = plain("").await;
    let mut visitor = alice_at(&stack).await;
    stack.idp.keys().rotate();
    let sent = stack.idp.log_out("alice").await;
    assert_eq!(sent[0].outcome, mock_idp::LogoutOutcome::Answered(200));
    assert_eq!(visitor.who().await, None);
}

#[tokio::test]
async fn the_providers_page_of_a_logout_frames_the_app() {
    let stack = plain("").await;
    let mut here = alice_at(&stack).await;
    let mut there = visitor(&stack);
    there.open(&stack.url("/")).await.unwrap();
    here.sign_out().await;
    let frame = stack.idp.requests().to(Place::EndSession);
    let page = frame.only().response_text();
    assert!(page.contains("/auth/frontchannel-logout?iss="), "{page}");
}

#[tokio::test]
async fn a_client_proves_itself_with_a_key() {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    let key = rcgen::KeyPair::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, key.serialize_pem()).unwrap();
    // An uncompressed point: 4, x, y.
    let (x, y) = key.public_key_raw()[1..].split_at(32);
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let jwk = serde_json::json!({"kty": "EC", "crv": "P-256", "kid": "k1", "x": encode(x), "y": encode(y)});
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let lines = format!(
        "private_key_file = '{}'\nprivate_key_id = 'k1'\nclient_kwargs.token_endpoint_auth_method = 'private_key_jwt'",
        file.display()
    );
    let without_secret = move |secrets: String| {
        let kept: Vec<_> = secrets
            .lines()
            .filter(|line| !line.starts_with("client_secret"))
            .collect();
        format!("{}\n{lines}\n", kept.join("\n"))
    };
    let stack = Stack::builder()
        .idp(idp)
        .secrets(without_secret)
        .start()
        .await;
    let client_id = stack.auth().config().providers[0].client_id.clone();
    let registered = stack.idp.client(&client_id).unwrap();
    let with_key = Client {
        client_secret: None,
        token_endpoint_auth_method: Some(TokenEndpointAuthMethod::PrivateKeyJwt),
        jwks: Some(serde_json::json!({"keys": [jwk]})),
        ..Client::clone(&registered)
    };
    stack.idp.replace_client(with_key).unwrap();
    alice_at(&stack).await;
    let requests = stack.idp.requests().to(Place::Token);
    assert!(requests.only().parameter("client_assertion").is_some());
}
