//! What must not stand where others can read it.

use mock_idp::question::Question;
use reqwest::Method;
use serde_json::Value;

use super::check;
use crate::app::{App, REDIRECT_URI};

#[tokio::test]
async fn secrets_stay_out_of_urls_and_of_the_browser() {
    let question = Question::SecretOnlyInHeaderOrBody;
    let in_url = async |app: &App, _: &Value| {
        let path = format!("/token?client_secret={}", app.secret());
        app.post(&path, &[]).await;
    };
    check(question.clone(), in_url, "client_secret stands in the URL").await;
    let renamed = async |app: &App, _: &Value| {
        app.get(&format!("/v1/userinfo?key={}", app.secret())).await;
    };
    check(
        question.clone(),
        renamed,
        "a secret stands in the URL, as key",
    )
    .await;
    let in_path = async |app: &App, _: &Value| {
        app.get(&format!("/{}", app.secret())).await;
    };
    check(question.clone(), in_path, "a secret stands in the path").await;
    let by_browser = async |app: &App, _: &Value| {
        app.post("/o/oauth2/v2/auth", &[("client_secret", app.secret())])
            .await;
    };
    check(
        question,
        by_browser,
        "client_secret came by way of the browser",
    )
    .await;
}

#[tokio::test]
async fn tokens_stay_out_of_urls() {
    let question = Question::NoTokenInUrl;
    let named = async |app: &App, tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap();
        app.get(&format!("/v1/userinfo?access_token={token}")).await;
    };
    check(question.clone(), named, "access_token stands in the URL").await;
    let renamed = async |app: &App, tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap();
        app.get(&format!("/v1/userinfo?t={token}")).await;
    };
    check(
        question.clone(),
        renamed,
        "a secret stands in the URL, as t",
    )
    .await;
    let verifier = async |app: &App, _: &Value| {
        app.post("/token?code_verifier=v", &[]).await;
    };
    check(
        question.clone(),
        verifier,
        "code_verifier stands in the URL",
    )
    .await;
    let referer = async |app: &App, _: &Value| {
        let request = app.request(Method::GET, "/v1/userinfo");
        app.send(request.header("referer", format!("{REDIRECT_URI}?code=c")))
            .await;
    };
    check(question, referer, "a code stands in the Referer").await;
}
