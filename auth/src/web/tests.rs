//! The whole face, driven as a browser drives it: requests in, answers out, against a fake
//! provider.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, response::Response, routing::get};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use crate::{
    Auth, Clock, User,
    session::{MemoryStore, SessionStore},
    testing::{Answer, DISCOVERY, FakeProvider, NOW, PATIENCE, TOKEN, clock_at_now, seconds},
};

const REDIRECT_URI: &str = "http://localhost:8501/oauth2callback";

/// An app with login, and the provider that it logs in at.
struct App {
    idp: FakeProvider,
    auth: Auth,
    clock: Clock,
    store: Arc<MemoryStore>,
}

/// What a browser keeps of an app: cookies by name.
#[derive(Default, Clone)]
struct Browser(Vec<(String, String)>);

/// An answer, read to its end.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl App {
    async fn start() -> Self {
        Self::at(REDIRECT_URI).await
    }

    async fn at(redirect_uri: &str) -> Self {
        let idp = FakeProvider::start().await;
        let (clock, store) = (clock_at_now(), Arc::new(MemoryStore::default()));
        let auth = Auth::builder(idp.config(redirect_uri))
            .clock(clock.clone())
            .store(Arc::<MemoryStore>::clone(&store))
            .http_timeout(PATIENCE)
            .build();
        Self {
            idp,
            auth,
            clock,
            store,
        }
    }

    fn router(&self) -> Router {
        let (login, logout) = (self.auth.clone(), self.auth.clone());
        Router::new()
            .route("/", get(who))
            .route("/sign-in", get(async move || login.login("google")))
            .route("/sign-out", get(async move || logout.logout()))
            .merge(self.auth.routes())
            .layer(self.auth.layer())
    }

    async fn send(
        &self,
        browser: &mut Browser,
        request: http::request::Builder,
        body: &str,
    ) -> Page {
        let cookies: Vec<String> = browser
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header(header::COOKIE, cookies.join("; "));
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let page = Page::read(self.router().oneshot(request).await.unwrap()).await;
        browser.keep(&page);
        page
    }

    async fn get(&self, browser: &mut Browser, path: &str) -> Page {
        self.send(browser, Request::get(path), "").await
    }

    async fn post(&self, browser: &mut Browser, path: &str, form: &str) -> Page {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(browser, request, form).await
    }

    /// Goes to the provider and comes back as far as the callback's URL.
    async fn go_and_return(&self, browser: &mut Browser) -> String {
        let page = self.get(browser, "/auth/login/google").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let query = self.idp.authorize(&Url::parse(page.location()).unwrap());
        format!("/oauth2callback?{query}")
    }

    async fn log_in(&self, browser: &mut Browser) -> Page {
        let callback = self.go_and_return(browser).await;
        self.get(browser, &callback).await
    }

    /// Who the app takes this browser's user for.
    async fn who(&self, browser: &Browser) -> Value {
        let page = self.get(&mut browser.clone(), "/").await;
        serde_json::from_str(&page.body).unwrap()
    }

    fn identify_as(&self, subject: &str, name: &str) {
        self.idp.edit(|world| {
            world.claims["sub"] = json!(subject);
            world.claims["name"] = json!(name);
        });
    }
}

async fn who(user: User) -> String {
    json!({
        "is_logged_in": user.is_logged_in(), "name": user.name(), "subject": user.subject(),
        "issuer": user.issuer(), "provider": user.provider(), "email": user.email(),
        "is_email_verified": user.is_email_verified(), "picture": user.picture(),
        "hd": user["hd"], "claims": user.claims().len(), "csrf_token": user.csrf_token(),
    })
    .to_string()
}

impl Browser {
    fn keep(&mut self, page: &Page) {
        for line in page.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(line.to_str().unwrap().to_owned()).unwrap();
            self.0.retain(|(name, _)| name != cookie.name());
            if cookie.max_age() != Some(cookie::time::Duration::ZERO) {
                self.0
                    .push((cookie.name().to_owned(), cookie.value().to_owned()));
            }
        }
    }

    fn cookie(&self, wanted: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    }
}

impl Page {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The status and the reason of a page that refuses.
    fn refusal(&self) -> (u16, &str) {
        let rest = self
            .body
            .split_once("data-reason=\"")
            .map_or("none\"", |(_, rest)| rest);
        (self.status.as_u16(), rest.split_once('"').unwrap().0)
    }

