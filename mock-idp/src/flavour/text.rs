//! A flavour's file, as types.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::policy::{
    AccessTokenRevokes, KeyName, Offline, RedirectUriMatch, Reuse, RevocationClient, Rotation,
    SubjectType, TokenEncoding, UnknownToken, Unneeded,
};
use super::refusal::ErrorMember;
use super::{ClaimSpec, Location, RefusalText, Route, ScopesText, Template};
use crate::check::Check;
use crate::client::TokenEndpointAuthMethod;
use crate::page::Words;
use crate::place::Place;

/// A flavour's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlavourText {
    pub(crate) name: String,
    pub(crate) snapshot: String,
    /// What each section is about, and where it is from.
    #[serde(default)]
    pub(crate) sources: BTreeMap<String, String>,
    pub(super) hosts: BTreeMap<String, String>,
    /// What it is called in its tokens, by its hosts.
    pub(crate) issuer: String,
    /// What browsers ask the real provider by themselves: not there, and not captured.
    #[serde(default)]
    pub(super) browser_noise: Vec<Location>,
    pub(super) routes: Vec<Route>,
    pub(crate) not_built: NotBuilt,
    pub(super) discovery: DiscoveryText,
    pub(crate) jwks: JwksText,
    pub(crate) cors: CorsText,
    pub(crate) scopes: ScopesText,
    pub(crate) authorization: AuthorizationText,
    pub(crate) redirect_uri_policy: RedirectUriPolicy,
    pub(crate) session: SessionText,
    pub(crate) token: TokenText,
    pub(crate) revocation: RevocationText,
    pub(crate) logout: LogoutText,
    pub(crate) id_token: IdTokenText,
    pub(crate) userinfo: HashMap<String, UserInfoText>,
    /// By the profile of the route; empty where the provider has no such endpoint.
    #[serde(default)]
    pub(crate) tokeninfo: HashMap<String, TokenInfoText>,
    pub(crate) console: ConsoleText,
    pub(crate) pages: Words,
    pub(crate) error_page: ErrorPageText,
    pub(crate) errors: ErrorsText,
    /// The directories that accounts belong to, where the paths name one.
    pub(crate) directory: Option<DirectoryText>,
    pub(super) refusals: HashMap<Check, RefusalText>,
}

/// What the discovery document claims and this provider does not do yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotBuilt {
    pub(crate) response_types: Vec<String>,
    pub(crate) response_modes: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    /// Their routes lead to the place `not_built`; the tests compare the two.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests"))]
    pub(super) endpoints: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscoveryText {
    pub(super) cache_control: String,
    pub(super) document: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwksText {
    pub(crate) cache_control: String,
    /// How many keys are published while none is being replaced.
    pub(crate) keys: usize,
    pub(crate) key_name: KeyName,
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
    /// The thumbprint of the certificate.
    X5t,
    X5c,
    Issuer,
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
    /// The authentication context classes that can be asked for.
    pub(crate) acr_values: Vec<String>,
    /// When a refresh token is given.
    pub(crate) offline: Offline,
    pub(crate) redirect_uri_match: RedirectUriMatch,
}

/// Which places scripts of other origins may read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorsText {
    pub(crate) places: Vec<Place>,
}

/// The visitor's session at the provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionText {
    pub(crate) cookie: String,
    pub(crate) seconds: u64,
    pub(crate) reuse: Reuse,
    /// Whether a login without pages begins one.
    pub(crate) with_auto_login: bool,
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
    /// What the provider calls the visitor's session,
    /// [Session Management 3](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions).
    SessionState,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedirectUriPolicy {
    pub(crate) refused_hosts: Vec<String>,
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
    pub(crate) token_type: String,
    pub(crate) response: Vec<TokenMember>,
    pub(crate) encoding: TokenEncoding,
    /// What a `code_verifier` without a challenge before it does.
    pub(crate) unneeded_code_verifier: Unneeded,
    pub(crate) code_challenge_methods: Vec<String>,
    pub(crate) default_code_challenge_method: String,
    /// How a client may prove itself.
    pub(crate) auth_methods: Vec<TokenEndpointAuthMethod>,
    pub(crate) refresh: RefreshText,
}

