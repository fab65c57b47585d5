//! An app that has a part of its host: everything is below the base path.

use axum::{Router, routing::get};
use http::{StatusCode, header};

use super::{App, Browser, who};
use crate::Config;

async fn below() -> App {
    let set = |config: &mut Config| {
        config.settings.base_path = "/app".to_owned();
        config.settings.after_login = "/app/".to_owned();
        config.settings.after_logout = "/app/bye".to_owned();
        config.settings.cookie_name = "mine".to_owned();
    };
    App::configured("http://localhost:8501/app/oauth2callback", set).await
}

#[tokio::test]
async fn login_callback_and_logout_are_below_it() {
    let app = below().await;
    let router = || {
        Router::new()
            .route("/app/", get(who))
            .merge(app.auth.routes())
            .layer(app.auth.layer())
    };
    let mut browser = Browser::default();
    let mut ask = async |path: &str| {
        let request = http::Request::get(path);
        browser.send(router(), request, "").await
    };
    assert_eq!(
        ask("/auth/login/google").await.status,
        StatusCode::NOT_FOUND
    );
    let sent = ask("/app/auth/login/google").await;
    let cookie = sent.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("mine_pending=") && cookie.contains("Path=/app;"),
        "{cookie}"
    );
    let query = app.idp.authorize(&sent.location().parse().unwrap());
    let page = ask(&format!("/app/oauth2callback?{query}")).await;
    assert_eq!(page.location(), "/app/");
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("mine_session=") && cookie.contains("Path=/app;"),
        "{cookie}"
    );
    assert!(ask("/app/").await.body.contains("Alice Example"));

    let page = ask("/app/auth/logout").await;
    assert!(
        page.body.contains("action=\"/app/auth/logout\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("href=\"/app/\""), "{}", page.body);
    let page = ask("/app/auth/login/nobody").await;
    assert_eq!(page.refusal(), (404, "provider.unknown"));
    assert!(page.body.contains("href=\"/app/\""), "{}", page.body);
}

#[tokio::test]
async fn what_the_app_is_told_is_below_it() {
    let app = below().await;
    let user = app.user(&Browser::default()).await;
    assert_eq!(user.login_url("google"), "/app/auth/login/google");
    assert_eq!(user.logout_url(), "/app/auth/logout");
}
