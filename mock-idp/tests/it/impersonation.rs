//! The real hosts of a provider, through a proxy of its own.

use std::sync::Arc;

use mock_idp::{AutoLogin, Check, MockIdp, Place};
use rcgen::{CertificateParams, Issuer, KeyPair};
use reqwest::Method;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::app::{App, claims, id_token, is_signature_valid};

const DISCOVERY: &str = "https://accounts.google.com/.well-known/openid-configuration";

fn google() -> MockIdp {
    MockIdp::builder().impersonate().start().unwrap()
}

/// A client that goes by the provider's proxy and trusts its CA, and no other.
#[expect(
    clippy::disallowed_methods,
    reason = "a client with an authority and a proxy of its own is what is tested"
)]
fn client(idp: &MockIdp) -> reqwest::Client {
    let ca = idp.ca_certificate().unwrap().as_bytes();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .proxy(reqwest::Proxy::all(idp.proxy().unwrap()).unwrap())
        .tls_certs_only([reqwest::Certificate::from_pem(ca).unwrap()])
        .build()
        .unwrap()
}

async fn json(http: &reqwest::Client, url: String) -> Value {
    let answer = http.get(url).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_login_at_the_real_addresses() {
    let idp = google();
    let http = client(&idp);
    let document = json(&http, DISCOVERY.into()).await;
    let app = App::using(idp, http);
    assert_eq!(document["issuer"], "https://accounts.google.com");
    let url = |member: &str| document[member].as_str().unwrap().to_owned();
    let path = app.authorization_path(&[]);
    let (_, query) = path.split_once('?').unwrap();
    let authorization = format!("{}?{query}", url("authorization_endpoint"));
    let answer = app.send(app.request_to(Method::GET, &authorization)).await;
    let code = &answer.callback()["code"];
    assert_eq!(answer.callback()["iss"], "https://accounts.google.com");
    let form = app.token_form(code, &[]).build().unwrap();
    let request = app
        .request_to(Method::POST, &url("token_endpoint"))
        .headers(form.headers().clone())
        .body(form.body().unwrap().as_bytes().unwrap().to_vec());
    let tokens = app.send(request).await.json();
    let said = claims(&tokens);
    assert_eq!(said["iss"], "https://accounts.google.com");
    let picture = said["picture"].as_str().unwrap();
    assert!(
        picture.starts_with("https://lh3.googleusercontent.com/"),
        "{picture}"
    );
    let drawn = app.send(app.request_to(Method::GET, picture)).await;
    assert_eq!(drawn.status, 200);
    let keys = app
        .send(app.request_to(Method::GET, &url("jwks_uri")))
        .await;
    assert!(is_signature_valid(id_token(&tokens), &keys.json()));
    let request = app.request_to(Method::GET, &url("userinfo_endpoint"));
    let request = request.bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(app.send(request).await.json()["sub"], said["sub"]);
}

#[tokio::test]
async fn a_path_is_at_its_own_host_alone() {
    let app = App::using(google(), client(&google()));
    let http = client(&app.idp);
    let status = async |url: &str| http.get(url).send().await.unwrap().status().as_u16();
    assert_eq!(
        status("https://www.googleapis.com/oauth2/v3/certs").await,
        200
    );
    assert_eq!(
        status("https://accounts.google.com/oauth2/v3/certs").await,
        404
    );
    let (check, words) = app.refusal();
    assert_eq!(check, Check::RequestPath);
    let expected = "nothing is at accounts.google.com/oauth2/v3/certs; there are: ";
    assert!(words.starts_with(expected), "{words}");
    assert!(
        words.contains("www.googleapis.com/oauth2/v3/certs (jwks)"),
        "{words}"
    );
}

#[tokio::test]
async fn the_control_api_stays_where_the_provider_listens() {
    let idp = google();
    let http = client(&idp);
    let url = "https://accounts.google.com/_mock/requests";
    assert_eq!(http.get(url).send().await.unwrap().status(), 404);
    let url = format!("{}/_mock/requests", idp.root());
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    // The proxy leads to the hosts alone.
    assert_eq!(http.get(&url).send().await.unwrap().status(), 403);
    let app = App::with(idp);
    assert_eq!(app.get("/_mock/requests").await.status, 200);
}

#[tokio::test]
async fn the_proxy_leads_nowhere_else() {
    let idp = google();
    let http = client(&idp);
    for url in [
        "https://example.com/",
        "https://mail.google.com/",
        "https://127.0.0.1/",
    ] {
        let error = http.get(url).send().await.unwrap_err();
        let words = format!("{error:?}");
        assert!(words.contains("TunnelUnsuccessful"), "{url}: {words}");
    }
    let answer = http
        .get("http://accounts.google.com/")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    let words = answer.text().await.unwrap();
    assert!(
        words.contains("this proxy leads to port 443 of accounts.google.com"),
        "{words}"
    );
    assert!(idp.requests().is_empty());
}

#[tokio::test]
async fn what_chromium_asks_by_itself_is_not_captured() {
    let idp = google();
    let http = client(&idp);
    let url = "https://accounts.google.com/ListAccounts?gpsia=1&source=ChromiumBrowser";
    assert_eq!(http.post(url).send().await.unwrap().status(), 404);
    assert!(idp.requests().is_empty());
    assert_eq!(http.get(DISCOVERY).send().await.unwrap().status(), 200);
    assert_eq!(idp.requests().only().place, Place::Discovery);
}

#[tokio::test]
async fn the_ca_vouches_for_those_hosts_alone() {
    let idp = google();
    let issuer = Issuer::from_ca_cert_pem(
        idp.ca_certificate().unwrap(),
        KeyPair::from_pem(idp.ca_key().unwrap()).unwrap(),
    );
    let issuer = issuer.unwrap();
    let error = async |host: &str| {
        let address = serve_as(host, &issuer).await;
        let http = resolving(host, address, &idp);
        let url = format!("https://{host}:{}/", address.port());
        format!("{:?}", http.get(url).send().await.unwrap_err())
    };
    let words = error("evil.example").await;
    assert!(words.contains("NameConstraintViolation"), "{words}");
    // For one of its hosts the certificate is good: what fails comes after it.
    let words = error("accounts.google.com").await;
    assert!(!words.contains("Certificate"), "{words}");
}

/// Shows a certificate for this host to one client, and says no more.
async fn serve_as(host: &str, issuer: &Issuer<'_, KeyPair>) -> std::net::SocketAddr {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, host);
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let _shown = TlsAcceptor::from(Arc::new(config)).accept(stream).await;
    });
    address
}

