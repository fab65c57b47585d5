//! One provider: a page that greets whoever is logged in, and sends everybody else to the login.
//!
//! `.streamlit/secrets.toml` has `[auth]` and `[auth.google]`.

use std::error::Error;

use auth::{Auth, User};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let auth = Auth::from_secrets(".streamlit/secrets.toml").await?;
    let listener = TcpListener::bind("localhost:8501").await?;
    Ok(axum::serve(listener, app(auth)).await?)
}

pub(crate) fn app(auth: Auth) -> Router {
    Router::new()
        .route("/", get(home))
        .merge(auth.routes())
        .layer(auth.layer())
        .with_state(auth)
}

async fn home(State(auth): State<Auth>, user: User) -> Response {
    match user.name() {
        Some(name) => format!("Welcome, {name}! Log out at {}", user.logout_url()).into_response(),
        None => auth.login("google").into_response(),
    }
}
