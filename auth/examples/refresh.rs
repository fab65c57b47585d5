//! Acting on the visitor's behalf: the access token is good when a handler sees it, and claims can be asked for
//! anew.
//!
//! ```toml
//! [auth]
//! # ..
//! expose_tokens = "access"        # and so it is renewed before it expires
//!
//! [auth.google]
//! # ..
//! client_kwargs = { scope = "openid email profile https://www.googleapis.com/auth/calendar.readonly" }
//! authorize_params = { access_type = "offline" }   # for a refresh token; elsewhere the scope offline_access
//! ```

use std::error::Error;

use auth::{Auth, RefreshError, User};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Router, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let auth = Auth::from_secrets(".streamlit/secrets.toml").await?;
    let listener = TcpListener::bind("localhost:8501").await?;
    Ok(axum::serve(listener, app(auth)).await?)
}

pub(crate) fn app(auth: Auth) -> Router {
    let own = Router::new()
        .route("/call", get(call))
        .route("/name", get(name))
        .layer(auth.require_login());
    Router::new()
        .merge(own)
        .merge(auth.routes())
        .layer(auth.layer())
        .with_state(auth)
}

/// What an API of the provider's would be sent.
async fn call(user: User) -> Result<String, StatusCode> {
    let token = user.tokens().access().ok_or(StatusCode::NOT_FOUND)?;
    Ok(format!("Authorization: Bearer {token}"))
}

/// What the provider calls the visitor now, and not at the login.
async fn name(State(auth): State<Auth>, user: User) -> Result<String, StatusCode> {
    match auth.refresh(&user).await {
        Ok(user) => Ok(user.name().unwrap_or_default().to_owned()),
        // It is as it was: what is known has to do.
        Err(RefreshError::Failed(_) | RefreshError::JustFailed | RefreshError::NoRefreshToken) => {
            Ok(user.name().unwrap_or_default().to_owned())
        }
        Err(_) => Err(StatusCode::UNAUTHORIZED),
    }
}
