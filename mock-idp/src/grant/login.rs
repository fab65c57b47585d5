//! A login that was allowed: what everything that comes of it refers to.

use std::sync::{Arc, OnceLock};

use crate::endpoint::AuthorizationRequest;

/// When a visitor proved who they are, and the session that began then.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    /// Seconds since 1970.
    pub(crate) at: i64,
    pub(crate) sid: Option<String>,
}

/// A login that was allowed. Codes and tokens share it, so that revoking it ends all of them.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) request: Arc<AuthorizationRequest>,
    pub(crate) persona: String,
    pub(crate) authentication: Authentication,
    /// Whether the visitor saw the consent page, or would have.
    pub(crate) is_consent_shown: bool,
    revoked: OnceLock<&'static str>,
}

impl Login {
    pub(crate) fn new(
        request: &Arc<AuthorizationRequest>,
        persona: &str,
        authentication: Authentication,
        is_consent_shown: bool,
    ) -> Self {
        Self {
            request: Arc::clone(request),
            persona: persona.to_owned(),
            authentication,
            is_consent_shown,
            revoked: OnceLock::new(),
        }
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.request.client.client_id
    }

    /// Ends all that came of it. The first reason is kept.
    pub(crate) fn revoke(&self, why: &'static str) {
        let _ = self.revoked.set(why);
    }

    /// Why nothing of it is good any more.
    pub(crate) fn revoked(&self) -> Option<&'static str> {
        self.revoked.get().copied()
    }
}
