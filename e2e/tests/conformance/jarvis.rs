//! jarvis, in the process of the test.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use e2e::conformance::{Copy, Guard, LaunchError, Launcher, Log, Provided, Settings};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tracing::subscriber::DefaultGuard;
use url::Url;

/// How long it waits for a provider: a provider that is silent is not waited for longer than needed.
const TIME: Duration = Duration::from_secs(2);

pub(crate) struct Jarvis;

impl Launcher for Jarvis {
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>> {
        prepare().boxed()
    }
}

async fn prepare() -> Result<Copy, LaunchError> {
    let bound = Listen::Localhost(0).bind().await;
    let (listen, listeners) = bound.map_err(|error| LaunchError::NoRoom(error.to_string()))?;
    let base = Url::parse(&format!("http://{listen}"));
    let base = base.map_err(|error| LaunchError::NoRoom(error.to_string()))?;
    let redirect_uri = format!("http://{listen}/oauth2callback");
    let log = Log::default();
    let written = Arc::clone(&log);
    Ok(Copy {
        base,
        second_redirect_uri: redirect_uri.clone(),
        redirect_uri,
        log: Some(log),
        start: Box::new(|settings| start(listeners, settings, written).boxed()),
    })
}

/// Serves it by a secrets file, as its program does, until the process is ended.
pub(crate) async fn serve_by(secrets: &Path) -> Result<(), Box<dyn Error>> {
    let config = Config::from_file(secrets)?;
    let (_, listeners) = Listen::for_redirect_uri(&config.redirect_uri)
        .bind()
        .await?;
    let auth = Auth::builder(config).http_timeout(TIME).build().await?;
    let app = jarvis::router(auth);
    Ok(jarvis::serve(listeners, app, std::future::pending()).await?)
}

async fn start(
    listeners: Vec<TcpListener>,
    settings: Settings,
    log: Log,
) -> Result<Guard, LaunchError> {
    let config = Config::from_toml(&secrets(&settings), "secrets.toml");
    let config = config.map_err(|error| LaunchError::DoesNotStart(error.to_string()))?;
    let auth = Auth::builder(config).http_timeout(TIME).build().await;
    let auth = auth.map_err(|error| LaunchError::DoesNotStart(error.to_string()))?;
    let app = jarvis::router(auth);
    let mut serving = JoinSet::new();
    serving.spawn(jarvis::serve(listeners, app, std::future::pending()));
    Ok(Box::new((serving, listen(log))))
}

/// Writes down what jarvis says. A case has a thread of its own, so that nobody else is heard.
fn listen(log: Log) -> DefaultGuard {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || Lines(Arc::clone(&log)))
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .finish();
    tracing::subscriber::set_default(subscriber)
}

struct Lines(Log);

impl Write for Lines {
    fn write(&mut self, said: &[u8]) -> std::io::Result<usize> {
        let line = String::from_utf8_lossy(said).into_owned();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
        Ok(said.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn secrets(Settings { provider, second }: &Settings) -> String {
    // What an app can ask for beyond a name, and then has to look at.
    let asked = match provider.flavour.as_str() {
        "plain" => ASKED,
        _ => "",
    };
    format!(
        "[auth]\nredirect_uri = {:?}\ncookie_secret = \"made up for a test, and known to all\"\n\
         expose_tokens = \"access\"\n{}{asked}{}",
        provider.redirect_uri,
        section(&provider.flavour, provider),
        section("other", second),
    )
}

/// A refresh token is given to somebody who is asked for consent (OpenID Connect Core 11).
const ASKED: &str = r#"userinfo = "always"
[auth.plain.client_kwargs]
scope = "openid profile email offline_access"
prompt = "consent"
max_age = 3600
acr_values = "urn:mace:incommon:iap:silver"
"#;

fn section(name: &str, provided: &Provided) -> String {
    let Provided {
        client_id,
        client_secret,
        ..
    } = provided;
    let lines = [
        format!("[auth.{name}]"),
        format!("client_id = {client_id:?}"),
        format!("client_secret = {client_secret:?}"),
        addresses(name, provided),
    ];
    lines.join("\n")
}

/// Where a provider is: its metadata, or each endpoint of one that has none.
fn addresses(name: &str, provided: &Provided) -> String {
    let Provided {
        discovery_url,
        authorize_url,
        access_token_url,
        api_base_url,
        ..
    } = provided;
    if name == "github" {
        return format!(
            "authorize_url = {authorize_url:?}\naccess_token_url = {access_token_url:?}\n\
             api_base_url = {api_base_url:?}\n"
        );
    }
    format!("server_metadata_url = {discovery_url:?}\n")
}
