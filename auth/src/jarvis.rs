//! jarvis, the login app: the example of Streamlit's documentation, over this crate's public face.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use auth::{Auth, jarvis};
//!
//! let auth = Auth::from_secrets(".streamlit/secrets.toml").await?;
//! let listen = jarvis::Listen::for_redirect_uri(&auth.config().redirect_uri);
//! let (_listen, listeners) = listen.bind().await?;
//! jarvis::serve(listeners, jarvis::router(auth), std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod listen;
mod online;
mod serve;
mod summary;
mod tracked;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::{Response, StatusCode};

use crate::page::{Allowed, respond};
use crate::{Auth, User};

pub use listen::{Listen, ListenError};
pub use online::{Finding, ask};
pub use serve::serve;
pub use summary::summary;
pub use tracked::is_tracked;

/// The app: `/`, `/healthz`, a page for every other path, and the routes of `auth`.
///
/// jarvis's own pages come second: a `redirect_uri` with the path of one of them gets the callback.
pub fn router(auth: Auth) -> Router {
    let (routes, layer) = (auth.routes(), auth.layer());
    let base_path = auth.config().settings.base_path.clone();
    let mut pages = Router::new()
        .route(&format!("{base_path}/"), get(home))
        .route("/healthz", get(|| async { "ok" }));
    if !base_path.is_empty() {
        pages = pages.route(&base_path, get(home));
    }
    let pages = pages.fallback(not_found).with_state(auth);
    Router::new()
        .merge(routes)
        .fallback_service(pages)
        .layer(layer)
}

async fn home(State(auth): State<Auth>, user: User) -> Response<String> {
    match user.name() {
        Some(name) => welcome(&auth, name, &user),
        None => login_required(&auth, &user),
    }
}

fn login_required(auth: &Auth, user: &User) -> Response<String> {
    let login = |provider: &'_ crate::Provider| Login {
        label: provider.label().to_owned(),
        url: user.login_url(provider.name()),
    };
    let page = LoginRequired {
        logins: auth.providers().iter().map(login).collect(),
    };
    respond(StatusCode::OK, &page, Allowed::NOTHING)
}

fn welcome(auth: &Auth, name: &str, user: &User) -> Response<String> {
    let page = Welcome {
        name,
        initial: initial(name),
        picture: user.picture().filter(|picture| is_picture(picture)),
        email: user.email().filter(|email| *email != name),
        logout_url: &user.logout_url(),
        csrf_token: user.csrf_token(),
    };
    let forms_to = auth.logout_form_action(user);
    let allowed = Allowed {
        pictures: true,
        forms_to: forms_to.as_deref(),
        ..Allowed::NOTHING
    };
    respond(StatusCode::OK, &page, allowed)
}

async fn not_found(State(auth): State<Auth>) -> Response<String> {
    let page = NotFound {
        home: format!("{}/", auth.config().settings.base_path),
    };
    respond(StatusCode::NOT_FOUND, &page, Allowed::NOTHING)
}

/// What is drawn where there is no picture.
fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default()
}

/// Whether a browser can show it, and the page's policy lets it.
fn is_picture(url: &str) -> bool {
    ["https://", "http://", "data:image/"]
        .iter()
        .any(|start| url.starts_with(start))
}

#[derive(Template)]
#[template(path = "login_required.html")]
struct LoginRequired {
    logins: Vec<Login>,
}

struct Login {
    label: String,
    url: String,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome<'a> {
    name: &'a str,
    initial: String,
    picture: Option<&'a str>,
    email: Option<&'a str>,
    logout_url: &'a str,
    csrf_token: &'a str,
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound {
    home: String,
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::{Login, LoginRequired, Welcome, initial, is_picture};

    fn welcome<'a>(name: &'a str, picture: Option<&'a str>) -> String {
        let page = Welcome {
            name,
            initial: initial(name),
            picture,
            email: None,
            logout_url: "/auth/logout",
            csrf_token: "t",
        };
        page.render().expect("rendered")
    }

    #[test]
    fn whoever_is_logged_in_is_welcomed_with_picture_and_logout() {
        let html = welcome("Alice <b>", Some("https://idp.example/p?a&b"));
        assert!(
            html.contains("<h1>Welcome, <bdi>Alice &#60;b&#62;</bdi>!</h1>"),
            "{html}"
        );
        assert!(
            html.contains("src=\"https://idp.example/p?a&#38;b\""),
            "{html}"
        );
        assert!(
            html.contains("<figcaption>User Profile Picture</figcaption>"),
            "{html}"
        );
        assert!(
            html.contains("<form method=\"post\" action=\"/auth/logout\">"),
            "{html}"
        );
        assert!(html.contains("name=\"csrf_token\" value=\"t\""), "{html}");
    }

    #[test]
    fn without_a_picture_the_initial_is_drawn() {
        let html = welcome("élodie", None);
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains("aria-hidden=\"true\">É</span>"), "{html}");
    }

    #[test]
    fn every_provider_has_its_button() {
        let login = |name: &str| Login {
            label: name.to_owned(),
            url: format!("/auth/login/{name}"),
        };
        let html = LoginRequired {
            logins: vec![login("a"), login("b")],
        }
        .render()
        .expect("rendered");
        assert!(html.contains("<h1>Login Required</h1>"), "{html}");
        for name in ["a", "b"] {
            let button = format!("href=\"/auth/login/{name}\">Log in with {name}</a>");
            assert!(html.contains(&button), "{html}");
        }
    }

    #[test]
    fn an_initial_is_the_first_letter_or_digit() {
        let check = |name, expected| assert_eq!(initial(name), expected, "{name}");
        check("alice", "A");
        check("  (bob)", "B");
        check("王小明", "王");
        check("7of9", "7");
        check("…", "");
        check("", "");
    }

    #[test]
    fn a_picture_is_what_a_browser_can_show() {
        let check = |url, expected| assert_eq!(is_picture(url), expected, "{url}");
        check("https://idp.example/a.png", true);
        check("http://127.0.0.1:9000/a.svg", true);
        check("data:image/svg+xml,x", true);
        check("data:text/html,x", false);
        check("javascript:alert(1)", false);
        check("/a.png", false);
        check("", false);
    }
}
