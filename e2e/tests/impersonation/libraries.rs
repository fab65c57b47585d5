//! Google's own client libraries, as they come.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use mock_idp::{AutoLogin, MockIdp, Place};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Where `e2e/setup-clients` puts what runs them.
const RUNNERS: &str = "../target/e2e/clients/bin";
const APPS: &str = "apps";
const REDIRECT_URI: &str = "http://localhost:8501/oauth2callback";
const HERE: &str = "localhost,127.0.0.1,::1";

/// A library, and the program of a few lines that logs in with it.
pub(crate) struct Library {
    pub(crate) name: &'static str,
    runner: &'static str,
    /// The program, among the apps.
    program: &'static str,
    /// What there is beside the apps once it is installed.
    installed: &'static str,
    /// What tells it whom to trust.
    authority: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    /// The keys it verifies by.
    keys: &'static str,
}

pub(crate) const ALL: &[Library] = &[
    Library {
        name: "python",
        runner: "python",
        program: "google-python/login.py",
        installed: "../target/e2e/clients/bin/google-oauthlib-tool",
        authority: &["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"],
        // Its callback is on http here.
        environment: &[("OAUTHLIB_INSECURE_TRANSPORT", "1")],
        keys: "/oauth2/v1/certs",
    },
    Library {
        name: "node",
        runner: "node",
        program: "google-node/login.mjs",
        installed: "apps/google-node/node_modules/google-auth-library",
        authority: &["NODE_EXTRA_CA_CERTS"],
        environment: &[("NODE_USE_ENV_PROXY", "1")],
        keys: "/oauth2/v1/certs",
    },
];

fn below(folder: &str, name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join(folder).join(name)
}

impl Library {
    pub(crate) fn is_there(&self) -> Result<(), String> {
        if below(RUNNERS, self.runner).exists() && below("", self.installed).exists() {
            return Ok(());
        }
        let name = self.name;
        Err(format!(
            "Google's library for {name} is not there: run e2e/setup-clients"
        ))
    }

    /// Logs in, verifies the ID token by the provider's keys, and refreshes.
    pub(crate) fn logs_in(&self) -> Result<(), Failed> {
        let idp = MockIdp::builder()
            .impersonate()
            .auto_login(AutoLogin::Persona("alice".into()))
            .start()?;
        let client = idp.register(REDIRECT_URI);
        let desk = TempDir::new()?;
        let ca = desk.path().join("ca.pem");
        std::fs::write(&ca, idp.ca_certificate().unwrap_or_default())?;
        let file = desk.path().join("client_secret.json");
        let secret = client.client_secret.unwrap_or_default();
        std::fs::write(&file, client_file(&client.client_id, &secret).to_string())?;
        let proxy = idp.proxy().ok_or("no proxy")?;
        let mut command = Command::new(below(RUNNERS, self.runner));
        let mut library = command
            .arg(below(APPS, self.program))
            .arg(&file)
            .envs(self.environment.iter().copied())
            .envs(self.authority.iter().map(|name| (*name, &ca)))
            .envs([("HTTPS_PROXY", &proxy), ("https_proxy", &proxy)])
            .envs([("NO_PROXY", HERE), ("no_proxy", HERE)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(library.stdout.take().ok_or("no output")?);
        let mut url = String::new();
        output.read_line(&mut url)?;
        let callback = visited(&idp, url.trim())?;
        let mut input = library.stdin.take().ok_or("no input")?;
        writeln!(input, "{callback}")?;
        drop(input);
        let mut said = String::new();
        output.read_to_string(&mut said)?;
        let status = library.wait()?;
        let refused = idp.requests().refused();
        assert!(status.success() && refused.is_empty(), "{said}{refused}");
        let expected = json!({
            "email": "alice@example.com", "name": "Alice Example", "refreshed": true,
        });
        assert_eq!(serde_json::from_str::<Value>(&said)?, expected);
        let keys = idp.requests().to(Place::Jwks);
        assert_eq!(keys.only().path, self.keys);
        Ok(())
    }
}

/// As Google's console gives it.
fn client_file(client_id: &str, client_secret: &str) -> Value {
    json!({"web": {
        "client_id": client_id,
        "project_id": "a-project",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_secret": client_secret,
        "redirect_uris": [REDIRECT_URI],
    }})
}

/// Where the provider sends a visitor of this address back to.
fn visited(idp: &MockIdp, url: &str) -> Result<String, Failed> {
    let asked = url
        .strip_prefix("https://accounts.google.com")
        .ok_or_else(|| format!("the library sends its visitor to {url:?}, which is not Google"))?;
    let mut stream = TcpStream::connect(idp.address())?;
    let head = format!("GET {asked} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    Ok(location.ok_or(answer.clone())?.to_owned())
}
