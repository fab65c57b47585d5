//! What time it is at the provider.

use std::time::{Duration, SystemTime};

use http::Method;
use serde::{Deserialize, Serialize};

use crate::control::route::Verb;
use crate::control::{Problem, Provider};
use crate::time::{seconds, unix_seconds};

/// The time at the provider.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Time {
    /// Seconds since 1970, with a fraction where it is no whole one.
    #[serde(with = "unix_seconds")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub(crate) unix_seconds: SystemTime,
}

fn time_at(provider: &Provider) -> Time {
    Time {
        unix_seconds: provider.tenant.clock().now(),
    }
}

/// Tells the time at the provider.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Now {}

impl Verb for Now {
    const NAME: &'static str = "clock/now";
    const METHOD: Method = Method::GET;
    type Answer = Time;

    async fn apply(self, provider: &Provider) -> Result<Time, Problem> {
        Ok(time_at(provider))
    }
}

/// Moves the clock forward; it goes on as it did, running or frozen.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    /// By how much.
    #[serde(with = "seconds")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub(crate) seconds: Duration,
}

impl Verb for Advance {
    const NAME: &'static str = "clock/advance";
    type Answer = Time;

    async fn apply(self, provider: &Provider) -> Result<Time, Problem> {
        provider.tenant.clock().advance(self.seconds);
        Ok(time_at(provider))
    }
}

/// Sets the time; the clock goes on as it did, running or frozen.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Set(pub(crate) Time);

impl Verb for Set {
    const NAME: &'static str = "clock/set";
    type Answer = Time;

    async fn apply(self, provider: &Provider) -> Result<Time, Problem> {
        provider.tenant.clock().set(self.0.unix_seconds);
        Ok(time_at(provider))
    }
}

/// Stops the clock where it stands.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Freeze {}

impl Verb for Freeze {
    const NAME: &'static str = "clock/freeze";
    type Answer = Time;

    async fn apply(self, provider: &Provider) -> Result<Time, Problem> {
        provider.tenant.clock().freeze();
        Ok(time_at(provider))
    }
}

/// Lets the clock run again, from the time it was stopped at.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Unfreeze {}

impl Verb for Unfreeze {
    const NAME: &'static str = "clock/unfreeze";
    type Answer = Time;

    async fn apply(self, provider: &Provider) -> Result<Time, Problem> {
        provider.tenant.clock().unfreeze();
        Ok(time_at(provider))
    }
}

/// Lets the clock go with the machine's again, neither moved nor stopped.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetClock {}

impl Verb for ResetClock {
    const NAME: &'static str = "clock/reset";
    type Answer = Time;

    async fn apply(self, provider: &Provider) -> Result<Time, Problem> {
        provider.tenant.clock().reset();
        Ok(time_at(provider))
    }
}
