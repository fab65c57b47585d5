//! Apps of a few lines, in the process of the test.

use axum::Router;
use e2e::conformance::{Copy, Guard, LaunchError, Launcher};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

/// An app that is this router.
pub(crate) struct Served(pub(crate) fn() -> Router);

impl Launcher for Served {
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>> {
        let router = (self.0)();
        async {
            let no_room = |error: std::io::Error| LaunchError::NoRoom(error.to_string());
            let listener = TcpListener::bind("127.0.0.1:0").await.map_err(no_room)?;
            let base = format!("http://{}", listener.local_addr().map_err(no_room)?);
            let base = Url::parse(&base).map_err(|error| LaunchError::NoRoom(error.to_string()))?;
            Ok(Copy {
                redirect_uri: base.join("/callback").unwrap_or(base.clone()).into(),
                second_redirect_uri: base.clone().into(),
                base,
                log: None,
                start: Box::new(|_| async { Ok(serve(listener, router)) }.boxed()),
            })
        }
        .boxed()
    }
}

fn serve(listener: TcpListener, router: Router) -> Guard {
    let mut serving = JoinSet::new();
    serving.spawn(async { axum::serve(listener, router).await });
    Box::new(serving)
}
