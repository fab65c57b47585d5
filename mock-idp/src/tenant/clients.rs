//! Registering apps, and what to hand them.

use std::sync::{Arc, PoisonError};

use super::Tenant;
use crate::answer::quoted;
use crate::client::{Client, RedirectUriError, parse_redirect_uri};
use crate::keys::{Algorithm, PublishedKey};
use crate::place::Place;
use crate::random::Alphabet;

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
    /// Tokens are never signed with this.
    #[error("tokens are signed with RS256, ES256 or EdDSA, not with {0}")]
    Algorithm(Algorithm),
    /// `client_id` belongs to another client.
    #[error("the client_id {0:?} is taken")]
    Taken(String),
    /// No client has this `client_id`.
    #[error("no client is registered as {0:?}")]
    Unknown(String),
}

/// Whether a client can be registered.
fn check(client: &Client) -> Result<(), RegisterError> {
    if client.client_id.is_empty() {
        return Err(RegisterError::NoClientId);
    }
    for uri in &client.redirect_uris {
        parse_redirect_uri(uri).map_err(|problem| RegisterError::RedirectUri {
            uri: uri.clone(),
            problem,
        })?;
    }
    let algorithms = [
        client.id_token_signed_response_alg,
        client.userinfo_signed_response_alg,
    ];
    for algorithm in algorithms.into_iter().flatten() {
        if !Client::SIGNED_RESPONSE_ALGORITHMS.contains(&algorithm) {
            return Err(RegisterError::Algorithm(algorithm));
        }
    }
    Ok(())
}

impl Tenant {
    /// Registers a client with random credentials in the provider's form.
    ///
    /// # Panics
    /// When `redirect_uri` is no absolute URL; [`try_register`](Self::try_register) returns the
    /// error instead.
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
            ..Client::default()
        };
        self.register_client(client.clone())?;
        Ok(client)
    }

    /// Registers a client with the credentials it comes with.
    ///
    /// # Errors
    /// When a redirect URI is no absolute URL, or the `client_id` is empty or taken.
    pub fn register_client(&self, client: Client) -> Result<(), RegisterError> {
        check(&client)?;
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

    /// Registers a client anew, in place of the one with its `client_id`.
    ///
    /// # Errors
    /// When there is none, or as for [`register_client`](Self::register_client).
    pub fn replace_client(&self, client: Client) -> Result<(), RegisterError> {
        check(&client)?;
        let mut clients = self
            .0
            .clients
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(registered) = clients.get_mut(&client.client_id) else {
            return Err(RegisterError::Unknown(client.client_id));
        };
        *registered = Arc::new(client);
        Ok(())
    }

    /// The key that signs what a client gets: one of the algorithm that it registered for it.
    pub(crate) fn signing_key(&self, registered: Option<Algorithm>) -> Arc<PublishedKey> {
        match registered {
            Some(algorithm) => self.keys().signing_with(algorithm),
            None => self.keys().signing(),
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
        lines.extend(self.addresses());
        lines.push(String::new());
        lines.join("\n")
    }

    /// Where the provider is: its metadata, or each endpoint of one that has none.
    fn addresses(&self) -> Vec<String> {
        let line = |name: &str, url: &str| format!("{name} = {}", quoted(url));
        let router = &self.flavour().router;
        let api = router.location(Place::UserInfo);
        match (router.location(Place::Discovery), api) {
            (None, Some(api)) => {
                let api = format!("{}/", self.base(&api.host, Place::UserInfo));
                vec![
                    line("authorize_url", &self.url(Place::Authorization)),
                    line("access_token_url", &self.url(Place::Token)),
                    line("api_base_url", &api),
                ]
            }
            _ => vec![line("server_metadata_url", &self.discovery_url())],
        }
    }
}
