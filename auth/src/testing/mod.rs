//! What the tests of this crate share: keys, tokens that another JOSE stack signs, a provider.

mod provider;
mod signer;

pub(crate) use provider::{Answer, DISCOVERY, FakeProvider, KEYS, PATIENCE, TOKEN, World};
pub(crate) use signer::Signer;

/// When the tests take place, in seconds since the Unix epoch.
pub(crate) const NOW: i64 = 1_800_000_000;
