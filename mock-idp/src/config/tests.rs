//! The whole report, text for text.

use serde_json::json;

use super::{AutoLogin, Config};

pub(super) const CLIENT: &str =
    "[[clients]]\nclient_id = \"app\"\nredirect_uris = [\"http://localhost/cb\"]\n";

pub(super) fn read(text: &str) -> Config {
    Config::from_toml(text, "m.toml").unwrap_or_else(|error| panic!("refused:\n{error}"))
}

/// Reads the text, which must be refused with this report.
#[track_caller]
fn check(text: &str, report: &str) {
    match Config::from_toml(text, "m.toml") {
        Ok(config) => panic!("accepted: {config:?}"),
        Err(error) => assert_eq!(error.to_string(), report, "of:\n{text}"),
    }
}

/// A right file but for one more line in its client.
#[track_caller]
pub(super) fn check_client(line: &str, report: &str) {
    check(&format!("{CLIENT}{line}"), report);
}

/// A right file but for its client's redirect URIs, which stand in line 3.
#[track_caller]
fn check_redirect_uris(value: &str, report: &str) {
    let text = format!("[[clients]]\nclient_id = \"app\"\nredirect_uris = {value}");
    check(
        &text,
        &format!("m.toml:3: clients[0].redirect_uris{report}"),
    );
}

/// A right file but for one more line in its persona, which is line 3.
#[track_caller]
fn check_persona(line: &str, report: &str) {
    check(
        &format!("[[personas]]\nid = \"alice\"\n{line}"),
        &format!("m.toml:3: personas[0].{report}"),
    );
}

#[test]
fn a_full_file_is_read() {
    let config = read(
        r#"
        flavour = "google@2026-04"
        auto_login = "zoe"
        seed = 0x1_F

        [[clients]]
        client_id = "app"
        client_secret = "hunter2"
        redirect_uris = ["http://localhost/cb", "com.example.app:/cb"]
        client_name = "My <app>"

        [[personas]]
        id = "zoe"
        sub = "12"
        name = "Zoë"
        given_name = "Z"
        family_name = "É"
        email = "zoe@example.com"
        email_verified = false
        picture = "https://example.com/zoe.png"
        hd = "example.com"
        [personas.claims]
        locale = "en"
        level = 3
        ratio = 0.5
        groups = ["a", { deep = true }]
        "#,
    );
    assert_eq!(config.flavour.as_deref(), Some("google@2026-04"));
    assert_eq!(config.auto_login, AutoLogin::Persona("zoe".into()));
    assert_eq!(config.seed, Some(31));
    let [client] = &config.clients[..] else {
        panic!("{:?}", config.clients)
    };
    assert_eq!(client.client_id, "app");
    assert_eq!(client.client_secret.as_deref(), Some("hunter2"));
    assert_eq!(
        client.redirect_uris,
        ["http://localhost/cb", "com.example.app:/cb"]
    );
    assert_eq!(client.client_name.as_deref(), Some("My <app>"));
    let persona = json!([{
        "id": "zoe", "sub": "12", "name": "Zoë", "given_name": "Z", "family_name": "É",
        "email": "zoe@example.com", "email_verified": false,
        "picture": "https://example.com/zoe.png", "hd": "example.com",
        "claims": { "locale": "en", "level": 3, "ratio": 0.5, "groups": ["a", { "deep": true }] },
    }]);
    assert_eq!(serde_json::to_value(&config.personas).unwrap(), persona);
}

#[test]
fn what_a_file_leaves_out_is_as_without_a_file() {
    let defaults = Config::without_file();
    assert_eq!(read("# nothing yet"), defaults);
    assert_eq!(read(CLIENT).personas, defaults.personas);
    assert_eq!(read("[[personas]]\nid = \"zoe\"").clients, defaults.clients);
    assert_eq!(read("clients = []\npersonas = []"), Config::default());
    assert_eq!(
        read("auto_login = \"bob\"").auto_login,
        AutoLogin::Persona("bob".into())
    );
    assert_eq!(
        read("auto_login = \"login_hint\"").auto_login,
        AutoLogin::LoginHint
    );
    assert!(read("[[personas]]\nid = \"zoe\"").personas[0].email_verified);
}

