//! The rules for the two URLs of the file: what is wrong with one, and what would be right.

use url::{ParseError, Url};

use super::is_loopback;
use super::report::Report;
use super::table::Table;
use crate::error::cut;

/// What a URL looks like, and what it should look like.
pub(super) type Fault = (String, &'static str);

/// When it is broken, what the URL looks like then, and what it should look like.
type Rule = (fn(&Url) -> bool, &'static str, &'static str);

/// The rule that `allow_insecure_http` takes away.
const ENCRYPTED: Rule = (
    is_open_to_others,
    "is not https",
    "use https; http is for this machine alone",
);

/// Rules for every URL.
const EVERY: &[Rule] = &[
    (has_user, "has a user name or password", "leave that out"),
    (
        |url| url.fragment().is_some(),
        "has a fragment",
        "leave out \"#\" and what follows",
    ),
];

/// Rules for the callback's URL, whose path becomes a route.
const CALLBACK: &[Rule] = &[
    (
        |url| url.path() == "/",
        "has no path",
        "add one of its own, e.g. \"/oauth2callback\"",
    ),
    (
        is_taken,
        "has the path of a route of this app",
        "use \"/oauth2callback\"",
    ),
    (
        is_pattern,
        "has a path segment that begins with \":\" or \"*\"",
        "use \"/oauth2callback\"",
    ),
];

/// Rules for the discovery document's URL (OpenID Connect Discovery 1.0, section 4).
const DISCOVERY: &[Rule] = &[(
    |url| !url.path().ends_with("/.well-known/openid-configuration"),
    "does not end in /.well-known/openid-configuration",
    "write the provider's discovery URL: its issuer followed by that path",
)];

const FULL_URL: &str = r#"write the full URL, e.g. "http://localhost:8501/oauth2callback""#;
const FULL_METADATA_URL: &str = "write the full URL, e.g. \
    \"https://accounts.google.com/.well-known/openid-configuration\"";
const FULL_ENDPOINT: &str = "write the full URL, e.g. \"https://github.com/login/oauth/authorize\"";
const PLAIN_FORM: &str =
    "write it as a browser does: scheme and host in lower case, no default port, no spaces";

/// Reads one of the two from its table with its rules, and reports every fault.
pub(super) fn read(
    table: &Table<'_, '_>,
    key: &str,
    parse: impl Fn(&str) -> (Option<Url>, Vec<Fault>),
    report: &mut Report<'_>,
) -> Option<Url> {
    let text = table.required(key, report)?;
    let (url, faults) = parse(text.value);
    for (found, hint) in faults {
        report.problem(Some(text.offset), &table.path_of(key), found, hint);
    }
    url
}

/// The callback's URL, or why it cannot be one. A URL comes back as soon as it parses, with its faults.
pub(super) fn redirect_uri(text: &str) -> (Option<Url>, Vec<Fault>) {
    let url = match absolute(text, FULL_URL) {
        Ok(url) => url,
        Err(fault) => return (None, vec![fault]),
    };
    let mut faults = broken([&ENCRYPTED].into_iter().chain(CALLBACK), &url, text);
    // Providers compare it character by character, so what is sent must be what the file says.
    if faults.is_empty() && url.as_str() != text {
        faults.push((
            format!("{} is not in its plain form", shown(text)),
            PLAIN_FORM,
        ));
    }
    (Some(url), faults)
}

/// The discovery document's URL, or why it cannot be one.
pub(super) fn server_metadata_url(text: &str, may_be_http: bool) -> (Option<Url>, Vec<Fault>) {
    let url = match absolute(text, FULL_METADATA_URL) {
        Ok(url) => url,
        Err(fault) => return (None, vec![fault]),
    };
    let encrypted = (!may_be_http).then_some(&ENCRYPTED);
    let faults = broken(encrypted.into_iter().chain(DISCOVERY), &url, text);
    (Some(url), faults)
}

/// The URL of an endpoint, or why it cannot be one.
pub(super) fn endpoint(text: &str, may_be_http: bool) -> (Option<Url>, Vec<Fault>) {
    match absolute(text, FULL_ENDPOINT) {
        Ok(url) => {
            let faults = broken((!may_be_http).then_some(&ENCRYPTED), &url, text);
            (Some(url), faults)
        }
        Err(fault) => (None, vec![fault]),
    }
}

/// An absolute http or https URL.
fn absolute(text: &str, hint: &'static str) -> Result<Url, Fault> {
    let found = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => return Ok(url),
        Ok(_) => "does not begin with http:// or https://".to_owned(),
        Err(ParseError::RelativeUrlWithoutBase) => "is relative".to_owned(),
        Err(error) => format!("is not a URL ({error})"),
    };
    Err((format!("{} {found}", shown(text)), hint))
}

/// The faults of the rules, and of those for every URL, that are broken.
fn broken<'r>(rules: impl IntoIterator<Item = &'r Rule>, url: &Url, text: &str) -> Vec<Fault> {
    let fault = |found| format!("{} {found}", shown(text));
    let broken = rules
        .into_iter()
        .chain(EVERY)
        .filter(|(is_broken, ..)| is_broken(url));
    broken
        .map(|(_, found, hint)| (fault(found), *hint))
        .collect()
}

