//! `.streamlit/secrets.toml` as a typed [`Config`].
//!
//! The file is Streamlit's, unchanged. What Streamlit finds out at the first click is found out here, when the
//! app starts: every problem at once, with file, line, key, what was found and what would be right.
//!
//! | key of `[auth]` | what it says |
//! |---|---|
//! | `redirect_uri` | where providers send visitors back to: the callback's URL, exactly as registered |
//! | `cookie_secret` | what the keys of sessions are derived from; 32 bytes or more in production |
//! | `expose_tokens` | `"id"`, `"access"` or both in a list: what [`User::tokens`](crate::User::tokens) shows |
//!
//! | key of `[auth.NAME]`, or of `[auth]` for the default provider | what it says |
//! |---|---|
//! | `client_id`, `client_secret` | what the app is called at the provider, and proves itself with |
//! | `server_metadata_url` | the provider's discovery URL |
//! | `client_kwargs` | a table of what is asked for: `scope`, `prompt`, `max_age`, `acr_values`, `login_hint`, `hd` .., and `token_endpoint_auth_method` |
//! | `authorize_params` | more parameters of the same request |
//! | `allow` | who is let in: a table of `emails` (verified), `domains` and `claims`, of which one has to be right |
//! | `preset` | whose habits to expect, where neither the name nor the host says it |
//! | `authorize_url`, `access_token_url`, `api_base_url` | where a provider without OpenID is, instead of `server_metadata_url` |
//!
//! `max_age` and `acr_values` are checked when the ID token comes, not only sent.

mod allow;
mod asked;
mod auth;
mod keys;
mod problem;
mod provider;
mod read;
mod report;
mod secret;
mod table;
#[cfg(test)]
mod tests;
mod uri;

use std::path::Path;

use url::{Host, Url};

use crate::provider::Preset;

pub use allow::Allow;
pub use problem::{ConfigError, Problem};
pub use secret::Secret;

/// What the provider is called whose keys stand in `[auth]` itself, as Streamlit has it.
pub const DEFAULT_PROVIDER: &str = "default";

/// The `[auth]` table of a `secrets.toml`, checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Where the provider sends the visitor back to: absolute, https unless its host is loopback, without
    /// fragment and user information. Its path is the route of the callback, its scheme decides on `Secure`.
    pub redirect_uri: Url,
    /// What the session keys are derived from; 32 bytes or more unless `redirect_uri` is loopback.
    pub cookie_secret: Secret,
    /// Which tokens [`User::tokens`](crate::User::tokens) shows, `expose_tokens`.
    pub expose_tokens: ExposeTokens,
    /// The `[auth.NAME]` tables in the order of the file, at least one.
    pub providers: Vec<ProviderConfig>,
    /// What is allowed here and would not be in production.
    pub warnings: Vec<Problem>,
}

impl Config {
    /// Reads the text of a `secrets.toml`; `file` is what problems call it.
    ///
    /// Tables other than `[auth]` are the app's and left alone.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, ConfigError> {
        read::text(text, file)
    }

    /// Reads a `secrets.toml`. It blocks for as long as the file system takes: call it before serving.
    ///
    /// # Errors
    /// That the file cannot be read, or everything that is wrong with it, at once.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        read::file(path.as_ref())
    }

    /// Whether browsers reach the app by https, maybe through a proxy.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.redirect_uri.scheme() == "https"
    }

    /// The provider with this name, compared exactly.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<&ProviderConfig> {
        self.providers.iter().find(|provider| provider.name == name)
    }
}

/// One `[auth.NAME]` table.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProviderConfig {
    /// The table's name, which is also that in `/auth/login/NAME`.
    pub name: String,
    /// Which provider's habits to expect; without it the name and then the host say so.
    pub preset: Option<String>,
    /// What the preset says.
    pub(crate) habits: &'static Preset,
    /// The client's identifier at the provider.
    pub client_id: String,
    /// The client's secret at the provider; none for a client that has none to keep.
    pub client_secret: Option<Secret>,
    /// What the provider is asked for.
    pub asked: Asked,
    /// Who is let in; without, everybody for whom the provider vouches.
    pub allow: Option<Allow>,
    /// Where the provider is.
    pub endpoints: Endpoints,
}

/// Which tokens handlers see; none by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExposeTokens {
    /// The ID token, `"id"`.
    pub id: bool,
    /// The access token, `"access"`.
    pub access: bool,
}

/// What a provider is asked for: `client_kwargs` and `authorize_params`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// The scopes; without, those that tell name, address and picture.
    pub scopes: Option<Vec<String>>,
    /// More parameters of the authorization request, in the order of the file. Without `prompt` among
    /// them the visitor is asked for an account.
    pub parameters: Vec<(String, String)>,
    /// How long ago the visitor may have logged in at the provider, in seconds: asked for, and checked
    /// ([Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), 13).
    pub max_age: Option<u32>,
    /// How the visitor has to have logged in there, one of these: asked for, and checked (12).
    pub acr_values: Vec<String>,
    /// How the app proves who it is; without, as the metadata say.
    pub client_authentication: Option<ClientAuthentication>,
}

impl Asked {
    /// A parameter's value.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// How an app proves who it is
/// ([Core 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_secret_basic`: in a header.
    Basic,
    /// `client_secret_post`: in the form.
    Post,
    /// `none`: not at all; PKCE alone ties the code to the app.
    None,
}

/// Where a provider is: https, or http on a loopback host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoints {
    /// Where the document stands that says it: `server_metadata_url`.
    Discovered(Url),
    /// At these addresses: a provider without OpenID has no such document.
    OAuth {
        /// The authorization endpoint, `authorize_url`.
        authorize_url: Url,
        /// The token endpoint, `access_token_url`.
        access_token_url: Url,
        /// What the addresses of the API begin with, `api_base_url`; ends in a slash.
        api_base_url: Url,
    },
}

/// Whether a URL's host is this machine itself: `localhost`, 127.0.0.0/8 or `[::1]`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
