use mock_idp::{AutoLogin, Check};
use serde_json::json;

use super::Site;
use crate::app::{REDIRECT_URI, claims, names};

const NO_PKCE: &[(&str, &str)] = &[("code_challenge", ""), ("code_challenge_method", "")];

fn linkedin(flavour: &str) -> Site {
    Site::at(flavour, "/oauth/v2/authorization", "/oauth/v2/accessToken")
}

#[tokio::test]
async fn linkedin_4_1_the_issuer_of_metadata_and_tokens_changed_overnight() {
    for (flavour, path) in [("linkedin", "/oauth"), ("linkedin@2024-03", "")] {
        let site = linkedin(flavour);
        let root = site.app.idp.root();
        let url = site.app.idp.discovery_url();
        let expected = format!("{root}/oauth/.well-known/openid-configuration");
        assert_eq!(url, expected, "{flavour}");
        let document = site
            .app
            .get("/oauth/.well-known/openid-configuration")
            .await
            .json();
        let code = site.code(NO_PKCE).await;
        let tokens = site.exchange(&code, &[("code_verifier", "")]).await.json();
        let issuer = json!(format!("{root}{path}"));
        assert_eq!(
            (&document["issuer"], &claims(&tokens)["iss"]),
            (&issuer, &issuer)
        );
        assert_eq!(json!(site.app.idp.issuer()), issuer);
    }
}

#[tokio::test]
async fn linkedin_4_4_the_nonce_does_not_come_back() {
    let site = linkedin("linkedin");
    let code = site.code(NO_PKCE).await;
    let tokens = site.exchange(&code, &[("code_verifier", "")]).await.json();
    let claims = claims(&tokens);
    let expected = [
        "iss",
        "aud",
        "iat",
        "exp",
        "sub",
        "name",
        "given_name",
        "family_name",
        "picture",
        "email",
        "email_verified",
        "locale",
    ];
    assert_eq!(names(&claims), expected);
    assert_eq!(tokens["expires_in"], 5_183_999);
    assert!(tokens.get("refresh_token").is_none());
}

#[tokio::test]
async fn linkedin_4_4_everybody_is_somebody_else_at_another_app() {
    let mut site = linkedin("linkedin");
    let sub = async |site: &Site| {
        let code = site.code(NO_PKCE).await;
        let tokens = site.exchange(&code, &[("code_verifier", "")]).await.json();
        claims(&tokens)["sub"].clone()
    };
    let (first, again) = (sub(&site).await, sub(&site).await);
    site.app.client = site.app.idp.register(REDIRECT_URI);
    assert_eq!(first, again);
    assert_ne!(first, sub(&site).await);
}

#[tokio::test]
async fn linkedin_4_3_a_verifier_or_a_secret_in_the_header_is_refused() {
    let site = linkedin("linkedin");
    // The challenge is not looked at.
    let code = site.code(&[]).await;
    let answer = site.exchange(&code, &[]).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (401, &json!("invalid_client"))
    );
    site.refused(Check::TokenCodeVerifierUnneeded);
    let body = [
        ("client_id", ""),
        ("client_secret", ""),
        ("code_verifier", ""),
    ];
    let request = site.token_request(&code, &body);
    let (id, secret) = (&site.app.client.client_id, site.app.secret());
    let answer = site.app.send(request.basic_auth(id, Some(secret))).await;
    assert_eq!(answer.status, 400);
    site.refused(Check::TokenClientAuthenticationMethod);
    let answer = site.exchange(&code, &[("code_verifier", "")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn linkedin_4_5_the_locale_is_an_object() {
    let site = linkedin("linkedin");
    let code = site.code(NO_PKCE).await;
    let tokens = site.exchange(&code, &[("code_verifier", "")]).await.json();
    let info = site.userinfo("/v2/userinfo", &tokens["access_token"]).await;
    let info = info.json();
    let expected = [
        "sub",
        "email_verified",
        "name",
        "locale",
        "given_name",
        "family_name",
        "email",
        "picture",
    ];
    assert_eq!(names(&info), expected);
    assert_eq!(info["locale"], json!({"country": "US", "language": "en"}));
    assert_eq!(info["sub"], claims(&tokens)["sub"]);
}

#[tokio::test]
async fn linkedin_4_2_a_scope_that_the_app_has_not_comes_back_as_its_own_error() {
    let site = linkedin("linkedin");
    let answer = site.authorize(&[("scope", "openid r_liteprofile")]).await;
    assert!(answer.location().starts_with(REDIRECT_URI));
    let callback = answer.callback();
    assert_eq!(callback["error"], "unauthorized_scope_error");
    assert_eq!(callback["state"], "the state");
    assert!(callback["error_description"].contains("r_liteprofile"));
}

#[tokio::test]
async fn cancelling_has_a_name_of_its_own() {
    let site = linkedin("linkedin");
    site.app.idp.set_auto_login(AutoLogin::LoginHint);
    let answer = site.authorize(&[("login_hint", "alice+deny")]).await;
    assert_eq!(answer.callback()["error"], "user_cancelled_authorize");
}
