//! What is wrong with a flavour.

use crate::check::Check;
use crate::place::Place;

/// Why a flavour cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlavourError {
    /// Nobody of that name, or no snapshot of that date.
    #[error("there is no flavour {name:?}; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The file is not what a flavour looks like.
    #[error("the flavour's file: {0}")]
    Syntax(String),
    /// A route's host is not in the table of hosts.
    #[error("the flavour's routes name the host {0:?}, which its hosts do not")]
    UnknownHost(String),
    /// A path is malformed, or two overlap.
    #[error("the flavour's path {path:?}: {reason}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A check has no row in the table of refusals.
    #[error("the flavour does not say what a refusal by {0} looks like")]
    NoRefusal(Check),
    /// A row of refusals is like one that there is not, or that is itself like another.
    #[error("the flavour's row for {0} is like {1}, which says nothing itself")]
    NoSuchRow(String, String),
    /// A claim's value comes from nowhere.
    #[error("the flavour's claim {0:?} has no source")]
    NoSource(String),
    /// A place has no path.
    #[error("the flavour has no path for {0}")]
    NoPath(Place),
}
