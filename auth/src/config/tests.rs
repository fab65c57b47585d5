//! The whole report, text for text.

use super::{Config, is_loopback};

/// A file that is right, as parts that a test can take away or replace.
const REDIRECT: &str = r#"redirect_uri = "https://app.example/oauth2callback""#;
const COOKIE: &str = r#"cookie_secret = "0123456789abcdef0123456789abcdef""#;
const GOOGLE: &str = r#"
[auth.google]
client_id = "id"
client_secret = "hunter2"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"#;

/// Streamlit's documentation, unchanged.
const DOCUMENTED: &str = r#"
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "xxx"

[auth.google]
client_id = "xxx"
client_secret = "xxx"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"#;

fn read(text: &str) -> Config {
    Config::from_toml(text, "s.toml").unwrap_or_else(|error| panic!("refused:\n{error}"))
}

/// Reads the text, which must be refused with this report.
#[track_caller]
fn check(text: &str, report: &str) {
    match Config::from_toml(text, "s.toml") {
        Ok(config) => panic!("accepted: {config:?}"),
        Err(error) => assert_eq!(error.to_string(), report, "of:\n{text}"),
    }
}

/// A right file but for its redirect_uri.
#[track_caller]
fn check_redirect(value: &str, report: &str) {
    check(
        &format!("[auth]\nredirect_uri = {value}\n{COOKIE}{GOOGLE}"),
        report,
    );
}

/// A right file but for one more line in [auth].
#[track_caller]
fn check_auth_line(line: &str, report: &str) {
    check(
        &format!("[auth]\n{REDIRECT}\n{COOKIE}\n{line}{GOOGLE}"),
        report,
    );
}

/// A right file but for one more line at the end of [auth.google].
#[track_caller]
fn check_google_line(line: &str, report: &str) {
    check(
        &format!("[auth]\n{REDIRECT}\n{COOKIE}{GOOGLE}{line}"),
        report,
    );
}

/// A right file but for its server_metadata_url.
#[track_caller]
fn check_metadata(value: &str, report: &str) {
    let google = "[auth.google]\nclient_id = \"id\"\nclient_secret = \"hunter2\"";
    let text = format!("[auth]\n{REDIRECT}\n{COOKIE}\n{google}\nserver_metadata_url = {value}");
    check(&text, report);
}

#[test]
fn the_documented_file_is_accepted_with_one_warning() {
    let config = read(DOCUMENTED);
    assert_eq!(
        config.redirect_uri.as_str(),
        "http://localhost:8501/oauth2callback"
    );
    assert_eq!(config.cookie_secret.expose(), "xxx");
    let [google] = config.providers.as_slice() else {
        panic!("{:?}", config.providers)
    };
    assert_eq!(
        (google.name.as_str(), google.client_id.as_str()),
        ("google", "xxx")
    );
    assert_eq!(google.client_secret.expose(), "xxx");
    assert_eq!(google.preset, None);
    let [warning] = config.warnings.as_slice() else {
        panic!("{:?}", config.warnings)
    };
    assert_eq!(
        warning.to_string(),
        "s.toml:4: auth.cookie_secret: is 3 bytes long; \
         use 32 or more in production; `openssl rand -hex 32` makes a good one"
    );
    assert_eq!((warning.line, warning.column), (Some(4), Some(17)));
}
