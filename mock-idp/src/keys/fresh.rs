//! RSA keys made on request, from the tenant's seed: slow, and of any size.

use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{CryptoRng, Error, RngCore};

use super::{KeyKind, SigningKey};
use crate::random::Stream;

/// Sizes in bits; what is smaller signs no SHA-256, what is larger takes minutes.
pub(super) const SMALLEST: usize = 512;
pub(super) const LARGEST: usize = 4096;

/// Makes an RSA key of so many bits; `None` for a size that cannot be.
pub(super) fn rsa(bits: usize, random: Stream) -> Option<SigningKey> {
    if !(SMALLEST..=LARGEST).contains(&bits) {
        return None;
    }
    let key = RsaPrivateKey::new(&mut Seeded(random), bits).ok()?;
    SigningKey::read(KeyKind::Rsa2048, key.to_pkcs8_der().ok()?.as_bytes())
}

/// The tenant's randomness as the `rsa` crate asks for it.
struct Seeded(Stream);

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(std::array::from_fn(|_| self.0.byte()))
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.0.byte()))
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.byte());
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Seeded {}