    #[track_caller]
    fn is_guarded(&self) {
        let has = |name: &str, expected: &str| {
            let found = self
                .headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap());
            assert!(found.contains(expected), "{name}: {found}");
        };
        has("cache-control", "no-store");
        has("referrer-policy", "no-referrer");
        has("x-content-type-options", "nosniff");
        has("x-frame-options", "DENY");
        has("content-security-policy", "frame-ancestors 'none'");
    }
}

#[tokio::test]
async fn a_visitor_logs_in_and_out() {
    let app = App::start().await;
    let mut browser = Browser::default();
    assert_eq!(app.who(&browser).await["is_logged_in"], false);

    let page = app.log_in(&mut browser).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    page.is_guarded();
    let who = app.who(&browser).await;
    assert_eq!(who["is_logged_in"], true);
    assert_eq!(who["name"], "Alice Example");
    assert_eq!(who["subject"], "110");
    assert_eq!(who["issuer"], app.idp.issuer);
    assert_eq!(who["provider"], "google");
    assert_eq!(who["email"], "alice@example.test");
    assert_eq!(who["is_email_verified"], false);
    assert_eq!(who["picture"], json!(null));
    assert_eq!(who["hd"], json!(null));

    let before = browser.clone();
    let form = format!("csrf_token={}", who["csrf_token"].as_str().unwrap());
    let page = app.post(&mut browser, "/auth/logout", &form).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    page.is_guarded();
    assert_eq!(browser.cookie("auth_session"), None);
    assert_eq!(
        app.who(&before).await["is_logged_in"],
        false,
        "a copied cookie is worth nothing"
    );
}

#[tokio::test]
async fn an_anonymous_visitor_has_no_claims() {
    let who = App::start().await.who(&Browser::default()).await;
    let expected = json!({
        "is_logged_in": false, "name": null, "subject": null, "issuer": null, "provider": null,
        "email": null, "is_email_verified": false, "picture": null, "hd": null, "claims": 0,
        "csrf_token": "",
    });
    assert_eq!(who, expected);
}

#[tokio::test]
async fn the_cookies_on_the_wire() {
    let check = async |redirect_uri: &str, prefix: &str, secure: &str| {
        let app = App::at(redirect_uri).await;
        let mut browser = Browser::default();
        let begun = app.get(&mut browser, "/auth/login/google").await;
        let query = app.idp.authorize(&Url::parse(begun.location()).unwrap());
        let finished = app
            .get(&mut browser, &format!("/oauth2callback?{query}"))
            .await;
        for (page, name, age) in [
            (begun, "auth_pending", 600),
            (finished, "auth_session", 2_592_000),
        ] {
            let name = format!("{prefix}{name}");
            let value = browser.cookie(&name).unwrap();
            assert_eq!(value.len(), 43);
            let expected =
                format!("{name}={value}; HttpOnly; SameSite=Lax;{secure} Path=/; Max-Age={age}");
            assert_eq!(page.headers[header::SET_COOKIE], expected);
        }
    };
    check(REDIRECT_URI, "", "").await;
    check("https://app.test/oauth2callback", "__Host-", " Secure;").await;
}

