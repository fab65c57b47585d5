//! The whole report, text for text.

use std::path::Path;

use super::{Config, Endpoints, Secret};

pub(super) const SHARED: &str = r#"[auth]
redirect_uri = "https://app.example/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
"#;
pub(super) const KEYS: &str = r#"
client_id = "id"
client_secret = "hunter2"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"#;

/// Streamlit's documentation, unchanged.
const DOCUMENTED: &str = r#"[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "xxx"

[auth.google]
client_id = "xxx"
client_secret = "xxx"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"#;

#[track_caller]
pub(super) fn read(text: &str) -> Config {
    Config::from_toml(text, "s.toml").unwrap_or_else(|error| panic!("refused:\n{error}"))
}

/// Reads the text, which must be refused with this report.
#[track_caller]
pub(super) fn check(text: &str, report: &str) {
    let error = Config::from_toml(text, "s.toml").expect_err(text);
    assert_eq!(error.to_string(), report, "of:\n{text}");
}

/// A right file but for one more line at the end of [auth], the fourth.
#[track_caller]
pub(super) fn check_in_auth(line: &str, report: &str) {
    let report = format!("s.toml:4: auth.{report}");
    check(&format!("{SHARED}{line}\n[auth.google]{KEYS}"), &report);
}

/// A right file but for one more line at the end of [auth.google], the eighth.
#[track_caller]
pub(super) fn check_in_google(line: &str, report: &str) {
    let report = format!("s.toml:8: auth.google.{report}");
    check(&format!("{SHARED}[auth.google]{KEYS}{line}"), &report);
}

#[test]
fn the_documented_file_is_accepted_with_one_warning() {
    let config = read(DOCUMENTED);
    assert_eq!(
        config.redirect_uri.as_str(),
        "http://localhost:8501/oauth2callback"
    );
    assert_eq!(config.cookie_secrets[0].expose(), "xxx");
    let [google] = config.providers.as_slice() else {
        panic!("{:?}", config.providers)
    };
    assert_eq!(
        (google.name.as_str(), google.client_id.as_str()),
        ("google", "xxx")
    );
    assert_eq!(
        (
            google.client_secret.as_ref().map(Secret::expose),
            google.preset.as_deref()
        ),
        (Some("xxx"), None)
    );
    let url = "https://accounts.google.com/.well-known/openid-configuration";
    assert_eq!(
        google.endpoints,
        Endpoints::Discovered(url.parse().unwrap())
    );
    let [warning] = config.warnings.as_slice() else {
        panic!("{:?}", config.warnings)
    };
    assert_eq!(
        warning.to_string(),
        "s.toml:3: auth.cookie_secret: is 3 bytes long; \
         use 32 or more in production; `jarvis secret` makes a good one"
    );
    assert_eq!((warning.line, warning.column), (Some(3), Some(17)));
}

#[test]
fn every_problem_is_reported_at_once_in_the_order_of_the_file() {
    check(
        r#"[server]
colour = "the app's"
[auth]
redirect_uri = "/oauth2callback"
cookie_secret = ""
colour = "red"
[auth.google]
client_id = 7
client_secrets = "hunter2"
server_metadata_url = "https://accounts.google.com"
[auth.other]
"#,
        r#"s.toml:4: auth.redirect_uri: "/oauth2callback" is relative; write the full URL, e.g. "http://localhost:8501/oauth2callback"
s.toml:5: auth.cookie_secret: is empty; give it a value
s.toml:6: auth.colour: is not a key of [auth]; the keys are redirect_uri, cookie_secret, expose_tokens, session_lifetime, session_idle_timeout, session_follows_token, store, cookie_name, base_path, after_login, after_logout, post_logout_redirect_uri, clock_leeway, http_timeout, ca_file; a provider is a table [auth.NAME]
s.toml:7: auth.google.client_secret: is missing; add client_secret = ".." under [auth.google]
s.toml:8: auth.google.client_id: is an integer; it must be a string in quotes
s.toml:9: auth.google.client_secrets: is not a key of [auth.google]; did you mean client_secret?
s.toml:10: auth.google.server_metadata_url: "https://accounts.google.com" does not end in /.well-known/openid-configuration; write the provider's discovery URL: its issuer followed by that path
s.toml:11: auth.other.client_id: is missing; add client_id = ".." under [auth.other]
s.toml:11: auth.other.client_secret: is missing; add client_secret = ".." under [auth.other]
s.toml:11: auth.other.server_metadata_url: is missing; add server_metadata_url = ".." under [auth.other]"#,
    );
}

#[test]
fn a_file_without_the_table_is_told_what_to_add() {
    let add = "add a table [auth] with redirect_uri and cookie_secret, \
               and one [auth.NAME] for each provider";
    check("", &format!("s.toml: is empty; {add}"));
    check(" \n\n", &format!("s.toml: is empty; {add}"));
    check(
        "# nothing here\n",
        &format!("s.toml: auth: is missing; {add}"),
    );
    check(
        "[server]\nport = 1\n",
        &format!("s.toml: auth: is missing; {add}"),
    );
    check(
        "auth = \"x\"",
        "s.toml:1: auth: is a string; it must be a table [auth]",
    );
    check(
        "\n[[auth]]\n",
        "s.toml:2: auth: is an array; it must be a table [auth]",
    );
    check(
        SHARED,
        "s.toml:1: auth: has no provider; add a table for one, e.g. [auth.google]",
    );
}

