//! Every question is seen to pass for an app that behaves, and to fail for one that does not.

mod authorization;
mod endpoints;
mod secrecy;
mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::persona::that_hurt;
use mock_idp::question::{Problem, Question};
use mock_idp::{AutoLogin, MockIdp, Place, TransactionId};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::app::{App, Changes, REDIRECT_URI};

/// All changes, and what is right where there is none.
fn changed<'a>(right: Changes<'a>, changes: Changes<'a>) -> Vec<(&'a str, &'a str)> {
    let is_kept = |pair: &&(&str, &str)| changes.iter().all(|change| change.0 != pair.0);
    let kept = right.iter().filter(is_kept);
    kept.chain(changes).copied().collect()
}

fn verifier(number: u32) -> String {
    format!("{number:0>43}")
}

/// Text that is another for every number: a state, a nonce, the challenge of a verifier.
fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

async fn fetch(app: &App, path: &str) {
    app.send(app.request(Method::GET, path).header("user-agent", "app"))
        .await;
}

async fn discover(app: &App) {
    fetch(app, "/.well-known/openid-configuration").await;
    fetch(app, "/oauth2/v3/certs").await;
}

/// The code that an app's authorization request gets, which is right but for the changes.
async fn authorize(app: &App, number: u32, changes: Changes<'_>) -> Option<String> {
    let challenge = digest(&verifier(number));
    let (state, nonce) = (
        digest(&format!("state {number}")),
        digest(&format!("nonce {number}")),
    );
    let right = [
        ("state", state.as_str()),
        ("nonce", nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("access_type", "offline"),
    ];
    let answer = app.authorize(&changed(&right, changes)).await;
    (answer.status == 302 && answer.location().starts_with(REDIRECT_URI))
        .then(|| answer.callback().remove("code"))
        .flatten()
}

/// The answer to an app's token request, which is right but for the changes.
async fn exchange(app: &App, number: u32, code: &str, changes: Changes<'_>) -> Value {
    let verifier = verifier(number);
    let form = app.token_form(code, &changed(&[("code_verifier", &verifier)], changes));
    app.send(form.header("user-agent", "app")).await.json()
}

/// A login that is right but for the changes in its first request and in its second.
async fn log_in(app: &App, number: u32, first: Changes<'_>, second: Changes<'_>) -> Value {
    let code = authorize(app, number, first).await.unwrap();
    let tokens = exchange(app, number, &code, second).await;
    if let Some(token) = tokens["access_token"].as_str() {
        let request = app.request(Method::GET, "/v1/userinfo").bearer_auth(token);
        app.send(request.header("user-agent", "app")).await;
    }
    if let Some(token) = tokens["refresh_token"].as_str() {
        refresh(app, token).await;
    }
    tokens
}

async fn refresh(app: &App, token: &str) {
    let form = app.form(
        "/token",
        &[
            ("grant_type", "refresh_token"),
            ("client_id", &app.client.client_id),
            ("client_secret", app.secret()),
            ("refresh_token", token),
        ],
    );
    app.send(form.header("user-agent", "app")).await;
}

/// Passes after a login as it should be, and fails for this reason once the app misbehaved.
async fn check(question: Question, misbehave: impl AsyncFn(&App, &Value), expected: &str) {
    let app = App::start();
    discover(&app).await;
    let tokens = log_in(&app, 1, &[], &[]).await;
    app.idp.requests().assert(question.clone());
    misbehave(&app, &tokens).await;
    fails(&app, &question, expected);
}

fn fails(app: &App, question: &Question, expected: &str) {
    let finding = app.idp.requests().ask(question.clone()).unwrap_err();
    let problem = finding.problem.to_string();
    assert!(problem.starts_with(expected), "{question}: {problem}");
    assert!(matches!(finding.problem, Problem::No { .. }), "{problem}");
    let text = finding.to_string();
    assert!(text.starts_with(&format!("{question} (")), "{text}");
    assert!(text.contains("\nsequenceDiagram\n"), "{text}");
    assert!(!text.contains(app.secret()), "{text}");
}

/// A second login that differs in its authorization request.
async fn check_first(question: Question, changes: Changes<'_>, expected: &str) {
    let misbehave = async |app: &App, _: &Value| {
        authorize(app, 2, changes).await;
    };
    check(question, misbehave, expected).await;
}

/// A second login that differs in its token request.
async fn check_second(question: Question, changes: Changes<'_>, expected: &str) {
    let misbehave = async |app: &App, _: &Value| {
        log_in(app, 2, &[], changes).await;
    };
    check(question, misbehave, expected).await;
}

#[tokio::test]
async fn an_app_that_behaves_passes_all_and_there_is_something_to_judge_by() {
    let app = App::start();
    discover(&app).await;
    for number in 0..3 {
        log_in(&app, number, &[], &[]).await;
    }
    for question in Question::FOR_EVERY_APP {
        app.idp.requests().assert(question);
    }
    let idle = App::start();
    for question in Question::FOR_EVERY_APP {
        let finding = idle.idp.requests().ask(question).unwrap_err();
        assert!(
            matches!(finding.problem, Problem::NothingToJudge { .. }),
            "{finding}"
        );
    }
}

#[tokio::test]
async fn a_question_about_what_was_dropped_fails_and_says_so() {
    let app = App::start();
    log_in(&app, 1, &[], &[]).await;
    for _ in 0..1_000 {
        app.jwks().await;
    }
    let requests = app.idp.requests();
    let finding = requests
        .to(Place::Jwks)
        .ask(Question::KeysFetchedAtMost { times: 9_999 });
    let finding = finding.unwrap_err();
    assert_eq!(finding.problem, Problem::Dropped { dropped: 4 });
    // Of a login that began since, nothing can be missing.
    log_in(&app, 2, &[], &[]).await;
    let requests = app.idp.requests();
    let last = *requests.transactions().last().unwrap();
    requests.of_transaction(last).assert(Question::UsedPkceS256);
}

#[tokio::test]
async fn a_question_about_what_was_cut_fails_and_says_so_and_the_login_is_still_one() {
    let app = App::with(MockIdp::builder().personas(that_hurt()).start().unwrap());
    app.idp
        .set_auto_login(AutoLogin::Persona("many-groups".into()));
    discover(&app).await;
    log_in(&app, 1, &[], &[]).await;
    let requests = app.idp.requests();
    let [id]: [TransactionId; 1] = requests.transactions().try_into().unwrap();
    assert_eq!(requests.of_transaction(id).to(Place::UserInfo).len(), 1);
    requests.assert(Question::CodeSentOnce);
    let finding = requests.ask(Question::NoTokenInUrl).unwrap_err();
    assert_eq!(finding.problem, Problem::Cut { exchange: 3 });
}

#[tokio::test]
#[should_panic(expected = "mock-idp: used_pkce_s256 (RFC 7636 section 4.3): there is nothing")]
async fn what_is_asserted_panics() {
    App::start().idp.requests().assert(Question::UsedPkceS256);
}