#[tokio::test]
async fn every_way_to_begin_a_login() {
    let app = App::start().await;
    let check = async |path: &str, expected: &str| {
        let page = app.get(&mut Browser::default(), path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert!(
            page.location().starts_with(expected),
            "{path}: {}",
            page.location()
        );
        page.is_guarded();
    };
    let provider = format!("{}/authorize?", app.idp.issuer);
    check("/auth/login/google", &provider).await;
    check("/auth/login?provider=google", &provider).await;
    check("/auth/login?x=1&provider=goo%67le", &provider).await;
    check("/auth/login/other", &provider).await;
    check("/sign-in", "/auth/login/google").await;
}

#[tokio::test]
async fn an_unknown_provider_is_not_found() {
    let app = App::start().await;
    for path in [
        "/auth/login/x",
        "/auth/login/%ff",
        "/auth/login",
        "/auth/login?provider=%3Cb%3E",
        "/auth/login/Google",
    ] {
        let page = app.get(&mut Browser::default(), path).await;
        assert_eq!(page.refusal(), (404, "provider.unknown"), "{path}");
        page.is_guarded();
    }
    assert_eq!(app.idp.asked(DISCOVERY), 0);
}

#[tokio::test]
async fn who_only_looks_ahead_begins_and_ends_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let begun = browser.0.clone();
    for path in [
        "/auth/login/google",
        "/auth/login?provider=google",
        &callback,
    ] {
        let page = app.send(&mut browser, Request::head(path), "").await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let ahead = Request::get(path).header("sec-purpose", "prefetch;prerender");
        let page = app.send(&mut browser, ahead, "").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    let page = app.post(&mut browser, &callback, "").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.0, begun);
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn on_another_name_of_this_machine_the_login_moves_first() {
    let app = App::start().await;
    let local = Request::get("/auth/login/google").header(header::HOST, "127.0.0.1:8501");
    let page = app.send(&mut Browser::default(), local, "").await;
    assert_eq!(
        page.location(),
        "http://localhost:8501/auth/login/google?on_redirect_host"
    );
    assert_eq!(page.headers.get(header::SET_COOKIE), None);
}

#[tokio::test]
async fn a_callback_is_good_once_in_its_browser_for_ten_minutes() {
    let app = App::start().await;
    let refused = (400, "callback.state");
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let page = app.get(&mut Browser::default(), &callback).await;
    assert_eq!(page.refusal(), refused, "another browser");
    page.is_guarded();
    assert_eq!(
        app.get(&mut browser, "/oauth2callback?code=c&state=unknown")
            .await
            .refusal(),
        refused
    );
    assert_eq!(
        app.get(&mut browser, "/oauth2callback?code=c")
            .await
            .refusal(),
        refused
    );
    assert_eq!(
        app.get(&mut browser, "/oauth2callback?error=access_denied")
            .await
            .refusal(),
        refused
    );
    assert_eq!(
        app.get(&mut browser, "/oauth2callback").await.refusal(),
        refused
    );
    assert_eq!(app.idp.asked(TOKEN), 0);
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );

    let session = browser.cookie("auth_session").map(str::to_owned);
    let page = app.get(&mut browser, &callback).await;
    assert_eq!(page.refusal(), refused, "a second time");
    assert_eq!(browser.cookie("auth_session"), session.as_deref());
    assert_eq!(app.who(&browser).await["is_logged_in"], true);

    let callback = app.go_and_return(&mut browser).await;
    app.clock.advance(seconds(599));
    app.idp
        .edit(|world| world.claims["exp"] = json!(NOW + 7_200));
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );
    let callback = app.go_and_return(&mut browser).await;
    app.clock.advance(seconds(600));
    assert_eq!(
        app.get(&mut browser, &callback).await.refusal(),
        refused,
        "too late"
    );
}

#[tokio::test]
async fn duplicates_in_a_callback_end_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let page = app.get(&mut browser, &format!("{callback}&code=x")).await;
    assert_eq!(page.refusal(), (400, "callback.duplicate"));
    assert_eq!(
        app.get(&mut browser, &callback).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_cancelled_login_says_so_and_offers_another() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let callback = app.go_and_return(&mut browser).await;
    let cancelled = callback.replace("code=4%2F0code", "error=access_denied");
    let page = app.get(&mut browser, &cancelled).await;
    assert_eq!(page.refusal(), (400, "callback.denied"));
    assert!(
        page.body.contains("href=\"/auth/login/google\""),
        "{}",
        page.body
    );
    page.is_guarded();
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
    assert_eq!(
        app.get(&mut browser, &callback).await.refusal(),
        (400, "callback.state")
    );
}

#[tokio::test]
async fn several_tabs_log_in_at_once() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let first = app.go_and_return(&mut browser).await;
    let second = app.go_and_return(&mut browser).await;
    assert_eq!(
        app.get(&mut browser, &second).await.status,
        StatusCode::SEE_OTHER
    );
    // The fake's nonce is that of the second; that the first is found at all is what counts here.
    assert_eq!(
        app.get(&mut browser, &first).await.refusal(),
        (400, "id_token.nonce")
    );
}

