//! What a provider says differently, as data: dated snapshots in TOML, and the types that read
//! them.
//!
//! Values, order, texts and conditions are data; what to do with them is a short closed list of
//! mechanisms in code.

mod claim;
mod error;
mod extends;
mod grade;
mod policy;
mod refusal;
mod route;
mod scopes;
mod snapshot;
mod template;
#[cfg(test)]
mod tests;
mod text;

use crate::check::Check;
use crate::place::Place;
pub(crate) use claim::{ClaimSource, ClaimSpec, ClaimValue};
pub use error::FlavourError;
pub(crate) use policy::{
    AccessTokenRevokes, KeyName, Offline, RedirectUriMatch, Reuse, RevocationClient, Rotation,
    SubjectType, TokenEncoding, UnknownToken, Unneeded,
};
pub(crate) use refusal::{Deliver, ErrorMember, ErrorParameter, RefusalText};
pub(crate) use route::{Location, Matched, Route, Router};
pub(crate) use scopes::ScopesText;
pub(crate) use snapshot::DEFAULT;
pub use snapshot::{FlavourSummary, flavours};
pub(crate) use template::Template;
pub(crate) use text::{
    AuthorizationText, DirectoryText, FlavourText, HeaderMember, JwkMember, ProjectText,
    RedirectUriPolicy, ResponseParameter, TokenMember, UserInfoText,
};

/// A provider's ways.
#[derive(Debug)]
pub(crate) struct Flavour {
    pub(crate) text: FlavourText,
    pub(crate) router: Router,
    /// The discovery document's members, in order, still with `{host:/path}` in them.
    pub(crate) discovery: Vec<(String, String)>,
}

impl Flavour {
    /// Reads a flavour and makes sure that nothing is missing in it.
    fn read(file: &toml::Table) -> Result<Self, FlavourError> {
        let text = file.clone().try_into();
        let mut text: FlavourText =
            text.map_err(|error: toml::de::Error| FlavourError::Syntax(error.to_string()))?;
        let claims = text.id_token.claims.iter_mut();
        let members = text.userinfo.values_mut().flat_map(|it| &mut it.members);
        let infos = text.tokeninfo.values_mut().flat_map(|it| &mut it.members);
        for claim in claims.chain(members).chain(infos) {
            claim
                .resolve()
                .ok_or_else(|| FlavourError::NoSource(claim.name.clone()))?;
        }
        for check in Check::ALL {
            if !text.refusals.contains_key(check) {
                return Err(FlavourError::NoRefusal(*check));
            }
        }
        let router = Router::new(std::mem::take(&mut text.routes), &text.hosts)?;
        let discovery = members_of(&text.discovery.document)?;
        Ok(Self {
            text,
            router,
            discovery,
        })
    }

    /// The row of the table of refusals.
    pub(crate) fn refusal(&self, check: Check) -> Option<&RefusalText> {
        self.text.refusals.get(&check)
    }

    /// How long discovery may be kept.
    pub(crate) fn discovery_cache_control(&self) -> &str {
        &self.text.discovery.cache_control
    }

    /// Replaces `{host:/path}` by the URL of that path, which begins with what is said of the host
    /// and of the place.
    pub(crate) fn expand(&self, text: &str, base: impl Fn(&str, Place) -> String) -> String {
        let hosts = self.text.hosts.keys();
        hosts.fold(text.to_owned(), |text, host| {
            let mut expanded = String::with_capacity(text.len());
            let opening = format!("{{{host}:");
            let mut pieces = text.split(&opening);
            expanded.push_str(pieces.next().unwrap_or_default());
            for piece in pieces {
                let (path, rest) = piece.split_once('}').unwrap_or((piece, ""));
                let place = self.router.find(path).map(|matched| matched.route.place);
                expanded.push_str(&base(host, place.unwrap_or(Place::Elsewhere)));
                expanded.push_str(path);
                expanded.push_str(rest);
            }
            expanded
        })
    }

    /// The real names of the hosts that something is at.
    #[cfg(feature = "tls")]
    pub(crate) fn real_hosts(&self) -> Vec<String> {
        let hosts = self.router.hosts();
        hosts
            .into_iter()
            .map(|host| self.real_host(host).to_owned())
            .collect()
    }

    /// Whether browsers ask there by themselves, whoever the visitor is.
    pub(crate) fn is_noise(&self, host: &str, path: &str) -> bool {
        let is_it = |noise: &Location| self.real_host(&noise.host) == host && noise.path == path;
        self.text.browser_noise.iter().any(is_it)
    }

    /// The real name of a host.
    pub(crate) fn real_host(&self, host: &str) -> &str {
        self.text.hosts.get(host).map_or("", String::as_str)
    }
}

/// The members of a JSON object in their order, each value as compact JSON.
fn members_of(document: &str) -> Result<Vec<(String, String)>, FlavourError> {
    let members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(document).map_err(|error| FlavourError::Syntax(error.to_string()))?;
    Ok(members
        .into_iter()
        .map(|(name, value)| (name, value.to_string()))
        .collect())
}
