//! Where a case is played: the providers, the canary, and a copy of the app.

mod provider;

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use mock_idp::{AutoLogin, Client, MockIdp, Persona, Requests};
use tokio::time::Instant;
use url::Url;

use provider::{PLAIN, provider};
pub(super) use provider::{person, plain_provider};

use super::app::{
    Copy, Guard, LaunchError, Launcher, Log, Provided, Providers, Settings, has_metadata,
};
use super::canary::Canary;
use super::guest::{Guest, Guests, Who};
use super::profile::Profile;
use super::seen::Seen;
use crate::person::{Person as _, VisitError};

/// Who logs in, unless a case says otherwise.
pub(super) const SOMEBODY: &str = "alice";
/// Who logs in beside them.
pub(super) const SOMEBODY_ELSE: &str = "bob";

/// How long after a login that failed the next is tried.
const AGAIN: Duration = Duration::from_secs(1);

/// Where a case is played.
pub struct Lab {
    /// The provider that the app logs people in at.
    pub provider: Arc<MockIdp>,
    /// Another one, which the app knows as well where it can.
    pub second: Arc<MockIdp>,
    /// Whom nobody has a reason to ask.
    pub canary: Canary,
    /// The app at the provider.
    pub client: Client,
    /// The app at the second provider.
    pub second_client: Client,
    /// How the app is used.
    pub profile: Arc<Profile>,
    guests: Guests,
    /// Where the app is.
    pub base: Url,
    /// What the app is told, where that is something else than what is above.
    pub settings: Option<Settings>,
    app: App,
    log: Option<Log>,
    first_kid: String,
    /// How many requests came to each provider before the case began.
    before: (u64, u64),
}

enum App {
    Prepared(Box<Copy>),
    Running {
        _guard: Guard,
    },
    /// It was tried, and did not start.
    Gone,
}

/// Why a case could not be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabError {
    /// There is no provider or canary.
    #[error("the lab cannot be set up: {0}")]
    SetUp(String),
    /// There is no app.
    #[error(transparent)]
    App(#[from] LaunchError),
    /// A step of the case could not be taken.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The case cannot come about with this app as it runs.
    #[error("{0}")]
    NotReached(String),
    /// The case is about something that the app does not have.
    #[error("{0}")]
    NotApplicable(String),
    /// A login fails although nothing is wrong.
    #[error("a login fails although nothing is wrong: {0}")]
    GoodLogin(String),
}

impl Lab {
    /// Sets up a lab with a copy of the app that does not run yet.
    ///
    /// # Errors
    /// When there is no port for a provider or the canary, or no room for the app.
    pub async fn prepare(launcher: &dyn Launcher, guests: Guests) -> Result<Self, LabError> {
        Self::prepare_at(launcher, guests, PLAIN).await
    }

    /// The same with this flavour of the first provider, unless the app knows one already.
    pub(super) async fn prepare_at(
        launcher: &dyn Launcher,
        guests: Guests,
        flavour: &str,
    ) -> Result<Self, LabError> {
        let profile = Arc::clone(&guests.profile);
        let copy = launcher.prepare().await?;
        let Providers {
            first: (provider, client),
            second: (second, second_client),
        } = match launcher.providers() {
            Some(providers) => providers,
            None => Providers {
                first: provider(flavour, &copy.redirect_uri, &profile)?,
                second: provider(PLAIN, &copy.second_redirect_uri, &profile)?,
            },
        };
        let canary = Canary::start().await;
        let canary = canary.map_err(|error| LabError::SetUp(error.to_string()))?;
        Ok(Self {
            first_kid: provider.keys().signing_kid(),
            before: (0, 0),
            provider,
            second,
            canary,
            client,
            second_client,
            profile,
            guests,
            base: copy.base.clone(),
            settings: None,
            log: copy.log.clone(),
            app: App::Prepared(Box::new(copy)),
        })
    }

