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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::{Notify, oneshot};

    use super::serve;

    #[tokio::test]
    async fn a_request_under_way_is_answered_after_the_order_to_stop() {
        let (entered, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (handler_entered, handler_finish) = (Arc::clone(&entered), Arc::clone(&finish));
        let slow = move || async move {
            handler_entered.notify_one();
            handler_finish.notified().await;
            "done"
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { drop(stopped.await) };
        let serving = tokio::spawn(serve(
            vec![listener],
            Router::new().route("/", get(slow)),
            shutdown,
        ));

        let mut client = TcpStream::connect(address).await.expect("connected");
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .expect("sent");
        entered.notified().await;
        drop(stop);
        finish.notify_one();

        let mut answer = String::new();
        client.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.ends_with("\r\n\r\ndone"), "{answer}");
        serving.await.expect("no panic").expect("a clean end");
    }
}
