//! How copies of the app are started.

use std::any::Any;

use futures_util::future::BoxFuture;
use url::Url;

/// Starts copies of an app.
pub trait Launcher: Send + Sync {
    /// Makes room for a copy: where it will be, before it runs.
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>>;

    /// Whether each copy is a new one, with nothing in its caches.
    fn is_new_each_time(&self) -> bool {
        true
    }
}

/// A copy of the app that is ready to be started.
pub struct Copy {
    /// Where it will answer.
    pub base: Url,
    /// Where it wants the answers of the first provider.
    pub redirect_uri: String,
    /// Where it wants those of the second.
    pub second_redirect_uri: String,
    /// Starts it.
    pub start: Start,
}

/// Starts a copy with what it is told.
pub type Start =
    Box<dyn FnOnce(Settings) -> BoxFuture<'static, Result<Guard, LaunchError>> + Send + Sync>;

/// Keeps a copy running; it ends when this is dropped.
pub type Guard = Box<dyn Any + Send + Sync>;

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
    /// Its name in tokens.
    pub issuer: String,
    /// Where its metadata is.
    pub discovery_url: String,
    /// What the app calls itself there.
    pub client_id: String,
    /// What it proves itself with.
    pub client_secret: String,
    /// Where it wants the answers.
    pub redirect_uri: String,
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
