//! A tenant's keys: which one signs, and which are published. The two are separate steps.

mod algorithm;
mod fresh;
mod jwk;
mod new_key;
mod pool;
mod signing_key;
mod small;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use crate::flavour::{Flavour, KeyName};
use crate::random::Stream;
pub use algorithm::Algorithm;
pub(crate) use new_key::KeyMaterial;
pub use new_key::{CertificateOf, KeyKind, NewKey};
pub(crate) use signing_key::{SigningKey, pem};
pub(crate) use small::SHA256_PREFIX;
use state::{Entry, State};

/// A tenant's keys. What is published and what signs are separate: [`rotate`](Self::rotate) does
/// both at once, and [`publish`](Self::publish), [`use_key`](Self::use_key) and
/// [`retire`](Self::retire) are its steps.
///
/// ```
/// use mock_idp::{MockIdp, NewKey};
///
/// let idp = MockIdp::start();
/// let old = idp.keys().signing_kid();
/// let new = idp.keys().publish(NewKey::default());    // apps can learn of it ..
/// assert_eq!(idp.keys().signing_kid(), old);
/// assert!(idp.keys().use_key(&new));                  // .. before it signs,
/// assert!(idp.keys().retire(&old));                   // and the old one goes at last
/// ```
#[derive(Debug)]
pub struct Keys {
    flavour: Arc<Flavour>,
    seed: u64,
    state: Mutex<State>,
}

/// A key and the name it is published under.
#[derive(Clone, Debug)]
pub(crate) struct PublishedKey {
    pub(crate) kid: String,
    pub(crate) key: KeyMaterial,
    /// Which of the tenant's keys it is; decides the order of its members.
    number: usize,
    certificate: Option<CertificateOf>,
    /// What its JWK says otherwise; null leaves a member out.
    members: Map<String, Value>,
}

/// The verbs.
impl Keys {
    /// Makes a new key, which signs from now on; the ones before it stay published. Returns its
    /// `kid`.
    ///
    /// Keys come from an embedded pool, so after a few rotations the same numbers return under a
    /// new name.
    pub fn rotate(&self) -> String {
        let mut state = self.state();
        let key = Arc::new(self.make(&mut state, NewKey::default()));
        let kid = key.kid.clone();
        state.publish(Arc::clone(&key));
        state.signing = key;
        kid
    }

    /// Publishes a key that does not sign yet. Returns its `kid`.
    pub fn publish(&self, key: NewKey) -> String {
        let mut state = self.state();
        let key = Arc::new(self.make(&mut state, key));
        let kid = key.kid.clone();
        state.publish(key);
        kid
    }

    /// Publishes this as a key, whatever it is, behind the others: a `kty` nobody knows, a key
    /// without its members, a private or a symmetric one.
    pub fn publish_jwk(&self, jwk: impl Into<Value>) {
        self.state().publish_entry(Entry::Literal(jwk.into()));
    }

    /// Makes an RSA key of so many bits and publishes it; it does not sign yet. Takes seconds in a
    /// debug build. Returns its `kid`; `None` for a size outside 512 to 4096 bits.
    pub fn generate(&self, bits: usize) -> Option<String> {
        let random = {
            let made = self.state().made.len();
            Stream::fixed(self.seed, "rsa", &format!("{made}/{bits}"))
        };
        // Without the lock: other requests are answered meanwhile.
        let fresh = Arc::new(fresh::rsa(bits, random)?);
        let mut state = self.state();
        let mut key = self.make(&mut state, NewKey::default());
        key.key = KeyMaterial::Fresh(fresh);
        let kid = key.kid.clone();
        state.publish(Arc::new(key));
        Some(kid)
    }

    /// Signs with the published key of this `kid` from now on, the last one where several have
    /// it; false for an unknown `kid`.
    pub fn use_key(&self, kid: &str) -> bool {
        let mut state = self.state();
        let found = state.keys().rfind(|key| key.kid == kid).cloned();
        found.map(|key| state.signing = key).is_some()
    }

    /// Puts another key in the place of this one, under the same `kid`; it signs where the old one
    /// did. False for an unknown `kid`.
    pub fn replace(&self, kid: &str) -> bool {
        let mut state = self.state();
        let Some(old) = state.keys().rfind(|key| key.kid == kid).cloned() else {
            return false;
        };
        let algorithm = old.key.signing_key().default_algorithm();
        let new = NewKey {
            kind: algorithm.key_kind(),
            kid: Some(kid.into()),
            certificate: old.certificate,
            members: old.members.clone(),
        };
        let new = Arc::new(self.make(&mut state, new));
        state.replace(&old, &new);
        true
    }

    /// Stops publishing the key of this `kid`. The key that signs cannot be retired: false, as for
    /// an unknown `kid`.
    pub fn retire(&self, kid: &str) -> bool {
        let mut state = self.state();
        state.signing.kid != kid && state.withdraw(kid)
    }

    /// Stops publishing the keys of this `kid`, also where one goes on signing: no app can verify
    /// that then. False for an unknown `kid`.
    pub fn withdraw(&self, kid: &str) -> bool {
        self.state().withdraw(kid)
    }

