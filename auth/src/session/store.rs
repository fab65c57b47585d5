//! [`SessionStore`]: where sessions and pending logins are kept.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::LoginError;

/// The keyed hash of a value that only a browser knows. Whoever reads the store cannot become a
/// visitor with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdHash(pub [u8; 32]);

impl fmt::Display for IdHash {
    /// 43 characters of base64url.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl std::str::FromStr for IdHash {
    type Err = NotAHash;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAHash)?;
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

/// The text is not 43 characters of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 43 characters of base64url")]
pub struct NotAHash;

/// One browser that is logged in.
#[derive(Clone, PartialEq)]
pub struct Session {
    /// Hash of the cookie's value.
    pub id: IdHash,
    /// How often the record was [saved](SessionStore::save).
    pub version: u64,
    /// The provider's name in the configuration.
    pub provider: String,
    /// The provider's issuer.
    pub issuer: String,
    /// The account at that issuer.
    pub subject: String,
    /// The provider's own session, where the ID token names it.
    pub sid: Option<String>,
    /// The claims of the ID token, and what UserInfo adds.
    pub claims: Map<String, Value>,
    /// The tokens, readable only with the configuration's `cookie_secret`.
    pub sealed_tokens: Vec<u8>,
    /// Where the provider ends its own session, as it said at the login.
    pub end_session_endpoint: Option<String>,
    /// When the tokens have to be refreshed, in seconds since the Unix epoch; none where they cannot be.
    pub refresh_due: Option<i64>,
    /// When the login was, in seconds since the Unix epoch.
    pub created_at: i64,
    /// When the session ends for want of requests, in seconds since the Unix epoch.
    pub idle_until: i64,
    /// When the session ends in any case, in seconds since the Unix epoch.
    pub expires_at: i64,
}

impl Session {
    /// Whether it has ended by neither clock.
    #[must_use]
    pub fn is_alive(&self, now: i64) -> bool {
        now < self.idle_until && now < self.expires_at
    }
}

impl fmt::Debug for Session {
    /// Claims and tokens are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// A login that has been begun and not finished.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingLogin {
    /// Hash of the state that the callback will name.
    pub state: IdHash,
    /// Hash of the value of the browser's cookie.
    pub browser: IdHash,
    /// In seconds since the Unix epoch.
    pub expires_at: i64,
    /// Everything else, readable only with the configuration's `cookie_secret`.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin").finish_non_exhaustive()
    }
}

/// How many logins may be pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingLimits {
    /// In one browser; its oldest makes room for a new one.
    pub per_browser: usize,
    /// In all; beyond it, no more is begun.
    pub total: usize,
}

/// What became of a pending login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutPending {
    /// It is kept.
    Kept,
    /// The limit in all is reached by logins that have not expired.
    Full,
}

/// The store could not do what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(String);

impl StoreError {
    /// With the words for the log.
    #[must_use]
    pub fn new(detail: impl Into<String>) -> Self {
        Self(detail.into())
    }
}

impl From<StoreError> for LoginError {
    fn from(StoreError(detail): StoreError) -> Self {
        Self::Store { detail }
    }
}

/// Where sessions and pending logins are kept. Times are seconds since the Unix epoch; the caller
/// brings them along, and judges itself whether a record that it finds has expired.
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a login that was begun, within the limits. What had expired by `now` does not count.
    async fn put_pending(
        &self,
        login: PendingLogin,
        limits: PendingLimits,
        now: i64,
    ) -> Result<PutPending, StoreError>;

    /// Removes and returns the pending login with this state, if it was begun in this browser;
    /// another browser's stays. Of two that ask at once, one gets it.
    async fn take_pending(
        &self,
        state: &IdHash,
        browser: &IdHash,
    ) -> Result<Option<PendingLogin>, StoreError>;

    /// Keeps a new session and ends those that it replaces, both or neither.
    async fn insert(&self, session: Session, replaced: &[IdHash]) -> Result<(), StoreError>;

    /// The session with one of these hashes: while secrets are being changed, one cookie has
    /// several.
    async fn find(&self, ids: &[IdHash]) -> Result<Option<Arc<Session>>, StoreError>;

    /// All sessions of an account.
    async fn find_by_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<Arc<Session>>, StoreError>;

    /// All sessions that belong to one session at the provider.
    async fn find_by_sid(&self, issuer: &str, sid: &str) -> Result<Vec<Arc<Session>>, StoreError>;

    /// Replaces the record of a session if its `version` is still this one, counts the version up,
    /// and gives a [lease](Self::lease_refresh) back. `false` where the session has changed or
    /// ended meanwhile.
    async fn save(&self, session: Session) -> Result<bool, StoreError>;

    /// Notes that a session is in use; it does not change the version.
    async fn touch(&self, id: &IdHash, idle_until: i64) -> Result<(), StoreError>;

    /// Lets one caller at a time refresh a session's tokens. `false` while another's lease lasts.
    async fn lease_refresh(&self, id: &IdHash, now: i64, until: i64) -> Result<bool, StoreError>;

    /// Notes an issuer's token identifier. `false` where it was noted before, until it expires.
    async fn note_jti(
        &self,
        issuer: &str,
        jti: &str,
        now: i64,
        until: i64,
    ) -> Result<bool, StoreError>;

    /// Notes that an account has logged in. `false` where it was noted before.
    async fn note_account(&self, issuer: &str, subject: &str) -> Result<bool, StoreError>;

    /// Ends sessions at once; those that are gone already do no harm.
    async fn end(&self, ids: &[IdHash]) -> Result<(), StoreError>;

    /// Removes what has expired.
    async fn sweep(&self, now: i64) -> Result<(), StoreError>;
}