#[test]
fn broken_toml_is_placed_and_not_repeated() {
    let unquoted = "string values must be quoted, expected literal string; mend this line";
    check(
        "[auth\nredirect_uri = 1",
        "s.toml:1:6: is not TOML: unclosed table, expected `]`; mend this line",
    );
    check(
        "[auth]\ncookie_secret = \"hunter2\nclient_id = hunter2",
        &format!(
            "s.toml:2:25: is not TOML: invalid basic string, expected `\"`; mend this line\n\
             s.toml:3:13: is not TOML: {unquoted}"
        ),
    );
    check(
        "[auth]\ncookie_secret = \"a\"\ncookie_secret = \"b\"",
        "s.toml:3:1: is not TOML: duplicate key; mend this line",
    );
    check(
        "\u{feff}[auth]\nx = hunter2",
        &format!("s.toml:2:5: is not TOML: {unquoted}"),
    );
}

#[test]
fn a_value_of_another_type_is_named() {
    check_in_google(
        "preset = 1",
        "preset: is an integer; it must be a string in quotes",
    );
    check_in_google(
        "preset = 1.5",
        "preset: is a float; it must be a string in quotes",
    );
    check_in_google(
        "preset = true",
        "preset: is a boolean; it must be a string in quotes",
    );
    check_in_google(
        "preset = 2026-04-01",
        "preset: is a date; it must be a string in quotes",
    );
    check_in_google(
        "preset = []",
        "preset: is an array; it must be a string in quotes",
    );
    check_in_google(
        "preset = {}",
        "preset: is a table; it must be a string in quotes",
    );
    check_in_google("preset = \"\"", "preset: is empty; give it a value");
}

#[test]
fn unknown_keys_are_refused_with_a_suggestion() {
    let (auth, google) = ("is not a key of [auth]", "is not a key of [auth.google]");
    check_in_auth(
        "redirect_url = 1",
        &format!("redirect_url: {auth}; did you mean redirect_uri?"),
    );
    check_in_auth(
        "google2 = 1",
        &format!(
            "google2: {auth}; the keys are redirect_uri, cookie_secret, expose_tokens, session_lifetime, session_idle_timeout, session_follows_token, store, cookie_name, base_path, after_login, after_logout, post_logout_redirect_uri, clock_leeway, http_timeout, ca_file; a provider is a table [auth.NAME]"
        ),
    );
    check_in_google(
        "clientid = 1",
        &format!("clientid: {google}; did you mean client_id?"),
    );
    check_in_google(
        "cookie_secret = 1",
        &format!("cookie_secret: {google}; move it to [auth]"),
    );
    check_in_google(
        "colour = 1",
        &format!(
            "colour: {google}; the keys are {}",
            super::keys::PROVIDER.join(", ")
        ),
    );
}

#[test]
fn a_provider_without_openid_needs_no_discovery() {
    let keys = "client_id = \"a\"\nclient_secret = \"b\"\n";
    let endpoints = |table: &str| {
        let config = read(&format!("{SHARED}{table}"));
        config.providers[0].endpoints.clone()
    };
    let oauth = |authorize_url: &str, access_token_url: &str, api_base_url: &str| {
        let url = |text: &str| text.parse().unwrap();
        Endpoints::OAuth {
            authorize_url: url(authorize_url),
            access_token_url: url(access_token_url),
            api_base_url: url(api_base_url),
        }
    };
    let real = oauth(
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
        "https://api.github.com/",
    );
    assert_eq!(endpoints(&format!("[auth.github]\n{keys}")), real);
    let corp = format!("[auth.corp]\npreset = \"github\"\n{keys}");
    assert_eq!(endpoints(&corp), real);
    let own = "authorize_url = \"https://git.test/login/oauth/authorize\"\n\
               access_token_url = \"https://git.test/login/oauth/access_token\"\n\
               api_base_url = \"https://git.test/api/v3\"\n";
    let expected = oauth(
        "https://git.test/login/oauth/authorize",
        "https://git.test/login/oauth/access_token",
        "https://git.test/api/v3/",
    );
    assert_eq!(endpoints(&format!("{corp}{own}")), expected);
    // A table that is called so and has discovery is a provider with OpenID.
    let url = "https://idp.test/.well-known/openid-configuration";
    let discovered = format!("[auth.github]\n{keys}server_metadata_url = \"{url}\"");
    let found = endpoints(&discovered);
    assert_eq!(found, Endpoints::Discovered(url.parse().unwrap()));
}

