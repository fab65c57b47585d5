//! What Streamlit's login is known for, row by row: its failures, its weaknesses, and what its users ask for.
//! Each test is named after its row, and says what becomes of it here.

mod configuration_failures;
mod login_failures;
mod requests;
mod session_failures;
mod weaknesses;

use std::net::SocketAddr;

use auth::{Auth, Config, User};
use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use e2e::{AppPages, Control, Stack, Visitor};
use mock_idp::{MockIdp, Place};
use serde_json::Value;
use tempfile::TempDir;

const URL: &str = "https://accounts.google.com/.well-known/openid-configuration";

/// A right file, with one thing in place of another.
fn file(right: &str, wrong: &str) -> String {
    let text = format!(
        "[auth]\nredirect_uri = 'https://app.example/oauth2callback'\n\
         cookie_secret = '0123456789abcdef0123456789abcdef'\n[auth.google]\nclient_id = 'id'\n\
         client_secret = 's'\nserver_metadata_url = '{URL}'\n"
    );
    assert!(text.contains(right), "{right}");
    text.replace(right, wrong)
}

/// Why a configuration is refused, before anything is served.
fn report(text: &str) -> String {
    Config::from_toml(text, "secrets.toml")
        .expect_err(text)
        .to_string()
}

/// The app and Google, with these lines at the end of the file.
async fn asking(lines: &'static str) -> Stack {
    let add = move |secrets: String| format!("{}\n{lines}\n", secrets.trim_end());
    Stack::builder().secrets(add).start().await
}

/// The same, with these lines in `[auth]` itself.
async fn set_up(lines: &'static str) -> Stack {
    let add = move |secrets: String| secrets.replacen("[auth]", &format!("[auth]\n{lines}"), 1);
    Stack::builder().secrets(add).start().await
}

/// The app at a provider that does all that the specification has, with these lines at the end of the file.
async fn plain(lines: &'static str) -> (Stack, Visitor) {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let add = move |secrets: String| format!("{}\n{lines}\n", secrets.trim_end());
    let stack = Stack::builder().idp(idp).secrets(add).start().await;
    let pages = AppPages {
        log_in: Control::named("Log in with plain"),
        ..stack.pages()
    };
    (stack, Visitor::new(pages))
}

/// An app with its sessions in a file, and the folder that this is in.
async fn in_a_file() -> (Stack, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        "[auth]\nstore = 'sqlite:{}'",
        folder.path().join("s.db").display()
    );
    let add = move |secrets: String| secrets.replacen("[auth]", &line, 1);
    (Stack::builder().secrets(add).start().await, folder)
}

/// As many groups as large companies put into a token.
fn many_groups() -> Value {
    (0..10_000)
        .map(|number| format!("group-{number}"))
        .collect()
}

/// Where another copy of an app listens, with its configuration changed.
async fn copy(stack: &Stack, edit: impl FnOnce(&mut Config)) -> SocketAddr {
    let mut config = stack.auth().config().clone();
    edit(&mut config);
    let auth = Auth::builder(config).build().await.unwrap();
    served(auth::jarvis::router(auth)).await
}

/// Where an app listens.
async fn served(app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A program, and no browser.
#[expect(clippy::disallowed_methods, reason = "no client of the app's own")]
fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    client.build().unwrap()
}

/// What a handler of an app sees of whoever has this cookie.
async fn seen(auth: &Auth, cookie: &str, show: fn(User) -> String) -> String {
    let handler = get(async move |user: User| show(user));
    let address = served(Router::new().route("/", handler).layer(auth.layer())).await;
    let request = client().get(format!("http://{address}/"));
    let request = request.header("cookie", format!("auth_session={cookie}"));
    request.send().await.unwrap().text().await.unwrap()
}

/// What the provider gave last.
fn tokens(stack: &Stack) -> Value {
    let requests = stack.idp.requests().to(Place::Token);
    serde_json::from_str(&requests.last().unwrap().response_text()).unwrap()
}

/// Whom its last ID token is about.
fn subject(stack: &Stack) -> String {
    let tokens = tokens(stack);
    let payload = tokens["id_token"].as_str().unwrap().split('.').nth(1);
    let claims = BASE64_URL_SAFE_NO_PAD.decode(payload.unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}
