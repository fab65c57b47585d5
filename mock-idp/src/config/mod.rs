//! What a provider is set up with, and the TOML file that says it.

mod auto_login;

pub use auto_login::AutoLogin;

use crate::client::Client;
use crate::persona::{self, Persona};

/// What a provider is set up with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Which provider it stands in for, such as `google` or `google@2026-04`; the crate's default when absent.
    pub flavour: Option<String>,
    /// Whether it asks who is there.
    pub auto_login: AutoLogin,
    /// Where identifiers and codes are derived from; drawn from the system when absent.
    pub seed: Option<u64>,
    /// The apps that may use it.
    pub clients: Vec<Client>,
    /// The people who may log in; the [starters](persona::starter) when the file names none.
    pub personas: Vec<Persona>,
}

impl Config {
    /// What the binary uses when it is given no file: the starters, and one app on port 8501.
    #[must_use]
    pub fn without_file() -> Self {
        Self {
            clients: vec![Client {
                client_id: "local-client".into(),
                client_secret: Some("local-client-secret-for-tests-only".into()),
                redirect_uris: vec!["http://localhost:8501/oauth2callback".into()],
                client_name: None,
            }],
            personas: persona::starter(),
            ..Self::default()
        }
    }
}
