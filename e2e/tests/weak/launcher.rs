//! Copies of the weak app, in the process of the test.

use e2e::conformance::{Copy, Guard, LaunchError, Launcher, Log, Settings};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use super::app::{App, Mode};
use super::pages::router;
use super::switch::Switch;

pub(crate) struct Weak {
    pub(crate) switch: Option<Switch>,
    pub(crate) mode: Mode,
}

impl Launcher for Weak {
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>> {
        prepare(self.switch, self.mode).boxed()
    }
}

async fn prepare(switch: Option<Switch>, mode: Mode) -> Result<Copy, LaunchError> {
    let no_room = |error: &dyn std::error::Error| LaunchError::NoRoom(error.to_string());
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.map_err(|error| no_room(&error))?;
    let port = listener
        .local_addr()
        .map_err(|error| no_room(&error))?
        .port();
    // An address and not a name: what a name leads to may answer elsewhere first.
    let base = Url::parse(&format!("http://localhost:{port}"));
    let base = base.map_err(|error| no_room(&error))?;
    let redirect_uri = format!("http://localhost:{port}/callback");
    let log = Log::default();
    let (home, written) = (base.clone(), Arc::clone(&log));
    Ok(Copy {
        base,
        second_redirect_uri: redirect_uri.clone(),
        redirect_uri,
        log: Some(log),
        start: Box::new(move |settings: Settings| {
            ready(start(
                listener,
                App::new(switch, mode, home, written, &settings),
            ))
            .boxed()
        }),
    })
}

fn start(listener: TcpListener, app: Arc<App>) -> Result<Guard, LaunchError> {
    if app.has(Switch::NeedsTheProviderAtStart) {
        return Err(LaunchError::DoesNotStart(
            "the provider is not there".into(),
        ));
    }
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        // It ends with the case.
        let _ended = axum::serve(listener, router(app)).await;
    });
    Ok(Box::new(serving))
}
