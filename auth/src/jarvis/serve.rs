//! Serving until told to stop.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long requests under way may take after the order to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves the app on all listeners until `shutdown` is done, then lets the requests under way finish, for ten
/// seconds at most.
///
/// # Errors
/// When a listener fails, which ends the others.
pub async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    let mut serving = JoinSet::new();
    for listener in listeners {
        let mut stopped = stopped.clone();
        let until_stopped = async move {
            // The sender is dropped to stop, which is what ends the wait.
            let _closed = stopped.changed().await;
        };
        let server = axum::serve(listener, router.clone()).with_graceful_shutdown(until_stopped);
        serving.spawn(server.into_future());
    }
    tokio::select! {
        () = shutdown => {}
        Some(ended) = serving.join_next() => return ended?,
    }
    drop(stop);
    let finish = async {
        while let Some(ended) = serving.join_next().await {
            ended??;
        }
        Ok(())
    };
    tokio::time::timeout(GRACE, finish)
        .await
        .unwrap_or_else(|_elapsed| {
            tracing::warn!(seconds = GRACE.as_secs(), "requests under way were cut off");
            Ok(())
        })
}