#[test]
fn the_default_client_would_be_accepted_from_a_file() {
    let client = serde_json::to_value(&Config::without_file().clients).unwrap();
    let text = format!("clients = {}", toml::Value::try_from(client).unwrap());
    assert_eq!(read(&text).clients, Config::without_file().clients);
}

#[test]
fn all_problems_come_in_one_report() {
    check(
        r#"auto_login = "alise"
flavor = "google"

[[clients]]
client_secret = 12
redirect_uris = ["/oauth2callback", "http://localhost/cb#top", 3]

[[clients]]
client_id = "app"
redirect_uri = "http://localhost/cb"

[[clients]]
client_id = "app"
redirect_uris = []

[[personas]]
id = "alice"
mail = "alice@example.com"

[[personas]]
id = "alice"
email_verified = "no"
"#,
        r#"m.toml:1: auto_login: is "alise", which is no persona; did you mean alice?
m.toml:2: flavor: is not a known key; did you mean flavour?
m.toml:4: clients[0].client_id: is missing; add client_id = "my-app"
m.toml:5: clients[0].client_secret: is an integer; it must be a string in quotes
m.toml:6: clients[0].redirect_uris[0]: is "/oauth2callback": it is not absolute: the scheme, such as http://, is missing; give the full URL that the app is called back at, without #
m.toml:6: clients[0].redirect_uris[1]: is "http://localhost/cb#top": it has a fragment (#..); give the full URL that the app is called back at, without #
m.toml:6: clients[0].redirect_uris[2]: is an integer; it must be a string in quotes
m.toml:8: clients[1].redirect_uris: is missing; add redirect_uris = ["http://localhost:8501/oauth2callback"]
m.toml:10: clients[1].redirect_uri: is not a known key; did you mean redirect_uris?
m.toml:13: clients[2].client_id: is "app", as in line 9; give each its own
m.toml:14: clients[2].redirect_uris: is empty; name one at least, such as ["http://localhost:8501/oauth2callback"]
m.toml:18: personas[0].mail: is not a known key; did you mean email?
m.toml:21: personas[1].id: is "alice", as in line 17; give each its own
m.toml:22: personas[1].email_verified: is a string; it must be true or false, without quotes"#,
    );
}

#[test]
fn the_top_of_the_file() {
    check(
        "",
        "m.toml: is empty; add [[clients]] and [[personas]], or start without a file",
    );
    check(
        " \n\t\n",
        "m.toml: is empty; add [[clients]] and [[personas]], or start without a file",
    );
    check(
        "flavour = 1",
        "m.toml:1: flavour: is an integer; it must be a string in quotes",
    );
    check(
        "flavour = \"\"",
        "m.toml:1: flavour: is empty; write something between the quotes",
    );
    check(
        "seed = -1",
        "m.toml:1: seed: is -1; it must be a whole number from 0 to 18446744073709551615",
    );
    check(
        "seed = \"7\"",
        "m.toml:1: seed: is a string; it must be a whole number from 0 to 18446744073709551615",
    );
    check(
        "\nauto_login = true",
        "m.toml:2: auto_login: is a boolean; it must be a string in quotes",
    );
    check(
        "auto_login = \"zzz\"\n[[personas]]\nid = \"bob\"",
        "m.toml:1: auto_login: is \"zzz\", which is no persona; known are never, login_hint, bob",
    );
    check(
        "clients = 3",
        "m.toml:1: clients: is an integer; write each app as a table [[clients]]",
    );
    check(
        "clients = [3]",
        "m.toml:1: clients[0]: is an integer; write each app as a table [[clients]]",
    );
    check(
        "[clients]\nclient_id = \"app\"",
        "m.toml:1: clients: is a table; write each app as a table [[clients]]",
    );
    check(
        "[personas]",
        "m.toml:1: personas: is a table; write each person as a table [[personas]]",
    );
    check(
        "\"odd key\" = 1",
        "m.toml:1: \"odd key\": is not a known key; \
         known are flavour, auto_login, seed, publishing, clients, personas",
    );
}

#[test]
fn syntax_errors_name_the_line_and_repeat_no_secret() {
    let text = "[[clients]]\nclient_secret = \"hunter2\nclient_id = app\n";
    let report = Config::from_toml(text, "m.toml").unwrap_err().to_string();
    let lines: Vec<&str> = report.lines().collect();
    assert!(lines[0].starts_with("m.toml:2: is not TOML: "), "{report}");
    assert!(lines[1].starts_with("m.toml:3: is not TOML: "), "{report}");
    assert!(
        lines.iter().all(|line| line.ends_with("; mend this line")),
        "{report}"
    );
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn a_client() {
    check_client(
        "client_name = \"\"",
        "m.toml:4: clients[0].client_name: is empty; write something between the quotes",
    );
    check_client(
        "grant_types = [\"authorization_code\"]",
        "m.toml:4: clients[0].grant_types: is not supported yet; leave it out",
    );
    check_client(
        "colour = 1",
        "m.toml:4: clients[0].colour: is not a known key; \
         known are client_id, client_secret, redirect_uris, client_name, \
         token_endpoint_auth_method, id_token_signed_response_alg, \
         userinfo_signed_response_alg, jwks, \
         post_logout_redirect_uris, backchannel_logout_uri, frontchannel_logout_uri, \
         backchannel_logout_session_required, frontchannel_logout_session_required",
    );
    check_redirect_uris(
        "\"http://localhost/cb\"",
        ": is a string; it must be an array of strings, such as [\"http://localhost:8501/oauth2callback\"]",
    );
    let fix = "give the full URL that the app is called back at, without #";
    check_redirect_uris(
        "[\"localhost:8501/cb\"]",
        &format!(
            "[0]: is \"localhost:8501/cb\": it is not absolute: the scheme, such as http://, is missing; {fix}"
        ),
    );
    check_redirect_uris(
        "[\"http://localhost:99999/cb\"]",
        &format!(
            "[0]: is \"http://localhost:99999/cb\": it is not a URL: invalid port number; {fix}"
        ),
    );
    check_redirect_uris(
        "[\"\"]",
        "[0]: is empty; write something between the quotes",
    );
}

#[test]
fn a_persona() {
    check(
        "[[personas]]",
        "m.toml:1: personas[0].id: is missing; add id = \"alice\"",
    );
    check(
        "[[personas]]\nid = \"never\"",
        "m.toml:2: personas[0].id: is \"never\", a word of auto_login; choose another id",
    );
    check_persona(
        "name = [\"Alice\"]",
        "name: is an array; it must be a string in quotes",
    );
    check_persona(
        "picture = \"/alice.png\"",
        "picture: is \"/alice.png\"; \
         give an absolute URL with http or https, or leave it out: the provider draws one",
    );
    check_persona(
        "picture = \"data:image/png;base64,AA\"",
        "picture: is \"data:image/png;base64,AA\"; \
         give an absolute URL with http or https, or leave it out: the provider draws one",
    );
    check_persona(
        "claims = \"admin\"",
        "claims: is a string; write the further claims as a table [personas.claims]",
    );
    check_persona(
        "claims.email = \"a@b\"",
        "claims.email: has a key of its own; move it up to the persona",
    );
    check_persona(
        "claims.iss = \"x\"",
        "claims.iss: is the provider's to say; leave it out",
    );
    check_persona(
        "claims.born = 1990-01-01",
        "claims.born: is a date; JSON has none: write a string in quotes, or seconds since 1970",
    );
    check_persona(
        "claims.x = [nan]",
        "claims.x[0]: is nan; JSON knows finite numbers only",
    );
    check_persona(
        "claims.x.y = 9223372036854775808",
        "claims.x.y: is 9223372036854775808; it must fit in 64 bits",
    );
}

#[test]
fn a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, found: &str| {
        let path = folder.path().join(name);
        let report = Config::from_file(&path).unwrap_err().to_string();
        assert_eq!(report, format!("{}: {found}", path.display()));
    };
    std::fs::write(
        folder.path().join("latin1.toml"),
        b"a = 1\nname = \"Zo\xeb\"\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("wrong.toml"), "x = 1").unwrap();
    check("none.toml", "does not exist; give the path of a TOML file");
    check("", "is a directory; give the path of a TOML file");
    check(
        "latin1.toml",
        "is not UTF-8 text (line 2); save the file as UTF-8",
    );
    let path = folder.path().join("wrong.toml");
    let report = Config::from_file(&path).unwrap_err();
    assert_eq!(report.problems[0].file, path.display().to_string());
    assert_eq!(
        (report.problems[0].line, report.problems[0].key.as_str()),
        (Some(1), "x")
    );
}
