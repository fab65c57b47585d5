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
use subtle::ConstantTimeEq;

use super::{Auth, LOGOUT, login};
use crate::{
    identity::{claim_at, display_name, is_email_verified, text, texts},
    session::{ExposedTokens, IdHash, OpenSession, Session},
};

static NULL: Value = Value::Null;
static NO_CLAIMS: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// Who the visitor is: anybody, or somebody for whom a provider vouches.
///
/// As an extractor it never refuses a visitor; it needs [`Auth::layer`](crate::Auth::layer) around
/// the app. In an app's own tests [`User::insecure_signed_in`] takes the layer's place.
#[derive(Debug, Clone)]
pub struct User {
    base_path: Arc<str>,
    who: Option<Arc<LoggedIn>>,
}

#[derive(Debug)]
struct LoggedIn {
    opened: OpenSession,
    roles_claim: Option<String>,
    name: OnceLock<Option<String>>,
}

impl Auth {
    /// Somebody who is not logged in.
    pub(super) fn anonymous(&self) -> User {
        User {
            base_path: Arc::clone(&self.0.base_path),
            who: None,
        }
    }

    /// Whose session it is.
    pub(super) fn user(&self, opened: OpenSession) -> User {
        let provider = self.provider(&opened.session.provider);
        User {
            base_path: Arc::clone(&self.0.base_path),
            who: Some(Arc::new(LoggedIn {
                roles_claim: provider.and_then(|provider| provider.config.roles_claim.clone()),
                opened,
                name: OnceLock::new(),
            })),
        }
    }
}

impl User {
    /// Somebody who is not logged in, for the tests of an app: as an axum `Extension` around it, in the place of
    /// [`Auth::layer`](crate::Auth::layer).
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            base_path: "".into(),
            who: None,
        }
    }

    /// Somebody who is logged in with these claims, for the tests of an app: no provider has said so. Roles are
    /// those of the claim `roles`.
    ///
    /// ```
    /// # use auth::User;
    /// use axum::{Extension, Router, routing::get};
    ///
    /// let alice = User::insecure_signed_in("google", serde_json::json!({"sub": "1", "name": "Alice"}));
    /// let app: Router = Router::new()
    ///     .route("/", get(async |user: User| user.name().unwrap_or("nobody").to_owned()))
    ///     .layer(Extension(alice));
    /// ```
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "json!(..) is written in the call"
    )]
    pub fn insecure_signed_in(provider: &str, claims: Value) -> Self {
        let claims = claims.as_object().cloned().unwrap_or_default();
        let own = |name: &str| text(&claims, name).unwrap_or_default().to_owned();
        let session = Session {
            id: IdHash([0; 32]),
            version: 0,
            provider: provider.to_owned(),
            issuer: own("iss"),
            subject: own("sub"),
            sid: None,
            sealed_tokens: Vec::new(),
            end_session_endpoint: None,
            refresh_due: None,
            created_at: 0,
            idle_until: i64::MAX,
            expires_at: i64::MAX,
            claims,
        };
        Self {
            base_path: "".into(),
            who: Some(Arc::new(LoggedIn {
                opened: OpenSession {
                    session: Arc::new(session),
                    csrf_token: "test".to_owned(),
                    exposed: ExposedTokens::default(),
                },
                roles_claim: Some("roles".to_owned()),
                name: OnceLock::new(),
            })),
        }
    }

    pub(super) fn opened(&self) -> Option<&OpenSession> {
        self.who.as_ref().map(|user| &user.opened)
    }

    fn session(&self) -> Option<&Session> {
        self.opened().map(|opened| &*opened.session)
    }

    pub(super) fn session_id(&self) -> Option<IdHash> {
        self.session().map(|session| session.id)
    }

    /// Whether somebody is logged in.
    #[must_use]
    pub fn is_logged_in(&self) -> bool {
        self.who.is_some()
    }

    /// What to call the visitor: `name`, else given and family name, else `preferred_username`,
    /// `email`, `sub`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let user = self.who.as_ref()?;
        user.name
            .get_or_init(|| display_name(&user.opened.session.claims))
            .as_deref()
    }

    /// The roles that the provider says the visitor has, in the claim that `roles_claim` names.
    #[must_use]
    pub fn roles(&self) -> Vec<&str> {
        let claim = self
            .who
            .as_ref()
            .and_then(|user| user.roles_claim.as_deref());
        texts(claim.and_then(|claim| claim_at(self.claims(), claim)))
    }

    /// Whether the visitor has a role, compared exactly.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().contains(&role)
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
        self.session().map(|session| session.subject.as_str())
    }

    /// The issuer that vouches for the visitor.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.session().map(|session| session.issuer.as_str())
    }

    /// The provider's name in the configuration.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.session().map(|session| session.provider.as_str())
    }

    /// Everything that the ID token says, and UserInfo adds; empty for an anonymous visitor.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        self.session().map_or(&NO_CLAIMS, |session| &session.claims)
    }

    /// The tokens of the login, as far as `expose_tokens` exposes them.
    #[must_use]
    pub fn tokens(&self) -> &ExposedTokens {
        static NONE: LazyLock<ExposedTokens> = LazyLock::new(ExposedTokens::default);
        self.opened().map_or(&NONE, |opened| &opened.exposed)
    }

    /// Where a link begins a login at this provider.
    #[must_use]
    pub fn login_url(&self, provider: &str) -> String {
        login::url(&self.base_path, provider)
    }

    /// Where a form ends the session: POST, with [`csrf_token`](Self::csrf_token) as `csrf_token`.
    /// A link there leads to a page that asks.
    #[must_use]
    pub fn logout_url(&self) -> String {
        format!("{}{LOGOUT}", self.base_path)
    }

    /// Proves that a form comes from a page of this session; empty for an anonymous visitor.
    #[must_use]
    pub fn csrf_token(&self) -> &str {
        self.opened()
            .map_or("", |opened| opened.csrf_token.as_str())
    }

    /// Whether a form that came with this token is one of this session's pages.
    #[must_use]
    pub fn is_csrf_token(&self, token: &str) -> bool {
        let own = self.csrf_token().as_bytes();
        !own.is_empty() && own.ct_eq(token.as_bytes()).into()
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
