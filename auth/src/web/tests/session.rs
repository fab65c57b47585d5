//! Sessions: whose they are, and how long they last.

use axum::extract::Request;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{App, Browser, REDIRECT_URI};
use crate::{session::SessionStore, testing::seconds};

#[tokio::test]
async fn a_failed_login_leaves_the_session_alone() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let before = (
        app.who(&browser).await,
        browser.cookie("auth_session").map(str::to_owned),
    );
    app.identify_as("220", "Bob");
    app.idp.edit(|world| world.claims["aud"] = json!("other"));
    let page = app.log_in(&mut browser).await;
    assert_eq!(page.refusal(), (400, "id_token.aud"));
    let after = (
        app.who(&browser).await,
        browser.cookie("auth_session").map(str::to_owned),
    );
    assert_eq!(after, before);
}

#[tokio::test]
async fn handlers_see_the_tokens_that_the_file_exposes() {
    for (id, access) in [(false, false), (true, false), (false, true), (true, true)] {
        let app = App::configured(REDIRECT_URI, |config| {
            config.expose_tokens.id = id;
            config.expose_tokens.access = access;
        })
        .await;
        let mut browser = Browser::default();
        assert_eq!(app.who(&browser).await["tokens"], json!([null, null]));
        app.log_in(&mut browser).await;
        let tokens = &app.who(&browser).await["tokens"];
        let is_jwt = |token: &Value| token.as_str().is_some_and(|it| it.split('.').count() == 3);
        assert_eq!(is_jwt(&tokens[0]), id, "{tokens}");
        assert_eq!(tokens[1].is_string(), access, "{tokens}");
    }
}

#[tokio::test]
async fn after_b_logs_in_over_a_nothing_of_a_is_left() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.idp
        .edit(|world| world.claims["hd"] = json!("example.test"));
    app.log_in(&mut browser).await;
    let of_a = browser.clone();
    app.identify_as("220", "Bob");
    app.idp
        .edit(|world| drop(world.claims.as_object_mut().unwrap().remove("hd")));
    app.log_in(&mut browser).await;
    let who = app.who(&browser).await;
    assert_eq!(
        (&who["name"], &who["subject"], &who["hd"]),
        (&json!("Bob"), &json!("220"), &json!(null))
    );
    assert_ne!(browser.cookie("auth_session"), of_a.cookie("auth_session"));
    assert_eq!(app.who(&of_a).await["is_logged_in"], false);
    assert!(
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_session_ends_after_a_day_without_a_request_and_after_a_month_in_any_case() {
    let day = 24 * 3_600;
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    app.clock.advance(seconds(day - 1));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    app.clock.advance(seconds(day - 1));
    assert_eq!(
        app.who(&browser).await["is_logged_in"],
        true,
        "it was in use"
    );
    app.clock.advance(seconds(day));
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
    assert!(
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()
            .is_empty()
    );

    app.idp.edit(|world| {
        world.claims["iat"] = json!(app.clock.unix_seconds());
        world.claims["exp"] = json!(app.clock.unix_seconds() + 3_600);
    });
    app.log_in(&mut browser).await;
    for _ in 1..60 {
        app.clock.advance(seconds(day / 2));
        assert_eq!(app.who(&browser).await["is_logged_in"], true);
    }
    app.clock.advance(seconds(day / 2 - 1));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    app.clock.advance(seconds(1));
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
}

#[tokio::test]
async fn the_use_of_a_session_is_written_down_once_a_minute() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let idle_until = async || {
        app.who(&browser).await;
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()[0]
            .idle_until
    };
    let at_first = idle_until().await;
    app.clock.advance(seconds(59));
    assert_eq!(idle_until().await, at_first);
    app.clock.advance(seconds(1));
    assert_eq!(idle_until().await, at_first + 60);
}

