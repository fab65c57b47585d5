//! The rules for the two URLs of the file: what is wrong with one, and what would be right.

use url::{ParseError, Url};

use super::is_loopback;
use super::report::Report;
use super::table::Table;

/// What a URL looks like, and what it should look like.
pub(super) type Fault = (String, &'static str);

/// Longest piece of a wrong URL that a report repeats, in characters.
const SHOWN: usize = 200;
/// What every provider's discovery URL ends in (OpenID Connect Discovery 1.0, section 4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

const FULL_URL: &str = r#"write the full URL, e.g. "http://localhost:8501/oauth2callback""#;
const PLAIN_FORM: &str =
    "write it as a browser does: scheme and host in lower case, no default port, no spaces";
const FULL_METADATA_URL: &str = "write the full URL, e.g. \
    \"https://accounts.google.com/.well-known/openid-configuration\"";

/// Reads one of the two from its table with its rules, and reports every fault.
pub(super) fn read(
    table: &Table<'_, '_>,
    key: &str,
    parse: fn(&str) -> (Option<Url>, Vec<Fault>),
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
    if text.contains("{port}") {
        let found = format!(
            "{} has the placeholder {{port}}, which is not supported yet",
            shown(text)
        );
        return (None, vec![(found, "write the port itself")]);
    }
    let url = match absolute(text, FULL_URL) {
        Ok(url) => url,
        Err(fault) => return (None, vec![fault]),
    };
    let segments = || url.path().split('/');
    let rules = [
        (
            !is_protected(&url),
            "is not https",
            "use https; http is for localhost alone",
        ),
        (
            has_user(&url),
            "has a user name or password",
            "leave that out",
        ),
        (
            url.fragment().is_some(),
            "has a fragment",
            "leave out \"#\" and what follows",
        ),
        (
            url.path() == "/",
            "has no path",
            "add one of its own, e.g. \"/oauth2callback\"",
        ),
        (
            is_taken(url.path()),
            "has the path of a route of this app",
            "use \"/oauth2callback\"",
        ),
        (
            segments().any(|segment| segment.starts_with([':', '*'])),
            "has a path segment that begins with \":\" or \"*\"",
            "use \"/oauth2callback\"",
        ),
    ];
    let mut faults = broken(text, rules);
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
pub(super) fn server_metadata_url(text: &str) -> (Option<Url>, Vec<Fault>) {
    let url = match absolute(text, FULL_METADATA_URL) {
        Ok(url) => url,
        Err(fault) => return (None, vec![fault]),
    };
    let rules = [
        (
            !is_protected(&url),
            "is not https",
            "use https; http is for a provider on this machine",
        ),
        (
            has_user(&url),
            "has a user name or password",
            "leave that out",
        ),
        (
            url.fragment().is_some(),
            "has a fragment",
            "leave out \"#\" and what follows",
        ),
        (
            !url.path().ends_with(WELL_KNOWN),
            "does not end in /.well-known/openid-configuration",
            "write the provider's discovery URL: its issuer followed by that path",
        ),
    ];
    let faults = broken(text, rules);
    (Some(url), faults)
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

/// The faults of those rules that are broken.
fn broken<const N: usize>(text: &str, rules: [(bool, &str, &'static str); N]) -> Vec<Fault> {
    rules
        .into_iter()
        .filter(|(is_broken, ..)| *is_broken)
        .map(|(_, found, hint)| (format!("{} {found}", shown(text)), hint))
        .collect()
}

/// Whether what travels to this URL cannot be read on the way.
fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether the path is one of the routes in `web`.
fn is_taken(path: &str) -> bool {
    matches!(path, "/auth/login" | "/auth/logout") || path.starts_with("/auth/login/")
}

/// The text in quotes, cut, without what may be a password.
fn shown(text: &str) -> String {
    if text.contains('@') {
        return "the URL".to_owned();
    }
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}..", &text[..end]),
        None => format!("{text:?}"),
    }
}
