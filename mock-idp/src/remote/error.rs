//! Why a provider in another process did not do it.

use std::io;

/// Why a provider in another process did not do it.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The URL is not one of a provider.
    #[error("{url:?} is not the URL of a provider, such as http://127.0.0.1:9000: {reason}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answers there.
    #[error("the provider at {url} cannot be reached: {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The provider says no.
    #[error("{detail}")]
    Refused {
        /// What kind of problem it is, such as `refused` or `timed_out`.
        kind: String,
        /// The provider's words.
        detail: String,
    },
    /// Whoever answers is no such provider, or one of another version.
    #[error("{url} does not answer as a mock-idp of this version does: {reason}")]
    Answer {
        /// Where.
        url: String,
        /// What is odd.
        reason: String,
    },
    /// There is no thread to be had.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
}
