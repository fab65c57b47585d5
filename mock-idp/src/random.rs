//! Where a provider's identifiers, codes and tokens come from.
//!
//! Nothing is drawn from one shared stream: each text is derived from the seed, what it is for
//! (kind, client, persona) and how many such were made before. With the same seed, the same
//! requests get the same bytes, in whatever order other clients come in between.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;

/// A tenant's source of randomness.
#[derive(Debug)]
pub(crate) struct Random {
    seed: u64,
    /// How many were made, by what they are for (kind, client, persona): bounded by those, not by
    /// the number of logins.
    made: Mutex<HashMap<Purpose, u64>>,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            made: Mutex::default(),
        }
    }

    /// The bytes of the next `kind` of thing for this client and persona.
    pub(crate) fn next(&self, kind: &'static str, client: &str, persona: &str) -> Stream {
        let purpose = purpose(self.seed, kind, &[client, persona]);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let count = made.entry(purpose).or_default();
        *count += 1;
        Stream::new(&purpose, *count)
    }

    /// The same bytes every time: for what must not change, such as the `sub` of a persona.
    pub(crate) fn fixed(&self, kind: &'static str, name: &str) -> Stream {
        Stream::fixed(self.seed, kind, name)
    }

    /// Starts counting anew, as a new provider with the same seed would.
    pub(crate) fn reset(&self) {
        self.made
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// A seed from the operating system. Not from aws-lc, whose own generator takes 30 ms to get ready.
#[expect(
    clippy::disallowed_methods,
    reason = "this file owns where randomness comes from"
)]
pub(crate) fn system_seed() -> u64 {
    let mut bytes = [0; 8];
    // A machine that has no randomness is still good for a test: two such providers are alike,
    // nothing else.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// What signing asks for; RSASSA-PKCS1-v1_5 does not use it.
#[expect(
    clippy::disallowed_methods,
    reason = "this file owns the system's randomness"
)]
pub(crate) fn for_signing() -> aws_lc_rs::rand::SystemRandom {
    aws_lc_rs::rand::SystemRandom::new()
}

/// The SHA-256 of what bytes are for, and of the seed.
type Purpose = [u8; 32];

fn purpose(seed: u64, kind: &str, names: &[&str]) -> Purpose {
    let mut name = digest::Context::new(&digest::SHA256);
    name.update(&seed.to_le_bytes());
    for part in std::iter::once(&kind).chain(names) {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        name.update(&(part.len() as u64).to_le_bytes());
        name.update(part.as_bytes());
    }
    let mut purpose = [0; 32];
    purpose.copy_from_slice(name.finish().as_ref());
    purpose
}

/// Endless bytes: SHA-512 over what they are for, how many were made for that before, and a block
/// number.
pub(crate) struct Stream {
    next: [u8; 44],
    block_number: u32,
    block: [u8; 64],
    used: usize,
}

impl Stream {
    /// The same bytes every time for this seed, kind and name.
    pub(crate) fn fixed(seed: u64, kind: &str, name: &str) -> Self {
        Self::new(&purpose(seed, kind, &[name]), 0)
    }

    fn new(purpose: &Purpose, count: u64) -> Self {
        let mut next = [0; 44];
        next[..32].copy_from_slice(purpose);
        next[32..40].copy_from_slice(&count.to_le_bytes());
        Self {
            next,
            block_number: 0,
            block: [0; 64],
            used: 64,
        }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            self.next[40..].copy_from_slice(&self.block_number.to_le_bytes());
            let block = digest::digest(&digest::SHA512, &self.next);
            self.block.copy_from_slice(block.as_ref());
            self.block_number += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// `length` characters of an alphabet, each as likely as the others.
    pub(crate) fn text(&mut self, alphabet: Alphabet, length: usize) -> String {
        let mut text = String::with_capacity(length);
        self.push_text(alphabet, length, &mut text);
        text
    }

    /// A name that nothing else has, [RFC 9562 section 5.4](https://www.rfc-editor.org/rfc/rfc9562#section-5.4).
    pub(crate) fn uuid(&mut self) -> String {
        let hex = self.text(Alphabet::Hex, 30);
        let (a, b, c, d) = (&hex[..8], &hex[8..12], &hex[12..15], &hex[15..18]);
        format!("{a}-{b}-4{c}-a{d}-{}", &hex[18..])
    }

    /// Puts `length` characters of an alphabet behind a text.
    pub(crate) fn push_text(&mut self, alphabet: Alphabet, length: usize, text: &mut String) {
        let characters = alphabet.characters();
        // Bytes above the last whole multiple would make the first characters likelier.
        let whole = 256 - 256 % characters.len();
        let end = text.len() + length;
        while text.len() < end {
            let byte = usize::from(self.byte());
            if byte < whole {
                text.push(char::from(characters[byte % characters.len()]));
            }
        }
    }
}

/// Which characters a random text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Alphabet {
    /// base64url, [RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5).
    B64url,
    Digits,
    Hex,
    /// Lower-case letters and digits.
    Alnum,
}

impl Alphabet {
    const fn characters(self) -> &'static [u8] {
        match self {
            Self::B64url => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            Self::Digits => b"0123456789",
            Self::Hex => b"0123456789abcdef",
            Self::Alnum => b"abcdefghijklmnopqrstuvwxyz0123456789",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(random: &Random, client: &str, persona: &str) -> String {
        random
            .next("code", client, persona)
            .text(Alphabet::B64url, 60)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_whatever_comes_in_between() {
        let (one, other) = (Random::new(7), Random::new(7));
        let first = code(&one, "app", "alice");
        code(&other, "another app", "alice");
        assert_eq!(first, code(&other, "app", "alice"));
        assert_ne!(first, code(&Random::new(8), "app", "alice"));
    }

    #[test]
    fn no_two_are_alike() {
        let random = Random::new(7);
        let made = [
            code(&random, "app", "alice"),
            code(&random, "app", "alice"),
            code(&random, "app", "bob"),
            code(&random, "ap", "palice"),
        ];
        let distinct: std::collections::HashSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), made.len());
    }

    #[test]
    fn what_must_not_change_does_not() {
        let random = Random::new(7);
        let sub = || random.fixed("sub", "alice").text(Alphabet::Digits, 21);
        assert_eq!(sub(), sub());
        assert!(sub().bytes().all(|byte| byte.is_ascii_digit()));
    }

    #[test]
    fn every_character_of_an_alphabet_occurs() {
        let text = Random::new(1).fixed("x", "").text(Alphabet::Alnum, 4_000);
        for character in Alphabet::Alnum.characters() {
            assert!(text.contains(char::from(*character)));
        }
    }
}
