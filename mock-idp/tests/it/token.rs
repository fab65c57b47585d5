//! Every refusal of the token endpoint: its name, its reason, and what the provider says of it.

use std::time::Duration;

use mock_idp::Check;
use reqwest::Method;
use serde_json::json;

use crate::app::{Answer, App, Changes, REDIRECT_URI, VERIFIER};

pub(crate) fn refusal_is(
    app: &App,
    answer: &Answer,
    check: Check,
    reason: &str,
    status: u16,
    error: (&str, &str),
) {
    let (found, words) = app.refusal();
    assert_eq!(found, check, "{words}");
    assert!(words.contains(reason), "{words:?} does not say {reason:?}");
    assert_eq!(answer.status, status);
    assert_eq!(
        answer.json(),
        json!({"error": error.0, "error_description": error.1})
    );
    assert!(
        answer.text.starts_with("{\n  \"error\": "),
        "pretty, with two spaces: {}",
        answer.text
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
}

/// Exchanges a good code in a request that is wrong by `changes`.
pub(crate) async fn refused(
    changes: Changes<'_>,
    check: Check,
    reason: &str,
    status: u16,
    error: (&str, &str),
) {
    let app = App::start();
    let code = app.code(&[]).await;
    let answer = app.exchange(&code, changes).await;
    refusal_is(&app, &answer, check, reason, status, error);
    // A refusal does not use up the code.
    assert_eq!(app.exchange(&code, &[]).await.status, 200);
}

#[tokio::test]
async fn google_1_6_malformed_code() {
    let check = async |code: &str, reason: &str| {
        let error = ("invalid_grant", "Malformed auth code.");
        refused(
            &[("code", code)],
            Check::TokenCodeMalformed,
            reason,
            400,
            error,
        )
        .await;
    };
    check("garbage", "a code begins with 4/0A").await;
    check("4%2F0Aabc", "percent-encoded twice").await;
}

#[tokio::test]
async fn google_1_6_unknown_code() {
    let error = ("invalid_grant", "Bad Request");
    refused(
        &[("code", "4/0Aabc")],
        Check::TokenCode,
        "none that this provider issued",
        400,
        error,
    )
    .await;
}

#[tokio::test]
async fn google_1_6_a_code_is_good_once_and_a_second_use_revokes() {
    let app = App::start();
    let code = app.code(&[]).await;
    let token = app.exchange(&code, &[]).await.json()["access_token"].clone();
    let userinfo = async || {
        let request = app.request(Method::GET, "/v1/userinfo");
        app.send(request.bearer_auth(token.as_str().unwrap()))
            .await
            .status
    };
    assert_eq!(userinfo().await, 200);
    let answer = app.exchange(&code, &[]).await;
    let error = ("invalid_grant", "Bad Request");
    refusal_is(
        &app,
        &answer,
        Check::TokenCodeUsed,
        "the code was used before",
        400,
        error,
    );
    assert_eq!(userinfo().await, 401);
    assert!(
        app.refusal()
            .1
            .contains("revoked: its code was used a second time")
    );
}

#[tokio::test]
async fn google_1_6_a_code_is_good_for_ten_minutes() {
    let app = App::start();
    app.idp.clock().freeze();
    let code = app.code(&[]).await;
    app.idp.clock().advance(Duration::from_mins(10));
    let answer = app.exchange(&code, &[]).await;
    let error = ("invalid_grant", "Bad Request");
    refusal_is(
        &app,
        &answer,
        Check::TokenCodeExpired,
        "the code is over since 0 s",
        400,
        error,
    );

    let code = app.code(&[]).await;
    app.idp.clock().advance(Duration::from_secs(599));
    assert_eq!(app.exchange(&code, &[]).await.status, 200);
}

#[tokio::test]
async fn google_1_6_missing_code_verifier() {
    let error = ("invalid_grant", "Missing code verifier.");
    let reason = "had a code_challenge, and no code_verifier came";
    refused(
        &[("code_verifier", "")],
        Check::TokenCodeVerifierMissing,
        reason,
        400,
        error,
    )
    .await;
}

#[tokio::test]
async fn google_1_6_wrong_code_verifier() {
    let error = ("invalid_grant", "Invalid code verifier.");
    let changes = [(
        "code_verifier",
        "another-verifier-of-forty-three-characters-00",
    )];
    let reason = "does not give the S256 code_challenge";
    refused(&changes, Check::TokenCodeVerifier, reason, 400, error).await;
}

#[tokio::test]
async fn google_1_6_code_verifier_without_a_challenge() {
    let app = App::start();
    let code = app
        .code(&[("code_challenge", ""), ("code_challenge_method", "")])
        .await;
    let answer = app.exchange(&code, &[]).await;
    let error = ("invalid_grant", "code_verifier or verifier is not needed.");
    let reason = "the authorization request had no code_challenge";
    refusal_is(
        &app,
        &answer,
        Check::TokenCodeVerifierUnneeded,
        reason,
        400,
        error,
    );
    assert_eq!(
        app.exchange(&code, &[("code_verifier", "")]).await.status,
        200
    );
}

#[tokio::test]
async fn google_1_3_a_plain_challenge_is_the_verifier_and_is_the_default() {
    let app = App::start();
    for method in ["plain", ""] {
        let changes = [
            ("code_challenge", VERIFIER),
            ("code_challenge_method", method),
        ];
        let code = app.code(&changes).await;
        let wrong = app.exchange(&code, &[("code_verifier", "another")]).await;
        assert_eq!(wrong.json()["error_description"], "Invalid code verifier.");
        assert_eq!(app.exchange(&code, &[]).await.status, 200, "{method:?}");
    }
}

#[tokio::test]
async fn google_1_6_redirect_uri() {
    let error = ("redirect_uri_mismatch", "Bad Request");
    let reason = "redirect_uri is \"http://localhost:1/\"; the authorization request had";
    let changes = [("redirect_uri", "http://localhost:1/")];
    refused(&changes, Check::TokenRedirectUri, reason, 400, error).await;
    let error = ("invalid_request", "Missing parameter: redirect_uri");
    let reason = "redirect_uri is missing";
    refused(
        &[("redirect_uri", "")],
        Check::TokenRedirectUriMissing,
        reason,
        400,
        error,
    )
    .await;
}

#[tokio::test]
async fn google_1_6_grant_type() {
    let error = ("unsupported_grant_type", "Invalid grant_type: foo");
    refused(
        &[("grant_type", "foo")],
        Check::TokenGrantType,
        "grant_type is \"foo\"",
        400,
        error,
    )
    .await;
    let error = (
        "invalid_request",
        "Required parameter is missing: grant_type",
    );
    refused(
        &[("grant_type", "")],
        Check::TokenGrantTypeMissing,
        "is missing",
        400,
        error,
    )
    .await;
    for grant in [
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ] {
        let text = format!("mock-idp does not answer grant_type={grant} yet");
        let error = ("unsupported_grant_type", text.as_str());
        let reason = "this provider answers \"authorization_code\"";
        refused(
            &[("grant_type", grant)],
            Check::TokenGrantTypeNotBuilt,
            reason,
            400,
            error,
        )
        .await;
    }
}

#[tokio::test]
async fn a_code_belongs_to_its_client() {
    let app = App::start();
    let other = app.idp.register(REDIRECT_URI);
    let code = app.code(&[]).await;
    let changes = [
        ("client_id", other.client_id.as_str()),
        ("client_secret", other.client_secret.as_deref().unwrap()),
    ];
    let answer = app.exchange(&code, &changes).await;
    let error = ("invalid_grant", "Bad Request");
    refusal_is(
        &app,
        &answer,
        Check::TokenCodeClient,
        "the code was issued to",
        400,
        error,
    );
}

#[tokio::test]
async fn a_parameter_comes_once_and_in_a_form() {
    let app = App::start();
    let code = app.code(&[]).await;
    let twice = [("code", code.as_str()), ("code", code.as_str())];
    let answer = app.exchange(&code, &twice).await;
    let text = "OAuth 2 parameters can only have a single value: code";
    let reason = "the parameter code came more than once";
    refusal_is(
        &app,
        &answer,
        Check::TokenDuplicateParameter,
        reason,
        400,
        ("invalid_request", text),
    );

    let json = app
        .request(Method::POST, "/token")
        .header("content-type", "application/json")
        .body("{}");
    let answer = app.send(json).await;
    let reason = "the body is application/json";
    refusal_is(
        &app,
        &answer,
        Check::TokenContentType,
        reason,
        400,
        ("invalid_request", "Bad Request"),
    );
}

#[tokio::test]
async fn google_1_6_missing_code() {
    let error = ("invalid_request", "Missing required parameter: code");
    refused(
        &[("code", "")],
        Check::TokenCodeMissing,
        "the parameter code is missing",
        400,
        error,
    )
    .await;
}

#[tokio::test]
async fn google_1_6_get_is_405() {
    let app = App::start();
    let answer = app.get("/token").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), "POST");
    let (check, reason) = app.refusal();
    assert_eq!(
        (check, reason.as_str()),
        (Check::RequestMethod, "/token takes POST, not GET")
    );
}
