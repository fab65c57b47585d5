//! The binary, as a shell or a test in another language sees it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod impersonate;
mod names;
#[cfg(unix)]
mod recipes;
mod tools;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use mock_idp::{Config, Remote};

/// `mock-idp` with these arguments and no environment.
fn mock_idp(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-idp"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Exit code, standard output and standard error of a run that ends by itself.
fn said(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

/// A run that serves; it is ended when it is dropped.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    first_line: String,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first_line = String::new();
        stdout.read_line(&mut first_line).unwrap();
        Self {
            child,
            stdout,
            first_line,
        }
    }

    /// Such as `127.0.0.1:9000`.
    fn address(&self) -> &str {
        self.first_line.trim_end().strip_prefix("http://").unwrap()
    }

    /// Sends a signal by its name; returns the exit code, the rest of standard output, and standard
    /// error.
    fn signal(mut self, name: &str) -> (Option<i32>, String, String) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &process])
            .status()
            .unwrap();
        assert!(sent.success());
        let (mut rest, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        (self.child.wait().unwrap().code(), rest, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer to a GET request, as it comes.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn fixture_path(name: &str) -> String {
    format!("{}/../fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn secrets_fixture() -> toml::Table {
    std::fs::read_to_string(fixture_path("secrets.toml"))
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn the_first_line_is_the_issuer_which_serves() {
    for arguments in [&["--port", "0"][..], &["serve", "--port", "0"]] {
        let running = Running::start(mock_idp(arguments));
        let answer = get(running.address(), "/.well-known/openid-configuration");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let issuer = format!("\"http://{}\"", running.address());
        assert!(answer.contains(&issuer), "{answer}");
        let (_, rest, _) = running.signal("TERM");
        assert_eq!(rest, "", "standard output has one line");
    }
}

/// A free port below those that systems give to whoever asks for any: it stays free.
fn port_that_nobody_is_given() -> u16 {
    let mut ports = (10_000..20_000).skip(std::process::id() as usize % 5_000);
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("a free port")
}

#[test]
fn a_signal_stops_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let port = port_that_nobody_is_given().to_string();
        let running = Running::start(mock_idp(&["--port", &port]));
        let address = running.address().to_owned();
        let (code, _, stderr) = running.signal(signal);
        assert_eq!(code, Some(0), "{signal}: {stderr}");
        assert!(
            TcpStream::connect(address).is_err(),
            "{signal} left somebody listening"
        );
    }
}

#[test]
fn standard_error_has_ready_secrets_and_whom_to_log_in_as() {
    let running = Running::start(mock_idp(&["--port", "0"]));
    let issuer = running.first_line.trim_end().to_owned();
    let (_, _, stderr) = running.signal("TERM");
    let (_, secrets) = stderr
        .split_once("# .streamlit/secrets.toml for local-client\n")
        .unwrap();
    let (secrets, people) = secrets.split_once("\nLog in as ").unwrap();
    assert!(
        people.starts_with("alice@example.com, bob@example.com, "),
        "{stderr}"
    );
    let (printed, fixture) = (secrets.parse::<toml::Table>().unwrap(), secrets_fixture());
    assert_eq!(
        printed["auth"]["redirect_uri"],
        fixture["auth"]["redirect_uri"]
    );
    assert!(printed["auth"]["cookie_secret"].as_str().unwrap().len() >= 32);
    let (printed, fixture) = (&printed["auth"]["google"], &fixture["auth"]["google"]);
    for key in ["client_id", "client_secret"] {
        assert_eq!(printed[key], fixture[key], "{key}");
    }
    let metadata = format!("{issuer}/.well-known/openid-configuration");
    assert_eq!(
        printed["server_metadata_url"].as_str(),
        Some(metadata.as_str())
    );
}

#[test]
fn the_demos_files_fit_each_other_and_the_defaults() {
    let of_the_file = Config::from_file(fixture_path("mock-idp.toml"));
    let of_the_file = of_the_file.unwrap_or_else(|error| panic!("{error}"));
    let secrets = secrets_fixture();
    for config in [of_the_file, Config::without_file()] {
        let (client, google) = (&config.clients[0], &secrets["auth"]["google"]);
        assert_eq!(
            google["client_id"].as_str(),
            Some(client.client_id.as_str())
        );
        assert_eq!(
            google["client_secret"].as_str(),
            client.client_secret.as_deref()
        );
        let redirect_uri = secrets["auth"]["redirect_uri"].as_str().unwrap();
        assert_eq!(client.redirect_uris, [redirect_uri]);
        assert_eq!(config.personas[0].id, "alice");
    }
    assert!(secrets["auth"]["cookie_secret"].as_str().unwrap().len() >= 32);
}

#[test]
fn help_and_version_are_answered() {
    let (code, help, _) = said(&mut mock_idp(&["--help"]));
    assert_eq!(code, Some(0));
    let flags = [
        "--port",
        "--host",
        "--flavour",
        "--config",
        "--auto-login",
        "--seed",
        "--log",
        "serve",
    ];
    for flag in flags {
        assert!(help.contains(flag), "no {flag} in:\n{help}");
    }
    let version = format!("mock-idp {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        said(&mut mock_idp(&["--version"])),
        (Some(0), version, String::new())
    );
}

#[test]
fn the_environment_is_read_and_flags_override_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = mock_idp(&[]);
    command.env(
        "MOCK_IDP_PORT",
        taken.local_addr().unwrap().port().to_string(),
    );
    let (code, _, stderr) = said(&mut command);
    assert_eq!(code, Some(2), "{stderr}");
    command.args(["--port", "0"]);
    assert!(
        Running::start(command)
            .first_line
            .starts_with("http://127.0.0.1:")
    );
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, stdout, stderr) = said(&mut mock_idp(&["--port", &port]));
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
    for part in ["mock-idp: ", &port, "taken", "--port 0"] {
        assert!(stderr.contains(part), "no {part} in: {stderr}");
    }
}

