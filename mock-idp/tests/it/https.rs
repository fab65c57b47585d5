//! https, with a CA and a certificate of the provider's own.

use mock_idp::{Certificate, MockIdp, discovery};
use reqwest::Method;

use crate::app::{App, claims};

/// The rows of the catalogue that the tests below show.
pub(crate) const IDS: &[&str] = &["disc-issuer-http", "te-tls-untrusted"];

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A client that trusts these authorities, and no others.
#[expect(
    clippy::disallowed_methods,
    reason = "a client with authorities of its own is what is tested"
)]
fn trusting(authorities: &[&str]) -> reqwest::Client {
    let certificates = authorities.iter();
    let certificates = certificates.map(|pem| reqwest::Certificate::from_pem(pem.as_bytes()));
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only(certificates.map(Result::unwrap))
        .build()
        .unwrap()
}

fn start(shown: Certificate) -> MockIdp {
    MockIdp::builder().certificate(shown).start().unwrap()
}

/// Why a client that trusts the provider's CA does not talk to it.
async fn refusal(idp: &MockIdp) -> String {
    let http = trusting(&[idp.ca_certificate().unwrap()]);
    let error = http.get(idp.discovery_url()).send().await.unwrap_err();
    format!("{error:?}")
}

#[tokio::test]
async fn a_login_over_https() {
    let idp = MockIdp::builder().https().start().unwrap();
    let http = trusting(&[idp.ca_certificate().unwrap()]);
    let app = App::using(idp, http);
    assert!(
        app.idp.issuer().starts_with("https://127.0.0.1:"),
        "{}",
        app.idp.issuer()
    );
    let document = app.get(DISCOVERY).await.json();
    let issuer = app.idp.issuer();
    for name in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
    ] {
        let url = document[name].as_str().unwrap();
        assert!(url.starts_with(issuer), "{name}: {url}");
    }
    assert_eq!(claims(&app.log_in().await)["iss"], issuer);
    let port = app.idp.address().port();
    let localhost = format!("https://localhost:{port}{DISCOVERY}");
    assert_eq!(
        app.send(app.request_to(Method::GET, &localhost))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn who_does_not_trust_its_ca_does_not_talk_to_it() {
    let (idp, other) = (start(Certificate::Right), start(Certificate::Right));
    let http = trusting(&[other.ca_certificate().unwrap()]);
    let error = http.get(idp.discovery_url()).send().await.unwrap_err();
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
    assert!(idp.requests().is_empty());
}

#[tokio::test]
async fn te_tls_untrusted() {
    let check = async |shown: Certificate, words: &str| {
        let idp = start(shown);
        let error = refusal(&idp).await;
        assert!(error.contains(words), "{shown:?}: {error}");
        assert!(idp.requests().is_empty(), "nothing was sent");
    };
    check(Certificate::SelfSigned, "UnknownIssuer").await;
    check(Certificate::Expired, "Expired").await;
    check(Certificate::OtherHost, "NotValidForName").await;
}

#[tokio::test]
async fn disc_issuer_http() {
    let idp = start(Certificate::Right);
    let http = trusting(&[idp.ca_certificate().unwrap()]);
    let app = App::using(idp, http);
    let plain = app.idp.issuer().replace("https://", "http://");
    app.idp.fault(discovery().set("issuer", plain.clone()));
    assert_eq!(app.get(DISCOVERY).await.json()["issuer"], plain);
    app.idp.verify();
}

#[tokio::test]
async fn the_host_says_the_name_and_https_stays() {
    let idp = MockIdp::builder()
        .https()
        .issuer_from_host()
        .start()
        .unwrap();
    let http = trusting(&[idp.ca_certificate().unwrap()]);
    let app = App::using(idp, http);
    let request = app.request(Method::GET, DISCOVERY);
    let document = app.send(request.header("host", "idp:9000")).await.json();
    assert_eq!(document["issuer"], "https://idp:9000");
}

#[tokio::test]
async fn the_certificate_is_for_the_issuers_host_too() {
    let idp = MockIdp::builder().https().issuer("https://idp.test:9000");
    let idp = idp.start().unwrap();
    let http = resolving("idp.test", &idp);
    let port = idp.address().port();
    let url = format!("https://idp.test:{port}{DISCOVERY}");
    assert_eq!(http.get(url).send().await.unwrap().status(), 200);
}

/// A client that trusts this provider's CA, and finds this name where the provider is.
#[expect(
    clippy::disallowed_methods,
    reason = "a client with authorities of its own is what is tested"
)]
fn resolving(name: &str, idp: &MockIdp) -> reqwest::Client {
    let pem = idp.ca_certificate().unwrap().as_bytes();
    reqwest::Client::builder()
        .no_proxy()
        .resolve(name, idp.address())
        .tls_certs_only([reqwest::Certificate::from_pem(pem).unwrap()])
        .build()
        .unwrap()
}
