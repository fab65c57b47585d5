//! Clients that prove themselves with a key, and a provider that has a secret made of one.

use std::collections::HashMap;

use base64::{Engine, prelude::*};
use serde_json::{Value, json};
use url::Url;

use super::{App, Browser, REDIRECT_URI};
use crate::{Config, config::ClientAuthentication, web::fake_provider::TOKEN};

const P256: &[u8] = include_bytes!("../../../tests/keys/p256.der");

/// An app with these lines in the table of its provider, and the key beside its file.
async fn with_key(lines: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    let pem = ["BEGIN", "END"].map(|end| format!("-----{end} PRIVATE KEY-----"));
    let pem = format!("{}\n{}\n{}\n", pem[0], BASE64_STANDARD.encode(P256), pem[1]);
    std::fs::write(folder.path().join("key.pem"), pem).unwrap();
    let file = folder.path().join("secrets.toml");
    let edit = |config: &mut Config| {
        let url = match &config.providers[0].endpoints {
            crate::config::Endpoints::Discovered(url) => url.to_string(),
            crate::config::Endpoints::OAuth { .. } => String::new(),
        };
        let text = format!(
            "[auth]\nredirect_uri = '{REDIRECT_URI}'\ncookie_secret = 'x'\n[auth.google]\n\
             client_id = 'client:1'\nserver_metadata_url = '{url}'\nprivate_key_file = 'key.pem'\n\
             private_key_id = 'k1'\n{lines}\n"
        );
        std::fs::write(&file, text).unwrap();
        *config = Config::from_file(&file).unwrap();
    };
    App::configured(REDIRECT_URI, edit).await
}

/// Header and claims of a JWT.
fn read(jwt: &str) -> (Value, Value) {
    let part = |index| {
        let part = jwt.split('.').nth(index).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    (part(0), part(1))
}

/// The form that the token endpoint was sent.
fn sent(app: &App) -> HashMap<String, String> {
    app.idp.edit(|world| {
        let asked = world.requests.iter().rfind(|asked| asked.path == TOKEN);
        let asked = asked.unwrap();
        assert!(!asked.headers.contains_key("authorization"));
        asked.form.clone()
    })
}

#[tokio::test]
async fn a_statement_is_signed_for_the_token_endpoint() {
    let app = with_key("client_kwargs.token_endpoint_auth_method = 'private_key_jwt'").await;
    let method = app.auth.config().providers[0].asked.client_authentication;
    assert_eq!(method, Some(ClientAuthentication::PrivateKeyJwt));
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    let form = sent(&app);
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert!(!form.contains_key("client_secret"));
    let (header, claims) = read(&form["client_assertion"]);
    assert_eq!(header, json!({"typ": "JWT", "alg": "ES256", "kid": "k1"}));
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("client:1"), &json!("client:1"))
    );
    assert_eq!(claims["aud"], format!("{}{TOKEN}", app.idp.issuer));
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        300
    );
    app.log_in(&mut browser).await;
    let (_, again) = read(&sent(&app)["client_assertion"]);
    assert_ne!(again["jti"], claims["jti"]);
}

#[tokio::test]
async fn apples_secret_is_a_statement_of_the_team() {
    let app = with_key("preset = 'apple'\nteam_id = 'T1'").await;
    let mut browser = Browser::default();
    let page = app.get(&mut browser, "/auth/login/google").await;
    let url = Url::parse(page.location()).unwrap();
    let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(asked["response_mode"], "form_post");
    assert_eq!(asked["scope"], "openid email name");
    let form = app.idp.authorize(&url);
    app.idp
        .edit(|world| drop(world.claims.as_object_mut().unwrap().remove("name")));
    let user = r#"{"name": {"firstName": "Alice", "lastName": "Apple"}, "email": "evil@x"}"#;
    let form = url::form_urlencoded::Serializer::new(form)
        .append_pair("user", user)
        .finish();
    app.post(&mut browser, "/oauth2callback", &form).await;
    let who = app.who(&browser).await;
    assert_eq!(
        (&who["name"], &who["email"]),
        (&json!("Alice Apple"), &json!("alice@example.test"))
    );
    let form = sent(&app);
    let (header, claims) = read(&form["client_secret"]);
    assert_eq!(
        (&header["alg"], &header["kid"]),
        (&json!("ES256"), &json!("k1"))
    );
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("T1"), &json!("client:1"))
    );
    assert_eq!(claims["aud"], app.idp.issuer);
    assert!(!form.contains_key("client_assertion"));
}

#[tokio::test]
async fn at_other_providers_nobody_is_called_as_the_browser_says() {
    let app = with_key("client_kwargs = { token_endpoint_auth_method = 'private_key_jwt', response_mode = 'form_post' }").await;
    let mut browser = Browser::default();
    let page = app.get(&mut browser, "/auth/login/google").await;
    let form = app.idp.authorize(&Url::parse(page.location()).unwrap());
    app.idp
        .edit(|world| drop(world.claims.as_object_mut().unwrap().remove("name")));
    let user = r#"{"name": {"firstName": "Mallory"}}"#;
    let form = url::form_urlencoded::Serializer::new(form)
        .append_pair("user", user)
        .finish();
    app.post(&mut browser, "/oauth2callback", &form).await;
    assert_eq!(app.who(&browser).await["name"], "alice@example.test");
}
