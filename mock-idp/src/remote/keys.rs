//! The keys of a provider in another process.

use serde_json::Value;

use super::{Remote, RemoteError, must};
use crate::control::verb::{self, Kid};
use crate::keys::NewKey;

/// The keys of a provider in another process; the verbs of [`Keys`](crate::Keys).
#[derive(Clone, Copy, Debug)]
pub struct RemoteKeys<'a>(&'a Remote);

#[expect(
    clippy::must_use_candidate,
    reason = "they are called for what they do, not for what they say of it"
)]
impl<'a> RemoteKeys<'a> {
    pub(super) fn new(remote: &'a Remote) -> Self {
        Self(remote)
    }

    /// Makes a new key, which signs from now on; the ones before it stay published. Returns its
    /// `kid`.
    pub fn rotate(&self) -> String {
        self.0.must(&verb::Rotate {}).kid
    }

    /// Publishes a key that does not sign yet. Returns its `kid`.
    pub fn publish(&self, key: NewKey) -> String {
        self.0.must(&verb::Publish(key)).kid
    }

    /// Publishes this as a key, whatever it is, behind the others.
    pub fn publish_jwk(&self, jwk: impl Into<Value>) {
        self.0.must(&verb::PublishJwk { jwk: jwk.into() });
    }

    /// Makes an RSA key of so many bits and publishes it; it does not sign yet. Returns its `kid`;
    /// `None` for a size outside 512 to 4096 bits.
    pub fn generate(&self, bits: usize) -> Option<String> {
        match self.0.send(&verb::Generate { bits }) {
            Err(RemoteError::Refused { .. }) => None,
            made => Some(must(made).kid),
        }
    }

    /// Signs with the published key of this `kid` from now on; false for an unknown `kid`.
    pub fn use_key(&self, kid: &str) -> bool {
        self.0.find(&verb::UseKey(named(kid))).is_some()
    }

    /// Puts another key in the place of this one, under the same `kid`. False for an unknown `kid`.
    pub fn replace(&self, kid: &str) -> bool {
        self.0.find(&verb::Replace(named(kid))).is_some()
    }

    /// Stops publishing the key of this `kid`. The key that signs cannot be retired: false, as for
    /// an unknown `kid`.
    pub fn retire(&self, kid: &str) -> bool {
        self.0.find(&verb::Retire(named(kid))).is_some()
    }

    /// Stops publishing the keys of this `kid`, also where one goes on signing. False for an
    /// unknown `kid`.
    pub fn withdraw(&self, kid: &str) -> bool {
        self.0.find(&verb::Withdraw(named(kid))).is_some()
    }

    /// Stops publishing every key but the one that signs.
    pub fn retire_old(&self) {
        self.0.must(&verb::RetireOld {});
    }

    /// Publishes nothing any more; the key that signs goes on.
    pub fn withdraw_all(&self) {
        self.0.must(&verb::WithdrawAll {});
    }

    /// The `kid` of the key that signs.
    #[must_use]
    pub fn signing_kid(&self) -> String {
        self.0.must(&verb::SigningKid {}).kid
    }

    /// The published `kid`s, in the order of the document.
    #[must_use]
    pub fn published_kids(&self) -> Vec<String> {
        self.0.must(&verb::PublishedKids {})
    }
}

fn named(kid: &str) -> Kid {
    Kid { kid: kid.into() }
}
