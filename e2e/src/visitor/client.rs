//! The HTTP client behind every visitor.

use std::sync::OnceLock;

/// One HTTP client for all persons of this process: making one costs more than a login.
pub(super) fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(new_client)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this file owns the visitor's client; building it fails only without system roots, which plain http does not need"
)]
fn new_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(std::time::Duration::from_mins(1))
        .tls_certs_only([])
        .build()
        .expect("a client without certificates needs nothing from the system")
}

/// A client that goes by a proxy to other machines, and trusts these authorities, in PEM, alone.
///
/// # Panics
/// When the proxy is no URL, or an authority no certificate: a test has nothing to go on with then.
#[expect(
    clippy::disallowed_methods,
    reason = "this file owns the visitor's client; it is told whom to trust"
)]
pub(super) fn client_behind(proxy: &str, authorities: &[&str]) -> reqwest::Client {
    let here = reqwest::NoProxy::from_string("localhost,127.0.0.1,::1");
    let proxy = reqwest::Proxy::all(proxy).expect("a proxy is a URL");
    let authorities = authorities.iter().map(|pem| {
        reqwest::Certificate::from_pem(pem.as_bytes()).expect("an authority is a certificate")
    });
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .proxy(proxy.no_proxy(here))
        .timeout(std::time::Duration::from_mins(1))
        .tls_certs_only(authorities)
        .build()
        .expect("a client with authorities of its own needs nothing from the system")
}

/// An error with all its causes, which alone name what the network said.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
