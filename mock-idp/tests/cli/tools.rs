//! The commands that do one thing and end.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Running, mock_idp, port_that_nobody_is_given, said};

/// Header and claims of a token.
fn parts(token: &str) -> [Value; 2] {
    let mut parts = token.split('.').map(|part| {
        let json = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&json).unwrap()
    });
    std::array::from_fn(|_| parts.next().unwrap())
}

#[test]
fn a_token_is_made_without_a_login() {
    let running = Running::start(mock_idp(&["--port", "0", "--flavour", "plain"]));
    let url = running.first_line.trim_end();
    let of_alice = ["--url", url, "--persona", "alice", "--audience", "app"];
    let mint = |more: &str| {
        let mut command = mock_idp(&["mint"]);
        said(command.args(of_alice).args(more.split_whitespace()))
    };
    let (code, token, stderr) = mint(
        "--nonce n --sid s --claim email_verified=false --claim name=null --claim hd=example.com \
         --header typ=at+jwt --age 60",
    );
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let [header, claims] = parts(token.trim_end());
    assert_eq!(header["typ"], "at+jwt");
    let expected = json!({"iss": url, "aud": "app", "nonce": "n", "sid": "s", "hd": "example.com"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(claims[name], *value, "{name}");
    }
    assert_eq!(claims["email_verified"], false);
    assert_eq!(claims.get("name"), None);

    let (_, token, _) = mint("--kind jwt_access_token --scope read");
    assert_eq!(parts(token.trim_end())[1]["scope"], "read");
    let (_, token, _) = mint("--sign-with strip");
    assert!(token.trim_end().ends_with('.'), "{token}");
    let (_, opaque, _) = mint("--kind access_token");
    assert!(!opaque.contains('.'), "{opaque}");

    let refused = |more: &str, code: i32, words: &str| {
        let (found, stdout, stderr) = mint(more);
        assert_eq!((found, stdout.as_str()), (Some(code), ""), "{stderr}");
        assert!(stderr.contains(words), "no {words:?} in: {stderr}");
    };
    refused(
        "--kind access_token --age 60",
        1,
        "an access token is no JWT here",
    );
    refused("--sign-with backwards", 2, "unknown variant `backwards`");
    refused("--claim aud", 2, "write NAME=VALUE");
    let mut nobody = mock_idp(&[
        "mint",
        "--url",
        url,
        "--persona",
        "zoe",
        "--audience",
        "app",
    ]);
    let words = "mock-idp: there is no persona \"zoe\"\n".to_owned();
    assert_eq!(said(&mut nobody), (Some(1), String::new(), words));
}

#[test]
fn a_configuration_is_checked_without_serving() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.toml").display().to_string();
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        said(&mut mock_idp(&["check-config", &file]))
    };
    let client = "[[clients]]\nclient_id = 'app'\nredirect_uris = ['http://localhost:1/cb']\n";
    let found = check(&format!(
        "flavour = 'github'\n{client}[[personas]]\nid = 'zoe'\n"
    ));
    let held = "flavour   github@2026-04\nclients   app\npersonas  zoe\n".to_owned();
    assert_eq!(found, (Some(0), held, String::new()));

    let (code, stdout, stderr) = check("flavour = 'gogle'");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("gogle"), "{stderr}");
    let (code, _, stderr) = check("colour = 1");
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains(":1: colour: is not a known key"),
        "{stderr}"
    );
}

#[test]
fn a_container_can_ask_whether_the_provider_is_there() {
    let mut command = mock_idp(&["--port", "0"]);
    command.env("MOCK_IDP_CONTROL_TOKEN", "s3cret");
    let running = Running::start(command);
    let mut healthcheck = mock_idp(&["healthcheck"]);
    healthcheck.env("MOCK_IDP_URL", running.first_line.trim_end());
    assert_eq!(
        said(&mut healthcheck),
        (Some(0), String::new(), String::new())
    );

    let nobody = format!("http://127.0.0.1:{}", port_that_nobody_is_given());
    let (code, _, stderr) = said(&mut mock_idp(&["healthcheck", "--url", &nobody]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("cannot be reached"), "{stderr}");
}
