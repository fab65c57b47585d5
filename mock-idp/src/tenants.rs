//! The tenants of one process: the default one at the root, others each under a path of its own.

mod name;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::config::Config;
use crate::tenant::{Tenant, TenantError};
use name::TenantName;
pub use name::TenantNameError;

/// Where RFC 8615 puts what is about a host.
const WELL_KNOWN: &str = "/.well-known/";

/// Every tenant of a process, by name. Its lock is held to look one up, never over a request.
#[derive(Clone, Debug)]
pub(crate) struct Tenants(Arc<Registry>);

#[derive(Debug)]
struct Registry {
    default: Tenant,
    /// The path of the issuer, which every tenant is under.
    path: String,
    named: RwLock<BTreeMap<String, Tenant>>,
    /// How many names nobody chose.
    unnamed: AtomicU64,
}

/// Why there is no such tenant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateTenantError {
    /// It cannot be called so.
    #[error(transparent)]
    Name(#[from] TenantNameError),
    /// There is one of this name.
    #[error("there is a tenant {0:?} already; drop_tenant drops it, reset empties it")]
    Taken(String),
    /// The configuration is not one.
    #[error(transparent)]
    Tenant(#[from] TenantError),
}

impl Tenants {
    pub(crate) fn new(default: Tenant) -> Self {
        Self(Arc::new(Registry {
            path: default.path().into(),
            default,
            named: RwLock::default(),
            unnamed: AtomicU64::default(),
        }))
    }

    pub(crate) fn default_tenant(&self) -> &Tenant {
        &self.0.default
    }

    /// Adds a tenant; of the default one's flavour unless the configuration names another.
    pub(crate) fn create(
        &self,
        name: &str,
        mut config: Config,
    ) -> Result<Tenant, CreateTenantError> {
        let name = TenantName::parse(name, &self.0.default.flavour().router)?;
        config
            .flavour
            .get_or_insert_with(|| self.0.default.flavour_name());
        // Outside the lock: whoever is asked meanwhile does not wait.
        let tenant = Tenant::new(self.0.default.names().under(name.as_str()), config)?;
        let mut named = self.write();
        if named.contains_key(name.as_str()) {
            return Err(CreateTenantError::Taken(name.into()));
        }
        named.insert(name.into(), tenant.clone());
        Ok(tenant)
    }

    /// Adds a tenant under a name that no other has.
    pub(crate) fn create_unnamed(
        &self,
        config: &Config,
    ) -> Result<(String, Tenant), CreateTenantError> {
        loop {
            let number = self.0.unnamed.fetch_add(1, Ordering::Relaxed) + 1;
            let name = format!("test-{number}");
            match self.create(&name, config.clone()) {
                // Somebody chose the very name: there is a next one.
                Err(CreateTenantError::Taken(_)) => {}
                created => return created.map(|tenant| (name, tenant)),
            }
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<Tenant> {
        self.read().get(name).cloned()
    }

    pub(crate) fn named(&self) -> BTreeMap<String, Tenant> {
        self.read().clone()
    }

    /// False where there is none of this name.
    pub(crate) fn remove(&self, name: &str) -> bool {
        self.write().remove(name).is_some()
    }

    /// Whom a request's path is for, and the path as that tenant sees it.
    pub(crate) fn at<'a>(&self, path: &'a str) -> (Tenant, Cow<'a, str>) {
        // A proxy may have taken the issuer's path away already.
        let inside = self.inside(path).unwrap_or(path);
        self.under_its_name(inside)
            .or_else(|| self.well_known(path))
            .unwrap_or_else(|| (self.0.default.clone(), inside.into()))
    }

    /// `/{tenant}/..`, as in an issuer with a path,
    /// [OpenID Connect Discovery 4.1](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest).
    fn under_its_name<'a>(&self, path: &'a str) -> Option<(Tenant, Cow<'a, str>)> {
        let rest = path.strip_prefix('/')?;
        // Every request comes by here, and a byte is found in less time than a character.
        let slash = rest.bytes().position(|byte| byte == b'/');
        let (name, path) = rest.split_at(slash.unwrap_or(rest.len()));
        let path = if path.is_empty() { "/" } else { path };
        Some((self.find(name)?, path.into()))
    }

    /// `/.well-known/{document}/{tenant}`,
    /// [RFC 8414 section 3.1](https://www.rfc-editor.org/rfc/rfc8414#section-3.1).
    fn well_known<'a>(&self, path: &'a str) -> Option<(Tenant, Cow<'a, str>)> {
        let rest = path.strip_prefix(WELL_KNOWN)?;
        let (document, issuer) = rest.split_at(rest.find('/')?);
        let tenant = match self.inside(issuer)?.strip_prefix('/') {
            Some(name) => self.find(name)?,
            None => self.0.default.clone(),
        };
        Some((tenant, format!("{WELL_KNOWN}{document}").into()))
    }

    /// What is left of a path that is the issuer's or under it.
    fn inside<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.0.path.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Tenant>> {
        self.0.named.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Tenant>> {
        self.0.named.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_one(issuer: &str) -> Tenants {
        let default = Tenant::new(issuer, Config::default()).unwrap();
        let tenants = Tenants::new(default);
        tenants.create("one", Config::default()).unwrap();
        tenants
    }

    fn leads(tenants: &Tenants, path: &str, issuer: &str, inside: &str) {
        let (tenant, path_inside) = tenants.at(path);
        assert_eq!(tenant.issuer(), issuer, "{path}");
        assert_eq!(path_inside, inside, "{path}");
    }

    #[test]
    fn an_issuer_may_have_a_path_that_a_proxy_takes_away() {
        let tenants = with_one("https://idp.test/realms/x");
        let check = |path: &str, issuer: &str, inside: &str| leads(&tenants, path, issuer, inside);
        let (root, one) = ("https://idp.test/realms/x", "https://idp.test/realms/x/one");
        check("/realms/x/token", root, "/token");
        check("/token", root, "/token");
        check("/realms/xy/token", root, "/realms/xy/token");
        check("/realms/x/one/token", one, "/token");
        check("/one/token", one, "/token");
        check("/.well-known/a", root, "/.well-known/a");
        check("/.well-known/a/realms/x", root, "/.well-known/a");
        check("/.well-known/a/realms/x/one", one, "/.well-known/a");
    }

    #[test]
    fn a_path_leads_to_one_tenant() {
        let tenants = with_one("http://127.0.0.1:1");
        let check = |path: &str, issuer: &str, inside: &str| leads(&tenants, path, issuer, inside);
        let (root, one) = ("http://127.0.0.1:1", "http://127.0.0.1:1/one");
        check("/token", root, "/token");
        check("/", root, "/");
        check("", root, "");
        check("/one", one, "/");
        check("/one/", one, "/");
        check("/one/token", one, "/token");
        check("/one/one/token", one, "/one/token");
        check("//one/token", root, "//one/token");
        check("/onemore/token", root, "/onemore/token");
        check("/One/token", root, "/One/token");
        check("/.well-known/a", root, "/.well-known/a");
        check("/one/.well-known/a", one, "/.well-known/a");
        check("/.well-known/a/one", one, "/.well-known/a");
        check("/.well-known/a/other", root, "/.well-known/a/other");
        check("/.well-known/a/one/b", root, "/.well-known/a/one/b");
    }
}
