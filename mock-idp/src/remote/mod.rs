//! The handle of a provider in another process: the verbs of a [`Tenant`](crate::Tenant), sent to
//! its control API.

mod clients;
mod clock;
mod connection;
mod error;
mod keys;
mod mint;
mod tenants;

use std::sync::Arc;
use std::time::Duration;

use crate::capture::{Exchange, Requests};
use crate::check::Check;
use crate::config::AutoLogin;
use crate::control::verb::{self, TenantView};
use crate::control::{Kind, Verb};
use crate::fault::{Fault, FaultId, UnreachedFault};
use crate::logout::LogoutSent;
use crate::persona::Persona;
use crate::place::Place;
pub use clock::RemoteClock;
use connection::Connection;
pub use error::RemoteError;
pub use keys::RemoteKeys;
pub use tenants::RemoteForTest;

/// A provider in another process, such as one in a container.
///
/// It has the verbs of a [`Tenant`](crate::Tenant), with the same names. They block their thread
/// until the provider has answered, but for those that are `async` there, too. What a provider of
/// this process cannot fail at panics here when the other one cannot be reached.
///
/// ```
/// # let other_process = mock_idp::MockIdp::start();
/// # let url = other_process.issuer();
/// use mock_idp::{Remote, id_token};
///
/// let idp = Remote::connect(url)?;                        // http://127.0.0.1:9000
/// let client = idp.register("http://localhost:8501/oauth2callback");
/// idp.fault(id_token().set("aud", "other").once());
/// assert!(idp.requests().is_empty());
/// # Ok::<(), mock_idp::RemoteError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Remote {
    connection: Arc<Connection>,
    /// The URL that it is reached by, without a slash at the end.
    base: String,
    provider: TenantView,
}

impl Remote {
    /// The provider at a URL: its issuer, or whatever else it is reached by from here.
    ///
    /// # Errors
    /// When there is none, or it wants a token.
    pub fn connect(url: &str) -> Result<Self, RemoteError> {
        Self::at(Connection::new(None)?, url)
    }

    /// The provider at a URL that was started with this `--control-token`.
    ///
    /// # Errors
    /// When there is none, or it wants another token.
    pub fn connect_with_token(url: &str, token: &str) -> Result<Self, RemoteError> {
        Self::at(Connection::new(Some(token))?, url)
    }

    /// Whether there is a provider at a URL, whatever token it wants.
    ///
    /// # Errors
    /// When there is none.
    pub fn check_health(url: &str) -> Result<(), RemoteError> {
        let base = url.trim_end_matches('/');
        Connection::new(None)?.send(base, &verb::Healthz {})?;
        Ok(())
    }

    /// What it is called in tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    /// The URL that everything of it is under.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.provider.root
    }

    /// Which provider it stands in for, with the date of the snapshot.
    #[must_use]
    pub fn flavour_name(&self) -> String {
        self.provider.flavour.clone()
    }

    /// Where its metadata is.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        self.provider.discovery_url.clone()
    }

    /// The clock that lifetimes and tokens go by.
    #[must_use]
    pub fn clock(&self) -> RemoteClock<'_> {
        RemoteClock::new(self)
    }

    /// The signing keys.
    #[must_use]
    pub fn keys(&self) -> RemoteKeys<'_> {
        RemoteKeys::new(self)
    }

    /// Back to how it started; the clock stays as it is.
    pub fn reset(&self) {
        self.must(&verb::Reset {});
    }
}

/// Personas.
impl Remote {
    /// Everybody who can log in, in the order of the account chooser.
    #[must_use]
    pub fn personas(&self) -> Vec<Arc<Persona>> {
        let personas = self.must(&verb::ListPersonas {});
        personas.into_iter().map(Arc::new).collect()
    }

    /// Adds a persona, or replaces the one of the same id.
    pub fn add_persona(&self, persona: Persona) {
        self.must(&verb::AddPersona(persona));
    }

    /// Removes a persona; false where there is none of this id.
    #[expect(
        clippy::must_use_candidate,
        reason = "it is called for what it does, not for whether there was one"
    )]
    pub fn remove_persona(&self, id: &str) -> bool {
        self.find(&verb::RemovePersona { id: id.into() }).is_some()
    }

    /// Replaces all personas. Of several with the same id the last one stays.
    pub fn set_personas(&self, personas: impl IntoIterator<Item = Persona>) {
        let personas = verb::People::These(personas.into_iter().collect());
        self.must(&verb::SetPersonas { personas });
    }

    /// Says whether the authorization endpoint answers without a page.
    pub fn set_auto_login(&self, auto_login: AutoLogin) {
        self.must(&verb::SetAutoLogin { auto_login });
    }
}

/// Lies.
impl Remote {
    /// Tells a lie from now on.
    ///
    /// # Panics
    /// When the fault says what its place cannot do, or the provider cannot be reached.
    pub fn fault(&self, fault: impl Into<Fault>) -> FaultId {
        must(self.try_fault(fault))
    }

    /// Tells a lie from now on.
    ///
    /// # Errors
    /// When the fault says what its place cannot do, or the provider cannot be reached.
    pub fn try_fault(&self, fault: impl Into<Fault>) -> Result<FaultId, RemoteError> {
        let told = self.send(&verb::TellFault(fault.into()))?;
        Ok(told.id)
    }

