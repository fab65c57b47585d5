//! What many clients, personas, logins and visitors cost.
//!
//! `cargo bench -p mock-idp --bench many -- [--check] [--logins N]`
//!
//! 10,000 clients and personas: a login of any of them, beside one where there are few. 100,000
//! logins while the provider's clock goes on, so that their tokens expire: what stays of each in
//! memory. 512 visitors whose connections are open at once, each with a login.

#[expect(dead_code, reason = "each benchmark uses its part")]
mod measure;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use measure::http::{Answer, Connection};
use measure::process::{Server, own_memory, process_cpu};
use measure::table::{Limit, Row, print};
use measure::{argument, median};
use mock_idp::{AutoLogin, Client, Config, MockIdp, Persona};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded::Serializer;

const VERIFIER: &str = "a-verifier-of-43-characters-or-more-0123456789";
const REDIRECT_URI: &str = "http://localhost:8501/oauth2callback";
const MANY: usize = 10_000;
const VISITORS: usize = 512;
/// After so many logins the clock goes on by an hour.
const BATCH: usize = 500;

fn main() -> io::Result<ExitCode> {
    let few = login_costs(10)?;
    let many = login_costs(MANY)?;
    let kept = bytes_kept(argument("--logins", 100_000))?;
    let memory = crowd()?;
    let row = |what, measured, unit, limit| Row {
        what,
        measured,
        unit,
        limit,
    };
    print(&[
        row("login, 10 clients and personas", few, "us", Limit::None),
        row("login, 10,000 of each", many, "us", Limit::None),
        // What is found by its name is found as fast among many.
        row("many beside few", many / few, "", Limit::AtMost(1.1)),
        // Less than a page of memory for thousands of logins: nothing.
        row(
            "kept of a login that is over",
            kept,
            "bytes",
            Limit::AtMost(1.0),
        ),
        row(
            "memory with 512 visitors at once",
            memory,
            "MB",
            Limit::AtMost(40.0),
        ),
    ])
}

/// Microseconds of CPU time of a login, visitor included, by hint and with this many to choose from.
fn login_costs(count: usize) -> io::Result<f64> {
    let idp = MockIdp::builder().personas(Vec::new()).seed(1).start();
    let idp = idp.map_err(io::Error::other)?;
    for number in 0..count {
        let client = Client {
            client_id: format!("app-{number}"),
            client_secret: Some("secret".into()),
            redirect_uris: vec![REDIRECT_URI.into()],
            ..Client::default()
        };
        idp.register_client(client).map_err(io::Error::other)?;
        idp.add_persona(Persona {
            email: Some(format!("person-{number}@example.com")),
            ..Persona::new(format!("person-{number}"))
        });
    }
    idp.set_auto_login(AutoLogin::LoginHint);
    let mut connection = Connection::open(&idp.address().to_string())?;
    let mut costs = Vec::new();
    for round in 0..20 {
        let before = process_cpu()?;
        for login in 0..100 {
            // Here and there among them.
            let number = (round * 100 + login) * 7_919 % count;
            let hint = format!("person-{number}@example.com");
            log_in(&mut connection, &format!("app-{number}"), "secret", &hint)?;
        }
        let cost = process_cpu()?.saturating_sub(before);
        costs.push(cost.as_secs_f64() * 10_000.0);
    }
    Ok(median(costs))
}

/// How many bytes stay in memory of a login whose tokens are over, once the first fifth has been.
fn bytes_kept(count: usize) -> io::Result<f64> {
    let idp = MockIdp::start();
    idp.set_auto_login(AutoLogin::Persona("alice".into()));
    let client = idp.register(REDIRECT_URI);
    let secret = client.client_secret.as_deref().unwrap_or_default();
    let mut connection = Connection::open(&idp.address().to_string())?;
    let mut after = |logins: usize| {
        for login in 0..logins {
            if login % BATCH == 0 {
                idp.clock().advance(Duration::from_hours(2));
            }
            log_in(&mut connection, &client.client_id, secret, "")?;
        }
        own_memory()
    };
    let warm = after(count / 5)?;
    let whole = after(count - count / 5)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
    let measured = (count - count / 5) as f64;
    Ok((whole - warm) * 1024.0 * 1024.0 / measured)
}

/// The memory of a provider, in MB, at which this many are logging in at once.
fn crowd() -> io::Result<f64> {
    let server = Server::mock_idp(&["--auto-login", "alice"])?;
    let Some(client) = Config::without_file().clients.into_iter().next() else {
        return Err(io::Error::other("there is no default client"));
    };
    let secret = client.client_secret.as_deref().unwrap_or_default();
    let mut visitors = Vec::with_capacity(VISITORS);
    for _ in 0..VISITORS {
        visitors.push(Connection::open(&server.address)?);
    }
    let path = authorization(&client.client_id, "");
    for visitor in &mut visitors {
        visitor.send_get(&path)?;
    }
    let mut codes = Vec::with_capacity(VISITORS);
    for visitor in &mut visitors {
        codes.push(code(&visitor.receive()?)?);
    }
    for (visitor, code) in visitors.iter_mut().zip(&codes) {
        visitor.send_post("/token", &token_form(&client.client_id, secret, code))?;
    }
    for visitor in &mut visitors {
        expect("200", visitor.receive()?)?;
    }
    server.memory()
}

fn log_in(connection: &mut Connection, client: &str, secret: &str, hint: &str) -> io::Result<()> {
    connection.send_get(&authorization(client, hint))?;
    let code = code(&connection.receive()?)?;
    connection.send_post("/token", &token_form(client, secret, &code))?;
    expect("200", connection.receive()?).map(drop)
}

fn authorization(client_id: &str, hint: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut query = Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", REDIRECT_URI)
        .append_pair("scope", "openid email profile")
        .append_pair("state", "0123456789abcdef0123456789abcdef")
        .append_pair("nonce", "fedcba9876543210fedcba9876543210")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if !hint.is_empty() {
        query.append_pair("login_hint", hint);
    }
    format!("/o/oauth2/v2/auth?{}", query.finish())
}

fn code(answer: &Answer) -> io::Result<String> {
    let found = answer.location.split_once("code=");
    let code = found.and_then(|(_, code)| code.split('&').next());
    code.map(str::to_owned)
        .ok_or_else(|| io::Error::other(format!("no code: {} {}", answer.status, answer.location)))
}

/// The code stands in it as it stood in the redirect: encoded.
fn token_form(client_id: &str, secret: &str, code: &str) -> String {
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("redirect_uri", REDIRECT_URI)
        .append_pair("client_id", client_id)
        .append_pair("client_secret", secret)
        .append_pair("code_verifier", VERIFIER)
        .finish();
    format!("{form}&code={code}")
}

fn expect(status: &str, answer: Answer) -> io::Result<Answer> {
    if answer.status == status {
        return Ok(answer);
    }
    let body = String::from_utf8_lossy(&answer.body);
    Err(io::Error::other(format!(
        "{} in place of {status}: {body}",
        answer.status
    )))
}
