//! jarvis, in the process of the test.

use std::time::Duration;

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use e2e::conformance::{Copy, Guard, LaunchError, Launcher, Provided, Settings};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

/// How long it waits for a provider: a provider that is silent is not waited for longer than needed.
const TIME: Duration = Duration::from_secs(1);

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
    Ok(Copy {
        base,
        second_redirect_uri: redirect_uri.clone(),
        redirect_uri,
        start: Box::new(|settings| ready(start(listeners, &settings)).boxed()),
    })
}

fn start(listeners: Vec<TcpListener>, settings: &Settings) -> Result<Guard, LaunchError> {
    let config = Config::from_toml(&secrets(settings), "secrets.toml");
    let config = config.map_err(|error| LaunchError::DoesNotStart(error.to_string()))?;
    let app = jarvis::router(Auth::builder(config).http_timeout(TIME).build());
    let mut serving = JoinSet::new();
    serving.spawn(jarvis::serve(listeners, app, std::future::pending()));
    Ok(Box::new(serving))
}

fn secrets(Settings { provider, second }: &Settings) -> String {
    let section = |name: &str, provided: &Provided| {
        let Provided {
            discovery_url,
            client_id,
            client_secret,
            ..
        } = provided;
        format!(
            "[auth.{name}]\nclient_id = {client_id:?}\nclient_secret = {client_secret:?}\n\
             server_metadata_url = {discovery_url:?}\n"
        )
    };
    format!(
        "[auth]\nredirect_uri = {:?}\ncookie_secret = \"made up for a test, and known to all\"\n{}{}",
        provider.redirect_uri,
        section("google", provider),
        section("other", second),
    )
}
