//! The verbs about clients, and those of the provider's console.

use std::sync::Arc;

use super::{Remote, RemoteError, must};
use crate::client::Client;
use crate::console::{Publishing, WebClient};
use crate::control::verb;

/// Clients.
impl Remote {
    /// Registers a client with random credentials in the provider's form.
    ///
    /// # Panics
    /// When `redirect_uri` is no absolute URL, or the provider cannot be reached.
    #[must_use]
    pub fn register(&self, redirect_uri: &str) -> Client {
        must(self.try_register(redirect_uri))
    }

    /// Registers a client with random credentials in the provider's form.
    ///
    /// # Errors
    /// When `redirect_uri` is no absolute URL, or the provider cannot be reached.
    pub fn try_register(&self, redirect_uri: &str) -> Result<Client, RemoteError> {
        self.send(&verb::Register {
            redirect_uri: redirect_uri.into(),
        })
    }

    /// Registers a client with the credentials it comes with.
    ///
    /// # Errors
    /// When it cannot be registered, or the provider cannot be reached.
    pub fn register_client(&self, client: Client) -> Result<(), RemoteError> {
        self.send(&verb::RegisterClient(client))
    }

    /// Registers a client anew, in place of the one with its `client_id`.
    ///
    /// # Errors
    /// When there is none, when it cannot be registered, or the provider cannot be reached.
    pub fn replace_client(&self, client: Client) -> Result<(), RemoteError> {
        self.send(&verb::ReplaceClient(client))
    }

    /// The client of this id.
    #[must_use]
    pub fn client(&self, client_id: &str) -> Option<Arc<Client>> {
        let client_id = client_id.into();
        self.find(&verb::FindClient { client_id }).map(Arc::new)
    }

    /// Every client, by id.
    #[must_use]
    pub fn clients(&self) -> Vec<Arc<Client>> {
        let clients = self.must(&verb::ListClients {});
        clients.into_iter().map(Arc::new).collect()
    }

    /// Registers a client and returns the `.streamlit/secrets.toml` that its app needs.
    #[must_use]
    pub fn secrets_toml(&self, redirect_uri: &str) -> String {
        self.must(&verb::SecretsToml {
            redirect_uri: redirect_uri.into(),
        })
    }

    /// The `.streamlit/secrets.toml` for a client that is registered already.
    #[must_use]
    pub fn secrets_toml_for(&self, client: &Client, redirect_uri: &str) -> String {
        self.must(&verb::SecretsTomlFor {
            client_id: client.client_id.clone(),
            redirect_uri: redirect_uri.into(),
        })
    }
}

/// The provider's console.
impl Remote {
    /// Registers a client of the type "Web application", by the console's rules.
    ///
    /// # Errors
    /// Every URL that nobody registers, each with the reason; or the provider cannot be reached.
    pub fn register_web_client(&self, web: WebClient) -> Result<Client, RemoteError> {
        self.send(&verb::RegisterWebClient(web))
    }

    /// The file of a client, `client_secret.json`, as the console lets it be downloaded.
    ///
    /// # Errors
    /// When there is no such client, or the provider cannot be reached.
    pub fn client_file(&self, client_id: &str) -> Result<String, RemoteError> {
        let client_id = client_id.into();
        self.send(&verb::ClientFile { client_id })
    }

    /// For whom the apps are.
    #[must_use]
    pub fn publishing(&self) -> Publishing {
        self.must(&verb::ShowPublishing {})
    }

    /// Says for whom the apps are.
    ///
    /// # Errors
    /// When a test user is no e-mail address, or the provider cannot be reached.
    pub fn set_publishing(&self, publishing: Publishing) -> Result<(), RemoteError> {
        self.send(&verb::SetPublishing(publishing))
    }
}
