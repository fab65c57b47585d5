//! [`Cookies`]: the two cookies, how they are read and what they look like.

use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header::COOKIE};

use crate::{config::Config, session::PENDING_LIFETIME};

/// Names and attributes, which depend on the scheme that visitors use: that of `redirect_uri`, also
/// behind a proxy that speaks TLS for the app.
#[derive(Debug)]
pub(super) struct Cookies {
    pub(super) session: CookieKind,
    pub(super) pending: CookieKind,
}

/// One cookie.
#[derive(Debug)]
pub(super) struct CookieKind {
    name: String,
    path: String,
    lifetime: i64,
    is_secure: bool,
}

impl Cookies {
    pub(super) fn new(config: &Config) -> Self {
        let settings = &config.settings;
        let base_path = settings.base_path.as_str();
        let path = if base_path.is_empty() { "/" } else { base_path };
        let kind = |name, lifetime| CookieKind {
            name: config.cookie(name),
            path: path.to_owned(),
            lifetime,
            is_secure: config.is_https(),
        };
        let lifetime = settings.session_lifetime.as_secs();
        Self {
            session: kind("session", i64::try_from(lifetime).unwrap_or(i64::MAX)),
            pending: kind("pending", PENDING_LIFETIME),
        }
    }
}

impl CookieKind {
    /// Every value that a request has for it. It may be several: a neighbour on the same domain can
    /// plant one.
    pub(super) fn values<'h>(&self, headers: &'h HeaderMap) -> Vec<&'h str> {
        let lines = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok());
        let pairs = lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        pairs
            .filter(|(name, _)| *name == self.name)
            .map(|(_, value)| value)
            .collect()
    }

    /// A `Set-Cookie` with this value.
    pub(super) fn set(&self, value: &str) -> HeaderValue {
        self.header(value, self.lifetime)
    }

    /// A `Set-Cookie` that removes it.
    pub(super) fn clear(&self) -> HeaderValue {
        self.header("", 0)
    }

    /// Whether a `Set-Cookie` is for it.
    pub(super) fn is_set_by(&self, header: &HeaderValue) -> bool {
        let rest = header.as_bytes().strip_prefix(self.name.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"="))
    }

    fn header(&self, value: &str, lifetime: i64) -> HeaderValue {
        let cookie = Cookie::build((self.name.as_str(), value))
            .path(self.path.as_str())
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.is_secure)
            .max_age(Duration::seconds(lifetime));
        HeaderValue::try_from(cookie.to_string()).expect("names, paths and random values are ASCII")
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::COOKIE};

    use super::{Config, Cookies};

    /// Those of an app with this callback, and these lines in its `[auth]`.
    fn cookies_with(redirect_uri: &str, lines: &str) -> Cookies {
        let text = format!(
            "[auth]\nredirect_uri = '{redirect_uri}'\ncookie_secret = '0123456789abcdef0123456789abcdef'\n{lines}\n\
             [auth.idp]\nclient_id = 'i'\nclient_secret = 's'\n\
             server_metadata_url = 'https://idp.test/.well-known/openid-configuration'"
        );
        Cookies::new(&Config::from_toml(&text, "s.toml").unwrap())
    }

    fn cookies(redirect_uri: &str) -> Cookies {
        cookies_with(redirect_uri, "")
    }

    #[test]
    fn name_path_and_lifetime_are_the_configurations() {
        let lines = "base_path = '/app'\ncookie_name = 'jarvis'\nsession_lifetime = '1h'";
        let check = |scheme: &str, expected: &str| {
            let cookies = cookies_with(&format!("{scheme}://localhost/app/cb"), lines);
            assert_eq!(cookies.session.set("v"), expected);
        };
        check(
            "http",
            "jarvis_session=v; HttpOnly; SameSite=Lax; Path=/app; Max-Age=3600",
        );
        check(
            "https",
            "__Secure-jarvis_session=v; HttpOnly; SameSite=Lax; Secure; Path=/app; Max-Age=3600",
        );
    }

    #[test]
    fn the_attributes_follow_the_scheme() {
        let http = cookies("http://localhost:8501/oauth2callback");
        assert_eq!(
            http.session.set("v"),
            "auth_session=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000"
        );
        assert_eq!(
            http.pending.set("v"),
            "auth_pending=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"
        );
        let https = cookies("https://app.test/oauth2callback");
        assert_eq!(
            https.session.set("v"),
            "__Host-auth_session=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000"
        );
        assert_eq!(
            https.pending.clear(),
            "__Host-auth_pending=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
    }

    #[test]
    fn every_value_is_read_and_no_other_cookie() {
        let lines = [
            "a=b; auth_session=1;auth_session=2",
            "auth_sessions=3; xauth_session=4; auth_session",
            "\u{ff}",
        ];
        let values = lines
            .iter()
            .map(|line| (COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap()));
        let headers: HeaderMap = values.collect();
        let cookies = cookies("http://localhost:8501/oauth2callback");
        assert_eq!(cookies.session.values(&headers), ["1", "2"]);
        assert_eq!(cookies.pending.values(&headers), [""; 0]);
    }

    #[test]
    fn a_set_cookie_is_recognised() {
        let cookies = cookies("http://localhost:8501/oauth2callback");
        assert!(cookies.session.is_set_by(&cookies.session.set("v")));
        assert!(!cookies.session.is_set_by(&cookies.pending.set("v")));
        assert!(
            !cookies
                .session
                .is_set_by(&HeaderValue::from_static("auth_sessions=1"))
        );
    }
}