#[tokio::test]
async fn a_cookie_that_names_no_session_makes_nobody_and_goes() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let good = browser.cookie("auth_session").unwrap().to_owned();
    let flipped = format!(
        "{}{}",
        if good.starts_with('A') { "B" } else { "A" },
        &good[1..]
    );
    let token = app.who(&browser).await["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let pending = browser.cookie("auth_pending").unwrap().to_owned();
    let check = async |value: &str| {
        let mut browser = Browser(vec![("auth_session".to_owned(), value.to_owned())]);
        let page = app.get(&mut browser, "/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("\"is_logged_in\":false"),
            "{value}: {}",
            page.body
        );
        assert_eq!(browser.cookie("auth_session"), None, "{value}");
    };
    check(&flipped).await;
    check(&good[..42]).await;
    check(&format!("{good}A")).await;
    check(&token).await;
    check(&pending).await;
    check("").await;
    check("xxx").await;
    check(&"A".repeat(100_000)).await;
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn a_request_in_the_background_removes_no_cookie() {
    let app = App::start().await;
    let stale = || Browser(vec![("auth_session".to_owned(), "A".repeat(43))]);
    let check = async |mode: &str, expected: usize| {
        let page = app
            .send(
                &mut stale(),
                Request::get("/").header("sec-fetch-mode", mode),
                "",
            )
            .await;
        assert_eq!(
            page.headers.get_all(header::SET_COOKIE).iter().count(),
            expected,
            "{mode}"
        );
    };
    check("cors", 0).await;
    check("navigate", 1).await;
}

#[tokio::test]
async fn a_planted_cookie_beside_the_session_changes_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    browser
        .0
        .insert(0, ("auth_session".to_owned(), "A".repeat(43)));
    browser
        .0
        .insert(0, ("auth_session".to_owned(), "planted".to_owned()));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn what_has_expired_is_removed_at_most_once_a_minute_when_somebody_logs_in() {
    let day = 24 * 3_600;
    let app = App::start().await;
    let kept = async || {
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()
            .len()
    };
    app.log_in(&mut Browser::default()).await;
    app.clock.advance(seconds(day - 1));
    app.go_and_return(&mut Browser::default()).await;
    app.clock.advance(seconds(59));
    app.go_and_return(&mut Browser::default()).await;
    assert_eq!(
        kept().await,
        1,
        "it has expired, and the last sweep was 59 seconds ago"
    );
    app.clock.advance(seconds(1));
    app.go_and_return(&mut Browser::default()).await;
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn the_sessions_of_an_account_are_listed_and_ended() {
    let app = App::start().await;
    let (mut here, mut there, mut bobs) =
        (Browser::default(), Browser::default(), Browser::default());
    app.log_in(&mut here).await;
    app.clock.advance(seconds(10));
    app.log_in(&mut there).await;
    app.identify_as("220", "Bob");
    app.log_in(&mut bobs).await;

    let user = app.user(&here).await;
    let all = app.auth.sessions(&user).await.unwrap();
    let current: Vec<_> = all.iter().map(|session| session.is_current).collect();
    assert_eq!(current, [true, false]);
    assert_eq!(all[1].created_at - all[0].created_at, 10);
    assert_eq!(all[0].provider, "google");

    let bob = app.user(&bobs).await;
    assert!(
        !app.auth.end_session(&bob, &all[1].id).await.unwrap(),
        "it is not his"
    );
    assert_eq!(app.who(&there).await["is_logged_in"], true);
    assert!(app.auth.end_session(&user, &all[1].id).await.unwrap());
    assert_eq!(app.who(&there).await["is_logged_in"], false);
    assert_eq!(app.who(&here).await["is_logged_in"], true);

    app.log_in(&mut there).await;
    let issuer = app.idp.issuer.clone();
    assert_eq!(app.auth.end_sessions_of(&issuer, "110").await.unwrap(), 1);
    assert_eq!(app.who(&here).await["is_logged_in"], false);
    assert_eq!(
        app.auth.sessions(&crate::User::anonymous()).await.unwrap(),
        []
    );
    let of_bob = async || app.auth.sessions_of(&issuer, "220").await.unwrap().len();
    assert_eq!(of_bob().await, 2);
    app.clock.advance(seconds(86_400));
    assert_eq!(of_bob().await, 0, "they have expired, and nobody swept");
}

#[tokio::test]
async fn lifetimes_are_the_configurations() {
    let app = App::configured(REDIRECT_URI, |config| {
        config.settings.session_idle_timeout = seconds(600);
        config.settings.session_lifetime = seconds(1_500);
    })
    .await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    for _ in 0..2 {
        app.clock.advance(seconds(599));
        assert_eq!(app.who(&browser).await["is_logged_in"], true);
    }
    app.clock.advance(seconds(302));
    assert_eq!(
        app.who(&browser).await["is_logged_in"],
        false,
        "it is 1,500 s old"
    );
    app.log_in(&mut browser).await;
    app.clock.advance(seconds(600));
    assert_eq!(
        app.who(&browser).await["is_logged_in"],
        false,
        "it was idle for 600 s"
    );
}
