//! The clock of a provider in another process.

use std::time::{Duration, SystemTime};

use super::Remote;
use crate::control::verb::{self, Time};

/// What time it is at a provider in another process; the verbs of a [`Clock`](crate::Clock).
#[derive(Clone, Copy, Debug)]
pub struct RemoteClock<'a>(&'a Remote);

impl<'a> RemoteClock<'a> {
    pub(super) fn new(remote: &'a Remote) -> Self {
        Self(remote)
    }

    /// The time at this provider.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.0.must(&verb::Now {}).unix_seconds
    }

    /// Moves the clock forward; it goes on as it did, running or frozen.
    pub fn advance(&self, by: Duration) {
        self.0.must(&verb::Advance { seconds: by });
    }

    /// Sets the time; the clock goes on as it did, running or frozen.
    pub fn set(&self, to: SystemTime) {
        self.0.must(&verb::Set(Time { unix_seconds: to }));
    }

    /// Stops the clock where it stands.
    pub fn freeze(&self) {
        self.0.must(&verb::Freeze {});
    }

    /// Lets the clock run again, from the time it was stopped at.
    pub fn unfreeze(&self) {
        self.0.must(&verb::Unfreeze {});
    }

    /// Goes with its machine's clock again, neither moved nor stopped.
    ///
    /// # Panics
    /// When the provider does not answer.
    pub fn reset(&self) {
        self.0.must(&verb::ResetClock {});
    }
}
