//! All that one issuer owns. A tenant is a world: nothing in it is shared with another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::answer::quoted;
use crate::capture::{Capture, Requests};
use crate::check::{Check, NotWaivable, Refusal, refuse};
use crate::client::{Client, RedirectUriError, parse_redirect_uri};
use crate::clock::Clock;
use crate::config::{AutoLogin, Config};
use crate::fault::{Fault, FaultError, FaultId, Faults, UnreachedFault, UnreachedFaults};
use crate::flavour::{DEFAULT, Flavour, FlavourError};
use crate::keys::Keys;
use crate::persona::{self, Persona};
use crate::place::Place;
use crate::random::{Alphabet, Random, Stream, system_seed};
use crate::store::{Lifetimes, Store};

/// One provider: its issuer, clients, personas, keys, clock, randomness, faults and captured requests.
///
/// A handle: clones speak of the same provider.
#[derive(Clone, Debug)]
pub struct Tenant(Arc<World>);

#[derive(Debug)]
struct World {
    issuer: String,
    flavour: Arc<Flavour>,
    configured: Configured,
    clients: RwLock<BTreeMap<String, Arc<Client>>>,
    personas: RwLock<Vec<Arc<Persona>>>,
    auto_login: RwLock<AutoLogin>,
    waived: RwLock<BTreeSet<Check>>,
    clock: Clock,
    random: Random,
    keys: Keys,
    store: Mutex<Store>,
    faults: Faults,
    capture: Capture,
}

/// What `reset` goes back to.
#[derive(Debug)]
struct Configured {
    clients: Vec<Client>,
    personas: Vec<Persona>,
    auto_login: AutoLogin,
}

/// Why a client cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// A redirect URI is none.
    #[error("the redirect URI {uri:?}: {problem}")]
    RedirectUri {
        /// The text.
        uri: String,
        /// What is wrong with it.
        problem: RedirectUriError,
    },
    /// `client_id` is empty.
    #[error("the client has no client_id")]
    NoClientId,
    /// `client_id` belongs to another client.
    #[error("the client_id {0:?} is taken")]
    Taken(String),
}

impl Tenant {
    pub(crate) fn new(issuer: String, config: Config) -> Result<Self, TenantError> {
        let flavour = Flavour::named(config.flavour.as_deref().unwrap_or(DEFAULT))?;
        let seed = config.seed.unwrap_or_else(system_seed);
        let lifetimes = Lifetimes {
            transaction: Duration::from_secs(flavour.text.authorization.transaction_seconds),
            token: Duration::from_secs(flavour.text.token.access_token_seconds),
        };
        let personas = if config.personas.is_empty() {
            persona::starter()
        } else {
            config.personas
        };
        let tenant = Self(Arc::new(World {
            issuer,
            configured: Configured {
                clients: config.clients,
                personas,
                auto_login: config.auto_login,
            },
            clients: RwLock::default(),
            personas: RwLock::default(),
            auto_login: RwLock::default(),
            waived: RwLock::default(),
            clock: Clock::default(),
            random: Random::new(seed),
            keys: Keys::new(Arc::clone(&flavour), seed),
            flavour,
            store: Mutex::new(Store::new(lifetimes)),
            faults: Faults::default(),
            capture: Capture::default(),
        }));
        tenant.configure()?;
        Ok(tenant)
    }

    /// The issuer, such as `http://127.0.0.1:9000`, without a slash at the end.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Which provider it stands in for, with the date of the snapshot, such as `google@2026-04`.
    #[must_use]
    pub fn flavour_name(&self) -> String {
        let text = &self.0.flavour.text;
        format!("{}@{}", text.name, text.snapshot)
    }

