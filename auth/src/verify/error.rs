//! [`TokenError`]: why an ID token was refused, one variant per check.

use crate::error::cut;

/// Which check an ID token failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token response has no `id_token`, or one that is not a string.
    #[error("the token response has no id_token string")]
    Missing,
    /// It is not three parts of base64url with JSON objects in the first two.
    #[error("it is no signed JWT: {0}")]
    Malformed(String),
    /// The header's `typ` says that it is another kind of token.
    #[error("its typ is {0:?}")]
    Typ(String),
    /// The algorithm is not one that is allowed here.
    #[error("its alg {0} is not allowed")]
    Alg(String),
    /// The header demands an extension by `crit`; none is known here.
    #[error("its header has crit")]
    Crit,
    /// No key, or more than one, is meant by the header's `kid`.
    #[error("no single key is meant by its kid, which is {0}")]
    Kid(String),
    /// The key that is meant must not be used for this.
    #[error("its key {0}")]
    Key(&'static str),
    /// The signature is not that of the key.
    #[error("its signature is wrong")]
    Signature,
    /// `iss` is not the provider.
    #[error("its iss is {0}")]
    Iss(String),
    /// `aud` lacks this client, or names others that are not trusted.
    #[error("its aud is {0}")]
    Aud(String),
    /// `azp` is another client.
    #[error("its azp is {0}")]
    Azp(String),
    /// `exp` has passed, or is no time.
    #[error("its exp is {0}")]
    Exp(String),
    /// `iat` lies in the future or too far in the past, or is no time.
    #[error("its iat is {0}")]
    Iat(String),
    /// `nbf` lies in the future, or is no time.
    #[error("its nbf is {0}")]
    Nbf(String),
    /// `nonce` is not that of this login.
    #[error("its nonce is not that of this login")]
    Nonce,
    /// `acr` is none of the `acr_values` that were asked for.
    #[error("its acr is {0}")]
    Acr(String),
    /// `auth_time` is longer ago than the `max_age` that was asked for, or no time.
    #[error("its auth_time is {0}")]
    AuthTime(String),
    /// `sub` is missing, empty, too long, or has characters other than ASCII's printable ones.
    #[error("its sub is {0}")]
    Sub(String),
    /// `at_hash` is not the hash of the access token that came with it.
    #[error("its at_hash is not that of the access token")]
    AtHash,
}

impl TokenError {
    pub(super) fn not_json(part: &str, error: &serde_json::Error) -> Self {
        Self::Malformed(cut(&format!("its {part}: {error}")))
    }

    /// The stable, machine-readable name of the check.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "id_token.missing",
            Self::Malformed(_) => "id_token.malformed",
            Self::Typ(_) => "id_token.typ",
            Self::Alg(_) => "id_token.alg",
            Self::Crit => "id_token.crit",
            Self::Kid(_) => "id_token.kid",
            Self::Key(_) => "id_token.key",
            Self::Signature => "id_token.signature",
            Self::Iss(_) => "id_token.iss",
            Self::Aud(_) => "id_token.aud",
            Self::Azp(_) => "id_token.azp",
            Self::Exp(_) => "id_token.exp",
            Self::Iat(_) => "id_token.iat",
            Self::Nbf(_) => "id_token.nbf",
            Self::Nonce => "id_token.nonce",
            Self::Acr(_) => "id_token.acr",
            Self::AuthTime(_) => "id_token.auth_time",
            Self::Sub(_) => "id_token.sub",
            Self::AtHash => "id_token.at_hash",
        }
    }
}
