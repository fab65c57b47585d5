//! Logins that have been begun: remembered until the visitor comes back.

use super::{
    PendingLimits, PendingLogin, PutPending, Sessions, StoreError, plausible, vault::Purpose,
};
use crate::{LoginError, flow::Pending};

/// How long a visitor may take at the provider, in seconds.
pub(crate) const PENDING_LIFETIME: i64 = 600;

const PENDING_LIMITS: PendingLimits = PendingLimits {
    per_browser: 10,
    total: 10_000,
};

impl Sessions {
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
        let text =
            serde_json::to_vec(pending).map_err(|error| StoreError::new(error.to_string()))?;
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
        let states = self.vault.hashes(Purpose::State, state);
        for (which, state) in states.enumerate() {
            for cookie in plausible(cookies) {
                // Both were made with the same secret.
                let browser = self.vault.hashes(Purpose::Browser, cookie).nth(which);
                let Some(browser) = browser else { continue };
                let Some(login) = self.store.take_pending(&state, &browser).await? else {
                    continue;
                };
                if login.expires_at <= self.clock.unix_seconds() {
                    return Err(refused("it has expired"));
                }
                let text = self
                    .vault
                    .open(&state, &login.sealed)
                    .ok_or(refused("it cannot be opened"))?;
                return serde_json::from_slice(&text).map_err(|_| refused("it cannot be read"));
            }
        }
        Err(refused("no such login is pending in this browser"))
    }
}

fn refused(detail: &'static str) -> LoginError {
    LoginError::CallbackState { detail }
}
