//! Refreshing a session's tokens: one request at a time, whoever asks and on whatever replica.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use super::{IdHash, Session, Sessions, StoreError};
use crate::{
    LoginError,
    identity::{Identity, Tokens},
};

/// How many answers of a provider one refresh takes at most: metadata, tokens, keys, UserInfo.
pub(super) const ANSWERS: u32 = 4;

/// How often somebody who waits for another replica looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long nothing is tried again after a failure, in seconds.
const COOL_DOWN: i64 = 60;

/// The sessions that are being refreshed in this process.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<IdHash, Weak<tokio::sync::Mutex<()>>>>);

impl Flights {
    fn of(&self, id: IdHash) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&id).and_then(Weak::upgrade) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        flights.insert(id, Arc::downgrade(&flight));
        flight
    }
}

/// What became of an attempt.
pub(crate) enum Refreshed {
    /// The session, with new tokens: one's own, or those that somebody else got meanwhile.
    Done(Arc<Session>),
    /// Another request has just tried, and failed.
    JustFailed,
    /// It has none to refresh with.
    NoRefreshToken,
    /// The session is gone, by a logout meanwhile or because the provider will not have it any more.
    Ended(Option<LoginError>),
    /// The provider did not answer, or not with what it should: the session stays as it was.
    Failed(LoginError),
}

impl Sessions {
    /// Whether it is time to renew the tokens of a session, and anybody will look at them.
    pub(crate) fn is_refresh_due(&self, session: &Session) -> bool {
        let is_wanted = self.expose.access || self.expose.id || self.follows_token;
        let now = self.clock.unix_seconds();
        is_wanted && session.refresh_due.is_some_and(|due| due <= now)
    }

    /// Refreshes a session by `ask`, unless somebody else has done so since `seen` was read.
    pub(crate) async fn refresh<F>(
        &self,
        seen: &Session,
        ask: impl FnOnce(Arc<Session>, Tokens, String) -> F,
    ) -> Result<Refreshed, StoreError>
    where
        F: Future<Output = Result<Identity, LoginError>>,
    {
        let flight = self.flights.of(seen.id);
        let _turn = flight.lock().await;
        let mut look = tokio::time::interval(LOOK_EVERY);
        let session = loop {
            look.tick().await;
            let Some(session) = self.store.find(&[seen.id]).await? else {
                return Ok(Refreshed::Ended(None));
            };
            if session.version != seen.version {
                let is_new = session.sealed_tokens != seen.sealed_tokens;
                return Ok(if is_new {
                    Refreshed::Done(session)
                } else {
                    Refreshed::JustFailed
                });
            }
            let now = self.clock.unix_seconds();
            if self
                .store
                .lease_refresh(&seen.id, now, now + self.lease)
                .await?
            {
                break session;
            }
        };
        let tokens = self.tokens(&session);
        let Some((tokens, refresh_token)) =
            tokens.and_then(|tokens| Some((tokens.clone(), tokens.refresh_token?)))
        else {
            return Ok(Refreshed::NoRefreshToken);
        };
        match ask(Arc::clone(&session), tokens, refresh_token).await {
            Ok(identity) => self.keep(&session, identity).await,
            Err(error) if ends_session(&error) => {
                self.store.end(&[session.id]).await?;
                Ok(Refreshed::Ended(Some(error)))
            }
            Err(error) => {
                // It is not asked again at once; the lease goes back with it.
                let mut later = (*session).clone();
                later.refresh_due = Some(self.clock.unix_seconds() + COOL_DOWN);
                self.store.save(later).await?;
                Ok(Refreshed::Failed(error))
            }
        }
    }

    async fn keep(&self, session: &Session, identity: Identity) -> Result<Refreshed, StoreError> {
        let (id, created_at) = (session.id, session.created_at);
        let mut renewed = self.filled(identity, id, &session.provider, created_at)?;
        renewed.version = session.version;
        if !self.store.save(renewed.clone()).await? {
            // A logout came first.
            return Ok(Refreshed::Ended(None));
        }
        renewed.version += 1;
        Ok(Refreshed::Done(Arc::new(renewed)))
    }
}

/// Whether the provider says that it is over ([RFC 6749 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)), or the
/// configuration does.
fn ends_session(error: &LoginError) -> bool {
    match error {
        LoginError::TokenError { error, .. } => error == "invalid_grant",
        LoginError::NotAllowed { .. } => true,
        _ => false,
    }
}
