//! The `[auth]` table: the keys that all providers share, and which tables in it are providers.

use url::Url;

use super::report::Report;
use super::table::{Table, Text};
use super::{
    Config, DEFAULT_PROVIDER, ExposeTokens, Secret, is_loopback, keys, provider, settings, uri,
};
use crate::error::cut;

/// Shortest cookie secret that is enough outside of development, in bytes.
const COOKIE_SECRET_BYTES: usize = 32;

/// Reads the table. Every part is read before a missing one counts, so that all problems come to light.
pub(super) fn config(auth: &Table<'_, '_>, report: &mut Report<'_>) -> Option<Config> {
    let redirect_uri = redirect_uri(auth, report);
    let cookie_secrets = cookie_secrets(auth, redirect_uri.as_ref(), report);
    let expose_tokens = expose_tokens(auth, report);
    let settings = settings::read(auth, redirect_uri.as_ref(), report);
    let mut tables = provider_tables(auth, report);
    if let Some(table) = default_provider(auth, report) {
        if tables.iter().any(|(name, _)| *name == DEFAULT_PROVIDER) {
            let path = auth.path_of(DEFAULT_PROVIDER);
            let found = "is there, and [auth] has the keys of the default provider as well";
            report.problem(Some(auth.offset), &path, found, "leave one of them out");
        }
        tables.insert(0, (DEFAULT_PROVIDER, table));
    }
    if tables.is_empty() {
        let hint = "add a table for one, e.g. [auth.google]";
        report.problem(Some(auth.offset), &auth.path, "has no provider", hint);
    }
    let shared = redirect_uri.as_ref();
    let providers: Vec<_> = tables
        .iter()
        .filter_map(|(name, table)| provider::read(name, table, shared, report))
        .collect();
    Some(Config {
        redirect_uri: redirect_uri?,
        cookie_secrets,
        expose_tokens,
        settings,
        providers,
        warnings: Vec::new(),
    })
}

/// The callback's URL, with the port in the place of `{port}`.
fn redirect_uri(auth: &Table<'_, '_>, report: &mut Report<'_>) -> Option<Url> {
    let port = report.port().to_string();
    let parse = |text: &str| uri::redirect_uri(&text.replace("{port}", &port));
    uri::read(auth, "redirect_uri", parse, report)
}

/// One secret or a ring of them, of which the first is the one to use.
fn cookie_secrets(
    auth: &Table<'_, '_>,
    redirect_uri: Option<&Url>,
    report: &mut Report<'_>,
) -> Vec<Secret> {
    let ring = auth.ring("cookie_secret", report);
    if let Some(redirect_uri) = redirect_uri {
        for secret in &ring {
            check_cookie_secret(secret, redirect_uri, report);
        }
    }
    let secrets = ring.iter().map(|secret| Secret::new(secret.value));
    secrets.collect()
}

/// `"id"`, `"access"`, or a list of them.
fn expose_tokens(auth: &Table<'_, '_>, report: &mut Report<'_>) -> ExposeTokens {
    let mut exposed = ExposeTokens::default();
    for (offset, name) in auth.texts("expose_tokens", report) {
        match name {
            "id" => exposed.id = true,
            "access" => exposed.access = true,
            other => {
                let found = format!("{:?} is no token that can be exposed", cut(other));
                let hint = "write \"id\", \"access\", or both in a list";
                report.problem(Some(offset), &auth.path_of("expose_tokens"), found, hint);
            }
        }
    }
    exposed
}

/// The keys of which the default provider has one at least.
const OF_A_PROVIDER: &[&str] = &["client_id", "client_secret", "server_metadata_url"];

/// The provider whose keys stand in `[auth]` itself.
fn default_provider<'d, 'i>(
    auth: &Table<'d, 'i>,
    report: &mut Report<'_>,
) -> Option<Table<'d, 'i>> {
    let table = auth.clone().only(keys::PROVIDER);
    let keys = || table.entries.iter().map(|entry| entry.key);
    if keys().any(|key| OF_A_PROVIDER.contains(&key)) {
        return Some(table);
    }
    for entry in &table.entries {
        let hint = "move it to the table of one, e.g. [auth.google]";
        let found = "is a key of a provider";
        report.problem(Some(entry.offset), &auth.path_of(entry.key), found, hint);
    }
    None
}

fn check_cookie_secret(secret: &Text<'_>, redirect_uri: &Url, report: &mut Report<'_>) {
    let length = secret.value.len();
    if length >= COOKIE_SECRET_BYTES {
        return;
    }
    let found = format!("is {length} bytes long");
    let hint = format!(
        "use {COOKIE_SECRET_BYTES} or more in production; `jarvis secret` makes a good one"
    );
    if is_loopback(redirect_uri) {
        report.warning(secret.offset, "auth.cookie_secret", found, hint);
    } else {
        report.problem(Some(secret.offset), "auth.cookie_secret", found, hint);
    }
}

/// The tables with the name of a provider; what else is no key of `[auth]` is reported.
fn provider_tables<'d, 'i>(
    auth: &Table<'d, 'i>,
    report: &mut Report<'_>,
) -> Vec<(&'d str, Table<'d, 'i>)> {
    let mut tables = Vec::new();
    for entry in auth
        .entries
        .iter()
        .filter(|entry| !keys::AUTH.contains(&entry.key))
        .filter(|entry| !keys::PROVIDER.contains(&entry.key))
    {
        let (found, hint) = match (keys::not_yet(entry.key), entry.table(&auth.path)) {
            (Some(fault), _) => fault,
            (None, Some(table)) => {
                tables.push((entry.key, table));
                continue;
            }
            (None, None) => keys::unknown_in_auth(entry.key),
        };
        report.problem(Some(entry.offset), &auth.path_of(entry.key), found, hint);
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::super::tests::{KEYS, SHARED, check_in_auth, check_in_google, read};

    #[test]
    fn tokens_are_exposed_by_their_names() {
        let exposed = |line: &str| {
            let config = read(&format!("{SHARED}{line}\n[auth.google]{KEYS}"));
            (config.expose_tokens.id, config.expose_tokens.access)
        };
        assert_eq!(exposed(""), (false, false));
        assert_eq!(exposed("expose_tokens = \"id\""), (true, false));
        assert_eq!(
            exposed("expose_tokens = [\"access\", \"id\"]"),
            (true, true)
        );
        assert_eq!(exposed("expose_tokens = []"), (false, false));
        let what = "write \"id\", \"access\", or both in a list";
        check_in_auth(
            "expose_tokens = [\"refresh\"]",
            &format!("expose_tokens: \"refresh\" is no token that can be exposed; {what}"),
        );
        check_in_auth(
            "expose_tokens = true",
            "expose_tokens: is a boolean; it must be a string in quotes, or a list of them",
        );
        check_in_google(
            "expose_tokens = \"id\"",
            "expose_tokens: is not a key of [auth.google]; move it to [auth]",
        );
    }
}
