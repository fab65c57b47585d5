//! Sessions that several replicas share, in Redis or Valkey: somebody sees where they are logged in, and ends
//! the other sessions.
//!
//! The key `store` does the same without a line of code: `store = "redis://localhost:6379"`.

use std::error::Error;
use std::sync::Arc;

use auth::config::{Config, Secret};
use auth::session::RedisStore;
use auth::{Auth, User};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Form, Json, Router, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_file(".streamlit/secrets.toml")?;
    let store = RedisStore::new(&Secret::new("redis://localhost:6379"), "my-app")?;
    store.ping().await?;
    let auth = Auth::builder(config).store(Arc::new(store)).build().await?;
    let listener = TcpListener::bind("localhost:8501").await?;
    Ok(axum::serve(listener, app(auth)).await?)
}

pub(crate) fn app(auth: Auth) -> Router {
    let sessions = Router::new()
        .route("/sessions", get(list).post(end_others))
        .layer(auth.require_login());
    Router::new()
        .merge(sessions)
        .merge(auth.routes())
        .layer(auth.layer())
        .with_state(auth)
}

async fn list(State(auth): State<Auth>, user: User) -> Result<Json<Value>, StatusCode> {
    let all = auth
        .sessions(&user)
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let shown = all
        .iter()
        .map(|session| json!({"since": session.created_at, "here": session.is_current}));
    Ok(Json(
        json!({"sessions": shown.collect::<Vec<_>>(), "csrf_token": user.csrf_token()}),
    ))
}

#[derive(Deserialize)]
struct EndOthers {
    csrf_token: String,
}

async fn end_others(
    State(auth): State<Auth>,
    user: User,
    Form(form): Form<EndOthers>,
) -> Result<String, StatusCode> {
    if !user.is_csrf_token(&form.csrf_token) {
        return Err(StatusCode::FORBIDDEN);
    }
    let all = auth
        .sessions(&user)
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let others: Vec<_> = all.iter().filter(|session| !session.is_current).collect();
    for other in &others {
        let ended = auth.end_session(&user, &other.id).await;
        ended.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    }
    Ok(format!("{} ended", others.len()))
}
