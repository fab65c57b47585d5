//! Sessions and pending logins: server-side records behind opaque cookies.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod memory;
mod open;
mod pending;
#[cfg(feature = "redis")]
mod redis;
mod refreshed;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod vault;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use crate::{
    LoginError,
    clock::Clock,
    config::{Config, ExposeTokens},
    identity::{Identity, Tokens},
    random::Random,
    verify::time,
};
pub use memory::MemoryStore;
pub(crate) use open::open_store;
pub(crate) use pending::PENDING_LIFETIME;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
pub(crate) use refreshed::Refreshed;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use store::{
    IdHash, NotAHash, PendingLimits, PendingLogin, PutPending, Session, SessionStore, StoreError,
};
use vault::{Purpose, Vault};

/// How often a session's use is written down at most, in seconds.
const TOUCH_INTERVAL: i64 = 60;

/// How often what has expired is removed at most, in seconds.
const SWEEP_INTERVAL: i64 = 60;

/// How long before an access token expires it is renewed, in seconds: a request that is made with it takes time.
const REFRESH_AHEAD: i64 = 30;

/// How many cookies of one name are looked at; a neighbour on the same domain can plant more.
const COOKIES_READ: usize = 4;

/// The sessions and pending logins of one `Auth`.
#[derive(Debug)]
pub(crate) struct Sessions {
    store: Arc<dyn SessionStore>,
    vault: Vault,
    clock: Clock,
    random: Random,
    expose: ExposeTokens,
    lifetime: i64,
    idle_lifetime: i64,
    follows_token: bool,
    /// How long another replica may take for a refresh, in seconds; then it is taken for dead.
    lease: i64,
    swept_at: AtomicI64,
    flights: refreshed::Flights,
}

/// A session that a cookie has opened.
#[derive(Debug, Clone)]
pub(crate) struct OpenSession {
    pub(crate) session: Arc<Session>,
    /// Proves that a form came from a page of this session. It is derived from the cookie, so that
    /// the store alone does not tell it.
    pub(crate) csrf_token: String,
    /// The tokens that the configuration exposes.
    pub(crate) exposed: ExposedTokens,
}

/// The tokens of a login that handlers may see. Their `Debug` says which, and shows none.
#[derive(Clone, Default)]
pub struct ExposedTokens {
    id: Option<String>,
    access: Option<String>,
}

impl ExposedTokens {
    /// The ID token, where `expose_tokens` has `"id"` and the provider gave one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The access token, where `expose_tokens` has `"access"`. It is renewed before it expires, where the
    /// provider gave a refresh token with it; else it is good for as long as the provider said at the login.
    #[must_use]
    pub fn access(&self) -> Option<&str> {
        self.access.as_deref()
    }
}

impl fmt::Debug for ExposedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExposedTokens")
            .field("id", &self.id.is_some())
            .field("access", &self.access.is_some())
            .finish()
    }
}

impl Sessions {
    pub(crate) fn new(
        store: Arc<dyn SessionStore>,
        config: &Config,
        clock: Clock,
        random: Random,
    ) -> Self {
        let seconds = |time: std::time::Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Self {
            store,
            expose: config.expose_tokens,
            vault: Vault::new(&config.cookie_secrets),
            clock,
            random,
            lifetime: seconds(config.settings.session_lifetime),
            idle_lifetime: seconds(config.settings.session_idle_timeout),
            follows_token: config.settings.session_follows_token,
            lease: 1 + seconds(config.settings.http_timeout * refreshed::ANSWERS),
            swept_at: AtomicI64::new(0),
            flights: refreshed::Flights::default(),
        }
    }

    pub(crate) fn store(&self) -> &dyn SessionStore {
        &*self.store
    }

    /// The session that one of these cookie values names, if it is alive.
    pub(crate) async fn open(&self, cookies: &[&str]) -> Result<Option<OpenSession>, StoreError> {
        for cookie in plausible(cookies) {
            let ids: Vec<_> = self.vault.hashes(Purpose::Session, cookie).collect();
            let Some(session) = self.store.find(&ids).await? else {
                continue;
            };
            if self.is_alive(&session).await {
                let csrf_token = self.vault.hash(Purpose::Csrf, cookie).to_string();
                return Ok(Some(OpenSession {
                    exposed: self.exposed(&session),
                    session,
                    csrf_token,
                }));
            }
        }
        Ok(None)
    }

    /// The same session with what has become of it since.
    pub(crate) fn reopened(&self, opened: &OpenSession, session: Arc<Session>) -> OpenSession {
        OpenSession {
            exposed: self.exposed(&session),
            session,
            csrf_token: opened.csrf_token.clone(),
        }
    }

    /// The tokens of a session that may be seen.
    fn exposed(&self, session: &Session) -> ExposedTokens {
        if self.expose == ExposeTokens::default() {
            return ExposedTokens::default();
        }
        let tokens = self.tokens(session);
        tokens.map_or_else(ExposedTokens::default, |tokens| ExposedTokens {
            id: tokens.id_token.filter(|_| self.expose.id),
            access: self.expose.access.then_some(tokens.access_token),
        })
    }

