//! What the app proves itself with at a provider: a secret, Google's file with one, or a private key.

use std::path::Path;

use serde::Deserialize;
use url::Url;

use super::read::unreadable;
use super::report::Report;
use super::table::{Table, Text};
use super::{Asked, ClientAuthentication, ClientKey, Secret};
use crate::provider::Preset;

/// Who the app is at one provider, and its proof.
#[derive(Default)]
pub(super) struct Credentials {
    pub(super) id: Option<String>,
    pub(super) secret: Option<Secret>,
    pub(super) key: Option<ClientKey>,
}

/// The keys of a private key.
const OF_A_KEY: &[&str] = &["private_key_file", "private_key_id", "team_id"];

/// Reads what the method of client authentication needs; what it has no use for is a problem.
pub(super) fn read(
    table: &Table<'_, '_>,
    asked: &Asked,
    habits: &Preset,
    redirect_uri: Option<&Url>,
    report: &mut Report<'_>,
) -> Credentials {
    let names_file = table.offset_of("client_secret_file").is_some();
    let file = table
        .optional("client_secret_file", report)
        .and_then(|file| secret_file(table, &file, redirect_uri, report));
    let id = match &file {
        Some(file) => Some(file.client_id.clone()),
        None if names_file => None,
        None => table
            .required("client_id", report)
            .map(|id| id.value.to_owned()),
    };
    let method = asked.client_authentication;
    let unused = |keys: &[&str], why: &str, report: &mut Report<'_>| {
        for key in keys {
            if let Some(offset) = table.offset_of(key) {
                let found = format!("is not used with {why}");
                report.problem(
                    Some(offset),
                    &table.path_of(key),
                    found,
                    "leave one of them out",
                );
            }
        }
    };
    let mut found = Credentials {
        id,
        ..Credentials::default()
    };
    match method {
        Some(ClientAuthentication::None) => {
            let why = "token_endpoint_auth_method = \"none\"";
            unused(&["client_secret"], why, report);
            unused(OF_A_KEY, why, report);
        }
        Some(ClientAuthentication::PrivateKeyJwt) => {
            let why = "token_endpoint_auth_method = \"private_key_jwt\"";
            unused(&["client_secret", "team_id"], why, report);
            found.key = client_key(table, report);
        }
        // The secret is a statement that the key signs.
        None if habits.signs_secret && table.offset_of("client_secret").is_none() => {
            let key = client_key(table, report);
            let team = table.required("team_id", report);
            if table.offset_of("private_key_id").is_none() {
                table.required("private_key_id", report);
            }
            let team = team.map(|team| team.value.to_owned());
            found.key = key.zip(team).map(|(key, team)| key.of_team(team));
        }
        Some(ClientAuthentication::Basic | ClientAuthentication::Post) | None => {
            unused(OF_A_KEY, "a client_secret", report);
            found.secret = match file {
                Some(file) => Some(file.client_secret),
                None if names_file => None,
                None => table
                    .required("client_secret", report)
                    .map(|secret| Secret::new(secret.value)),
            };
        }
    }
    found
}

fn client_key(table: &Table<'_, '_>, report: &mut Report<'_>) -> Option<ClientKey> {
    let text = table.required("private_key_file", report)?;
    let id = table.optional("private_key_id", report);
    let path = report.beside(text.value);
    let pem = std::fs::read(&path).map_err(|error| unreadable(&error));
    match pem.and_then(|pem| ClientKey::from_pem(&pem)) {
        Ok(key) => Some(key.with_id(id.map(|id| id.value.to_owned()))),
        Err(found) => {
            let found = format!("{} {found}", path.display());
            let hint =
                "give the path of a private key in PEM (PKCS #8): RSA, P-256, P-384 or Ed25519";
            report.problem(
                Some(text.offset),
                &table.path_of("private_key_file"),
                found,
                hint,
            );
            None
        }
    }
}

/// What Google's console lets one download.
#[derive(Deserialize)]
struct SecretFile {
    #[serde(alias = "installed")]
    web: WebClient,
}

