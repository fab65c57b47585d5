//! Work that goes on when the visitor leaves.

use tracing::Instrument;

/// Does it to its end, also where the request is given up meanwhile: a code and many a refresh token are good for
/// one request only, and an app is told of a login once.
pub(super) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(work.in_current_span()).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is being shut down, and this request with it.
            Err(_) => std::future::pending().await,
        },
    }
}
