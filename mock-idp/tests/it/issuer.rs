//! A provider that is called something else than the address it listens on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use mock_idp::{AutoLogin, Client, IssuerError, MockIdp, StartError};
use serde_json::Value;

use crate::app::{REDIRECT_URI, claims, encoded};

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
