//! `.streamlit/secrets.toml` as a typed [`Config`].
//!
//! The file is Streamlit's, unchanged. What Streamlit finds out at the first click is found out here, when the
//! app starts: every problem at once, with file, line, key, what was found and what would be right.
//!
//! | key of `[auth]` | what it says | without it |
//! |---|---|---|
//! | `redirect_uri` | where providers send visitors back to: the callback's URL, exactly as registered; `{port}` in it is the port that is listened on | required |
//! | `cookie_secret` | what the keys of sessions are derived from; 32 bytes or more in production. A list is a ring: the first is used, the others still open what they closed | required |
//! | `expose_tokens` | `"id"`, `"access"` or both in a list: what [`User::tokens`](crate::User::tokens) shows | none |
//! | `session_lifetime` | how long a session lives at most: seconds, or `"12h"`, `"30d"` | 30 days |
//! | `session_idle_timeout` | how long it lives without a request | a day |
//! | `session_follows_token` | whether it ends when the ID token of its login expires; refreshed tokens prolong it | `false` |
//! | `store` | where sessions are kept: `"sqlite:PATH"`, `"memory"`, `"redis://HOST:6379"` | `sessions.sqlite3` beside the file |
//! | `cookie_name` | what the names of the two cookies begin with | `"auth"` |
//! | `base_path` | the path that everything is below, such as `"/app"` | none |
//! | `after_login`, `after_logout` | the page of this app that a login or a logout ends on | `"/"` |
//! | `post_logout_redirect_uri` | where providers send visitors back to after a logout: a URL of this app, registered there | `redirect_uri`, as Streamlit has it |
//! | `clock_leeway` | how far the clocks of provider and app may be apart, at most `"5m"` | a minute |
//! | `http_timeout` | how long a provider may take for one answer, at most `"60s"` | 5 seconds |
//! | `ca_file` | certificates to trust beside the system's, in PEM | none |
//!
//! | key of `[auth.NAME]`, or of `[auth]` for the default provider | what it says |
//! |---|---|
//! | `client_id`, `client_secret` | what the app is called at the provider, and proves itself with |
//! | `client_secret_file` | the `client_secret.json` that Google's console offers, instead of these two |
//! | `server_metadata_url` | the provider's discovery URL |
//! | `client_kwargs` | a table of what is asked for: `scope`, `prompt`, `max_age`, `acr_values`, `login_hint`, `hd` .., and `token_endpoint_auth_method` (`client_secret_basic`, `client_secret_post`, `private_key_jwt`, `none`) |
//! | `authorize_params` | more parameters of the same request |
//! | `allow` | who is let in: a table of `emails` (verified), `domains` and `claims`, of which one has to be right |
//! | `roles_claim` | the claim that lists the roles of [`User::roles`](crate::User::roles), such as `"groups"` or `"realm_access.roles"` |
//! | `userinfo` | when the UserInfo endpoint is asked: `"auto"`, where the ID token lacks what the scopes ask for, `"always"` or `"never"` |
//! | `provider_logout` | whether a logout here is one at the provider as well, where it has an endpoint for that; `true` |
//! | `preset` | whose habits to expect, where neither the name nor the host says it |
//! | `allow_insecure_http` | whether the provider may be at `http://` on another host, for tests |
//! | `authorize_url`, `access_token_url`, `api_base_url` | where a provider without OpenID is, instead of `server_metadata_url` |
//! | `private_key_file`, `private_key_id` | the key for `private_key_jwt`, and its `kid` there |
//! | `team_id` | with the same two, what Apple's client secret is made of |
//!
//! `max_age` and `acr_values` are checked when the ID token comes, not only sent. Paths begin where the file
//! stands. Every key can be an environment variable as well ([`Reader::environment`]), and be set in code
//! ([`Config::builder`]).

mod allow;
mod asked;
mod auth;
mod builder;
mod client_key;
mod credentials;
mod environment;
mod keys;
mod own_page;
mod problem;
mod provider;
mod read;
mod report;
mod secret;
mod settings;
mod table;
#[cfg(test)]
mod tests;
mod uri;

use std::path::Path;

use url::{Host, Url};

