//! Google's tokeninfo, on each of its paths.

use std::time::Duration;

use mock_idp::{AutoLogin, Check, Mint, Place, Signing};
use serde_json::{Value, json};

use crate::app::{App, claims, id_token, names};

async fn about(app: &App, path: &str, name: &str, token: &str) -> Value {
    let answer = app.get(&format!("{path}?{name}={token}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn google_1_8_tokeninfo_of_an_access_token_says_everything_in_texts() {
    let app = App::start();
    app.idp.clock().freeze();
    let tokens = app.log_in().await;
    app.idp.clock().advance(Duration::from_mins(10));
    let token = tokens["access_token"].as_str().unwrap();
    for path in ["/tokeninfo", "/oauth2/v3/tokeninfo"] {
        let info = about(&app, path, "access_token", token).await;
        let expected = json!({
            "azp": app.client.client_id,
            "aud": app.client.client_id,
            "sub": claims(&tokens)["sub"],
            "scope": tokens["scope"],
            "exp": claims(&tokens)["exp"].to_string(),
            "expires_in": "3000",
            "email": "alice@example.com",
            "email_verified": "true",
            "access_type": "online",
        });
        // As text, so that the order counts.
        assert_eq!(info.to_string(), expected.to_string(), "{path}");
        let posted = app.post(path, &[("access_token", token)]).await.json();
        assert_eq!(posted, info, "{path}");
        // As Google's library for Node sends it.
        let request = app.form(path, &[]).bearer_auth(token);
        assert_eq!(app.send(request).await.json(), info, "{path}");
    }
    let asked = app.idp.requests().to(Place::TokenInfo);
    assert!(
        asked
            .iter()
            .all(|it| it.persona.as_deref() == Some("alice"))
    );
    assert_eq!(asked.len(), 6);
}

#[tokio::test]
async fn google_1_8_tokeninfo_v1_has_the_older_names() {
    let app = App::start();
    let tokens = app.log_in().await;
    let token = tokens["access_token"].as_str().unwrap();
    let info = about(&app, "/oauth2/v1/tokeninfo", "access_token", token).await;
    let expected = [
        "issued_to",
        "audience",
        "user_id",
        "scope",
        "expires_in",
        "email",
        "verified_email",
        "access_type",
    ];
    assert_eq!(names(&info), expected);
    assert_eq!(info["user_id"], claims(&tokens)["sub"]);
    assert_eq!(info["issued_to"], json!(app.client.client_id));
    assert_eq!(info["verified_email"], json!(true));
    assert!(info["expires_in"].is_u64());
}

#[tokio::test]
async fn google_1_8_tokeninfo_says_of_whom_the_scopes_allow_it() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::Persona("alice".into()));
    let changes = [("scope", "openid"), ("access_type", "offline")];
    let code = app.code(&changes).await;
    let tokens = app.exchange(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    let info = about(&app, "/tokeninfo", "access_token", token).await;
    let expected = [
        "azp",
        "aud",
        "sub",
        "scope",
        "exp",
        "expires_in",
        "access_type",
    ];
    assert_eq!(names(&info), expected);
    assert_eq!(
        (&info["scope"], &info["access_type"]),
        (&json!("openid"), &json!("offline"))
    );
}

#[tokio::test]
async fn google_1_8_tokeninfo_of_an_id_token_says_its_claims_and_header() {
    let app = App::start();
    let tokens = app.log_in().await;
    let info = about(&app, "/tokeninfo", "id_token", id_token(&tokens)).await;
    let claims = claims(&tokens);
    let expected: Vec<_> = names(&claims)
        .into_iter()
        .chain(["alg", "kid", "typ"])
        .collect();
    assert_eq!(names(&info), expected);
    let is_text = |value: &Value| value.is_string();
    assert!(info.as_object().unwrap().values().all(is_text), "{info}");
    assert_eq!(info["exp"], json!(claims["exp"].to_string()));
    assert_eq!(info["email_verified"], json!("true"));
    assert_eq!(
        (&info["sub"], &info["alg"]),
        (&claims["sub"], &json!("RS256"))
    );
}

#[tokio::test]
async fn google_1_8_tokeninfo_refuses_what_is_no_good() {
    let app = App::start();
    app.idp.clock().freeze();
    let tokens = app.log_in().await;
    let check = async |query: &str, check: Check, error: (&str, &str), reason: &str| {
        let answer = app.get(&format!("/tokeninfo{query}")).await;
        let expected = json!({"error": error.0, "error_description": error.1});
        assert_eq!((answer.status, answer.json()), (400, expected), "{query}");
        let (found, words) = app.refusal();
        assert_eq!(found, check, "{query}");
        assert!(words.contains(reason), "{query}: {words}");
    };
    let nothing = "Either access_token, id_token, or token_handle required";
    let missing = ("invalid_request", nothing);
    let invalid = ("invalid_token", "Invalid Value");
    for query in ["", "?access_token=", "?token=x"] {
        let reason = "neither access_token nor id_token";
        check(query, Check::TokenInfoTokenMissing, missing, reason).await;
    }
    let bad = Check::TokenInfoToken;
    check("?access_token=x", bad, invalid, "none of this provider's").await;
    check("?id_token=x", bad, invalid, "it is no JWT").await;
    let forged = app
        .idp
        .mint(Mint::id_token("alice", "app").sign_with(Signing::Impostor));
    check(&format!("?id_token={forged}"), bad, invalid, "signature").await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.post("/revoke", &[("token", token)]).await.status, 200);
    check(&format!("?access_token={token}"), bad, invalid, "revoked").await;
    app.idp.clock().advance(Duration::from_hours(1));
    let over = id_token(&tokens);
    check(&format!("?id_token={over}"), bad, invalid, "is over").await;
    let answer = app.get("/oauth2/v1/tokeninfo?access_token=x").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_specification_knows_no_tokeninfo() {
    let app = App::with(
        mock_idp::MockIdp::builder()
            .flavour("plain")
            .start()
            .unwrap(),
    );
    assert_eq!(app.get("/tokeninfo?access_token=x").await.status, 404);
}
