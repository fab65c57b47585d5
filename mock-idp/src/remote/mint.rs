//! Tokens without a login, of a provider in another process.

use super::{Remote, RemoteError, must};
use crate::control::verb;
use crate::mint::Mint;

impl Remote {
    /// Makes a token without a login: by the clock, the keys and the claims of the provider.
    ///
    /// # Panics
    /// When there is no such persona, the token cannot be like this, or the provider cannot be
    /// reached.
    #[must_use]
    pub fn mint(&self, mint: Mint) -> String {
        must(self.try_mint(mint))
    }

    /// Makes a token without a login.
    ///
    /// # Errors
    /// As [`mint`](Self::mint) panics.
    pub fn try_mint(&self, mint: Mint) -> Result<String, RemoteError> {
        let minted = self.send(&verb::MintToken(mint))?;
        Ok(minted.token)
    }
}
