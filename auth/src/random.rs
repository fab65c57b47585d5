//! [`Random`]: where unguessable values come from.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A source of random bytes: the operating system's, or in a test one that repeats itself.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded { seed: u64, drawn: Arc<AtomicU64> },
}

impl Random {
    /// The operating system's cryptographic random source.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same values for the same seed in the same order: for tests only, anybody can compute
    /// them.
    #[must_use]
    pub fn insecure_seeded(seed: u64) -> Self {
        Self(Source::Seeded {
            seed,
            drawn: Arc::default(),
        })
    }

    /// So many random bytes, at most 32.
    ///
    /// # Panics
    /// If the operating system has no random source, which nothing secure can be done without.
    #[must_use]
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= 32) }
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => fill_from_system(&mut bytes),
            Source::Seeded { seed, drawn } => {
                let turn = drawn.fetch_add(1, Ordering::Relaxed);
                let block = Sha256::new()
                    .chain_update(seed.to_be_bytes())
                    .chain_update(turn.to_be_bytes());
                bytes.copy_from_slice(&block.finalize()[..N]);
            }
        }
        bytes
    }

    /// 256 random bits as 43 characters of base64url: a state, a nonce, a PKCE verifier or a
    /// cookie's value.
    #[must_use]
    pub fn token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Random::system",
            Source::Seeded { .. } => "Random::insecure_seeded",
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "this file owns the randomness")]
fn fill_from_system(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the operating system has a random source");
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_system_does_not_repeat_itself() {
        let random = Random::system();
        assert_ne!(random.token(), random.token());
        assert_eq!(random.token().len(), 43);
    }

    #[test]
    fn a_seed_does_and_each_draw_is_new() {
        let draw = |seed| {
            let random = Random::insecure_seeded(seed);
            (random.token(), random.token())
        };
        let (first, second) = draw(1);
        assert_ne!(first, second);
        assert_eq!(draw(1), (first, second));
        assert_ne!(draw(1), draw(2));
    }
}
