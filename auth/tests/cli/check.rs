//! `jarvis check`: what is configured, and whether it will work.

use std::net::TcpListener;
use std::process::Command;

use super::{CLIENT_SECRET, COOKIE_SECRET, Home, ended};

#[test]
fn check_shows_what_was_found_and_no_secret() {
    let home = Home::new("https://app.example/oauth2callback");
    let path = home.secrets();
    let (code, printed, report) = home.run(&["check", "--secrets", path.to_str().unwrap()]);
    assert_eq!((code, report.as_str()), (Some(0), ""));
    for part in [
        "https://app.example/oauth2callback",
        "the-client",
        "127.0.0.1:8501",
        "\"google\"",
    ] {
        assert!(printed.contains(part), "no {part} in {printed}");
    }
    assert!(!printed.contains("untold"), "{printed}");
    assert!(!printed.contains("warning"), "{printed}");
}

#[test]
fn check_shows_warnings() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let text = std::fs::read_to_string(home.secrets())
        .unwrap()
        .replace(COOKIE_SECRET, "xxx");
    std::fs::write(home.secrets(), text).unwrap();
    let (code, printed, report) = home.run(&["check"]);
    assert_eq!((code, report.as_str()), (Some(0), ""));
    let warning = "\nwarning: .streamlit/secrets.toml:3: auth.cookie_secret: is 3 bytes long;";
    assert!(printed.contains(warning), "{printed}");
}

#[test]
fn a_variable_counts_before_the_file() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let mut command = home.command(&["check"]);
    command
        .env("AUTH__GOOGLE__CLIENT_ID", "from-outside")
        .env("AUTH__STORE", "memory");
    let (code, printed, _) = ended(command.output().unwrap());
    assert_eq!(code, Some(0));
    let from_outside = [
        "client_id                  from-outside",
        "store                      memory",
    ];
    for line in from_outside {
        assert!(printed.contains(line), "{printed}");
    }
    let mut command = home.command(&["check"]);
    command.env("AUTH__GOOGLE__COLOUR", "red");
    let (code, _, report) = ended(command.output().unwrap());
    assert_eq!(code, Some(2));
    assert!(
        report.contains("environment variable AUTH__GOOGLE__COLOUR: auth.google.colour: "),
        "{report}"
    );
}

#[test]
fn a_secrets_file_that_git_tracks_is_warned_about() {
    let home = Home::new("https://app.example/oauth2callback");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        let status = git.current_dir(home.folder.path()).args(arguments).output();
        assert!(status.unwrap().status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    assert!(!home.run(&["check"]).1.contains("git"), "it is not tracked");
    git(&["add", ".streamlit/secrets.toml"]);
    let (code, printed, _) = home.run(&["check"]);
    assert_eq!(code, Some(0));
    let words = "warning: .streamlit/secrets.toml is tracked by git: whoever sees the repository has its secrets";
    assert!(printed.contains(words), "{printed}");
}

#[test]
fn a_provider_that_is_not_there_fails_the_check_online() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let home = Home::with_text(&format!(
        "[auth]\nredirect_uri = 'http://localhost:8501/oauth2callback'\ncookie_secret = '{COOKIE_SECRET}'\n\
         [auth.idp]\nclient_id = 'c'\nclient_secret = '{CLIENT_SECRET}'\n\
         server_metadata_url = 'http://{address}/.well-known/openid-configuration'\n"
    ));
    let (code, printed, report) = home.run(&["--listen", "127.0.0.1:9", "check", "--online"]);
    assert_eq!(code, Some(1), "{printed}");
    let note = "note: visitors go to http://localhost:8501: a proxy has to answer there and pass requests on to 127.0.0.1:9\n";
    assert!(printed.contains(note), "{printed}");
    assert!(printed.contains("FAILS  http://127.0.0.1:"), "{printed}");
    assert!(report.contains("some logins will fail"), "{report}");
}
