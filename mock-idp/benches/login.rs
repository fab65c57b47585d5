//! What a login costs the provider.
//!
//! `cargo bench -p mock-idp --bench login -- [--check] [--logins N]`
//!
//! CPU time of the provider's process for a full login (authorization with `auto_login`, token with
//! PKCE, one ID token) over one keep-alive connection, beside what no provider can do without: one
//! signature and two requests. The two documents beside bare requests for as much.

#[expect(dead_code, reason = "each benchmark uses its part")]
mod measure;

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use measure::http::{Answer, Connection};
use measure::process::{Server, own_cpu, run_on_processor};
use measure::table::{Limit, Row, print};
use measure::{argument, bare, flag, median};
use mock_idp::{Client, Config};
use sha2::{Digest as _, Sha256};
use url::Url;
use url::form_urlencoded::Serializer;

const VERIFIER: &str = "a-verifier-of-43-characters-or-more-0123456789";
const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/oauth2/v3/certs";
/// An app that is registered for ES256.
const ES256: &str = r#"
flavour = "plain"
auto_login = "alice"
[[clients]]
id_token_signed_response_alg = "ES256"
client_id = "app"
client_secret = "secret-of-app"
redirect_uris = ["http://localhost:8501/oauth2callback"]
"#;
/// Where the system puts a program in memory, and what the machine does for a while, weighs on a few
/// of many short rounds only, which the medians leave out.
const STARTS: usize = 8;
const ROUNDS: usize = 10;

fn main() -> io::Result<ExitCode> {
    if flag(bare::FLAG) {
        bare::serve()?;
        return Ok(ExitCode::SUCCESS);
    }
    // The visitor on one processor, the servers on another, as in life.
    run_on_processor(0)?;
    let count = argument("--logins", 12_000) / (STARTS * ROUNDS);
    let mut costs = Costs::default();
    for _ in 0..STARTS {
        let mut rounds = Rounds::start()?;
        rounds.run(count, &mut Costs::default())?;
        for _ in 0..ROUNDS {
            rounds.run(count, &mut costs)?;
        }
    }
    print(&costs.rows())
}

/// A server and the one connection to it.
struct Served {
    server: Server,
    connection: Connection,
}

impl Served {
    fn new(server: Server) -> io::Result<Self> {
        let server = server.on_processor(1)?;
        let connection = Connection::open(&server.address)?;
        Ok(Self { server, connection })
    }

    /// Microseconds of the server's CPU time for each of `count` actions.
    fn cost(
        &mut self,
        count: usize,
        act: impl Fn(&mut Connection) -> io::Result<()>,
    ) -> io::Result<f64> {
        let before = self.server.cpu()?;
        for _ in 0..count {
            act(&mut self.connection)?;
        }
        Ok(each(self.server.cpu()?.saturating_sub(before), count))
    }
}

/// The client that logs in.
struct App {
    mock: Served,
    requests: Requests,
}

/// The requests of a login.
struct Requests {
    authorization: String,
    token: String,
    token_form: String,
}

impl Requests {
    fn log_in(&self, connection: &mut Connection) -> io::Result<(Answer, Answer)> {
        let authorization = expect("302", connection.get(&self.authorization)?)?;
        let mut answered = authorization.location.split(['?', '&']);
        let code = answered.find_map(|pair| pair.strip_prefix("code="));
        let code = code.unwrap_or_default();
        let form = format!("{}&code={code}", self.token_form);
        let token = expect("200", connection.post(&self.token, &form)?)?;
        Ok((authorization, token))
    }
}

impl App {
    /// Reads from discovery where to log in, and prepares what is the same for every login.
    fn new(mut mock: Served, config: Config) -> io::Result<Self> {
        let metadata: serde_json::Value =
            serde_json::from_slice(&mock.connection.get(DISCOVERY)?.body)?;
        let path = |member: &str| {
            let url = metadata[member].as_str().unwrap_or_default();
            Url::parse(url)
                .map(|url| url.path().to_owned())
                .map_err(io::Error::other)
        };
        let Some(client) = config.clients.into_iter().next() else {
            return Err(io::Error::other("there is no client"));
        };
        let authorization = path("authorization_endpoint")?;
        let requests = Requests {
            authorization: format!("{authorization}?{}", authorization_query(&client)),
            token: path("token_endpoint")?,
            token_form: token_form(&client),
        };
        Ok(Self { mock, requests })
    }

