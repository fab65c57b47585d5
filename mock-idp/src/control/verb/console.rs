//! What the provider's console does.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::console::{ConsoleError, Publishing, WebClient};
use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};

/// Registers a client of the type "Web application", by the console's rules.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct RegisterWebClient(pub(crate) WebClient);

impl Verb for RegisterWebClient {
    const NAME: &'static str = "register_web_client";
    type Answer = Client;

    async fn apply(self, provider: &Provider) -> Result<Client, Problem> {
        let client = provider.tenant.register_web_client(self.0);
        client.map_err(|error| problem(&error))
    }
}

/// Gives the file of a client, `client_secret.json`, as the console lets it be downloaded.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientFile {
    /// What the app calls itself.
    pub(crate) client_id: String,
}

impl Verb for ClientFile {
    const NAME: &'static str = "client_file";
    const METHOD: Method = Method::GET;
    type Answer = String;

    async fn apply(self, provider: &Provider) -> Result<String, Problem> {
        let file = provider.tenant.client_file(&self.client_id);
        file.map_err(|error| problem(&error))
    }
}

/// Shows for whom the apps are.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowPublishing {}

impl Verb for ShowPublishing {
    const NAME: &'static str = "publishing";
    const METHOD: Method = Method::GET;
    type Answer = Publishing;

    async fn apply(self, provider: &Provider) -> Result<Publishing, Problem> {
        Ok(provider.tenant.publishing())
    }
}

/// Says for whom the apps are.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct SetPublishing(pub(crate) Publishing);

impl Verb for SetPublishing {
    const NAME: &'static str = "set_publishing";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let set = provider.tenant.set_publishing(self.0);
        set.map_err(|error| problem(&error))
    }
}

fn problem(error: &ConsoleError) -> Problem {
    match error {
        ConsoleError::Urls(problems) => Problem::refused(error).about(problems),
        ConsoleError::NoClient(_) => Problem::new(Kind::Unknown, error.to_string()),
        ConsoleError::NotBuilt(_) | ConsoleError::TestUser(_) => Problem::refused(error),
    }
}
