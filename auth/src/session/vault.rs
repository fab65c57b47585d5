//! [`Vault`]: the keys that `cookie_secret` stands for, and what is done with them.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use hkdf::Hkdf;
use sha2::Sha256;

use super::IdHash;
use crate::{config::Secret, random::Random};

/// The keys of a ring of secrets. The first makes what is new; what any of them made is still read.
#[derive(Debug)]
pub(super) struct Vault {
    current: Keys,
    former: Vec<Keys>,
}

/// Two keys, derived from one secret by HKDF ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)):
/// visitors never see anything made with the secret itself that would let them guess it.
#[derive(Debug)]
struct Keys {
    hash_key: hmac::Key,
    seal_key: LessSafeKey,
}

/// What a hash is for, so that a value of one kind never passes as another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// The value of a session's cookie.
    Session,
    /// The value of a browser's cookie.
    Browser,
    /// The state of a pending login.
    State,
    /// The token in a session's forms.
    Csrf,
}

impl Vault {
    /// Of these secrets, the one to use first. Without one, what it makes opens nowhere: a configuration has
    /// one at least.
    pub(super) fn new(ring: &[Secret]) -> Self {
        let mut all = ring.iter().map(Keys::new);
        let current = all.next().unwrap_or_else(|| Keys::new(&Secret::new("")));
        Self {
            current,
            former: all.collect(),
        }
    }

    /// The keyed hash of a value that only a browser knows.
    pub(super) fn hash(&self, purpose: Purpose, value: &str) -> IdHash {
        self.current.hash(purpose, value)
    }

    /// All hashes under which the same value may have been noted, the current one first.
    pub(super) fn hashes<'v>(
        &'v self,
        purpose: Purpose,
        value: &'v str,
    ) -> impl Iterator<Item = IdHash> + 'v {
        self.all().map(move |keys| keys.hash(purpose, value))
    }

    /// Encrypts what is stored in the row with this hash; it opens nowhere else.
    pub(super) fn seal(&self, random: &Random, row: &IdHash, text: Vec<u8>) -> Vec<u8> {
        self.current.seal(random, row, text)
    }

    /// What was sealed for this row; `None` if it was not, or with a secret that is not in the ring.
    pub(super) fn open(&self, row: &IdHash, sealed: &[u8]) -> Option<Vec<u8>> {
        self.all().find_map(|keys| keys.open(row, sealed.to_vec()))
    }

    fn all(&self) -> impl Iterator<Item = &Keys> {
        std::iter::once(&self.current).chain(&self.former)
    }
}

impl Keys {
    fn new(secret: &Secret) -> Self {
        let hash_key = derived_key(secret, b"auth: hash of identifiers");
        let seal_key = derived_key(secret, b"auth: seal of stored secrets");
        let seal_key =
            UnboundKey::new(&AES_256_GCM, &seal_key).expect("32 bytes are an AES-256 key");
        Self {
            hash_key: hmac::Key::new(hmac::HMAC_SHA256, &hash_key),
            seal_key: LessSafeKey::new(seal_key),
        }
    }

    fn hash(&self, purpose: Purpose, value: &str) -> IdHash {
        let mut context = hmac::Context::with_key(&self.hash_key);
        context.update(&[purpose as u8]);
        context.update(value.as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        IdHash(hash)
    }

    fn seal(&self, random: &Random, row: &IdHash, mut text: Vec<u8>) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random.bytes();
        self.seal_key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(row.0),
                &mut text,
            )
            .expect("AES-GCM seals any text that fits into memory");
        [nonce.as_slice(), &text].concat()
    }

    fn open(&self, row: &IdHash, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self
            .seal_key
            .open_in_place(nonce, Aad::from(row.0), text)
            .ok()?;
        Some(opened.to_vec())
    }
}

fn derived_key(secret: &Secret, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose().as_bytes())
        .expand(purpose, &mut key)
        .expect("HKDF has more than 32 bytes to give");
    key
}

#[cfg(test)]
mod tests {
    use super::{IdHash, Purpose, Vault};
    use crate::{config::Secret, random::Random};

    fn vault(secret: &str) -> Vault {
        Vault::new(&[Secret::new(secret)])
    }

    #[test]
    fn a_ring_makes_with_its_first_secret_and_reads_with_all() {
        let ring = Vault::new(&[Secret::new("new"), Secret::new("old")]);
        let hash = |vault: &Vault| vault.hash(Purpose::Session, "v");
        assert_eq!(hash(&ring), hash(&vault("new")));
        let hashes: Vec<_> = ring.hashes(Purpose::Session, "v").collect();
        assert_eq!(hashes, [hash(&vault("new")), hash(&vault("old"))]);
        let row = IdHash([1; 32]);
        let seal = |vault: &Vault| vault.seal(&Random::system(), &row, b"t".to_vec());
        assert!(ring.open(&row, &seal(&vault("old"))).is_some());
        assert!(ring.open(&row, &seal(&vault("other"))).is_none());
        assert!(vault("new").open(&row, &seal(&ring)).is_some());
    }

    #[test]
    fn a_hash_depends_on_secret_purpose_and_value() {
        let hash = vault("a").hash(Purpose::Session, "v");
        assert_eq!(vault("a").hash(Purpose::Session, "v"), hash);
        assert_ne!(vault("b").hash(Purpose::Session, "v"), hash);
        assert_ne!(vault("a").hash(Purpose::Csrf, "v"), hash);
        assert_ne!(vault("a").hash(Purpose::Session, "w"), hash);
    }

    #[test]
    fn what_is_sealed_opens_in_its_row_with_its_secret_only() {
        let (row, other) = (IdHash([1; 32]), IdHash([2; 32]));
        let sealed = vault("a").seal(&Random::system(), &row, b"token".to_vec());
        assert!(!sealed.windows(5).any(|window| window == b"token"));
        assert_eq!(
            vault("a").open(&row, &sealed).as_deref(),
            Some(b"token".as_slice())
        );
        assert_eq!(vault("a").open(&other, &sealed), None);
        assert_eq!(vault("b").open(&row, &sealed), None);
        let mut tampered = sealed.clone();
        tampered[12] ^= 1;
        assert_eq!(vault("a").open(&row, &tampered), None);
        assert_eq!(vault("a").open(&row, &sealed[..11]), None);
    }
}