    fn login_cost(&mut self, count: usize) -> io::Result<f64> {
        let requests = &self.requests;
        self.mock
            .cost(count, |connection| requests.log_in(connection).map(drop))
    }

    /// What the provider answers, for a server that does nothing but send it.
    fn write_answers(&mut self, file: &Path) -> io::Result<()> {
        let (authorization, token) = self.requests.log_in(&mut self.mock.connection)?;
        let [discovery, jwks] = [DISCOVERY, JWKS].map(|path| self.mock.connection.get(path));
        let path = self.requests.authorization.split('?').next();
        let answers = [
            (path.unwrap_or_default(), &authorization),
            (self.requests.token.as_str(), &token),
            (DISCOVERY, &discovery?),
            (JWKS, &jwks?),
        ];
        bare::write(file, &answers)
    }
}

fn authorization_query(client: &Client) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.client_id)
        .append_pair("redirect_uri", &client.redirect_uris[0])
        .append_pair("scope", "openid email profile")
        .append_pair("state", "0123456789abcdef0123456789abcdef")
        .append_pair("nonce", "fedcba9876543210fedcba9876543210")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .finish()
}

fn token_form(client: &Client) -> String {
    Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("redirect_uri", &client.redirect_uris[0])
        .append_pair("client_id", &client.client_id)
        .append_pair(
            "client_secret",
            client.client_secret.as_deref().unwrap_or_default(),
        )
        .append_pair("code_verifier", VERIFIER)
        .finish()
}

fn expect(status: &str, answer: Answer) -> io::Result<Answer> {
    if answer.status == status {
        return Ok(answer);
    }
    let body = String::from_utf8_lossy(&answer.body);
    Err(io::Error::other(format!(
        "{} in place of {status}: {} {body}",
        answer.status, answer.location
    )))
}

/// All that is compared, in turns: what the machine does meanwhile happens to all alike.
struct Rounds {
    bare: Served,
    app: App,
    es256: App,
    /// A provider that is asked for nothing but its documents.
    documents: Served,
    key: RsaKeyPair,
    es256_key: EcdsaKeyPair,
}

impl Rounds {
    fn start() -> io::Result<Self> {
        let mock = Served::new(Server::mock_idp(&["--auto-login", "alice"])?)?;
        let mut app = App::new(mock, Config::without_file())?;
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), ES256)?;
        let path = file.path().to_string_lossy();
        let es256 = Served::new(Server::mock_idp(&["--config", &path])?)?;
        let config = Config::from_toml(ES256, "es256.toml").map_err(io::Error::other)?;
        let answers = tempfile::NamedTempFile::new()?;
        app.write_answers(answers.path())?;
        Ok(Self {
            bare: Served::new(Server::bare_with(answers.path())?)?,
            app,
            es256: App::new(es256, config)?,
            documents: Served::new(Server::mock_idp(&[])?)?,
            key: key()?,
            es256_key: es256_key()?,
        })
    }

    fn run(&mut self, count: usize, costs: &mut Costs) -> io::Result<()> {
        let get = |path: &'static str| {
            move |connection: &mut Connection| expect("200", connection.get(path)?).map(drop)
        };
        costs.signature.push(signature_cost(&self.key, count)?);
        costs
            .es256_signature
            .push(es256_cost(&self.es256_key, count)?);
        let requests = &self.app.requests;
        let log_in = |connection: &mut Connection| requests.log_in(connection).map(drop);
        costs.requests.push(self.bare.cost(count, log_in)?);
        costs.request.push(self.bare.cost(2 * count, get("/"))?);
        costs
            .document
            .push(self.bare.cost(2 * count, get(DISCOVERY))?);
        costs.keys.push(self.bare.cost(2 * count, get(JWKS))?);
        costs.login.push(self.app.login_cost(count)?);
        costs.es256_login.push(self.es256.login_cost(count)?);
        costs
            .discovery
            .push(self.documents.cost(2 * count, get(DISCOVERY))?);
        costs.jwks.push(self.documents.cost(2 * count, get(JWKS))?);
        Ok(())
    }
}

