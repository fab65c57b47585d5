//! The axum face: [`Auth`], its routes and its layer. Only here axum is named.

mod backchannel_logout;
mod builder;
mod callback;
mod canonical;
mod cookies;
mod end_session;
#[cfg(test)]
pub(crate) mod fake_provider;
mod form_post;
mod frontchannel_logout;
mod hooks;
mod layer;
mod login;
mod logout;
mod pages;
mod redirect;
mod refresh;
mod refusal;
mod require;
mod sessions;
#[cfg(test)]
mod tests;
mod unattended;
mod user;

use std::{fmt, path::Path, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
pub use builder::{AuthBuilder, BuildError};
use cookies::Cookies;
pub use hooks::{Hooks, NoHooks};
pub use layer::{AuthLayer, AuthService};
pub use login::Login;
pub use logout::Logout;
pub use refresh::RefreshError;
pub use require::{RequireLogin, RequireLoginService, RequireRole};
pub use sessions::SessionInfo;
pub use user::{MissingLayer, User};

use crate::{
    clock::Clock,
    config::{Config, DEFAULT_PROVIDER},
    flow::Flow,
    http::Http,
    page::Pages,
    provider::Provider,
    random::Random,
    session::Sessions,
};

/// Where a login begins, with the provider as the query's `provider` or as one more path segment.
const LOGIN: &str = "/auth/login";

/// Where a session ends.
const LOGOUT: &str = "/auth/logout";

/// Where a provider says that somebody has logged out there
/// ([Back-Channel Logout 2.2](https://openid.net/specs/openid-connect-backchannel-1_0.html#RPLogout)).
const BACKCHANNEL_LOGOUT: &str = "/auth/backchannel-logout";

/// The same, in a frame of the browser that has logged out
/// ([Front-Channel Logout 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)).
const FRONTCHANNEL_LOGOUT: &str = "/auth/frontchannel-logout";

/// How large a form may be, in bytes: tokens are the largest that any has.
const FORM_LIMIT: usize = 64 * 1024;

/// Login for an app: made once at the start, cloned for free.
#[derive(Clone)]
pub struct Auth(Arc<Parts>);

struct Parts {
    config: Config,
    base_path: Arc<str>,
    providers: Vec<Provider>,
    sessions: Sessions,
    cookies: Cookies,
    http: Http,
    clock: Clock,
    random: Random,
    hooks: Arc<dyn Hooks>,
    pages: Arc<dyn Pages>,
}

impl Auth {
    /// Reads a `secrets.toml` and the environment's `AUTH__..`, and opens the store of sessions that they say. No
    /// provider has to be up for this.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, at once; or that the store cannot be opened.
    pub async fn from_secrets(path: impl AsRef<Path>) -> Result<Self, BuildError> {
        let reader = Config::reader().environment(std::env::vars_os());
        let config = reader.file(path)?;
        for problem in &config.warnings {
            tracing::warn!("{problem}");
        }
        Ok(Self::builder(config).build().await?)
    }

    /// Begins with a configuration, to change what else an `Auth` is made of.
    pub fn builder(config: Config) -> AuthBuilder {
        AuthBuilder::new(config)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The providers in the order of the file.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        &self.0.providers
    }

    /// The provider with this name, compared exactly.
    fn provider(&self, name: &str) -> Option<&Provider> {
        self.0
            .providers
            .iter()
            .find(|provider| provider.name() == name)
    }

    /// The provider to log in at where nobody says which: the only one, else the default one.
    fn usual_provider(&self) -> Option<&Provider> {
        match self.providers() {
            [only] => Some(only),
            _ => self.provider(DEFAULT_PROVIDER),
        }
    }

    fn flow<'a>(&'a self, provider: &'a Provider) -> Flow<'a> {
        let Parts {
            config,
            http,
            clock,
            random,
            ..
        } = &*self.0;
        let leeway = config.settings.clock_leeway.as_secs();
        Flow {
            provider,
            redirect_uri: &config.redirect_uri,
            http,
            clock,
            leeway: i64::try_from(leeway).unwrap_or(i64::MAX),
            random,
        }
    }

    /// A path of this app, below its base path.
    fn path(&self, path: &str) -> String {
        format!("{}{path}", self.0.base_path)
    }

    /// The start page.
    fn home(&self) -> String {
        self.path("/")
    }

    /// The routes of login, callback and logout, below `base_path` where there is one: merge them at the top of
    /// the app. They need [`layer`](Self::layer) around them.
    ///
    /// HEAD neither begins a login nor ends a pending one: link checkers send it.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let callback = get(callback::finish).head(refusal::only_get);
        let callback = if self.takes_form_post() {
            callback.post(form_post::finish)
        } else {
            callback
        };
        let login = format!("{}/{{provider}}", self.path(LOGIN));
        Router::new()
            .route(
                &self.path(LOGIN),
                get(login::by_query).head(refusal::only_get),
            )
            .route(&login, get(login::by_path).head(refusal::only_get))
            .route(self.0.config.redirect_uri.path(), callback)
            .route(&self.path(LOGOUT), get(logout::confirm).post(logout::end))
            .route(
                &self.path(BACKCHANNEL_LOGOUT),
                post(backchannel_logout::end),
            )
            .route(
                &self.path(FRONTCHANNEL_LOGOUT),
                get(frontchannel_logout::end).head(refusal::only_get),
            )
            .layer(DefaultBodyLimit::max(FORM_LIMIT))
            .with_state(self.clone())
    }

    /// Whether some provider sends its answer as a form.
    fn takes_form_post(&self) -> bool {
        self.providers().iter().any(Provider::sends_a_form)
    }

    /// Tells every handler under it who the visitor is, and ends sessions that a handler wants
    /// ended.
    #[must_use]
    pub fn layer(&self) -> AuthLayer {
        AuthLayer::new(self.clone())
    }

    /// A redirect that begins a login at this provider, for a handler to return.
    pub fn login(&self, provider: &str) -> Login {
        Login::new(&self.0.base_path, provider)
    }

    /// A redirect that ends the session at once, for a handler under the [layer](Self::layer) to return: to the
    /// provider's own logout, where it has one, and to `after_logout`.
    ///
    /// Any page of the web can send a visitor to a GET route: let the handler answer POST, or link
    /// to [`User::logout_url`], which asks.
    pub fn logout(&self) -> Logout {
        Logout::new(&self.0.config.settings.after_logout)
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}
