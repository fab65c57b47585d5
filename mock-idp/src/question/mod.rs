//! Questions about what an app's requests mean: each row names what it asks and where that is
//! written.
//!
//! ```
//! use mock_idp::question::Question;
//!
//! let idp = mock_idp::MockIdp::start();
//! // .. the app under test logs somebody in: here, nobody did, and no question passes by itself
//! let finding = idp.requests().ask(Question::UsedPkceS256).unwrap_err();
//! assert!(finding.to_string().starts_with("used_pkce_s256 (RFC 7636 section 4.3):"));
//! ```

mod ask;
mod authorization;
mod endpoints;
mod finding;
mod refresh;
mod secrecy;
mod spec;
mod token;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::capture::Requests;
use crate::client::TokenEndpointAuthMethod;
use crate::place::Place;
use ask::{Judgement, at, each};
pub use finding::{Finding, Problem};
pub use spec::Spec;

/// A question that exchanges answer with yes, or with a [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Question {
    /// Has every authorization request a `code_challenge` by S256?
    UsedPkceS256,
    /// Is every `code_challenge` another one?
    CodeChallengeNeverRepeats,
    /// Has every authorization request a `nonce` of its own?
    NonceIsUnique,
    /// Has every `state` room for so many bits, judged by its length and characters?
    StateIsLongEnough {
        /// How many.
        bits: u32,
    },
    /// Has every authorization request a `state` of its own?
    StateNeverRepeats,
    /// Does every authorization request ask for `openid`?
    ScopeHasOpenid,
    /// Does every authorization request ask for these scopes, in any order, and no others?
    ScopeIs {
        /// The scopes, separated by spaces.
        scope: String,
    },
    /// Has every authorization request this parameter with this value?
    AuthorizationSends {
        /// The parameter's name.
        parameter: String,
        /// Its value.
        value: String,
    },
    /// Do authorization requests leave the response mode at its default, the query?
    ResponseModeIsDefault,
    /// Does every token request for a code repeat its authorization request's `redirect_uri`, which
    /// is a registered one, character by character?
    RedirectUriIsExact,
    /// Is every token request a POST of a form?
    TokenRequestIsForm,
    /// Does every token request prove the client in this way, and in no other beside it?
    ClientAuthenticatedBy {
        /// The way.
        method: TokenEndpointAuthMethod,
    },
    /// Has every `code_verifier` 43 to 128 characters of those that are allowed?
    CodeVerifierIsLongEnough,
    /// Does every `code_verifier` give its authorization request's `code_challenge`?
    CodeVerifierMatches,
    /// Is no code sent twice?
    CodeSentOnce,
    /// Is no refresh token sent again at once, however many requests need fresh tokens?
    OneRefreshUnderConcurrency,
    /// Does the client secret never come in a URL, nor by way of the browser?
    SecretOnlyInHeaderOrBody,
    /// Do tokens and code verifiers never come in a URL, nor codes in a `Referer`?
    NoTokenInUrl,
    /// Does every userinfo request bring its token in the `Authorization` header, and only there?
    UserinfoByBearerHeader,
    /// Was the provider's metadata fetched before anything else was asked of it?
    DiscoveryWasUsed,
    /// Was the provider's metadata fetched at most so often?
    DiscoveryFetchedAtMost {
        /// How often.
        times: usize,
    },
    /// Were the provider's keys fetched before what an ID token says was used?
    KeysFetchedBeforeUse,
    /// Were the provider's keys fetched at most so often?
    KeysFetchedAtMost {
        /// How often.
        times: usize,
    },
    /// Did no request go to a place that discovery does not name?
    NothingSentElsewhere,
    /// Does every request that the app sends itself say what program it is?
    UserAgentIsSent,
}

impl Question {
    /// What every app that logs people in with a code should be asked.
    pub const FOR_EVERY_APP: [Self; 15] = [
        Self::UsedPkceS256,
        Self::CodeChallengeNeverRepeats,
        Self::NonceIsUnique,
        Self::StateIsLongEnough { bits: 128 },
        Self::StateNeverRepeats,
        Self::ScopeHasOpenid,
        Self::RedirectUriIsExact,
        Self::TokenRequestIsForm,
        Self::CodeVerifierIsLongEnough,
        Self::CodeVerifierMatches,
        Self::CodeSentOnce,
        Self::SecretOnlyInHeaderOrBody,
        Self::NoTokenInUrl,
        Self::KeysFetchedBeforeUse,
        Self::NothingSentElsewhere,
    ];