/// Microseconds of CPU time, one value a round.
#[derive(Default)]
struct Costs {
    signature: Vec<f64>,
    es256_signature: Vec<f64>,
    request: Vec<f64>,
    requests: Vec<f64>,
    /// Bare requests for the two documents.
    document: Vec<f64>,
    keys: Vec<f64>,
    login: Vec<f64>,
    es256_login: Vec<f64>,
    discovery: Vec<f64>,
    jwks: Vec<f64>,
}

impl Costs {
    fn rows(self) -> [Row; 15] {
        let [signature, login] = [self.signature, self.login].map(median);
        let [es256_signature, es256_login] = [self.es256_signature, self.es256_login].map(median);
        let [request, requests] = [self.request, self.requests].map(median);
        let [document, discovery] = [self.document, self.discovery].map(median);
        let [keys, jwks] = [self.keys, self.jwks].map(median);
        let ideal = signature + requests;
        let row = |what, measured, unit, limit| Row {
            what,
            measured,
            unit,
            limit,
        };
        let us = |what, measured| row(what, measured, "us", Limit::None);
        [
            us("one aws-lc-rs RS256 signature", signature),
            us("one aws-lc-rs ES256 signature", es256_signature),
            us("the smallest request, bare hyper", request),
            us("the two requests of a login, bare hyper", requests),
            us("the request for discovery, bare hyper", document),
            us("the request for the keys, bare hyper", keys),
            us("full login, RS256", login),
            us("full login, ES256", es256_login),
            us("discovery", discovery),
            us("keys", jwks),
            row(
                "RS256, beyond a signature and the two requests",
                login - ideal,
                "us",
                Limit::AtMost(60.0),
            ),
            row(
                "RS256, part of the ideal",
                ideal / login,
                "",
                Limit::AtLeast(0.85),
            ),
            row(
                "ES256, beyond a signature and the two requests",
                es256_login - es256_signature - requests,
                "us",
                Limit::AtMost(60.0),
            ),
            row(
                "discovery, part of the bare request",
                document / discovery,
                "",
                Limit::AtLeast(0.80),
            ),
            row(
                "keys, part of the bare request",
                keys / jwks,
                "",
                Limit::AtLeast(0.80),
            ),
        ]
    }
}

fn key() -> io::Result<RsaKeyPair> {
    RsaKeyPair::from_pkcs8(include_bytes!("../src/keys/rsa2048_0.der")).map_err(io::Error::other)
}

fn es256_key() -> io::Result<EcdsaKeyPair> {
    let key = include_bytes!("../src/keys/ec_p256_0.der");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key).map_err(io::Error::other)
}

/// Microseconds of CPU time for each of `count` signatures.
#[expect(
    clippy::disallowed_methods,
    reason = "the benchmark signs by itself, and needs no seed"
)]
fn es256_cost(key: &EcdsaKeyPair, count: usize) -> io::Result<f64> {
    let random = SystemRandom::new();
    let before = own_cpu()?;
    for _ in 0..count {
        key.sign(&random, VERIFIER.as_bytes())
            .map_err(io::Error::other)?;
    }
    Ok(each(own_cpu()?.saturating_sub(before), count))
}

/// Microseconds of CPU time for each of `count` signatures.
#[expect(
    clippy::disallowed_methods,
    reason = "the benchmark signs by itself, and needs no seed"
)]
fn signature_cost(key: &RsaKeyPair, count: usize) -> io::Result<f64> {
    let (random, mut signature) = (SystemRandom::new(), vec![0; key.public_modulus_len()]);
    let before = own_cpu()?;
    for _ in 0..count {
        key.sign(
            &RSA_PKCS1_SHA256,
            &random,
            VERIFIER.as_bytes(),
            &mut signature,
        )
        .map_err(io::Error::other)?;
    }
    Ok(each(own_cpu()?.saturating_sub(before), count))
}

/// Microseconds of a whole for each of its parts.
fn each(whole: Duration, parts: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
    let parts = parts as f64;
    whole.as_secs_f64() * 1_000_000.0 / parts
}
