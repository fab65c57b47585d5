//! Lies that are told, and checks that are not made.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};
use crate::fault::{Fault, FaultId, UnreachedFault};

/// Tells a lie from now on.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct TellFault(pub(crate) Fault);

/// A fault by its name at the tenant.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Told {
    /// Its name at the tenant.
    pub(crate) id: FaultId,
}

impl Verb for TellFault {
    const NAME: &'static str = "fault";
    type Answer = Told;

    async fn apply(self, provider: &Provider) -> Result<Told, Problem> {
        let told = provider.tenant.try_fault(self.0);
        told.map(|id| Told { id })
            .map_err(|error| Problem::refused(&error))
    }
}

/// Stops lying.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ClearFaults {}

impl Verb for ClearFaults {
    const NAME: &'static str = "clear_faults";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.clear_faults();
        Ok(())
    }
}

/// Shows the faults that no request has reached so far.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct UnreachedFaults {}

impl Verb for UnreachedFaults {
    const NAME: &'static str = "unreached_faults";
    const METHOD: Method = Method::GET;
    type Answer = Vec<UnreachedFault>;

    async fn apply(self, provider: &Provider) -> Result<Vec<UnreachedFault>, Problem> {
        Ok(provider.tenant.unreached_faults())
    }
}

/// Makes sure that every fault was reached: one that was not has tested nothing.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Verify {}

impl Verb for Verify {
    const NAME: &'static str = "verify";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let verified = provider.tenant.try_verify();
        verified.map_err(|error| Problem::new(Kind::Unreached, error.to_string()).about(&error.0))
    }
}

/// Lets pass what fails this check.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Waive {
    /// Its name, such as `token.code_verifier`.
    pub(crate) check: Check,
}

impl Verb for Waive {
    const NAME: &'static str = "waive";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let waived = provider.tenant.try_waive(self.check);
        waived.map_err(|error| Problem::refused(&error))
    }
}