    /// The stable name, as data and findings write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.row().0
    }

    /// Where it is written that the answer has to be yes.
    #[must_use]
    pub const fn spec(&self) -> Spec {
        self.row().1
    }

    /// The table.
    const fn row(&self) -> (&'static str, Spec) {
        use Spec::{Core, Discovery, ResponseModes, Rfc};
        match self {
            Self::UsedPkceS256 => ("used_pkce_s256", Rfc(7636, "4.3")),
            Self::CodeChallengeNeverRepeats => ("code_challenge_never_repeats", Rfc(9700, "2.1.1")),
            Self::NonceIsUnique => ("nonce_is_unique", Core("15.5.2", "NonceNotes")),
            Self::StateIsLongEnough { .. } => ("state_is_long_enough", Rfc(6749, "10.10")),
            Self::StateNeverRepeats => ("state_never_repeats", Rfc(9700, "4.7.1")),
            Self::ScopeHasOpenid => ("scope_has_openid", Core("3.1.2.1", "AuthRequest")),
            Self::ScopeIs { .. } => ("scope_is", Core("5.4", "ScopeClaims")),
            Self::AuthorizationSends { .. } => {
                ("authorization_sends", Core("3.1.2.1", "AuthRequest"))
            }
            Self::ResponseModeIsDefault => ("response_mode_is_default", ResponseModes),
            Self::RedirectUriIsExact => ("redirect_uri_is_exact", Rfc(6749, "4.1.3")),
            Self::TokenRequestIsForm => ("token_request_is_form", Rfc(6749, "3.2")),
            Self::ClientAuthenticatedBy { .. } => ("client_authenticated_by", Rfc(6749, "2.3")),
            Self::CodeVerifierIsLongEnough => ("code_verifier_is_long_enough", Rfc(7636, "4.1")),
            Self::CodeVerifierMatches => ("code_verifier_matches", Rfc(7636, "4.6")),
            Self::CodeSentOnce => ("code_sent_once", Rfc(6749, "4.1.2")),
            Self::OneRefreshUnderConcurrency => {
                ("one_refresh_under_concurrency", Rfc(9700, "4.14.2"))
            }
            Self::SecretOnlyInHeaderOrBody => ("secret_only_in_header_or_body", Rfc(6749, "2.3.1")),
            Self::NoTokenInUrl => ("no_token_in_url", Rfc(9700, "4.3.2")),
            Self::UserinfoByBearerHeader => ("userinfo_by_bearer_header", Rfc(6750, "2.1")),
            Self::DiscoveryWasUsed => ("discovery_was_used", Discovery("4", "ProviderConfig")),
            Self::DiscoveryFetchedAtMost { .. } => (
                "discovery_fetched_at_most",
                Discovery("4", "ProviderConfig"),
            ),
            Self::KeysFetchedBeforeUse => (
                "keys_fetched_before_use",
                Core("3.1.3.7", "IDTokenValidation"),
            ),
            Self::KeysFetchedAtMost { .. } => {
                ("keys_fetched_at_most", Core("10.1.1", "RotateSigKeys"))
            }
            Self::NothingSentElsewhere => {
                ("nothing_sent_elsewhere", Discovery("3", "ProviderMetadata"))
            }
            Self::UserAgentIsSent => ("user_agent_is_sent", Rfc(9110, "10.1.5")),
        }
    }

    fn judge(&self, requests: &Requests) -> Judgement {
        match self {
            Self::UsedPkceS256 => authorization::used_pkce_s256(requests),
            Self::CodeChallengeNeverRepeats => authorization::is_unique(requests, "code_challenge"),
            Self::NonceIsUnique => authorization::is_unique(requests, "nonce"),
            Self::StateIsLongEnough { bits } => {
                authorization::state_is_long_enough(requests, *bits)
            }
            Self::StateNeverRepeats => authorization::is_unique(requests, "state"),
            Self::ScopeHasOpenid => authorization::scope_has_openid(requests),
            Self::ScopeIs { scope } => authorization::scope_is(requests, scope),
            Self::AuthorizationSends { parameter, value } => {
                authorization::sends(requests, parameter, value)
            }
            Self::ResponseModeIsDefault => authorization::response_mode_is_default(requests),
            Self::RedirectUriIsExact => token::redirect_uri_is_exact(requests),
            Self::TokenRequestIsForm => token::is_form(requests),
            Self::ClientAuthenticatedBy { method } => {
                token::client_authenticated_by(requests, *method)
            }
            Self::CodeVerifierIsLongEnough => token::code_verifier_is_long_enough(requests),
            Self::CodeVerifierMatches => token::code_verifier_matches(requests),
            Self::CodeSentOnce => token::code_sent_once(requests),
            Self::OneRefreshUnderConcurrency => refresh::one_refresh_under_concurrency(requests),
            Self::SecretOnlyInHeaderOrBody => secrecy::secret_only_in_header_or_body(requests),
            Self::NoTokenInUrl => secrecy::no_token_in_url(requests),
            Self::UserinfoByBearerHeader => endpoints::userinfo_by_bearer_header(requests),
            Self::DiscoveryWasUsed => endpoints::discovery_was_used(requests),
            Self::DiscoveryFetchedAtMost { times } => {
                endpoints::fetched_at_most(requests, Place::Discovery, *times)
            }
            Self::KeysFetchedBeforeUse => endpoints::keys_fetched_before_use(requests),
            Self::KeysFetchedAtMost { times } => {
                endpoints::fetched_at_most(requests, Place::Jwks, *times)
            }
            Self::NothingSentElsewhere => endpoints::nothing_sent_elsewhere(requests),
            Self::UserAgentIsSent => endpoints::user_agent_is_sent(requests),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_what_data_uses() {
        let names: HashSet<_> = Question::FOR_EVERY_APP.iter().map(Question::name).collect();
        assert_eq!(names.len(), Question::FOR_EVERY_APP.len());
        for question in Question::FOR_EVERY_APP {
            let written = serde_json::to_string(&question).unwrap();
            assert!(
                written.contains(&format!("\"{}\"", question.name())),
                "{written}"
            );
            assert_eq!(
                serde_json::from_str::<Question>(&written).unwrap(),
                question
            );
        }
    }
}
