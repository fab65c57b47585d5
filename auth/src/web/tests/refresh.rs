//! Refresh: new tokens for a session, without a new login.

use http::StatusCode;
use serde_json::{Value, json};

use super::{App, Browser, REDIRECT_URI};
use crate::{
    LoginError, RefreshError,
    config::Allow,
    session::SessionStore,
    testing::{NOW, seconds},
    web::fake_provider::{Answer, TOKEN},
};

/// An app that shows its handlers the access token.
async fn exposing() -> App {
    App::configured(REDIRECT_URI, |config| config.expose_tokens.access = true).await
}

/// From now on the provider gives other tokens, made now.
fn renew(app: &App, edit: impl FnOnce(&mut Value, &mut Value)) {
    app.idp.edit(|world| {
        let now = app.clock.unix_seconds();
        world.claims["iat"] = json!(now);
        world.claims["exp"] = json!(now + 3_600);
        world.claims.as_object_mut().unwrap().remove("nonce");
        world.token =
            json!({"access_token": "renewed", "token_type": "Bearer", "expires_in": 3599});
        edit(&mut world.claims, &mut world.token);
    });
}

async fn access_token(app: &App, browser: &Browser) -> Value {
    app.who(browser).await["tokens"][1].clone()
}

/// A visitor whose access token has expired.
async fn expired(app: &App) -> Browser {
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    assert_eq!(access_token(app, &browser).await, "access");
    app.clock.advance(seconds(3_600));
    browser
}

/// What was sent to refresh with, in order.
fn sent(app: &App) -> Vec<String> {
    app.idp.edit(|world| {
        let refreshes = world.requests.iter().filter(|request| {
            request
                .form
                .get("grant_type")
                .is_some_and(|kind| kind == "refresh_token")
        });
        refreshes
            .map(|request| request.form["refresh_token"].clone())
            .collect()
    })
}

#[tokio::test]
async fn an_access_token_is_renewed_when_it_expires_and_not_before() {
    let app = exposing().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    renew(&app, |_, _| {});
    app.clock.advance(seconds(3_568));
    assert_eq!(access_token(&app, &browser).await, "access");
    app.clock.advance(seconds(1));
    assert_eq!(access_token(&app, &browser).await, "renewed");
    assert_eq!(access_token(&app, &browser).await, "renewed");
    assert_eq!(sent(&app), ["refresh"]);
    let asked = app.idp.edit(|world| world.requests.last().unwrap().clone());
    assert!(
        !asked.form.contains_key("scope"),
        "no more than was granted"
    );
}

#[tokio::test]
async fn nobody_is_asked_for_tokens_that_nobody_sees() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    app.clock.advance(seconds(7_200));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    assert!(sent(&app).is_empty());
}

#[tokio::test]
async fn what_is_said_anew_counts() {
    let app = exposing().await;
    let browser = expired(&app).await;
    renew(&app, |claims, _| claims["name"] = json!("Alice Married"));
    assert_eq!(app.who(&browser).await["name"], "Alice Married");
    assert_eq!(app.who(&browser).await["name"], "Alice Married");
}

#[tokio::test]
async fn a_role_that_is_gone_is_gone() {
    let app = App::configured(REDIRECT_URI, |config| {
        config.expose_tokens.access = true;
        config.providers[0].roles_claim = Some("groups".to_owned());
    })
    .await;
    app.idp
        .edit(|world| world.claims["groups"] = json!(["admin"]));
    let browser = expired(&app).await;
    renew(&app, |claims, _| {
        let claims = claims.as_object_mut().unwrap();
        claims.remove("groups");
        claims.remove("name");
    });
    let who = app.who(&browser).await;
    assert_eq!(
        (&who["roles"], &who["name"]),
        (&json!([]), &json!("Alice Example"))
    );
}

