//! Failures of sessions and logouts.

use std::sync::Arc;
use std::time::Duration;

use auth::Clock;
use auth::session::MemoryStore;
use e2e::{Outcome, Person as _, Stack, Visitor};
use mock_idp::{discovery, id_token};

use super::{copy, in_a_file, many_groups, plain, subject};
use crate::{alice, alice_at, session, thief};

#[tokio::test]
async fn e37_a_cookie_that_was_tampered_with() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let mut cookie = session(&mut visitor, &stack).into_bytes();
    cookie[0] = if cookie[0] == b'A' { b'B' } else { b'A' };
    let mut thief = thief(&stack, &String::from_utf8(cookie).unwrap());
    assert_eq!(thief.who().await, None);
    let left = thief.cookies().value(&stack.url("/"), "auth_session");
    assert_eq!(left, None, "it is removed");
}

#[tokio::test]
async fn e38_sessions_grow_old() {
    let clock = Clock::system();
    let apps = clock.clone();
    let stack = Stack::builder()
        .secrets(|secrets| {
            secrets.replacen(
                "[auth]",
                "[auth]\nsession_lifetime = '3h'\nsession_idle_timeout = '1h'",
                1,
            )
        })
        .auth(|auth| auth.clock(apps))
        .start()
        .await;
    let mut visitor = alice_at(&stack).await;
    for _ in 0..3 {
        clock.advance(Duration::from_mins(59));
        assert!(visitor.who().await.is_some());
    }
    clock.advance(Duration::from_mins(4));
    assert_eq!(visitor.who().await, None, "three hours are over");
}

#[tokio::test]
async fn e39_replicas_whose_clocks_differ() {
    let store = Arc::new(MemoryStore::default());
    let (ahead, kept) = (Clock::system(), Arc::clone(&store));
    ahead.advance(Duration::from_mins(5));
    let first = Stack::builder()
        .auth(move |auth| auth.clock(Clock::system()).store(kept))
        .start()
        .await;
    let mut visitor = alice_at(&first).await;
    let cookie = session(&mut visitor, &first);
    let same_secret = first.auth().config().clone();
    let second = auth::Auth::builder(same_secret)
        .clock(ahead)
        .store(store)
        .build()
        .await
        .unwrap();
    let sessions = second
        .sessions_of(first.idp.issuer(), &subject(&first))
        .await
        .unwrap();
    assert_eq!(sessions.len(), 1, "{cookie}");
}

#[tokio::test]
async fn e40_a_session_may_end_with_its_token() {
    let clock = Clock::system();
    let apps = clock.clone();
    let stack = Stack::builder()
        .secrets(|secrets| secrets.replacen("[auth]", "[auth]\nsession_follows_token = true", 1))
        .auth(|auth| auth.clock(apps))
        .start()
        .await;
    let mut visitor = alice_at(&stack).await;
    clock.advance(Duration::from_mins(59));
    assert!(visitor.who().await.is_some());
    clock.advance(Duration::from_mins(2));
    assert_eq!(visitor.who().await, None);
}

#[tokio::test]
async fn e41_a_stolen_cookie_after_the_logout() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);
    let mut thief = thief(&stack, &cookie);
    assert!(thief.who().await.is_some(), "a cookie is what it is");
    visitor.sign_out().await;
    assert_eq!(thief.who().await, None);
}

#[tokio::test]
async fn e42_a_form_without_the_sessions_token() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    visitor
        .send_form(&stack.url("/"), &stack.url("/auth/logout"), &[])
        .await
        .unwrap();
    assert_eq!(visitor.status(), 403);
    assert!(visitor.who().await.is_some());
}

#[tokio::test]
async fn e43_a_form_of_another_site() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let evil = "https://evil.example/".parse().unwrap();
    visitor
        .send_form(&evil, &stack.url("/auth/logout"), &[("csrf_token", "x")])
        .await
        .unwrap();
    assert!(visitor.who().await.is_some());
}

#[tokio::test]
async fn e44_ten_thousand_groups() {
    let stack = Stack::start().await;
    stack.idp.fault(id_token().set("groups", many_groups()));
    let mut visitor = alice_at(&stack).await;
    assert_eq!(session(&mut visitor, &stack).len(), 43);
}

#[tokio::test]
async fn e45_there_is_one_cookie_and_no_chunks() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let mut names = visitor.cookies().names(&stack.url("/"));
    names.sort();
    assert_eq!(names, ["auth_pending", "auth_session"]);
}

#[tokio::test]
async fn e46_a_second_replica() {
    let (stack, _folder) = in_a_file().await;
    let address = copy(&stack, |_| {}).await;
    let mut visitor = Visitor::new(stack.pages());
    let callback = visitor.callback_url("alice").await.unwrap();
    let mut visitor = visitor.resolve(&stack.url("/"), address);
    visitor.open(&callback).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
}

#[tokio::test]
async fn e47_a_second_replica_with_another_secret() {
    let (stack, _folder) = in_a_file().await;
    let other = auth::config::Secret::new("another secret of thirty-two bytes or more");
    let address = copy(&stack, |config| config.cookie_secrets = vec![other]).await;
    let mut visitor = Visitor::new(stack.pages());
    let callback = visitor.callback_url("alice").await.unwrap();
    let mut visitor = visitor.resolve(&stack.url("/"), address);
    visitor.open(&callback).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
}

#[tokio::test]
async fn e48_the_provider_is_down_at_the_logout() {
    let (stack, mut visitor) = plain("").await;
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    stack.idp.fault(discovery().status(500).always());
    stack.idp.fault(
        mock_idp::at(mock_idp::Place::EndSession)
            .status(500)
            .instead(),
    );
    visitor.sign_out().await;
    assert_eq!(visitor.who().await, None);
    let asked = stack.idp.requests().to(mock_idp::Place::EndSession);
    assert_eq!(asked.len(), 1, "where it is was remembered from the login");
    // Google has none: the logout stays here.
    let google = Stack::start().await;
    let mut visitor = alice_at(&google).await;
    assert_eq!(visitor.sign_out().await, Outcome::SignedOut);
}

#[tokio::test]
async fn e49_a_logout_of_nobody() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(Outcome::SignedOut));
}

#[tokio::test]
async fn e50_an_end_session_endpoint_that_is_a_script() {
    let (stack, mut visitor) = plain("").await;
    stack
        .idp
        .fault(discovery().set("end_session_endpoint", "javascript:alert(1)"));
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    assert_eq!(visitor.sign_out().await, Outcome::SignedOut);
    let scripts = visitor
        .history()
        .iter()
        .filter(|hop| hop.url.scheme() == "javascript");
    assert_eq!(scripts.count(), 0);
}

#[tokio::test]
async fn e51_the_secret_is_changed() {
    let (stack, _folder) = in_a_file().await;
    let mut visitor = Visitor::new(stack.pages());
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let new = auth::config::Secret::new("a new secret of thirty-two bytes and more");
    let address = copy(&stack, |config| config.cookie_secrets.insert(0, new)).await;
    let mut visitor = visitor.resolve(&stack.url("/"), address);
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn e52_a_provider_is_removed() {
    let (stack, _folder) = in_a_file().await;
    let mut visitor = Visitor::new(stack.pages());
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let rename = |config: &mut auth::Config| config.providers[0].name = "other".to_owned();
    let address = copy(&stack, rename).await;
    let mut visitor = visitor.resolve(&stack.url("/"), address);
    assert_eq!(visitor.who().await, None);
}