    /// Stops publishing every key but the one that signs.
    pub fn retire_old(&self) {
        self.state().withdraw_all_but_signing();
    }

    /// Publishes nothing any more; the key that signs goes on.
    pub fn withdraw_all(&self) {
        self.state().withdraw_all();
    }

    /// The `kid` of the key that signs.
    #[must_use]
    pub fn signing_kid(&self) -> String {
        self.state().signing.kid.clone()
    }

    /// The published `kid`s, in the order of the document.
    #[must_use]
    pub fn published_kids(&self) -> Vec<String> {
        self.state().keys().map(|key| key.kid.clone()).collect()
    }
}

/// What the rest of the crate asks.
impl Keys {
    pub(crate) fn new(flavour: Arc<Flavour>, seed: u64) -> Self {
        let keys = Self {
            state: Mutex::new(State::default()),
            flavour,
            seed,
        };
        keys.reset();
        keys
    }

    /// Back to the keys the tenant began with.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        state.forget();
        for _ in 0..self.flavour.text.jwks.keys.max(1) {
            let key = Arc::new(self.make(&mut state, NewKey::default()));
            state.publish(Arc::clone(&key));
            state.signing = key;
        }
    }

    /// How often what is published changed.
    pub(crate) fn version(&self) -> u64 {
        self.state().version
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> Arc<PublishedKey> {
        Arc::clone(&self.state().signing)
    }

    /// The key that signs with this algorithm: the one that signs anyway where it can, else the
    /// newest published one of its kind. A tenant without any gets one, published from now on.
    pub(crate) fn signing_with(&self, algorithm: Algorithm) -> Arc<PublishedKey> {
        let mut state = self.state();
        let kind = algorithm.key_kind();
        let can =
            |key: &Arc<PublishedKey>| key.key.signing_key().default_algorithm().key_kind() == kind;
        if can(&state.signing) {
            return Arc::clone(&state.signing);
        }
        if let Some(known) = state.keys().rfind(|key| can(key)) {
            return Arc::clone(known);
        }
        let key = Arc::new(self.make(&mut state, NewKey::of(kind)));
        state.publish(Arc::clone(&key));
        key
    }

    /// The published keys, each as a JWK
    /// ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
    pub(crate) fn jwks(&self, issuer: &str) -> Vec<String> {
        let state = self.state();
        let published = state.published.iter();
        published
            .map(|entry| match entry {
                Entry::Key(key) => self.jwk(key, issuer),
                Entry::Literal(jwk) => jwk.to_string(),
            })
            .collect()
    }

    /// The published keys that have a certificate, each as PEM by its kid
    /// ([RFC 7468 section 5](https://www.rfc-editor.org/rfc/rfc7468#section-5)).
    pub(crate) fn certificates(&self) -> Vec<(String, String)> {
        let state = self.state();
        let keys = state.published.iter().filter_map(|entry| match entry {
            Entry::Key(key) => Some(key),
            Entry::Literal(_) => None,
        });
        let certified = keys.filter_map(|key| {
            let certificate = key.key.certificate()?;
            Some((key.kid.clone(), pem("CERTIFICATE", certificate)))
        });
        certified.collect()
    }

    /// A key of the pool that no rotation publishes, under a name of its own.
    pub(crate) fn unpublished(&self, kind: KeyKind) -> PublishedKey {
        let name = format!("unpublished-{kind:?}");
        PublishedKey {
            kid: self.kid(&name),
            key: KeyMaterial::Pool(pool::key(kind, 0)),
            number: 0,
            certificate: None,
            members: Map::new(),
        }
    }

    /// The JWK of a key that is not among the published ones, with other members where it says so.
    pub(crate) fn jwk_of(&self, key: &PublishedKey, members: Map<String, Value>) -> String {
        let key = PublishedKey {
            members,
            ..key.clone()
        };
        self.jwk(&key, "")
    }

    fn make(&self, state: &mut State, key: NewKey) -> PublishedKey {
        let number = state.made.len();
        let of_kind = state.made.iter().filter(|made| **made == key.kind).count();
        state.made.push(key.kind);
        let material = KeyMaterial::Pool(pool::key(key.kind, of_kind));
        let by_thumbprint = || {
            if self.flavour.text.jwks.key_name != KeyName::Thumbprint {
                return None;
            }
            // The keys of the pool return; a name does not.
            let is_free = |name: &String| state.keys().all(|key| key.kid != *name);
            material.thumbprint().filter(is_free)
        };
        let kid = key.kid.or_else(by_thumbprint);
        PublishedKey {
            kid: kid.unwrap_or_else(|| self.kid(&number.to_string())),
            key: material,
            number,
            certificate: key.certificate,
            members: key.members,
        }
    }

    /// A name of the provider's form, the same every time for the same seed.
    pub(crate) fn kid(&self, name: &str) -> String {
        let kid = &self.flavour.text.id_token.kid;
        kid.fill(&mut Stream::fixed(self.seed, "kid", name))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