#[tokio::test]
async fn the_eleventh_tab_costs_the_first() {
    let app = App::start().await;
    let mut browser = Browser::default();
    let mut callbacks = Vec::new();
    for _ in 0..11 {
        callbacks.push(app.go_and_return(&mut browser).await);
    }
    assert_eq!(
        app.get(&mut browser, &callbacks[0]).await.refusal(),
        (400, "callback.state")
    );
    assert_eq!(
        app.get(&mut browser, &callbacks[1]).await.refusal(),
        (400, "id_token.nonce")
    );
    assert_eq!(
        app.get(&mut browser, &callbacks[10]).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn after_ten_thousand_pending_logins_it_is_busy() {
    let app = App::start().await;
    let (_, mut pending) = app
        .auth
        .flow(&app.auth.providers()[0])
        .begin()
        .await
        .unwrap();
    for state in 0..10_000 {
        pending.state = state.to_string();
        app.auth
            .0
            .sessions
            .put_pending(&pending, &[])
            .await
            .unwrap();
    }
    let page = app.get(&mut Browser::default(), "/auth/login/google").await;
    assert_eq!(page.refusal(), (503, "login.busy"));
    app.clock.advance(seconds(600));
    let page = app.get(&mut Browser::default(), "/auth/login/google").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_failed_login_leaves_the_session_alone() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let before = (
        app.who(&browser).await,
        browser.cookie("auth_session").map(str::to_owned),
    );
    app.identify_as("220", "Bob");
    app.idp.edit(|world| world.claims["aud"] = json!("other"));
    let page = app.log_in(&mut browser).await;
    assert_eq!(page.refusal(), (400, "id_token.aud"));
    let after = (
        app.who(&browser).await,
        browser.cookie("auth_session").map(str::to_owned),
    );
    assert_eq!(after, before);
}

#[tokio::test]
async fn after_b_logs_in_over_a_nothing_of_a_is_left() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.idp
        .edit(|world| world.claims["hd"] = json!("example.test"));
    app.log_in(&mut browser).await;
    let of_a = browser.clone();
    app.identify_as("220", "Bob");
    app.idp
        .edit(|world| drop(world.claims.as_object_mut().unwrap().remove("hd")));
    app.log_in(&mut browser).await;
    let who = app.who(&browser).await;
    assert_eq!(
        (&who["name"], &who["subject"], &who["hd"]),
        (&json!("Bob"), &json!("220"), &json!(null))
    );
    assert_ne!(browser.cookie("auth_session"), of_a.cookie("auth_session"));
    assert_eq!(app.who(&of_a).await["is_logged_in"], false);
    assert!(
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_session_ends_after_a_day_without_a_request_and_after_a_month_in_any_case() {
    let day = 24 * 3_600;
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    app.clock.advance(seconds(day - 1));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    app.clock.advance(seconds(day - 1));
    assert_eq!(
        app.who(&browser).await["is_logged_in"],
        true,
        "it was in use"
    );
    app.clock.advance(seconds(day));
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
    assert!(
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()
            .is_empty()
    );

    app.idp.edit(|world| {
        world.claims["iat"] = json!(app.clock.unix_seconds());
        world.claims["exp"] = json!(app.clock.unix_seconds() + 3_600);
    });
    app.log_in(&mut browser).await;
    for _ in 1..60 {
        app.clock.advance(seconds(day / 2));
        assert_eq!(app.who(&browser).await["is_logged_in"], true);
    }
    app.clock.advance(seconds(day / 2 - 1));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    app.clock.advance(seconds(1));
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
}

#[tokio::test]
async fn the_use_of_a_session_is_written_down_once_a_minute() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let idle_until = async || {
        app.who(&browser).await;
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()[0]
            .idle_until
    };
    let at_first = idle_until().await;
    app.clock.advance(seconds(59));
    assert_eq!(idle_until().await, at_first);
    app.clock.advance(seconds(1));
    assert_eq!(idle_until().await, at_first + 60);
}

#[tokio::test]
async fn a_cookie_that_names_no_session_makes_nobody_and_goes() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let good = browser.cookie("auth_session").unwrap().to_owned();
    let flipped = format!(
        "{}{}",
        if good.starts_with('A') { "B" } else { "A" },
        &good[1..]
    );
    let token = app.who(&browser).await["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let pending = browser.cookie("auth_pending").unwrap().to_owned();
    let check = async |value: &str| {
        let mut browser = Browser(vec![("auth_session".to_owned(), value.to_owned())]);
        let page = app.get(&mut browser, "/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("\"is_logged_in\":false"),
            "{value}: {}",
            page.body
        );
        assert_eq!(browser.cookie("auth_session"), None, "{value}");
    };
    check(&flipped).await;
    check(&good[..42]).await;
    check(&format!("{good}A")).await;
    check(&token).await;
    check(&pending).await;
    check("").await;
    check("xxx").await;
    check(&"A".repeat(100_000)).await;
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn a_request_in_the_background_removes_no_cookie() {
    let app = App::start().await;
    let stale = || Browser(vec![("auth_session".to_owned(), "A".repeat(43))]);
    let check = async |mode: &str, expected: usize| {
        let page = app
            .send(
                &mut stale(),
                Request::get("/").header("sec-fetch-mode", mode),
                "",
            )
            .await;
        assert_eq!(
            page.headers.get_all(header::SET_COOKIE).iter().count(),
            expected,
            "{mode}"
        );
    };
    check("cors", 0).await;
    check("navigate", 1).await;
}

#[tokio::test]
async fn a_planted_cookie_beside_the_session_changes_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    browser
        .0
        .insert(0, ("auth_session".to_owned(), "A".repeat(43)));
    browser
        .0
        .insert(0, ("auth_session".to_owned(), "planted".to_owned()));
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn a_logout_needs_the_session_s_token() {
    let app = App::start().await;
    let (mut browser, mut other) = (Browser::default(), Browser::default());
    app.log_in(&mut browser).await;
    app.log_in(&mut other).await;
    let token_of = async |browser: &Browser| {
        app.who(browser).await["csrf_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (own, foreign) = (token_of(&browser).await, token_of(&other).await);
    let page = app.get(&mut browser, "/auth/logout").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains(&format!("value=\"{own}\"")),
        "{}",
        page.body
    );
    page.is_guarded();
    for form in [
        "",
        "csrf_token=",
        "csrf_token=x",
        "other=1",
        &format!("csrf_token={foreign}"),
    ] {
        let page = app.post(&mut browser, "/auth/logout", form).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{form}");
        assert!(
            page.body.contains(&format!("value=\"{own}\"")),
            "it offers the button"
        );
    }
    let page = app
        .send(
            &mut browser,
            Request::post("/auth/logout"),
            &format!("csrf_token={own}"),
        )
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "not a form");
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    app.post(&mut browser, "/auth/logout", &format!("csrf_token={own}"))
        .await;
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
    assert_eq!(app.who(&other).await["is_logged_in"], true);
}

#[tokio::test]
async fn a_logout_without_a_session_goes_home() {
    let app = App::start().await;
    let home = (StatusCode::SEE_OTHER, "/");
    let page = app.get(&mut Browser::default(), "/auth/logout").await;
    assert_eq!((page.status, page.location()), home);
    let page = app.post(&mut Browser::default(), "/auth/logout", "").await;
    assert_eq!((page.status, page.location()), home);
}

#[tokio::test]
async fn a_handler_logs_out_at_once() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let before = browser.clone();
    let page = app.get(&mut browser, "/sign-out").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.cookie("auth_session"), None);
    assert_eq!(app.who(&before).await["is_logged_in"], false);
}

