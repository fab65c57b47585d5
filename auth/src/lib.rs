//! Streamlit's login for [axum](https://docs.rs/axum): `login`, `user` and `logout`, set up by the
//! same `.streamlit/secrets.toml`.
//!
//! ```no_run
//! use auth::{Auth, User};
//! use axum::{
//!     Router,
//!     extract::State,
//!     response::{IntoResponse, Response},
//!     routing::get,
//! };
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let auth = Auth::from_secrets(".streamlit/secrets.toml").await?;
//!     let app = Router::new()
//!         .route("/", get(home))
//!         .merge(auth.routes()) // /auth/login, /auth/logout and the path of redirect_uri
//!         .layer(auth.layer()) // tells every handler above who the visitor is
//!         .with_state(auth);
//!     let listener = tokio::net::TcpListener::bind("localhost:8501").await?;
//!     Ok(axum::serve(listener, app).await?)
//! }
//!
//! async fn home(State(auth): State<Auth>, user: User) -> Response {
//!     match user.name() {
//!         Some(name) => format!("Welcome, {name}!").into_response(),
//!         None => auth.login("google").into_response(), // or a link to user.login_url("google")
//!     }
//! }
//! ```
//!
//! Pages and routes for people who are logged in have a [layer](Auth::require_login) around them:
//!
//! ```no_run
//! # use auth::Auth;
//! # use axum::{Router, routing::get};
//! # fn app(auth: Auth) -> Router {
//! let reports = Router::new()
//!     .route("/reports", get(async || "for people who are logged in"))
//!     .layer(auth.require_login()); // to the login and back; a 401 for scripts
//! Router::new().merge(reports).merge(auth.routes()).layer(auth.layer())
//! # }
//! ```
//!
//! | Streamlit | here |
//! |---|---|
//! | `.streamlit/secrets.toml` with `[auth]`, `[auth.google]` | the same file, checked at the start ([`config`] has every key); as environment variables ([`config::Reader::environment`]) or in code ([`Config::builder`]), too |
//! | `st.login("google")` | [`Auth::login`] from a handler, or a link to [`User::login_url`] |
//! | `st.login()` | `/auth/login`: the only provider, the default one, or the visitor's choice |
//! | `st.logout()` | [`Auth::logout`] from a handler, or a form to [`User::logout_url`] |
//! | `st.user.is_logged_in` | [`User::is_logged_in`]; a [`User`] is there without any configuration |
//! | `st.user["email"]`, `st.user.to_dict()` | `user["email"]` (`Null` when absent), [`User::claims`], [`User::email`] with [`User::is_email_verified`] |
//! | `st.user.tokens["access"]` | [`User::tokens`], renewed before it expires |
//! | `if not st.user.is_logged_in: st.stop()` on each page | [`Auth::require_login`], [`Auth::require_role`] around routes |
//! | `AppTest.user` | [`User::insecure_signed_in`], with no provider at all |
//! | a cookie with all claims, for 30 days | a random cookie; the session is in a [store](config::Store), and can be [listed and ended](Auth::sessions) |
//!
//! Beyond it: [refresh](Auth::refresh), [hooks](Hooks), [pages of one's own](Pages), the provider's logout in both
//! directions. `/auth/backchannel-logout` and `/auth/frontchannel-logout` are what to register for the latter.
//!
//! `auth/examples` has an app for each task: `one_provider`, `several_providers`, `api_with_roles`,
//! `redis_sessions`, `refresh`, `own_pages`.
//!
//! The login is OpenID Connect's authorization code flow with state, nonce and PKCE, always. The ID
//! token is verified in full; whatever is refused has a [reason](LoginError::reason) of its own. A
//! session is a record in a [store](session::SessionStore) behind a random cookie: new at each
//! login, gone at logout.

mod clock;
pub mod config;
mod error;
mod flow;
mod http;
mod identity;
#[cfg(feature = "jarvis")]
pub mod jarvis;
mod json;
mod page;
mod provider;
mod random;
pub mod session;
#[cfg(test)]
mod testing;
mod verify;
mod web;

pub use clock::Clock;
pub use config::{Config, ConfigError};
pub use error::LoginError;
pub use page::{ChooseLogin, ConfirmLogout, Failure, Forbidden, LoginChoice, OwnPages, Pages};
pub use provider::{Provider, preset_names};
pub use random::Random;
pub use verify::{LogoutTokenError, TokenError};
pub use web::{
    Auth, AuthBuilder, AuthLayer, AuthService, BuildError, Hooks, Login, Logout, MissingLayer,
    NoHooks, RefreshError, RequireLogin, RequireLoginService, RequireRole, SessionInfo, User,
};
