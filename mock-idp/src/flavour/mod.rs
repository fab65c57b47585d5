//! What a provider says differently, as data: dated snapshots in TOML, and the types that read them.
//!
//! Values, order, texts and conditions are data; what to do with them is a short closed list of mechanisms in code.

mod claim;
mod refusal;
mod route;
mod template;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::check::Check;
use crate::place::Place;
pub(crate) use claim::{ClaimSource, ClaimSpec};
pub(crate) use refusal::{Deliver, ErrorParameter, RefusalText};
pub(crate) use route::{Matched, Route, Router};
pub(crate) use template::Template;

/// The embedded snapshots, the newest of each provider first.
const SNAPSHOTS: &[Snapshot] = &[Snapshot {
    name: "google",
    date: "2026-04",
    text: include_str!("google.toml"),
}];

/// What a provider is when nobody says which.
pub(crate) const DEFAULT: &str = "google";

struct Snapshot {
    name: &'static str,
    date: &'static str,
    text: &'static str,
}

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
    /// A claim's value comes from nowhere.
    #[error("the flavour's claim {0:?} has no source")]
    NoSource(String),
    /// A place has no path.
    #[error("the flavour has no path for {0}")]
    NoPath(Place),
}

/// A provider's ways.
#[derive(Debug)]
pub(crate) struct Flavour {
    pub(crate) text: FlavourText,
    pub(crate) router: Router,
    /// The discovery document's members, in order, still with `{host:/path}` in them.
    pub(crate) discovery: Vec<(String, String)>,
}

/// A flavour's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlavourText {
    pub(crate) name: String,
    pub(crate) snapshot: String,
    hosts: BTreeMap<String, String>,
    routes: Vec<Route>,
    pub(crate) not_built: NotBuilt,
    discovery: DiscoveryText,
    pub(crate) jwks: JwksText,
    pub(crate) scopes: ScopesText,
    pub(crate) authorization: AuthorizationText,
    pub(crate) redirect_uri_policy: RedirectUriPolicy,
    pub(crate) token: TokenText,
    pub(crate) id_token: IdTokenText,
    pub(crate) userinfo: HashMap<String, UserInfoText>,
    pub(crate) console: ConsoleText,
    pub(crate) error_page: ErrorPageText,
    refusals: HashMap<Check, RefusalText>,
}