#[derive(Deserialize)]
struct WebClient {
    client_id: String,
    #[serde(deserialize_with = "secret")]
    client_secret: Secret,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

/// Google's `client_secret.json`
/// (<https://developers.google.com/api-client-library/dotnet/guide/aaa_client_secrets>).
fn secret_file(
    table: &Table<'_, '_>,
    text: &Text<'_>,
    redirect_uri: Option<&Url>,
    report: &mut Report<'_>,
) -> Option<WebClient> {
    let path = report.beside(text.value);
    let key = table.path_of("client_secret_file");
    for beside in ["client_id", "client_secret"] {
        if let Some(offset) = table.offset_of(beside) {
            let found = "stands in client_secret_file as well";
            report.problem(
                Some(offset),
                &table.path_of(beside),
                found,
                "leave one of them out",
            );
        }
    }
    let client = match read_secret_file(&path) {
        Ok(client) => client,
        Err(found) => {
            let found = format!("{} {found}", path.display());
            let hint = "give the path of the client_secret.json that Google's console offers";
            report.problem(Some(text.offset), &key, found, hint);
            return None;
        }
    };
    let listed = &client.redirect_uris;
    if let Some(uri) = redirect_uri.filter(|uri| listed.iter().all(|it| it != uri.as_str())) {
        let found = format!(
            "{} does not list {uri} among its redirect_uris",
            path.display()
        );
        let hint =
            "add it in Google's console, or the login ends at Google with redirect_uri_mismatch";
        report.warning(text.offset, &key, found, hint);
    }
    Some(client)
}

fn read_secret_file(path: &Path) -> Result<WebClient, String> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    // The error's own words may repeat a value.
    let read: Result<SecretFile, _> = serde_json::from_slice(&bytes);
    let file = read.map_err(|error| {
        format!(
            "is not such a file (line {}, column {})",
            error.line(),
            error.column()
        )
    })?;
    Ok(file.web)
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Secret};

    const HEAD: &str = "[auth]\nredirect_uri = 'http://localhost:8501/oauth2callback'\n\
        cookie_secret = '0123456789abcdef0123456789abcdef'\n";
    const URL: &str = "server_metadata_url = 'https://idp.test/.well-known/openid-configuration'\n";

    /// Reads these lines of one provider's table, with files beside them.
    fn read(lines: &str, files: &[(&str, &[u8])]) -> Result<Config, String> {
        let directory = tempfile::tempdir().expect("a directory");
        for (name, content) in files {
            std::fs::write(directory.path().join(name), content).expect("written");
        }
        let path = directory.path().join("s.toml");
        std::fs::write(&path, format!("{HEAD}[auth.idp]\n{URL}{lines}")).expect("written");
        let config = Config::from_file(&path);
        config.map_err(|error| {
            error
                .to_string()
                .replace(&format!("{}/", directory.path().display()), "")
        })
    }

    #[test]
    fn googles_file_has_both() {
        let json = br#"{"web": {"client_id": "id", "client_secret": "s", "project_id": "p",
            "redirect_uris": ["http://localhost:8501/oauth2callback"]}}"#;
        let config = read("client_secret_file = 'c.json'", &[("c.json", json)]).expect("right");
        let idp = &config.providers[0];
        let secret = idp.client_secret.as_ref().map(Secret::expose);
        assert_eq!((idp.client_id.as_str(), secret), ("id", Some("s")));
        assert!(config.warnings.is_empty(), "{:?}", config.warnings);

        let elsewhere =
            br#"{"installed": {"client_id": "id", "client_secret": "s", "redirect_uris": []}}"#;
        let config =
            read("client_secret_file = 'c.json'", &[("c.json", elsewhere)]).expect("right");
        let words = "does not list http://localhost:8501/oauth2callback among its redirect_uris";
        assert!(
            config.warnings[0].found.ends_with(words),
            "{:?}",
            config.warnings
        );
    }

    #[test]
    fn googles_file_may_be_wrong() {
        let check = |content: &[u8], more: &str, words: &str| {
            let lines = format!("client_secret_file = 'c.json'\n{more}");
            let error = read(&lines, &[("c.json", content)]).expect_err(words);
            assert_eq!(error, words);
        };
        let hint = "give the path of the client_secret.json that Google's console offers";
        check(
            br#"{"web": {"client_id": "hunter2"}}"#,
            "",
            &format!(
                "s.toml:6: auth.idp.client_secret_file: c.json is not such a file (line 1, column 32); {hint}"
            ),
        );
        let good = br#"{"web": {"client_id": "id", "client_secret": "s"}}"#;
        check(
            good,
            "client_id = 'id'",
            "s.toml:7: auth.idp.client_id: stands in client_secret_file as well; leave one of them out",
        );
    }

    const P256: &[u8] = include_bytes!("../../tests/keys/p256.der");

    fn pem() -> Vec<u8> {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let label = "PRIVATE KEY";
        let text = BASE64_STANDARD.encode(P256);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n").into_bytes()
    }

    #[test]
    fn a_private_key_is_read() {
        let lines = "client_id = 'id'\nprivate_key_file = 'k.pem'\nprivate_key_id = 'k1'\n\
                     client_kwargs.token_endpoint_auth_method = 'private_key_jwt'";
        let config = read(lines, &[("k.pem", &pem())]).expect("right");
        let key = config.providers[0].client_key.as_ref().expect("a key");
        assert_eq!((key.id.as_deref(), key.algorithm()), (Some("k1"), "ES256"));
        assert!(!format!("{key:?}").contains("PRIVATE"), "{key:?}");

        let error = read(lines, &[("k.pem", b"nothing")]).expect_err("no key");
        let words = "s.toml:7: auth.idp.private_key_file: k.pem holds no private key that can be used; \
                     give the path of a private key in PEM (PKCS #8): RSA, P-256, P-384 or Ed25519";
        assert_eq!(error, words);
        let error = read(
            &format!("{lines}\nclient_secret = 's'"),
            &[("k.pem", &pem())],
        );
        let words = "s.toml:10: auth.idp.client_secret: is not used with \
                     token_endpoint_auth_method = \"private_key_jwt\"; leave one of them out";
        assert_eq!(error.expect_err("both"), words);
        let error = read(
            "client_id = 'id'\nclient_secret = 's'\nprivate_key_id = 'k'",
            &[],
        );
        let words = "s.toml:8: auth.idp.private_key_id: is not used with a client_secret; \
                     leave one of them out";
        assert_eq!(error.expect_err("both"), words);
    }

    #[test]
    fn a_provider_that_wants_a_signed_secret_gets_a_key() {
        let lines = "preset = 'apple'\nclient_id = 'id'\nprivate_key_file = 'k.pem'\nprivate_key_id = 'k1'\n";
        let config = read(&format!("{lines}team_id = 'T1'"), &[("k.pem", &pem())]).expect("right");
        let key = config.providers[0].client_key.as_ref().expect("a key");
        assert_eq!(key.team.as_deref(), Some("T1"));
        let error = read(lines, &[("k.pem", &pem())]).expect_err("no team");
        assert_eq!(
            error,
            "s.toml:4: auth.idp.team_id: is missing; add team_id = \"..\" under [auth.idp]"
        );
        let ready = read(
            "preset = 'apple'\nclient_id = 'id'\nclient_secret = 'made elsewhere'",
            &[],
        );
        assert!(ready.expect("right").providers[0].client_key.is_none());
    }
}
