//! Several providers: visitors choose, and come back to the page that they wanted to see.
//!
//! `.streamlit/secrets.toml` has a table for each, such as `[auth.google]` and `[auth.microsoft]`.

use std::error::Error;

use auth::{Auth, User};
use axum::{Router, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let auth = Auth::from_secrets(".streamlit/secrets.toml").await?;
    let listener = TcpListener::bind("localhost:8501").await?;
    Ok(axum::serve(listener, app(&auth)).await?)
}

pub(crate) fn app(auth: &Auth) -> Router {
    let members = Router::new()
        .route("/members", get(members))
        .layer(auth.require_login()); // to /auth/login, which lets them choose, and back
    Router::new()
        .route("/", get(async || "Everybody may read this."))
        .merge(members)
        .merge(auth.routes())
        .layer(auth.layer())
}

async fn members(user: User) -> String {
    // Two providers may know two people by one address: issuer and subject tell them apart.
    let (name, provider) = (user.name(), user.provider());
    format!(
        "{} of {}",
        name.unwrap_or_default(),
        provider.unwrap_or_default()
    )
}
