//! `conform init`: a profile by asking and trying, and a verdict with it.

use std::io::Write as _;
use std::process::Stdio;

use e2e::browser::Kind;
use libtest_mimic::{Failed, Trial};

use crate::desk::{Desk, SERVE, Said, running_jarvis, two_ports};

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), Failed>| {
        Trial::test(format!("conform::init_{name}"), test)
    };
    let in_browsers = Kind::ALL.map(|kind| {
        let name = format!("conform::init_finds_out_in_{}", kind.name());
        super::in_browser(name, kind, move |_| finds_out_in_a_browser(kind))
    });
    let mut trials = vec![
        trial("finds_out_how_an_app_is_used", finds_out_how_an_app_is_used),
        trial(
            "finds_out_how_copies_are_started",
            finds_out_how_copies_are_started,
        ),
        trial("looks_where_it_is_told", looks_where_it_is_told),
        trial("says_what_is_missing", says_what_is_missing),
    ];
    trials.extend(in_browsers);
    trials
}

impl Desk {
    /// `conform init`, answered with these lines.
    fn init(&self, arguments: &[&str], answers: &str) -> Result<Said, Failed> {
        let mut command = self.conform(&[&["init"], arguments].concat());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // Whoever does not read it has ended already, and says why.
            let _unread = stdin.write_all(answers.as_bytes());
        }
        Ok(Said::of(&child.wait_with_output()?))
    }

    fn profile(&self) -> Result<String, Failed> {
        Ok(std::fs::read_to_string(self.path("conform.toml"))?)
    }

    /// The profile that was written fits the app that runs.
    fn judges_running(&self, app: &str, port: &str, more: &[&str]) {
        let rp = [
            "rp",
            "--profile",
            "conform.toml",
            "--app",
            app,
            "--port",
            port,
        ];
        let only = ["--only", "idt-aud-wrong", "--only", "ses-logout-kills"];
        let said = Said::by(&mut self.conform(&[&rp[..], more, &only[..]].concat()));
        said.assert(0, "2 cases: 2 passed", "");
    }
}

fn finds_out_how_an_app_is_used() -> Result<(), Failed> {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new()?;
    let (app, port) = running_jarvis(&runtime)?;
    let port = port.to_string();
    let said = desk.init(&["--port", &port], &format!("{app}\n"))?;
    said.assert(
        0,
        "",
        "client_secret        known-to-everybody-who-tests-with-conform",
    );
    said.assert(0, "", "A login begins with \"Log in with Google\" on /.");
    said.assert(0, "", "where it takes logout tokens (backchannel_logout)");
    let profile = desk.profile()?;
    is_jarvis(&profile);
    desk.judges_running(&app, &port, &[]);
    let again = desk.init(&["--app", &app], "")?;
    again.assert(
        2,
        "",
        "conform.toml is there already; --force writes it anew",
    );
    Ok(())
}

fn is_jarvis(profile: &str) {
    for line in [
        "login = { page = \"/\", press = \"Log in with Google\" }",
        "logout = { page = \"/\", press = \"Log out\" }",
        "callback = \"/oauth2callback\"",
        "path = \"/\"",
        "nobody = \"Login Required\"",
    ] {
        assert!(profile.contains(line), "{line} is not in:\n{profile}");
    }
    assert!(
        !profile.contains("response_iss"),
        "it compares iss:\n{profile}"
    );
}

fn finds_out_in_a_browser(kind: Kind) -> Result<(), Failed> {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new()?;
    let (app, port) = running_jarvis(&runtime)?;
    let port = port.to_string();
    let browser = ["--browser", kind.name()];
    let said = desk.init(
        &[&["--app", &app, "--port", &port], &browser[..]].concat(),
        "",
    )?;
    said.assert(
        0,
        "",
        &format!("--app {app}/ --browser {} --html", kind.name()),
    );
    let profile = desk.profile()?;
    is_jarvis(&profile);
    assert!(profile.contains("javascript = true"), "{profile}");
    desk.judges_running(&app, &port, &browser);
    Ok(())
}

fn finds_out_how_copies_are_started() -> Result<(), Failed> {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new()?;
    let (app, port) = running_jarvis(&runtime)?;
    let redirect_uri = format!("{app}/oauth2callback");
    let issuer = format!("http://127.0.0.1:{port}");
    std::fs::create_dir(desk.path(".streamlit"))?;
    desk.write(
        ".streamlit/secrets.toml",
        &format!(
            "[auth]\nredirect_uri = '{redirect_uri}'\ncookie_secret = 'x'\n[auth.google]\nclient_id = 'conform'\n\
             client_secret = 'known-to-everybody-who-tests-with-conform'\n\
             server_metadata_url = '{issuer}/.well-known/openid-configuration'\n"
        ),
    );
    let program = std::env::current_exe()?;
    let answers = format!("'{}' {SERVE}\n.streamlit/secrets.toml\n", program.display());
    let arguments = ["--app", &app, "--port", &port.to_string()];
    desk.init(&arguments, &answers)?
        .assert(0, "", "conform rp --profile conform.toml --html");
    let profile = desk.profile()?;
    for place in [
        "{redirect_uri}",
        "{client_id}",
        "{client_secret}",
        "{discovery_url}",
    ] {
        assert!(profile.contains(place), "{place} is not in:\n{profile}");
    }
    let only = ["--only", "disc-issuer-mismatch", "--only", "ses-log-leak"];
    let rp = ["rp", "--profile", "conform.toml"];
    let said = Said::by(&mut desk.conform(&[&rp[..], &only[..]].concat()));
    said.assert(0, "2 cases: 2 passed", "");
    let wrong = ["--force", "--start", "no-such-program"];
    let said = desk.init(&[&arguments[..], &wrong[..]].concat(), "")?;
    said.assert(2, "", "\"no-such-program\" cannot be run");
    assert!(
        desk.profile()?.contains("# [start]"),
        "it stands there to be mended"
    );
    Ok(())
}

fn looks_where_it_is_told() -> Result<(), Failed> {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new()?;
    let (app, port) = running_jarvis(&runtime)?;
    let arguments = [
        "--app",
        &app,
        "--port",
        &port.to_string(),
        "--whoami",
        "/auth/login",
    ];
    let said = desk.init(&arguments, "")?;
    said.assert(2, "", "no page shows the name or the e-mail address");
    assert!(!desk.path("conform.toml").exists());
    Ok(())
}

fn says_what_is_missing() -> Result<(), Failed> {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new()?;
    // Another port than the one that the app is set up for.
    let (app, _) = running_jarvis(&runtime)?;
    let port = two_ports()?.to_string();
    let said = desk.init(&["--app", &app, "--port", &port], "/nowhere\n")?;
    said.assert(2, "", "tried: \"Log in with Google\" on /, /login,");
    said.assert(2, "", "By which path does a login begin?");
    said.assert(2, "", "tried: /nowhere.");
    let said = desk.init(&[], "nonsense\n")?;
    said.assert(
        2,
        "",
        "\"nonsense\" is no URL such as http://localhost:8501",
    );
    let nobody = [
        "--app",
        "http://localhost:9",
        "--wait",
        "0",
        "--port",
        &port,
    ];
    let said = desk.init(&nobody, "")?;
    said.assert(2, "", "nobody answers at http://localhost:9/");
    Ok(())
}
