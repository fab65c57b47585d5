//! How a client proves itself at the token endpoint, and how it fails to.

use mock_idp::{Check, MockIdp};

use crate::app::App;
use crate::token::{refusal_is, refused};

#[tokio::test]
async fn google_1_6_client_authentication() {
    let error = (
        "invalid_request",
        "Could not determine client ID from request.",
    );
    let reason = "neither an Authorization header nor client_id";
    refused(
        &[("client_id", "")],
        Check::TokenClientIdMissing,
        reason,
        400,
        error,
    )
    .await;
    let error = ("invalid_request", "client_secret is missing.");
    let reason = "the client has a secret";
    refused(
        &[("client_secret", "")],
        Check::TokenClientSecretMissing,
        reason,
        400,
        error,
    )
    .await;
    let error = ("invalid_client", "The OAuth client was not found.");
    let reason = "registered as \"nobody\"";
    refused(
        &[("client_id", "nobody")],
        Check::TokenClient,
        reason,
        401,
        error,
    )
    .await;
    let error = ("invalid_client", "The provided client secret is invalid.");
    let reason = "it has 5 characters, not 35";
    refused(
        &[("client_secret", "wrong")],
        Check::TokenClientSecret,
        reason,
        401,
        error,
    )
    .await;
    let reason = "another one of the same length";
    let wrong = "x".repeat(35);
    refused(
        &[("client_secret", &wrong)],
        Check::TokenClientSecret,
        reason,
        401,
        error,
    )
    .await;
}

#[tokio::test]
async fn google_1_6_an_empty_or_broken_basic_header() {
    let app = App::start();
    let code = app.code(&[]).await;
    for header in ["Basic ", "Basic !", "Digest x"] {
        let request = app
            .token_form(&code, &[("client_secret", "")])
            .header("authorization", header);
        let answer = app.send(request).await;
        let error = ("invalid_request", "Bad Request");
        refusal_is(&app, &answer, Check::TokenBasic, "is not Basic", 400, error);
    }
}

#[tokio::test]
async fn a_client_proves_itself_once() {
    let app = App::start();
    let code = app.code(&[]).await;
    let secret = Some(app.secret());
    let error = ("invalid_request", "Bad Request");
    let twice = app
        .token_form(&code, &[])
        .basic_auth(&app.client.client_id, secret);
    let answer = app.send(twice).await;
    let reason = "more than once, by the Authorization header and client_secret";
    refusal_is(
        &app,
        &answer,
        Check::TokenClientAuthentication,
        reason,
        400,
        error,
    );
    let changes = [("client_secret", ""), ("client_id", "somebody else")];
    let other = app
        .token_form(&code, &changes)
        .basic_auth(&app.client.client_id, secret);
    let answer = app.send(other).await;
    let reason = "the body from \"somebody else\"";
    refusal_is(
        &app,
        &answer,
        Check::TokenClientAuthentication,
        reason,
        400,
        error,
    );
}

#[tokio::test]
async fn google_1_6_a_wrong_secret_had_other_words_before_2026() {
    let idp = MockIdp::builder().flavour("google@2024-06").start();
    let app = App::with(idp.unwrap());
    let code = app.code(&[]).await;
    let answer = app.exchange(&code, &[("client_secret", "wrong")]).await;
    let said = answer.json();
    assert_eq!(
        (answer.status, &said["error"]),
        (401, &"invalid_client".into())
    );
    assert_eq!(said["error_description"], "Unauthorized");
}
