//! What a provider is set up with, and the TOML file that says it.
//!
//! ```
//! let file = r#"
//!     flavour = "google"
//!     auto_login = "never"        # or "login_hint", or the id of a persona
//!     seed = 7                    # the same identifiers and codes at every start
//!
//!     [publishing]                # for whom the apps are; left out: for everybody
//!     status = "testing"          # or "in_production"
//!     test_users = ["alice@example.com"]
//!     developer_email = "dev@example.com"
//!
//!     [[clients]]                 # RFC 7591 names
//!     client_id = "my-app"
//!     client_secret = "my-secret" # left out: a public client
//!     redirect_uris = ["http://localhost:8501/oauth2callback"]
//!     client_name = "My app"      # left out: the pages show the redirect URI's host
//!     ## Also: token_endpoint_auth_method, jwks, id_token_signed_response_alg,
//!     ## userinfo_signed_response_alg, post_logout_redirect_uris,
//!     ## backchannel_logout_uri and frontchannel_logout_uri, each with _session_required
//!
//!     [[personas]]                # or, above: personas = "starter", personas = "that_hurt"
//!     id = "alice"
//!     name = "Alice Example"      # also: sub, given_name, family_name, picture, hd
//!     email = "alice@example.com"
//!     email_verified = true
//!     claims = { locale = "en" }  # further claims, sent as they are
//! "#;
//! let config = mock_idp::Config::from_toml(file, "mock-idp.toml")?;
//! assert_eq!(config.personas[0].claims["locale"], "en");
//! # Ok::<(), mock_idp::config::ConfigError>(())
//! ```

mod auto_login;
#[cfg(test)]
mod client_tests;
mod clients;
mod list;
mod personas;
mod problem;
mod publishing;
mod read;
mod report;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use auto_login::AutoLogin;
pub use problem::{ConfigError, Problem};

use crate::client::Client;
use crate::console::Publishing;
use crate::persona::{self, Persona};

/// What a provider is set up with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Which provider it stands in for, such as `google` or `google@2026-04`; the crate's default
    /// when absent.
    pub flavour: Option<String>,
    /// Whether it asks who is there.
    pub auto_login: AutoLogin,
    /// Where identifiers and codes are derived from; drawn from the system when absent.
    pub seed: Option<u64>,
    /// For whom the apps are, at a provider whose console is built.
    pub publishing: Publishing,
    /// The apps that may use it.
    pub clients: Vec<Client>,
    /// The people who may log in.
    pub personas: Vec<Persona>,
}

impl Config {
    /// What the binary uses when it is given no file: the [starters](persona::starter), and one app
    /// on port 8501.
    #[must_use]
    pub fn without_file() -> Self {
        Self {
            clients: vec![Client {
                client_id: "local-client".into(),
                client_secret: Some("local-client-secret".into()),
                redirect_uris: vec!["http://localhost:8501/oauth2callback".into()],
                ..Client::default()
            }],
            personas: persona::starter(),
            ..Self::default()
        }
    }

    /// Reads a configuration; `file` is what problems call it. A file without `clients`, or without
    /// `personas`, has those of [`Config::without_file`].
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, ConfigError> {
        read::text(text, file)
    }

    /// Reads a configuration file. It blocks for as long as the file system takes: call it before
    /// serving.
    ///
    /// # Errors
    /// That the file cannot be read, or everything that is wrong with it, at once.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        read::file(path.as_ref())
    }

    /// Sets whether the provider asks who is there; `origin` is what a problem calls the place it
    /// was said at, such as `--auto-login`.
    ///
    /// # Errors
    /// That it names nobody among the personas, and whom it may have meant. The configuration stays
    /// as it was.
    pub fn set_auto_login(
        &mut self,
        auto_login: AutoLogin,
        origin: &str,
    ) -> Result<(), ConfigError> {
        read::set_auto_login(self, auto_login, origin)
    }
}
