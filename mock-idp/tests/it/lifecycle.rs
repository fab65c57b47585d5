//! Starting, stopping, registering, and that no two providers meet.

use std::net::TcpListener;
use std::time::Duration;

use mock_idp::{
    AutoLogin, Check, Client, Config, MockIdp, Persona, RegisterError, StartError, token,
};

use crate::app::{App, REDIRECT_URI};

#[tokio::test]
async fn drop_stops_the_server_and_frees_the_port() {
    // Below the ports that systems give to whoever asks for any: nobody else takes it meanwhile.
    let mut ports = (10_000..20_000).skip(5_000 + std::process::id() as usize % 4_000);
    let started = ports.find_map(|port| MockIdp::builder().port(port).start().ok());
    let app = App::with(started.unwrap());
    app.log_in().await;
    let address = app.idp.issuer().strip_prefix("http://").unwrap().to_owned();
    drop(app);
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
    TcpListener::bind(&address).unwrap();
}

#[tokio::test]
async fn drop_does_not_wait_for_what_stays_silent() {
    let app = App::start();
    app.idp.fault(token().silence());
    let request = app.form("/token", &[]).timeout(Duration::from_millis(50));
    assert!(app.try_send(request).await.is_err());
    // An open connection that never says anything.
    let address = app.idp.issuer().strip_prefix("http://").unwrap().to_owned();
    let _idle = tokio::net::TcpStream::connect(&address).await.unwrap();
    let dropped = tokio::task::spawn_blocking(move || drop(app));
    tokio::time::timeout(Duration::from_secs(5), dropped)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn two_providers_do_not_meet() {
    let (one, other) = (App::start(), App::start());
    one.idp.fault(token().status(500));
    one.idp.clock().advance(Duration::from_hours(100));
    let code = other.code(&[]).await;
    assert_eq!(other.exchange(&code, &[]).await.status, 200);
    assert!(one.idp.requests().is_empty());
    let foreign = other.code(&[]).await;
    one.idp.clear_faults();
    assert_eq!(
        one.exchange(&foreign, &[]).await.json()["error"],
        "invalid_grant"
    );
    assert_eq!(one.refusal().0, Check::TokenCode);
}

#[tokio::test]
async fn reset_goes_back_to_how_it_was_configured() {
    let configured = Client {
        client_id: "configured".into(),
        redirect_uris: vec![REDIRECT_URI.into()],
        ..Client::default()
    };
    let config = Config {
        clients: vec![configured],
        personas: vec![Persona::new("zoe")],
        auto_login: AutoLogin::LoginHint,
        ..Config::default()
    };
    let app = App::with(MockIdp::builder().config(config).start().unwrap());
    app.idp.set_auto_login(AutoLogin::Persona("zoe".into()));
    let kids = app.idp.keys().published_kids();
    let tokens = app.log_in().await;
    app.idp.add_persona(Persona::new("extra"));
    app.idp.keys().rotate();
    app.idp.fault(token().status(500));
    app.idp.waive(Check::AuthorizationScope);
    app.idp.reset();
    assert!(app.idp.requests().is_empty() && app.idp.unreached_faults().is_empty());
    assert_eq!(app.idp.keys().published_kids(), kids);
    assert_eq!(app.idp.personas().len(), 1);
    assert!(app.idp.client("configured").is_some());
    assert!(app.idp.client(&app.client.client_id).is_none());
    // The token is gone, the waiver too, and the visitor is asked again.
    let request = app.request(reqwest::Method::GET, "/v1/userinfo");
    let request = request.bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(app.send(request).await.status, 401);
    app.authorize(&[("client_id", "configured"), ("scope", "foo")])
        .await;
    assert_eq!(app.refusal().0, Check::AuthorizationScope);
    let answer = app.authorize(&[("client_id", "configured")]).await;
    assert!(answer.location().contains("/v3/signin/identifier"));
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = MockIdp::builder().port(port).start().unwrap_err();
    assert!(
        matches!(&error, StartError::Bind { address, .. } if address.port() == port),
        "{error}"
    );
}

#[test]
fn an_unknown_flavour_names_the_known_ones() {
    let error = MockIdp::builder().flavour("gogle").start().unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no flavour \"gogle\"; there are: google@2026-04, google@2026-02, google@2024-06, microsoft@2024-10, github@2026-04, github@2025-07, github@2025-06, linkedin@2024-04, linkedin@2024-03, plain@2026-11"
    );
    let idp = MockIdp::builder()
        .flavour("google@2026-04")
        .start()
        .unwrap();
    assert_eq!(idp.flavour_name(), "google@2026-04");
}

#[test]
fn a_client_is_registered_once_and_with_redirect_uris_that_are_some() {
    let idp = MockIdp::start();
    let client = |id: &str, uri: &str| Client {
        client_id: id.into(),
        redirect_uris: vec![uri.into()],
        ..Client::default()
    };
    assert_eq!(idp.register_client(client("app", REDIRECT_URI)), Ok(()));
    let taken = idp.register_client(client("app", REDIRECT_URI));
    assert_eq!(taken, Err(RegisterError::Taken("app".into())));
    let nameless = idp.register_client(client("", REDIRECT_URI));
    assert_eq!(nameless, Err(RegisterError::NoClientId));
    let error = idp.try_register("/oauth2callback").unwrap_err().to_string();
    assert!(
        error.starts_with("the redirect URI \"/oauth2callback\": it is not absolute"),
        "{error}"
    );
}

#[test]
fn google_1_10_credentials_look_like_the_consoles() {
    let client = MockIdp::start().register(REDIRECT_URI);
    let (project, rest) = client.client_id.split_once('-').unwrap();
    assert!(project.len() == 12 && project.bytes().all(|byte| byte.is_ascii_digit()));
    let name = rest.strip_suffix(".apps.googleusercontent.com").unwrap();
    assert!(
        name.len() == 32
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    );
    let secret = client.client_secret.unwrap();
    assert!(secret.starts_with(concat!("GOC", "SPX-")) && secret.len() == 35);
}

#[test]
fn the_secrets_are_what_an_app_is_started_with() {
    let idp = MockIdp::start();
    let secrets: toml::Table = idp.secrets_toml(REDIRECT_URI).parse().unwrap();
    let auth = &secrets["auth"];
    assert_eq!(auth["redirect_uri"].as_str(), Some(REDIRECT_URI));
    assert!(auth["cookie_secret"].as_str().unwrap().len() >= 43);
    let google = &auth["google"];
    let client = idp.client(google["client_id"].as_str().unwrap()).unwrap();
    assert_eq!(
        client.client_secret.as_deref(),
        google["client_secret"].as_str()
    );
    assert_eq!(
        google["server_metadata_url"].as_str(),
        Some(idp.discovery_url().as_str())
    );
}
