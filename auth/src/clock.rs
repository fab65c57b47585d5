//! [`Clock`]: where the time comes from.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// The time, in whole seconds since the Unix epoch.
///
/// Clones share one clock, so a test that keeps a clone can move the time of the `Auth` it gave the
/// other to.
#[derive(Debug, Clone)]
pub struct Clock {
    frozen_at: Option<i64>,
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// The operating system's time.
    #[must_use]
    pub fn system() -> Self {
        Self {
            frozen_at: None,
            ahead: Arc::default(),
        }
    }

    /// A clock that stands still at this time until it is told to [`advance`](Self::advance).
    #[must_use]
    pub fn frozen(unix_seconds: i64) -> Self {
        Self {
            frozen_at: Some(unix_seconds),
            ahead: Arc::default(),
        }
    }

    /// Moves this clock and its clones by so many seconds, back if negative.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        let base = self.frozen_at.unwrap_or_else(system_seconds);
        base.saturating_add(self.ahead.load(Ordering::Relaxed))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[expect(clippy::disallowed_methods, reason = "this file owns the time")]
fn system_seconds() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn clones_move_together() {
        let clock = Clock::frozen(100);
        let clone = clock.clone();
        clock.advance(20);
        clone.advance(-5);
        assert_eq!((clock.now(), clone.now()), (115, 115));
    }

    #[test]
    fn the_system_clock_can_run_ahead() {
        let (clock, ahead) = (Clock::system(), Clock::system());
        ahead.advance(1_000);
        assert!(ahead.now() - clock.now() >= 999, "{ahead:?} {clock:?}");
        assert!(clock.now() > 1_700_000_000, "{clock:?}");
    }
}
