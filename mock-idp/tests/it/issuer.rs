//! A provider that is called something else than the address it listens on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use mock_idp::{AutoLogin, Client, IssuerError, MockIdp, StartError};
use reqwest::Method;
use serde_json::Value;

use crate::app::{Answer, App, REDIRECT_URI, claims, encoded};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const ISSUER: &str = "https://idp.example/realms/team";

/// What is answered at the address the provider listens on, head and body.
fn send(idp: &MockIdp, method: &str, path: &str, form: &str) -> (String, String) {
    let mut stream = TcpStream::connect(idp.address()).unwrap();
    let length = form.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: idp.example\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn metadata(idp: &MockIdp, path: &str) -> Value {
    let (head, body) = send(idp, "GET", path, "");
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
    serde_json::from_str(&body).unwrap()
}

/// A login over the paths that begin with `prefix`; returns the token response.
fn log_in(idp: &MockIdp, client: &Client, prefix: &str) -> Value {
    let asked = encoded(&[
        ("response_type", "code"),
        ("client_id", &client.client_id),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("state", "the state"),
    ]);
    let (head, _) = send(
        idp,
        "GET",
        &format!("{prefix}/o/oauth2/v2/auth?{asked}"),
        "",
    );
    let location = head.lines().find_map(|it| it.strip_prefix("location: "));
    let location = url::Url::parse(location.unwrap()).unwrap();
    let code = location.query_pairs().find(|it| it.0 == "code").unwrap().1;
    let form = encoded(&[
        ("grant_type", "authorization_code"),
        ("client_id", &client.client_id),
        ("client_secret", client.client_secret.as_deref().unwrap()),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
    ]);
    let (_, body) = send(idp, "POST", &format!("{prefix}/token"), &form);
    serde_json::from_str(&body).unwrap()
}

#[test]
fn the_provider_says_everywhere_what_it_was_told_to_be_called() {
    let idp = MockIdp::builder()
        .issuer(format!("{ISSUER}/"))
        .auto_login(AutoLogin::Persona("alice".into()))
        .start()
        .unwrap();
    assert_eq!(idp.issuer(), ISSUER);
    let well_known = "/.well-known/openid-configuration";
    let at_its_path = metadata(&idp, &format!("/realms/team{well_known}"));
    assert_eq!(at_its_path["issuer"], ISSUER);
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let url = at_its_path[endpoint].as_str().unwrap();
        assert!(url.starts_with(&format!("{ISSUER}/")), "{url}");
    }
    assert_eq!(
        at_its_path,
        metadata(&idp, &format!("{well_known}/realms/team"))
    );
    let client = idp.register(REDIRECT_URI);
    // With the path that the proxy left, and without the one it took away.
    for prefix in ["/realms/team", ""] {
        let tokens = log_in(&idp, &client, prefix);
        assert_eq!(claims(&tokens)["iss"], ISSUER);
    }
    let tenant = idp.create_tenant("mine").unwrap();
    assert_eq!(tenant.issuer(), format!("{ISSUER}/mine"));
    let of_tenant = metadata(&idp, &format!("/realms/team/mine{well_known}"));
    assert_eq!(of_tenant["issuer"], tenant.issuer());
}

#[test]
fn what_is_no_issuer_does_not_start() {
    let refused = MockIdp::builder().issuer("idp.example").start();
    let is_told = matches!(
        refused,
        Err(StartError::Issuer(IssuerError::NoUrl { ref text, .. })) if text == "idp.example"
    );
    assert!(is_told, "{refused:?}");
}

/// The metadata that a request with these headers gets.
async fn seen(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = app.request(Method::GET, &format!("{path}{DISCOVERY}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request).await
}

#[tokio::test]
async fn the_host_says_what_the_provider_is_called() {
    let app = App::with(MockIdp::builder().issuer_from_host().start().unwrap());
    app.idp.create_tenant("team").unwrap();
    let issuer = async |path: &str, headers: &[(&str, &str)]| {
        let document = seen(&app, path, headers).await.json();
        let issuer = document["issuer"].as_str().unwrap().to_owned();
        for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let url = document[endpoint].as_str().unwrap();
            assert!(url.starts_with(&format!("{issuer}/")), "{endpoint}: {url}");
        }
        issuer
    };
    assert_eq!(issuer("", &[]).await, app.idp.issuer());
    assert_eq!(issuer("", &[("host", "idp:9000")]).await, "http://idp:9000");
    assert_eq!(
        issuer("/team", &[("host", "idp:9000")]).await,
        "http://idp:9000/team"
    );
    let proxied = [
        ("x-forwarded-host", "sso.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/realms/a"),
    ];
    assert_eq!(issuer("", &proxied).await, "https://sso.example/realms/a");
    assert_eq!(
        issuer("", &[]).await,
        app.idp.issuer(),
        "none is remembered"
    );
}

#[tokio::test]
async fn a_token_is_of_the_issuer_that_the_app_asked() {
    let app = App::with(MockIdp::builder().issuer_from_host().start().unwrap());
    // The browser asks by one name, the app by another.
    let request = app.request(Method::GET, &app.authorization_path(&[]));
    let answer = app.send(request.header("host", "localhost:9000")).await;
    let callback = answer.callback();
    assert_eq!(callback["iss"], "http://localhost:9000");
    let request = app.token_form(&callback["code"], &[]);
    let tokens = app.send(request.header("host", "idp:9000")).await.json();
    assert_eq!(claims(&tokens)["iss"], "http://idp:9000");
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let app = App::with(MockIdp::builder().issuer_from_host().start().unwrap());
    let headers = [("x-forwarded-host", "<script>")];
    let answer = seen(&app, "", &headers).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let words = "mock-idp: X-Forwarded-Host is \"<script>\", which is no host";
    assert!(answer.text.starts_with(words), "{}", answer.text);
}

#[tokio::test]
async fn without_being_asked_to_it_believes_no_host() {
    let app = App::start();
    let headers = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
    ];
    let document = seen(&app, "", &headers).await.json();
    assert_eq!(document["issuer"], app.idp.issuer());
}

#[tokio::test]
async fn an_app_in_a_container_asks_by_a_way_of_its_own() {
    let idp = MockIdp::builder()
        .flavour("plain")
        .issuer("http://localhost:9000")
        .back_channel("http://idp:9000/")
        .start()
        .unwrap();
    let team = idp.create_tenant("team").unwrap();
    let document = |path: &str| metadata(&idp, &format!("{path}{DISCOVERY}"));
    for (path, issuer, back) in [
        ("", "http://localhost:9000", "http://idp:9000"),
        ("/team", team.issuer(), "http://idp:9000/team"),
    ] {
        let document = document(path);
        assert_eq!(document["issuer"], issuer);
        for name in ["authorization_endpoint", "end_session_endpoint"] {
            let url = document[name].as_str().unwrap();
            assert!(url.starts_with(&format!("{issuer}/")), "{name}: {url}");
        }
        for name in [
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "revocation_endpoint",
        ] {
            let url = document[name].as_str().unwrap();
            assert!(url.starts_with(&format!("{back}/")), "{name}: {url}");
        }
    }
    let error = MockIdp::builder()
        .back_channel("idp:9000")
        .start()
        .unwrap_err();
    assert!(
        matches!(error, StartError::Issuer(IssuerError::Scheme(_))),
        "{error}"
    );
}
