//! Logout.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use e2e::{Control, Outcome, Person, Stack};

use crate::{alice, alice_at, session, thief};

#[tokio::test]
async fn the_button_logs_out() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);

    assert_eq!(visitor.sign_out().await, Outcome::SignedOut);
    assert_eq!(
        visitor.page().await.unwrap().texts("h1"),
        ["Login Required"]
    );
    assert_eq!(
        visitor.cookies().value(&stack.url("/"), "auth_session"),
        None
    );

    assert_eq!(
        thief(&stack, &cookie).who().await,
        None,
        "a copied cookie is dead"
    );
}

#[tokio::test]
async fn a_link_to_logout_asks_first() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    assert_eq!(visitor.status(), 200);
    assert!(
        visitor
            .page()
            .await
            .unwrap()
            .action(&Control::named("Log out"))
            .is_some()
    );
    assert_eq!(
        visitor.who().await.as_deref(),
        Some("Alice Example"),
        "not yet"
    );

    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    visitor.press(&Control::named("Log out")).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(Outcome::SignedOut));
}

#[tokio::test]
async fn another_site_cannot_log_anybody_out() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let evil = "https://evil.example/".parse().unwrap();
    visitor
        .send_form(&evil, &stack.url("/auth/logout"), &[])
        .await
        .unwrap();
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn logout_wants_the_token_of_this_session() {
    let stack = Stack::start().await;
    let (mut alice, mut bob) = (stack.visitor(), stack.visitor());
    alice.sign_in_as("alice").await;
    bob.sign_in_as("bob").await;
    let token = bob
        .page()
        .await
        .unwrap()
        .attribute("input[name=csrf_token]", "value")
        .unwrap();
    let home = stack.url("/");
    for form in [
        vec![],
        vec![("csrf_token", "")],
        vec![("csrf_token", token.as_str())],
    ] {
        alice
            .send_form(&home, &stack.url("/auth/logout"), &form)
            .await
            .unwrap();
        assert_eq!(alice.status(), 403, "{form:?}");
        assert_eq!(
            alice.who().await.as_deref(),
            Some("Alice Example"),
            "{form:?}"
        );
    }
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_simply_led_home() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    visitor
        .send_form(&stack.url("/"), &stack.url("/auth/logout"), &[])
        .await
        .unwrap();
    assert_eq!(visitor.outcome().await, Ok(Outcome::SignedOut));
    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(Outcome::SignedOut));
}

#[tokio::test]
async fn other_browsers_stay_logged_in() {
    let stack = Stack::start().await;
    let (mut here, mut there) = (stack.visitor(), stack.visitor());
    assert_eq!(here.sign_in_as("alice").await, alice());
    assert_eq!(there.sign_in_as("alice").await, alice());
    here.sign_out().await;
    assert_eq!(there.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn a_handler_of_the_app_logs_out_at_once() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);

    let auth = stack.auth().clone();
    let leave = {
        let auth = auth.clone();
        async move || auth.logout().into_response()
    };
    let app = Router::new()
        .route("/leave", get(leave))
        .merge(auth.routes())
        .layer(auth.layer());
    let request = http::Request::get("/leave").header("cookie", format!("auth_session={cookie}"));
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(app, request).await.unwrap();
    assert!(response.status().is_redirection());
    assert_eq!(visitor.who().await, None);
}
