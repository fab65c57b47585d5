//! What the tests of this crate share: keys, tokens that another JOSE stack signs, a provider.

mod signer;

use std::time::{Duration, UNIX_EPOCH};

pub(crate) use signer::Signer;

use crate::Clock;
/// It serves HTTP, so it lives where axum is named.
pub(crate) use crate::web::fake_provider::{
    Answer, DISCOVERY, FakeProvider, KEYS, PATIENCE, TOKEN, World,
};

/// When the tests take place, in seconds since the Unix epoch.
pub(crate) const NOW: i64 = 1_800_000_000;

/// A clock that stands still at [`NOW`].
pub(crate) fn clock_at_now() -> Clock {
    Clock::frozen(UNIX_EPOCH + seconds(NOW))
}

/// So many seconds, none if negative.
pub(crate) fn seconds(count: i64) -> Duration {
    Duration::from_secs(count.try_into().unwrap_or_default())
}
