//! On one's own machine, a login has to begin on the host name of `redirect_uri`.

use http::{HeaderMap, header::HOST};
use url::Url;

use crate::config::is_loopback;

/// Stands in the query after one redirect, so that a proxy that changes the host name makes no
/// loop.
const MARK: &str = "on_redirect_host";

/// Where the login must begin instead, if the visitor uses another name of this machine than
/// `redirect_uri` does: to a browser, localhost and 127.0.0.1 are two sites, and the cookie set on
/// one would be missing at the callback.
///
/// Only for loopback: elsewhere, a proxy may have changed the host name on the way here.
pub(super) fn elsewhere(
    redirect_uri: &Url,
    login: &str,
    query: &str,
    headers: &HeaderMap,
) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let used = Url::parse(&format!("{}://{host}", redirect_uri.scheme())).ok()?;
    let both_are_local = is_loopback(redirect_uri) && is_loopback(&used);
    if !both_are_local || used.host() == redirect_uri.host() || query.contains(MARK) {
        return None;
    }
    let separator = if login.contains('?') { '&' } else { '?' };
    Some(format!(
        "{}{login}{separator}{MARK}",
        redirect_uri.origin().ascii_serialization()
    ))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::HOST};
    use url::Url;

    use super::elsewhere;

    #[test]
    fn only_another_name_of_this_machine_is_left() {
        let check =
            |redirect_uri: &str, host: &'static str, query: &str, expected: Option<&str>| {
                let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
                let found = elsewhere(
                    &Url::parse(redirect_uri).unwrap(),
                    "/auth/login/google",
                    query,
                    &headers,
                );
                assert_eq!(found.as_deref(), expected, "{host} {query}");
            };
        let localhost = "http://localhost:8501/oauth2callback";
        let there = Some("http://localhost:8501/auth/login/google?on_redirect_host");
        check(localhost, "127.0.0.1:8501", "", there);
        check(localhost, "[::1]:8501", "", there);
        check(localhost, "127.0.0.1:8501", "on_redirect_host", None);
        check(localhost, "localhost:8501", "", None);
        check(localhost, "localhost:3000", "", None);
        check(localhost, "app.test", "", None);
        check(localhost, "\"", "", None);
        check(
            "https://app.test/oauth2callback",
            "127.0.0.1:8501",
            "",
            None,
        );
    }
}
