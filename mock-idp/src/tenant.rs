//! All that one issuer owns. A tenant is a world: nothing in it is shared with another.

mod clients;
mod console;
mod directory;
mod documents;
mod issuer;
mod lies;
mod logout;
mod mint;
mod next_request;
mod personas;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::capture::{Capture, Requests};
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::clock::Clock;
use crate::config::{AutoLogin, Config};
use crate::console::Publishing;
use crate::fault::Faults;
use crate::flavour::{DEFAULT, Flavour, FlavourError};
use crate::keys::Keys;
use crate::names::Names;
use crate::persona::{self, Persona};
use crate::place::Place;
use crate::random::{Random, Stream, system_seed};
use crate::store::Store;
pub use clients::RegisterError;
use documents::Documents;
use issuer::{Seen, issuer_at};
pub(crate) use personas::Meant;
use personas::Personas;

/// One provider: its issuer, clients, personas, keys, clock, randomness, faults and captured
/// requests.
///
/// A handle: clones speak of the same provider.
#[derive(Clone, Debug)]
pub struct Tenant(Arc<World>, Option<Arc<Seen>>);

#[derive(Debug)]
struct World {
    names: Names,
    issuer: String,
    flavour: Arc<Flavour>,
    configured: Configured,
    clients: RwLock<BTreeMap<String, Arc<Client>>>,
    personas: RwLock<Personas>,
    auto_login: RwLock<AutoLogin>,
    waived: RwLock<BTreeSet<Check>>,
    publishing: RwLock<Publishing>,
    clock: Clock,
    random: Random,
    keys: Keys,
    store: Mutex<Store>,
    faults: Faults,
    capture: Capture,
    documents: Documents,
    /// The `sub`s that were derived, by the persona's id.
    derived_subs: Mutex<HashMap<String, String>>,
    /// The last redirect URI that could be registered, so that it need not be looked at again.
    registrable: Mutex<String>,
}

/// What `reset` goes back to.
#[derive(Debug)]
struct Configured {
    clients: Vec<Client>,
    personas: Vec<Persona>,
    auto_login: AutoLogin,
    publishing: Publishing,
}

impl Tenant {
    pub(crate) fn new(names: impl Into<Names>, config: Config) -> Result<Self, TenantError> {
        let flavour = Flavour::named(config.flavour.as_deref().unwrap_or(DEFAULT))?;
        let names = names.into();
        let seed = config.seed.unwrap_or_else(system_seed);
        let personas = if config.personas.is_empty() {
            persona::starter()
        } else {
            config.personas
        };
        let tenant = Self(
            Arc::new(World {
                issuer: issuer_at(&flavour, &names),
                names,
                configured: Configured {
                    clients: config.clients,
                    personas,
                    auto_login: config.auto_login,
                    publishing: config.publishing,
                },
                clients: RwLock::default(),
                personas: RwLock::default(),
                auto_login: RwLock::default(),
                waived: RwLock::default(),
                publishing: RwLock::default(),
                clock: Clock::default(),
                random: Random::new(seed),
                keys: Keys::new(Arc::clone(&flavour), seed),
                store: Mutex::new(Store::new(&flavour.text)),
                flavour,
                faults: Faults::default(),
                capture: Capture::default(),
                documents: Documents::default(),
                derived_subs: Mutex::default(),
                registrable: Mutex::default(),
            }),
            None,
        );
        tenant.configure()?;
        Ok(tenant)
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

    /// Every client, by id.
    #[must_use]
    pub fn clients(&self) -> Vec<Arc<Client>> {
        let clients = self.0.clients.read();
        let clients = clients.unwrap_or_else(PoisonError::into_inner);
        clients.values().cloned().collect()
    }

    /// Says whether the authorization endpoint answers without a page.
    pub fn set_auto_login(&self, auto_login: AutoLogin) {
        let current = self.0.auto_login.write();
        *current.unwrap_or_else(PoisonError::into_inner) = auto_login;
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

    /// Back to how it started: no faults, waivers, captured requests, logins under way,
    /// sessions, tokens or consent; clients, personas, keys and `auto_login` as configured. The clock
    /// stays as it is.
    pub fn reset(&self) {
        self.clear_faults();
        self.0.faults.forget();
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
            publishing,
        } = &self.0.configured;
        self.0
            .clients
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.set_auto_login(auto_login.clone());
        let current = self.0.publishing.write();
        current
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(publishing);
        self.set_personas(personas.iter().cloned());
        clients
            .iter()
            .try_for_each(|client| self.register_client(client.clone()))
    }
}

/// What the rest of the crate asks.
impl Tenant {
    /// Whether both are handles of the same provider.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

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

    /// Whether this redirect URI was the last one that could be registered.
    pub(crate) fn is_registrable(&self, uri: &str) -> bool {
        let last = self.0.registrable.lock();
        *last.unwrap_or_else(PoisonError::into_inner) == uri
    }

    /// Remembers a redirect URI that could be registered.
    pub(crate) fn found_registrable(&self, uri: &str) {
        let last = self.0.registrable.lock();
        uri.clone_into(&mut last.unwrap_or_else(PoisonError::into_inner));
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
