//! What an app is told of logins.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::Notify;

use super::{App, Browser, REDIRECT_URI};
use crate::{Hooks, LoginError, User, testing::PATIENCE};

#[derive(Debug, Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Hooks for Diary {
    async fn first_login(&self, user: &User) {
        self.note(format!("first {:?}", user.subject()));
    }

    async fn login(&self, user: &User) {
        self.note(format!("login {:?}", user.name()));
    }

    async fn login_failed(&self, error: &LoginError, provider: Option<&str>) {
        self.note(format!("failed {} at {provider:?}", error.reason()));
    }
}

#[tokio::test]
async fn first_logins_logins_and_failures_are_told() {
    let diary = Diary::default();
    let hooks = diary.clone();
    let app = App::built(REDIRECT_URI, |_| {}, |builder| builder.hooks(hooks)).await;
    app.log_in(&mut Browser::default()).await;
    let (first, login) = ("first Some(\"110\")", "login Some(\"Alice Example\")");
    assert_eq!(diary.lines(), [first, login]);
    app.log_in(&mut Browser::default()).await;
    assert_eq!(diary.lines(), [login]);
    app.identify_as("220", "Bob");
    app.log_in(&mut Browser::default()).await;
    assert_eq!(
        diary.lines(),
        ["first Some(\"220\")", "login Some(\"Bob\")"]
    );

    app.idp
        .edit(|world| world.claims["aud"] = serde_json::json!("other"));
    app.log_in(&mut Browser::default()).await;
    assert_eq!(diary.lines(), ["failed id_token.aud at Some(\"google\")"]);
    app.get(&mut Browser::default(), "/oauth2callback?code=c&state=x")
        .await;
    assert_eq!(diary.lines(), ["failed callback.state at None"]);
}

/// Somebody who takes a while to make an account.
#[derive(Debug, Clone, Default)]
struct SlowDiary {
    diary: Diary,
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
    done: Arc<Notify>,
}

#[async_trait]
impl Hooks for SlowDiary {
    async fn first_login(&self, user: &User) {
        self.begun.notify_one();
        self.go_on.notified().await;
        self.diary.first_login(user).await;
    }

    async fn login(&self, user: &User) {
        self.diary.login(user).await;
        self.done.notify_one();
    }
}

#[tokio::test]
async fn a_login_is_told_also_where_the_visitor_leaves_meanwhile() {
    let slow = SlowDiary::default();
    let hooks = slow.clone();
    let app = App::built(REDIRECT_URI, |_| {}, |builder| builder.hooks(hooks)).await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    tokio::select! {
        _ = app.get(&mut browser, &callback) => panic!("the hook was not waited for"),
        () = slow.begun.notified() => {}
    }
    slow.go_on.notify_one();
    tokio::time::timeout(PATIENCE, slow.done.notified())
        .await
        .expect("the login goes on");
    let (first, login) = ("first Some(\"110\")", "login Some(\"Alice Example\")");
    assert_eq!(slow.diary.lines(), [first, login]);
}
