//! The app at Google: what Google does that others do not, and that the app copes. The numbers are
//! those of the list of quirks that apps have broken on.

use e2e::{Outcome, Person as _, Stack};
use mock_idp::{AutoLogin, Check, MockIdp, Place, authorization, id_token};
use serde_json::Value;

use crate::{alice, alice_at, refused};

/// What the last token request was answered with.
fn tokens(stack: &Stack) -> Value {
    let requests = stack.idp.requests().to(Place::Token);
    let last = requests.iter().last().unwrap();
    serde_json::from_str(&last.response_text()).unwrap()
}

/// An app with this line in the provider's table.
async fn asking(line: &'static str) -> Stack {
    let add = move |secrets: String| format!("{}\n{line}\n", secrets.trim_end());
    Stack::builder().secrets(add).start().await
}

#[tokio::test]
async fn quirk_1_scopes_come_back_longer_and_in_another_order() {
    let stack = Stack::start().await;
    alice_at(&stack).await;
    let asked = stack.idp.requests().to(Place::Authorization);
    let asked = asked.iter().next().unwrap().parameter("scope").unwrap();
    let given = tokens(&stack)["scope"].as_str().unwrap().to_owned();
    assert!(!asked.contains("googleapis.com"), "{asked}");
    assert!(given.contains("https://www.googleapis.com/auth/userinfo.email"));
}

#[tokio::test]
async fn quirk_2_a_slash_in_the_code_arrives_as_one() {
    let stack = Stack::start().await;
    alice_at(&stack).await;
    let exchanged = stack.idp.requests().to(Place::Token);
    let code = exchanged.only().parameter("code").unwrap();
    assert!(code.starts_with("4/0"), "{code}");
}

#[tokio::test]
async fn quirk_3_later_logins_have_no_refresh_token() {
    let stack = asking("client_kwargs.access_type = 'offline'").await;
    for has_one in [true, false] {
        alice_at(&stack).await;
        assert_eq!(tokens(&stack).get("refresh_token").is_some(), has_one);
    }
}

#[tokio::test]
async fn quirk_4_the_issuer_of_the_response_came_before_it_was_promised() {
    for (flavour, is_sent, is_promised) in [
        ("google@2024-06", false, false),
        ("google@2026-02", true, false),
        ("google@2026-04", true, true),
    ] {
        let idp = MockIdp::builder().flavour(flavour).start().unwrap();
        let stack = Stack::builder().idp(idp).start().await;
        let mut visitor = alice_at(&stack).await;
        let requests = stack.idp.requests();
        let metadata = requests.to(Place::Discovery).only().response_text();
        let promise = "\"authorization_response_iss_parameter_supported\": true";
        assert_eq!(metadata.contains(promise), is_promised, "{flavour}");
        let callback = visitor.history().iter().map(|hop| hop.url.to_string());
        let mut callback = callback.filter(|url| url.contains("/oauth2callback"));
        let callback = callback.next().unwrap();
        assert_eq!(callback.contains("iss="), is_sent, "{flavour}: {callback}");
        // Whoever sends it is held to it.
        stack
            .idp
            .fault(authorization().set("iss", "https://evil.test"));
        visitor.sign_out().await;
        let outcome = visitor.sign_in_as("alice").await;
        assert_eq!(outcome, Outcome::refused("callback.iss"), "{flavour}");
    }
}

#[tokio::test]
async fn quirk_6_the_key_is_another_one_next_week() {
    let stack = Stack::start().await;
    alice_at(&stack).await;
    stack.idp.keys().rotate();
    alice_at(&stack).await;
}

#[tokio::test]
async fn quirk_7_offline_access_is_not_asked_for_unless_the_file_does() {
    let stack = Stack::start().await;
    alice_at(&stack).await;
    let asked = stack.idp.requests().to(Place::Authorization);
    let scope = asked.iter().next().unwrap().parameter("scope").unwrap();
    assert_eq!(scope, "openid email profile");

    let stack = asking("client_kwargs.scope = 'openid offline_access'").await;
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    let page = visitor.page().await.unwrap();
    assert!(
        page.url.as_str().starts_with(stack.idp.issuer()),
        "{}",
        page.url
    );
    let refused = stack.idp.requests().refused();
    let refusal = refused.only().refusal.as_ref().unwrap();
    assert_eq!(refusal.check, Check::AuthorizationScope);
    assert_eq!(visitor.who().await, None);
}

#[tokio::test]
async fn quirk_8_cancelling_is_a_refusal_with_a_page() {
    let stack = Stack::start().await;
    let cancels = AutoLogin::Persona("alice+deny".into());
    stack.idp.set_auto_login(cancels);
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    let outcome = visitor.outcome().await;
    assert_eq!(outcome, Ok(Outcome::refused("callback.denied")));
    let refused = stack.idp.requests().refused();
    let refusal = refused.only().refusal.as_ref().unwrap();
    assert_eq!(refusal.check, Check::AuthorizationCancelled);
}

#[tokio::test]
async fn quirk_11_the_verifier_comes_with_the_secret() {
    let stack = Stack::start().await;
    alice_at(&stack).await;
    let exchanged = stack.idp.requests().to(Place::Token);
    let request = exchanged.only();
    assert!(request.parameter("code_verifier").is_some());
    let in_header = request.header("authorization").is_some();
    assert!(in_header || request.parameter("client_secret").is_some());
}

#[tokio::test]
async fn quirk_13_a_clock_that_is_a_little_ahead_keeps_nobody_out() {
    let stack = Stack::start().await;
    stack.idp.fault(id_token().shift("iat", 5));
    assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    stack.idp.verify();
    refused(id_token().shift("iat", 600), "id_token.iat").await;
}
