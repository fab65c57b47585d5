//! Callbacks that are not the answer to a login begun in this browser.

use e2e::{Outcome, Person, Stack};
use mock_idp::{Place, authorization};

use crate::{alice, refusals};

refusals! {
    another_state: authorization().set("state", "other") => "callback.state";
    no_state: authorization().omit("state") => "callback.state";
    two_states: authorization().double("state") => "callback.duplicate";
    two_codes: authorization().double("code") => "callback.duplicate";
    no_code: authorization().omit("code") => "callback.code";
    another_issuer: authorization().set("iss", "https://evil.example") => "callback.iss";
    no_issuer_though_promised: authorization().omit("iss") => "callback.iss";
    an_error: authorization().set("error", "server_error") => "callback.error";
}

#[tokio::test]
async fn nothing_of_use_in_the_callback() {
    let stack = Stack::start().await;
    let cases = [
        ("?code=x", "callback.state"),
        ("?state=x&code=y", "callback.state"),
        ("?error=access_denied", "callback.state"),
        ("?error=access_denied&state=%00%FF", "callback.state"),
        ("?state=a&state=b", "callback.duplicate"),
        ("?error=a&error=b&state=c", "callback.duplicate"),
    ];
    for (query, reason) in cases {
        let mut visitor = stack.visitor();
        visitor
            .open(&stack.url(&format!("/oauth2callback{query}")))
            .await
            .unwrap();
        assert_eq!(
            visitor.outcome().await,
            Ok(Outcome::refused(reason)),
            "{query}"
        );
        assert_eq!(visitor.status(), 400, "{query}");
    }
    assert!(
        stack.idp.requests().is_empty(),
        "the provider is not bothered"
    );
}

#[tokio::test]
async fn a_callback_counts_in_the_browser_that_began_it() {
    let stack = Stack::start().await;
    let callback = stack.visitor().callback_url("alice").await.unwrap();
    let mut victim = stack.visitor();
    victim.begin_login().await.unwrap();
    victim.open(&callback).await.unwrap();
    assert_eq!(
        victim.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
    assert_eq!(victim.who().await, None);
    assert!(stack.idp.requests().to(Place::Token).is_empty());
}

#[tokio::test]
async fn a_login_goes_stale_after_ten_minutes() {
    let (clock, builder) = crate::session::with_clock();
    let stack = builder.start().await;
    let mut visitor = stack.visitor();
    let callback = visitor.callback_url("alice").await.unwrap();
    clock.advance(std::time::Duration::from_mins(11));
    visitor.open(&callback).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
}

#[tokio::test]
async fn the_eleventh_login_of_a_browser_replaces_the_oldest() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    let mut callbacks = Vec::new();
    for _ in 0..11 {
        callbacks.push(visitor.callback_url("alice").await.unwrap());
    }
    visitor.open(&callbacks[0]).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
    visitor.open(&callbacks[1]).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
}

#[tokio::test]
async fn a_code_that_was_used_is_refused_by_the_provider() {
    let stack = Stack::start().await;
    stack.visitor().sign_in_as("alice").await;
    let requests = stack.idp.requests().to(Place::Token);
    let used = requests.only().parameter("code").expect("a code");
    stack.idp.fault(authorization().set("code", used));
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("bob").await,
        Outcome::refused("token.error")
    );
    assert_eq!(visitor.who().await, None);
    let refusal = stack
        .idp
        .requests()
        .to(Place::Token)
        .last()
        .unwrap()
        .refusal
        .clone()
        .unwrap();
    assert!(refusal.reason.contains("used"), "{refusal:?}");
}