#[expect(
    clippy::disallowed_methods,
    reason = "a client with an authority of its own is what is tested"
)]
fn resolving(host: &str, address: std::net::SocketAddr, idp: &MockIdp) -> reqwest::Client {
    let ca = idp.ca_certificate().unwrap().as_bytes();
    reqwest::Client::builder()
        .no_proxy()
        .resolve(host, address)
        .tls_certs_only([reqwest::Certificate::from_pem(ca).unwrap()])
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_hosts_can_be_served_at_a_port_too() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = port.local_addr().unwrap();
    drop(port);
    let idp = MockIdp::builder().real_https_port(address.port());
    let idp = idp.start().unwrap();
    let http = resolving("accounts.google.com", address, &idp);
    let url = DISCOVERY.replace(".com/", &format!(".com:{}/", address.port()));
    let document = json(&http, url).await;
    assert_eq!(
        document["token_endpoint"],
        "https://oauth2.googleapis.com/token"
    );
}

#[tokio::test]
async fn every_flavour_is_at_hosts_of_its_own() {
    for (flavour, discovery) in [
        (
            "microsoft",
            Some("https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"),
        ),
        (
            "linkedin",
            Some("https://www.linkedin.com/oauth/.well-known/openid-configuration"),
        ),
        ("github", None),
    ] {
        let idp = MockIdp::builder().flavour(flavour).impersonate();
        let idp = idp
            .auto_login(AutoLogin::Persona("alice".into()))
            .start()
            .unwrap();
        let http = client(&idp);
        if let Some(url) = discovery {
            assert_eq!(idp.discovery_url(), url);
            assert_eq!(http.get(url).send().await.unwrap().status(), 200, "{url}");
        } else {
            let api = "https://api.github.com/user";
            let answer = http
                .get(api)
                .header("user-agent", "x")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 401);
        }
    }
}
