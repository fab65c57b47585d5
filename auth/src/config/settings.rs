//! The keys of `[auth]` beside Streamlit's: how long sessions live, where they are kept, and the like. Each has
//! a default that needs no thought.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::Secret;
use super::own_page::own_page;
use super::read::unreadable;
use super::report::Report;
use super::table::Table;
use crate::error::cut;
use crate::http::certificates;

/// A minute to the longest time that browsers keep a cookie
/// ([RFC 6265bis 5.6.2](https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html)), in seconds.
const LIFETIMES: std::ops::RangeInclusive<u64> = 60..=400 * DAY;

const DAY: u64 = 86_400;

/// What is as in production where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// How long a session lives at most, `session_lifetime`; 30 days.
    pub session_lifetime: Duration,
    /// How long it lives without a request, `session_idle_timeout`; a day.
    pub session_idle_timeout: Duration,
    /// Whether it ends when the ID token of its login expires, `session_follows_token`; refreshed tokens
    /// prolong it.
    pub session_follows_token: bool,
    /// Where sessions are kept, `store`.
    pub store: Store,
    /// What the names of the cookies begin with, `cookie_name`; "auth".
    pub cookie_name: String,
    /// The path that everything is below where the app has only a part of its host, `base_path`; empty.
    pub base_path: String,
    /// The page of this app that a login ends on, `after_login`; the start page.
    pub after_login: String,
    /// The page of this app that a logout ends on, `after_logout`; the start page.
    pub after_logout: String,
    /// Where providers send visitors back to after a logout, `post_logout_redirect_uri`; `redirect_uri`, where
    /// nothing is said.
    pub post_logout_redirect_uri: Option<Url>,
    /// How far the clocks of provider and app may be apart, `clock_leeway`; a minute.
    pub clock_leeway: Duration,
    /// How long a provider may take for one answer in all, `http_timeout`; five seconds.
    pub http_timeout: Duration,
    /// Certificates to trust beside the system's, as PEM: what `ca_file` holds.
    pub ca_certificates: Option<Vec<u8>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_lifetime: Duration::from_secs(30 * DAY),
            session_idle_timeout: Duration::from_secs(DAY),
            session_follows_token: false,
            store: Store::Memory,
            cookie_name: "auth".to_owned(),
            base_path: String::new(),
            after_login: "/".to_owned(),
            after_logout: "/".to_owned(),
            post_logout_redirect_uri: None,
            clock_leeway: Duration::from_mins(1),
            http_timeout: Duration::from_secs(5),
            ca_certificates: None,
        }
    }
}

/// Where sessions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// In this process: a restart logs everybody out. Where the configuration is no file, this is the default.
    Memory,
    /// In an SQLite file.
    Sqlite {
        /// The file; it is made when it is not there.
        path: PathBuf,
        /// Whether nobody asked for this very file: it stands beside the configuration then, and where it
        /// cannot be written sessions are kept in memory.
        is_default: bool,
    },
    /// In a Redis or Valkey server, for several replicas. The URL may hold a password.
    Redis(Secret),
}

/// The file of the default store, beside the configuration.
const SQLITE_FILE: &str = "sessions.sqlite3";

/// Reads the keys. A wrong one is reported and counts as left out.
pub(super) fn read(
    auth: &Table<'_, '_>,
    redirect_uri: Option<&Url>,
    report: &mut Report<'_>,
) -> Settings {
    let default = Settings::default();
    let base_path = base_path(auth, redirect_uri, report).unwrap_or_default();
    let home = format!("{base_path}/");
    let mut time = |key, limits, default| auth.seconds(key, limits, report).unwrap_or(default);
    Settings {
        session_lifetime: time("session_lifetime", LIFETIMES, default.session_lifetime),
        session_idle_timeout: time(
            "session_idle_timeout",
            LIFETIMES,
            default.session_idle_timeout,
        ),
        clock_leeway: time("clock_leeway", 0..=300, default.clock_leeway),
        http_timeout: time("http_timeout", 1..=60, default.http_timeout),
        session_follows_token: auth.flag_or("session_follows_token", false, report),
        store: store(auth, report),
        cookie_name: cookie_name(auth, report).unwrap_or(default.cookie_name),
        after_login: target(auth, "after_login", report).unwrap_or_else(|| home.clone()),
        after_logout: target(auth, "after_logout", report).unwrap_or(home),
        post_logout_redirect_uri: post_logout_redirect_uri(auth, redirect_uri, report),
        ca_certificates: ca_certificates(auth, report),
        base_path,
    }
}

