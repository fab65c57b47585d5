//! jarvis as a process: what it prints, how it ends.
#![cfg(feature = "jarvis")]
#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod check;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const COOKIE_SECRET: &str = "untold-0123456789abcdef-cookie-secret";
const CLIENT_SECRET: &str = "untold-client-secret";

/// A folder with a secrets.toml, and jarvis in it.
struct Home {
    folder: TempDir,
}

impl Home {
    /// A right file for an app at this `redirect_uri`.
    fn new(redirect_uri: &str) -> Self {
        Self::with_text(&format!(
            r#"[auth]
redirect_uri = "{redirect_uri}"
cookie_secret = "{COOKIE_SECRET}"
[auth.google]
client_id = "the-client"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"#
        ))
    }

    fn with_text(text: &str) -> Self {
        let home = Self {
            folder: TempDir::new().unwrap(),
        };
        std::fs::create_dir(home.folder.path().join(".streamlit")).unwrap();
        std::fs::write(home.secrets(), text).unwrap();
        home
    }

    fn secrets(&self) -> PathBuf {
        self.folder.path().join(".streamlit/secrets.toml")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jarvis"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Runs it to its end: the exit code, standard output and standard error.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        ended(self.command(arguments).output().unwrap())
    }
}

fn ended(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// jarvis while it serves; killed at the end of a test that failed.
struct Serving {
    child: Option<Child>,
    address: String,
}

impl Serving {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim_end().trim_start_matches("http://").to_owned();
        Self {
            child: Some(child),
            address,
        }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends SIGTERM and waits for the end: the exit code and standard error.
    fn terminate(mut self) -> (Option<i32>, String) {
        let child = self.child.take().unwrap();
        let kill = format!("kill -TERM {}", child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        let (code, _, log) = ended(child.wait_with_output().unwrap());
        (code, log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ended_by_itself = child.kill();
            let _reaped = child.wait();
        }
    }
}

#[test]
fn serves_until_terminated() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let jarvis = Serving::start(&home, &["--listen", "127.0.0.1:0", "--log", "trace"]);

    let page = jarvis.get("/");
    assert!(page.starts_with("HTTP/1.0 200 OK\r\n"), "{page}");
    assert!(
        page.contains("\r\ncontent-security-policy: default-src 'none'; "),
        "{page}"
    );
    assert!(page.contains("<h1>Login Required</h1>"), "{page}");
    assert!(
        page.contains("href=\"/auth/login/google\">Log in with Google</a>"),
        "{page}"
    );
    assert!(jarvis.get("/healthz").ends_with("\r\n\r\nok"));
    let page = jarvis.get("/nowhere");
    assert!(page.starts_with("HTTP/1.0 404 Not Found\r\n"), "{page}");
    assert!(page.contains("<h1>Page not found</h1>"), "{page}");

    let (code, log) = jarvis.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        log.contains("INFO jarvis: serving listen=127.0.0.1:"),
        "{log}"
    );
    assert!(log.contains("INFO jarvis: stopped"), "{log}");
    assert!(!log.contains("untold"), "{log}");
}

#[test]
fn another_port_than_that_of_redirect_uri_is_a_warning() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let (code, log) = Serving::start(&home, &["serve", "--listen", "127.0.0.1:0"]).terminate();
    assert_eq!(code, Some(0), "{log}");
    let words = "WARN jarvis: visitors go to http://localhost:8501: a proxy has to answer there";
    assert!(log.contains(words), "{log}");

    let home = Home::new("https://app.example/oauth2callback");
    let (code, log) = Serving::start(&home, &["--listen", "127.0.0.1:0"]).terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("WARN"), "{log}");
    assert!(
        log.contains("visitors go to https://app.example: "),
        "{log}"
    );
}

#[test]
fn a_log_can_be_turned_off() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let jarvis = Serving::start(&home, &["--listen", "localhost:0", "--log", "off"]);
    assert!(
        jarvis.address.starts_with("localhost:"),
        "{}",
        jarvis.address
    );
    assert_eq!(jarvis.terminate(), (Some(0), String::new()));
}

