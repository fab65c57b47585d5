//! Beginning a login, and what the visitor is told about it.

use std::time::Duration;

use axum::{Router, body::Body, extract::Request, routing::get};
use http::{StatusCode, header};
use serde_json::json;
use tower::ServiceExt;
use url::Url;

use super::{App, Browser, Page, REDIRECT_URI, who};
use crate::{
    Auth,
    testing::{Answer, DISCOVERY},
};

#[tokio::test]
async fn a_visitor_logs_in_and_out() {
    let app = App::start().await;
    let mut browser = Browser::default();
    assert_eq!(app.who(&browser).await["is_logged_in"], false);

    let page = app.log_in(&mut browser).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    page.is_guarded();
    let who = app.who(&browser).await;
    assert_eq!(who["is_logged_in"], true);
    assert_eq!(who["name"], "Alice Example");
    assert_eq!(who["subject"], "110");
    assert_eq!(who["issuer"], app.idp.issuer);
    assert_eq!(who["provider"], "google");
    assert_eq!(who["email"], "alice@example.test");
    assert_eq!(who["is_email_verified"], false);
    assert_eq!(who["picture"], json!(null));
    assert_eq!(who["hd"], json!(null));

    let before = browser.clone();
    let form = format!("csrf_token={}", who["csrf_token"].as_str().unwrap());
    let page = app.post(&mut browser, "/auth/logout", &form).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    page.is_guarded();
    assert_eq!(browser.cookie("auth_session"), None);
    assert_eq!(
        app.who(&before).await["is_logged_in"],
        false,
        "a copied cookie is worth nothing"
    );
}

#[tokio::test]
async fn an_anonymous_visitor_has_no_claims() {
    let who = App::start().await.who(&Browser::default()).await;
    let expected = json!({
        "is_logged_in": false, "name": null, "subject": null, "issuer": null, "provider": null,
        "email": null, "is_email_verified": false, "picture": null, "hd": null, "claims": 0,
        "csrf_token": "", "tokens": [null, null], "roles": [],
    });
    assert_eq!(who, expected);
}

#[tokio::test]
async fn the_cookies_on_the_wire() {
    let check = async |redirect_uri: &str, prefix: &str, secure: &str| {
        let app = App::at(redirect_uri).await;
        let mut browser = Browser::default();
        let begun = app.get(&mut browser, "/auth/login/google").await;
        let query = app.idp.authorize(&Url::parse(begun.location()).unwrap());
        let finished = app
            .get(&mut browser, &format!("/oauth2callback?{query}"))
            .await;
        for (page, name, age) in [
            (begun, "auth_pending", 600),
            (finished, "auth_session", 2_592_000),
        ] {
            let name = format!("{prefix}{name}");
            let value = browser.cookie(&name).unwrap();
            assert_eq!(value.len(), 43);
            let expected =
                format!("{name}={value}; HttpOnly; SameSite=Lax;{secure} Path=/; Max-Age={age}");
            assert_eq!(page.headers[header::SET_COOKIE], expected);
        }
    };
    check(REDIRECT_URI, "", "").await;
    check("https://app.test/oauth2callback", "__Host-", " Secure;").await;
}

