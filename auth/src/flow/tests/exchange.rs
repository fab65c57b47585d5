//! The requests of a login, and what is made of the answers.

use std::collections::{HashMap, HashSet};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{super::Callback, App, Pending, outcome_with};
use crate::{
    LoginError,
    testing::{Answer, NOW, TOKEN},
};

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn the_authorization_request() {
    let app = App::start().await;
    let (url, pending) = app.begin().await.unwrap();
    assert!(
        url.as_str()
            .starts_with(&format!("{}/authorize?tenant=1&", app.idp.issuer)),
        "{url}"
    );
    let mut query = query(&url);
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&pending.code_verifier));
    let mut check = |name: &str, expected: &str| {
        assert_eq!(query.remove(name).as_deref(), Some(expected), "{name}");
    };
    check("tenant", "1");
    check("response_type", "code");
    check("client_id", "client:1");
    check("redirect_uri", "http://localhost:8501/oauth2callback");
    check("scope", "openid email profile");
    check("prompt", "select_account");
    check("state", &pending.state);
    check("nonce", &pending.nonce);
    check("code_challenge", &challenge);
    check("code_challenge_method", "S256");
    assert_eq!(query, HashMap::new());
}

#[tokio::test]
async fn every_login_has_values_of_its_own() {
    let app = App::start().await;
    let (_, first) = app.begin().await.unwrap();
    let (_, second) = app.begin().await.unwrap();
    let values = |pending: &Pending| {
        [
            pending.state.clone(),
            pending.nonce.clone(),
            pending.code_verifier.clone(),
        ]
    };
    let all: HashSet<_> = values(&first).into_iter().chain(values(&second)).collect();
    assert_eq!(all.len(), 6);
    assert!(all.iter().all(|value| value.len() == 43));
}

#[tokio::test]
async fn a_login_says_who_it_is() {
    let app = App::start().await;
    let identity = app.log_in().await.unwrap();
    assert_eq!(identity.issuer, app.idp.issuer);
    assert_eq!(identity.subject, "110");
    assert_eq!(identity.session_id(), Some("provider-session"));
    assert_eq!(identity.claims["name"], "Alice Example");
    assert_eq!(identity.tokens.access_token, "access");
    assert_eq!(identity.tokens.refresh_token.as_deref(), Some("refresh"));
    assert_eq!(identity.tokens.expires_at, Some(NOW + 3599));
    assert_eq!(identity.tokens.id_token.unwrap().split('.').count(), 3);
}

