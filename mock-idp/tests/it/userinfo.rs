//! The `UserInfo` endpoint, on each of its paths.

use std::time::Duration;

use mock_idp::{AutoLogin, Check, Persona};
use reqwest::Method;
use serde_json::json;

use crate::app::{App, claims, names};

#[tokio::test]
async fn google_1_8_the_oidc_profile() {
    let app = App::start();
    let tokens = app.log_in().await;
    for path in ["/v1/userinfo", "/oauth2/v3/userinfo"] {
        let request = app
            .request(Method::GET, path)
            .bearer_auth(tokens["access_token"].as_str().unwrap());
        let userinfo = app.send(request).await.json();
        let expected = [
            "sub",
            "name",
            "given_name",
            "family_name",
            "picture",
            "email",
            "email_verified",
        ];
        assert_eq!(names(&userinfo), expected, "{path}");
        assert_eq!(userinfo["sub"], claims(&tokens)["sub"]);
        assert_eq!(userinfo["email_verified"], true);
    }
}

#[tokio::test]
async fn google_1_8_the_v2_profile() {
    let app = App::start();
    let tokens = app.log_in().await;
    for path in [
        "/oauth2/v2/userinfo",
        "/oauth2/v1/userinfo",
        "/userinfo/v2/me",
    ] {
        let request = app
            .request(Method::GET, path)
            .bearer_auth(tokens["access_token"].as_str().unwrap());
        let userinfo = app.send(request).await.json();
        let expected = [
            "id",
            "email",
            "verified_email",
            "name",
            "given_name",
            "family_name",
            "picture",
        ];
        assert_eq!(names(&userinfo), expected, "{path}");
        assert_eq!(userinfo["id"], claims(&tokens)["sub"]);
    }
}

#[tokio::test]
async fn the_token_may_come_in_a_form() {
    let app = App::start();
    let tokens = app.log_in().await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        app.post("/v1/userinfo", &[("access_token", token)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn google_1_8_invalid_credentials() {
    let app = App::start();
    app.idp.clock().freeze();
    let tokens = app.log_in().await;
    let check = async |authorization: &str, check: Check, reason: &str, challenge: &str| {
        let request = app
            .request(Method::GET, "/v1/userinfo")
            .header("authorization", authorization);
        let answer = app.send(request).await;
        assert_eq!(answer.status, 401);
        let expected =
            json!({"error": "invalid_request", "error_description": "Invalid Credentials"});
        assert_eq!(answer.json(), expected);
        assert_eq!(answer.header("www-authenticate"), challenge);
        let (found, words) = app.refusal();
        assert_eq!(found, check);
        assert!(words.contains(reason), "{words}");
    };
    let invalid = "Bearer error=\"invalid_token\"";
    check(
        "",
        Check::UserInfoTokenMissing,
        "neither an Authorization header",
        "Bearer",
    )
    .await;
    check(
        "Basic eDp5",
        Check::UserInfoTokenMissing,
        "with Bearer",
        "Bearer",
    )
    .await;
    check(
        "Bearer nonsense",
        Check::UserInfoToken,
        "none of this provider's",
        invalid,
    )
    .await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    app.idp.clock().advance(Duration::from_hours(1));
    check(
        &bearer,
        Check::UserInfoToken,
        "older than its lifetime",
        invalid,
    )
    .await;
}

#[tokio::test]
async fn what_a_persona_has_or_lacks_shows_in_both_places() {
    let app = App::start();
    app.idp.add_persona(Persona {
        sub: Some("42".into()),
        email: Some("carol@company.com".into()),
        hd: Some("company.com".into()),
        claims: json!({"email_verified": "true", "locale": "de"})
            .as_object()
            .unwrap()
            .clone(),
        ..Persona::new("carol")
    });
    app.idp.set_auto_login(AutoLogin::Persona("carol".into()));
    let answer = app.authorize(&[]).await;
    assert_eq!(answer.callback()["hd"], "company.com");
    let tokens = app.exchange(&answer.callback()["code"], &[]).await.json();
    let claims = claims(&tokens);
    let expected = [
        "iss",
        "azp",
        "aud",
        "sub",
        "hd",
        "email",
        "email_verified",
        "at_hash",
        "nonce",
        "picture",
        "iat",
        "exp",
        "locale",
    ];
    assert_eq!(names(&claims), expected);
    assert_eq!(
        (&claims["sub"], &claims["email_verified"]),
        (&json!("42"), &json!("true"))
    );
    let request = app
        .request(Method::GET, "/v1/userinfo")
        .bearer_auth(tokens["access_token"].as_str().unwrap());
    let userinfo = app.send(request).await.json();
    assert_eq!(
        names(&userinfo),
        ["sub", "picture", "email", "email_verified", "hd", "locale"]
    );
}
