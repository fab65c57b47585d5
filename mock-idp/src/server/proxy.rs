//! A forward proxy that leads to the real hosts of a provider, and nowhere else:
//! [RFC 9110 section 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6).

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::{Served, connection};

/// No head of a request to a proxy is longer, in bytes.
const LONGEST_HEAD: usize = 16 << 10;
const HTTPS: &str = "443";

/// Why the proxy does not lead there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum ProxyError {
    #[error("400 Bad Request")]
    NoRequest,
    #[error("431 Request Header Fields Too Large")]
    TooLong,
    /// It is no CONNECT, or leads to another port.
    #[error("403 Forbidden")]
    NotHttps,
    /// It leads to another host.
    #[error("403 Forbidden")]
    OtherHost(String),
}

/// Leads one connection to a real host, or says that it does not.
pub(super) async fn serve(
    mut stream: TcpStream,
    served: Arc<Served>,
    stopped: watch::Receiver<bool>,
) {
    let hosts = served.tenants.default_tenant().flavour().real_hosts();
    let host = match asked(&mut stream).await {
        Ok(head) => target(&head, &hosts),
        Err(error) => Err(error),
    };
    match host {
        Ok(host) => {
            let established = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            if established.is_ok() {
                serve_real_host(stream, Some(host), served, stopped).await;
            }
        }
        Err(error) => {
            let reason = reason(&error, &hosts);
            tracing::info!(reason, "not led on");
            let answer = format!(
                "HTTP/1.1 {error}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: \
                 {}\r\nconnection: close\r\n\r\n{reason}",
                reason.len()
            );
            let _gone = stream.write_all(answer.as_bytes()).await;
            let _gone = stream.shutdown().await;
        }
    }
}

/// Serves what is sent to a real host, behind its certificate: the one that the client names, else
/// the one it was led to.
pub(super) async fn serve_real_host(
    stream: TcpStream,
    led_to: Option<String>,
    served: Arc<Served>,
    stopped: watch::Receiver<bool>,
) {
    let Some(tls) = &served.real_tls else {
        return;
    };
    match tls.acceptor.accept(stream).await {
        Ok(stream) => {
            let (_, session) = stream.get_ref();
            let named = session.server_name().map(str::to_owned);
            let host = named.or(led_to).unwrap_or_default();
            connection::serve(stream, Some(host), Arc::clone(&served), stopped).await;
        }
        Err(error) => tracing::info!(%error, "no TLS"),
    }
}

/// The head of what is asked.
async fn asked(stream: &mut TcpStream) -> Result<Vec<u8>, ProxyError> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= LONGEST_HEAD {
            return Err(ProxyError::TooLong);
        }
        // What follows the head is for the host.
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Err(ProxyError::NoRequest),
        }
    }
    Ok(head)
}

/// The host that a request asks to be led to.
fn target(head: &[u8], hosts: &[String]) -> Result<String, ProxyError> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(head).map_err(|_| ProxyError::NoRequest)?;
    let path = request.path.unwrap_or_default();
    let Some((host, HTTPS)) = path.rsplit_once(':') else {
        return Err(ProxyError::NotHttps);
    };
    if request.method != Some("CONNECT") {
        return Err(ProxyError::NotHttps);
    }
    let found = hosts.iter().find(|known| known.eq_ignore_ascii_case(host));
    found
        .cloned()
        .ok_or_else(|| ProxyError::OtherHost(host.to_owned()))
}

fn reason(error: &ProxyError, hosts: &[String]) -> String {
    let hosts = hosts.join(", ");
    match error {
        ProxyError::NoRequest => "mock-idp: this is no request to a proxy\n".into(),
        ProxyError::TooLong => "mock-idp: this request has too long a head\n".into(),
        ProxyError::NotHttps => {
            format!("mock-idp: this proxy leads to port 443 of {hosts}, by CONNECT alone\n")
        }
        ProxyError::OtherHost(host) => {
            format!("mock-idp: this proxy does not lead to {host:?}, but to {hosts}\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_to_the_hosts_of_the_provider_and_nowhere_else() {
        let hosts = ["accounts.example".to_owned()];
        let check = |line: &str, expected: Result<&str, ProxyError>| {
            let head = format!("{line}\r\nHost: x\r\n\r\n");
            let found = target(head.as_bytes(), &hosts);
            assert_eq!(found, expected.map(str::to_owned), "{line}");
        };
        let other = |host: &str| Err(ProxyError::OtherHost(host.to_owned()));
        check(
            "CONNECT accounts.example:443 HTTP/1.1",
            Ok("accounts.example"),
        );
        check(
            "CONNECT Accounts.Example:443 HTTP/1.1",
            Ok("accounts.example"),
        );
        check(
            "CONNECT accounts.example:80 HTTP/1.1",
            Err(ProxyError::NotHttps),
        );
        check(
            "CONNECT accounts.example HTTP/1.1",
            Err(ProxyError::NotHttps),
        );
        check("CONNECT example.com:443 HTTP/1.1", other("example.com"));
        check(
            "CONNECT x.accounts.example:443 HTTP/1.1",
            other("x.accounts.example"),
        );
        check("CONNECT 127.0.0.1:443 HTTP/1.1", other("127.0.0.1"));
        check(
            "GET http://accounts.example/ HTTP/1.1",
            Err(ProxyError::NotHttps),
        );
        check("GET / HTTP/1.1", Err(ProxyError::NotHttps));
        check("nonsense", Err(ProxyError::NoRequest));
    }
}
