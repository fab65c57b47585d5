//! What time it is at a provider: the machine's clock and an offset, or a time that stands still.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use crate::time::date_and_time;

/// A tenant's clock. It runs with the machine's until a test moves or stops it.
#[derive(Debug, Default)]
pub struct Clock {
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// The machine's time plus what it was moved by, in nanoseconds.
    Running { ahead: i128 },
    /// A time that stands still, in nanoseconds since 1970.
    Frozen { at: i128 },
}

impl Default for State {
    fn default() -> Self {
        Self::Running { ahead: 0 }
    }
}

impl Clock {
    /// The time at this provider.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match *self.state() {
            State::Running { ahead: 0 } => machine_now(),
            moved => time(moved.now()),
        }
    }

    /// Seconds since 1970, as tokens say it
    /// ([RFC 7519 section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
    pub(crate) fn unix_seconds(&self) -> i64 {
        let since_1970 = self.now().duration_since(UNIX_EPOCH);
        since_1970.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or_default()
        })
    }

    /// Date and time of now in UTC, as people read them: `2026-04-09 19:21:00Z`.
    pub(crate) fn date_and_time(&self) -> String {
        date_and_time(self.now())
    }

    /// The time as a `Date` header says it; none while it is the machine's.
    pub(crate) fn own_date(&self) -> Option<HeaderValue> {
        let state = *self.state();
        if matches!(state, State::Running { ahead: 0 }) {
            return None;
        }
        HeaderValue::try_from(httpdate::fmt_http_date(time(state.now()))).ok()
    }

    /// By how many seconds it is ahead of the machine's; none while it stands still.
    pub(crate) fn ahead(&self) -> Option<i64> {
        const SECOND: i128 = 1_000_000_000;
        match *self.state() {
            State::Running { ahead } => i64::try_from(ahead / SECOND).ok(),
            State::Frozen { .. } => None,
        }
    }

    /// Moves the clock forward; it goes on as it did, running or frozen.
    pub fn advance(&self, by: Duration) {
        let by = nanoseconds(by);
        match &mut *self.state() {
            State::Running { ahead } => *ahead = ahead.saturating_add(by),
            State::Frozen { at } => *at = at.saturating_add(by),
        }
    }

    /// Sets the time; the clock goes on as it did, running or frozen.
    pub fn set(&self, to: SystemTime) {
        let to = since_1970(to);
        match &mut *self.state() {
            State::Running { ahead } => *ahead = to - since_1970(machine_now()),
            State::Frozen { at } => *at = to,
        }
    }

    /// Stops the clock where it stands.
    pub fn freeze(&self) {
        let mut state = self.state();
        *state = State::Frozen { at: state.now() };
    }

    /// Lets the clock run again, from the time it was stopped at.
    pub fn unfreeze(&self) {
        let mut state = self.state();
        let ahead = state.now() - since_1970(machine_now());
        *state = State::Running { ahead };
    }

    /// Goes with the machine's clock again, neither moved nor stopped.
    pub fn reset(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn now(self) -> i128 {
        match self {
            Self::Running { ahead } => since_1970(machine_now()).saturating_add(ahead),
            Self::Frozen { at } => at,
        }
    }
}

const NANOSECONDS: i128 = 1_000_000_000;
/// The year 9999: beyond it neither a `Date` header nor every platform's `SystemTime` can follow.
const LAST: i128 = 253_402_300_799 * NANOSECONDS;

#[expect(
    clippy::disallowed_methods,
    reason = "this file owns the machine's clock"
)]
fn machine_now() -> SystemTime {
    SystemTime::now()
}

fn nanoseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(LAST)
}

fn since_1970(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    }
}

/// A time before 1970 reads as 1970: no token can say it.
fn sayable(nanoseconds: i128) -> i128 {
    nanoseconds.clamp(0, LAST)
}

fn time(nanoseconds: i128) -> SystemTime {
    let nanoseconds = sayable(nanoseconds);
    let seconds = u64::try_from(nanoseconds / NANOSECONDS).unwrap_or_default();
    let rest = u32::try_from(nanoseconds % NANOSECONDS).unwrap_or_default();
    UNIX_EPOCH + Duration::new(seconds, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::default();
        clock.freeze();
        clock.set(at(1_000));
        assert_eq!(clock.now(), at(1_000));
        clock.advance(Duration::from_mins(1));
        assert_eq!(clock.now(), at(1_060));
        assert_eq!(clock.unix_seconds(), 1_060);
    }

    #[test]
    fn a_running_clock_keeps_running_from_where_it_was_set() {
        let clock = Clock::default();
        clock.set(at(1_000));
        assert!(clock.now() >= at(1_000) && clock.now() < at(1_030));
        clock.freeze();
        clock.set(at(5_000));
        clock.unfreeze();
        assert!(clock.now() >= at(5_000) && clock.now() < at(5_030));
    }

    #[test]
    fn date_and_time_are_those_of_utc() {
        let clock = Clock::default();
        clock.freeze();
        clock.set(at(1_775_762_460));
        assert_eq!(clock.date_and_time(), "2026-04-09 19:21:00Z");
    }

    #[test]
    fn what_no_token_can_say_is_the_nearest_time_that_one_can() {
        let clock = Clock::default();
        clock.freeze();
        clock.set(UNIX_EPOCH - Duration::from_secs(5));
        assert_eq!(clock.now(), UNIX_EPOCH);
        assert_eq!(clock.unix_seconds(), 0);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), at(253_402_300_799));
        assert_eq!(clock.unix_seconds(), 253_402_300_799);
    }
}