#[test]
fn addresses_are_for_the_kind_of_provider_that_has_them() {
    let keys = "client_id = \"a\"\nclient_secret = \"b\"\n";
    let refused = |table: &str| {
        let error = Config::from_toml(&format!("{SHARED}{table}"), "f").unwrap_err();
        error.to_string()
    };
    let github = format!("[auth.corp]\npreset = \"github\"\n{keys}");
    let url = "https://idp.test/.well-known/openid-configuration";
    let both = refused(&format!("{github}server_metadata_url = \"{url}\""));
    let words = "server_metadata_url: is for providers with OpenID, and this one has none";
    assert!(both.contains(words), "{both}");
    let open = refused(&format!("{github}authorize_url = \"http://git.test/a\""));
    let words = "authorize_url: \"http://git.test/a\" is not https";
    assert!(open.contains(words), "{open}");
    let google = format!("[auth.google]{KEYS}api_base_url = \"https://x.test/\"");
    let words = "api_base_url: is for a provider without OpenID";
    assert!(refused(&google).contains(words));
}

#[test]
fn a_preset_is_one_of_those_there_are() {
    let google = read(&format!("{SHARED}[auth.corp]{KEYS}preset = \"google\""));
    assert_eq!(google.providers[0].preset.as_deref(), Some("google"));
    let unknown = "is not known";
    check_in_google(
        "preset = \"gogle\"",
        &format!("preset: \"gogle\" {unknown}; did you mean google?"),
    );
    let error = Config::from_toml(&format!("{SHARED}[auth.x]{KEYS}preset = \"zzz\""), "s.toml");
    let error = error.expect_err("unknown").to_string();
    assert!(
        error.contains("\"zzz\" is not known; leave it out, or write one of"),
        "{error}"
    );
}

#[test]
fn streamlits_keys_that_are_not_built_yet_say_so() {
    let not_yet = "refresh_token_url: is not supported yet; leave it out";
    check_in_auth("refresh_token_url = \"x\"", not_yet);
    check_in_google("refresh_token_url = \"x\"", not_yet);
}

#[test]
fn a_short_cookie_secret_is_for_this_machine_alone() {
    let with = |uri: &str, length: usize| {
        let secret = "é".repeat(length / 2) + &"x".repeat(length % 2);
        let auth = format!("[auth]\nredirect_uri = \"{uri}\"\ncookie_secret = \"{secret}\"");
        Config::from_toml(&format!("{auth}\n[auth.google]{KEYS}"), "s.toml")
    };
    let warnings = |uri, length| with(uri, length).expect("accepted").warnings.len();
    let (here, production) = ("http://localhost:1/cb", "https://app.example/cb");
    assert_eq!(warnings(here, 31), 1);
    assert_eq!(warnings(here, 32), 0);
    assert_eq!(warnings(production, 32), 0);
    assert_eq!(
        with(production, 31).expect_err("too short").to_string(),
        "s.toml:3: auth.cookie_secret: is 31 bytes long; \
         use 32 or more in production; `jarvis secret` makes a good one"
    );
}

#[test]
fn any_toml_name_is_a_providers() {
    for name in ["my_idp", "my idp", "my.idp", "Größe", "default", "a/b"] {
        let config = read(&format!("{SHARED}[auth.{name:?}]{KEYS}"));
        assert!(config.provider(name).is_some(), "{name}");
    }
    check(
        &format!("{SHARED}[auth.\"\"]{KEYS}"),
        "s.toml:4: auth.\"\": has an empty name; name the provider, e.g. [auth.google]",
    );
    check(
        &format!("{SHARED}[auth.my.idp]{KEYS}"),
        "s.toml:4: auth.my.idp: is a table inside [auth.my]; \
         a name with a dot needs quotes: [auth.\"my.idp\"]",
    );
}

#[test]
fn providers_keep_the_order_of_the_file() {
    let table = |name| format!("[auth.{name}]{KEYS}");
    let tables: String = ["zeta", "alpha", "mid"].into_iter().map(table).collect();
    let config = read(&format!("{SHARED}{tables}"));
    let names: Vec<_> = config
        .providers
        .iter()
        .map(|provider| provider.name.as_str())
        .collect();
    assert_eq!(names, ["zeta", "alpha", "mid"]);
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", read(&format!("{SHARED}[auth.google]{KEYS}")));
    assert!(
        !shown.contains("hunter2") && !shown.contains("0123456789"),
        "{shown}"
    );
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |path: &Path, words: &str| {
        let error = Config::from_file(path).expect_err(words);
        assert_eq!(error.to_string(), format!("{}: {words}", path.display()));
    };
    let path = "write it, or give the path of yours";
    check(
        &folder.path().join("none.toml"),
        &format!("does not exist; {path}"),
    );
    check(folder.path(), &format!("is a directory; {path}"));
    let file = folder.path().join("secrets.toml");
    std::fs::write(&file, b"[auth]\n# caf\xe9\n").expect("written");
    check(&file, "is not UTF-8 text (line 2); save the file as UTF-8");
    std::fs::write(&file, DOCUMENTED).expect("written");
    assert!(Config::from_file(&file).is_ok());
}