#[tokio::test]
async fn a_provider_that_is_down_makes_a_page_and_no_cookie() {
    let app = App::start().await;
    let check = async |answer: Answer, expected: (u16, &str)| {
        app.idp
            .edit(|world| drop(world.instead.insert(DISCOVERY, answer)));
        let page = app.get(&mut Browser::default(), "/auth/login/google").await;
        assert_eq!(page.refusal(), expected);
        assert_eq!(page.headers.get(header::SET_COOKIE), None);
        page.is_guarded();
    };
    check(Answer::Says(500, String::new()), (502, "provider.status")).await;
    check(
        Answer::Says(200, "<html>".to_owned()),
        (502, "provider.not_json"),
    )
    .await;
    check(
        Answer::Says(200, "{}".to_owned()),
        (502, "metadata.invalid"),
    )
    .await;
}

#[tokio::test]
async fn a_silent_provider_makes_a_page_in_time() {
    let app = App::start().await;
    let auth = Auth::builder(app.idp.config(REDIRECT_URI))
        .http_timeout(Duration::from_millis(50))
        .build();
    let impatient = App { auth, ..app };
    impatient
        .idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, Answer::Never)));
    let page = impatient
        .get(&mut Browser::default(), "/auth/login/google")
        .await;
    assert_eq!(page.refusal(), (504, "provider.timeout"));
}

#[tokio::test]
async fn without_the_layer_the_extractor_says_so() {
    let app = Router::new().route("/", get(who));
    let response = app
        .oneshot(Request::get("/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    let page = Page::read(response).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        page.body,
        "the extractor User needs the app to have .layer(auth.layer())"
    );
}

#[tokio::test]
async fn the_callback_stands_at_any_path() {
    for path in ["/a%7Bb%7D", "/deep/er/callback/", "/auth/callback"] {
        let app = App::at(&format!("http://localhost:8501{path}")).await;
        let page = app
            .get(&mut Browser::default(), &format!("{path}?code=c"))
            .await;
        assert_eq!(page.refusal(), (400, "callback.state"), "{path}");
    }
}
