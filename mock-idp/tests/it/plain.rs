//! The specification itself: its errors, its response modes, and what it says of a login.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::{Check, Place};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::app::{Changes, claims, names};
use crate::op::Op;

#[tokio::test]
async fn a_login_has_what_openid_connect_core_says() {
    let op = Op::start();
    op.app.idp.clock().freeze();
    let callback = op.authorize(&[]).await.callback_in_order();
    let order: Vec<_> = callback.iter().map(|(name, _)| name.as_str()).collect();
    // RFC 6749 section 4.1.2, RFC 9207 section 2.
    assert_eq!(order, ["code", "state", "iss"]);
    let tokens = op
        .log_in(&[("acr_values", "unknown urn:mace:incommon:iap:bronze")])
        .await;
    let expected = [
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "id_token",
    ];
    assert_eq!(names(&tokens), expected);
    // The scope equals what was granted.
    assert_eq!(tokens["scope"], "openid profile email");
    let claims = claims(&tokens);
    let expected = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "at_hash",
        "sid",
    ];
    assert_eq!(names(&claims), expected);
    assert_eq!(claims["acr"], "urn:mace:incommon:iap:bronze");
    assert_eq!(claims["auth_time"], claims["iat"]);
    let userinfo = op.userinfo(&tokens["access_token"]).await.json();
    assert_eq!(userinfo["sub"], claims["sub"]);
    assert_eq!(userinfo["email"], "alice@example.com");
}

/// What is wrong, the check that says so, a part of its reason, and the error that the app gets.
type Row<'a> = (&'a [(&'a str, &'a str)], Check, &'a str, &'a str);

async fn sent_back(rows: &[Row<'_>]) {
    let op = Op::start();
    for (changes, check, reason, error) in rows {
        let answer = op.authorize(changes).await;
        op.sent_back(&answer, *check, reason, error);
    }
}

#[tokio::test]
async fn rfc_6749_4_1_2_1_errors_go_to_the_app_once_its_redirect_uri_is_known() {
    sent_back(&[
        (
            &[("response_type", "")],
            Check::AuthorizationResponseTypeMissing,
            "is missing",
            "invalid_request",
        ),
        (
            &[("response_type", "token")],
            Check::AuthorizationResponseType,
            "answers \"code\"",
            "unsupported_response_type",
        ),
        (
            &[("response_mode", "smoke")],
            Check::AuthorizationResponseMode,
            "knows query, fragment, form_post",
            "invalid_request",
        ),
        (
            &[("scope", "")],
            Check::AuthorizationScopeMissing,
            "is missing",
            "invalid_scope",
        ),
        (
            &[("code_challenge_method", "S512")],
            Check::AuthorizationCodeChallengeMethod,
            "S256, plain",
            "invalid_request",
        ),
        (
            &[("code_challenge", "short")],
            Check::AuthorizationCodeChallenge,
            "has 5 characters",
            "invalid_request",
        ),
    ])
    .await;
    let op = Op::start();
    let twice = format!("{}&nonce=again", op.authorization_path(&[]));
    let answer = op.app.get(&twice).await;
    let check = Check::AuthorizationDuplicateParameter;
    op.sent_back(
        &answer,
        check,
        "nonce came more than once",
        "invalid_request",
    );
}

#[tokio::test]
async fn core_3_1_2_6_and_6_errors_of_openid_connect() {
    sent_back(&[
        (
            &[("prompt", "create")],
            Check::AuthorizationPrompt,
            "has \"create\"",
            "invalid_request",
        ),
        (
            &[("prompt", "none login")],
            Check::AuthorizationPromptNone,
            "none stands alone",
            "invalid_request",
        ),
        (
            &[("max_age", "-1")],
            Check::AuthorizationMaxAge,
            "no number of seconds",
            "invalid_request",
        ),
        (
            &[("max_age", "1.5")],
            Check::AuthorizationMaxAge,
            "no number of seconds",
            "invalid_request",
        ),
        (
            &[("request", "ey")],
            Check::AuthorizationRequestObject,
            "request objects",
            "request_not_supported",
        ),
        (
            &[("request_uri", "urn:x")],
            Check::AuthorizationRequestUri,
            "request objects",
            "request_uri_not_supported",
        ),
    ])
    .await;
}

#[tokio::test]
async fn rfc_6749_4_1_2_1_no_error_goes_where_nobody_can_be_trusted() {
    let op = Op::start();
    let check = async |changes: Changes<'_>, check: Check, reason: &str| {
        let answer = op.authorize(changes).await;
        assert_eq!((answer.status, answer.location()), (400, ""));
        assert!(answer.text.contains(check.name()), "{}", answer.text);
        op.refusal_is(check, reason);
    };
    check(
        &[("client_id", "")],
        Check::AuthorizationClientIdMissing,
        "is missing",
    )
    .await;
    check(
        &[("client_id", "nobody")],
        Check::AuthorizationClient,
        "as \"nobody\"",
    )
    .await;
    check(
        &[("redirect_uri", "")],
        Check::AuthorizationRedirectUriMissing,
        "is missing",
    )
    .await;
    let elsewhere = [("redirect_uri", "http://localhost:8501/oauth2callback/")];
    check(
        &elsewhere,
        Check::AuthorizationRedirectUri,
        "trailing slash",
    )
    .await;
}

