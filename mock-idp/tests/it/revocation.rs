//! Token revocation, RFC 7009.

use mock_idp::{Check, Client};

use crate::app::{Answer, App, Changes, REDIRECT_URI, changed};
use crate::op::{OFFLINE, Op};

async fn revoke(op: &Op, changes: Changes<'_>) -> Answer {
    let secret = op.app.secret();
    let right = [
        ("client_id", op.app.client.client_id.as_str()),
        ("client_secret", secret),
    ];
    op.app.post("/revoke", &changed(&right, changes)).await
}

#[tokio::test]
async fn rfc_7009_2_1_a_refresh_token_takes_the_access_tokens_with_it() {
    let op = Op::start();
    let tokens = op.log_in(&[("scope", OFFLINE)]).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let answer = revoke(&op, &[("token", token)]).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    let answer = op.userinfo(&tokens["access_token"]).await;
    let reason = "revoked at the revocation endpoint";
    op.refused(
        &answer,
        Check::UserInfoToken,
        reason,
        (401, "invalid_token"),
    );
    let answer = op.refresh(&tokens["refresh_token"], &[]).await;
    op.refused(
        &answer,
        Check::TokenRefreshTokenRevoked,
        reason,
        (400, "invalid_grant"),
    );
}

#[tokio::test]
async fn rfc_7009_2_1_an_access_token_goes_alone() {
    let op = Op::start();
    let tokens = op.log_in(&[("scope", OFFLINE)]).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        revoke(&op, &[("token", token), ("token_type_hint", "?")])
            .await
            .status,
        200
    );
    assert_eq!(op.userinfo(&tokens["access_token"]).await.status, 401);
    assert_eq!(op.refresh(&tokens["refresh_token"], &[]).await.status, 200);
}

#[tokio::test]
async fn rfc_7009_2_2_an_unknown_token_is_no_error() {
    let op = Op::start();
    assert_eq!(revoke(&op, &[("token", "unknown")]).await.status, 200);
}

#[tokio::test]
async fn rfc_7009_2_1_refusals() {
    let op = Op::start();
    let tokens = op.log_in(&[]).await;
    let token = ("token", tokens["access_token"].as_str().unwrap());
    let answer = revoke(&op, &[]).await;
    op.refused(
        &answer,
        Check::RevocationTokenMissing,
        "is missing",
        (400, "invalid_request"),
    );
    let answer = revoke(&op, &[token, ("client_secret", "x")]).await;
    op.refused(
        &answer,
        Check::TokenClientSecret,
        "another one",
        (401, "invalid_client"),
    );
    let other = Client {
        client_id: "other".into(),
        redirect_uris: vec![REDIRECT_URI.into()],
        ..Client::default()
    };
    op.app.idp.register_client(other).unwrap();
    let answer = revoke(&op, &[token, ("client_id", "other"), ("client_secret", "")]).await;
    op.refused(
        &answer,
        Check::RevocationTokenClient,
        "not to \"other\"",
        (400, "invalid_grant"),
    );
    assert_eq!(op.userinfo(&tokens["access_token"]).await.status, 200);
}

#[tokio::test]
async fn google_1_8_revoking_asks_for_no_client_and_ends_the_whole_grant() {
    let app = App::start();
    let changes = [("access_type", "offline"), ("prompt", "consent")];
    let tokens = app.exchange(&app.code(&changes).await, &[]).await.json();
    let token = [("token", tokens["access_token"].as_str().unwrap())];
    let answer = app.post("/revoke", &token).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", app.client.client_id.as_str()),
        ("client_secret", app.secret()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let answer = app.post("/token", &pairs).await;
    assert_eq!(
        answer.json()["error_description"],
        "Token has been expired or revoked."
    );
    let answer = app.post("/revoke", &token).await;
    assert_eq!(
        (answer.status, answer.json()["error"].as_str().unwrap()),
        (400, "invalid_token")
    );
    assert_eq!(app.refusal().0, Check::RevocationToken);
}
