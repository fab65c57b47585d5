//! The whole face, driven as a browser drives it: requests in, answers out, against a fake
//! provider.

mod base_path;
mod callback;
mod client_key;
mod form_post;
mod hooks;
mod login;
mod logout;
mod logout_by_provider;
mod pages;
mod refresh;
mod require;
mod ring;
mod session;
mod userinfo;

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, extract::Request, response::Response, routing::get};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use crate::{
    Auth, AuthBuilder, Clock, Config, User,
    session::MemoryStore,
    testing::{FakeProvider, PATIENCE, clock_at_now},
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
        Self::configured(redirect_uri, |_| {}).await
    }

    async fn configured(redirect_uri: &str, edit: impl FnOnce(&mut Config)) -> Self {
        Self::built(redirect_uri, edit, |builder| builder).await
    }

    /// With the configuration changed, and what else an `Auth` is made of.
    async fn built(
        redirect_uri: &str,
        edit: impl FnOnce(&mut Config),
        finish: impl FnOnce(AuthBuilder) -> AuthBuilder,
    ) -> Self {
        let idp = FakeProvider::start().await;
        let mut config = idp.config(redirect_uri);
        edit(&mut config);
        let (clock, store) = (clock_at_now(), Arc::new(MemoryStore::default()));
        let builder = Auth::builder(config)
            .clock(clock.clone())
            .store(Arc::<MemoryStore>::clone(&store))
            .http_timeout(PATIENCE);
        let auth = finish(builder)
            .build()
            .await
            .expect("a store that is there");
        Self {
            idp,
            auth,
            clock,
            store,
        }
    }

    fn router(&self) -> Router {
        let [login, logout, here] = std::array::from_fn(|_| self.auth.clone());
        Router::new()
            .route("/", get(who))
            .route("/sign-in", get(async move || login.login("google")))
            .route("/sign-out", get(async move || logout.logout()))
            .route(
                "/sign-out-here",
                get(async move || here.logout().here_only()),
            )
            .merge(self.auth.routes())
            .layer(self.auth.layer())
    }

    async fn send(
        &self,
        browser: &mut Browser,
        request: http::request::Builder,
        body: &str,
    ) -> Page {
        browser.send(self.router(), request, body).await
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

    /// The same, as a handler sees them.
    async fn user(&self, browser: &Browser) -> User {
        let seen = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&seen);
        let router = Router::new()
            .route(
                "/",
                get(async move |user: User| drop(slot.lock().unwrap().replace(user))),
            )
            .layer(self.auth.layer());
        browser.clone().send(router, Request::get("/"), "").await;
        let user = seen.lock().unwrap().take();
        user.expect("a handler that was asked")
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
        "tokens": [user.tokens().id(), user.tokens().access()], "roles": user.roles(),
    })
    .to_string()
}

impl Browser {
    async fn send(&mut self, router: Router, request: http::request::Builder, body: &str) -> Page {
        let cookies: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header(header::COOKIE, cookies.join("; "));
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let page = Page::read(router.oneshot(request).await.unwrap()).await;
        self.keep(&page);
        page
    }

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
