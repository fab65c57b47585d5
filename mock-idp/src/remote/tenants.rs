//! More providers in the other process.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::{Remote, RemoteError};
use crate::config::Config;
use crate::control::verb::{self, CreateTenant, People, TenantView};

impl Remote {
    /// Adds a provider of this one's flavour, with the starter personas.
    ///
    /// # Errors
    /// When the name cannot stand in an issuer, is reserved, or taken; when this is not the provider
    /// at the root.
    pub fn create_tenant(&self, name: &str) -> Result<Self, RemoteError> {
        self.create_tenant_with(name, Config::default())
    }

    /// Adds a provider with a flavour, seed, clients and personas of its own.
    ///
    /// # Errors
    /// As there; when the configuration is not one.
    pub fn create_tenant_with(&self, name: &str, config: Config) -> Result<Self, RemoteError> {
        let personas = if config.personas.is_empty() {
            People::default()
        } else {
            People::These(config.personas)
        };
        let created = self.send(&CreateTenant {
            name: Some(name.into()),
            flavour: config.flavour,
            seed: config.seed,
            auto_login: config.auto_login,
            clients: config.clients,
            personas,
        })?;
        Ok(self.tenant(created))
    }

    /// Adds a provider for one test, with a name that no other has; it is dropped with what is
    /// returned.
    ///
    /// # Panics
    /// When the provider cannot be reached, or is not the one at the root.
    pub fn tenant_for_test(&self) -> RemoteForTest {
        let created = self.must(&CreateTenant::default());
        RemoteForTest {
            name: created.name.clone().unwrap_or_default(),
            tenant: self.tenant(created),
            root: self.clone(),
        }
    }

    /// The tenants by name, without the default one at the root.
    #[must_use]
    pub fn tenants(&self) -> BTreeMap<String, Self> {
        let tenants = self.must(&verb::ListTenants {}).into_iter();
        let named = tenants.filter_map(|tenant| Some((tenant.name.clone()?, self.tenant(tenant))));
        named.collect()
    }

    /// The tenant of this name.
    #[must_use]
    pub fn find_tenant(&self, name: &str) -> Option<Self> {
        self.tenants().remove(name)
    }

    /// Takes a tenant off the network; false where there is none of this name.
    #[expect(
        clippy::must_use_candidate,
        reason = "it is called for what it does, not for whether there was one"
    )]
    pub fn drop_tenant(&self, name: &str) -> bool {
        self.find(&verb::DropTenant { name: name.into() }).is_some()
    }

    fn tenant(&self, provider: TenantView) -> Self {
        let name = provider.name.as_deref().unwrap_or_default();
        Self {
            connection: Arc::clone(&self.connection),
            base: format!("{}/{name}", self.base),
            provider,
        }
    }
}

/// A tenant of another process that is dropped with this handle. It is used as the [`Remote`] that
/// it is.
#[derive(Debug)]
#[must_use = "the tenant is dropped with this"]
pub struct RemoteForTest {
    name: String,
    tenant: Remote,
    root: Remote,
}

impl RemoteForTest {
    /// Its name, the last segment of its issuer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Deref for RemoteForTest {
    type Target = Remote;

    fn deref(&self) -> &Remote {
        &self.tenant
    }
}

impl Drop for RemoteForTest {
    fn drop(&mut self) {
        // Where the process has ended already, so has the tenant.
        let _ = self.root.send(&verb::DropTenant {
            name: self.name.clone(),
        });
    }
}
