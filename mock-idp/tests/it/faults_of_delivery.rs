//! What a fault does to the delivery of an answer, seen on the wire.

use std::time::{Duration, SystemTime};

use mock_idp::{Place, at, discovery, jwks, token};
use reqwest::Method;

use crate::app::App;

#[tokio::test]
async fn a_late_answer_comes_late() {
    let app = App::start();
    let clock = app.idp.clock();
    app.idp.fault(discovery().delay(Duration::from_millis(50)));
    let before: SystemTime = clock.now();
    assert_eq!(
        app.get("/.well-known/openid-configuration").await.status,
        200
    );
    assert!(clock.now().duration_since(before).unwrap() >= Duration::from_millis(50));
}

#[tokio::test]
async fn silence_lasts_as_long_as_the_app_waits() {
    let app = App::start();
    app.idp.fault(token().silence());
    let request = app.form("/token", &[]).timeout(Duration::from_millis(100));
    let error = app.try_send(request).await.err().unwrap();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(app.idp.requests().to(Place::Token).only().status, None);
    app.idp.verify();
}

#[tokio::test]
async fn a_reset_is_one() {
    let app = App::start();
    app.idp.fault(token().reset());
    let error = app.try_send(app.form("/token", &[])).await.err().unwrap();
    let text = format!("{error:?}");
    assert!(text.contains("ConnectionReset"), "{text}");
    app.idp.verify();
}

#[tokio::test]
async fn a_truncated_body_ends_in_the_middle() {
    let app = App::start();
    app.idp.fault(discovery().truncate(10).once());
    let request = app.request(Method::GET, "/.well-known/openid-configuration");
    let error = app.try_send(request).await.err().unwrap();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(
        app.get("/.well-known/openid-configuration").await.status,
        200
    );
}

#[tokio::test]
async fn a_repeated_body_has_the_size_it_was_told() {
    let app = App::start();
    app.idp.fault(jwks().repeat(50_000_000));
    let answer = app.get("/oauth2/v3/certs").await;
    assert_eq!(answer.text.len(), 50_000_000);
    assert!(answer.text.starts_with("{\n  \"keys\""));
    // What is kept of it is small.
    let requests = app.idp.requests();
    assert!(requests.to(Place::Jwks).only().response_body.len() < 10_000);
}

#[tokio::test]
async fn a_dripping_body_arrives_in_the_end() {
    let app = App::start();
    app.idp.fault(
        token()
            .body("text/plain", "slow")
            .drip(Duration::from_millis(2)),
    );
    assert_eq!(app.post("/token", &[]).await.text, "slow");
}

#[tokio::test]
async fn a_page_can_fail() {
    let app = App::start();
    app.idp.fault(
        at(Place::AccountChooser)
            .status(503)
            .body("text/plain", "down")
            .instead(),
    );
    assert_eq!(
        app.get("/v3/signin/identifier?transaction=x").await.status,
        503
    );
}
