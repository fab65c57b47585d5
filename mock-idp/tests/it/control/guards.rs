//! Who may ask.

use mock_idp::{MockIdp, StartError};
use reqwest::Method;

use super::assert_problem;
use crate::app::{Answer, App};

/// A POST of nothing to `reset`, with these headers.
async fn reset(app: &App, headers: &[(&str, &str)]) -> Answer {
    let mut request = app.request(Method::POST, "/_mock/reset");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request).await
}

#[tokio::test]
async fn a_name_that_others_can_resolve_to_this_address_is_refused() {
    let app = App::start();
    for host in [
        "evil.example",
        "evil.example:9000",
        "localhost.evil.example",
    ] {
        let answer = reset(&app, &[("host", host)]).await;
        let words = format!("the Host {host} is neither localhost");
        assert_problem(&answer, 403, "host", &words);
    }
    for host in [
        "localhost:9000",
        "127.0.0.1",
        "[::1]:9000",
        "app.localhost",
        "10.1.2.3",
    ] {
        assert_eq!(reset(&app, &[("host", host)]).await.status, 204, "{host}");
    }
}

#[tokio::test]
async fn the_issuers_host_is_a_name_of_the_provider() {
    let idp = MockIdp::builder().issuer("http://idp:9000/realms/x");
    let idp = idp.start().unwrap();
    let url = format!("http://{}/realms/x/_mock/reset", idp.address());
    let app = App::with(MockIdp::start());
    let post = async |host: &str| {
        let request = app.request_to(Method::POST, &url);
        app.send(request.header("host", host)).await.status
    };
    assert_eq!(post("idp:9000").await, 204);
    assert_eq!(post("other:9000").await, 403);
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let app = App::start();
    let own = app.idp.issuer().to_owned();
    assert_eq!(reset(&app, &[("origin", &own)]).await.status, 204);
    for origin in ["http://localhost:8501", "https://evil.example", "null"] {
        let answer = reset(&app, &[("origin", origin)]).await;
        assert_problem(
            &answer,
            403,
            "origin",
            &format!("the Origin {origin} is not"),
        );
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn arguments_of_a_form_are_refused() {
    let app = App::start();
    let post = async |content_type: &str| {
        let request = app.request(Method::POST, "/_mock/register");
        let request = request.header("content-type", content_type);
        app.send(request.body(r#"{"redirect_uri": "http://a/cb"}"#))
            .await
    };
    for wrong in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let words = format!("the Content-Type is {wrong}, and must be application/json");
        assert_problem(&post(wrong).await, 415, "content_type", &words);
    }
    assert_eq!(post("application/json; charset=utf-8").await.status, 200);
    let request = app.request(Method::POST, "/_mock/register");
    let answer = app.send(request.body("{}")).await;
    assert_problem(&answer, 415, "content_type", "the Content-Type is nothing");
}

#[tokio::test]
async fn where_there_is_a_token_it_must_come() {
    let idp = MockIdp::builder().control_token("s3cret").start();
    let app = App::with(idp.unwrap());
    let answer = reset(&app, &[]).await;
    assert_problem(&answer, 401, "token", "the control token is missing");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    for wrong in ["Bearer other", "Bearer s3cret2"] {
        let answer = reset(&app, &[("authorization", wrong)]).await;
        assert_problem(&answer, 401, "token", "this is not the control token");
    }
    let answer = reset(&app, &[("authorization", "Basic s3cret")]).await;
    assert_problem(&answer, 401, "token", "is missing");
    let right = ("authorization", "Bearer s3cret");
    assert_eq!(reset(&app, &[right]).await.status, 204);
    // Who has the token may call the provider what they like, but is still no page of others.
    assert_eq!(
        reset(&app, &[right, ("host", "idp.internal")]).await.status,
        204
    );
    let answer = reset(&app, &[right, ("origin", "http://evil.example")]).await;
    assert_problem(&answer, 403, "origin", "is not that of the Host");
}

#[tokio::test]
async fn whether_it_is_there_and_what_it_can_do_need_no_token() {
    let idp = MockIdp::builder().control_token("s3cret").start();
    let app = App::with(idp.unwrap());
    assert_eq!(app.shown("healthz").await["status"], "ok");
    assert_eq!(app.shown("openapi.json").await["openapi"], "3.1.0");
    let answer = app.get("/_mock/requests").await;
    assert_problem(&answer, 401, "token", "missing");
}

#[test]
fn a_token_that_no_request_could_bring_is_refused_at_the_start() {
    for token in ["", "two words", "tök", "line\n"] {
        let started = MockIdp::builder().control_token(token).start();
        assert!(
            matches!(started, Err(StartError::ControlToken)),
            "{token:?}"
        );
    }
}