#[tokio::test]
async fn a_rotated_token_takes_the_place_of_the_old_one() {
    let app = exposing().await;
    let browser = expired(&app).await;
    renew(&app, |_, token| token["refresh_token"] = json!("second"));
    app.who(&browser).await;
    app.clock.advance(seconds(3_600));
    renew(&app, |_, _| {});
    app.who(&browser).await;
    app.clock.advance(seconds(3_600));
    renew(&app, |_, _| {});
    app.who(&browser).await;
    assert_eq!(sent(&app), ["refresh", "second", "second"]);
}

#[tokio::test]
async fn an_id_token_may_be_missing_or_repeat_the_nonce() {
    let app = exposing().await;
    let browser = expired(&app).await;
    let nonce = app.idp.edit(|world| world.claims["nonce"].clone());
    renew(&app, |claims, _| claims["nonce"] = nonce);
    assert_eq!(access_token(&app, &browser).await, "renewed");

    let app = exposing().await;
    let browser = expired(&app).await;
    renew(&app, |_, token| token["id_token"] = json!(""));
    assert_eq!(access_token(&app, &browser).await, "renewed");
    assert_eq!(app.who(&browser).await["name"], "Alice Example");
}

#[tokio::test]
async fn tokens_of_another_login_are_refused() {
    let check = async |member: &'static str, value: Value| {
        let app = exposing().await;
        app.idp.edit(|world| {
            world.claims["auth_time"] = json!(NOW);
            world.claims["azp"] = json!("client:1");
        });
        let browser = expired(&app).await;
        renew(&app, |claims, _| claims[member] = value);
        assert_eq!(access_token(&app, &browser).await, "access", "{member}");
        assert_eq!(app.who(&browser).await["subject"], "110", "{member}");
        assert_eq!(
            sent(&app).len(),
            1,
            "{member}: it is not asked again at once"
        );
    };
    check("sub", json!("220")).await;
    check("iss", json!("https://evil.test")).await;
    check("aud", json!("other")).await;
    check("azp", json!("other")).await;
    check("nonce", json!("other")).await;
    check("auth_time", json!(NOW + 1)).await;
    check("iat", json!(NOW - 1)).await;
    check("exp", json!(NOW)).await;
}

#[tokio::test]
async fn a_hiccup_ends_nothing_and_is_tried_again_later() {
    let app = exposing().await;
    let browser = expired(&app).await;
    renew(&app, |_, _| {});
    let down = Answer::Says(503, String::new());
    app.idp
        .edit(|world| drop(world.instead.insert(TOKEN, down)));
    for _ in 0..3 {
        assert_eq!(access_token(&app, &browser).await, "access");
    }
    assert_eq!(sent(&app).len(), 1);
    app.idp.edit(|world| world.instead.clear());
    app.clock.advance(seconds(60));
    assert_eq!(access_token(&app, &browser).await, "renewed");
}

