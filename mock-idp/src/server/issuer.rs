//! What a provider is called: by the address it listens on, or by the URL it was told.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

/// Why a text is no issuer,
/// [OpenID Connect Core 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It is no URL.
    #[error("the issuer {text:?} is no URL such as https://idp.example/team: {reason}")]
    NoUrl {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: url::ParseError,
    },
    /// It is a URL of another kind.
    #[error("the issuer {0:?} must begin with http:// or https://")]
    Scheme(String),
    /// It has a part that issuers have not.
    #[error("the issuer {text:?} has a {part}, and an issuer has none")]
    Part {
        /// The text.
        text: String,
        /// Which part.
        part: &'static str,
    },
}

/// The issuer that a text is, without a slash at the end.
pub(super) fn parse(text: &str) -> Result<String, IssuerError> {
    let url = Url::parse(text).map_err(|reason| IssuerError::NoUrl {
        text: text.into(),
        reason,
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(IssuerError::Scheme(text.into()));
    }
    let has_user = !url.username().is_empty() || url.password().is_some();
    let parts = [
        (has_user, "user"),
        (url.query().is_some(), "query"),
        (url.fragment().is_some(), "fragment"),
    ];
    if let Some((_, part)) = parts.into_iter().find(|(is_there, _)| *is_there) {
        let text = text.into();
        return Err(IssuerError::Part { text, part });
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// What apps call a provider when nobody says: the address it listens on, or the loopback one where
/// it listens on all.
pub(super) fn of_address(scheme: &str, address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("{scheme}://{}", SocketAddr::new(host, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_url_of_host_and_path() {
        let check = |text: &str, expected: &str| {
            let read = parse(text).unwrap_or_else(|error| error.to_string());
            assert!(read.contains(expected), "{text}: {read}");
        };
        check("http://idp:9000", "http://idp:9000");
        check("https://idp.test/realms/x", "https://idp.test/realms/x");
        check("idp.test", "is no URL");
        check("ftp://idp.test", "must begin with http");
        check("https://me@idp.test", "has a user");
        check("https://idp.test?a=1", "has a query");
        check("https://idp.test#a", "has a fragment");
        assert_eq!(parse("https://idp.test/x/").unwrap(), "https://idp.test/x");
    }
}