    /// Where the provider's metadata is.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        self.url(Place::Discovery)
    }

    /// Registers a client with random credentials in the provider's form.
    ///
    /// # Panics
    /// When `redirect_uri` is no absolute URL; [`try_register`](Self::try_register) returns the error instead.
    #[must_use]
    pub fn register(&self, redirect_uri: &str) -> Client {
        match self.try_register(redirect_uri) {
            Ok(client) => client,
            Err(error) => panic!("mock-idp: {error}"),
        }
    }

    /// Registers a client with random credentials in the provider's form.
    ///
    /// # Errors
    /// When `redirect_uri` is no absolute URL or has a fragment.
    pub fn try_register(&self, redirect_uri: &str) -> Result<Client, RegisterError> {
        let console = &self.0.flavour.text.console;
        let mut random = self.0.random.next("client", redirect_uri, "");
        let client = Client {
            client_id: console.client_id.fill(&mut random),
            client_secret: Some(console.client_secret.fill(&mut random)),
            redirect_uris: vec![redirect_uri.into()],
            client_name: None,
        };
        self.register_client(client.clone())?;
        Ok(client)
    }

    /// Registers a client with the credentials it comes with.
    ///
    /// # Errors
    /// When a redirect URI is no absolute URL, or the `client_id` is empty or taken.
    pub fn register_client(&self, client: Client) -> Result<(), RegisterError> {
        if client.client_id.is_empty() {
            return Err(RegisterError::NoClientId);
        }
        for uri in &client.redirect_uris {
            parse_redirect_uri(uri).map_err(|problem| RegisterError::RedirectUri {
                uri: uri.clone(),
                problem,
            })?;
        }
        let mut clients = self
            .0
            .clients
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if clients.contains_key(&client.client_id) {
            return Err(RegisterError::Taken(client.client_id));
        }
        clients.insert(client.client_id.clone(), Arc::new(client));
        Ok(())
    }

    /// The client of this id.
    #[must_use]
    pub fn client(&self, client_id: &str) -> Option<Arc<Client>> {
        let clients = self
            .0
            .clients
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        clients.get(client_id).cloned()
    }

    /// Everybody who can log in, in the order of the account chooser.
    #[must_use]
    pub fn personas(&self) -> Vec<Arc<Persona>> {
        let personas = self.0.personas.read();
        personas.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a persona, or replaces the one of the same id.
    pub fn add_persona(&self, persona: Persona) {
        let mut personas = self
            .0
            .personas
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let persona = Arc::new(persona);
        match personas.iter_mut().find(|known| known.id == persona.id) {
            Some(known) => *known = persona,
            None => personas.push(persona),
        }
    }

    /// Registers a client and returns the `.streamlit/secrets.toml` that its app needs.
    ///
    /// # Panics
    /// When `redirect_uri` is no absolute URL.
    #[must_use]
    pub fn secrets_toml(&self, redirect_uri: &str) -> String {
        let client = self.register(redirect_uri);
        self.secrets_toml_for(&client, redirect_uri)
    }

    /// The `.streamlit/secrets.toml` for a client that is registered already.
    #[must_use]
    pub fn secrets_toml_for(&self, client: &Client, redirect_uri: &str) -> String {
        let provider = &self.0.flavour.text.name;
        // 48 characters of 6 bits: 36 bytes.
        let mut random = self.0.random.next("cookie_secret", &client.client_id, "");
        let cookie_secret = random.text(Alphabet::B64url, 48);
        let mut lines = vec![
            "[auth]".into(),
            format!("redirect_uri = {}", quoted(redirect_uri)),
            format!("cookie_secret = {}", quoted(&cookie_secret)),
            String::new(),
            format!("[auth.{provider}]"),
            format!("client_id = {}", quoted(&client.client_id)),
        ];
        if let Some(secret) = &client.client_secret {
            lines.push(format!("client_secret = {}", quoted(secret)));
        }
        let metadata = quoted(&self.discovery_url());
        lines.push(format!("server_metadata_url = {metadata}\n"));
        lines.join("\n")
    }

    /// Says whether the authorization endpoint answers without a page.
    pub fn set_auto_login(&self, auto_login: AutoLogin) {
        let current = self.0.auto_login.write();
        *current.unwrap_or_else(PoisonError::into_inner) = auto_login;
    }

    /// Tells a lie from now on.
    ///
    /// # Panics
    /// When the fault says what its place cannot do; [`try_fault`](Self::try_fault) returns the error instead.
    pub fn fault(&self, fault: impl Into<Fault>) -> FaultId {
        match self.try_fault(fault) {
            Ok(id) => id,
            Err(error) => panic!("mock-idp: {error}"),
        }
    }

    /// Tells a lie from now on.
    ///
    /// # Errors
    /// When the fault says what its place cannot do.
    pub fn try_fault(&self, fault: impl Into<Fault>) -> Result<FaultId, FaultError> {
        self.0.faults.add(fault.into())
    }

    /// Stops lying.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// The faults that no request has reached so far.
    #[must_use]
    pub fn unreached_faults(&self) -> Vec<UnreachedFault> {
        self.0.faults.unreached()
    }

    /// Makes sure that every fault was reached: one that was not has tested nothing.
    ///
    /// # Panics
    /// When a fault was not reached, naming each; [`try_verify`](Self::try_verify) returns the error instead.
    pub fn verify(&self) {
        if let Err(error) = self.try_verify() {
            panic!("mock-idp: {error}");
        }
    }

    /// Makes sure that every fault was reached.
    ///
    /// # Errors
    /// Names those that were not.
    pub fn try_verify(&self) -> Result<(), UnreachedFaults> {
        match self.unreached_faults() {
            unreached if unreached.is_empty() => Ok(()),
            unreached => Err(UnreachedFaults(unreached)),
        }
    }

    /// Lets pass what fails this check.
    ///
    /// # Panics
    /// When the provider cannot go on without it; [`try_waive`](Self::try_waive) returns the error instead.
    pub fn waive(&self, check: Check) {
        if let Err(error) = self.try_waive(check) {
            panic!("mock-idp: {error}");
        }
    }

    /// Lets pass what fails this check.
    ///
    /// # Errors
    /// When the provider cannot go on without it.
    pub fn try_waive(&self, check: Check) -> Result<(), NotWaivable> {
        if !check.is_waivable() {
            return Err(NotWaivable(check));
        }
        let mut waived = self
            .0
            .waived
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        waived.insert(check);
        Ok(())
    }

    /// The clock that lifetimes and tokens go by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The signing keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The requests that arrived so far, with their answers.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.0.capture.requests()
    }

    /// Back to how it started: no faults, waivers, captured requests, logins under way, tokens or consent; clients,
    /// personas, keys and `auto_login` as configured. The clock stays as it is.
    pub fn reset(&self) {
        self.clear_faults();
        self.0.capture.clear();
        self.store().clear();
        self.0.random.reset();
        self.0.keys.reset();
        self.0
            .waived
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        // What was registered at the start can be registered again.
        let _ = self.configure();
    }

    fn configure(&self) -> Result<(), RegisterError> {
        let Configured {
            clients,
            personas,
            auto_login,
        } = &self.0.configured;
        self.0
            .clients
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.0
            .personas
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.set_auto_login(auto_login.clone());
        for persona in personas {
            self.add_persona(persona.clone());
        }
        clients
            .iter()
            .try_for_each(|client| self.register_client(client.clone()))
    }
}