use crate::provider::Preset;

pub use allow::Allow;
pub use builder::{ConfigBuilder, ProviderBuilder};
pub use client_key::ClientKey;
pub(crate) use own_page::own_page;
pub use problem::{ConfigError, Problem};
pub use read::Reader;
pub use secret::Secret;
pub use settings::{Settings, Store};

/// What the provider is called whose keys stand in `[auth]` itself, as Streamlit has it.
pub const DEFAULT_PROVIDER: &str = "default";

/// The `[auth]` table of a `secrets.toml`, checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Where the provider sends the visitor back to: absolute, https unless its host is loopback, without
    /// fragment and user information. Its path is the route of the callback, its scheme decides on `Secure`.
    pub redirect_uri: Url,
    /// What the session keys are derived from, at least one; 32 bytes or more unless `redirect_uri` is
    /// loopback. The first is used, the others still open what they closed.
    pub cookie_secrets: Vec<Secret>,
    /// Which tokens [`User::tokens`](crate::User::tokens) shows, `expose_tokens`.
    pub expose_tokens: ExposeTokens,
    /// What else there is to set.
    pub settings: Settings,
    /// The `[auth.NAME]` tables in the order of the file, at least one.
    pub providers: Vec<ProviderConfig>,
    /// What is allowed here and would not be in production.
    pub warnings: Vec<Problem>,
}

impl Config {
    /// Reads a file and, where it is told to, the environment.
    pub fn reader() -> Reader {
        Reader::new()
    }

    /// Begins a configuration in code.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Reads the text of a `secrets.toml`; `file` is what problems call it.
    ///
    /// Tables other than `[auth]` are the app's and left alone.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, ConfigError> {
        Self::reader().text(text, file)
    }

    /// Reads a `secrets.toml`. It blocks for as long as the file system takes: call it before serving.
    ///
    /// # Errors
    /// That the file cannot be read, or everything that is wrong with it, at once.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::reader().file(path)
    }

    /// Whether browsers reach the app by https, maybe through a proxy.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.redirect_uri.scheme() == "https"
    }

    /// The full name of one of the cookies. A browser takes one that begins like these over https only, and the
    /// first kind from this very host and for all of it
    /// ([RFC 6265bis 4.1.3](https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html)).
    pub(crate) fn cookie(&self, kind: &str) -> String {
        let prefix = match (self.is_https(), self.settings.base_path.as_str()) {
            (false, _) => "",
            (true, "") => "__Host-",
            (true, _) => "__Secure-",
        };
        format!("{prefix}{}_{kind}", self.settings.cookie_name)
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
    /// The key with which the client signs, in place of a secret.
    pub client_key: Option<ClientKey>,
    /// What the provider is asked for.
    pub asked: Asked,
    /// Who is let in; without, everybody for whom the provider vouches.
    pub allow: Option<Allow>,
    /// The claim that lists what roles somebody has.
    pub roles_claim: Option<String>,
    /// When the UserInfo endpoint is asked.
    pub userinfo: UserInfo,
    /// Whether a logout here is one at the provider as well.
    pub provider_logout: bool,
    /// Whether the provider may be at `http://` on another host.
    pub allow_insecure_http: bool,
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
    /// `private_key_jwt`: by a statement that its private key signs.
    PrivateKeyJwt,
    /// `none`: not at all; PKCE alone ties the code to the app.
    None,
}

impl ClientAuthentication {
    /// Its name in `token_endpoint_auth_method`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }
}

/// When the UserInfo endpoint is asked
/// ([Core 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserInfo {
    /// Where the ID token lacks what the scopes ask for, `"auto"`.
    #[default]
    WhereThin,
    /// At every login, `"always"`.
    Always,
    /// Not at all, `"never"`.
    Never,
}

/// Where a provider is: https, or http on a loopback host or where `allow_insecure_http` says so.
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

impl Endpoints {
    /// The host that visitors are sent to, or that says where.
    #[must_use]
    pub fn host(&self) -> &str {
        let (Self::Discovered(url)
        | Self::OAuth {
            authorize_url: url, ..
        }) = self;
        url.host_str().unwrap_or_default()
    }
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
