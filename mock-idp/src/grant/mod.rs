//! The grants of the token endpoint, a file each, and what they give.

pub(crate) mod authorization_code;
mod claims;
mod id_token;
mod login;
mod minted;
pub(crate) mod refresh_token;
mod response;

use std::sync::Arc;
use std::time::SystemTime;

pub(crate) use claims::{ClaimValues, TokenClaims};
pub(crate) use login::{Authentication, Login};
pub(crate) use minted::{minted_access_token, minted_id_token, minted_jwt_access_token};
pub(crate) use response::token_answer;

/// What a code stands for.
#[derive(Clone, Debug)]
pub(crate) struct CodeGrant {
    pub(crate) login: Arc<Login>,
    pub(crate) over: SystemTime,
    pub(crate) is_used: bool,
}

/// What an access token stands for.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) login: Arc<Login>,
    pub(crate) scopes: Arc<[String]>,
    pub(crate) over: SystemTime,
}

/// What a refresh token stands for.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) login: Arc<Login>,
    /// Since when another one is there in its place.
    pub(crate) replaced_at: Option<SystemTime>,
    /// Until when it is good, where that is sooner than of the others.
    pub(crate) over: Option<SystemTime>,
}
