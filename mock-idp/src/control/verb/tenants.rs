//! The provider itself, and the others beside it.

use http::Method;
use serde::{Deserialize, Serialize};

use super::People;
use crate::client::Client;
use crate::config::{AutoLogin, Config};
use crate::console::Publishing;
use crate::control::route::{Access, Verb};
use crate::control::{Kind, Problem, Provider};
use crate::tenant::Tenant;

/// A provider, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TenantView {
    /// The last part of its issuer; the provider at the root has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// What it is called in tokens.
    pub(crate) issuer: String,
    /// What the URLs of everything of it begin with.
    pub(crate) root: String,
    /// Which provider it stands in for, with the date of the snapshot.
    pub(crate) flavour: String,
    /// Where its metadata is.
    pub(crate) discovery_url: String,
    /// Where its verbs are.
    pub(crate) control_url: String,
}

impl TenantView {
    fn of(tenant: &Tenant, name: Option<&str>) -> Self {
        let issuer = tenant.issuer().to_owned();
        Self {
            name: name.map(Into::into),
            control_url: format!("{}/_mock", tenant.root()),
            issuer,
            root: tenant.root().to_owned(),
            flavour: tenant.flavour_name(),
            discovery_url: tenant.discovery_url(),
        }
    }
}

/// Says that the provider is there.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Healthz {}

/// How a provider is.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Health {
    /// `ok`.
    status: String,
    /// The version of the program.
    version: String,
}

impl Verb for Healthz {
    const NAME: &'static str = "healthz";
    const METHOD: Method = Method::GET;
    const ACCESS: Access = Access::Everybody;
    type Answer = Health;

    async fn apply(self, _: &Provider) -> Result<Health, Problem> {
        Ok(Health {
            status: "ok".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        })
    }
}

/// Shows the provider.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowProvider {}

impl Verb for ShowProvider {
    const NAME: &'static str = "provider";
    const METHOD: Method = Method::GET;
    type Answer = TenantView;

    async fn apply(self, provider: &Provider) -> Result<TenantView, Problem> {
        let tenant = &provider.tenant;
        let named = provider.tenants.named();
        let name = named.iter().find(|(_, named)| named.is(tenant));
        Ok(TenantView::of(tenant, name.map(|(name, _)| name.as_str())))
    }
}

/// Goes back to how the provider started; the clock stays as it is.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {}

impl Verb for Reset {
    const NAME: &'static str = "reset";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.reset();
        Ok(())
    }
}

/// Adds a provider under the root's issuer.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CreateTenant {
    /// The last part of its issuer; one that no other has where nothing is said.
    pub(crate) name: Option<String>,
    /// Which provider it stands in for; the root's where nothing is said.
    pub(crate) flavour: Option<String>,
    /// Where identifiers and codes are derived from; drawn from the system where nothing is said.
    pub(crate) seed: Option<u64>,
    /// Whether it asks who is there: `never`, `login_hint`, or the id of a persona.
    pub(crate) auto_login: AutoLogin,
    /// The apps that may use it.
    pub(crate) clients: Vec<Client>,
    /// Who can log in.
    pub(crate) personas: People,
}

impl Verb for CreateTenant {
    const NAME: &'static str = "create_tenant";
    const ACCESS: Access = Access::Root;
    type Answer = TenantView;

    async fn apply(self, provider: &Provider) -> Result<TenantView, Problem> {
        let config = Config {
            flavour: self.flavour,
            auto_login: self.auto_login,
            seed: self.seed,
            publishing: Publishing::default(),
            clients: self.clients,
            personas: self.personas.into(),
        };
        let tenants = &provider.tenants;
        let created = match self.name {
            Some(name) => tenants.create(&name, config).map(|tenant| (name, tenant)),
            None => tenants.create_unnamed(&config),
        };
        let (name, tenant) = created.map_err(|error| Problem::refused(&error))?;
        Ok(TenantView::of(&tenant, Some(&name)))
    }
}

/// Takes a tenant off the network; its name is free again.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DropTenant {
    /// The last part of its issuer.
    pub(crate) name: String,
}

impl Verb for DropTenant {
    const NAME: &'static str = "drop_tenant";
    const ACCESS: Access = Access::Root;
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let Self { name } = self;
        if provider.tenants.remove(&name) {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Unknown,
            format!("there is no tenant {name:?}"),
        ))
    }
}

/// Shows the tenants beside the provider at the root, by name.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTenants {}

impl Verb for ListTenants {
    const NAME: &'static str = "tenants";
    const METHOD: Method = Method::GET;
    const ACCESS: Access = Access::Root;
    type Answer = Vec<TenantView>;

    async fn apply(self, provider: &Provider) -> Result<Vec<TenantView>, Problem> {
        let named = provider.tenants.named();
        let views = named.iter();
        Ok(views
            .map(|(name, tenant)| TenantView::of(tenant, Some(name)))
            .collect())
    }
}
