//! Checks that a weak provider does not make: each is waived, and what it would have refused passes.

use std::time::Duration;

use mock_idp::{Check, Client};

use crate::app::{App, REDIRECT_URI};
use crate::op::{OFFLINE, Op, with_query};

fn other(op: &Op) {
    let client = Client {
        client_id: "other".into(),
        redirect_uris: vec![REDIRECT_URI.into()],
        ..Client::default()
    };
    op.app.idp.register_client(client).unwrap();
}

#[tokio::test]
async fn what_an_authorization_request_may_then_say() {
    let op = Op::start().registered(|client| client.client_secret = None);
    let no_pkce = [("code_challenge", ""), ("code_challenge_method", "")];
    let rows = [
        (Check::AuthorizationCodeChallengeMissing, &no_pkce[..]),
        (Check::AuthorizationRequestObject, &[("request", "ey")]),
        (Check::AuthorizationRequestUri, &[("request_uri", "urn:x")]),
        (Check::AuthorizationMaxAge, &[("max_age", "soon")]),
    ];
    for (check, changes) in rows {
        assert_eq!(
            op.authorize(changes).await.callback().get("code"),
            None,
            "{check}"
        );
        op.refusal_is(check, "");
        op.app.idp.waive(check);
        assert!(
            op.authorize(changes).await.callback().contains_key("code"),
            "{check}"
        );
    }
}

#[tokio::test]
async fn what_a_refresh_may_then_do() {
    let op = Op::start();
    other(&op);
    let tokens = op.log_in(&[("scope", "openid offline_access")]).await;
    let token = &tokens["refresh_token"];
    let wider = [("scope", "openid email")];
    assert_eq!(op.refresh(token, &wider).await.status, 400);
    op.app.idp.waive(Check::TokenScope);
    assert_eq!(
        op.refresh(token, &wider).await.json()["scope"],
        "openid email"
    );

    op.app.idp.waive(Check::TokenRefreshTokenClient);
    let stolen = [("client_id", "other"), ("client_secret", "")];
    assert_eq!(op.refresh(token, &stolen).await.status, 200);

    op.app.idp.clock().advance(Duration::from_mins(1));
    op.app.idp.waive(Check::TokenRefreshTokenUsed);
    assert_eq!(op.refresh(token, &[]).await.status, 200);

    let pairs = [
        ("client_id", op.app.client.client_id.as_str()),
        ("client_secret", op.app.secret()),
        ("token", token.as_str().unwrap()),
    ];
    assert_eq!(op.app.post("/revoke", &pairs).await.status, 200);
    assert_eq!(op.refresh(token, &[]).await.status, 400);
    op.app.idp.waive(Check::TokenRefreshTokenRevoked);
    assert_eq!(op.refresh(token, &[]).await.status, 200);
}

#[tokio::test]
async fn whose_tokens_may_then_be_revoked() {
    let op = Op::start();
    other(&op);
    let tokens = op.log_in(&[("scope", OFFLINE)]).await;
    let token = ("token", tokens["refresh_token"].as_str().unwrap());
    let pairs = [("client_id", "other"), token];
    assert_eq!(op.app.post("/revoke", &pairs).await.status, 400);
    op.app.idp.waive(Check::RevocationTokenClient);
    assert_eq!(op.app.post("/revoke", &pairs).await.status, 200);
    assert_eq!(op.refresh(&tokens["refresh_token"], &[]).await.status, 400);

    let google = App::start();
    assert_eq!(
        google.post("/revoke", &[("token", "unknown")]).await.status,
        400
    );
    google.idp.waive(Check::RevocationToken);
    assert_eq!(
        google.post("/revoke", &[("token", "unknown")]).await.text,
        "{}"
    );
}

#[tokio::test]
async fn where_a_logout_may_then_lead() {
    let op = Op::start().registered(|_| {});
    let pairs = [
        ("client_id", "app"),
        ("id_token_hint", "garbage"),
        ("post_logout_redirect_uri", "https://evil.example/"),
        ("decision", "stay"),
    ];
    let page = async || op.app.get(&with_query("/end_session", &pairs)).await;
    assert_eq!(page().await.status, 400);
    op.app.idp.waive(Check::EndSessionIdTokenHint);
    assert_eq!(page().await.status, 400);
    op.refusal_is(Check::EndSessionPostLogoutRedirectUri, "is not registered");
    op.app.idp.waive(Check::EndSessionPostLogoutRedirectUri);
    assert_eq!(page().await.status, 200);
    let answer = op.app.post("/end_session", &pairs).await;
    assert!(
        answer.text.contains("href=\"https://evil.example/\""),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn what_a_client_may_then_prove_itself_with() {
    let basic = mock_idp::TokenEndpointAuthMethod::ClientSecretBasic;
    let op = Op::start().registered(|client| client.token_endpoint_auth_method = Some(basic));
    let code = op.code(&[]).await;
    assert_eq!(op.exchange(&code, &[]).await.status, 401);
    op.app.idp.waive(Check::TokenClientAuthenticationMethod);
    assert_eq!(op.exchange(&code, &[]).await.status, 200);
}
