//! Token requests.

use mock_idp::TokenEndpointAuthMethod;
use mock_idp::question::Question;
use reqwest::Method;
use serde_json::Value;

use super::{authorize, check, check_first, check_second, exchange, log_in, refresh};
use crate::app::{App, REDIRECT_URI};

#[tokio::test]
async fn redirect_uri() {
    let slash = format!("{REDIRECT_URI}/");
    let slash = [("redirect_uri", slash.as_str())];
    let refused = "the provider refused it: ";
    check_first(Question::RedirectUriIsExact, &slash, refused).await;
    let differs = "redirect_uri is \"http://localhost:8501/oauth2callback/\"; the authorization";
    check_second(Question::RedirectUriIsExact, &slash, differs).await;
}

#[tokio::test]
async fn the_form_of_a_token_request() {
    let get = async |app: &App, _: &Value| {
        app.get("/token?code=x").await;
    };
    check(Question::TokenRequestIsForm, get, "the method is GET").await;
    let json = async |app: &App, _: &Value| {
        let request = app.request(Method::POST, "/token");
        app.send(
            request
                .header("content-type", "application/json")
                .body("{}"),
        )
        .await;
    };
    check(
        Question::TokenRequestIsForm,
        json,
        "the body is \"application/json\"",
    )
    .await;
}

#[tokio::test]
async fn client_authentication() {
    let by_post = Question::ClientAuthenticatedBy {
        method: TokenEndpointAuthMethod::ClientSecretPost,
    };
    let both = async |app: &App, _: &Value| {
        let code = authorize(app, 2, &[]).await.unwrap();
        let form = app.token_form(&code, &[]);
        app.send(form.basic_auth(&app.client.client_id, Some(app.secret())))
            .await;
    };
    let expected = "the client is proven by client_secret_basic and client_secret_post, not by";
    check(by_post.clone(), both, expected).await;
    let none = [("client_secret", "")];
    check_second(by_post, &none, "the client is proven by none, not by").await;
}

#[tokio::test]
async fn codes_and_refresh_tokens_are_sent_once() {
    let twice = async |app: &App, _: &Value| {
        let code = authorize(app, 2, &[]).await.unwrap();
        exchange(app, 2, &code, &[]).await;
        exchange(app, 2, &code, &[]).await;
    };
    check(Question::CodeSentOnce, twice, "the code was sent before").await;
    let at_once = async |app: &App, tokens: &Value| {
        refresh(app, tokens["refresh_token"].as_str().unwrap()).await;
    };
    let expected = "request 5 refreshed with the same token just before";
    check(Question::OneRefreshUnderConcurrency, at_once, expected).await;
}

#[tokio::test]
async fn a_refresh_token_may_be_used_again_when_it_is_time() {
    let app = App::start();
    let tokens = log_in(&app, 1, &[], &[]).await;
    app.idp.clock().advance(std::time::Duration::from_mins(59));
    refresh(&app, tokens["refresh_token"].as_str().unwrap()).await;
    app.idp
        .requests()
        .assert(Question::OneRefreshUnderConcurrency);
}