/// The life of refresh tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshText {
    pub(crate) seconds: u64,
    pub(crate) rotation: Rotation,
    /// How long a token that was replaced still works.
    pub(crate) grace_seconds: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevocationText {
    pub(crate) client: RevocationClient,
    pub(crate) unknown_token: UnknownToken,
    pub(crate) access_token_revokes: AccessTokenRevokes,
    /// What a success says.
    pub(crate) body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogoutText {
    /// How long a logout token is good for.
    pub(crate) token_seconds: i64,
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
    /// For how long the token may be used where the provider cannot be asked for another.
    ExtExpiresIn,
    /// For how long the refresh token is good, where its end is near.
    RefreshTokenExpiresIn,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdTokenText {
    pub(crate) seconds: i64,
    pub(crate) header: Vec<HeaderMember>,
    pub(crate) kid: Template,
    pub(crate) sub: Template,
    pub(crate) subject_type: SubjectType,
    /// The claims that an ID token of a refresh does not have.
    pub(crate) left_out_on_refresh: Vec<String>,
    pub(crate) claims: Vec<ClaimSpec>,
}

/// A member of a JOSE header,
/// [RFC 7515 section 4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1).
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
    /// Whether it is a list, of one such object for each e-mail address there is.
    #[serde(default)]
    pub(crate) is_list: bool,
    /// Whether whoever asks has to say what it is.
    #[serde(default)]
    pub(crate) needs_user_agent: bool,
    /// The scopes one of which must have been granted; empty where any will do.
    #[serde(default)]
    pub(crate) needs_scope: Vec<String>,
    /// What may stand before the token in the `Authorization` header, beside `Bearer`.
    #[serde(default)]
    pub(crate) schemes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenInfoText {
    /// What is said of an access token.
    pub(crate) members: Vec<ClaimSpec>,
    /// Whether numbers and booleans are said as texts.
    pub(crate) all_texts: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsoleText {
    pub(crate) client_id: Template,
    pub(crate) client_secret: Template,
    /// What can be seen and set there, where it is built.
    pub(crate) project: Option<ProjectText>,
}

/// A project of the console: what its apps are to whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectText {
    pub(crate) id: Template,
    /// The endpoints in the file of a client, by the names they have there.
    pub(crate) client_file: Vec<(String, String)>,
    /// How long a refresh token lives while the app is in testing.
    pub(crate) refresh_seconds_in_testing: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorPageText {
    pub(crate) flow_name: String,
    /// The headline of a page whose refusal has none of its own.
    pub(crate) heading: String,
    pub(crate) status: u16,
}

/// How errors are said in JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorsText {
    /// The members, in order.
    pub(crate) members: Vec<ErrorMember>,
    /// The description: `{text}` stands for the words of the row, `{number}`, `{trace_id}`,
    /// `{correlation_id}` and `{timestamp}` for what they say.
    pub(crate) description: String,
    /// The page about an error, where its row names none; `{number}` stands for its number.
    pub(crate) error_uri: Option<String>,
    /// The HTTP status of every error at the token endpoint, where they have one in common.
    pub(crate) token_status: Option<u16>,
}

/// The directories that accounts belong to. A path names one, or one of the words for several.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryText {
    /// The word for accounts of every kind.
    pub(crate) any: String,
    /// The word for those of organisations.
    pub(crate) organizations: String,
    /// The word for those of persons.
    pub(crate) consumers: String,
    /// The directory of persons.
    pub(crate) consumers_id: String,
    /// What stands for the directory in an issuer where it is not known yet.
    pub(crate) unknown: String,
    /// The form of the others, which come of the organisation's domain.
    pub(crate) id: Template,
}
