//! An API: a 401 for who is not logged in, a 403 for who lacks a role, both as a problem (RFC 9457).
//!
//! `.streamlit/secrets.toml` says where the provider lists roles:
//!
//! ```toml
//! [auth.google]
//! # ..
//! roles_claim = "groups"
//! ```

use std::error::Error;

use auth::{Auth, User};
use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let auth = Auth::from_secrets(".streamlit/secrets.toml").await?;
    let listener = TcpListener::bind("localhost:8501").await?;
    Ok(axum::serve(listener, app(&auth)).await?)
}

pub(crate) fn app(auth: &Auth) -> Router {
    let api = Router::new()
        .route("/api/me", get(me))
        .layer(auth.require_login());
    let admin = Router::new()
        .route("/api/admin", get(async || Json(json!({"users": 7}))))
        .layer(auth.require_role("admin"));
    Router::new()
        .merge(api)
        .merge(admin)
        .merge(auth.routes())
        .layer(auth.layer())
}

async fn me(user: User) -> Json<Value> {
    Json(json!({
        "subject": user.subject(),
        "email": user.email().filter(|_| user.is_email_verified()),
        "roles": user.roles(),
    }))
}
