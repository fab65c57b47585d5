//! [`Clock`]: where the time comes from.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What time it is.
///
/// Clones share one clock, so a test that keeps a clone can move the time of the `Auth` it gave the
/// other to.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    ahead: Arc<Mutex<Duration>>,
}

impl Clock {
    /// A clock that asks this function.
    #[must_use]
    pub fn new(source: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            source: Arc::new(source),
            ahead: Arc::default(),
        }
    }

    /// The operating system's time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this file owns the time")]
    pub fn system() -> Self {
        Self::new(SystemTime::now)
    }

    /// A clock that stands still at this time until it is told to [`advance`](Self::advance).
    #[must_use]
    pub fn frozen(at: SystemTime) -> Self {
        Self::new(move || at)
    }

    /// Moves this clock and its clones forward.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by);
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let (now, ahead) = (
            (self.source)(),
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner),
        );
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Whole seconds since the Unix epoch, as tokens count
    /// ([RFC 7519 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
    #[must_use]
    pub(crate) fn unix_seconds(&self) -> i64 {
        let since_epoch = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::Clock;

    #[test]
    fn clones_move_together() {
        let clock = Clock::frozen(UNIX_EPOCH + Duration::from_millis(100_900));
        let clone = clock.clone();
        assert_eq!(clock.unix_seconds(), 100);
        clock.advance(Duration::from_secs(20));
        clone.advance(Duration::from_millis(100));
        assert_eq!((clock.unix_seconds(), clone.unix_seconds()), (121, 121));
        clock.advance(Duration::MAX);
        assert_eq!(
            clock.unix_seconds(),
            100,
            "beyond all times, the source's counts"
        );
    }

    #[test]
    fn the_system_clock_runs() {
        let (clock, ahead) = (Clock::system(), Clock::system());
        ahead.advance(Duration::from_secs(1_000));
        assert!(
            ahead.now() > clock.now() + Duration::from_secs(999),
            "{ahead:?} {clock:?}"
        );
        assert!(clock.unix_seconds() > 1_700_000_000, "{clock:?}");
    }
}
