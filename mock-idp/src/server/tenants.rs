//! More providers in the same process: each a world, made and dropped in one call.

use std::collections::BTreeMap;
use std::ops::Deref;

use super::MockIdp;
use crate::config::Config;
use crate::tenant::Tenant;
use crate::tenants::{CreateTenantError, Tenants};

impl MockIdp {
    /// Adds a provider of this one's flavour, with the starter personas. Its issuer is this one's
    /// and the name, such as `http://127.0.0.1:9000/team`.
    ///
    /// Nothing in it is shared: clients, personas, keys, clock, randomness, faults, requests. One
    /// on a port of its own is another [`MockIdp`].
    ///
    /// ```
    /// let idp = mock_idp::MockIdp::start();
    /// let team = idp.create_tenant("team")?;
    /// assert_eq!(team.issuer(), format!("{}/team", idp.issuer()));
    /// # Ok::<(), mock_idp::CreateTenantError>(())
    /// ```
    ///
    /// # Errors
    /// When the name cannot stand in an issuer, is reserved, or taken.
    pub fn create_tenant(&self, name: &str) -> Result<Tenant, CreateTenantError> {
        self.create_tenant_with(name, Config::default())
    }

    /// Adds a provider with a flavour, seed, clients and personas of its own.
    ///
    /// # Errors
    /// When the name cannot stand in an issuer, is reserved, or taken; when the configuration is
    /// not one.
    pub fn create_tenant_with(
        &self,
        name: &str,
        config: Config,
    ) -> Result<Tenant, CreateTenantError> {
        self.tenants.create(name, config)
    }

    /// Adds a provider for one test, with a name that no other has; it is dropped with what is
    /// returned.
    ///
    /// ```
    /// let idp = mock_idp::MockIdp::start();
    /// let mine = idp.tenant_for_test();
    /// let client = mine.register("http://localhost:8501/oauth2callback");
    /// assert!(idp.client(&client.client_id).is_none());
    /// drop(mine);
    /// assert!(idp.tenants().is_empty());
    /// ```
    pub fn tenant_for_test(&self) -> TenantForTest {
        TenantForTest::new(self.tenants.clone())
    }

    /// The tenants by name, without the default one at the root.
    #[must_use]
    pub fn tenants(&self) -> BTreeMap<String, Tenant> {
        self.tenants.named()
    }

    /// The tenant of this name.
    #[must_use]
    pub fn find_tenant(&self, name: &str) -> Option<Tenant> {
        self.tenants.find(name)
    }

    /// Takes a tenant off the network; false where there is none of this name. What a handle of it
    /// says stays, and its name is free.
    #[expect(
        clippy::must_use_candidate,
        reason = "it is called for what it does, not for whether there was one"
    )]
    pub fn drop_tenant(&self, name: &str) -> bool {
        self.tenants.remove(name)
    }
}

/// A tenant that is dropped with this handle. It is used as the [`Tenant`] that it is.
#[derive(Debug)]
#[must_use = "the tenant is dropped with this"]
pub struct TenantForTest {
    name: String,
    tenant: Tenant,
    tenants: Tenants,
}

impl TenantForTest {
    fn new(tenants: Tenants) -> Self {
        match tenants.create_unnamed(&Config::default()) {
            Ok((name, tenant)) => Self {
                name,
                tenant,
                tenants,
            },
            Err(error) => unreachable!("mock-idp: a tenant like the root: {error}"),
        }
    }

    /// Its name, the last segment of its issuer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Deref for TenantForTest {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl Drop for TenantForTest {
    fn drop(&mut self) {
        self.tenants.remove(&self.name);
    }
}
