//! What a request calls the provider: by its `Host`, or by what a proxy in front says of it.

use http::{HeaderMap, header};
use url::Url;

/// Why it cannot be told what the provider is called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HostError {
    #[error("{name} is {value:?}, which is no host such as idp.example:9000")]
    Host { name: &'static str, value: String },
    #[error("{name} is {value:?}, and not http or https")]
    Scheme { name: &'static str, value: String },
    #[error("X-Forwarded-Prefix is {0:?}, which is no path such as /realms/team")]
    Prefix(String),
}

/// The URL that the provider's root is seen at, without a slash at the end. What a proxy says goes
/// before `Host`: `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239)) before
/// `X-Forwarded-Host`, `-Proto` and `-Prefix`. Where none says a scheme it is the provider's own.
pub(super) fn root(own_scheme: &'static str, headers: &HeaderMap) -> Result<String, HostError> {
    let forwarded = |parameter| forwarded(headers, parameter);
    let scheme = first(&[
        ("Forwarded", forwarded("proto")),
        ("X-Forwarded-Proto", text(headers, "x-forwarded-proto")),
    ]);
    let host = first(&[
        ("Forwarded", forwarded("host")),
        ("X-Forwarded-Host", text(headers, "x-forwarded-host")),
        ("Host", text(headers, header::HOST.as_str())),
    ]);
    let scheme = match scheme {
        None => own_scheme,
        Some((_, known @ ("http" | "https"))) => known,
        Some((name, value)) => {
            let value = value.into();
            return Err(HostError::Scheme { name, value });
        }
    };
    let (name, value) = host.unwrap_or(("Host", ""));
    let origin = origin(scheme, value).ok_or_else(|| HostError::Host {
        name,
        value: value.into(),
    })?;
    let prefix = text(headers, "x-forwarded-prefix").unwrap_or_default();
    let prefix = prefix.trim_end_matches('/');
    if !is_path(prefix) {
        return Err(HostError::Prefix(prefix.into()));
    }
    Ok(format!("{origin}{prefix}"))
}

fn first<'h>(said: &[(&'static str, Option<&'h str>)]) -> Option<(&'static str, &'h str)> {
    said.iter()
        .find_map(|(name, value)| Some((*name, (*value)?)))
}

/// The text of a header; of several proxies the first, which the visitor asked, counts.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let text = headers.get(name)?.to_str().unwrap_or("?");
    text.split(',').next().map(str::trim)
}

/// A parameter of the first element of `Forwarded`.
fn forwarded<'h>(headers: &'h HeaderMap, parameter: &str) -> Option<&'h str> {
    let mut pairs = text(headers, "forwarded")?.split(';');
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case(parameter)
            .then(|| value.trim_matches('"'))
    })
}

/// The origin of a host with or without a port; none where the text is something else.
fn origin(scheme: &str, host: &str) -> Option<String> {
    let url = Url::parse(&format!("{scheme}://{host}")).ok()?;
    let is_host_alone = url.path() == "/"
        && !host.contains(['/', '\\', '?', '#', '@'])
        && url.username().is_empty()
        && url.host_str().is_some_and(|host| !host.is_empty());
    is_host_alone.then(|| url.origin().ascii_serialization())
}

/// Nothing, or segments of letters, digits and a few signs.
fn is_path(text: &str) -> bool {
    let is_fit = |it: char| it.is_ascii_alphanumeric() || "/-_.~".contains(it);
    text.is_empty() || (text.starts_with('/') && text.chars().all(is_fit) && !text.contains("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)], expected: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let root = root("http", &map).unwrap_or_else(|error| error.to_string());
        assert_eq!(root, expected, "{headers:?}");
    }

    #[test]
    fn a_proxy_goes_before_the_host() {
        let host = ("host", "Idp:9000");
        check(&[host], "http://idp:9000");
        check(&[("host", "[::1]:9000")], "http://[::1]:9000");
        check(&[host, ("x-forwarded-proto", "https")], "https://idp:9000");
        let proxied = ("x-forwarded-host", "sso.example, inner");
        check(&[host, proxied], "http://sso.example");
        let prefix = ("x-forwarded-prefix", "/realms/team/");
        check(&[host, proxied, prefix], "http://sso.example/realms/team");
        let forwarded = (
            "forwarded",
            r#"for=1.2.3.4;Proto=https;host="a.example:8443", for=x"#,
        );
        check(&[host, proxied, forwarded], "https://a.example:8443");
    }

    #[test]
    fn what_is_no_host_is_named() {
        check(
            &[],
            r#"Host is "", which is no host such as idp.example:9000"#,
        );
        for wrong in ["a b", "a/b", "me@a", "a:b", "<a>"] {
            let words = format!("Host is {wrong:?}, which is no host such as idp.example:9000");
            check(&[("host", wrong)], &words);
        }
        let host = ("host", "idp");
        let words = r#"X-Forwarded-Proto is "ftp", and not http or https"#;
        check(&[host, ("x-forwarded-proto", "ftp")], words);
        for wrong in ["team", "/a//b", "/a?b", "/<a>"] {
            let words =
                format!("X-Forwarded-Prefix is {wrong:?}, which is no path such as /realms/team");
            check(&[host, ("x-forwarded-prefix", wrong)], &words);
        }
    }
}