/// What the discovery document claims and this provider does not do yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotBuilt {
    pub(crate) response_types: Vec<String>,
    pub(crate) response_modes: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the tests compare it with the document")
    )]
    endpoints: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiscoveryText {
    cache_control: String,
    document: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwksText {
    pub(crate) cache_control: String,
    /// How many keys are published while none is being replaced.
    pub(crate) keys: usize,
    /// The orders of a key's members; they take turns.
    pub(crate) member_orders: Vec<Vec<JwkMember>>,
}

/// A member of a key, [RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JwkMember {
    Kid,
    N,
    E,
    Alg,
    Use,
    Kty,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopesText {
    known: Vec<String>,
    canonical: BTreeMap<String, String>,
    pub(crate) in_authorization_response: Vec<String>,
    pub(crate) in_token_response: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorizationText {
    pub(crate) transaction_seconds: u64,
    pub(crate) code_seconds: u64,
    pub(crate) code: Template,
    /// The checks of a request, in the order the provider makes them.
    pub(crate) checks: Vec<Check>,
    pub(crate) refused_parameters: Vec<String>,
    pub(crate) prompts: Vec<String>,
    pub(crate) response_modes: Vec<String>,
    pub(crate) response: Vec<ResponseParameter>,
}

/// A parameter of a successful authorization response.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponseParameter {
    State,
    Iss,
    Code,
    Scope,
    Authuser,
    Hd,
    Prompt,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedirectUriPolicy {
    pub(crate) refused_suffixes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenText {
    pub(crate) access_token: Template,
    /// How long an access token is good for.
    pub(crate) access_token_seconds: u64,
    /// How long the answer says it is good for.
    pub(crate) expires_in: u64,
    pub(crate) refresh_token: Template,
    pub(crate) response: Vec<TokenMember>,
    pub(crate) code_challenge_methods: Vec<String>,
    pub(crate) default_code_challenge_method: String,
}

/// A member of a successful token response.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenMember {
    AccessToken,
    ExpiresIn,
    RefreshToken,
    Scope,
    TokenType,
    IdToken,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdTokenText {
    pub(crate) seconds: i64,
    pub(crate) header: Vec<HeaderMember>,
    pub(crate) kid: Template,
    pub(crate) sub: Template,
    pub(crate) claims: Vec<ClaimSpec>,
}

/// A member of a JOSE header, [RFC 7515 section 4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HeaderMember {
    Alg,
    Kid,
    Typ,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserInfoText {
    pub(crate) members: Vec<ClaimSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsoleText {
    pub(crate) client_id: Template,
    pub(crate) client_secret: Template,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorPageText {
    pub(crate) flow_name: String,
    /// The headline of a page whose refusal has none of its own.
    pub(crate) heading: String,
    pub(crate) status: u16,
}

impl Flavour {
    /// The flavour of this name: `google` is the newest, `google@2026-04` a dated one. Read once a process.
    pub(crate) fn named(name: &str) -> Result<Arc<Self>, FlavourError> {
        static READ: [OnceLock<Result<Arc<Flavour>, FlavourError>>; SNAPSHOTS.len()] =
            [const { OnceLock::new() }; SNAPSHOTS.len()];
        let is_meant = |snapshot: &Snapshot| match name.split_once('@') {
            Some((provider, date)) => provider == snapshot.name && date == snapshot.date,
            None => name == snapshot.name,
        };
        let found = SNAPSHOTS.iter().position(is_meant);
        let index = found.ok_or_else(|| FlavourError::Unknown {
            name: name.into(),
            known: names().collect::<Vec<_>>().join(", "),
        })?;
        READ[index]
            .get_or_init(|| Self::read(SNAPSHOTS[index].text).map(Arc::new))
            .clone()
    }

    /// Reads a flavour and makes sure that nothing is missing in it.
    fn read(text: &str) -> Result<Self, FlavourError> {
        let mut text: FlavourText =
            toml::from_str(text).map_err(|error| FlavourError::Syntax(error.to_string()))?;
        let claims = text.id_token.claims.iter_mut();
        let members = text.userinfo.values_mut().flat_map(|it| &mut it.members);
        for claim in claims.chain(members) {
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

    /// Replaces `{host:/path}` by the URL of that path under the issuer.
    pub(crate) fn expand(&self, text: &str, issuer: &str) -> String {
        let hosts = self.text.hosts.keys();
        hosts.fold(text.to_owned(), |text, host| {
            let mut expanded = String::with_capacity(text.len());
            let opening = format!("{{{host}:");
            let mut pieces = text.split(&opening);
            expanded.push_str(pieces.next().unwrap_or_default());
            for piece in pieces {
                let (path, rest) = piece.split_once('}').unwrap_or((piece, ""));
                expanded.push_str(issuer);
                expanded.push_str(path);
                expanded.push_str(rest);
            }
            expanded
        })
    }
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

/// The names a flavour can be asked for by.
pub(crate) fn names() -> impl Iterator<Item = String> {
    SNAPSHOTS
        .iter()
        .map(|snapshot| format!("{}@{}", snapshot.name, snapshot.date))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn strings<'a>(flavour: &'a Flavour, member: &str) -> Vec<String> {
        let found = flavour.discovery.iter().find(|(name, _)| name == member);
        serde_json::from_str(&found.unwrap().1).unwrap()
    }

    #[test]
    fn every_snapshot_reads_and_is_what_its_name_says() {
        for snapshot in SNAPSHOTS {
            let dated = Flavour::named(&format!("{}@{}", snapshot.name, snapshot.date)).unwrap();
            assert_eq!(dated.text.name, snapshot.name);
            assert_eq!(dated.text.snapshot, snapshot.date);
        }
    }

    #[test]
    fn a_name_alone_means_the_newest() {
        let newest = Flavour::named("google").unwrap();
        assert_eq!(newest.text.snapshot, "2026-04");
        for name in ["gogle", "google@1999-01", "google@", ""] {
            let known = "google@2026-04".to_owned();
            let expected = FlavourError::Unknown {
                name: name.into(),
                known,
            };
            assert_eq!(Flavour::named(name).unwrap_err(), expected);
        }
    }

    #[test]
    fn what_the_document_claims_is_built_or_stands_in_the_one_list() {
        for snapshot in SNAPSHOTS {
            let flavour = Flavour::named(snapshot.name).unwrap();
            let not_built = &flavour.text.not_built;
            let check = |member: &str, built: &[&str], not_built: &[String]| {
                let claimed = strings(&flavour, member);
                let known: Vec<_> = built
                    .iter()
                    .copied()
                    .chain(not_built.iter().map(String::as_str))
                    .collect();
                assert!(
                    claimed.iter().all(|it| known.contains(&it.as_str())),
                    "{member}: {claimed:?}"
                );
                assert!(
                    known
                        .iter()
                        .all(|it| claimed.iter().any(|claimed| claimed == it)),
                    "{member}: {known:?}"
                );
            };
            check(
                "response_types_supported",
                &["code"],
                &not_built.response_types,
            );
            check(
                "response_modes_supported",
                &["query", "fragment"],
                &not_built.response_modes,
            );
            check(
                "grant_types_supported",
                &["authorization_code"],
                &not_built.grant_types,
            );
            let endpoints = flavour
                .discovery
                .iter()
                .filter(|(name, _)| name.ends_with("_endpoint"));
            for (name, url) in endpoints {
                let url: String = serde_json::from_str(&flavour.expand(url, "")).unwrap();
                let place = flavour.router.find(&url).unwrap().route.place;
                let is_listed = not_built.endpoints.contains(name);
                assert_eq!(place == Place::NotBuilt, is_listed, "{name} at {url}");
            }
        }
    }

    #[test]
    fn a_check_of_a_request_belongs_to_authorization() {
        for snapshot in SNAPSHOTS {
            let flavour = Flavour::named(snapshot.name).unwrap();
            for check in &flavour.text.authorization.checks {
                assert!(check.name().starts_with("authorization."), "{check}");
            }
        }
    }

    #[test]
    fn a_flavour_that_lacks_something_is_refused_when_it_is_read() {
        let google = SNAPSHOTS[0].text;
        let refused = |from: &str, to: &str| {
            assert!(google.contains(from), "{from}");
            Flavour::read(&google.replacen(from, to, 1)).unwrap_err()
        };
        assert_eq!(
            refused("\"token.code\" = {", "\"token.cod\" = {")
                .to_string()
                .lines()
                .count()
                > 1,
            true
        );
        assert_eq!(
            refused("at = [\"oauth2:/revoke\"]", "at = [\"nowhere:/revoke\"]"),
            FlavourError::UnknownHost("nowhere".into())
        );
        assert!(matches!(
            refused("at = [\"oauth2:/revoke\"]", "at = [\"oauth2:/token\"]"),
            FlavourError::Path { path, .. } if path == "/token"
        ));
        assert_eq!(
            refused("{ name = \"azp\" }", "{ name = \"colour\" }"),
            FlavourError::NoSource("colour".into())
        );
        assert!(matches!(
            refused("snapshot =", "snapshto ="),
            FlavourError::Syntax(_)
        ));
    }

    #[test]
    fn google_1_6_scopes_come_back_in_their_long_form() {
        let scopes = &Flavour::named("google").unwrap().text.scopes;
        let granted = ["openid".to_owned(), "email".to_owned()];
        assert_eq!(
            scopes.granted_in_order(&scopes.in_token_response, &granted),
            "https://www.googleapis.com/auth/userinfo.email openid"
        );
        assert_eq!(
            scopes.short_name("https://www.googleapis.com/auth/userinfo.profile"),
            Some("profile")
        );
        assert_eq!(scopes.short_name("offline_access"), None);
    }
}
