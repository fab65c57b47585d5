//! Pages of one's own in the place of this crate's, and an account made at the first login.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use auth::config::Config;
use auth::{Auth, AuthBuilder, Failure, Hooks, LoginError, Pages, User};
use axum::http::Response;
use axum::{Router, extract::State, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_file(".streamlit/secrets.toml")?;
    let accounts = Accounts::default();
    let auth = with_pages(Auth::builder(config), accounts.clone())
        .build()
        .await?;
    let listener = TcpListener::bind("localhost:8501").await?;
    Ok(axum::serve(listener, app(&auth, accounts)).await?)
}

pub(crate) fn with_pages(builder: AuthBuilder, accounts: Accounts) -> AuthBuilder {
    builder.pages(MyPages).hooks(accounts)
}

pub(crate) fn app(auth: &Auth, accounts: Accounts) -> Router {
    Router::new()
        .route("/accounts", get(count))
        .with_state(accounts)
        .merge(auth.routes())
        .layer(auth.layer())
}

async fn count(State(accounts): State<Accounts>) -> String {
    let known = accounts.0.lock().unwrap_or_else(PoisonError::into_inner);
    format!("{} accounts", known.len())
}

#[derive(Debug)]
struct MyPages;

/// Names and words come as they are: a template escapes them.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><title>{{ title }}</title><main data-reason="{{ reason }}"><h1>Oh dear: {{ title }}</h1>
<p>{{ text }} (<code>{{ error_id }}</code>)</p><a href="{{ again }}">Once more</a></main>"#
)]
struct OhDear<'a> {
    title: &'a str,
    text: &'a str,
    reason: &'a str,
    error_id: &'a str,
    again: &'a str,
}

impl Pages for MyPages {
    fn failure(&self, page: &Failure<'_>) -> Option<Response<String>> {
        let html = OhDear {
            title: page.title,
            text: &page.text,
            reason: page.reason,
            error_id: page.error_id,
            again: page.try_again.unwrap_or(page.home),
        };
        let response = Response::builder().header("content-type", "text/html; charset=utf-8");
        response.body(html.render().ok()?).ok()
    }
}

/// Who has an account: by issuer and subject, which never change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts(Arc<Mutex<BTreeMap<(String, String), String>>>);

#[async_trait::async_trait]
impl Hooks for Accounts {
    async fn first_login(&self, user: &User) {
        let own = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let account = (own(user.issuer()), own(user.subject()));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(account, own(user.name()));
    }

    async fn login_failed(&self, error: &LoginError, provider: Option<&str>) {
        tracing::warn!(
            reason = error.reason(),
            provider,
            "somebody could not log in"
        );
    }
}