    /// Stops lying.
    pub fn clear_faults(&self) {
        self.must(&verb::ClearFaults {});
    }

    /// The faults that no request has reached so far.
    #[must_use]
    pub fn unreached_faults(&self) -> Vec<UnreachedFault> {
        self.must(&verb::UnreachedFaults {})
    }

    /// Makes sure that every fault was reached: one that was not has tested nothing.
    ///
    /// # Panics
    /// When a fault was not reached, naming each, or the provider cannot be reached.
    pub fn verify(&self) {
        must(self.try_verify());
    }

    /// Makes sure that every fault was reached.
    ///
    /// # Errors
    /// Names those that were not; or the provider cannot be reached.
    pub fn try_verify(&self) -> Result<(), RemoteError> {
        self.send(&verb::Verify {})
    }

    /// Lets pass what fails this check.
    ///
    /// # Panics
    /// When the provider cannot go on without it, or cannot be reached.
    pub fn waive(&self, check: Check) {
        must(self.try_waive(check));
    }

    /// Lets pass what fails this check.
    ///
    /// # Errors
    /// When the provider cannot go on without it, or cannot be reached.
    pub fn try_waive(&self, check: Check) -> Result<(), RemoteError> {
        self.send(&verb::Waive { check })
    }
}

/// What arrived, and what the provider sends.
impl Remote {
    /// The requests that arrived so far, with their answers. Questions are asked of them here.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.must(&verb::ListRequests(verb::Filter::default()))
    }

    /// The first request to this place that was not returned by this verb before; waits for it at
    /// most `within`.
    ///
    /// # Errors
    /// When none arrived in time, or requests were dropped among which it may have been; or the
    /// provider cannot be reached.
    pub fn next_request(
        &self,
        place: Place,
        within: Duration,
    ) -> Result<Arc<Exchange>, RemoteError> {
        let within_seconds = within;
        let next = self.send(&verb::NextRequest {
            place,
            within_seconds,
        });
        next.map(Arc::new)
    }

    /// [`next_request`](Self::next_request) without blocking the thread.
    ///
    /// # Errors
    /// As there.
    pub async fn next_request_async(
        &self,
        place: Place,
        within: Duration,
    ) -> Result<Arc<Exchange>, RemoteError> {
        let within_seconds = within;
        let next = verb::NextRequest {
            place,
            within_seconds,
        };
        self.send_async(&next).await.map(Arc::new)
    }

    /// Ends every session of a persona, and tells the apps that used them by logout tokens.
    ///
    /// # Panics
    /// When the provider cannot be reached.
    pub async fn log_out(&self, persona: &str) -> Vec<LogoutSent> {
        let persona = persona.into();
        must(self.send_async(&verb::LogOut { persona }).await)
    }

    /// Sends a logout token about a persona to one client. `None` where client or persona are
    /// unknown, or the client has no `backchannel_logout_uri`.
    ///
    /// # Panics
    /// When the provider cannot be reached.
    pub async fn send_logout_token(&self, client_id: &str, persona: &str) -> Option<LogoutSent> {
        let token = verb::SendLogoutToken {
            client_id: client_id.into(),
            persona: persona.into(),
        };
        known(self.send_async(&token).await)
    }
}

/// Sending a verb.
impl Remote {
    fn at(connection: Connection, url: &str) -> Result<Self, RemoteError> {
        let base = url.trim_end_matches('/').to_owned();
        let connection = Arc::new(connection);
        let provider = connection.send(&base, &verb::ShowProvider {})?;
        Ok(Self {
            connection,
            base,
            provider,
        })
    }

    fn send<V: Verb>(&self, verb: &V) -> Result<V::Answer, RemoteError>
    where
        V::Answer: for<'de> serde::Deserialize<'de>,
    {
        self.connection.send(&self.base, verb)
    }

    async fn send_async<V: Verb>(&self, verb: &V) -> Result<V::Answer, RemoteError>
    where
        V::Answer: for<'de> serde::Deserialize<'de>,
    {
        self.connection.send_async(&self.base, verb).await
    }

    /// What cannot fail at a provider that is there.
    #[track_caller]
    fn must<V: Verb>(&self, verb: &V) -> V::Answer
    where
        V::Answer: for<'de> serde::Deserialize<'de>,
    {
        must(self.send(verb))
    }

    /// `None` where the provider does not know it.
    #[track_caller]
    fn find<V: Verb>(&self, verb: &V) -> Option<V::Answer>
    where
        V::Answer: for<'de> serde::Deserialize<'de>,
    {
        known(self.send(verb))
    }
}

#[track_caller]
fn must<T>(result: Result<T, RemoteError>) -> T {
    match result {
        Ok(answer) => answer,
        Err(error) => panic!("mock-idp: {error}"),
    }
}

#[track_caller]
fn known<T>(result: Result<T, RemoteError>) -> Option<T> {
    match result {
        Err(RemoteError::Refused { kind, .. }) if kind == Kind::Unknown.name() => None,
        other => Some(must(other)),
    }
}