/// What the rest of the crate asks.
impl Tenant {
    pub(crate) fn flavour(&self) -> &Flavour {
        &self.0.flavour
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    pub(crate) fn capture(&self) -> &Capture {
        &self.0.capture
    }

    pub(crate) fn auto_login(&self) -> AutoLogin {
        let current = self.0.auto_login.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn persona(&self, id: &str) -> Option<Arc<Persona>> {
        let personas = self
            .0
            .personas
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        personas.iter().find(|persona| persona.id == id).cloned()
    }

    /// The memory, after what is over was forgotten.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.0.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.sweep(self.0.clock.now());
        store
    }

    /// The bytes of the next `kind` of thing for this client and persona.
    pub(crate) fn random(&self, kind: &'static str, client: &str, persona: &str) -> Stream {
        self.0.random.next(kind, client, persona)
    }

    /// A persona's `sub`: its own, or the one that seed and id give.
    pub(crate) fn sub(&self, persona: &Persona) -> String {
        persona.sub.clone().unwrap_or_else(|| {
            let template = &self.0.flavour.text.id_token.sub;
            template.fill(&mut self.0.random.fixed("sub", &persona.id))
        })
    }

    /// Refuses, unless the check is waived.
    pub(crate) fn enforce(
        &self,
        check: Check,
        reason: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        let waived = self.0.waived.read().unwrap_or_else(PoisonError::into_inner);
        if waived.contains(&check) {
            tracing::debug!(%check, "waived");
            return Ok(());
        }
        Err(refuse(check, reason()))
    }

    /// The URL of a place; the issuer where the flavour has no such place.
    pub(crate) fn url(&self, place: Place) -> String {
        let path = self.flavour().router.path(place).unwrap_or_default();
        format!("{}{path}", self.issuer())
    }

    /// Where a persona's picture is: its own URL, or the one that the provider draws.
    pub(crate) fn picture_url(&self, persona: &Persona) -> String {
        persona.picture.clone().unwrap_or_else(|| {
            let id: String = url::form_urlencoded::byte_serialize(persona.id.as_bytes()).collect();
            self.url(Place::Picture).replace("{persona}", &id)
        })
    }
}

/// Why a provider cannot be what it was configured to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantError {
    /// The flavour cannot be used.
    #[error(transparent)]
    Flavour(#[from] FlavourError),
    /// A configured client cannot be registered.
    #[error(transparent)]
    Client(#[from] RegisterError),
}
