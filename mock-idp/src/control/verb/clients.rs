//! Registering apps.

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};
use crate::tenant::Tenant;
use http::Method;

/// Registers a client with random credentials in the provider's form.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// Where answers may be sent.
    pub(crate) redirect_uri: String,
}

impl Verb for Register {
    const NAME: &'static str = "register";
    type Answer = Client;

    async fn apply(self, provider: &Provider) -> Result<Client, Problem> {
        let client = provider.tenant.try_register(&self.redirect_uri);
        client.map_err(|error| Problem::refused(&error))
    }
}

/// Registers a client with the credentials it comes with.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct RegisterClient(pub(crate) Client);

impl Verb for RegisterClient {
    const NAME: &'static str = "register_client";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let registered = provider.tenant.register_client(self.0);
        registered.map_err(|error| Problem::refused(&error))
    }
}

/// Registers a client anew, in place of the one with its id.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct ReplaceClient(pub(crate) Client);

impl Verb for ReplaceClient {
    const NAME: &'static str = "replace_client";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let registered = provider.tenant.replace_client(self.0);
        registered.map_err(|error| Problem::refused(&error))
    }
}

/// Shows the client of this id.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct FindClient {
    /// What the app calls itself.
    pub(crate) client_id: String,
}

impl Verb for FindClient {
    const NAME: &'static str = "client";
    const METHOD: Method = Method::GET;
    type Answer = Client;

    async fn apply(self, provider: &Provider) -> Result<Client, Problem> {
        known(&provider.tenant, &self.client_id)
    }
}

/// Shows every client, by id.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ListClients {}

impl Verb for ListClients {
    const NAME: &'static str = "clients";
    const METHOD: Method = Method::GET;
    type Answer = Vec<Client>;

    async fn apply(self, provider: &Provider) -> Result<Vec<Client>, Problem> {
        let clients = provider.tenant.clients();
        Ok(clients.iter().map(|client| Client::clone(client)).collect())
    }
}

/// Registers a client, and gives the `.streamlit/secrets.toml` that its app needs.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretsToml {
    /// Where answers may be sent.
    pub(crate) redirect_uri: String,
}

impl Verb for SecretsToml {
    const NAME: &'static str = "secrets_toml";
    type Answer = String;

    async fn apply(self, provider: &Provider) -> Result<String, Problem> {
        let Self { redirect_uri } = self;
        let client = Register {
            redirect_uri: redirect_uri.clone(),
        };
        let client = client.apply(provider).await?;
        Ok(provider.tenant.secrets_toml_for(&client, &redirect_uri))
    }
}

/// Gives the `.streamlit/secrets.toml` for a client that is registered already.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretsTomlFor {
    /// What the app calls itself.
    pub(crate) client_id: String,
    /// Where answers are sent.
    pub(crate) redirect_uri: String,
}

impl Verb for SecretsTomlFor {
    const NAME: &'static str = "secrets_toml_for";
    type Answer = String;

    async fn apply(self, provider: &Provider) -> Result<String, Problem> {
        let client = known(&provider.tenant, &self.client_id)?;
        Ok(provider
            .tenant
            .secrets_toml_for(&client, &self.redirect_uri))
    }
}

fn known(tenant: &Tenant, client_id: &str) -> Result<Client, Problem> {
    let client = tenant.client(client_id);
    let client = client.map(|client| Client::clone(&client));
    client.ok_or_else(|| {
        let words = format!("no client is registered with the client_id {client_id:?}");
        Problem::new(Kind::Unknown, words)
    })
}
