//! [`AuthBuilder`]: what an [`Auth`] is made of.

use std::{sync::Arc, time::Duration};

use super::{Auth, Cookies, Hooks, NoHooks, Parts};
use crate::{
    clock::Clock,
    config::{Config, ConfigError},
    http::Http,
    page::{OwnPages, Pages},
    provider::Provider,
    random::Random,
    session::{SessionStore, Sessions, StoreError, open_store},
};

/// Makes an [`Auth`]; what is not said is as in production.
#[derive(Debug)]
#[must_use]
pub struct AuthBuilder {
    config: Config,
    clock: Clock,
    random: Random,
    store: Option<Arc<dyn SessionStore>>,
    hooks: Arc<dyn Hooks>,
    pages: Arc<dyn Pages>,
}

/// Why there is no [`Auth`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store of sessions cannot be opened.
    #[error("the store of sessions cannot be opened: {0}")]
    Store(#[from] StoreError),
}

impl AuthBuilder {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            clock: Clock::system(),
            random: Random::system(),
            store: None,
            hooks: Arc::new(NoHooks),
            pages: Arc::new(OwnPages),
        }
    }

    /// Where the time comes from: a test moves it.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where randomness comes from: a test repeats it.
    pub fn random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// How long a provider may take for one answer in all, whatever the configuration says.
    pub fn http_timeout(mut self, timeout: Duration) -> Self {
        self.config.settings.http_timeout = timeout;
        self
    }

    /// Where sessions are kept, whatever the configuration says.
    pub fn store(mut self, store: Arc<dyn SessionStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// What is told of logins.
    pub fn hooks(mut self, hooks: impl Hooks) -> Self {
        self.hooks = Arc::new(hooks);
        self
    }

    /// Pages of one's own, in the place of this crate's.
    pub fn pages(mut self, pages: impl Pages) -> Self {
        self.pages = Arc::new(pages);
        self
    }

    /// Makes it, and opens the store. No provider is asked for anything yet.
    ///
    /// # Errors
    /// The store cannot be opened.
    pub async fn build(self) -> Result<Auth, StoreError> {
        let Self {
            config,
            clock,
            random,
            store,
            hooks,
            pages,
        } = self;
        let settings = &config.settings;
        let store = match store {
            Some(store) => store,
            None => open_store(settings).await?,
        };
        let http = Http::new(settings.http_timeout, settings.ca_certificates.as_deref());
        Ok(Auth(Arc::new(Parts {
            base_path: settings.base_path.as_str().into(),
            providers: config
                .providers
                .iter()
                .cloned()
                .map(Provider::new)
                .collect(),
            cookies: Cookies::new(&config),
            sessions: Sessions::new(store, &config, clock.clone(), random.clone()),
            http,
            config,
            clock,
            random,
            hooks,
            pages,
        })))
    }
}