    /// The tokens of a session. None where they were sealed with a secret that is gone: they are as good as
    /// lost then.
    pub(crate) fn tokens(&self, session: &Session) -> Option<Tokens> {
        let text = self.vault.open(&session.id, &session.sealed_tokens)?;
        serde_json::from_slice(&text).ok()
    }

    /// Ends a session that has expired, and writes the use of another down. A store that cannot do
    /// so now will be asked again: it is no reason to send somebody away.
    async fn is_alive(&self, session: &Session) -> bool {
        let now = self.clock.unix_seconds();
        let is_alive = session.is_alive(now);
        let idle_until = now.saturating_add(self.idle_lifetime);
        let noted = if !is_alive {
            self.store.end(&[session.id]).await
        } else if idle_until - session.idle_until >= TOUCH_INTERVAL {
            self.store.touch(&session.id, idle_until).await
        } else {
            Ok(())
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "the use or end of a session could not be written down");
        }
        is_alive
    }

    /// Begins a session and ends the one that this browser had. The answer is the cookie's value,
    /// which is kept nowhere else, and the session that it opens.
    pub(crate) async fn begin(
        &self,
        provider: &str,
        identity: Identity,
        previous: Option<IdHash>,
    ) -> Result<(String, OpenSession), LoginError> {
        let now = self.clock.unix_seconds();
        let cookie = self.random.token();
        let id = self.vault.hash(Purpose::Session, &cookie);
        let session = self.filled(identity, id, provider, now)?;
        let kept = Arc::new(session.clone());
        self.store.insert(session, previous.as_slice()).await?;
        let opened = OpenSession {
            exposed: self.exposed(&kept),
            session: kept,
            csrf_token: self.vault.hash(Purpose::Csrf, &cookie).to_string(),
        };
        Ok((cookie, opened))
    }

    /// The record of a session that began at `created_at`, with what the provider says now.
    fn filled(
        &self,
        identity: Identity,
        id: IdHash,
        provider: &str,
        created_at: i64,
    ) -> Result<Session, StoreError> {
        let now = self.clock.unix_seconds();
        let tokens = serde_json::to_vec(&identity.tokens)
            .map_err(|error| StoreError::new(error.to_string()))?;
        let last = created_at.saturating_add(self.lifetime);
        let can_refresh = identity.tokens.refresh_token.is_some();
        // With a refresh token the provider is asked when the time has come, and not before.
        let follows = self.follows_token && !can_refresh;
        let token_ends = time(&identity.claims, "exp").filter(|_| follows);
        let due = identity.tokens.expires_at.filter(|_| can_refresh);
        Ok(Session {
            id,
            version: 0,
            provider: provider.to_owned(),
            sid: identity.session_id().map(str::to_owned),
            sealed_tokens: self.vault.seal(&self.random, &id, tokens),
            issuer: identity.issuer,
            subject: identity.subject,
            claims: identity.claims,
            end_session_endpoint: identity.end_session_endpoint.map(String::from),
            refresh_due: due.map(|due| due.saturating_sub(REFRESH_AHEAD)),
            created_at,
            idle_until: now.saturating_add(self.idle_lifetime),
            expires_at: token_ends.map_or(last, |ends| ends.min(last)),
        })
    }

    /// When a session was used last, to the minute, in seconds since the Unix epoch.
    pub(crate) fn used_at(&self, session: &Session) -> i64 {
        session.idle_until.saturating_sub(self.idle_lifetime)
    }

    /// Ends sessions at once.
    pub(crate) async fn end(&self, ids: &[IdHash]) -> Result<(), StoreError> {
        self.store.end(ids).await
    }

    /// Notes a token's identifier, which must not come again before it expires.
    pub(crate) async fn note_jti(
        &self,
        issuer: &str,
        jti: &str,
        until: i64,
    ) -> Result<bool, StoreError> {
        let now = self.clock.unix_seconds();
        self.store.note_jti(issuer, jti, now, until.max(now)).await
    }

    async fn sweep_where_due(&self, now: i64) -> Result<(), StoreError> {
        let swept_at = self.swept_at.load(Ordering::Relaxed);
        let is_due = !(swept_at..swept_at + SWEEP_INTERVAL).contains(&now);
        let take_turn = || {
            self.swept_at
                .compare_exchange(swept_at, now, Ordering::Relaxed, Ordering::Relaxed)
        };
        if is_due && take_turn().is_ok() {
            self.store.sweep(now).await?;
        }
        Ok(())
    }
}

/// The values that have the form of [`Random::token`]; any other is not worth a question to the
/// store.
fn plausible<'c>(cookies: &[&'c str]) -> Vec<&'c str> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_token = |cookie: &&str| cookie.len() == 43 && cookie.bytes().all(is_base64url);
    cookies
        .iter()
        .copied()
        .filter(is_token)
        .take(COOKIES_READ)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::plausible;

    #[test]
    fn only_values_of_the_right_form_are_looked_up_and_only_a_few() {
        let token = "A-_z0".repeat(9)[..43].to_owned();
        let (short, long, odd) = (&token[1..], format!("{token}A"), token.replace('z', "+"));
        assert_eq!(plausible(&[short, &token, &long, &odd, ""]), [&token]);
        assert_eq!(plausible(&[token.as_str(); 5]).len(), 4);
    }
}
