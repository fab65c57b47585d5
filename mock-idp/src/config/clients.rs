//! `[[clients]]`: the apps that may use the provider.

use super::list;
use super::report::Report;
use super::table::{Entry, Table};
use crate::client::{Client, parse_redirect_uri};

const HINT: &str = "write each app as a table [[clients]]";
const REDIRECT_URIS: &str = r#"["http://localhost:8501/oauth2callback"]"#;

/// What else RFC 7591 section 2 registers.
const NOT_YET: [&str; 7] = [
    "grant_types",
    "response_types",
    "token_endpoint_auth_method",
    "post_logout_redirect_uris",
    "scope",
    "jwks",
    "jwks_uri",
];

/// Reads the array; a client that is not right is left out and reported.
pub(super) fn read(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Vec<Client> {
    list::read(entry, HINT, client, report)
}

/// One client, and its `client_id`.
fn client<'d, 'i>(
    table: &mut Table<'d, 'i>,
    report: &mut Report<'_>,
) -> Option<(Entry<'d, 'i>, Client)> {
    let id = table.required("client_id", "\"my-app\"", report);
    let client_secret = table.text("client_secret", report);
    let redirect_uris = table.required("redirect_uris", REDIRECT_URIS, report);
    let redirect_uris = redirect_uris.and_then(|entry| self::redirect_uris(&entry, report));
    let client_name = table.text("client_name", report);
    table.finish(&NOT_YET, report);
    let id = id?;
    let client = Client {
        client_id: id.text(report)?.to_owned(),
        client_secret,
        // A client without still counts among the ids: the report must not hide a duplicate.
        redirect_uris: redirect_uris.unwrap_or_default(),
        client_name,
    };
    Some((id, client))
}

fn redirect_uris(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<Vec<String>> {
    let hint = format!("it must be an array of strings, such as {REDIRECT_URIS}");
    let members = entry.members(&hint, report)?;
    if members.is_empty() {
        let hint = format!("name one at least, such as {REDIRECT_URIS}");
        return entry.refuse("is empty", &hint, report);
    }
    let read = members
        .iter()
        .filter_map(|member| redirect_uri(member, report));
    Some(read.collect())
}

fn redirect_uri(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    match parse_redirect_uri(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            const HINT: &str = "give the full URL that the app is called back at, without #";
            entry.refuse(format!("is {text:?}: {error}"), HINT, report)
        }
    }
}
