//! The verbs of the provider's console.

use super::{Remote, RemoteError};
use crate::client::Client;
use crate::console::{Publishing, WebClient};
use crate::control::verb;

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
