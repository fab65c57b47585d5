//! Failures of a login: each has a page that says what happened, and leaves what was there alone.

use e2e::{Control, Outcome, Person as _, Stack, Visitor};
use mock_idp::{Place, Signing, Value, authorization, discovery, id_token, id_token_header, token};
use serde_json::json;

use super::asking;
use crate::{accepted, alice, alice_at, refused};

/// The page that the visitor looks at refuses the login for this reason, in these words.
async fn is_refused(visitor: &mut Visitor, reason: &str, words: &str) {
    assert_eq!(visitor.outcome().await, Ok(Outcome::refused(reason)));
    let page = visitor.page().await.unwrap();
    assert!(page.words().contains(words), "{}", page.words());
}

#[tokio::test]
async fn e11_discovery_fails() {
    for (fault, status) in [
        (discovery().reset(), 502),
        (discovery().status(404), 502),
        (discovery().body("text/html", "<h1>Hello</h1>"), 502),
    ] {
        let stack = Stack::start().await;
        stack.idp.fault(fault);
        let mut visitor = stack.visitor();
        visitor.begin_login().await.unwrap();
        assert_eq!(visitor.status(), status);
        let page = visitor.page().await.unwrap();
        assert!(
            page.action(&Control::named("Try again")).is_some(),
            "{}",
            page.words()
        );
        assert!(page.words().contains("· error "), "{}", page.words());
    }
}

#[tokio::test]
async fn e12_metadata_without_an_endpoint() {
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        refused(discovery().omit(endpoint), "metadata.invalid").await;
    }
}

#[tokio::test]
async fn e13_a_link_to_the_login_that_is_old() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    // It holds nothing that could go stale, and needs no page before it.
    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
}

#[tokio::test]
async fn e14_a_callback_that_is_replayed() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    let callback = visitor.callback_url("alice").await.unwrap();
    visitor.open(&callback).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
    visitor.open(&callback).await.unwrap();
    is_refused(&mut visitor, "callback.state", "You are still logged in.").await;
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
    let exchanges = stack.idp.requests().to(Place::Token);
    assert_eq!(exchanges.len(), 1, "the code is sent once");
}

#[tokio::test]
async fn e15_two_tabs() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    let first = visitor.callback_url("alice").await.unwrap();
    let second = visitor.callback_url("bob").await.unwrap();
    visitor.open(&first).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
    visitor.open(&second).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::SignedIn("Bob Sample".to_owned()))
    );
}

#[tokio::test]
async fn e16_the_visitor_cancels() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    visitor.press(&Control::named("Cancel")).await.unwrap();
    is_refused(&mut visitor, "callback.denied", "You cancelled the login").await;
}

