//! The axum face: [`Auth`], its routes and its layer. Only here axum is named.

mod builder;
mod callback;
mod canonical;
mod cookies;
#[cfg(test)]
pub(crate) mod fake_provider;
mod layer;
mod login;
mod logout;
mod redirect;
mod refusal;
mod require;
mod target;
#[cfg(test)]
mod tests;
mod user;

use std::{fmt, path::Path, sync::Arc};

use axum::{Router, routing::get};
pub use builder::AuthBuilder;
use cookies::Cookies;
pub use layer::{AuthLayer, AuthService};
pub use login::Login;
pub use logout::Logout;
pub use require::{RequireLogin, RequireLoginService};
pub use user::{MissingLayer, User};

use crate::{
    clock::Clock,
    config::{Config, ConfigError},
    flow::Flow,
    http::Http,
    provider::Provider,
    random::Random,
    session::Sessions,
};

/// Where a login begins, with the provider as the query's `provider` or as one more path segment.
const LOGIN: &str = "/auth/login";

/// Where a session ends.
const LOGOUT: &str = "/auth/logout";

/// Where a visitor goes after login and logout.
const HOME: &str = "/";

/// Login for an app: made once at the start, cloned for free.
#[derive(Clone)]
pub struct Auth(Arc<Parts>);

struct Parts {
    config: Config,
    providers: Vec<Provider>,
    sessions: Sessions,
    cookies: Cookies,
    http: Http,
    clock: Clock,
    random: Random,
}

impl Auth {
    /// Reads a `secrets.toml`. No provider has to be up for this.
    ///
    /// # Errors
    /// Everything that is wrong with the file, at once.
    #[expect(
        clippy::unused_async,
        reason = "stores that are opened here will have to wait"
    )]
    pub async fn from_secrets(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let config = Config::from_file(path)?;
        for problem in &config.warnings {
            tracing::warn!("{problem}");
        }
        Ok(Self::builder(config).build())
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

    fn flow<'a>(&'a self, provider: &'a Provider) -> Flow<'a> {
        let Parts {
            config,
            http,
            clock,
            random,
            ..
        } = &*self.0;
        Flow {
            provider,
            redirect_uri: &config.redirect_uri,
            http,
            clock,
            random,
        }
    }

    /// The routes of login, callback and logout. They need [`layer`](Self::layer) around them.
    ///
    /// HEAD neither begins a login nor ends a pending one: link checkers send it.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let callback = self.0.config.redirect_uri.path();
        Router::new()
            .route(LOGIN, get(login::by_query).head(refusal::only_get))
            .route(
                "/auth/login/{provider}",
                get(login::by_path).head(refusal::only_get),
            )
            .route(callback, get(callback::finish).head(refusal::only_get))
            .route(LOGOUT, get(logout::confirm).post(logout::end))
            .with_state(self.clone())
    }

    /// Tells every handler under it who the visitor is, and ends sessions that a handler wants
    /// ended.
    #[must_use]
    pub fn layer(&self) -> AuthLayer {
        AuthLayer::new(self.clone())
    }

    /// A redirect that begins a login at this provider, for a handler to return.
    pub fn login(&self, provider: &str) -> Login {
        Login::new(provider)
    }

    /// A redirect to `/` that ends the session at once, for a handler under the
    /// [layer](Self::layer) to return.
    ///
    /// Any page of the web can send a visitor to a GET route: let the handler answer POST, or link
    /// to [`User::logout_url`], which asks.
    pub fn logout(&self) -> Logout {
        Logout::new()
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}