#[test]
fn every_problem_of_a_broken_configuration_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    std::fs::write(&file, "flavor = \"google\"\n[[clients]]\nclient_id = 7\n").unwrap();
    let file = file.display().to_string();
    let expected = format!(
        "mock-idp: {file}:1: flavor: is not a known key; did you mean flavour?\n\
         mock-idp: {file}:2: clients[0].redirect_uris: is missing; \
         add redirect_uris = [\"http://localhost:8501/oauth2callback\"]\n\
         mock-idp: {file}:3: clients[0].client_id: is an integer; it must be a string in quotes\n"
    );
    let found = said(&mut mock_idp(&["--port", "0", "--config", &file]));
    assert_eq!(found, (Some(2), String::new(), expected));
}

#[test]
fn what_the_command_line_gets_wrong_is_refused_by_name() {
    let check = |arguments: &[&str], words: &str| {
        let (code, stdout, stderr) = said(&mut mock_idp(arguments));
        assert_eq!(
            (code, stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}: {stderr}"
        );
        assert!(stderr.contains(words), "no {words:?} in: {stderr}");
    };
    check(&["--config", "/none.toml"], "/none.toml: does not exist");
    check(
        &["--auto-login", "alise"],
        "--auto-login: is \"alise\", which is no persona; did you mean alice?",
    );
    check(&["--port", "0", "--flavour", "gogle"], "gogle");
    check(&["--port", "65536"], "--port");
    check(&["--host", "somewhere"], "--host");
    check(&["--log", "loud"], "--log");
    check(&["--colour"], "--colour");
    check(&["start"], "start");
}

#[test]
fn an_address_that_others_can_reach_is_warned_of() {
    let warned = |arguments: &[&str]| {
        let (_, _, stderr) = Running::start(mock_idp(arguments)).signal("TERM");
        stderr.contains("WARNING: listening on 0.0.0.0")
    };
    assert!(warned(&["--port", "0", "--host", "0.0.0.0"]));
    assert!(!warned(&["--port", "0"]));
}

#[test]
fn a_test_in_another_process_reaches_it_with_the_token() {
    let mut command = mock_idp(&["--port", "0"]);
    command.env("MOCK_IDP_CONTROL_TOKEN", "s3cret");
    let running = Running::start(command);
    let url = running.first_line.trim_end();
    let refused = Remote::connect(url).unwrap_err().to_string();
    assert!(
        refused.contains("the control token is missing"),
        "{refused}"
    );
    let idp = Remote::connect_with_token(url, "s3cret").unwrap();
    assert_eq!(idp.issuer(), url);
    let client = idp.register("http://localhost:7000/cb");
    assert!(idp.clients().iter().any(|it| **it == client));
    let (code, _, stderr) = running.signal("TERM");
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("s3cret"), "{stderr}");
    let gone = idp.try_register("http://localhost:7000/cb").unwrap_err();
    assert!(gone.to_string().contains("cannot be reached"), "{gone}");
}

#[test]
fn a_control_token_that_no_request_could_bring_is_refused() {
    let (code, stdout, stderr) = said(&mut mock_idp(&["--control-token", "two words"]));
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("one word of visible ASCII"), "{stderr}");
}

#[test]
fn flavours_are_listed_with_what_is_not_sure_of_them() {
    let (code, out, _) = said(&mut mock_idp(&["flavours"]));
    let names: Vec<_> = out.lines().collect();
    let expected = [
        "google@2026-04  (newest)",
        "google@2026-02",
        "google@2024-06",
        "microsoft@2024-10  (newest)",
        "github@2026-04  (newest)",
        "github@2025-07",
        "github@2025-06",
        "linkedin@2024-04  (newest)",
        "linkedin@2024-03",
        "plain@2026-11  (newest)",
    ];
    assert_eq!((code, names), (Some(0), expected.into()));
    let (_, out, _) = said(&mut mock_idp(&["flavours", "--unverified"]));
    let line = "    error_page: status: one report (section 1.4)";
    assert!(out.lines().any(|it| it == line), "{out}");
    let (_, out, _) = said(&mut mock_idp(&["flavours", "--sources"]));
    let line = "    1.5: the authorization response: public logs of 2026";
    assert!(out.lines().any(|it| it.starts_with(line)), "{out}");
}
