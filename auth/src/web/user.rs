//! [`User`]: who the visitor is, for a handler to ask for.

use std::{
    ops::Index,
    sync::{Arc, LazyLock, OnceLock},
};

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use serde_json::{Map, Value};

use super::{LOGOUT, login};
use crate::{
    identity::{display_name, is_email_verified, text},
    session::{ExposedTokens, IdHash, OpenSession},
};

static NULL: Value = Value::Null;
static NO_CLAIMS: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// Who the visitor is: anybody, or somebody for whom a provider vouches.
///
/// As an extractor it never refuses a visitor; it needs [`Auth::layer`](crate::Auth::layer) around
/// the app.
#[derive(Debug, Clone)]
pub struct User(Option<Arc<LoggedIn>>);

#[derive(Debug)]
struct LoggedIn {
    opened: OpenSession,
    name: OnceLock<Option<String>>,
}

impl User {
    pub(super) fn anonymous() -> Self {
        Self(None)
    }

    pub(super) fn logged_in(opened: OpenSession) -> Self {
        Self(Some(Arc::new(LoggedIn {
            opened,
            name: OnceLock::new(),
        })))
    }

    pub(super) fn session_id(&self) -> Option<IdHash> {
        self.0.as_ref().map(|user| user.opened.session.id)
    }

    /// Whether somebody is logged in.
    #[must_use]
    pub fn is_logged_in(&self) -> bool {
        self.0.is_some()
    }

    /// What to call the visitor: `name`, else given and family name, else `preferred_username`,
    /// `email`, `sub`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let user = self.0.as_ref()?;
        user.name
            .get_or_init(|| display_name(&user.opened.session.claims))
            .as_deref()
    }

    /// The URL of a picture, where it is one that a browser can load.
    #[must_use]
    pub fn picture(&self) -> Option<&str> {
        let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        text(self.claims(), "picture").filter(is_web)
    }

    /// The e-mail address, verified or not. Two accounts may claim the same one:
    /// [`subject`](Self::subject) and [`issuer`](Self::issuer) tell people apart.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        text(self.claims(), "email")
    }

    /// Whether the provider has seen that the e-mail address is the visitor's.
    #[must_use]
    pub fn is_email_verified(&self) -> bool {
        is_email_verified(self.claims())
    }

    /// The account at the [`issuer`](Self::issuer): unchanging, and unique there
    /// ([Core 5.7](https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability)).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.0
            .as_ref()
            .map(|user| user.opened.session.subject.as_str())
    }

    /// The issuer that vouches for the visitor.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.0
            .as_ref()
            .map(|user| user.opened.session.issuer.as_str())
    }

    /// The provider's name in the configuration.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.0
            .as_ref()
            .map(|user| user.opened.session.provider.as_str())
    }

    /// Everything that the ID token says; empty for an anonymous visitor.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        self.0
            .as_ref()
            .map_or(&NO_CLAIMS, |user| &user.opened.session.claims)
    }

    /// The tokens of the login, as far as `expose_tokens` exposes them.
    #[must_use]
    pub fn tokens(&self) -> &ExposedTokens {
        static NONE: LazyLock<ExposedTokens> = LazyLock::new(ExposedTokens::default);
        self.0.as_ref().map_or(&NONE, |user| &user.opened.exposed)
    }

    /// Where a link begins a login at this provider.
    #[must_use]
    pub fn login_url(&self, provider: &str) -> String {
        login::url(provider)
    }

    /// Where a form ends the session: POST, with [`csrf_token`](Self::csrf_token) as `csrf_token`.
    /// A link there leads to a page that asks.
    #[must_use]
    pub fn logout_url(&self) -> &'static str {
        LOGOUT
    }

    /// Proves that a form comes from a page of this session; empty for an anonymous visitor.
    #[must_use]
    pub fn csrf_token(&self) -> &str {
        self.0
            .as_ref()
            .map_or("", |user| user.opened.csrf_token.as_str())
    }
}

impl Index<&str> for User {
    type Output = Value;

    /// A claim; `Null` when it is absent.
    fn index(&self, claim: &str) -> &Value {
        self.claims().get(claim).unwrap_or(&NULL)
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
        parts.extensions.get::<Self>().cloned().ok_or(MissingLayer)
    }
}

/// A handler asks for [`User`], and the app has no [`Auth::layer`](crate::Auth::layer) around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the extractor User needs the app to have .layer(auth.layer())")]
pub struct MissingLayer;

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        tracing::error!("{self}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}