#[tokio::test]
async fn e17_an_error_with_line_breaks_and_html() {
    let stack = Stack::start().await;
    let words = "<script>alert(1)</script>\r\nSet-Cookie: a=b";
    let odd = authorization()
        .omit("code")
        .set("error", "server_error")
        .set("error_description", words);
    stack.idp.fault(odd);
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("callback.error")
    );
    assert!(!visitor.page().await.unwrap().html.contains("<script"));
    assert!(!visitor.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn e18_the_token_endpoint_fails_and_the_session_stays() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    for (fault, reason) in [
        (token().status(500), "provider.status"),
        (
            token().body("text/html", "<h1>Sorry</h1>"),
            "provider.not_json",
        ),
        (
            token()
                .status(400)
                .body("application/json", r#"{"error":"invalid_client"}"#),
            "token.error",
        ),
    ] {
        stack.idp.fault(fault.instead().once());
        visitor
            .open(&stack.url("/auth/login/google"))
            .await
            .unwrap();
        visitor.choose_and_allow("bob").await.unwrap();
        assert_eq!(visitor.outcome().await, Ok(Outcome::refused(reason)));
        assert_eq!(
            visitor.who().await.as_deref(),
            Some("Alice Example"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn e19_a_nonce_that_is_wrong_or_missing() {
    refused(id_token().set("nonce", "other"), "id_token.nonce").await;
    refused(id_token().omit("nonce"), "id_token.nonce").await;
}

#[tokio::test]
async fn e20_a_bad_signature() {
    refused(id_token().sign_with(Signing::Flip), "id_token.signature").await;
    refused(
        id_token().set("sub", "220").sign_with(Signing::BeforeEdits),
        "id_token.signature",
    )
    .await;
}

#[tokio::test]
async fn e21_algorithms_that_are_not_listed() {
    refused(
        id_token().sign_with(Signing::None("none".into())),
        "id_token.alg",
    )
    .await;
    refused(
        id_token().sign_with(Signing::HmacClientSecret),
        "id_token.alg",
    )
    .await;
}

#[tokio::test]
async fn e22_no_algorithm_where_the_metadata_list_none() {
    let stack = Stack::start().await;
    stack.idp.fault(discovery().set(
        "id_token_signing_alg_values_supported",
        json!(["none", "RS256"]),
    ));
    stack.idp.fault(
        id_token()
            .sign_with(Signing::None("none".into()))
            .omit("at_hash"),
    );
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("id_token.alg")
    );
    assert_eq!(visitor.who().await, None);
}

#[tokio::test]
async fn e23_an_unknown_key() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(id_token_header().set("kid", "unknown").always());
    for _ in 0..3 {
        let outcome = stack.visitor().sign_in_as("alice").await;
        assert_eq!(outcome, Outcome::refused("id_token.kid"));
    }
    let fetches = stack.idp.requests().to(Place::Jwks).len();
    assert!(fetches <= 2, "{fetches} fetches of the keys");
}

#[tokio::test]
async fn e24_a_key_is_rotated() {
    let stack = Stack::start().await;
    alice_at(&stack).await;
    stack.idp.keys().rotate();
    alice_at(&stack).await;
}

#[tokio::test]
async fn e25_an_id_token_that_has_expired() {
    refused(id_token().shift("exp", -3_662), "id_token.exp").await;
    let strict = |secrets: String| secrets.replacen("[auth]", "[auth]\nclock_leeway = 0", 1);
    let stack = Stack::builder().secrets(strict).start().await;
    stack.idp.fault(id_token().shift("exp", -3_610));
    assert_eq!(
        stack.visitor().sign_in_as("alice").await,
        Outcome::refused("id_token.exp")
    );
}

#[tokio::test]
async fn e26_an_id_token_from_the_future() {
    refused(id_token().shift("iat", 3_600), "id_token.iat").await;
    refused(id_token().set("nbf", 9_999_999_999_i64), "id_token.nbf").await;
}

#[tokio::test]
async fn e27_another_issuer_or_none_in_the_metadata() {
    refused(
        id_token().set("iss", "https://evil.example"),
        "id_token.iss",
    )
    .await;
    refused(discovery().omit("issuer"), "metadata.invalid").await;
    refused(
        discovery().set("issuer", "https://evil.example"),
        "metadata.issuer",
    )
    .await;
}

#[tokio::test]
async fn e28_another_audience_without_azp() {
    refused(id_token().set("aud", "other").omit("azp"), "id_token.aud").await;
}

#[tokio::test]
async fn e29_another_audience_with_our_azp() {
    refused(id_token().set("aud", "other"), "id_token.aud").await;
}

#[tokio::test]
async fn e30_two_audiences() {
    let both = || Value::list([Value::Honest, "other".into()]);
    // Nobody said that the other is to be trusted, unless azp says that the token is for us.
    refused(id_token().set("aud", both()).omit("azp"), "id_token.aud").await;
    refused(
        id_token().set("aud", both()).set("azp", "other"),
        "id_token.azp",
    )
    .await;
    accepted(id_token().set("aud", both())).await;
    accepted(id_token().set("aud", Value::list([Value::Honest]))).await;
}

#[tokio::test]
async fn e31_the_hash_of_the_access_token() {
    refused(
        id_token().set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
        "id_token.at_hash",
    )
    .await;
    accepted(id_token().omit("at_hash")).await;
}

#[tokio::test]
async fn e32_another_issuer_in_the_callback() {
    refused(
        authorization().set("iss", "https://evil.example"),
        "callback.iss",
    )
    .await;
    refused(authorization().omit("iss"), "callback.iss").await;
}

#[tokio::test]
async fn e33_no_id_token() {
    refused(token().omit("id_token"), "id_token.missing").await;
    let text = super::file("client_id", "client_kwargs.scope = 'email'\nclient_id");
    let error = super::report(&text);
    assert!(error.contains("\"email\" has no openid; add it"), "{error}");
}

#[tokio::test]
async fn e34_no_access_token() {
    // RFC 6749 5.1 requires one: an answer without is no token response.
    refused(token().omit("access_token"), "token.response").await;
}

#[tokio::test]
async fn e35_nobody_with_neither_name_nor_picture() {
    let stack = asking("userinfo = 'never'").await;
    stack.idp.fault(
        id_token()
            .omit("name")
            .omit("given_name")
            .omit("family_name")
            .omit("picture")
            .omit("email"),
    );
    let mut visitor = stack.visitor();
    let Outcome::SignedIn(name) = visitor.sign_in_as("alice").await else {
        panic!("nobody is logged in")
    };
    assert!(
        name.bytes().all(|byte| byte.is_ascii_digit()),
        "the subject stands for the name: {name}"
    );
}

#[tokio::test]
async fn e36_an_address_that_nobody_verified() {
    let stack = asking("allow.emails = 'alice@example.com'").await;
    assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    stack.idp.fault(id_token().set("email_verified", false));
    assert_eq!(
        stack.visitor().sign_in_as("alice").await,
        Outcome::refused("user.not_allowed")
    );
}