#[tokio::test]
async fn the_token_request() {
    let app = App::start().await;
    let (url, pending) = app.begin().await.unwrap();
    let (callback, verifier) = (app.idp.authorize(&url), pending.code_verifier.clone());
    app.flow()
        .finish(Callback::parse(&callback).unwrap(), pending)
        .await
        .unwrap();
    let request = app
        .idp
        .edit(|world| world.requests.iter().find(|it| it.path == TOKEN).cloned())
        .unwrap();
    // RFC 6749 2.3.1: each form-encoded first, so "client%3A1:s%2B+%25".
    assert_eq!(
        request.headers["authorization"],
        "Basic Y2xpZW50JTNBMTpzJTJCKyUyNQ=="
    );
    assert!(!request.headers.contains_key("accept-encoding"));
    let expected = [
        ("grant_type", "authorization_code"),
        ("code", "4/0code"),
        ("redirect_uri", "http://localhost:8501/oauth2callback"),
        ("code_verifier", &verifier),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(request.form, HashMap::from(expected));
}

#[tokio::test]
async fn the_secret_is_posted_where_only_that_is_listed() {
    let app = App::start().await;
    app.idp.edit(|world| {
        world.discovery["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    });
    app.log_in().await.unwrap();
    let request = app
        .idp
        .edit(|world| world.requests.iter().find(|it| it.path == TOKEN).cloned())
        .unwrap();
    assert!(!request.headers.contains_key("authorization"));
    assert_eq!(request.form["client_id"], "client:1");
    assert_eq!(request.form["client_secret"], "s+ %");
}

#[tokio::test]
async fn callbacks_that_are_refused_before_the_code_is_spent() {
    let app = App::start().await;
    let check = async |callback: &str, expected: &LoginError| {
        let (_, pending) = app.begin().await.unwrap();
        let callback = callback.replace("ISS", &app.idp.issuer);
        let found = app
            .flow()
            .finish(Callback::parse(&callback).unwrap(), pending)
            .await;
        assert_eq!(found.err().as_ref(), Some(expected), "{callback}");
    };
    let other_issuer = |found: Option<&str>| LoginError::CallbackIssuer {
        expected: app.idp.issuer.clone(),
        found: found.map(str::to_owned),
    };
    let refused = |description: Option<&str>| LoginError::CallbackError {
        error: "server_error".to_owned(),
        description: description.map(str::to_owned),
    };
    check(
        "code=c&iss=https://evil.test",
        &other_issuer(Some("https://evil.test")),
    )
    .await;
    check(
        "code=c&iss=ISS/",
        &other_issuer(Some(&format!("{}/", app.idp.issuer))),
    )
    .await;
    check("code=c", &other_issuer(None)).await;
    check("error=access_denied", &LoginError::Denied).await;
    check("error=server_error&code=c", &refused(None)).await;
    check(
        "error=access_denied&iss=https://evil.test",
        &other_issuer(Some("https://evil.test")),
    )
    .await;
    check("error=access_denied&iss=ISS", &LoginError::Denied).await;
    check("error=access_denied&iss=ISS&code=c", &LoginError::Denied).await;
    check("error=server_error&iss=ISS&code=c", &refused(None)).await;
    check(
        "error=server_error&iss=ISS&error_description=a+b",
        &refused(Some("a b")),
    )
    .await;
    check("iss=ISS", &LoginError::CallbackCode).await;
    check("iss=ISS&code=", &LoginError::CallbackCode).await;
    assert_eq!(app.idp.asked(TOKEN), 0);
}

#[tokio::test]
async fn without_the_promise_an_issuer_may_be_missing_but_not_wrong() {
    let app = App::start().await;
    app.idp.edit(|world| {
        world.discovery["authorization_response_iss_parameter_supported"] = json!(null);
    });
    let check = async |callback: &str, expected: &str| {
        let (url, pending) = app.begin().await.unwrap();
        app.idp.authorize(&url);
        let found = app
            .flow()
            .finish(Callback::parse(callback).unwrap(), pending)
            .await;
        assert_eq!(
            found.map_or_else(|error| error.reason(), |_| "ok"),
            expected,
            "{callback}"
        );
    };
    check("code=c", "ok").await;
    check("code=c&iss=https://evil.test", "callback.iss").await;
}

#[tokio::test]
async fn a_login_begun_at_another_issuer_is_not_finished() {
    let app = App::start().await;
    let (url, mut pending) = app.begin().await.unwrap();
    let callback = app.idp.authorize(&url);
    pending.issuer = "https://earlier.test".to_owned();
    let callback = callback.replace("iss=", "x=") + "&iss=https://earlier.test";
    let error = app
        .flow()
        .finish(Callback::parse(&callback).unwrap(), pending)
        .await
        .err()
        .unwrap();
    assert_eq!(error.reason(), "callback.iss");
    assert_eq!(app.idp.asked(TOKEN), 0);
}

#[tokio::test]
async fn token_responses() {
    let check = async |status: u16, body: &str, expected: &str| {
        let answer = Answer::Says(status, body.to_owned());
        let found = outcome_with(|world| drop(world.instead.insert(TOKEN, answer))).await;
        assert_eq!(found, expected, "{status} {body}");
    };
    check(
        400,
        r#"{"error":"invalid_grant","error_description":"Bad Request"}"#,
        "token.error",
    )
    .await;
    check(401, r#"{"error":"invalid_client"}"#, "token.error").await;
    check(400, r#"{"error":7}"#, "token.error").await;
    check(200, r#"{"error":"invalid_grant"}"#, "token.error").await;
    check(
        200,
        r#"{"access_token":"a","token_type":"Bearer","id_token":"x","error":"e"}"#,
        "token.error",
    )
    .await;
    check(
        400,
        r#"{"access_token":"a","token_type":"Bearer","id_token":"x"}"#,
        "provider.status",
    )
    .await;
    check(400, "<html>", "provider.status").await;
    check(500, r#"{"error":"server_error"}"#, "provider.status").await;
    check(
        201,
        r#"{"access_token":"a","token_type":"Bearer","id_token":"x"}"#,
        "provider.status",
    )
    .await;
    check(200, "<html>", "provider.not_json").await;
    check(200, "", "provider.not_json").await;
    check(200, r#"{"access_token":"a","#, "provider.not_json").await;
    check(200, "[]", "token.response").await;
    check(
        200,
        r#"{"token_type":"Bearer","id_token":"x"}"#,
        "token.response",
    )
    .await;
    check(
        200,
        r#"{"access_token":"a","id_token":"x"}"#,
        "token.response",
    )
    .await;
    check(
        200,
        r#"{"access_token":"a","token_type":"MAC","id_token":"x"}"#,
        "token.response",
    )
    .await;
    check(
        200,
        r#"{"access_token":"a","token_type":"Bearer","id_token":"x","id_token":"y"}"#,
        "token.response",
    )
    .await;
    check(
        200,
        r#"{"access_token":"a","token_type":"Bearer"}"#,
        "id_token.missing",
    )
    .await;
    check(
        200,
        r#"{"access_token":"a","token_type":"Bearer","id_token":["x"]}"#,
        "id_token.missing",
    )
    .await;
    check(
        200,
        r#"{"access_token":"a","token_type":"bEARER","id_token":"x"}"#,
        "id_token.malformed",
    )
    .await;
}

#[tokio::test]
async fn the_words_of_the_token_endpoint_are_kept_for_the_log() {
    let app = App::start().await;
    let body = json!({"error": "invalid_grant", "error_description": "x".repeat(300)}).to_string();
    app.idp
        .edit(|world| drop(world.instead.insert(TOKEN, Answer::Says(400, body))));
    let expected = LoginError::TokenError {
        error: "invalid_grant".to_owned(),
        description: Some("x".repeat(200) + ".."),
    };
    assert_eq!(app.log_in().await.err(), Some(expected));
    assert_eq!(app.idp.asked(TOKEN), 1);
}

#[tokio::test]
async fn an_algorithm_that_is_not_listed_is_refused() {
    let listed = |names: Value| {
        outcome_with(move |world| {
            world.discovery["id_token_signing_alg_values_supported"] = names;
        })
    };
    assert_eq!(listed(json!(["RS256", "none"])).await, "ok");
    assert_eq!(listed(json!(["ES256"])).await, "id_token.alg");
}

#[tokio::test]
async fn the_id_token_is_verified_for_this_login() {
    let check = async |name: &str, value: Value, expected: &str| {
        let found = outcome_with(|world| world.claims[name] = value).await;
        assert_eq!(found, expected, "{name}");
    };
    check("aud", json!("other"), "id_token.aud").await;
    check("iss", json!("https://evil.test"), "id_token.iss").await;
    check("exp", json!(NOW - 60), "id_token.exp").await;
    check("at_hash", json!("x"), "id_token.at_hash").await;
    let app = App::start().await;
    let (url, _) = app.begin().await.unwrap();
    let (_, pending) = app.begin().await.unwrap();
    let callback = app.idp.authorize(&url);
    let error = app
        .flow()
        .finish(Callback::parse(&callback).unwrap(), pending)
        .await
        .err()
        .unwrap();
    assert_eq!(error.reason(), "id_token.nonce");
}
