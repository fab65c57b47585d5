//! Coming back from the provider.

use http::StatusCode;
use serde_json::json;

use super::{App, Browser};
use crate::testing::{NOW, TOKEN, seconds};

#[tokio::test]
async fn a_callback_is_good_once_in_its_browser_for_ten_minutes() {
    let app = App::start().await;
    let refused = (400, "callback.state");
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let page = app.get(&mut Browser::default(), &callback).await;
    assert_eq!(page.refusal(), refused, "another browser");
    page.is_guarded();
    assert_eq!(
        app.get(&mut browser, "/oauth2callback?code=c&state=unknown")
            .await
            .refusal(),
        refused
    );
    assert_eq!(
        app.get(&mut browser, "/oauth2callback?code=c")
            .await
            .refusal(),
        refused
    );
    assert_eq!(
        app.get(&mut browser, "/oauth2callback?error=access_denied")
            .await
            .refusal(),
        refused
    );
    for back_from_logout in ["/oauth2callback", "/oauth2callback?state=logout.x"] {
        let page = app.get(&mut browser, back_from_logout).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    }
    assert_eq!(app.idp.asked(TOKEN), 0);
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );

    let session = browser.cookie("auth_session").map(str::to_owned);
    let page = app.get(&mut browser, &callback).await;
    assert_eq!(page.refusal(), refused, "a second time");
    assert_eq!(browser.cookie("auth_session"), session.as_deref());
    assert_eq!(app.who(&browser).await["is_logged_in"], true);

    let callback = app.go_and_return(&mut browser).await;
    app.clock.advance(seconds(599));
    app.idp
        .edit(|world| world.claims["exp"] = json!(NOW + 7_200));
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );
    let callback = app.go_and_return(&mut browser).await;
    app.clock.advance(seconds(600));
    assert_eq!(
        app.get(&mut browser, &callback).await.refusal(),
        refused,
        "too late"
    );
}

#[tokio::test]
async fn duplicates_in_a_callback_end_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let page = app.get(&mut browser, &format!("{callback}&code=x")).await;
    assert_eq!(page.refusal(), (400, "callback.duplicate"));
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_cancelled_login_says_so_and_offers_another() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let cancelled = callback.replace("code=4%2F0code", "error=access_denied");
    let page = app.get(&mut browser, &cancelled).await;
    assert_eq!(page.refusal(), (400, "callback.denied"));
    assert!(
        page.body.contains("href=\"/auth/login/google\""),
        "{}",
        page.body
    );
    page.is_guarded();
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
    assert_eq!(
        app.get(&mut browser, &callback).await.refusal(),
        (400, "callback.state")
    );
}

#[tokio::test]
async fn several_tabs_log_in_at_once() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let first = app.go_and_return(&mut browser).await;
    let second = app.go_and_return(&mut browser).await;
    assert_eq!(
        app.get(&mut browser, &second).await.status,
        StatusCode::SEE_OTHER
    );
    // The fake's nonce is that of the second; that the first is found at all is what counts here.
    assert_eq!(
        app.get(&mut browser, &first).await.refusal(),
        (400, "id_token.nonce")
    );
}

#[tokio::test]
async fn the_eleventh_tab_costs_the_first() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let mut callbacks = Vec::new();
    for _ in 0..11 {
        callbacks.push(app.go_and_return(&mut browser).await);
    }
    assert_eq!(
        app.get(&mut browser, &callbacks[0]).await.refusal(),
        (400, "callback.state")
    );
    assert_eq!(
        app.get(&mut browser, &callbacks[1]).await.refusal(),
        (400, "id_token.nonce")
    );
    assert_eq!(
        app.get(&mut browser, &callbacks[10]).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn after_ten_thousand_pending_logins_it_is_busy() {
    let app = App::start().await;
    let (_, mut pending) = app
        .auth
        .flow(&app.auth.providers()[0])
        .begin()
        .await
        .unwrap();
    for state in 0..10_000 {
        pending.state = state.to_string();
        app.auth
            .0
            .sessions
            .put_pending(&pending, &[])
            .await
            .unwrap();
    }
    let page = app.get(&mut Browser::default(), "/auth/login/google").await;
    assert_eq!(page.refusal(), (503, "login.busy"));
    app.clock.advance(seconds(600));
    let page = app.get(&mut Browser::default(), "/auth/login/google").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}
