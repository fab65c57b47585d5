//! What a provider fails to check is a waived check.

use std::time::Duration;

use mock_idp::{Check, Client};

use crate::app::{App, Changes, REDIRECT_URI};

#[tokio::test]
async fn a_waived_check_of_the_authorization_endpoint_lets_pass() {
    let check = async |waived: Check, changes: Changes<'_>, redirect_uri: &str| {
        let app = App::start();
        app.idp.waive(waived);
        let answer = app.authorize(changes).await;
        let location = answer.location();
        assert!(
            location.starts_with(redirect_uri) && location.contains("code="),
            "{waived}: {location}"
        );
    };
    check(
        Check::AuthorizationResponseTypeMissing,
        &[("response_type", "")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationScopeMissing,
        &[("scope", "")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationParameter,
        &[("username", "x")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationResponseMode,
        &[("response_mode", "x")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationCodeChallenge,
        &[("code_challenge", "short")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationPrompt,
        &[("prompt", "login")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationScope,
        &[("scope", "openid foo")],
        REDIRECT_URI,
    )
    .await;
    let other = "http://localhost:1/cb";
    check(
        Check::AuthorizationRedirectUri,
        &[("redirect_uri", other)],
        other,
    )
    .await;

    let app = App::start();
    app.idp.waive(Check::AuthorizationDuplicateParameter);
    let path = app.authorization_path(&[]) + "&state=another";
    assert_eq!(app.get(&path).await.callback()["state"], "the state");
    app.idp.waive(Check::AuthorizationPromptNone);
    let answer = app.authorize(&[("prompt", "none consent")]).await;
    assert!(answer.callback().contains_key("code"));
}

#[tokio::test]
async fn a_redirect_uri_against_the_policy_passes_where_that_is_waived() {
    let app = App::start();
    app.idp.waive(Check::AuthorizationRedirectUriPolicy);
    let client = app.idp.register("http://app.company.com/cb");
    let changes = [
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", "http://app.company.com/cb"),
    ];
    let answer = app.authorize(&changes).await;
    assert!(
        answer
            .location()
            .starts_with("http://app.company.com/cb?state=")
    );
}

#[tokio::test]
async fn a_waived_check_of_the_token_endpoint_lets_pass() {
    let check = async |waived: Check, authorization: Changes<'_>, token: Changes<'_>| {
        let app = App::start();
        app.idp.waive(waived);
        let code = app.code(authorization).await;
        let answer = app.exchange(&code, token).await;
        assert_eq!(answer.status, 200, "{waived}: {}", answer.text);
    };
    check(
        Check::TokenClientSecretMissing,
        &[],
        &[("client_secret", "")],
    )
    .await;
    check(Check::TokenClientSecret, &[], &[("client_secret", "wrong")]).await;
    check(Check::TokenRedirectUriMissing, &[], &[("redirect_uri", "")]).await;
    check(
        Check::TokenRedirectUri,
        &[],
        &[("redirect_uri", "http://localhost:1/")],
    )
    .await;
    check(
        Check::TokenCodeVerifierMissing,
        &[],
        &[("code_verifier", "")],
    )
    .await;
    check(Check::TokenCodeVerifier, &[], &[("code_verifier", "wrong")]).await;
    let without_challenge = [("code_challenge", ""), ("code_challenge_method", "")];
    check(Check::TokenCodeVerifierUnneeded, &without_challenge, &[]).await;
}

#[tokio::test]
async fn a_code_can_be_made_reusable_or_immortal_or_anybodys() {
    let app = App::start();
    app.idp.waive(Check::TokenCodeUsed);
    let code = app.code(&[]).await;
    assert_eq!(app.exchange(&code, &[]).await.status, 200);
    assert_eq!(app.exchange(&code, &[]).await.status, 200);

    app.idp.waive(Check::TokenCodeExpired);
    let code = app.code(&[]).await;
    app.idp.clock().advance(Duration::from_mins(11));
    assert_eq!(app.exchange(&code, &[]).await.status, 200);

    app.idp.waive(Check::TokenCodeClient);
    let public = Client {
        client_id: "other".into(),
        redirect_uris: vec![REDIRECT_URI.into()],
        ..Client::default()
    };
    app.idp.register_client(public).unwrap();
    let code = app.code(&[]).await;
    let changes = [("client_id", "other"), ("client_secret", "")];
    assert_eq!(app.exchange(&code, &changes).await.status, 200);

    app.idp.waive(Check::TokenClientAuthentication);
    app.idp.waive(Check::TokenDuplicateParameter);
    let code = app.code(&[]).await;
    let twice = app
        .token_form(&code, &[("code", &code), ("code", &code)])
        .basic_auth(&app.client.client_id, Some(app.secret()));
    assert_eq!(app.send(twice).await.status, 200);
}

#[tokio::test]
async fn what_the_provider_cannot_go_on_without_cannot_be_waived() {
    let app = App::start();
    let error = app.idp.try_waive(Check::TokenClient).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the check token.client cannot be waived: the provider could not go on without it"
    );
    assert_eq!(app.idp.try_waive(Check::TokenClientSecret), Ok(()));
}