#[test]
fn a_callback_may_have_the_path_of_a_page() {
    let home = Home::new("http://localhost:8501/healthz");
    let jarvis = Serving::start(&home, &["--listen", "127.0.0.1:0"]);
    assert!(
        jarvis
            .get("/healthz?code=c")
            .contains("data-reason=\"callback.")
    );
}

#[test]
fn problems_are_reported_as_a_whole() {
    let home = Home::with_text("[auth]\nredirect_uri = 7\n[auth.google]\nclient_id = \"\"\n");
    let (code, printed, report) = home.run(&["--listen", "127.0.0.1:0"]);
    let expected = r#"jarvis: the secrets have 5 problems
.streamlit/secrets.toml:1: auth.cookie_secret: is missing; add cookie_secret = ".." under [auth]
.streamlit/secrets.toml:2: auth.redirect_uri: is an integer; it must be a string in quotes
.streamlit/secrets.toml:3: auth.google.client_secret: is missing; add client_secret = ".." under [auth.google]
.streamlit/secrets.toml:3: auth.google.server_metadata_url: is missing; add server_metadata_url = ".." under [auth.google]
.streamlit/secrets.toml:4: auth.google.client_id: is empty; give it a value
"#;
    assert_eq!(
        (code, printed.as_str(), report.as_str()),
        (Some(2), "", expected)
    );
    assert_eq!(
        home.run(&["check"]),
        (Some(2), String::new(), expected.to_owned())
    );
}

#[test]
fn a_file_that_is_not_there_is_one_problem() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let (code, _, report) = home.run(&["--secrets", "other.toml"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        report,
        "jarvis: the secrets have 1 problem\n\
         other.toml: does not exist; write it, or give the path of yours\n"
    );
}

#[test]
fn a_taken_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let home = Home::new(&format!("http://{address}/oauth2callback"));
    let (code, printed, report) = home.run(&["--log", "off"]);
    let expected = format!(
        "jarvis: cannot listen on {address}: the port is taken; choose another with --listen\n"
    );
    assert_eq!((code, printed, report), (Some(2), String::new(), expected));
}

#[test]
fn a_wrong_command_line_is_told() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let check = |arguments: &[&str], words: &str| {
        let (code, _, report) = home.run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(report.contains(words), "{report}");
    };
    check(
        &["--listen", "8501"],
        "write an IP address or localhost with a port",
    );
    check(
        &["--log", "loud"],
        "invalid value 'loud' for '--log <LEVEL>'",
    );
    check(&["--secret", "x"], "a similar argument exists: '--secrets'");
    check(&["dance"], "unrecognized subcommand 'dance'");
}

#[test]
fn the_port_that_is_listened_on_stands_in_redirect_uri() {
    let home = Home::new("http://localhost:{port}/oauth2callback");
    let (_, printed, _) = home.run(&["check"]);
    assert!(
        printed.contains("http://localhost:8501/oauth2callback"),
        "{printed}"
    );
    let jarvis = Serving::start(&home, &["--listen", "localhost:0"]);
    let port = jarvis.address.rsplit_once(':').unwrap().1.to_owned();
    let (_, log) = jarvis.terminate();
    assert!(
        log.contains(&format!("http://localhost:{port}/oauth2callback")),
        "{log}"
    );
    assert!(!log.contains("visitors go to"), "{log}");
}

#[test]
fn a_secret_is_made_that_is_good() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let (code, secret, report) = home.run(&["secret"]);
    assert_eq!((code, report.as_str()), (Some(0), ""));
    assert_eq!(secret.trim_end().len(), 43, "{secret}");
    assert_ne!(home.run(&["secret"]).1, secret);
}

#[test]
fn sessions_are_kept_beside_the_file() {
    let home = Home::new("http://localhost:8501/oauth2callback");
    let jarvis = Serving::start(&home, &["--listen", "127.0.0.1:0"]);
    assert!(jarvis.get("/").contains("Login Required"));
    jarvis.terminate();
    let file = home.folder.path().join(".streamlit/sessions.sqlite3");
    assert!(file.is_file());
    let nowhere = home
        .command(&["--listen", "127.0.0.1:0"])
        .env("AUTH__STORE", "sqlite:/nowhere/s")
        .output();
    let (code, _, report) = ended(nowhere.unwrap());
    assert_eq!(code, Some(2));
    assert!(report.contains("auth.store: /nowhere/s: "), "{report}");
}
