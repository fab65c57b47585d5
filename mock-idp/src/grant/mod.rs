//! The grants of the token endpoint, a file each, and what they give.

pub(crate) mod authorization_code;
mod claims;
mod id_token;

use std::sync::Arc;
use std::time::SystemTime;

use crate::endpoint::AuthorizationRequest;
pub(crate) use claims::ClaimValues;

/// What a code stands for.
#[derive(Clone, Debug)]
pub(crate) struct CodeGrant {
    pub(crate) request: Arc<AuthorizationRequest>,
    pub(crate) persona: String,
    /// Whether the visitor saw the consent page, or would have.
    pub(crate) is_consent_shown: bool,
    pub(crate) over: SystemTime,
    /// The access tokens it gave; it should be one.
    pub(crate) access_tokens: Vec<String>,
}

/// What an access token stands for.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) client_id: String,
    pub(crate) persona: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) revoked: bool,
}
