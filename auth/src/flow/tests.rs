use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Callback, Flow, Pending};
use crate::{
    Clock, LoginError, Random,
    http::Http,
    identity::Identity,
    provider::Provider,
    testing::{
        Answer, DISCOVERY, FakeProvider, KEYS, NOW, PATIENCE, Signer, TOKEN, World, clock_at_now,
        seconds,
    },
};

/// An app's side of logins at a fake provider.
struct App {
    idp: FakeProvider,
    provider: Provider,
    redirect_uri: Url,
    http: Http,
    clock: Clock,
    random: Random,
}

impl App {
    async fn start() -> Self {
        Self::with_timeout(PATIENCE).await
    }

    async fn with_timeout(timeout: Duration) -> Self {
        let idp = FakeProvider::start().await;
        let config = idp.config("http://localhost:8501/oauth2callback");
        Self {
            provider: Provider::new(config.providers[0].clone()),
            redirect_uri: config.redirect_uri,
            http: Http::new(timeout),
            clock: clock_at_now(),
            random: Random::system(),
            idp,
        }
    }

    fn flow(&self) -> Flow<'_> {
        let Self {
            provider,
            redirect_uri,
            http,
            clock,
            random,
            ..
        } = self;
        Flow {
            provider,
            redirect_uri,
            http,
            clock,
            random,
        }
    }

    async fn begin(&self) -> Result<(Url, Pending), LoginError> {
        self.flow().begin().await
    }

    /// A whole login.
    async fn log_in(&self) -> Result<Identity, LoginError> {
        let (url, pending) = self.begin().await?;
        let query = self.idp.authorize(&url);
        self.flow().finish(Callback::parse(&query)?, pending).await
    }

    /// The reason why a login fails; "ok" if it does not.
    async fn outcome(&self) -> &'static str {
        self.log_in()
            .await
            .map_or_else(|error| error.reason(), |_| "ok")
    }
}

/// The outcome of a login at a provider that was changed first.
async fn outcome_with(edit: impl FnOnce(&mut World)) -> &'static str {
    let app = App::start().await;
    app.idp.edit(edit);
    app.outcome().await
}

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
    let challenge = base64::Engine::encode(
        &base64::prelude::BASE64_URL_SAFE_NO_PAD,
        Sha256::digest(&pending.code_verifier),
    );
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
    let all: std::collections::HashSet<_> =
        values(&first).into_iter().chain(values(&second)).collect();
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
    assert_eq!(identity.tokens.id_token.split('.').count(), 3);
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
    check("error=access_denied", &other_issuer(None)).await;
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
async fn answers_that_are_none() {
    let check = async |path: &'static str, answer: Answer, expected: &str| {
        let found = outcome_with(|world| drop(world.instead.insert(path, answer))).await;
        assert_eq!(found, expected, "{path}");
    };
    let canary = FakeProvider::start().await;
    for path in [DISCOVERY, KEYS, TOKEN] {
        let large = "x".repeat((1 << 20) + 1);
        check(path, Answer::Says(200, large), "provider.too_large").await;
        check(path, Answer::Says(503, "{}".to_owned()), "provider.status").await;
        check(
            path,
            Answer::Says(200, "<!doctype html>".to_owned()),
            "provider.not_json",
        )
        .await;
        let elsewhere = format!("{}{path}", canary.issuer);
        check(path, Answer::RedirectsTo(elsewhere), "provider.status").await;
    }
    assert_eq!(canary.edit(|world| world.requests.len()), 0);
}