#[tokio::test]
async fn the_three_response_modes() {
    let op = Op::start();
    let fragment = op.authorize(&[("response_mode", "fragment")]).await;
    assert!(fragment.location().contains("/oauth2callback#code=code_"));
    let error = [("response_mode", "fragment"), ("prompt", "create")];
    let error = op.authorize(&error).await;
    assert!(
        error.location().contains("#error=invalid_request&"),
        "{}",
        error.location()
    );

    let page = op
        .authorize(&[("response_mode", "form_post"), ("state", "\"><b>")])
        .await;
    assert_eq!((page.status, page.location()), (200, ""));
    let form = "<form method=\"post\" action=\"http://localhost:8501/oauth2callback\">";
    assert!(page.text.contains(form), "{}", page.text);
    assert!(
        page.text.contains("name=\"code\" value=\"code_"),
        "{}",
        page.text
    );
    assert!(
        page.text
            .contains("name=\"state\" value=\"&#34;&#62;&#60;b&#62;\""),
        "{}",
        page.text
    );
    assert!(page.text.contains("data-testid=\"continue\""));
    // The policy allows the page's one script, and no other.
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    let (_, script) = page.text.split_once("<script>").unwrap();
    let (script, rest) = script.split_once("</script>").unwrap();
    assert!(!rest.contains("<script"));
    assert!(
        policy.contains(&STANDARD.encode(Sha256::digest(script))),
        "{policy}"
    );
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn rfc_9700_2_1_1_a_public_client_has_to_use_pkce() {
    let op = Op::start().registered(|client| client.client_secret = None);
    let changes = [("code_challenge", ""), ("code_challenge_method", "")];
    let answer = op.authorize(&changes).await;
    let check = Check::AuthorizationCodeChallengeMissing;
    op.sent_back(&answer, check, "has to use PKCE", "invalid_request");
    let code = op.code(&[]).await;
    assert_eq!(
        op.exchange(&code, &[("client_secret", "")]).await.status,
        200
    );

    let confidential = Op::start();
    let code = confidential.code(&changes).await;
    let answer = confidential.exchange(&code, &[("code_verifier", "")]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn what_it_advertises_is_there() {
    let op = Op::start();
    let document = op.app.get("/.well-known/openid-configuration").await.json();
    for (name, url) in document.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = url
                .as_str()
                .unwrap()
                .strip_prefix(op.app.idp.issuer())
                .unwrap();
            assert_ne!(op.app.get(path).await.status, 404, "{name}");
        }
    }
    assert_eq!(document["request_parameter_supported"], json!(false));
    assert!(op.app.requests_to(Place::NotBuilt) == 0);
}

#[tokio::test]
async fn a_refused_token_request_names_the_scheme() {
    let op = Op::start();
    let answer = op
        .token(&[("grant_type", "authorization_code"), ("client_secret", "x")])
        .await;
    op.refused(
        &answer,
        Check::TokenClientSecret,
        "another one",
        (401, "invalid_client"),
    );
    assert!(answer.header("www-authenticate").starts_with("Basic "));
    let answer = op.token(&[("grant_type", "password")]).await;
    let error = (400, "unsupported_grant_type");
    op.refused(
        &answer,
        Check::TokenGrantType,
        "answers \"authorization_code\"",
        error,
    );
    let answer = op.userinfo(&json!("nothing")).await;
    op.refused(
        &answer,
        Check::UserInfoToken,
        "none of this provider's",
        (401, "invalid_token"),
    );
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
}
