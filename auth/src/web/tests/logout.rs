//! Ending a session.

use axum::extract::Request;
use http::{StatusCode, header};

use super::{App, Browser, Page};

#[tokio::test]
async fn a_logout_needs_the_session_s_token() {
    let app = App::start().await;
    let (mut browser, mut other) = (Browser::default(), Browser::default());
    app.log_in(&mut browser).await;
    app.log_in(&mut other).await;
    let token_of = async |browser: &Browser| {
        app.who(browser).await["csrf_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (own, foreign) = (token_of(&browser).await, token_of(&other).await);
    let page = app.get(&mut browser, "/auth/logout").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains(&format!("value=\"{own}\"")),
        "{}",
        page.body
    );
    page.is_guarded();
    for form in [
        "",
        "csrf_token=",
        "csrf_token=x",
        "other=1",
        &format!("csrf_token={foreign}"),
    ] {
        let page = app.post(&mut browser, "/auth/logout", form).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{form}");
        assert!(
            page.body.contains(&format!("value=\"{own}\"")),
            "it offers the button"
        );
    }
    let page = app
        .send(
            &mut browser,
            Request::post("/auth/logout"),
            &format!("csrf_token={own}"),
        )
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "not a form");
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    app.post(&mut browser, "/auth/logout", &format!("csrf_token={own}"))
        .await;
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
    assert_eq!(app.who(&other).await["is_logged_in"], true);
}

/// A form on another site posts without the cookie, for it is SameSite; the answer must not remove
/// the one that the browser holds back.
#[tokio::test]
async fn a_logout_without_a_session_goes_home_and_removes_no_cookie() {
    let app = App::start().await;
    let check = |page: &Page| {
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
        assert_eq!(page.headers.get(header::SET_COOKIE), None);
        page.is_guarded();
    };
    check(&app.get(&mut Browser::default(), "/auth/logout").await);
    check(&app.post(&mut Browser::default(), "/auth/logout", "").await);
    check(
        &app.post(&mut Browser::default(), "/auth/logout", "csrf_token=")
            .await,
    );
    check(&app.get(&mut Browser::default(), "/sign-out").await);
}

#[tokio::test]
async fn a_handler_logs_out_at_once() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let before = browser.clone();
    let page = app.get(&mut browser, "/sign-out").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.cookie("auth_session"), None);
    assert_eq!(app.who(&before).await["is_logged_in"], false);
}
