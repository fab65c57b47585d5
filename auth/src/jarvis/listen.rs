//! [`Listen`]: where jarvis listens.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use tokio::net::TcpListener;
use url::{Host, Url};

/// Where to listen behind a proxy, which is who answers at an https `redirect_uri`.
const BEHIND_PROXY: Listen =
    Listen::Address(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8501));
/// How often another free port is tried, should one be free on 127.0.0.1 and taken on `[::1]`.
const TRIES: usize = 16;

/// An address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// This port of `localhost`, which is 127.0.0.1 and, where there is one, `[::1]`: browsers try both.
    Localhost(u16),
    /// One address.
    Address(SocketAddr),
}

impl Listen {
    /// Host and port of an http `redirect_uri`; 127.0.0.1:8501 when it is https, for then a proxy stands in front.
    #[must_use]
    pub fn for_redirect_uri(redirect_uri: &Url) -> Self {
        let port = redirect_uri
            .port_or_known_default()
            .filter(|_| redirect_uri.scheme() == "http");
        match (redirect_uri.host(), port) {
            (Some(Host::Domain("localhost")), Some(port)) => Self::Localhost(port),
            (Some(Host::Ipv4(ip)), Some(port)) => Self::Address((ip, port).into()),
            (Some(Host::Ipv6(ip)), Some(port)) => Self::Address((ip, port).into()),
            _ => BEHIND_PROXY,
        }
    }

    /// The port; 0 is any that is free.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Localhost(port) => port,
            Self::Address(address) => address.port(),
        }
    }

    /// Listens there, with the port that 0 became.
    ///
    /// # Errors
    /// What the operating system says, such as [`ErrorKind::AddrInUse`].
    pub async fn bind(self) -> io::Result<(Self, Vec<TcpListener>)> {
        match self {
            Self::Localhost(0) => bind_free_port().await,
            Self::Localhost(port) => bind_localhost(port).await,
            Self::Address(address) => {
                let listener = TcpListener::bind(address).await?;
                Ok((Self::Address(listener.local_addr()?), vec![listener]))
            }
        }
    }
}

/// A port that is free on both addresses; the one that is free on the first may be taken on the second.
async fn bind_free_port() -> io::Result<(Listen, Vec<TcpListener>)> {
    for _ in 1..TRIES {
        match bind_localhost(0).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            done => return done,
        }
    }
    bind_localhost(0).await
}

async fn bind_localhost(port: u16) -> io::Result<(Listen, Vec<TcpListener>)> {
    let mut listeners = vec![TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?];
    let port = listeners[0].local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(listener) => listeners.push(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        Err(error) => tracing::debug!(%error, "listening without [::1]"),
    }
    Ok((Listen::Localhost(port), listeners))
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost(port) => write!(f, "localhost:{port}"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// What is not an address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write an IP address or localhost with a port, e.g. 127.0.0.1:8501, [::1]:8501 or localhost:8501"
)]
pub struct ListenError;

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        match text.strip_prefix("localhost:") {
            Some(port) => port.parse().map(Self::Localhost).map_err(|_| ListenError),
            None => text.parse().map(Self::Address).map_err(|_| ListenError),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::{Listen, ListenError};

    #[test]
    fn an_http_redirect_uri_says_where_and_an_https_one_does_not() {
        let check = |uri: &str, expected: &str| {
            let uri = uri.parse().expect("a URL");
            assert_eq!(Listen::for_redirect_uri(&uri).to_string(), expected);
        };
        check("http://localhost:8501/cb", "localhost:8501");
        check("http://localhost/cb", "localhost:80");
        check("http://127.0.0.5:81/cb", "127.0.0.5:81");
        check("http://[::1]:81/cb", "[::1]:81");
        check("https://localhost:8443/cb", "127.0.0.1:8501");
        check("https://app.example/cb", "127.0.0.1:8501");
    }

    #[test]
    fn an_address_is_an_ip_or_localhost_with_a_port() {
        for text in ["localhost:8501", "0.0.0.0:80", "[::1]:0"] {
            assert_eq!(
                text.parse::<Listen>().map(|listen| listen.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in [
            "",
            "localhost",
            "8501",
            ":8501",
            "localhost:x",
            "localhost:65536",
            "app.example:80",
        ] {
            assert_eq!(text.parse::<Listen>(), Err(ListenError), "{text}");
        }
    }

    #[tokio::test]
    async fn localhost_listens_on_one_port_of_both_addresses() {
        let (listen, listeners) = Listen::Localhost(0).bind().await.expect("a free port");
        assert_ne!(listen.port(), 0);
        for listener in &listeners {
            assert_eq!(
                listener.local_addr().expect("an address").port(),
                listen.port()
            );
        }
        let error = listen.bind().await.expect_err("taken");
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
    }

    #[tokio::test]
    async fn one_address_listens_on_that_alone() {
        let listen: Listen = "127.0.0.1:0".parse().expect("an address");
        let (listen, listeners) = listen.bind().await.expect("a free port");
        assert_eq!(listeners.len(), 1);
        assert_eq!(
            listen.to_string(),
            listeners[0].local_addr().expect("an address").to_string()
        );
    }
}