/// A path without a slash at its end, which `redirect_uri` has to be below.
fn base_path(
    auth: &Table<'_, '_>,
    redirect_uri: Option<&Url>,
    report: &mut Report<'_>,
) -> Option<String> {
    let text = auth.optional("base_path", report)?;
    let path = text.value.trim_end_matches('/');
    let is_plain = path.is_empty() || own_page(path).as_deref() == Some(path);
    let (found, hint) = if !is_plain || path.contains(['?', '{', '}', ';']) {
        let found = format!("{:?} is no plain path", cut(text.value));
        (found, "write it like \"/app\"".to_owned())
    } else if redirect_uri.is_some_and(|uri| !is_below(uri.path(), path)) {
        let found = format!("{path:?} is not what the path of redirect_uri begins with");
        (
            found,
            format!("write redirect_uri like \"https://HOST{path}/oauth2callback\""),
        )
    } else {
        return Some(path.to_owned());
    };
    report.problem(Some(text.offset), &auth.path_of("base_path"), found, hint);
    None
}

fn is_below(path: &str, base: &str) -> bool {
    path.strip_prefix(base)
        .is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
}

fn target(auth: &Table<'_, '_>, key: &str, report: &mut Report<'_>) -> Option<String> {
    let text = auth.optional(key, report)?;
    let page = own_page(text.value);
    if page.is_none() {
        let found = format!("{:?} is no page of this app", cut(text.value));
        let hint = "write a path like \"/welcome\"";
        report.problem(Some(text.offset), &auth.path_of(key), found, hint);
    }
    page
}

/// A URL of this app: what a provider sends somebody to must be nobody else's.
fn post_logout_redirect_uri(
    auth: &Table<'_, '_>,
    redirect_uri: Option<&Url>,
    report: &mut Report<'_>,
) -> Option<Url> {
    let text = auth.optional("post_logout_redirect_uri", report)?;
    let url = Url::parse(text.value).ok();
    let is_own = |url: &Url| redirect_uri.is_none_or(|own| own.origin() == url.origin());
    let url = url.filter(|url| is_own(url) && url.fragment().is_none());
    if url.is_none() {
        let found = format!("{:?} is no URL of this app", cut(text.value));
        let hint = "write one with the scheme, host and port of redirect_uri";
        let path = auth.path_of("post_logout_redirect_uri");
        report.problem(Some(text.offset), &path, found, hint);
    }
    url
}

/// What a cookie's name may have ([RFC 6265 4.1.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1)), without
/// its odd signs.
fn cookie_name(auth: &Table<'_, '_>, report: &mut Report<'_>) -> Option<String> {
    let text = auth.optional("cookie_name", report)?;
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.value.len() <= 64 && text.value.chars().all(is_fit) && !text.value.starts_with("__") {
        return Some(text.value.to_owned());
    }
    let found = format!("{:?} cannot begin a cookie's name", cut(text.value));
    let hint = "use letters, digits, \"-\", \"_\" and \".\"; __Host- comes by itself";
    report.problem(Some(text.offset), &auth.path_of("cookie_name"), found, hint);
    None
}

fn store(auth: &Table<'_, '_>, report: &mut Report<'_>) -> Store {
    let Some(text) = auth.optional("store", report) else {
        let beside = |directory: &std::path::Path| Store::Sqlite {
            path: directory.join(SQLITE_FILE),
            is_default: true,
        };
        return report.directory().map_or(Store::Memory, beside);
    };
    let value = text.value;
    let (scheme, rest) = value.split_once(':').unwrap_or((value, ""));
    match (scheme, rest) {
        ("memory", "") => return Store::Memory,
        ("sqlite", path) if !path.is_empty() => {
            let path = report.beside(path.strip_prefix("//").unwrap_or(path));
            return Store::Sqlite {
                path,
                is_default: false,
            };
        }
        ("redis" | "rediss" | "redis+unix" | "valkey" | "valkeys", rest) if rest.len() > 2 => {
            return Store::Redis(Secret::new(value.replacen("valkey", "redis", 1)));
        }
        _ => {}
    }
    // The value may hold a password.
    let found = format!("{:?} is no kind of store", cut(scheme));
    let hint = "write \"memory\", \"sqlite:PATH\" or \"redis://HOST:6379\"";
    report.problem(Some(text.offset), &auth.path_of("store"), found, hint);
    Store::Memory
}

