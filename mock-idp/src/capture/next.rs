//! Waiting for the next request, by being woken.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Capture, Exchange};
use crate::place::Place;

/// Why there is no next request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NextRequestError {
    /// None arrived in time.
    #[error("no request to {place} within {within:?}; there were:{arrived}")]
    TimedOut {
        /// Where it was expected.
        place: Place,
        /// How long.
        within: Duration,
        /// What arrived instead, a line each.
        arrived: String,
    },
    /// Some came and went before anybody asked for them: which is the next is not known. The next
    /// question goes on behind them.
    #[error("{missed} requests were dropped; one to {place} may have been among them")]
    Dropped {
        /// Where it was expected.
        place: Place,
        /// How many requests, to whatever place.
        missed: u64,
    },
}

impl Capture {
    pub(crate) fn next(
        &self,
        place: Place,
        within: Duration,
    ) -> Result<Arc<Exchange>, NextRequestError> {
        let ring = self.ring();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let waited = self
            .arrived
            .wait_timeout_while(ring, within, |ring| !ring.has_next(place));
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let (mut ring, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let next = ring.next(place);
        drop(ring);
        next.unwrap_or_else(|| Err(self.timed_out(place, within)))
    }

    pub(crate) async fn next_async(
        &self,
        place: Place,
        within: Duration,
    ) -> Result<Arc<Exchange>, NextRequestError> {
        let next = async {
            loop {
                // Made before the look, so that nothing arrives in between unheard.
                let arrived = self.arrived_async.notified();
                let next = self.ring().next(place);
                match next {
                    Some(next) => return next,
                    None => arrived.await,
                }
            }
        };
        let next = tokio::time::timeout(within, next).await;
        next.unwrap_or_else(|_| Err(self.timed_out(place, within)))
    }

    /// Ends when the next exchange arrives; what arrives before it is first asked counts, too.
    pub(crate) fn arrived(&self) -> impl Future<Output = ()> {
        self.arrived_async.notified()
    }

    fn timed_out(&self, place: Place, within: Duration) -> NextRequestError {
        NextRequestError::TimedOut {
            place,
            within,
            arrived: self.requests().to_string(),
        }
    }
}