#[tokio::test]
async fn every_way_to_begin_a_login() {
    let app = App::start().await;
    let check = async |path: &str, expected: &str| {
        let page = app.get(&mut Browser::default(), path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert!(
            page.location().starts_with(expected),
            "{path}: {}",
            page.location()
        );
        page.is_guarded();
    };
    let provider = format!("{}/authorize?", app.idp.issuer);
    check("/auth/login/google", &provider).await;
    check("/auth/login?provider=google", &provider).await;
    check("/auth/login?x=1&provider=goo%67le", &provider).await;
    check("/auth/login/other", &provider).await;
    check("/sign-in", "/auth/login/google").await;
}

#[tokio::test]
async fn of_several_providers_visitors_choose() {
    let app = App::start().await;
    let page = app
        .get(&mut Browser::default(), "/auth/login?next=/report")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    page.is_guarded();
    for name in ["google", "other"] {
        let link = format!("href=\"/auth/login/{name}?next=%2Freport\"");
        assert!(page.body.contains(&link), "{}", page.body);
    }
    let only = App::configured(REDIRECT_URI, |config| config.providers.truncate(1)).await;
    let page = only.get(&mut Browser::default(), "/auth/login").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_unknown_provider_is_not_found() {
    let app = App::start().await;
    for path in [
        "/auth/login/x",
        "/auth/login/%ff",
        "/auth/login?provider=%3Cb%3E",
        "/auth/login/Google",
    ] {
        let page = app.get(&mut Browser::default(), path).await;
        assert_eq!(page.refusal(), (404, "provider.unknown"), "{path}");
        page.is_guarded();
    }
    assert_eq!(app.idp.asked(DISCOVERY), 0);
}

#[tokio::test]
async fn who_only_looks_ahead_begins_and_ends_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let begun = browser.0.clone();
    for path in [
        "/auth/login/google",
        "/auth/login?provider=google",
        &callback,
    ] {
        let page = app.send(&mut browser, Request::head(path), "").await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let ahead = Request::get(path).header("sec-purpose", "prefetch;prerender");
        let page = app.send(&mut browser, ahead, "").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    let page = app.post(&mut browser, &callback, "").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.0, begun);
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn on_another_name_of_this_machine_the_login_moves_first() {
    let app = App::start().await;
    let local = Request::get("/auth/login/google").header(header::HOST, "127.0.0.1:8501");
    let page = app.send(&mut Browser::default(), local, "").await;
    assert_eq!(
        page.location(),
        "http://localhost:8501/auth/login/google?on_redirect_host"
    );
    assert_eq!(page.headers.get(header::SET_COOKIE), None);
}

#[tokio::test]
async fn a_provider_that_is_down_makes_a_page_and_no_cookie() {
    let app = App::start().await;
    let check = async |answer: Answer, expected: (u16, &str)| {
        app.idp
            .edit(|world| drop(world.instead.insert(DISCOVERY, answer)));
        let page = app.get(&mut Browser::default(), "/auth/login/google").await;
        assert_eq!(page.refusal(), expected);
        assert_eq!(page.headers.get(header::SET_COOKIE), None);
        page.is_guarded();
    };
    check(Answer::Says(500, String::new()), (502, "provider.status")).await;
    check(
        Answer::Says(200, "<html>".to_owned()),
        (502, "provider.not_json"),
    )
    .await;
    check(
        Answer::Says(200, "{}".to_owned()),
        (502, "metadata.invalid"),
    )
    .await;
}

#[tokio::test]
async fn a_silent_provider_makes_a_page_in_time() {
    let app = App::start().await;
    let auth = Auth::builder(app.idp.config(REDIRECT_URI))
        .http_timeout(Duration::from_millis(50))
        .build()
        .await
        .expect("a store in memory");
    let impatient = App { auth, ..app };
    impatient
        .idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, Answer::Never)));
    let page = impatient
        .get(&mut Browser::default(), "/auth/login/google")
        .await;
    assert_eq!(page.refusal(), (504, "provider.timeout"));
}

#[tokio::test]
async fn without_the_layer_the_extractor_says_so() {
    let app = Router::new().route("/", get(who));
    let response = app
        .oneshot(Request::get("/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    let page = Page::read(response).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        page.body,
        "the extractor User needs the app to have .layer(auth.layer())"
    );
}

#[tokio::test]
async fn the_callback_stands_at_any_path() {
    for path in ["/a%7Bb%7D", "/deep/er/callback/", "/auth/callback"] {
        let app = App::at(&format!("http://localhost:8501{path}")).await;
        let page = app
            .get(&mut Browser::default(), &format!("{path}?code=c"))
            .await;
        assert_eq!(page.refusal(), (400, "callback.state"), "{path}");
    }
}
