//! The page on which logins show, and what it listens to.

use mock_idp::{MockIdp, Place};
use reqwest::Method;

use crate::app::App;

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
            let chunk = self.answer.chunk().await.unwrap()?;
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
    app.idp.clock().advance(std::time::Duration::from_hours(2));
    let state = events.next_named("state").await;
    assert!(
        state["html"].as_str().unwrap().contains("2 h ahead"),
        "{state}"
    );
    app.idp.reset();
    events.next_named("reset").await;
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
        let refused = app.get(path).await;
        assert_eq!(refused.status, 401, "{path}");
        assert!(
            refused
                .text
                .contains("a page cannot bring the control token"),
            "{}",
            refused.text
        );
        let foreign = open
            .request(Method::GET, path)
            .header("host", "evil.example");
        let foreign = open.send(foreign).await;
        assert_eq!(foreign.status, 403, "{path}: {}", foreign.text);
    }
    assert_eq!(
        open.send(open.request(Method::POST, "/_mock/"))
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn a_provider_stops_although_somebody_watches() {
    let app = App::start();
    let mut events = Events::of(&app).await;
    events.next_named("state").await;
    drop(app);
    assert!(events.next().await.is_none());
}
