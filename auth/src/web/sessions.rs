//! The sessions of an account: to list them, and to end them.

use super::{Auth, User};
use crate::session::{IdHash, Session, StoreError};

/// One browser that is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// What [`Auth::end_session`] wants; nobody becomes the visitor with it.
    pub id: IdHash,
    /// The provider's name in the configuration.
    pub provider: String,
    /// When the login was, in seconds since the Unix epoch.
    pub created_at: i64,
    /// When it was used last, to the minute, in seconds since the Unix epoch.
    pub used_at: i64,
    /// When it ends in any case, in seconds since the Unix epoch.
    pub expires_at: i64,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl Auth {
    /// The sessions of the visitor's account, in whatever browsers, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn sessions(&self, user: &User) -> Result<Vec<SessionInfo>, StoreError> {
        let (Some(issuer), Some(subject)) = (user.issuer(), user.subject()) else {
            return Ok(Vec::new());
        };
        let mut all = self.sessions_of(issuer, subject).await?;
        for session in &mut all {
            session.is_current = user.session_id() == Some(session.id);
        }
        Ok(all)
    }

    /// The sessions of an account, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn sessions_of(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<SessionInfo>, StoreError> {
        let sessions = &self.0.sessions;
        let now = self.0.clock.unix_seconds();
        let found = sessions.store().find_by_subject(issuer, subject).await?;
        let alive = found.iter().filter(|session| session.is_alive(now));
        let info = |session: &Session| SessionInfo {
            id: session.id,
            provider: session.provider.clone(),
            created_at: session.created_at,
            used_at: sessions.used_at(session),
            expires_at: session.expires_at,
            is_current: false,
        };
        let mut all: Vec<_> = alive.map(|session| info(session)).collect();
        all.sort_by_key(|session| session.created_at);
        Ok(all)
    }

    /// Ends a session of the visitor's own account at once; any other one is left alone.
    ///
    /// # Errors
    /// The store's.
    pub async fn end_session(&self, user: &User, id: &IdHash) -> Result<bool, StoreError> {
        let is_own = self.sessions(user).await?.iter().any(|own| own.id == *id);
        if is_own {
            self.0.sessions.end(&[*id]).await?;
        }
        Ok(is_own)
    }

    /// Ends all sessions of an account at once, wherever they are: of somebody who has left, or who has lost a
    /// device. The answer is how many there were.
    ///
    /// # Errors
    /// The store's.
    pub async fn end_sessions_of(&self, issuer: &str, subject: &str) -> Result<usize, StoreError> {
        let all = self.sessions_of(issuer, subject).await?;
        let ids: Vec<_> = all.iter().map(|session| session.id).collect();
        self.0.sessions.end(&ids).await?;
        Ok(ids.len())
    }
}
