//! Refreshing: new tokens and claims for a session, without a new login.

use std::sync::Arc;

use super::{Auth, User, unattended::to_its_end};
use crate::{
    LoginError,
    flow::Known,
    session::{OpenSession, Refreshed, Session, StoreError},
};

/// Why nothing was refreshed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// Nobody is logged in.
    #[error("nobody is logged in")]
    NotLoggedIn,
    /// The provider gave no refresh token: most want `offline_access` among the scopes, Google
    /// `access_type = "offline"`.
    #[error("the provider gave no refresh token")]
    NoRefreshToken,
    /// The session has ended: by a logout meanwhile, or because the provider or the configuration will not have
    /// it any more.
    #[error("the session has ended: {}", .0.as_ref().map_or_else(|| "it is gone".to_owned(), ToString::to_string))]
    Ended(Option<LoginError>),
    /// The provider did not answer, or not with what it should. The session is as it was.
    #[error(transparent)]
    Failed(LoginError),
    /// Another request has just tried, and failed. The session is as it was.
    #[error("another request has just tried to refresh the session, and failed")]
    JustFailed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Auth {
    /// Asks the visitor's provider for new tokens and what it says now about the account
    /// ([Core 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens)). Of several requests at
    /// once one asks, and all get its answer.
    ///
    /// Where `expose_tokens` shows a token that is about to expire, this happens by itself.
    ///
    /// # Errors
    /// See [`RefreshError`]; a provider that fails leaves the session as it was.
    pub async fn refresh(&self, user: &User) -> Result<User, RefreshError> {
        let opened = user.opened().ok_or(RefreshError::NotLoggedIn)?;
        let session = self.refreshed(Arc::clone(&opened.session)).await?;
        Ok(self.user(self.0.sessions.reopened(opened, session)))
    }

    /// The session that a request has opened, whose tokens are due, with new ones. `None` where the provider has
    /// ended it.
    pub(super) async fn kept_fresh(&self, opened: OpenSession) -> Option<OpenSession> {
        let provider = opened.session.provider.clone();
        match self.refreshed(Arc::clone(&opened.session)).await {
            Ok(session) => Some(self.0.sessions.reopened(&opened, session)),
            Err(RefreshError::Ended(why)) => {
                let why = why.map(|why| why.to_string());
                tracing::info!(provider, why, "a session has ended: it cannot be refreshed");
                None
            }
            Err(error) => {
                tracing::warn!(provider, %error, "tokens could not be refreshed: the old ones stay");
                Some(opened)
            }
        }
    }

    async fn refreshed(&self, session: Arc<Session>) -> Result<Arc<Session>, RefreshError> {
        let auth = self.clone();
        match to_its_end(async move { auth.refresh_session(&session).await }).await? {
            Refreshed::Done(session) => Ok(session),
            Refreshed::NoRefreshToken => Err(RefreshError::NoRefreshToken),
            Refreshed::Ended(why) => Err(RefreshError::Ended(why)),
            Refreshed::Failed(error) => Err(RefreshError::Failed(error)),
            Refreshed::JustFailed => Err(RefreshError::JustFailed),
        }
    }

    async fn refresh_session(&self, session: &Session) -> Result<Refreshed, StoreError> {
        let Some(provider) = self.provider(&session.provider) else {
            return Ok(Refreshed::Ended(None));
        };
        let ask = async |session: Arc<Session>, tokens, refresh_token: String| {
            let known = Known {
                issuer: &session.issuer,
                subject: &session.subject,
                claims: &session.claims,
            };
            let flow = self.flow(provider);
            flow.refresh(known, &tokens, &refresh_token).await
        };
        self.0.sessions.refresh(session, ask).await
    }
}