    /// Starts the app, unless it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn launch(&mut self) -> Result<(), LaunchError> {
        let copy = match std::mem::replace(&mut self.app, App::Gone) {
            App::Prepared(copy) => copy,
            running @ App::Running { .. } => {
                self.app = running;
                return Ok(());
            }
            App::Gone => return Err(LaunchError::DoesNotStart("it did not before".into())),
        };
        let settings = self.settings.clone().unwrap_or_else(|| Settings {
            provider: Provided::at(&self.provider, &self.client),
            second: Provided::at(&self.second, &self.second_client),
        });
        let guard = (copy.start)(settings).await?;
        self.app = App::Running { _guard: guard };
        Ok(())
    }

    /// Whether the provider says of itself where it is.
    pub(super) fn has_metadata(&self) -> bool {
        has_metadata(&self.provider)
    }

    /// Whether the app ran before the case.
    pub(super) fn is_running(&self) -> bool {
        self.before != (0, 0)
    }

    /// Whether guests use browsers.
    pub(super) fn is_in_browsers(&self) -> bool {
        self.guests.browsers.is_some()
    }

    /// Signs with the first key again, or with a new one where that is gone.
    pub(super) fn sign_as_at_first(&self) {
        let keys = self.provider.keys();
        if !keys.use_key(&self.first_kid) {
            keys.rotate();
        }
    }

    /// The providers as they were at first, with the app registered.
    pub(super) fn restore(&self) -> Result<(), LabError> {
        let all = [
            (&self.provider, &self.client),
            (&self.second, &self.second_client),
        ];
        for (provider, client) in all {
            provider.reset();
            let registered = provider.register_client(client.clone());
            registered.map_err(|error| LabError::SetUp(error.to_string()))?;
        }
        Ok(())
    }

    /// A login to which nothing is wrong before the case, and what was asked for it is no part of it.
    ///
    /// # Errors
    /// When it fails all the same.
    pub(super) async fn control(&mut self) -> Result<(), LabError> {
        self.good_login_in_time().await?;
        self.begin_here();
        Ok(())
    }

    /// What was asked for until now is no part of the case.
    pub(super) fn begin_here(&mut self) {
        self.before = (self.provider.requests().end(), self.second.requests().end());
    }

    /// A login to which nothing is wrong, at an app that may still have something wrong in its
    /// caches: tried again until its patience is over.
    ///
    /// # Errors
    /// When it fails to the end.
    pub(super) async fn good_login_in_time(&mut self) -> Result<(), LabError> {
        let until = Instant::now() + self.profile.patience();
        let mut beat = tokio::time::interval(AGAIN);
        loop {
            beat.tick().await;
            match self.good_login(SOMEBODY).await {
                Err(LabError::GoodLogin(_)) if Instant::now() < until => {}
                ended => return ended.map(drop),
            }
        }
    }

    /// Changes how the provider knows the app.
    ///
    /// # Errors
    /// When it cannot be known so.
    pub(super) fn know(&mut self, edit: impl FnOnce(&mut Client)) -> Result<(), LabError> {
        edit(&mut self.client);
        let known = self.provider.replace_client(self.client.clone());
        known.map_err(|error| LabError::SetUp(error.to_string()))
    }

    /// What the provider saw of the case.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.provider.requests().since(self.before.0)
    }

    /// What the second provider saw of it.
    #[must_use]
    pub fn second_requests(&self) -> Requests {
        self.second.requests().since(self.before.1)
    }

    /// The words, with marks for the secrets of either provider.
    pub(super) fn masked(&self, words: &str) -> String {
        let requests = [self.provider.requests(), self.second.requests()];
        let mask = |words: String, requests: &Requests| requests.masked(&words);
        requests.iter().fold(words.to_owned(), mask)
    }

    /// What the app said so far; none where nobody can see it.
    #[must_use]
    pub fn log(&self) -> Option<String> {
        let log = self.log.as_ref()?;
        let lines = log.lock().unwrap_or_else(PoisonError::into_inner);
        Some(lines.join("\n"))
    }

    /// Somebody with a browser of their own.
    #[must_use]
    pub fn guest(&self) -> Guest {
        Guest::new(self.base.clone(), self.guests.clone())
    }

    /// Whom the providers know.
    #[must_use]
    pub fn personas(&self) -> Vec<Arc<Persona>> {
        self.provider.personas()
    }

    /// Says who logs in at both providers.
    pub fn everybody_is(&self, persona: &str) {
        for provider in [&self.provider, &self.second] {
            provider.set_auto_login(AutoLogin::Persona(persona.into()));
        }
    }

    /// A login to which nothing is wrong.
    ///
    /// # Errors
    /// When it fails all the same.
    pub async fn good_login(&mut self, persona: &str) -> Result<Guest, LabError> {
        self.launch().await?;
        self.everybody_is(persona);
        let mut guest = self.guest();
        let logged_in = guest.log_in().await;
        let page = guest.visitor.page().await;
        let who = guest.who(&self.personas()).await;
        self.everybody_is(SOMEBODY);
        match (logged_in, who) {
            (Ok(()), Ok(Who::Persona(id))) if id == persona => Ok(guest),
            (Err(error), _) | (_, Err(error)) => Err(LabError::GoodLogin(error.to_string())),
            (Ok(()), Ok(who)) => {
                let words = page.map(|page| page.words()).unwrap_or_default();
                let words = super::guest::shortened(&words);
                Err(LabError::GoodLogin(format!(
                    "the app says {who:?} and not {persona}; the login ended with: {words}"
                )))
            }
        }
    }

    /// A login, and what is seen of it, whatever comes of it.
    pub async fn login(&mut self) -> Seen {
        if let Err(error) = self.launch().await {
            return Seen::without_app(self, &error.to_string());
        }
        let mut guest = self.guest();
        let started = Instant::now();
        let logged_in = guest.log_in().await;
        self.seen(&mut guest, logged_in, started.elapsed()).await
    }

    /// What is seen of a guest's last step.
    pub async fn seen(
        &self,
        guest: &mut Guest,
        step: Result<(), VisitError>,
        elapsed: Duration,
    ) -> Seen {
        let page = guest.visitor.page().await.ok();
        let (status, headers) = (guest.visitor.status(), guest.visitor.headers());
        let hops = guest.visitor.history().to_vec();
        let screenshot = guest.screenshot().await;
        let who = guest.who(&self.personas()).await;
        Seen {
            who,
            who_page: guest.visitor.page().await.ok(),
            who_headers: guest.visitor.headers(),
            step,
            page,
            screenshot,
            status,
            headers,
            hops,
            elapsed,
            ..Seen::of(self)
        }
    }
}