#[tokio::test]
async fn an_answer_of_a_mebibyte_is_read() {
    let app = App::start().await;
    app.idp.edit(|world| {
        let document = world.discovery.to_string();
        let padding = " ".repeat((1 << 20) - document.len());
        world
            .instead
            .insert(DISCOVERY, Answer::Says(200, document + &padding));
    });
    assert_eq!(app.outcome().await, "ok");
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_given_up() {
    let app = App::with_timeout(Duration::from_millis(50)).await;
    app.idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, Answer::Never)));
    let expected = LoginError::Timeout {
        url: format!("{}{DISCOVERY}", app.idp.issuer),
        seconds: 1,
    };
    assert_eq!(app.begin().await.err(), Some(expected));
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_again_at_once() {
    let app = App::start().await;
    app.idp.edit(|world| {
        drop(
            world
                .instead
                .insert(DISCOVERY, Answer::Says(503, String::new())),
        );
    });
    assert_eq!(app.outcome().await, "provider.status");
    app.idp.edit(|world| drop(world.instead.remove(DISCOVERY)));
    assert_eq!(app.outcome().await, "ok");
}

#[tokio::test]
async fn documents_are_kept_as_long_as_their_max_age() {
    let app = App::start().await;
    let asked = || (app.idp.asked(DISCOVERY), app.idp.asked(KEYS));
    assert_eq!(app.outcome().await, "ok");
    app.clock.advance(seconds(599));
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(asked(), (1, 1));
    app.clock.advance(seconds(1));
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(asked(), (2, 2));
}

#[tokio::test]
async fn metadata_may_be_stale_and_keys_may_not() {
    let app = App::start().await;
    assert_eq!(app.outcome().await, "ok");
    let down = Answer::Says(503, String::new());
    app.clock.advance(seconds(600));
    app.idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, down.clone())));
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(
        app.idp.asked(DISCOVERY),
        2,
        "a provider that is down is left alone for a while"
    );
    app.clock.advance(seconds(600));
    app.idp.edit(|world| drop(world.instead.insert(KEYS, down)));
    assert_eq!(app.outcome().await, "provider.status");
}

#[tokio::test]
async fn visitors_who_come_at_once_share_one_request() {
    let app = App::start().await;
    let (a, b, c) = tokio::join!(app.begin(), app.begin(), app.begin());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(app.idp.asked(DISCOVERY), 1);
}

#[tokio::test]
async fn visitors_who_wait_share_the_failure_as_well() {
    let app = App::with_timeout(Duration::from_millis(50)).await;
    app.idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, Answer::Never)));
    let (a, b, c) = tokio::join!(app.begin(), app.begin(), app.begin());
    let reasons = [a, b, c].map(|found| found.err().unwrap().reason());
    assert_eq!(reasons, ["provider.timeout"; 3]);
    assert_eq!(app.idp.asked(DISCOVERY), 1);
}

/// Signs with another key from now on, published or not.
fn rotate(app: &App, kid: &str, is_published: bool) {
    app.idp.edit(|world| {
        world.signer = Signer::RsaB;
        world.header["kid"] = json!(kid);
        if is_published {
            world.keys = vec![Signer::RsaB.jwk(kid)];
        }
    });
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let app = App::start().await;
    assert_eq!(app.outcome().await, "ok");
    rotate(&app, "b", true);
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.idp.asked(KEYS), 2);
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.idp.asked(KEYS), 2);
}

#[tokio::test]
async fn invented_keys_do_not_become_requests() {
    let app = App::start().await;
    for kid in ["x", "y", "z"] {
        rotate(&app, kid, false);
        assert_eq!(app.outcome().await, "id_token.kid");
    }
    assert_eq!(app.idp.asked(KEYS), 2);
    app.clock.advance(seconds(29));
    assert_eq!(app.outcome().await, "id_token.kid");
    assert_eq!(app.idp.asked(KEYS), 2);
    app.clock.advance(seconds(1));
    assert_eq!(app.outcome().await, "id_token.kid");
    assert_eq!(app.idp.asked(KEYS), 3);
}

#[tokio::test]
async fn the_keys_of_another_address_are_other_keys() {
    let app = App::start().await;
    assert_eq!(app.outcome().await, "ok");
    app.clock.advance(seconds(600));
    app.idp.edit(|world| {
        world.discovery["jwks_uri"] =
            json!(world.discovery["jwks_uri"].as_str().unwrap().to_owned() + "?v=2");
    });
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.idp.asked(KEYS), 2);
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
