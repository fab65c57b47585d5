//! A tenant's signing keys: which one signs, and which are published.

mod pool;
mod weak;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::flavour::{Flavour, JwkMember};
use crate::random::Stream;
pub(crate) use pool::PoolKey;
pub(crate) use weak::WeakKey;

/// A tenant's signing keys. The newest signs; those before it stay published until they are
/// retired.
#[derive(Debug)]
pub struct Keys {
    flavour: Arc<Flavour>,
    seed: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// In the order they are published in; the last one signs.
    published: Vec<Arc<PublishedKey>>,
    /// How many there were so far.
    made: usize,
    /// How often what is published changed.
    version: u64,
}

/// A key and the name it is published under.
#[derive(Debug)]
pub(crate) struct PublishedKey {
    pub(crate) kid: String,
    pub(crate) key: &'static PoolKey,
    /// Which of the tenant's keys it is; decides the order of its members.
    number: usize,
}

impl Keys {
    pub(crate) fn new(flavour: Arc<Flavour>, seed: u64) -> Self {
        let keys = Self {
            state: Mutex::new(State {
                published: Vec::new(),
                made: 0,
                version: 0,
            }),
            flavour,
            seed,
        };
        keys.reset();
        keys
    }

    /// Makes a new key, which signs from now on; the ones before it stay published. Returns its
    /// `kid`.
    ///
    /// Keys come from an embedded pool, so after a few rotations the same numbers return under a
    /// new name.
    pub fn rotate(&self) -> String {
        let mut state = self.state();
        state.version += 1;
        let key = self.key(state.made);
        state.made += 1;
        let kid = key.kid.clone();
        state.published.push(Arc::new(key));
        kid
    }

    /// Stops publishing the key of this `kid`. The key that signs cannot be retired: false, as for
    /// an unknown `kid`.
    pub fn retire(&self, kid: &str) -> bool {
        let mut state = self.state();
        state.version += 1;
        let signing = state.published.len().saturating_sub(1);
        let found = state.published.iter().position(|key| key.kid == kid);
        let retired = found.filter(|index| *index != signing);
        retired.map(|index| state.published.remove(index)).is_some()
    }

    /// Stops publishing every key but the one that signs.
    pub fn retire_old(&self) {
        let mut state = self.state();
        state.version += 1;
        let signing = state.published.len().saturating_sub(1);
        state.published.drain(..signing);
    }

    /// The `kid` of the key that signs.
    #[must_use]
    pub fn signing_kid(&self) -> String {
        self.signing().kid.clone()
    }

    /// The published `kid`s, in the order of the document.
    #[must_use]
    pub fn published_kids(&self) -> Vec<String> {
        let state = self.state();
        state.published.iter().map(|key| key.kid.clone()).collect()
    }

    /// Back to the keys the tenant began with.
    pub(crate) fn reset(&self) {
        let count = self.flavour.text.jwks.keys.max(1);
        let version = self.version() + 1;
        *self.state() = State {
            version,
            published: (0..count)
                .map(|number| Arc::new(self.key(number)))
                .collect(),
            made: count,
        };
    }

    /// How often what is published changed.
    pub(crate) fn version(&self) -> u64 {
        self.state().version
    }

    pub(crate) fn signing(&self) -> Arc<PublishedKey> {
        let state = self.state();
        match state.published.last() {
            Some(key) => Arc::clone(key),
            None => Arc::new(self.key(0)),
        }
    }

    /// The published keys, each as a JWK
    /// ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
    pub(crate) fn jwks(&self) -> Vec<String> {
        let state = self.state();
        let published = state.published.iter();
        published
            .map(|key| self.jwk(&key.kid, key.key.modulus(), key.number))
            .collect()
    }

    /// A key that is never published, under a name of its own.
    pub(crate) fn unpublished(&self) -> PublishedKey {
        PublishedKey {
            kid: self.kid("unpublished"),
            key: pool::unpublished(),
            number: 0,
        }
    }

    /// A key that is too small, with its name and its JWK. `None` for a size that is not there.
    pub(crate) fn weak(&self, bits: u16) -> Option<(&'static WeakKey, String, String)> {
        let key = weak::key(bits)?;
        let kid = self.kid(&format!("weak-{bits}"));
        let jwk = self.jwk(&kid, &key.modulus(), 0);
        Some((key, kid, jwk))
    }

    fn key(&self, number: usize) -> PublishedKey {
        PublishedKey {
            kid: self.kid(&number.to_string()),
            key: pool::key(number),
            number,
        }
    }

    fn kid(&self, name: &str) -> String {
        let kid = &self.flavour.text.id_token.kid;
        kid.fill(&mut Stream::fixed(self.seed, "kid", name))
    }

    fn jwk(&self, kid: &str, modulus: &str, number: usize) -> String {
        const ANY: &[JwkMember] = &[JwkMember::Kty, JwkMember::Kid, JwkMember::N, JwkMember::E];
        let orders = &self.flavour.text.jwks.member_orders;
        let order = orders
            .get(number % orders.len().max(1))
            .map_or(ANY, Vec::as_slice);
        let members = order.iter().map(|member| match member {
            JwkMember::Kid => format!("\"kid\":\"{kid}\""),
            JwkMember::N => format!("\"n\":\"{modulus}\""),
            JwkMember::E => "\"e\":\"AQAB\"".into(),
            JwkMember::Alg => "\"alg\":\"RS256\"".into(),
            JwkMember::Use => "\"use\":\"sig\"".into(),
            JwkMember::Kty => "\"kty\":\"RSA\"".into(),
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u64) -> Keys {
        Keys::new(Flavour::named("google").unwrap(), seed)
    }

    #[test]
    fn a_new_key_signs_and_the_old_ones_stay_until_retired() {
        let keys = keys(1);
        let before = keys.published_kids();
        assert_eq!(before.len(), 2);
        let kid = keys.rotate();
        assert_eq!(keys.signing_kid(), kid);
        assert_eq!(
            keys.published_kids(),
            [before.clone(), vec![kid.clone()]].concat()
        );
        assert!(keys.retire(&before[0]));
        assert_eq!(keys.published_kids(), [before[1].clone(), kid.clone()]);
        keys.retire_old();
        assert_eq!(keys.published_kids(), std::slice::from_ref(&kid));
        assert!(!keys.retire(&kid), "the key that signs cannot be retired");
        keys.reset();
        assert_eq!(keys.published_kids(), before);
    }

    #[test]
    fn google_1_9_a_kid_is_40_hex_digits_and_belongs_to_the_seed() {
        let kid = keys(1).signing_kid();
        assert!(kid.len() == 40 && kid.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(kid, keys(1).signing_kid());
        assert_ne!(kid, keys(2).signing_kid());
    }

    #[test]
    fn no_number_of_rotations_publishes_the_unpublished_key() {
        let keys = keys(1);
        for _ in 0..20 {
            keys.rotate();
        }
        let foreign = keys.unpublished();
        let jwks = keys.jwks().concat();
        assert!(!jwks.contains(foreign.key.modulus()) && !jwks.contains(&foreign.kid));
        let kids = keys.published_kids();
        let distinct: std::collections::HashSet<_> = kids.iter().collect();
        assert_eq!(distinct.len(), 22);
    }
}
