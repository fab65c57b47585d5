//! `conform`, run as people run it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use e2e::browser::Kind;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::desk::{Desk, SERVE, Said, running_jarvis};

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), Failed>| {
        Trial::test(format!("conform::{name}"), test)
    };
    vec![
        trial("judges_an_app_that_it_starts", judges_an_app_that_it_starts),
        trial("judges_it_at_the_providers_that_are_named", || {
            judges_it_at_the_providers_that_are_named();
            Ok(())
        }),
        trial("judges_an_app_that_runs", judges_an_app_that_runs),
        trial("says_what_is_wrong", says_what_is_wrong),
        trial("says_why_there_is_no_verdict", says_why_there_is_no_verdict),
        #[cfg(unix)]
        trial(
            "reports_after_an_interruption",
            reports_after_an_interruption,
        ),
        trial("lists_and_shows_cases", lists_and_shows_cases),
        #[cfg(unix)]
        trial("runs_in_ci_as_documented", runs_in_ci_as_documented),
        in_a_browser(Kind::Firefox),
        in_a_browser(Kind::Chromium),
    ]
}

fn in_a_browser(kind: Kind) -> Trial {
    let name = format!("conform::judges_in_{}", kind.name());
    super::in_browser(name, kind, move |_| {
        judges_in_a_browser(kind);
        Ok(())
    })
}

