//! A login from discovery to claims.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mock_idp::MockIdp;
use serde_json::json;

use crate::app::{App, REDIRECT_URI, claims, id_token, is_signature_valid, names, token_part};

#[tokio::test]
async fn google_1_1_the_discovery_document_is_literal() {
    let app = App::start();
    let answer = app.get("/.well-known/openid-configuration").await;
    let issuer = app.idp.issuer();
    let expected = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/o/oauth2/v2/auth"),
        "device_authorization_endpoint": format!("{issuer}/device/code"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/v1/userinfo"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/oauth2/v3/certs"),
        "response_types_supported": ["code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token", "none"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
    });
    assert_eq!(answer.status, 200);
    // As text, so that the order counts.
    assert_eq!(answer.json().to_string(), expected.to_string());
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    assert_eq!(
        app.idp.discovery_url(),
        app.url("/.well-known/openid-configuration")
    );
}

/// The parameters of the answer to the app, and whether the metadata announces `iss`.
async fn response_of(flavour: &str) -> (Vec<String>, bool) {
    let app = App::with(MockIdp::builder().flavour(flavour).start().unwrap());
    let discovery = app.get("/.well-known/openid-configuration").await.json();
    let flag = "authorization_response_iss_parameter_supported";
    let answer = app.authorize(&[]).await.callback_in_order();
    let names = answer.into_iter().map(|(name, _)| name);
    (names.collect(), discovery[flag] == true)
}

#[tokio::test]
async fn google_1_5_iss_was_sent_before_it_was_announced() {
    let check = async |flavour: &str, sends: bool, announces: bool| {
        let (parameters, is_announced) = response_of(flavour).await;
        let is_sent = parameters.iter().any(|name| name == "iss");
        assert_eq!((is_sent, is_announced), (sends, announces), "{flavour}");
    };
    check("google@2024-06", false, false).await;
    check("google@2026-02", true, false).await;
    check("google@2026-04", true, true).await;
}

#[tokio::test]
async fn google_1_5_the_response_has_its_parameters_in_order() {
    let app = App::start();
    let answer = app.authorize(&[]).await;
    let pairs = answer.callback_in_order();
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["state", "iss", "code", "scope", "authuser", "prompt"]
    );
    let callback = answer.callback();
    assert_eq!(callback["state"], "the state");
    assert_eq!(callback["iss"], app.idp.issuer());
    assert!(callback["code"].starts_with("4/0A"));
    assert!((62..=73).contains(&callback["code"].len()));
    assert_eq!(
        callback["scope"],
        "email profile https://www.googleapis.com/auth/userinfo.profile openid https://www.googleapis.com/auth/userinfo.email"
    );
    assert_eq!(callback["prompt"], "consent");
    // The second time nothing was asked.
    assert_eq!(app.authorize(&[]).await.callback()["prompt"], "none");
}

#[tokio::test]
async fn google_1_6_the_token_response_has_its_members_in_order() {
    let app = App::start();
    let code = app.code(&[]).await;
    let answer = app.exchange(&code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.text.starts_with("{\n  \"access_token\": \"ya29."));
    let tokens = answer.json();
    assert_eq!(
        names(&tokens),
        [
            "access_token",
            "expires_in",
            "scope",
            "token_type",
            "id_token"
        ]
    );
    assert_eq!(tokens["expires_in"], 3599);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(
        tokens["scope"],
        "https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile openid"
    );
}

#[tokio::test]
async fn google_1_7_the_id_token_has_header_and_claims_in_order_and_a_valid_signature() {
    let app = App::start();
    let tokens = app.log_in().await;
    let header = token_part(id_token(&tokens), 0);
    assert_eq!(names(&header), ["alg", "kid", "typ"]);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("RS256"), &json!("JWT"))
    );
    assert_eq!(header["kid"], app.idp.keys().signing_kid());
    let claims = claims(&tokens);
    assert_eq!(
        names(&claims),
        [
            "iss",
            "azp",
            "aud",
            "sub",
            "email",
            "email_verified",
            "at_hash",
            "nonce",
            "name",
            "picture",
            "given_name",
            "family_name",
            "iat",
            "exp"
        ]
    );
    assert_eq!(claims["iss"], app.idp.issuer());
    assert_eq!(
        (&claims["aud"], &claims["azp"]),
        (&json!(app.client.client_id), &json!(app.client.client_id))
    );
    let sub = claims["sub"].as_str().unwrap();
    assert!(
        sub.len() == 21 && sub.bytes().all(|byte| byte.is_ascii_digit()),
        "{sub}"
    );
    assert_eq!(claims["nonce"], "the nonce");
    assert_eq!(claims["name"], "Alice Example");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["at_hash"].as_str().unwrap().len(), 22);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
    assert!(is_signature_valid(id_token(&tokens), &app.jwks().await));
}

#[tokio::test]
async fn claims_come_by_scope() {
    let app = App::start();
    let check = async |scope: &str, expected: &[&str]| {
        let code = app.code(&[("scope", scope), ("nonce", "")]).await;
        let tokens = app.exchange(&code, &[]).await.json();
        let always = ["iss", "azp", "aud", "sub", "at_hash", "iat", "exp"];
        let claims = claims(&tokens);
        let rest = names(&claims)
            .into_iter()
            .filter(|name| !always.contains(name));
        assert_eq!(rest.collect::<Vec<_>>(), expected, "{scope}");
    };
    check("openid", &[]).await;
    check("openid email", &["email", "email_verified"]).await;
    check(
        "openid https://www.googleapis.com/auth/userinfo.email",
        &["email", "email_verified"],
    )
    .await;
    check(
        "openid profile",
        &["name", "picture", "given_name", "family_name"],
    )
    .await;
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let app = App::start();
    let code = app.code(&[("scope", "email")]).await;
    let tokens = app.exchange(&code, &[]).await.json();
    assert_eq!(
        names(&tokens),
        ["access_token", "expires_in", "scope", "token_type"]
    );
}