/// Whether what travels to this URL can be read on the way.
fn is_open_to_others(url: &Url) -> bool {
    url.scheme() != "https" && !is_loopback(url)
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether the path is one of the routes in `web`, below whatever base path.
fn is_taken(url: &Url) -> bool {
    let path = url.path();
    ROUTES.iter().any(|route| path.ends_with(route)) || path.contains("/auth/login/")
}

/// The routes in `web`.
const ROUTES: &[&str] = &[
    "/auth/login",
    "/auth/logout",
    "/auth/backchannel-logout",
    "/auth/frontchannel-logout",
];

/// Whether the router would refuse the path, as what once were patterns.
fn is_pattern(url: &Url) -> bool {
    url.path()
        .split('/')
        .any(|segment| segment.starts_with([':', '*']))
}

/// The text in quotes, cut, without what may be a password.
fn shown(text: &str) -> String {
    if text.contains('@') {
        return "the URL".to_owned();
    }
    format!("{:?}", cut(text))
}

#[cfg(test)]
mod tests {
    use super::{Fault, Url, redirect_uri, server_metadata_url};

    /// Faults as a report shows them, without the URL in front.
    fn faults(parse: impl Fn(&str) -> (Option<Url>, Vec<Fault>), text: &str) -> Vec<String> {
        let shown = |(found, hint): Fault| {
            format!(
                "{}; {hint}",
                found.trim_start_matches(&format!("{text:?} "))
            )
        };
        parse(text).1.into_iter().map(shown).collect()
    }

    #[test]
    fn redirect_uri_is_absolute_protected_and_not_a_route_of_ours() {
        let check = |text, expected: &[&str]| {
            assert_eq!(faults(redirect_uri, text), expected, "{text}");
        };
        let full = |found| format!("{found}; {}", super::FULL_URL);
        let plain = &format!("is not in its plain form; {}", super::PLAIN_FORM);
        let taken = "has the path of a route of this app; use \"/oauth2callback\"";
        let segment = "has a path segment that begins with \":\" or \"*\"; use \"/oauth2callback\"";
        let no_path = "has no path; add one of its own, e.g. \"/oauth2callback\"";
        let no_https = "is not https; use https; http is for this machine alone";
        let fragment = "has a fragment; leave out \"#\" and what follows";

        check("https://app.example/oauth2callback", &[]);
        check("https://app.example:8443/a/b%20c?tenant=1", &[]);
        check("http://localhost:8501/auth/loginx", &[]);
        check("/oauth2callback", &[&full("is relative")]);
        check(
            "localhost:8501/cb",
            &[&full("does not begin with http:// or https://")],
        );
        check(
            "ftp://localhost/cb",
            &[&full("does not begin with http:// or https://")],
        );
        check("https://", &[&full("is not a URL (empty host)")]);
        check("http://app.example/cb", &[no_https]);
        check("https://app.example/cb#x", &[fragment]);
        check("https://app.example", &[no_path]);
        check("https://app.example/", &[no_path]);
        check("https://app.example/auth/login", &[taken]);
        check("https://app.example/auth/login/x", &[taken]);
        check("https://app.example/auth/logout", &[taken]);
        check("https://app.example/:x", &[segment]);
        check("https://app.example/a/*x", &[segment]);
        check("https://app.example:443/cb", &[plain]);
        check("https://App.example/cb", &[plain]);
        check("https://app.example/a/../cb", &[plain]);
        check(" https://app.example/cb", &[plain]);
        check("http://app.example/#x", &[no_https, no_path, fragment]);
        check("https://app.example/app/auth/backchannel-logout", &[taken]);
        check(
            "https://me:hunter2@app.example/cb",
            &["the URL has a user name or password; leave that out"],
        );
    }

    #[test]
    fn server_metadata_url_is_a_protected_discovery_url() {
        let check = |text, expected: &[&str]| {
            assert_eq!(
                faults(|text| server_metadata_url(text, false), text),
                expected,
                "{text}"
            );
        };
        let full = |found| format!("{found}; {}", super::FULL_METADATA_URL);

        check(
            "https://idp.example/tenant/.well-known/openid-configuration?p=policy",
            &[],
        );
        check(
            "http://127.0.0.1:9000/.well-known/openid-configuration",
            &[],
        );
        check("accounts.google.com", &[&full("is relative")]);
        check(
            "https://accounts.google.com",
            &["does not end in /.well-known/openid-configuration; \
               write the provider's discovery URL: its issuer followed by that path"],
        );
        check(
            "http://idp.example/.well-known/openid-configuration",
            &["is not https; use https; http is for this machine alone"],
        );
        check(
            "https://u:hunter2@idp.example/.well-known/openid-configuration",
            &["the URL has a user name or password; leave that out"],
        );
        check(
            "https://idp.example/.well-known/openid-configuration#x",
            &["has a fragment; leave out \"#\" and what follows"],
        );
    }

    #[test]
    fn http_is_right_where_it_is_allowed() {
        let url = "http://idp:9000/.well-known/openid-configuration";
        let no_faults: [String; 0] = [];
        assert_eq!(
            faults(|text| server_metadata_url(text, true), url),
            no_faults
        );
        let endpoint = |text: &str| super::endpoint(text, true);
        assert_eq!(faults(endpoint, "http://idp:9000/token"), no_faults);
    }

    #[test]
    fn a_host_on_this_machine_may_do_without_https() {
        let is_refused = |host| !redirect_uri(&format!("http://{host}/cb")).1.is_empty();
        for host in [
            "localhost",
            "localhost:8501",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]:8501",
        ] {
            assert!(!is_refused(host), "{host}");
        }
        for host in ["localhost.example", "128.0.0.1", "[::2]", "[::ffff:7f00:1]"] {
            assert!(is_refused(host), "{host}");
        }
    }

    #[test]
    fn a_long_wrong_url_is_cut() {
        let (_, faults) = redirect_uri(&"/x".repeat(300));
        assert_eq!(
            faults[0].0,
            format!("\"{}..\" is relative", "/x".repeat(100))
        );
    }
}
