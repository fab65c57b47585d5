//! What real clients trip over.

use mock_idp::{Algorithm, Client, MockIdp, RegisterError};
use serde_json::json;

use crate::app::{
    App, Changes, REDIRECT_URI, VERIFIER, claims, id_token, is_signature_valid, names, token_part,
};
use crate::op::{Op, with_query};

#[tokio::test]
async fn a_kid_is_in_every_header_and_an_email_in_userinfo() {
    for flavour in ["google", "plain"] {
        let idp = MockIdp::builder().flavour(flavour).start().unwrap();
        let app = App::with(idp);
        let path = app.authorization_path(&[]);
        let (_, query) = path.split_once('?').unwrap();
        let document = app.get("/.well-known/openid-configuration").await.json();
        let at = |name: &str| document[name].as_str().unwrap()[app.idp.issuer().len()..].to_owned();
        let answer = app
            .get(&format!("{}?{query}", at("authorization_endpoint")))
            .await;
        let code = answer.callback()["code"].clone();
        let tokens = app.exchange(&code, &[]).await.json();
        let header = token_part(id_token(&tokens), 0);
        let kids = app.get(&at("jwks_uri")).await.json();
        let is_published = kids["keys"]
            .as_array()
            .unwrap()
            .iter()
            .any(|key| key["kid"] == header["kid"]);
        assert!(header["kid"].is_string() && is_published, "{flavour}");
        let request = app.request(reqwest::Method::GET, &at("userinfo_endpoint"));
        let userinfo = app
            .send(request.bearer_auth(tokens["access_token"].as_str().unwrap()))
            .await;
        assert_eq!(userinfo.json()["email"], "alice@example.com", "{flavour}");
    }
}

#[tokio::test]
async fn core_5_3_2_userinfo_is_a_jwt_for_a_client_that_registered_one() {
    let op = Op::start().registered(|client| {
        client.userinfo_signed_response_alg = Some(Algorithm::Rs256);
    });
    let tokens = op.log_in(&[]).await;
    let answer = op.userinfo(&tokens["access_token"]).await;
    assert_eq!(answer.header("content-type"), "application/jwt");
    let userinfo = token_part(&answer.text, 1);
    let expected = [
        "sub",
        "name",
        "given_name",
        "family_name",
        "picture",
        "email",
        "email_verified",
        "iss",
        "aud",
    ];
    assert_eq!(names(&userinfo), expected);
    assert_eq!(userinfo["sub"], claims(&tokens)["sub"]);
    assert_eq!(
        (&userinfo["iss"], &userinfo["aud"]),
        (&json!(op.app.idp.issuer()), &json!("app"))
    );
    assert!(is_signature_valid(
        &answer.text,
        &op.app.get("/jwks").await.json()
    ));
    // A lie about a member is signed like the truth.
    op.app
        .idp
        .fault(mock_idp::userinfo().set("sub", "other").once());
    let lie = op.userinfo(&tokens["access_token"]).await.text;
    assert_eq!(token_part(&lie, 1)["sub"], "other");
    assert!(is_signature_valid(&lie, &op.app.get("/jwks").await.json()));
    op.app.idp.verify();
}

#[tokio::test]
async fn parameters_that_others_send_are_tolerated() {
    let strange: Changes<'_> = &[
        ("prompt", "select_account"),
        ("access_type", "offline"),
        ("include_granted_scopes", "true"),
        ("client_info", "1"),
        ("ui_locales", "fr-CA fr en"),
        ("claims_locales", "de"),
        ("display", "popup"),
        ("acr_values", "loa2"),
        ("x-unknown", "\u{fc}"),
    ];
    assert!(
        App::start()
            .authorize(strange)
            .await
            .callback()
            .contains_key("code")
    );
    let op = Op::start();
    assert!(op.authorize(strange).await.callback().contains_key("code"));
    // Scopes that nobody knows are ignored, Core 3.1.2.1; google refuses them.
    let tokens = op.log_in(&[("scope", "openid address email")]).await;
    assert_eq!(tokens["scope"], "openid email");
}

#[tokio::test]
async fn nonce_and_pkce_are_optional() {
    let without = [
        ("nonce", ""),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let app = App::start();
    let tokens = app
        .exchange(&app.code(&without).await, &[("code_verifier", "")])
        .await
        .json();
    assert!(claims(&tokens)["nonce"].is_null());
    let op = Op::start();
    let tokens = op
        .exchange(&op.code(&without).await, &[("code_verifier", "")])
        .await
        .json();
    assert!(claims(&tokens)["nonce"].is_null());
}

#[tokio::test]
async fn an_authorization_request_may_be_posted() {
    let op = Op::start();
    let path = op.authorization_path(&[]);
    let query = path.split_once('?').unwrap().1.to_owned();
    let request = op.app.form("/authorize", &[]).body(query);
    let code = op.app.send(request).await.callback()["code"].clone();
    assert_eq!(op.exchange(&code, &[]).await.status, 200);
}

#[tokio::test]
async fn rfc_6750_2_2_the_access_token_may_come_in_a_form() {
    let op = Op::start();
    let tokens = op.log_in(&[]).await;
    let pairs = [("access_token", tokens["access_token"].as_str().unwrap())];
    assert_eq!(op.app.post("/userinfo", &pairs).await.status, 200);
}

#[tokio::test]
async fn the_secret_goes_with_every_verifier_and_redirect_uri_of_its_own() {
    let op = Op::start();
    let code = op.code(&[]).await;
    let wrong = op
        .exchange(&code, &[("redirect_uri", "http://localhost:8501/")])
        .await;
    assert_eq!(wrong.json()["error"], "invalid_grant");
    let wrong = VERIFIER.to_uppercase();
    let wrong = op.exchange(&code, &[("code_verifier", &wrong)]).await;
    assert_eq!(wrong.json()["error"], "invalid_grant");
    let right = op.exchange(&code, &[("redirect_uri", REDIRECT_URI)]).await;
    assert_eq!(right.status, 200);
}

#[tokio::test]
async fn core_2_id_tokens_are_signed_with_what_the_client_registered() {
    for algorithm in Client::SIGNED_RESPONSE_ALGORITHMS {
        let op = Op::start().registered(|client| {
            client.id_token_signed_response_alg = Some(algorithm);
        });
        let tokens = op.log_in(&[]).await;
        let token = id_token(&tokens);
        assert_eq!(token_part(token, 0)["alg"], algorithm.name());
        let jwks = op.app.get("/jwks").await.json();
        assert!(is_signature_valid(token, &jwks), "{algorithm}");
        // It is a hint of this provider's as well.
        let hint = [("id_token_hint", token)];
        let answer = op.app.get(&with_query("/end_session", &hint)).await;
        assert_eq!(answer.status, 200, "{algorithm}: {}", answer.text);
    }
    let client = Client {
        client_id: "app".into(),
        userinfo_signed_response_alg: Some(Algorithm::Rs512),
        ..Client::default()
    };
    let refused = Op::start().app.idp.register_client(client);
    assert_eq!(refused, Err(RegisterError::Algorithm(Algorithm::Rs512)));
}