#[tokio::test]
async fn google_1_6_a_refresh_token_comes_with_offline_and_consent_shown() {
    let app = App::start();
    let check = async |changes: &[(&str, &str)], expected: bool| {
        let code = app.code(changes).await;
        let tokens = app.exchange(&code, &[]).await.json();
        let has_one = tokens["refresh_token"]
            .as_str()
            .is_some_and(|it| it.starts_with("1//0"));
        assert_eq!(has_one, expected, "{changes:?}: {tokens}");
    };
    check(&[("access_type", "offline")], true).await;
    check(&[("access_type", "offline")], false).await;
    check(&[("access_type", "offline"), ("prompt", "consent")], true).await;
    check(&[("prompt", "consent")], false).await;
}

#[tokio::test]
async fn google_1_2_every_alias_answers() {
    let app = App::start();
    for path in [
        "/token",
        "/oauth2/v4/token",
        "/oauth2/v3/token",
        "/o/oauth2/token",
    ] {
        assert_eq!(app.post(path, &[]).await.status, 400, "{path}");
    }
    let path = app
        .authorization_path(&[])
        .replace("/o/oauth2/v2/auth", "/o/oauth2/auth");
    assert!(app.get(&path).await.callback().contains_key("code"));
}

#[tokio::test]
async fn a_request_may_be_posted() {
    let app = App::start();
    let path = app.authorization_path(&[]);
    let (path, query) = path.split_once('?').unwrap();
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert!(app.post(path, &pairs).await.callback().contains_key("code"));
}

#[tokio::test]
async fn response_mode_fragment_puts_the_answer_behind_the_hash() {
    let app = App::start();
    let answer = app.authorize(&[("response_mode", "fragment")]).await;
    assert!(
        answer
            .location()
            .starts_with(&format!("{REDIRECT_URI}#state=the+state&iss="))
    );
}

#[tokio::test]
async fn the_app_may_be_a_public_client_or_prove_itself_by_basic() {
    let app = App::start();
    let public = mock_idp::Client {
        client_id: "public app".into(),
        redirect_uris: vec![REDIRECT_URI.into()],
        ..mock_idp::Client::default()
    };
    app.idp.register_client(public).unwrap();
    let code = app.code(&[("client_id", "public app")]).await;
    let answer = app
        .exchange(&code, &[("client_id", "public app"), ("client_secret", "")])
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);

    let code = app.code(&[]).await;
    let request = app
        .token_form(&code, &[("client_id", ""), ("client_secret", "")])
        .basic_auth(&app.client.client_id, app.client.client_secret.as_deref());
    assert_eq!(app.send(request).await.status, 200);
}

#[tokio::test]
async fn a_new_key_signs_and_tokens_of_the_old_one_stay_valid_until_it_is_retired() {
    let app = App::start();
    let before = app.log_in().await;
    let kid = app.idp.keys().rotate();
    let after = app.log_in().await;
    assert_eq!(token_part(id_token(&after), 0)["kid"], kid);
    let jwks = app.jwks().await;
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 3);
    assert!(is_signature_valid(id_token(&before), &jwks));
    assert!(is_signature_valid(id_token(&after), &jwks));
    app.idp.keys().retire_old();
    let jwks = app.jwks().await;
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
    assert!(!is_signature_valid(id_token(&before), &jwks));
    assert!(is_signature_valid(id_token(&after), &jwks));
}

#[tokio::test]
async fn google_1_9_the_keys_say_how_long_they_may_be_kept() {
    let app = App::start();
    let answer = app.get("/oauth2/v3/certs").await;
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=23641, must-revalidate, no-transform"
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let jwks = answer.json();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    let mut orders: Vec<_> = keys.iter().map(names).collect();
    orders.dedup();
    assert_eq!(
        orders.len(),
        2,
        "the order of members differs from key to key"
    );
    for key in keys {
        assert_eq!(
            (&key["e"], &key["alg"], &key["use"], &key["kty"]),
            (
                &json!("AQAB"),
                &json!("RS256"),
                &json!("sig"),
                &json!("RSA")
            )
        );
    }
}

#[tokio::test]
async fn google_1_9_the_same_keys_are_there_as_certificates() {
    let app = App::start();
    let jwks = app.get("/oauth2/v3/certs").await.json();
    let keys = jwks["keys"].as_array().unwrap();
    let kids: Vec<_> = keys
        .iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect();
    let answer = app.get("/oauth2/v1/certs").await;
    let cached = "public, max-age=23641, must-revalidate, no-transform";
    assert_eq!(answer.header("cache-control"), cached);
    let certificates = answer.json();
    assert_eq!(names(&certificates), kids);
    for (key, kid) in keys.iter().zip(kids) {
        let pem = certificates[kid].as_str().unwrap();
        let body = pem.strip_prefix("-----BEGIN CERTIFICATE-----\n").unwrap();
        let body = body.strip_suffix("-----END CERTIFICATE-----\n").unwrap();
        let certificate = STANDARD.decode(body.replace('\n', "")).unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
        let holds_it = certificate.windows(modulus.len()).any(|it| it == modulus);
        assert!(holds_it, "the certificate of {kid} holds another key");
    }
}
