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
