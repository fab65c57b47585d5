//! Waiting for what an app does next.

use std::sync::Arc;
use std::time::Duration;

use super::Tenant;
use crate::capture::{Exchange, NextRequestError};
use crate::place::Place;

impl Tenant {
    /// The first request to this place that was not returned by this verb before; waits for it at
    /// most `within` of the machine's time. Blocks its thread: in async code take
    /// [`next_request_async`](Self::next_request_async).
    ///
    /// # Errors
    /// When none arrived in time, or requests were dropped among which it may have been.
    pub fn next_request(
        &self,
        place: Place,
        within: Duration,
    ) -> Result<Arc<Exchange>, NextRequestError> {
        self.capture().next(place, within)
    }

    /// [`next_request`](Self::next_request) without blocking the thread. Needs a Tokio runtime with
    /// its timer.
    ///
    /// # Errors
    /// As there.
    pub async fn next_request_async(
        &self,
        place: Place,
        within: Duration,
    ) -> Result<Arc<Exchange>, NextRequestError> {
        self.capture().next_async(place, within).await
    }
}
