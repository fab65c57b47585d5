//! `[[clients]]`: the apps that may use the provider.

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
    let mut clients: Vec<(usize, Client)> = Vec::new();
    for member in entry.members(HINT, report).unwrap_or_default() {
        let Some(mut table) = member.table(HINT, report) else {
            continue;
        };
        let Some((offset, client)) = client(&mut table, report) else {
            continue;
        };
        match clients
            .iter()
            .find(|(_, other)| other.client_id == client.client_id)
        {
            None => clients.push((offset, client)),
            Some((first, _)) => {
                let found = format!(
                    "is {:?}, as in line {}",
                    client.client_id,
                    report.line(*first)
                );
                report.at(
                    offset,
                    &format!("{}.client_id", table.path),
                    found,
                    "give each client its own",
                );
            }
        }
    }
    clients.into_iter().map(|(_, client)| client).collect()
}

/// One client, and where its `client_id` stands.
fn client(table: &mut Table<'_, '_>, report: &mut Report<'_>) -> Option<(usize, Client)> {
    let client_id = table.required("client_id", "\"my-app\"", report);
    let client_secret = table.text("client_secret", report);
    let redirect_uris = table.required("redirect_uris", REDIRECT_URIS, report);
    let redirect_uris = redirect_uris.and_then(|entry| self::redirect_uris(&entry, report));
    let client_name = table.text("client_name", report);
    table.finish(&NOT_YET, report);
    let client_id = client_id?;
    let offset = client_id.offset;
    let client_id = client_id.text(report)?.to_owned();
    // A client with faulty redirect URIs still counts among the ids: the report must not hide a
    // duplicate.
    let redirect_uris = redirect_uris.unwrap_or_default();
    Some((
        offset,
        Client {
            client_id,
            client_secret,
            redirect_uris,
            client_name,
        },
    ))
}

fn redirect_uris(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<Vec<String>> {
    let hint = format!("it must be an array of strings, such as {REDIRECT_URIS}");
    let members = entry.members(&hint, report)?;
    if members.is_empty() {
        return entry.refuse(
            "is empty",
            &format!("name one at least, such as {REDIRECT_URIS}"),
            report,
        );
    }
    Some(
        members
            .iter()
            .filter_map(|member| redirect_uri(member, report))
            .collect(),
    )
}

fn redirect_uri(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    match parse_redirect_uri(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            let found = format!("is {text:?}: {error}");
            entry.refuse(
                found,
                "give the full URL that the app is called back at, without #",
                report,
            )
        }
    }
}
