//! An app that runs already, and the two providers that it is set up for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use mock_idp::{Client, MockIdp, Place};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::app::{Copy, LaunchError, Launcher, Provided, Providers, Settings};
use super::guest::{Guest, Guests};
use super::lab::{LabError, plain_provider};
use super::profile::Profile;
use crate::eventually::pause;

/// What the app calls itself at both providers: always the same, so that it is set up once.
const CLIENT_ID: &str = "conform";
const CLIENT_SECRET: &str = "known-to-everybody-who-tests-with-conform";
/// The same keys in every run: an app that keeps them need not be started anew.
const SEED: u64 = 7;

/// An app that runs already. There is one copy, so that cases are played one after the other, and
/// what it keeps in its caches stays there from case to case.
pub struct RunningApp {
    base: Url,
    guests: Guests,
    first: Provider,
    second: Provider,
}

struct Provider {
    idp: Arc<MockIdp>,
    client: Mutex<Client>,
}

impl RunningApp {
    /// Starts the two providers, on this port and the next; for 0 on any two that are free.
    ///
    /// # Errors
    /// When a port is taken.
    pub fn new(base: Url, guests: Guests, port: u16) -> Result<Self, LabError> {
        Ok(Self {
            base,
            first: Provider::start(port, &guests.profile)?,
            second: Provider::start(
                if port == 0 { 0 } else { port.saturating_add(1) },
                &guests.profile,
            )?,
            guests,
        })
    }

    /// The provider that the app logs people in at.
    #[must_use]
    pub fn provider(&self) -> &MockIdp {
        &self.first.idp
    }

    /// Learns from a login that was begun where the app wants the answers; `problem` is why it went wrong.
    pub(super) fn learn_redirect_uri(&self, problem: Option<String>) -> Result<(), LabError> {
        self.first.learn(problem)
    }

    /// Both providers as they were started, with the app registered.
    pub(super) fn as_new(&self) -> Result<(), LabError> {
        self.first.as_new()?;
        self.second.as_new()
    }

    /// What the app has to be told.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            provider: self.first.provided(),
            second: self.second.provided(),
        }
    }

    /// Waits until the app answers.
    ///
    /// # Errors
    /// When it does not in this time.
    pub async fn wait(&self, patience: Duration) -> Result<(), LabError> {
        let host = self.base.host_str().unwrap_or_default().to_owned();
        let port = self.base.port_or_known_default().unwrap_or_default();
        let asking = async {
            while TcpStream::connect((host.as_str(), port)).await.is_err() {
                pause().await;
            }
        };
        let answered = timeout(patience, asking).await;
        answered.map_err(|_| LabError::SetUp(format!("nobody answers at {}", self.base)))
    }

    /// Learns from a login that is begun where the app wants the answers.
    ///
    /// # Errors
    /// When the login does not lead to the provider.
    pub async fn learn_redirect_uris(&self) -> Result<(), LabError> {
        let mut guest = Guest::new(self.base.clone(), self.guests.clone());
        // The provider refuses a URI that it does not know yet, and has seen it all the same.
        let came = guest.log_in().await;
        self.first
            .learn(came.err().map(|error| error.to_string()))?;
        if self.guests.profile.second_login.is_some() {
            let came = guest.log_in_at_second().await;
            self.second
                .learn(came.err().map(|error| error.to_string()))?;
        }
        Ok(())
    }
}

impl Provider {
    fn start(port: u16, profile: &Profile) -> Result<Self, LabError> {
        let idp = plain_provider().port(port).seed(SEED).start();
        let provider = Self {
            idp: Arc::new(idp.map_err(|error| LabError::SetUp(error.to_string()))?),
            client: Mutex::new(Client {
                client_id: CLIENT_ID.into(),
                client_secret: Some(CLIENT_SECRET.into()),
                userinfo_signed_response_alg: profile.userinfo_algorithm(),
                ..Client::default()
            }),
        };
        provider.as_new()?;
        Ok(provider)
    }

    fn client(&self) -> Client {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        client.clone()
    }

    fn provided(&self) -> Provided {
        Provided::at(&self.idp, &self.client())
    }

    /// Back to how it was started, with the app registered.
    fn as_new(&self) -> Result<(), LabError> {
        self.idp.clock().reset();
        self.idp.reset();
        let registered = self.idp.register_client(self.client());
        registered.map_err(|error| LabError::SetUp(error.to_string()))
    }

    fn learn(&self, problem: Option<String>) -> Result<(), LabError> {
        let requests = self.idp.requests();
        let seen = requests.to(Place::Authorization);
        let redirect_uri = seen
            .iter()
            .find_map(|request| request.parameter("redirect_uri"));
        let Some(redirect_uri) = redirect_uri else {
            let issuer = self.idp.issuer();
            let problem = problem.unwrap_or_else(|| "it ended somewhere else".into());
            return Err(LabError::SetUp(format!(
                "a login does not lead to {issuer}: {problem}"
            )));
        };
        self.client
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .redirect_uris = vec![redirect_uri.into()];
        self.as_new()
    }
}

impl Launcher for RunningApp {
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>> {
        ready(self.prepared()).boxed()
    }

    fn providers(&self) -> Option<Providers> {
        let at = |provider: &Provider| (Arc::clone(&provider.idp), provider.client());
        Some(Providers {
            first: at(&self.first),
            second: at(&self.second),
        })
    }
}

impl RunningApp {
    fn prepared(&self) -> Result<Copy, LaunchError> {
        for provider in [&self.first, &self.second] {
            let as_new = provider.as_new();
            as_new.map_err(|error| LaunchError::NoRoom(error.to_string()))?;
        }
        Ok(Copy {
            base: self.base.clone(),
            redirect_uri: self.first.provided().redirect_uri,
            second_redirect_uri: self.second.provided().redirect_uri,
            log: None,
            start: Box::new(|_| ready(Ok(Box::new(()) as super::app::Guard)).boxed()),
        })
    }
}
