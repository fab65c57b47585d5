//! The provider's console, as far as an app sees it: what can be registered there, and for whom an
//! app is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A client of the type "Web application", as the console takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebClient {
    /// What the app is called on the provider's pages.
    #[serde(default)]
    pub name: String,
    /// Where answers may be sent.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where the app's scripts are from: scheme, host and port.
    #[serde(default)]
    pub javascript_origins: Vec<String>,
}

/// For whom the apps of a provider's project are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Publishing {
    /// Whether everybody may use them.
    #[serde(default)]
    pub status: PublishingStatus,
    /// The e-mail addresses of those who may while they are in testing.
    #[serde(default)]
    pub test_users: BTreeSet<String>,
    /// Whom a visitor who may not is told to ask.
    #[serde(default)]
    pub developer_email: String,
}

impl Publishing {
    /// Whether somebody could have this address.
    pub(crate) fn is_address(text: &str) -> bool {
        let parts = text.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    }
}

/// Whether everybody may use an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum PublishingStatus {
    /// Everybody may.
    #[default]
    InProduction,
    /// Test users may, and what they allow is forgotten after a week.
    Testing,
}

/// What is wrong with one of the URLs of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UrlProblem {
    /// The URL.
    pub url: String,
    /// Why nobody registers it.
    pub problem: String,
}

/// Why the console does not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsoleError {
    /// What is known of this provider's console is how its clients are called.
    #[error("the console of {0} is not built; register does without its rules")]
    NotBuilt(String),
    /// URLs that nobody registers, all of them.
    #[error("{}", in_words(.0))]
    Urls(Vec<UrlProblem>),
    /// There is no such client.
    #[error("no client is registered with the client_id {0:?}")]
    NoClient(String),
    /// Nobody could be meant by it.
    #[error("the test user {0:?} is no e-mail address")]
    TestUser(String),
}

fn in_words(problems: &[UrlProblem]) -> String {
    let words = problems
        .iter()
        .map(|UrlProblem { url, problem }| format!("{url:?} cannot be registered: {problem}"));
    words.collect::<Vec<_>>().join("; ")
}
