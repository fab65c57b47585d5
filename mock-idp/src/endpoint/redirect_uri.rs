//! What is wrong with a redirect URI, in words.

use std::net::IpAddr;

use url::{Host, Url};

use crate::flavour::RedirectUriPolicy;

/// Why the provider would never register this redirect URI; `None` where it would.
pub(crate) fn policy_problem(text: &str, policy: &RedirectUriPolicy) -> Option<String> {
    let url = Url::parse(text).ok()?;
    scheme_problem(&url)
        .or_else(|| host_problem(&url, policy))
        .or_else(|| spelling_problem(&url, text))
        .or_else(|| query_problem(&url))
}

fn scheme_problem(url: &Url) -> Option<String> {
    match url.scheme() {
        "https" => None,
        "http" if is_loopback(url) => None,
        "http" => Some("http is for localhost and loopback addresses, https for the rest".into()),
        other => Some(format!("the scheme is {other}, not https")),
    }
}

fn host_problem(url: &Url, policy: &RedirectUriPolicy) -> Option<String> {
    if is_loopback(url) {
        return None;
    }
    let Some(Host::Domain(domain)) = url.host() else {
        return Some("the host is an IP address".into());
    };
    let ends = |suffix: &&String| {
        let before = domain.strip_suffix(suffix.as_str());
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    if let Some(suffix) = policy.refused_hosts.iter().find(ends) {
        return Some(format!("nobody registers a host that ends in {suffix}"));
    }
    let suffix = psl::suffix(domain.as_bytes());
    if suffix.is_some_and(|suffix| suffix.is_known()) && psl::domain_str(domain).is_some() {
        return None;
    }
    let end = domain.rsplit('.').next().unwrap_or(domain);
    Some(format!(
        "{domain} is no public host name: none ends in {end}"
    ))
}

/// A parameter that is a URL: what is there may send visitors on to it.
fn query_problem(url: &Url) -> Option<String> {
    let is_url = |value: &str| value.starts_with("http://") || value.starts_with("https://");
    let mut pairs = url.query_pairs();
    let (name, _) = pairs.find(|(_, value)| is_url(value))?;
    Some(format!(
        "its parameter {name} is a URL, which is an open redirect"
    ))
}

fn spelling_problem(url: &Url, text: &str) -> Option<String> {
    let lower = text
        .to_ascii_lowercase()
        .replace("%2e", ".")
        .replace("%2f", "/");
    let lower = lower.replace("%5c", "\\");
    let problem = if !url.username().is_empty() || url.password().is_some() {
        "it has a user name or password"
    } else if lower.contains("/..") || lower.contains("\\..") {
        "its path goes up (/..)"
    } else if text.contains('*') {
        "it has a wildcard (*)"
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        "it has characters outside printable ASCII"
    } else if lower.contains("%00") || !percent_signs_are_escapes(text) {
        "it has a percent sign that escapes nothing"
    } else {
        return None;
    };
    Some(problem.into())
}

fn percent_signs_are_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Whether a redirect URI is of the same origin as a registered one, with a path at or below its.
pub(super) fn is_below(sent: &str, registered: &str) -> bool {
    let (Ok(sent), Ok(registered)) = (Url::parse(sent), Url::parse(registered)) else {
        return false;
    };
    let rest = sent.path().strip_prefix(registered.path());
    let is_at_a_border =
        |rest: &str| rest.is_empty() || rest.starts_with('/') || registered.path().ends_with('/');
    sent.origin() == registered.origin() && rest.is_some_and(is_at_a_border)
}

/// How a redirect URI differs from the registered one that is nearest.
pub(super) fn difference(sent: &str, registered: &[String]) -> String {
    let nearest = registered
        .iter()
        .min_by_key(|uri| differences(sent, uri).len());
    let Some(nearest) = nearest else {
        return "redirect_uri is not registered: the client has none".into();
    };
    let by = differences(sent, nearest).join(" and ");
    let which = if registered.len() == 1 {
        "the registered one"
    } else {
        "the nearest registered one"
    };
    format!("redirect_uri differs from {which} by {by}")
}

fn differences(sent: &str, registered: &str) -> Vec<String> {
    let (Ok(ours), Ok(theirs)) = (Url::parse(sent), Url::parse(registered)) else {
        return vec!["its text".into()];
    };
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: &str, theirs: &str| {
        if ours != theirs {
            found.push(format!("its {what} ({ours:?}, not {theirs:?})"));
        }
    };
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let port = |url: &Url| url.port_or_known_default().unwrap_or_default().to_string();
    compare("scheme", ours.scheme(), theirs.scheme());
    compare("host", &host(&ours), &host(&theirs));
    if ours.scheme() == theirs.scheme() || ours.port().is_some() || theirs.port().is_some() {
        compare("port", &port(&ours), &port(&theirs));
    }
    match path_difference(ours.path(), theirs.path()) {
        PathDifference::None => {}
        PathDifference::TrailingSlash => found.push("a trailing slash".into()),
        PathDifference::Case => found.push("the case of its path".into()),
        PathDifference::Other => {
            found.push(format!(
                "its path ({:?}, not {:?})",
                ours.path(),
                theirs.path()
            ));
        }
    }
    if ours.query() != theirs.query() {
        let query = |url: &Url| url.query().unwrap_or_default().to_owned();
        found.push(format!(
            "its query ({:?}, not {:?})",
            query(&ours),
            query(&theirs)
        ));
    }
    if found.is_empty() && sent != registered {
        found.push("its spelling alone (case of the host, a default port, an escape)".into());
    }
    found
}

enum PathDifference {
    None,
    TrailingSlash,
    Case,
    Other,
}

fn path_difference(ours: &str, theirs: &str) -> PathDifference {
    if ours == theirs {
        PathDifference::None
    } else if ours.trim_end_matches('/') == theirs.trim_end_matches('/') {
        PathDifference::TrailingSlash
    } else if ours.eq_ignore_ascii_case(theirs) {
        PathDifference::Case
    } else {
        PathDifference::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_said_in_words() {
        let check = |sent: &str, expected: &str| {
            let registered = ["http://localhost:8501/oauth2callback".to_owned()];
            let words = difference(sent, &registered);
            let expected = format!("redirect_uri differs from the registered one by {expected}");
            assert_eq!(words, expected, "{sent}");
        };
        check("http://localhost:8501/oauth2callback/", "a trailing slash");
        check(
            "http://localhost:8501/OAuth2Callback",
            "the case of its path",
        );
        check(
            "https://localhost:8501/oauth2callback",
            r#"its scheme ("https", not "http")"#,
        );
        check(
            "http://127.0.0.1:8501/oauth2callback",
            r#"its host ("127.0.0.1", not "localhost")"#,
        );
        check(
            "http://localhost:8502/oauth2callback",
            r#"its port ("8502", not "8501")"#,
        );
        check(
            "http://localhost:8501/cb",
            r#"its path ("/cb", not "/oauth2callback")"#,
        );
        check(
            "http://localhost:8501/oauth2callback?a=1",
            r#"its query ("a=1", not "")"#,
        );
        check(
            "http://LOCALHOST:8501/oauth2callback",
            "its spelling alone (case of the host, a default port, an escape)",
        );
        check(
            "https://localhost/oauth2callback/",
            r#"its scheme ("https", not "http") and its port ("443", not "8501") and a trailing slash"#,
        );
    }

    #[test]
    fn below_a_registered_one_is_its_path_and_what_follows_it() {
        let check = |sent: &str, expected: bool| {
            assert_eq!(is_below(sent, "https://app.test/cb"), expected, "{sent}");
        };
        check("https://app.test/cb", true);
        check("https://app.test/cb/more?x=1", true);
        check("https://app.test/cb2", false);
        check("https://app.test/", false);
        check("https://app.test/cb/../other", false);
        check("https://app.test:444/cb", false);
        check("http://app.test/cb", false);
        check("https://evil.test/cb", false);
        check("cb", false);
        assert!(is_below("https://app.test/x", "https://app.test/"));
    }

    #[test]
    fn of_several_the_nearest_is_compared() {
        let registered = [
            "https://a.com/cb".to_owned(),
            "http://localhost/cb".to_owned(),
        ];
        assert_eq!(
            difference("http://localhost/cb/", &registered),
            "redirect_uri differs from the nearest registered one by a trailing slash"
        );
        assert!(difference("http://localhost/cb", &[]).contains("has none"));
    }

    #[test]
    fn google_1_10_redirect_uri_rules() {
        let policy = RedirectUriPolicy {
            refused_hosts: vec!["googleusercontent.com".into(), "bit.ly".into()],
        };
        let check = |uri: &str, expected: Option<&str>| {
            let problem = policy_problem(uri, &policy);
            match expected {
                None => assert_eq!(problem, None, "{uri}"),
                Some(words) => assert!(
                    problem.as_ref().is_some_and(|it| it.contains(words)),
                    "{uri}: {problem:?}"
                ),
            }
        };
        check("http://localhost:8501/oauth2callback", None);
        check("http://127.0.0.1/cb", None);
        check("http://[::1]:80/cb", None);
        check("https://app.company.com/cb?a=%20b", None);
        check("http://app.company.com/cb", Some("http is for localhost"));
        check("javascript:alert(1)", Some("scheme is javascript"));
        check("com.company.app:/cb", Some("not https"));
        check("https://192.0.2.1/cb", Some("IP address"));
        check("https://app.invalid/cb", Some("none ends in invalid"));
        check("https://app.corp/cb", Some("none ends in corp"));
        check("https://co.uk/cb", Some("no public host name"));
        check("https://company.co.uk/cb", None);
        check("https://notbit.ly/cb", None);
        check("https://bit.ly/cb", Some("ends in bit.ly"));
        check(
            "https://company.com/cb?to=https://evil.com",
            Some("its parameter to is a URL"),
        );
        check("https://company.com/cb?to=/home", None);
        check(
            "https://x.googleusercontent.com/cb",
            Some("googleusercontent.com"),
        );
        check("https://intranet/cb", Some("no public host name"));
        check("https://user@company.com/cb", Some("user name"));
        check("https://company.com/a/../cb", Some("goes up"));
        check("https://company.com/a/%2E%2e/cb", Some("goes up"));
        check("https://company.com/*", Some("wildcard"));
        check("https://company.com/caf\u{e9}", Some("printable ASCII"));
        check("https://company.com/%zz", Some("escapes nothing"));
        check("https://company.com/%00", Some("escapes nothing"));
    }
}
