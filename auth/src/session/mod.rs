//! Sessions and pending logins: server-side records behind opaque cookies.

#[cfg(test)]
mod contract;
mod memory;
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
    flow::Pending,
    identity::{Identity, Tokens},
    random::Random,
};
pub use memory::MemoryStore;
pub use store::{
    IdHash, PendingLimits, PendingLogin, PutPending, Session, SessionStore, StoreError,
};
use vault::{Purpose, Vault};

/// How long a session lives without a request, in seconds.
const IDLE_LIFETIME: i64 = 24 * 3_600;

/// How long a session lives at most, in seconds.
pub(crate) const SESSION_LIFETIME: i64 = 30 * 24 * 3_600;

/// How long a visitor may take at the provider, in seconds.
pub(crate) const PENDING_LIFETIME: i64 = 600;

/// How often a session's use is written down at most, in seconds.
const TOUCH_INTERVAL: i64 = 60;

/// How often what has expired is removed at most, in seconds.
const SWEEP_INTERVAL: i64 = 60;

const PENDING_LIMITS: PendingLimits = PendingLimits {
    per_browser: 10,
    total: 10_000,
};

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
    swept_at: AtomicI64,
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

    /// The access token, where `expose_tokens` has `"access"`. It is not renewed: it is good for as long
    /// as the provider said at the login.
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
        Self {
            store,
            expose: config.expose_tokens,
            vault: Vault::new(&config.cookie_secret),
            clock,
            random,
            swept_at: AtomicI64::new(0),
        }
    }

    /// The session that one of these cookie values names, if it is alive.
    pub(crate) async fn open(&self, cookies: &[&str]) -> Result<Option<OpenSession>, StoreError> {
        for cookie in plausible(cookies) {
            let id = self.vault.hash(Purpose::Session, cookie);
            let Some(session) = self.store.find(&[id]).await? else {
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

    /// The tokens of a session that may be seen. None where they were sealed with another secret: they
    /// are as good as lost then.
    fn exposed(&self, session: &Session) -> ExposedTokens {
        if self.expose == ExposeTokens::default() {
            return ExposedTokens::default();
        }
        let sealed = session.sealed_tokens.clone();
        let opened = self.vault.open(&session.id, sealed);
        let tokens = opened.and_then(|text| serde_json::from_slice::<Tokens>(&text).ok());
        tokens.map_or_else(ExposedTokens::default, |tokens| ExposedTokens {
            id: tokens.id_token.filter(|_| self.expose.id),
            access: self.expose.access.then_some(tokens.access_token),
        })
    }

    /// Ends a session that has expired, and writes the use of another down. A store that cannot do
    /// so now will be asked again: it is no reason to send somebody away.
    async fn is_alive(&self, session: &Session) -> bool {
        let now = self.clock.unix_seconds();
        let is_alive = session.is_alive(now);
        let idle_until = now + IDLE_LIFETIME;
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
    /// which is kept nowhere else.
    pub(crate) async fn begin(
        &self,
        provider: &str,
        identity: Identity,
        previous: Option<IdHash>,
    ) -> Result<String, LoginError> {
        let now = self.clock.unix_seconds();
        let cookie = self.random.token();
        let id = self.vault.hash(Purpose::Session, &cookie);
        let tokens = serde_json::to_vec(&identity.tokens).map_err(unwritable)?;
        let session = Session {
            id,
            version: 0,
            provider: provider.to_owned(),
            sid: identity.session_id().map(str::to_owned),
            sealed_tokens: self.vault.seal(&self.random, &id, tokens),
            issuer: identity.issuer,
            subject: identity.subject,
            claims: identity.claims,
            created_at: now,
            idle_until: now + IDLE_LIFETIME,
            expires_at: now + SESSION_LIFETIME,
        };
        self.store.insert(session, previous.as_slice()).await?;
        Ok(cookie)
    }

    /// Ends a session at once.
    pub(crate) async fn end(&self, id: IdHash) -> Result<(), StoreError> {
        self.store.end(&[id]).await
    }

    /// Remembers a login that was begun. The answer is the value of the browser's cookie: the one it has, if it has
    /// one, so that several tabs can log in at once.
    ///
    /// # Errors
    /// `Busy`, or the store's failure.
    pub(crate) async fn put_pending(
        &self,
        pending: &Pending,
        cookies: &[&str],
    ) -> Result<String, LoginError> {
        let now = self.clock.unix_seconds();
        self.sweep_where_due(now).await?;
        let known = plausible(cookies).first().copied().map(str::to_owned);
        let browser = known.unwrap_or_else(|| self.random.token());
        let state = self.vault.hash(Purpose::State, &pending.state);
        let text = serde_json::to_vec(pending).map_err(unwritable)?;
        let login = PendingLogin {
            state,
            browser: self.vault.hash(Purpose::Browser, &browser),
            expires_at: now + PENDING_LIFETIME,
            sealed: self.vault.seal(&self.random, &state, text),
        };
        match self.store.put_pending(login, PENDING_LIMITS, now).await? {
            PutPending::Kept => Ok(browser),
            PutPending::Full => Err(LoginError::Busy),
        }
    }

    /// The pending login with this state, once, if it was begun in a browser with one of these cookies.
    ///
    /// # Errors
    /// `CallbackState`, or the store's failure.
    pub(crate) async fn take_pending(
        &self,
        state: Option<&str>,
        cookies: &[&str],
    ) -> Result<Pending, LoginError> {
        let state = state.ok_or(refused("it is missing"))?;
        let state = self.vault.hash(Purpose::State, state);
        for cookie in plausible(cookies) {
            let browser = self.vault.hash(Purpose::Browser, cookie);
            let Some(login) = self.store.take_pending(&state, &browser).await? else {
                continue;
            };
            if login.expires_at <= self.clock.unix_seconds() {
                return Err(refused("it has expired"));
            }
            let text = self
                .vault
                .open(&state, login.sealed)
                .ok_or(refused("it cannot be opened"))?;
            return serde_json::from_slice(&text).map_err(|_| refused("it cannot be read"));
        }
        Err(refused("no such login is pending in this browser"))
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

fn refused(detail: &'static str) -> LoginError {
    LoginError::CallbackState { detail }
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

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::new(error.to_string())
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
