//! Every question is seen to pass for an app that behaves, and to fail for one that does not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::question::{Problem, Question};
use mock_idp::{Place, TokenEndpointAuthMethod};
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
async fn pkce() {
    use Question::{
        CodeChallengeNeverRepeats, CodeVerifierIsLongEnough, CodeVerifierMatches, UsedPkceS256,
    };
    let plain = [("code_challenge_method", "plain")];
    check_first(
        UsedPkceS256,
        &plain,
        "code_challenge_method is \"plain\", not \"S256\"",
    )
    .await;
    let missing = [("code_challenge", ""), ("code_challenge_method", "")];
    check_first(UsedPkceS256, &missing, "code_challenge is missing").await;
    let same = digest(&verifier(1));
    let repeated = [("code_challenge", same.as_str())];
    check_first(
        CodeChallengeNeverRepeats,
        &repeated,
        "code_challenge is the same as in",
    )
    .await;
    let short = [("code_verifier", "short")];
    check_second(
        CodeVerifierIsLongEnough,
        &short,
        "code_verifier has 5 characters",
    )
    .await;
    let odd = "é".repeat(50);
    let odd = [("code_verifier", odd.as_str())];
    check_second(CodeVerifierIsLongEnough, &odd, "code_verifier has a 'é'").await;
    let other = verifier(3);
    let other = [("code_verifier", other.as_str())];
    check_second(CodeVerifierMatches, &other, "code_verifier does not give").await;
}

#[tokio::test]
async fn state_and_nonce() {
    let short = [("state", "2f")];
    let expected = "state has room for 8 bits, not for 128";
    check_first(Question::StateIsLongEnough { bits: 128 }, &short, expected).await;
    let same = digest("state 1");
    let repeated = [("state", same.as_str())];
    let expected = "state is the same as in request 2";
    check_first(Question::StateNeverRepeats, &repeated, expected).await;
    check_first(
        Question::StateNeverRepeats,
        &[("state", "")],
        "state is missing",
    )
    .await;
    let same = digest("nonce 1");
    let repeated = [("nonce", same.as_str())];
    check_first(
        Question::NonceIsUnique,
        &repeated,
        "nonce is the same as in",
    )
    .await;
    check_first(
        Question::NonceIsUnique,
        &[("nonce", "")],
        "nonce is missing",
    )
    .await;
}

#[tokio::test]
async fn what_is_asked_for() {
    let email = [("scope", "email")];
    let expected = "scope is \"email\", without openid";
    check_first(Question::ScopeHasOpenid, &email, expected).await;
    let scope = Question::ScopeIs {
        scope: "profile openid email".into(),
    };
    check_first(scope, &email, "scope is \"email\", not").await;
    let sends = Question::AuthorizationSends {
        parameter: "access_type".into(),
        value: "offline".into(),
    };
    check_first(
        sends.clone(),
        &[("access_type", "online")],
        "access_type is \"online\"",
    )
    .await;
    check_first(sends, &[("access_type", "")], "access_type is missing").await;
    let fragment = [("response_mode", "fragment")];
    check_first(
        Question::ResponseModeIsDefault,
        &fragment,
        "response_mode is \"fragment\"",
    )
    .await;
}

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
#[should_panic(expected = "mock-idp: used_pkce_s256 (RFC 7636 section 4.3): there is nothing")]
async fn what_is_asserted_panics() {
    App::start().idp.requests().assert(Question::UsedPkceS256);
}
