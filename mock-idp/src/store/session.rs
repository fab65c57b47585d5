//! A visitor's session at the provider.

use std::collections::BTreeSet;

/// A visitor's session at the provider.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) persona: String,
    /// What the visitor's cookie says beside the session's id.
    pub(crate) secret: String,
    /// When the persona last proved who they are, in seconds since 1970.
    pub(crate) authenticated_at: i64,
    /// The how-manieth proof it was at this provider: a second has room for several.
    pub(crate) turn: u64,
    /// The clients that logged in with it: whom a logout concerns.
    pub(crate) clients: BTreeSet<String>,
}
