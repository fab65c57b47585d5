//! Tokens without a login.

use serde::{Deserialize, Serialize};

use crate::control::route::Verb;
use crate::control::{Problem, Provider};
use crate::mint::Mint;

/// Makes a token without a login: by the clock, the keys and the claims of the provider.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct MintToken(pub(crate) Mint);

/// A token.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Minted {
    /// A compact JWS, or an opaque text.
    pub(crate) token: String,
}

impl Verb for MintToken {
    const NAME: &'static str = "mint";
    type Answer = Minted;

    async fn apply(self, provider: &Provider) -> Result<Minted, Problem> {
        let token = provider.tenant.try_mint(self.0);
        let token = token.map_err(|error| Problem::refused(&error))?;
        Ok(Minted { token })
    }
}
