//! What may be a login, a page that shows who is logged in, or a logout.

use scraper::{ElementRef, Html, Selector};

use crate::conformance::begin::{Begin, Fields};
use crate::pages::Page;

/// Paths that begin a login in the documentation of one framework or another.
pub(super) const LOGINS: &[&str] = &[
    "/login",
    "/auth/login",
    "/auth/login/google",
    "/login/google",
    "/auth/google",
    "/auth/oidc",
    "/oauth/login",
    "/oauth2/authorization/oidc",
    "/oidc/authenticate/",
    "/signin",
    "/sign-in",
    "/accounts/oidc/oidc/login/",
];

/// Paths that show who is logged in, as they do there.
const WHOAMIS: &[&str] = &[
    "/",
    "/me",
    "/api/me",
    "/user",
    "/api/user",
    "/userinfo",
    "/whoami",
    "/profile",
    "/account",
    "/dashboard",
];

/// Paths that end a session there.
pub(super) const LOGOUTS: &[&str] = &[
    "/logout",
    "/auth/logout",
    "/signout",
    "/sign-out",
    "/accounts/logout/",
    "/oidc/logout/",
];

/// Words on what begins a login, in small letters.
const LOGIN_WORDS: &[&str] = &[
    "log in",
    "login",
    "sign in",
    "signin",
    "anmelden",
    "connexion",
    "google",
    "sso",
    "openid",
    "oidc",
];
/// Words on what ends a session.
const LOGOUT_WORDS: &[&str] = &[
    "log out",
    "logout",
    "sign out",
    "signout",
    "abmelden",
    "déconnexion",
];

/// What on a page may begin a login.
pub(super) fn logins_on(page: &Page) -> Vec<Begin> {
    pressed(page, LOGIN_WORDS)
}

/// What on a page may end a session.
pub(super) fn logouts_on(page: &Page) -> Vec<Begin> {
    pressed(page, LOGOUT_WORDS)
}

/// Where who is logged in may show, for somebody whose login ended here.
pub(super) fn whoamis(end: &Page) -> Vec<String> {
    let mut paths = vec![end.url.path().to_owned()];
    paths.extend(
        WHOAMIS
            .iter()
            .map(|path| (*path).to_owned())
            .filter(|path| path != end.url.path()),
    );
    paths
}

/// Links and buttons with such words on them, in the order of the page.
fn pressed(page: &Page, words: &[&str]) -> Vec<Begin> {
    let document = Html::parse_document(&page.html);
    let Ok(selector) = Selector::parse("a[href], button, input[type=submit]") else {
        return Vec::new();
    };
    let named = document.select(&selector).filter_map(|element| {
        let name = name(element);
        let small = name.to_lowercase();
        words
            .iter()
            .any(|word| small.contains(word))
            .then_some(name)
    });
    let mut begins: Vec<_> = named
        .map(|press| Begin::Press {
            page: page.url.path().to_owned(),
            press,
            fill: Fields::new(),
        })
        .collect();
    begins.dedup();
    begins
}

/// The words on a link or a button.
fn name(element: ElementRef<'_>) -> String {
    let label = element.attr("aria-label").or_else(|| element.attr("value"));
    let text = match label {
        Some(label) => label.to_owned(),
        None => element.text().collect(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_buttons_are_found_by_their_words() {
        let page = |html: &str| Page {
            url: "http://localhost/home?x".parse().unwrap(),
            status: Some(200),
            html: html.into(),
        };
        let check = |html: &str, expected: &[&str]| {
            let found: Vec<_> = logins_on(&page(html))
                .iter()
                .map(super::super::in_words)
                .collect();
            assert_eq!(found, expected, "{html}");
        };
        check(
            "<a href=/x>Log  in</a><a href=/y>About</a>",
            &["\"Log in\" on /home"],
        );
        check(
            "<form><button>Sign in with <b>Google</b></button></form>",
            &["\"Sign in with Google\" on /home"],
        );
        check("<input type=submit value=SSO>", &["\"SSO\" on /home"]);
        check(
            "<button aria-label='Login'><img></button>",
            &["\"Login\" on /home"],
        );
        check("<p>Log in</p>", &[]);
        assert_eq!(
            logouts_on(&page("<a href=/x>Log out</a><a href=/y>Log in</a>")).len(),
            1
        );
    }
}
