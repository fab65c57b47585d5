//! Sessions: whose they are, how long they last, what ends them.

use std::time::Duration;

use auth::Clock;
use e2e::{Outcome, Person, Stack, StackBuilder, Visitor};
use mock_idp::{Place, discovery, id_token};

use crate::{alice, alice_at, session, thief};

fn hours(count: u64) -> Duration {
    Duration::from_hours(count)
}

/// The app's clock, to be moved by the test, and a stack that goes by it.
pub(crate) fn with_clock() -> (Clock, StackBuilder) {
    let clock = Clock::system();
    let apps = clock.clone();
    (clock, Stack::builder().auth(move |auth| auth.clock(apps)))
}

fn cookie_header(visitor: &Visitor, name: &str) -> Option<String> {
    let headers = visitor
        .history()
        .iter()
        .flat_map(|hop| hop.headers.get_all("set-cookie").iter());
    headers
        .filter_map(|value| value.to_str().ok())
        .find(|cookie| cookie.starts_with(&format!("{name}=")))
        .map(str::to_owned)
}

#[tokio::test]
async fn the_cookie_is_opaque_and_out_of_reach_of_scripts() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let cookie = cookie_header(&visitor, "auth_session").expect("set at login");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "redirect_uri is http: {cookie}");
    assert!(session(&mut visitor, &stack).len() < 100);
}

#[tokio::test]
async fn an_app_behind_a_tls_proxy_sets_host_cookies() {
    let stack = Stack::builder()
        .origin("https://app.example.com")
        .start()
        .await;
    let mut visitor = stack.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let cookie = cookie_header(&visitor, "__Host-auth_session").expect("set at login");
    assert!(
        cookie.contains("Secure") && cookie.contains("Path=/") && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
    assert_eq!(visitor.sign_out().await, Outcome::SignedOut);
}

#[tokio::test]
async fn a_login_has_a_new_session_and_ends_the_one_before() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let before = session(&mut visitor, &stack);

    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor.choose_and_allow("bob").await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::SignedIn("Bob Sample".into()))
    );
    let page = visitor.page().await.unwrap();
    assert!(
        !page.html.to_lowercase().contains("alice"),
        "only Bob's data remains"
    );
    assert_ne!(session(&mut visitor, &stack), before);
    assert_eq!(
        thief(&stack, &before).who().await,
        None,
        "Alice's session is gone"
    );
}

#[tokio::test]
async fn a_session_that_was_planted_is_not_taken_over() {
    let stack = Stack::start().await;
    let planted = "A".repeat(43);
    let mut victim = thief(&stack, &planted);
    assert_eq!(victim.sign_in_as("alice").await, alice());
    assert_ne!(session(&mut victim, &stack), planted);
    assert_eq!(thief(&stack, &planted).who().await, None);
}

#[tokio::test]
async fn a_failed_login_leaves_the_session_alone() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    stack.idp.fault(id_token().set("aud", "other"));
    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor.choose_and_allow("bob").await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("id_token.aud"))
    );
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn a_cancelled_login_leaves_the_session_alone() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor
        .press(&e2e::pages::provider::account("bob"))
        .await
        .unwrap();
    visitor
        .press(&e2e::pages::provider::cancel())
        .await
        .unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("callback.denied"))
    );
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn a_session_ends_after_a_day_without_a_visit() {
    let (clock, builder) = with_clock();
    let stack = builder.start().await;
    let mut visitor = alice_at(&stack).await;
    clock.advance(hours(23));
    assert!(visitor.who().await.is_some(), "23 hours");
    clock.advance(hours(23));
    assert!(visitor.who().await.is_some(), "a visit begins the day anew");
    clock.advance(hours(25));
    assert_eq!(visitor.who().await, None, "25 hours");
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_whatever_happens() {
    let (clock, builder) = with_clock();
    let stack = builder.start().await;
    let mut visitor = alice_at(&stack).await;
    for day in 1..=39 {
        clock.advance(hours(18));
        assert!(visitor.who().await.is_some(), "after {} hours", 18 * day);
    }
    clock.advance(hours(19));
    assert_eq!(visitor.who().await, None, "after 30 days");
}

#[tokio::test]
async fn odd_cookies_are_nobody() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let good = session(&mut visitor, &stack);
    let flipped = format!(
        "{}{}",
        if good.starts_with('A') { "B" } else { "A" },
        &good[1..]
    );
    let long = "x".repeat(3000);
    for cookie in [
        "",
        "x",
        "%00",
        "null",
        &flipped,
        &good[1..],
        &format!("{good}x"),
        &long,
    ] {
        assert_eq!(thief(&stack, cookie).who().await, None, "{cookie}");
    }
    assert_eq!(
        thief(&stack, &good).who().await.as_deref(),
        Some("Alice Example"),
        "the check can fail"
    );
}

#[tokio::test]
async fn a_login_works_with_odd_cookies_around() {
    let stack = Stack::start().await;
    let mut visitor = thief(&stack, "rubbish");
    visitor
        .cookies()
        .set(&stack.url("/"), "auth_pending=rubbish; Path=/")
        .unwrap();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
}

#[tokio::test]
async fn the_app_restarted_with_a_memory_store_knows_nobody() {
    let first = Stack::start().await;
    let mut visitor = first.visitor();
    visitor.sign_in_as("alice").await;
    let cookie = session(&mut visitor, &first);
    let second = Stack::start().await;
    assert_eq!(thief(&second, &cookie).who().await, None);
}

#[tokio::test]
async fn a_page_does_not_ask_the_provider() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let before = stack.idp.requests().len();
    stack.idp.fault(discovery().status(500));
    assert!(visitor.who().await.is_some());
    assert_eq!(stack.idp.requests().len(), before);
    assert!(stack.idp.requests().to(Place::UserInfo).is_empty());
}
