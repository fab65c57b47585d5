//! [`AuthBuilder`]: what an [`Auth`] is made of.

use std::{sync::Arc, time::Duration};

use super::{Auth, Cookies, Parts};
use crate::{
    clock::Clock,
    config::Config,
    http::{Http, TIMEOUT},
    provider::Provider,
    random::Random,
    session::{MemoryStore, SessionStore, Sessions},
};

/// Makes an [`Auth`]; what is not said is as in production.
#[derive(Debug)]
#[must_use]
pub struct AuthBuilder {
    config: Config,
    clock: Clock,
    random: Random,
    timeout: Duration,
    store: Arc<dyn SessionStore>,
}

impl AuthBuilder {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            clock: Clock::system(),
            random: Random::system(),
            timeout: TIMEOUT,
            store: Arc::new(MemoryStore::default()),
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

    /// How long a provider may take for one answer in all; 5 seconds unless said otherwise.
    pub fn http_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where sessions are kept; in memory unless said otherwise.
    pub fn store(mut self, store: Arc<dyn SessionStore>) -> Self {
        self.store = store;
        self
    }

    /// Makes it. No provider is asked for anything yet.
    #[must_use]
    pub fn build(self) -> Auth {
        let Self {
            config,
            clock,
            random,
            timeout,
            store,
        } = self;
        let sessions = Sessions::new(store, &config, clock.clone(), random.clone());
        Auth(Arc::new(Parts {
            providers: config
                .providers
                .iter()
                .cloned()
                .map(Provider::new)
                .collect(),
            cookies: Cookies::for_redirect_uri(&config.redirect_uri),
            http: Http::new(timeout),
            sessions,
            config,
            clock,
            random,
        }))
    }
}
