//! What an app fetches, how often and when.

use mock_idp::question::Question;
use serde_json::Value;

use super::{check, discover, fails, log_in};
use crate::app::App;

#[tokio::test]
async fn userinfo_by_header() {
    let form = async |app: &App, tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap();
        app.post("/v1/userinfo", &[("access_token", token)]).await;
    };
    let question = Question::UserinfoByBearerHeader;
    check(
        question.clone(),
        form,
        "the token came as the parameter access_token",
    )
    .await;
    let nothing = async |app: &App, _: &Value| {
        app.get("/v1/userinfo").await;
    };
    check(
        question,
        nothing,
        "there is no Authorization header with Bearer",
    )
    .await;
}

#[tokio::test]
async fn what_is_fetched_when_and_how_often() {
    let again = async |app: &App, _: &Value| discover(app).await;
    let question = Question::DiscoveryFetchedAtMost { times: 1 };
    check(
        question,
        again,
        "discovery was fetched 2 times, not at most 1",
    )
    .await;
    let question = Question::KeysFetchedAtMost { times: 1 };
    check(question, again, "jwks was fetched 2 times, not at most 1").await;

    let app = App::start();
    log_in(&app, 1, &[], &[]).await;
    fails(
        &app,
        &Question::DiscoveryWasUsed,
        "the provider's metadata was not fetched before",
    );
    fails(
        &app,
        &Question::KeysFetchedBeforeUse,
        "the provider's keys were never fetched",
    );
    discover(&app).await;
    fails(
        &app,
        &Question::DiscoveryWasUsed,
        "the provider's metadata was not fetched before",
    );
    fails(
        &app,
        &Question::KeysFetchedBeforeUse,
        "the keys were fetched after request 2 only",
    );
    let app = App::start();
    discover(&app).await;
    log_in(&app, 1, &[], &[]).await;
    app.idp.requests().assert(Question::DiscoveryWasUsed);
}

#[tokio::test]
async fn elsewhere() {
    let guess = async |app: &App, _: &Value| {
        app.get("/favicon.ico").await;
        app.idp.requests().assert(Question::NothingSentElsewhere);
        app.get("/oauth/authorize").await;
    };
    let expected = "discovery does not name /oauth/authorize";
    check(Question::NothingSentElsewhere, guess, expected).await;
}

#[tokio::test]
async fn the_program_says_what_it_is() {
    let silent = async |app: &App, _: &Value| {
        app.jwks().await;
    };
    check(
        Question::UserAgentIsSent,
        silent,
        "there is no User-Agent header",
    )
    .await;
}
