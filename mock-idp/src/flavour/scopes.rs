//! The names of scopes, and the order they are answered in.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The scopes a provider knows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopesText {
    known: Vec<String>,
    /// What stands between scopes in a token response.
    pub(crate) separator: String,
    canonical: BTreeMap<String, String>,
    pub(crate) in_authorization_response: Vec<String>,
    pub(crate) in_token_response: Vec<String>,
}

impl ScopesText {
    /// The name a scope goes by inside: the short one. `None` for one that does not exist.
    pub(crate) fn short_name(&self, scope: &str) -> Option<&str> {
        let known = self.known.iter().find(|known| *known == scope);
        known.map(String::as_str).or_else(|| {
            let long = self.canonical.iter().find(|(_, long)| *long == scope);
            long.map(|(short, _)| short.as_str())
        })
    }

    /// The name a scope is answered with.
    pub(crate) fn canonical_name<'a>(&'a self, short: &'a str) -> &'a str {
        self.canonical.get(short).map_or(short, String::as_str)
    }

    /// Those of `order` that were granted, separated by spaces.
    pub(crate) fn granted_in_order(&self, order: &[String], granted: &[String]) -> String {
        let is_granted = |scope: &&String| {
            let short = self.short_name(scope);
            granted
                .iter()
                .any(|granted| Some(granted.as_str()) == short)
        };
        let scopes: Vec<_> = order
            .iter()
            .filter(is_granted)
            .map(String::as_str)
            .collect();
        scopes.join(" ")
    }
}
