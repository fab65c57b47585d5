//! The page on which logins show, and what it listens to.

use std::time::Duration;

use mock_idp::{MockIdp, Place};
use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::time::timeout;

use crate::app::App;

/// Long enough for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// The next event of a stream that begun with this.
struct Events {
    answer: reqwest::Response,
    read: String,
}

impl Events {
    async fn of(app: &App) -> Self {
        let answer = app
            .request(Method::GET, "/_mock/events")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            read: String::new(),
        }
    }

    /// Its name and data; none where the stream ended.
    async fn next(&mut self) -> Option<(String, serde_json::Value)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (name, data) = event.split_once('\n').unwrap();
                let name = name.strip_prefix("event: ").unwrap().to_owned();
                let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
                self.read = rest.into();
                return Some((name, data));
            }
            let chunk = timeout(PATIENCE, self.answer.chunk()).await;
            let chunk = chunk.expect("an event in time").unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn next_named(&mut self, name: &str) -> serde_json::Value {
        loop {
            let (found, data) = self.next().await.unwrap();
            if found == name {
                return data;
            }
        }
    }
}

#[tokio::test]
async fn the_page_shows_logins_decoded_and_without_secrets() {
    let app = App::start();
    let tokens = app.log_in().await;
    let page = app.get("/_mock/").await;
    assert_eq!(page.status, 200);
    let html = &page.text;
    assert!(
        html.contains("tokens given") && html.contains("alice at "),
        "{html}"
    );
    assert!(
        html.contains("id_token, decoded") && html.contains("&#34;nonce&#34;: &#34;the nonce&#34;"),
        "{html}"
    );
    let code = app
        .idp
        .requests()
        .to(Place::Token)
        .only()
        .parameter("code")
        .unwrap()
        .to_owned();
    let secrets = [
        &code,
        app.secret(),
        tokens["id_token"].as_str().unwrap(),
        tokens["access_token"].as_str().unwrap(),
    ];
    for secret in secrets {
        assert!(!html.contains(secret), "{secret}");
    }
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"),
        "{policy}"
    );
    assert_eq!(
        app.get("/_mock").await.text.len(),
        html.len(),
        "with and without the slash"
    );
}

#[tokio::test]
async fn a_login_is_told_as_it_happens() {
    let app = App::start();
    let mut events = Events::of(&app).await;
    let state = events.next_named("state").await;
    assert!(
        state["html"]
            .as_str()
            .unwrap()
            .contains("alice: Alice Example")
    );
    let code = app.code(&[]).await;
    let login = events.next_named("login").await;
    assert!(
        login["html"].as_str().unwrap().contains("back at the app"),
        "{login}"
    );
    app.exchange(&code, &[]).await;
    let again = events.next_named("login").await;
    assert_eq!(again["id"], login["id"], "it is the same login");
    assert!(
        again["html"].as_str().unwrap().contains("tokens given"),
        "{again}"
    );
}

#[tokio::test]
async fn what_is_moved_and_forgotten_is_told() {
    let app = App::start();
    app.code(&[]).await;
    let mut events = Events::of(&app).await;
    events.next_named("login").await;
    app.idp.clock().advance(Duration::from_hours(2));
    let state = events.next_named("state").await;
    assert!(
        state["html"].as_str().unwrap().contains("2 h ahead"),
        "{state}"
    );
    app.idp.reset();
    events.next_named("reset").await;
}

#[tokio::test]
async fn a_reset_is_told_although_as_much_follows() {
    let app = App::start();
    let mut events = Events::of(&app).await;
    app.get("/jwks").await;
    let before = events.next_named("login").await;
    assert!(
        before["html"].as_str().unwrap().contains("GET /jwks"),
        "{before}"
    );
    app.idp.reset();
    app.get("/userinfo").await;
    events.next_named("reset").await;
    let after = events.next_named("login").await;
    assert!(
        after["html"].as_str().unwrap().contains("GET /userinfo"),
        "{after}"
    );
}

#[tokio::test]
async fn what_the_app_did_wrong_stands_beside_its_login() {
    let app = App::start();
    app.authorize(&[("nonce", ""), ("state", "short")]).await;
    let html = app.get("/_mock/").await.text;
    assert!(
        html.contains("nonce is missing or empty") && html.contains("OpenID Connect Core"),
        "{html}"
    );
    app.authorize(&[("redirect_uri", "http://localhost:8501/elsewhere")])
        .await;
    let html = app.get("/_mock/").await.text;
    assert!(
        html.contains("refused") && html.contains("authorization.redirect_uri"),
        "{html}"
    );
}

#[tokio::test]
async fn nobody_else_may_watch() {
    let app = App::with(MockIdp::builder().control_token("a-token").start().unwrap());
    let open = App::start();
    for path in ["/_mock/", "/_mock/events"] {
        let words = refused(app.request(Method::GET, path), StatusCode::UNAUTHORIZED).await;
        assert!(
            words.contains("a page cannot bring the control token"),
            "{words}"
        );
        let foreign = open.request(Method::GET, path);
        refused(
            foreign.header("host", "evil.example"),
            StatusCode::FORBIDDEN,
        )
        .await;
    }
    refused(
        open.request(Method::POST, "/_mock/"),
        StatusCode::METHOD_NOT_ALLOWED,
    )
    .await;
}

/// What is said to a request that is refused. Events that are not refused have no end.
async fn refused(request: RequestBuilder, status: StatusCode) -> String {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status, "{}", answer.url());
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_provider_stops_although_somebody_watches() {
    let app = App::start();
    let mut events = Events::of(&app).await;
    events.next_named("state").await;
    drop(app);
    assert!(events.next().await.is_none());
}
