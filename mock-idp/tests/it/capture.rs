//! What a test can ask about what arrived.

use mock_idp::{Check, Place};

use crate::app::{App, REDIRECT_URI};

#[tokio::test]
async fn an_exchange_tells_what_was_sent_and_answered() {
    let app = App::start();
    app.log_in().await;
    let requests = app.idp.requests();
    let token = requests.to(Place::Token);
    let token = token.only();
    assert_eq!(
        (token.method.as_str(), token.path.as_str(), token.status),
        ("POST", "/token", Some(200))
    );
    let first = token.form.iter().next();
    assert_eq!(first, Some(("grant_type", "authorization_code")));
    assert_eq!(token.parameter("redirect_uri"), Some(REDIRECT_URI));
    assert!(token.response_text().contains("\"id_token\""));
    assert_eq!(token.response_headers["cache-control"], "no-store");
    assert_eq!(
        token.client_id.as_deref(),
        Some(app.client.client_id.as_str())
    );
    assert_eq!(token.persona.as_deref(), Some("alice"));
    assert_eq!(token.refusal, None);
    let authorization = requests.to(Place::Authorization);
    assert_eq!(authorization.only().parameter("state"), Some("the state"));
    assert_eq!(requests.len(), 2);
    assert_eq!(requests.last().unwrap().place, Place::Token);
    assert!(requests.to(Place::Discovery).is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_by_name_and_reason() {
    let app = App::start();
    app.post("/token", &[("grant_type", "foo")]).await;
    let requests = app.idp.requests();
    let refusal = requests.only().refusal.clone().unwrap();
    assert_eq!(refusal.check, Check::TokenGrantType);
    assert!(
        requests
            .to_string()
            .contains("POST /token (token) -> 400 token.grant_type: grant_type is \"foo\"")
    );
}

#[tokio::test]
async fn a_line_about_an_exchange_holds_no_secret() {
    let app = App::start();
    let tokens = app.log_in().await;
    let code = app
        .idp
        .requests()
        .to(Place::Token)
        .only()
        .parameter("code")
        .unwrap()
        .to_owned();
    let lines = app.idp.requests().to_string();
    for secret in [
        app.secret(),
        &code,
        tokens["access_token"].as_str().unwrap(),
    ] {
        assert!(!lines.contains(secret), "{lines}");
    }
}

#[tokio::test]
async fn other_paths_are_told_what_there_is() {
    let app = App::start();
    let answer = app.get("/authorize").await;
    assert_eq!(answer.status, 404);
    let text = answer.json()["error_description"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        text.starts_with(
            "nothing is at /authorize; there are: /.well-known/openid-configuration (discovery)"
        ),
        "{text}"
    );
    assert_eq!(app.refusal().0, Check::RequestPath);
}

#[tokio::test]
async fn what_is_advertised_and_not_built_says_so() {
    let app = App::start();
    let answer = app.post("/device/code", &[]).await;
    assert_eq!(answer.status, 501);
    assert_eq!(app.refusal().0, Check::RequestNotBuilt);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = App::start();
    let body = format!("code={}", "x".repeat(1 << 20));
    let request = app
        .request(reqwest::Method::POST, "/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    assert_eq!(app.send(request).await.status, 413);
    let (check, reason) = app.refusal();
    assert_eq!(
        (check, reason.as_str()),
        (Check::RequestSize, "the body is larger than 1048576 bytes")
    );
}

#[tokio::test]
async fn head_is_answered_where_get_is_and_no_body_comes() {
    let app = App::start();
    let request = app.request(reqwest::Method::HEAD, "/.well-known/openid-configuration");
    let answer = app.send(request).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}