#[tokio::test]
async fn a_session_that_the_provider_has_ended_ends() {
    let app = exposing().await;
    let mut browser = expired(&app).await;
    let over = Answer::Says(400, r#"{"error": "invalid_grant"}"#.to_owned());
    app.idp
        .edit(|world| drop(world.instead.insert(TOKEN, over)));
    let page = app.get(&mut browser, "/").await;
    assert!(
        page.body.contains("\"is_logged_in\":false"),
        "{}",
        page.body
    );
    assert_eq!(browser.cookie("auth_session"), None);
    let issuer = app.idp.issuer.clone();
    assert!(
        app.store
            .find_by_subject(&issuer, "110")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn who_is_not_let_in_any_more_is_out() {
    let app = App::configured(REDIRECT_URI, |config| {
        config.expose_tokens.access = true;
        config.providers[0].allow = Some(Allow {
            claims: vec![("groups".to_owned(), vec!["staff".to_owned()])],
            ..Allow::default()
        });
    })
    .await;
    app.idp
        .edit(|world| world.claims["groups"] = json!(["staff"]));
    let browser = expired(&app).await;
    renew(&app, |claims, _| claims["groups"] = json!(["guests"]));
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
}

#[tokio::test]
async fn of_many_requests_one_asks() {
    let app = exposing().await;
    let browser = expired(&app).await;
    renew(&app, |_, token| token["refresh_token"] = json!("second"));
    let all = (0..20).map(|_| access_token(&app, &browser));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|token| token == "renewed"), "{all:?}");
    assert_eq!(sent(&app), ["refresh"]);
}

#[tokio::test]
async fn two_replicas_ask_once() {
    let app = exposing().await;
    let browser = expired(&app).await;
    renew(&app, |_, _| {});
    let store = std::sync::Arc::clone(&app.store);
    let other = crate::Auth::builder(app.auth.config().clone())
        .clock(app.clock.clone())
        .store(store)
        .build()
        .await
        .unwrap();
    let (here, there) = (browser.clone(), browser.clone());
    let other = App {
        auth: other,
        idp: app.idp,
        clock: app.clock.clone(),
        store: app.store.clone(),
    };
    let one = App {
        auth: app.auth,
        idp: crate::testing::FakeProvider::start().await,
        clock: app.clock,
        store: app.store,
    };
    let both = tokio::join!(access_token(&one, &here), access_token(&other, &there));
    assert_eq!(both, (json!("renewed"), json!("renewed")));
    assert_eq!(sent(&other).len(), 1);
}

#[tokio::test]
async fn a_handler_can_ask_for_it() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let user = app.user(&browser).await;
    renew(&app, |claims, _| claims["name"] = json!("Alice Married"));
    let renewed = app.auth.refresh(&user).await.unwrap();
    assert_eq!(renewed.name(), Some("Alice Married"));
    assert_eq!(app.who(&browser).await["name"], "Alice Married");

    let down = Answer::Says(500, String::new());
    app.idp
        .edit(|world| drop(world.instead.insert(TOKEN, down)));
    let error = app.auth.refresh(&renewed).await.unwrap_err();
    assert!(
        matches!(
            error,
            RefreshError::Failed(LoginError::ProviderStatus { .. })
        ),
        "{error}"
    );
    let error = app.auth.refresh(&renewed).await.unwrap_err();
    assert_eq!(error, RefreshError::JustFailed);
    let nobody = crate::User::anonymous();
    assert_eq!(
        app.auth.refresh(&nobody).await.unwrap_err(),
        RefreshError::NotLoggedIn
    );
}

#[tokio::test]
async fn without_a_refresh_token_nothing_is_asked() {
    let app = exposing().await;
    app.idp
        .edit(|world| drop(world.token.as_object_mut().unwrap().remove("refresh_token")));
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    app.clock.advance(seconds(3_600));
    assert_eq!(access_token(&app, &browser).await, "access");
    let user = app.user(&browser).await;
    let error = app.auth.refresh(&user).await.unwrap_err();
    assert_eq!(error, RefreshError::NoRefreshToken);
}

#[tokio::test]
async fn a_session_that_follows_its_token_ends_with_it() {
    for (has_refresh_token, is_logged_in) in [(false, false), (true, true)] {
        let app = App::configured(REDIRECT_URI, |config| {
            config.settings.session_follows_token = true;
        })
        .await;
        if !has_refresh_token {
            app.idp
                .edit(|world| drop(world.token.as_object_mut().unwrap().remove("refresh_token")));
        }
        let mut browser = Browser::default();
        app.log_in(&mut browser).await;
        app.clock.advance(seconds(3_599));
        renew(&app, |_, _| {});
        assert_eq!(app.who(&browser).await["is_logged_in"], true);
        app.clock.advance(seconds(1));
        assert_eq!(app.who(&browser).await["is_logged_in"], is_logged_in);
    }
}

#[tokio::test]
async fn a_logout_meanwhile_wins() {
    let app = exposing().await;
    let mut browser = expired(&app).await;
    let user = app.user(&browser).await;
    renew(&app, |_, _| {});
    let page = app.get(&mut browser, "/sign-out").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let error = app.auth.refresh(&user).await.unwrap_err();
    assert_eq!(error, RefreshError::Ended(None));
}
