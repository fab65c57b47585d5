//! [`Hooks`]: what an app is told of logins.

use std::fmt;

use async_trait::async_trait;

use super::User;
use crate::LoginError;

/// What an app is told of logins; each method does nothing unless it is written.
///
/// The visitor waits for what is done here. To refuse somebody, have `allow` in the configuration, or a
/// [role](super::Auth::require_role) for what they may see.
///
/// ```
/// use auth::{Hooks, User};
///
/// #[derive(Debug)]
/// struct Accounts;
///
/// #[async_trait::async_trait]
/// impl Hooks for Accounts {
///     async fn first_login(&self, user: &User) {
///         println!("hello, {:?} of {:?}", user.subject(), user.issuer());
///     }
/// }
/// ```
#[async_trait]
pub trait Hooks: fmt::Debug + Send + Sync + 'static {
    /// An account has logged in that never did before, as far as the store of sessions knows: once for each, of
    /// several at the same time for one. [`login`](Self::login) comes after it.
    async fn first_login(&self, user: &User) {
        let _unused = user;
    }

    /// Somebody has logged in.
    async fn login(&self, user: &User) {
        let _unused = user;
    }

    /// A login did not happen. `provider` is its name in the configuration, where it is known.
    async fn login_failed(&self, error: &LoginError, provider: Option<&str>) {
        let _unused = (error, provider);
    }
}

/// Nothing is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHooks;

#[async_trait]
impl Hooks for NoHooks {}