fn ca_certificates(auth: &Table<'_, '_>, report: &mut Report<'_>) -> Option<Vec<u8>> {
    let text = auth.optional("ca_file", report)?;
    let path = report.beside(text.value);
    let read = std::fs::read(&path).map_err(|error| unreadable(&error));
    let checked = read.and_then(|pem| certificates(&pem).map(|_| pem));
    checked
        .inspect_err(|found| {
            let found = format!("{} {found}", path.display());
            let hint = "give the path of a file with certificates in PEM";
            report.problem(Some(text.offset), &auth.path_of("ca_file"), found, hint);
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::{KEYS, SHARED, check_in_auth, read};
    use super::{Settings, Store};

    fn settings(lines: &str) -> Settings {
        read(&format!("{SHARED}{lines}\n[auth.google]{KEYS}")).settings
    }

    #[test]
    fn without_a_word_everything_is_as_in_production() {
        assert_eq!(settings(""), Settings::default());
    }

    #[test]
    fn every_key_is_read() {
        let found = settings(
            "session_lifetime = '12h'\nsession_idle_timeout = 900\nsession_follows_token = true\n\
             store = 'sqlite:/var/lib/app/s.db'\ncookie_name = 'my-app'\nafter_login = '/welcome?x=1'\n\
             after_logout = '/bye'\npost_logout_redirect_uri = 'https://app.example/bye'\nclock_leeway = 0\nhttp_timeout = '10s'",
        );
        let expected = Settings {
            session_lifetime: Duration::from_hours(12),
            session_idle_timeout: Duration::from_mins(15),
            session_follows_token: true,
            store: Store::Sqlite {
                path: "/var/lib/app/s.db".into(),
                is_default: false,
            },
            cookie_name: "my-app".to_owned(),
            after_login: "/welcome?x=1".to_owned(),
            after_logout: "/bye".to_owned(),
            post_logout_redirect_uri: "https://app.example/bye".parse().ok(),
            clock_leeway: Duration::ZERO,
            http_timeout: Duration::from_secs(10),
            ..Settings::default()
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_store_is_named_by_its_kind() {
        let store = |value: &str| settings(&format!("store = '{value}'")).store;
        assert_eq!(store("memory"), Store::Memory);
        let redis = |url: &str| Store::Redis(super::Secret::new(url));
        assert_eq!(store("redis://h:6379/1"), redis("redis://h:6379/1"));
        assert_eq!(store("valkey://h:6379"), redis("redis://h:6379"));
        assert_eq!(store("rediss://:p@h"), redis("rediss://:p@h"));
        assert_eq!(
            store("redis+unix:///run/r.sock"),
            redis("redis+unix:///run/r.sock")
        );
        let what = "write \"memory\", \"sqlite:PATH\" or \"redis://HOST:6379\"";
        check_in_auth(
            "store = 'postgres://u:hunter2@h'",
            &format!("store: \"postgres\" is no kind of store; {what}"),
        );
        check_in_auth(
            "store = 'sqlite:'",
            &format!("store: \"sqlite\" is no kind of store; {what}"),
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let time = "write seconds, or a number with s, m, h or d: \"12h\"";
        check_in_auth(
            "session_lifetime = 'long'",
            &format!("session_lifetime: \"long\" is no time; {time}"),
        );
        check_in_auth(
            "session_lifetime = 1.5",
            &format!("session_lifetime: is a float; {time}"),
        );
        check_in_auth(
            "session_idle_timeout = 5",
            "session_idle_timeout: \"5\" is out of range; it must be 60 to 34560000 seconds",
        );
        check_in_auth(
            "clock_leeway = '1d'",
            "clock_leeway: \"1d\" is out of range; it must be 0 to 300 seconds",
        );
        check_in_auth(
            "session_follows_token = 1",
            "session_follows_token: is an integer; it must be true or false",
        );
        check_in_auth(
            "cookie_name = 'a b'",
            "cookie_name: \"a b\" cannot begin a cookie's name; use letters, digits, \"-\", \"_\" and \".\"; \
             __Host- comes by itself",
        );
        check_in_auth(
            "after_login = 'https://evil.test/'",
            "after_login: \"https://evil.test/\" is no page of this app; write a path like \"/welcome\"",
        );
        check_in_auth(
            "post_logout_redirect_uri = 'https://evil.test/'",
            "post_logout_redirect_uri: \"https://evil.test/\" is no URL of this app; \
             write one with the scheme, host and port of redirect_uri",
        );
        check_in_auth(
            "base_path = 'app'",
            "base_path: \"app\" is no plain path; write it like \"/app\"",
        );
        check_in_auth(
            "ca_file = '/nowhere.pem'",
            "ca_file: /nowhere.pem does not exist; give the path of a file with certificates in PEM",
        );
    }

    #[test]
    fn a_base_path_is_that_of_redirect_uri() {
        let text = |base: &str, callback: &str| {
            format!("{SHARED}base_path = '{base}'\n[auth.google]{KEYS}")
                .replace("/oauth2callback", callback)
        };
        let config = read(&text("/app/", "/app/oauth2callback"));
        assert_eq!(config.settings.base_path, "/app");
        assert_eq!(config.settings.after_logout, "/app/");
        for callback in ["/apple/cb", "/app/"] {
            super::super::tests::check(
                &text("/app", callback),
                "s.toml:4: auth.base_path: \"/app\" is not what the path of redirect_uri begins with; \
                 write redirect_uri like \"https://HOST/app/oauth2callback\"",
            );
        }
    }

    #[test]
    fn a_ca_file_holds_certificates() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("ca.pem"), "nothing").expect("written");
        let text = format!("{SHARED}ca_file = 'ca.pem'\n[auth.google]{KEYS}");
        std::fs::write(directory.path().join("s.toml"), text).expect("written");
        let path = directory.path().join("s.toml");
        let error = super::super::Config::from_file(path).expect_err("no certificate");
        let words = "ca.pem has no certificate; give the path of a file with certificates in PEM";
        assert!(error.to_string().ends_with(words), "{error}");
    }
}
