//! `cargo run`: the app and the provider side by side, to click through.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use clap::Parser;
use mock_idp::{MockIdp, StartError};
use tokio::net::TcpListener;

const SECRETS: &str = include_str!("../../../fixtures/secrets.toml");
const PROVIDER: &str = include_str!("../../../fixtures/mock-idp.toml");
/// Where the fixtures put the two; other ports are written over these.
const APP: &str = "http://localhost:8501";
const ISSUER: &str = "http://127.0.0.1:9000";

/// The login app beside the provider it logs in at, without any credentials.
#[derive(Debug, Parser)]
#[command(name = "demo", version, about)]
struct Arguments {
    /// The app's port on localhost; the next free one when it is taken.
    #[arg(long, default_value_t = 8501)]
    app_port: u16,
    /// The provider's port on 127.0.0.1; the next free one when it is taken.
    #[arg(long, default_value_t = 9000)]
    idp_port: u16,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("demo: {error}"));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (listen, listeners) = port_or_another(arguments.app_port).await?;
    let app = format!("http://{listen}");
    let idp = provider(arguments.idp_port, &PROVIDER.replace(APP, &app))?;
    let secrets = SECRETS.replace(APP, &app).replace(ISSUER, idp.issuer());
    let config = Config::from_toml(&secrets, "fixtures/secrets.toml")?;
    let auth = Auth::builder(config).build().await?;
    introduce(&app, &idp);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    Ok(jarvis::serve(listeners, jarvis::router(auth), stop).await?)
}

async fn port_or_another(port: u16) -> std::io::Result<(Listen, Vec<TcpListener>)> {
    match Listen::Localhost(port).bind().await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            say(&format!("Port {port} is taken; the app takes another."));
            Listen::Localhost(0).bind().await
        }
        other => other,
    }
}

fn provider(port: u16, configuration: &str) -> Result<MockIdp, Failure> {
    let config = mock_idp::Config::from_toml(configuration, "fixtures/mock-idp.toml")?;
    let start = |port| MockIdp::builder().config(config.clone()).port(port).start();
    start(port).or_else(|error| {
        if !is_port_taken(&error) {
            return Err(error.into());
        }
        say(&format!(
            "Port {port} is taken; the provider takes another."
        ));
        Ok(start(0)?)
    })
}

fn is_port_taken(error: &StartError) -> bool {
    matches!(error, StartError::Bind { source, .. } if source.kind() == ErrorKind::AddrInUse)
}

fn introduce(app: &str, idp: &MockIdp) {
    let people: Vec<String> = idp
        .personas()
        .iter()
        .map(|persona| persona.email.clone().unwrap_or_else(|| persona.id.clone()))
        .collect();
    say(&format!(
        "\n  The app       {app}   <- open this, and log in\n  \
           The provider  {}   it stands in for Google\n  \
           Watch logins  {}/_mock/\n  \
           Log in as     {}\n\n  Ctrl-C stops both.\n",
        idp.issuer(),
        idp.root(),
        people.join(", "),
    ));
}

/// What a person in front of a terminal has to know. Where standard error is closed, nobody is there.
fn say(words: &str) {
    let _nobody_reads = writeln!(std::io::stderr(), "{words}");
}
