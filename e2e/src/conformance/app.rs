//! How copies of the app are started.

use std::any::Any;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use mock_idp::{Client, MockIdp, Place, Tenant};
use url::Url;

/// Starts copies of an app.
pub trait Launcher: Send + Sync {
    /// Makes room for a copy: where it will be, before it runs.
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>>;

    /// The providers that the app was told of before the run; without, every copy gets its own.
    fn providers(&self) -> Option<Providers> {
        None
    }
}

/// The two providers of an app that runs already, and what it is there.
#[derive(Clone)]
pub struct Providers {
    /// The one that it logs people in at.
    pub first: (Arc<MockIdp>, Client),
    /// Another one.
    pub second: (Arc<MockIdp>, Client),
}

/// A copy of the app that is ready to be started.
pub struct Copy {
    /// Where it will answer.
    pub base: Url,
    /// Where it wants the answers of the first provider.
    pub redirect_uri: String,
    /// Where it wants those of the second.
    pub second_redirect_uri: String,
    /// Where what it says is written down, line by line; none where nobody can see it.
    pub log: Option<Log>,
    /// Starts it.
    pub start: StartCopy,
}

/// What a copy says.
pub type Log = Arc<Mutex<Vec<String>>>;

/// Starts a copy with what it is told.
pub type StartCopy =
    Box<dyn FnOnce(Settings) -> BoxFuture<'static, Result<Guard, LaunchError>> + Send + Sync>;

/// Keeps a copy running; it ends when this is dropped.
pub type Guard = Box<dyn Any + Send + Sync>;

/// What the address of metadata has behind the issuer, OpenID Connect Discovery 4.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What a copy is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The provider that it logs people in at.
    pub provider: Provided,
    /// Another one.
    pub second: Provided,
}

/// A provider, as the app is told of it.
#[derive(Clone, Debug)]
pub struct Provided {
    /// Its issuer, as an app that fetches its metadata is set up for it.
    pub issuer: String,
    /// Whose flavour it has, such as `google`.
    pub flavour: String,
    /// Where its metadata are, or would be.
    pub discovery_url: String,
    /// Its authorization endpoint, for an app that is told each.
    pub authorize_url: String,
    /// Its token endpoint.
    pub access_token_url: String,
    /// What the addresses of its API begin with, up to a slash.
    pub api_base_url: String,
    /// Its UserInfo endpoint.
    pub userinfo_url: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// What the app calls itself there.
    pub client_id: String,
    /// What it proves itself with.
    pub client_secret: String,
    /// Where it wants the answers.
    pub redirect_uri: String,
}

impl Provided {
    pub(super) fn at(provider: &Tenant, client: &Client) -> Self {
        let flavour = provider.flavour_name();
        let userinfo = provider.url(Place::UserInfo);
        let api = userinfo.rsplit_once('/').map_or("", |(api, _)| api);
        let mut issuer = provider.issuer().to_owned();
        let mut discovery_url = provider.discovery_url();
        if !has_metadata(provider) {
            discovery_url = format!("{issuer}{WELL_KNOWN}");
        } else if issuer.contains('{') {
            // Microsoft's for any directory is a template, and no address.
            issuer = discovery_url.trim_end_matches(WELL_KNOWN).into();
        }
        Self {
            issuer,
            flavour: flavour.split('@').next().unwrap_or_default().into(),
            discovery_url,
            authorize_url: provider.url(Place::Authorization),
            access_token_url: provider.url(Place::Token),
            api_base_url: format!("{api}/"),
            jwks_uri: provider.url(Place::Jwks),
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone().unwrap_or_default(),
            userinfo_url: userinfo,
            redirect_uri: client.redirect_uris.first().cloned().unwrap_or_default(),
        }
    }
}

/// Whether a provider says of itself where it is.
pub(super) fn has_metadata(provider: &Tenant) -> bool {
    provider.url(Place::Discovery) != provider.root()
}

/// Why there is no copy of the app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// There is nowhere to put it.
    #[error("there is no room for a copy of the app: {0}")]
    NoRoom(String),
    /// It does not come up.
    #[error("the app does not start: {0}")]
    DoesNotStart(String),
}