fn judges_an_app_that_it_starts() -> Result<(), Failed> {
    let desk = Desk::new();
    let files = ["--json", "r.json", "--junit", "r.xml", "--html", "r.html"];
    let only = ["--only", "jws-alg-none*", "--only", "ses-log-leak"];
    let said = desk.rp(&[&only[..], &files[..]].concat());
    said.assert(0, "jarvis: right. 4 cases: 4 passed", "");
    let report = std::fs::read_to_string(desk.path("r.json"))?;
    let report: Value = serde_json::from_str(&report)?;
    assert_eq!(report["is_right"], true);
    assert_eq!(report["totals"]["passed"], 4);
    let junit = std::fs::read_to_string(desk.path("r.xml"))?;
    assert!(
        junit.contains(r#"<testcase name="jws-alg-none""#),
        "{junit}"
    );
    let page = std::fs::read_to_string(desk.path("r.html"))?;
    // What the browser asked the app for is drawn around what the app asked the provider for.
    assert!(page.contains("Nothing is wrong") && page.contains("GET /auth/login/plain"));
    assert!(page.contains("POST /token") && page.contains(r#"id="case-jws-alg-none""#));
    let fewer = ["--only", "jws-alg-none", "--only", "idt-aud-wrong"];
    let said = desk.rp(&[&fewer[..], &["--compare", "r.json", "--html", "r.html"]].concat());
    let words = "since the earlier run: 1 new (idt-aud-wrong), 3 not played (";
    said.assert(0, words, "");
    let page = std::fs::read_to_string(desk.path("r.html"))?;
    assert!(
        page.contains("Since the earlier run") && page.contains("1 cases are as they were"),
        "{page}"
    );
    desk.rp(&["--compare", "jarvis.toml"]).assert(
        2,
        "",
        "jarvis.toml is no report in JSON, as --json writes it",
    );
    Ok(())
}

fn judges_it_at_the_providers_that_are_named() {
    let desk = Desk::new();
    let cases = [
        "pq-google-2026-04",
        "pq-microsoft-issuer",
        "pq-github-2026-04",
        "pq-linkedin-secret",
    ];
    let only: Vec<_> = cases.iter().flat_map(|id| ["--only", id]).collect();
    let said = desk.rp(&only);
    said.assert(0, "4 cases: 4 passed", "");
    let said = desk.rp(&[&only[..], &["--flavours", "github,linkedin"]].concat());
    let words = "not applicable: 1 case: nobody logs in at google there";
    said.assert(0, words, "");
    said.assert(0, "4 cases: 2 passed, 2 not applicable", "");
    let said = desk.rp(&["--flavours", "gihtub"]);
    said.assert(2, "", "google, microsoft, github, linkedin");
}

fn judges_an_app_that_runs() -> Result<(), Failed> {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new()?;
    let (app, port) = running_jarvis(&runtime)?;
    let port = port.to_string();
    let rp = |more: &[&str]| {
        let usual = [
            "rp",
            "--app",
            &app,
            "--login",
            "/auth/login/google",
            "--whoami",
            "/",
            "--port",
            &port,
        ];
        Said::by(&mut desk.conform(&[&usual[..], more].concat()))
    };
    let only = ["--only", "idt-aud-*", "--only", "ar-parallel-tabs"];
    let said = rp(&only);
    said.assert(0, "9 passed", "client_secret        known-to-everybody");
    // Its keys stay odd for the app until it asks for them again.
    let odd = ["--only", "jwks-dup-kid-*", "--only", "jws-alg-unregistered"];
    let said = rp(&odd);
    said.assert(0, "1 passed, 1 reported, 1 not applicable", "");
    let quirks = rp(&["--only", "pq-google-scope", "--only", "pq-google-2026-04"]);
    let words = "an app that runs already is set up for one provider, and not for google";
    quirks.assert(0, words, "");
    quirks.assert(0, "1 passed, 1 not applicable", "");
    let cold = rp(&["--only", "disc-issuer-mismatch"]);
    cold.assert(1, "NOT REACHED disc-issuer-mismatch", "");
    Ok(())
}

/// An honest login, one that fails, a callback that is kept back, a cookie that is changed, a second
/// provider, a logout by a button, and a case that is not for browsers.
const IN_A_BROWSER: &[&str] = &[
    "idt-azp-self-multi",
    "idt-aud-wrong",
    "ar-state-other-browser",
    "ar-mode-formpost-unasked",
    "ses-fixation",
    "ses-back-button",
    "ses-logout-kills",
    "ar-session-overwrite-1",
    "ses-concurrent-100",
];

fn judges_in_a_browser(kind: Kind) {
    let desk = Desk::new();
    let only = IN_A_BROWSER.iter().flat_map(|case| ["--only", case]);
    let all: Vec<_> = ["--browser", kind.name(), "--jobs", "1"]
        .into_iter()
        .chain(only)
        .collect();
    let said = desk.rp(&all);
    said.assert(0, "not applicable: 1 case: a hundred people are not", "");
}

#[expect(clippy::unnecessary_wraps, reason = "a trial's signature")]
fn says_what_is_wrong() -> Result<(), Failed> {
    let desk = Desk::new();
    desk.write("vain.toml", "jws-alg-none = 'it was so once'\n");
    let only = ["--only", "jws-alg-none"];
    let said = desk.rp(&[&only[..], &["--expect", "vain.toml"]].concat());
    said.assert(1, "LISTED IN VAIN jws-alg-none", "");
    desk.write("excused.toml", "jwks-x5c-mismatch = 'it takes n and e'\n");
    let only = ["--only", "jwks-x5c-mismatch"];
    desk.rp(&only).assert(0, "WARNING jwks-x5c-mismatch", "");
    let said = desk.rp(&[&only[..], &["--expect", "excused.toml"]].concat());
    said.assert(0, "may be wrong: jwks-x5c-mismatch: it takes n and e", "");
    Ok(())
}

fn says_why_there_is_no_verdict() -> Result<(), Failed> {
    let desk = Desk::new();
    let profile = std::fs::read_to_string(desk.path("jarvis.toml"))?;
    let check = |change: (&str, &str), words: &str| {
        assert!(profile.contains(change.0), "{}", change.0);
        desk.write("changed.toml", &profile.replace(change.0, change.1));
        let said = Said::by(&mut desk.conform(&["rp", "--profile", "changed.toml"]));
        said.assert(2, "", words);
    };
    check(
        (SERVE, "--no-such-flag"),
        "the app does not start: it ended with exit status",
    );
    check(
        (r#"client_id = "{client_id}""#, r#"client_id = "another""#),
        "a login fails although nothing is wrong",
    );
    check(
        ("{client_id}", "{client}"),
        "{client} is nothing that the kit fills in",
    );
    check(
        (r#"path = "/""#, r#"path = "/no-such-page""#),
        "a login fails although nothing is wrong",
    );
    check(
        ("\"prompt_none\", ", ""),
        "the app does not do what its profile says: prompt_none; add it to `lacks`",
    );
    check(
        ("[whoami]", "javascript = true\n[whoami]"),
        "the app's pages need JavaScript: say --browser firefox or --browser chromium",
    );
    desk.rp(&["--only", "jws-alg-non"])
        .assert(2, "", "is it jws-alg-none?");
    desk.rp(&["--expect", "none.toml"])
        .assert(2, "", "none.toml: No such file");
    Ok(())
}

#[cfg(unix)]
fn reports_after_an_interruption() -> Result<(), Failed> {
    use nix::sys::signal::Signal;

    reports_after(Signal::SIGINT, "interrupted")?;
    reports_after(Signal::SIGTERM, "asked to end")
}

#[cfg(unix)]
fn reports_after(signal: nix::sys::signal::Signal, words: &str) -> Result<(), Failed> {
    use nix::sys::signal::kill;
    use nix::unistd::Pid;

    let desk = Desk::new();
    let all = [
        "rp",
        "--profile",
        "jarvis.toml",
        "--jobs",
        "1",
        "--json",
        "r.json",
    ];
    let mut command = desk.conform(&all);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let said = child.stderr.take().ok_or("its standard error is piped")?;
    let mut said = BufReader::new(said).lines().map_while(Result::ok);
    assert!(said.any(|line| line.contains("cases, 1 at once")));
    kill(Pid::from_raw(i32::try_from(child.id())?), signal)?;
    let said = Said::of(&child.wait_with_output()?);
    said.assert(2, words, "");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(desk.path("r.json"))?)?;
    assert_eq!(report["is_right"], false);
    Ok(())
}

fn lists_and_shows_cases() -> Result<(), Failed> {
    let desk = Desk::new();
    let conform = |arguments: &[&str]| Said::by(&mut desk.conform(arguments));
    let listed = conform(&["cases", "--plan", "security"]);
    listed.assert(0, "jws-alg-none                     critical  ", "");
    assert!(!listed.out.contains("jws-typ-odd"), "{}", listed.out);
    let data = conform(&["cases", "--json", "--only", "jws-alg-none"]);
    let data: Value = serde_json::from_str(&data.out)?;
    assert_eq!(data[0]["severity"], "critical");
    conform(&["show", "oidcc-client-test-invalid-iss"]).assert(
        0,
        "idt-iss-wrong (IdToken, Critical)",
        "",
    );
    conform(&["show", "te-tls-old"]).assert(0, "te-tls-old is left out: no maintained TLS", "");
    conform(&["show", "nothing"]).assert(2, "", "there is no case nothing");
    conform(&["schema"]).assert(0, "\"$schema\"", "");
    Ok(())
}

/// The lines of the documentation, as they stand there.
#[cfg(unix)]
fn runs_in_ci_as_documented() -> Result<(), Failed> {
    let documented = include_str!("../../README.md");
    let (_, lines) = documented
        .split_once("<!-- a test runs these lines -->\n```sh\n")
        .ok_or("the recipe is not there")?;
    let (lines, _) = lines.split_once("```").ok_or("the recipe does not end")?;
    let desk = Desk::new();
    std::fs::rename(desk.path("jarvis.toml"), desk.path("login.toml"))?;
    desk.write("known.toml", "");
    let program = Path::new(env!("CARGO_BIN_EXE_conform"));
    let folder = program.parent().ok_or("conform is in a folder")?;
    let script = format!("PATH='{}':$PATH\n{lines}", folder.display());
    let mut shell = Command::new("sh");
    let said = Said::by(shell.args(["-ec", &script]).current_dir(desk.path("")));
    said.assert(0, "jarvis: right. ", "");
    assert!(desk.path("conform.json").is_file() && desk.path("conform.xml").is_file());
    Ok(())
}
