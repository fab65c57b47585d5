//! Routes for people who are logged in, and the way back to them.

use axum::{Router, extract::Request, routing::get};
use http::{StatusCode, header};
use serde_json::json;
use url::Url;

use super::{App, Browser, Page, REDIRECT_URI};

impl App {
    /// An app with a page for people who are logged in.
    fn guarded(&self) -> Router {
        let report = Router::new()
            .route("/report", get(async || "the report").post(async || "sent"))
            .layer(self.auth.require_login_at("google"));
        Router::new()
            .merge(report)
            .route("/", get(async || "home"))
            .merge(self.auth.routes())
            .layer(self.auth.layer())
    }

    async fn ask(&self, browser: &mut Browser, request: http::request::Builder) -> Page {
        browser.send(self.guarded(), request, "").await
    }

    /// Logs in from this URL of the app on; where it ends.
    async fn log_in_from(&self, browser: &mut Browser, login: &str) -> String {
        let begun = self.ask(browser, Request::get(login)).await;
        let query = self.idp.authorize(&Url::parse(begun.location()).unwrap());
        let callback = format!("/oauth2callback?{query}");
        let ended = self.ask(browser, Request::get(callback)).await;
        ended.location().to_owned()
    }
}

fn page(path: &str) -> http::request::Builder {
    Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8")
}

#[tokio::test]
async fn a_page_is_shown_after_the_login_that_it_asks_for() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let asked = app
        .ask(&mut browser, page("/report?year=2026&q=a%20b"))
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let login = asked.location().to_owned();
    let next = "/auth/login/google?next=%2Freport%3Fyear%3D2026%26q%3Da%2520b";
    assert_eq!(login, next);
    let ended = app.log_in_from(&mut browser, &login).await;
    assert_eq!(ended, "/report?year=2026&q=a%20b");
    let shown = app.ask(&mut browser, page(&ended)).await;
    assert_eq!(
        (shown.status, shown.body.as_str()),
        (StatusCode::OK, "the report")
    );
    let sent = app.ask(&mut browser, Request::post("/report")).await;
    assert_eq!(sent.body, "sent");
}

#[tokio::test]
async fn a_script_is_told_and_not_sent_anywhere() {
    let app = App::start().await;
    let fetch = Request::get("/report")
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-mode", "cors");
    let json = Request::get("/report").header(header::ACCEPT, "application/json");
    let post = Request::post("/report").header(header::ACCEPT, "text/html");
    for request in [fetch, json, post, Request::get("/report")] {
        let refused = app.ask(&mut Browser::default(), request).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            refused.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        let body: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(
            (&body["status"], &body["title"]),
            (&401.into(), &"Unauthorized".into())
        );
        refused.is_guarded();
    }
}

#[tokio::test]
async fn a_handler_says_where_to_come_back_to() {
    let app = App::start().await;
    let auth = app.auth.clone();
    let asks = get(async move || auth.login("google").back_to("/report?a=1"));
    let router = Router::new().route("/in", asks);
    let sent = Browser::default().send(router, page("/in"), "").await;
    let login = sent.location();
    assert_eq!(login, "/auth/login/google?next=%2Freport%3Fa%3D1");
    let ended = app.log_in_from(&mut Browser::default(), login).await;
    assert_eq!(ended, "/report?a=1");
}

#[tokio::test]
async fn a_login_ends_on_no_other_site() {
    let app = App::start().await;
    for next in [
        "https://evil.test/",
        "//evil.test",
        "/%5Cevil.test",
        "/.//evil.test",
        "",
    ] {
        let login = format!("/auth/login/google?next={next}");
        let ended = app.log_in_from(&mut Browser::default(), &login).await;
        assert_eq!(ended, "/", "{next}");
    }
}

#[tokio::test]
async fn the_target_is_kept_on_the_way_to_the_host_of_the_callback() {
    let app = App::start().await;
    let request = Request::get("/auth/login/google?next=/report%3Fa%3D1");
    let request = request.header(header::HOST, "127.0.0.1:8501");
    let sent = app.ask(&mut Browser::default(), request).await;
    let there = "http://localhost:8501/auth/login/google?next=%2Freport%3Fa%3D1&on_redirect_host";
    assert_eq!(sent.location(), there);
}

#[tokio::test]
async fn where_nobody_says_which_provider_visitors_choose() {
    let two = App::start().await;
    let one = App::configured(REDIRECT_URI, |config| config.providers.truncate(1)).await;
    for (app, expected) in [
        (&two, "/auth/login?next=%2Freport"),
        (&one, "/auth/login/google?next=%2Freport"),
    ] {
        let guarded = Router::new()
            .route("/report", get(async || "the report"))
            .layer(app.auth.require_login())
            .layer(app.auth.layer());
        let sent = Browser::default().send(guarded, page("/report"), "").await;
        assert_eq!(sent.location(), expected);
    }
}

#[tokio::test]
async fn a_role_is_required_of_those_who_are_logged_in() {
    let app = App::configured(REDIRECT_URI, |config| {
        config.providers[0].roles_claim = Some("realm_access.roles".to_owned());
    })
    .await;
    let admin = || {
        Router::new()
            .route("/admin", get(async || "for admins"))
            .layer(app.auth.require_one_of(["admin", "owner"]))
            .layer(app.auth.layer())
    };
    let script = || Request::get("/admin").header(header::ACCEPT, "application/json");
    let mut browser = Browser::default();
    let sent = browser.send(admin(), page("/admin"), "").await;
    assert!(
        sent.location().ends_with("next=%2Fadmin"),
        "{}",
        sent.location()
    );
    assert_eq!(browser.send(admin(), script(), "").await.status, 401);

    for (roles, status) in [(json!(["staff"]), 403), (json!(["staff", "owner"]), 200)] {
        app.idp
            .edit(|world| world.claims["realm_access"] = json!({"roles": roles}));
        app.log_in(&mut browser).await;
        assert_eq!(
            browser.send(admin(), page("/admin"), "").await.status,
            status
        );
        assert_eq!(browser.send(admin(), script(), "").await.status, status);
    }
    app.idp
        .edit(|world| world.claims["realm_access"] = json!({"roles": "staff"}));
    app.log_in(&mut browser).await;
    let refused = browser.send(admin(), page("/admin"), "").await;
    assert_eq!(refused.refusal(), (403, "user.role"));
    refused.is_guarded();
    let refused = browser.send(admin(), script(), "").await;
    assert_eq!(
        refused.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(
        problem["detail"],
        "it needs one of these roles: admin, owner"
    );
}
