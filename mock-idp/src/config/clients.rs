//! `[[clients]]`: the apps that may use the provider.

use super::list;
use super::report::Report;
use super::table::{Entry, Table, suggestion};
use crate::client::{Client, TokenEndpointAuthMethod, parse_redirect_uri};
use crate::keys::Algorithm;

const HINT: &str = "write each app as a table [[clients]]";
const REDIRECT_URIS: &str = r#"["http://localhost:8501/oauth2callback"]"#;
const POST_LOGOUT_REDIRECT_URIS: &str = r#"["http://localhost:8501"]"#;

/// What else RFC 7591 section 2 registers.
const NOT_YET: [&str; 4] = ["grant_types", "response_types", "scope", "jwks_uri"];

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
    let redirect_uris = redirect_uris.and_then(|entry| uris(&entry, REDIRECT_URIS, report));
    let client_name = table.text("client_name", report);
    let rest = authentication(table, report);
    let rest = logout(table, rest, report);
    table.finish(&NOT_YET, report);
    let id = id?;
    let client = Client {
        client_id: id.text(report)?.to_owned(),
        client_secret,
        // A client without still counts among the ids: the report must not hide a duplicate.
        redirect_uris: redirect_uris.unwrap_or_default(),
        client_name,
        ..rest
    };
    Some((id, client))
}

/// How the client proves itself, and how it is answered.
fn authentication(table: &mut Table<'_, '_>, report: &mut Report<'_>) -> Client {
    let methods = TokenEndpointAuthMethod::ALL;
    let method = table.optional("token_endpoint_auth_method");
    let method = method
        .and_then(|entry| one_of(&entry, &methods.map(TokenEndpointAuthMethod::name), report));
    let id_token = table.optional("id_token_signed_response_alg");
    let userinfo = table.optional("userinfo_signed_response_alg");
    let jwks = table.optional("jwks");
    Client {
        token_endpoint_auth_method: methods.into_iter().find(|it| Some(it.name()) == method),
        jwks: jwks.and_then(|entry| jwk_set(&entry, report)),
        id_token_signed_response_alg: id_token.and_then(|entry| algorithm(&entry, report)),
        userinfo_signed_response_alg: userinfo.and_then(|entry| algorithm(&entry, report)),
        ..Client::default()
    }
}

/// Where the client hears of a logout.
fn logout(table: &mut Table<'_, '_>, client: Client, report: &mut Report<'_>) -> Client {
    let after = table.optional("post_logout_redirect_uris");
    let backchannel = table.optional("backchannel_logout_uri");
    let frontchannel = table.optional("frontchannel_logout_uri");
    let mut flag = |name| table.optional(name).and_then(|it| it.boolean(report));
    let backchannel_session = flag("backchannel_logout_session_required");
    let frontchannel_session = flag("frontchannel_logout_session_required");
    Client {
        post_logout_redirect_uris: after
            .and_then(|entry| uris(&entry, POST_LOGOUT_REDIRECT_URIS, report))
            .unwrap_or_default(),
        backchannel_logout_uri: backchannel.and_then(|entry| logout_uri(&entry, report)),
        backchannel_logout_session_required: backchannel_session.unwrap_or_default(),
        frontchannel_logout_uri: frontchannel.and_then(|entry| logout_uri(&entry, report)),
        frontchannel_logout_session_required: frontchannel_session.unwrap_or_default(),
        ..client
    }
}

fn algorithm(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<Algorithm> {
    let known = Client::SIGNED_RESPONSE_ALGORITHMS;
    let name = one_of(entry, &known.map(Algorithm::name), report)?;
    known.into_iter().find(|it| it.name() == name)
}

fn one_of(
    entry: &Entry<'_, '_>,
    known: &[&'static str],
    report: &mut Report<'_>,
) -> Option<&'static str> {
    let text = entry.text(report)?;
    let found = known.iter().copied().find(|known| *known == text);
    found.or_else(|| entry.refuse(format!("is {text:?}"), &suggestion(text, known), report))
}

/// A JWK Set, as the JSON text that tools write.
fn jwk_set(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<serde_json::Value> {
    const HINT: &str = r#"write the JWK Set as JSON in quotes: '{"keys": [..]}'"#;
    let text = entry.text(report)?;
    if let Err(error) = serde_json::from_str::<jsonwebtoken::jwk::JwkSet>(text) {
        return entry.refuse(format!("is no JWK Set: {error}"), HINT, report);
    }
    serde_json::from_str(text).ok()
}

fn logout_uri(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<String> {
    const HINT: &str = "give the app's full URL, such as \"http://localhost:8501/logout\"";
    let text = redirect_uri(entry, report)?;
    if text.starts_with("http://") || text.starts_with("https://") {
        return Some(text);
    }
    entry.refuse(format!("is {text:?}: it is no web address"), HINT, report)
}

fn uris(entry: &Entry<'_, '_>, example: &str, report: &mut Report<'_>) -> Option<Vec<String>> {
    let hint = format!("it must be an array of strings, such as {example}");
    let members = entry.members(&hint, report)?;
    if members.is_empty() {
        let hint = format!("name one at least, such as {example}");
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
