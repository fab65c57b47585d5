//! A ring of cookie secrets: one is replaced, and nobody is logged out.

use std::sync::Arc;

use super::{App, Browser};
use crate::{Auth, config::Secret};

/// The same app after a restart with these secrets.
async fn with_secrets(app: App, secrets: &[&str]) -> App {
    let mut config = app.auth.config().clone();
    config.cookie_secrets = secrets.iter().copied().map(Secret::new).collect();
    config.expose_tokens.access = true;
    let store = Arc::clone(&app.store);
    let builder = Auth::builder(config).clock(app.clock.clone()).store(store);
    let auth = builder.build().await.unwrap();
    App { auth, ..app }
}

const OLD: &str = "an old secret of thirty-two bytes and more";
const NEW: &str = "a new secret of thirty-two bytes and more";

#[tokio::test]
async fn sessions_and_their_tokens_outlive_a_secret_that_stays_in_the_ring() {
    let app = with_secrets(App::start().await, &[OLD]).await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let app = with_secrets(app, &[NEW, OLD]).await;
    let who = app.who(&browser).await;
    assert_eq!(who["is_logged_in"], true);
    assert_eq!(who["tokens"][1], "access");
    let app = with_secrets(app, &[NEW]).await;
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
}

#[tokio::test]
async fn a_login_begun_before_the_change_is_finished_after_it() {
    let app = with_secrets(App::start().await, &[OLD]).await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let app = with_secrets(app, &[NEW, OLD]).await;
    app.get(&mut browser, &callback).await;
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    // What is made now is made with the new secret.
    let app = with_secrets(app, &[NEW]).await;
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn a_login_is_not_finished_with_a_secret_that_is_gone() {
    let app = with_secrets(App::start().await, &[OLD]).await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let app = with_secrets(app, &[NEW]).await;
    let page = app.get(&mut browser, &callback).await;
    assert_eq!(page.refusal(), (400, "callback.state"));
}
