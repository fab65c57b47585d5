//! Every refusal by name. A handler says which check failed and why; the flavour makes status, code
//! and words of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::ReplyTo;

/// What a handler returns when it refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Refusal {
    /// The check that failed.
    pub check: Check,
    /// Why, in the words of this provider: for the test and the developer, never part of the real
    /// provider's text.
    pub reason: String,
    /// What the flavour's text may mention, such as the `value` that was refused.
    #[serde(skip)]
    pub(crate) facts: Vec<(&'static str, String)>,
    /// What would have been right, such as the registered redirect URIs.
    #[serde(skip)]
    pub(crate) expected: Vec<String>,
    /// Where the app can be told, once that is known to be safe.
    #[serde(skip)]
    pub(crate) reply_to: Option<Box<ReplyTo>>,
}

impl Refusal {
    /// Adds what the flavour's text may mention.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    /// Adds what would have been right.
    pub(crate) fn expecting(mut self, expected: &[String]) -> Self {
        self.expected = expected.to_vec();
        self
    }

    /// Says where the app can be told.
    pub(crate) fn reply_to(mut self, reply_to: ReplyTo) -> Self {
        self.reply_to = Some(Box::new(reply_to));
        self
    }

    /// A fact of this refusal.
    pub(crate) fn fact(&self, name: &str) -> Option<&str> {
        let found = self.facts.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Refuses: `check` failed, for this reason.
pub(crate) fn refuse(check: Check, reason: impl Into<String>) -> Refusal {
    Refusal {
        check,
        reason: reason.into(),
        facts: Vec::new(),
        expected: Vec::new(),
        reply_to: None,
    }
}

/// The table of checks: variant, stable name, and whether a tenant may waive it.
macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $waivable:ident;)+) => {
        /// A check that a request can fail. The name is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub enum Check {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Check {
            /// Every check, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable name, such as `authorization.redirect_uri`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Whether a tenant may waive it: the provider can go on without it.
            #[must_use]
            pub const fn is_waivable(self) -> bool {
                match self {
                    $(Self::$variant => checks!(@ $waivable),)+
                }
            }
        }
    };
    (@ waivable) => { true };
    (@ always) => { false };
}

checks! {
    /// A parameter came twice
    /// ([RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
    AuthorizationDuplicateParameter = "authorization.duplicate_parameter" waivable;
    /// No `client_id`.
    AuthorizationClientIdMissing = "authorization.client_id_missing" always;
    /// No `redirect_uri`.
    AuthorizationRedirectUriMissing = "authorization.redirect_uri_missing" always;
    /// No `response_type`.
    AuthorizationResponseTypeMissing = "authorization.response_type_missing" waivable;
    /// No `scope`.
    AuthorizationScopeMissing = "authorization.scope_missing" waivable;
    /// A parameter that does not belong into this kind of request.
    AuthorizationParameter = "authorization.parameter" waivable;
    /// `response_type` is none that exists.
    AuthorizationResponseType = "authorization.response_type" always;
    /// `response_type` is advertised, and this provider does not do it yet.
    AuthorizationResponseTypeNotBuilt = "authorization.response_type_not_built" always;
    /// `response_mode` is none that exists.
    AuthorizationResponseMode = "authorization.response_mode" waivable;
    /// `response_mode` is advertised, and this provider does not do it yet.
    AuthorizationResponseModeNotBuilt = "authorization.response_mode_not_built" always;
    /// `redirect_uri` is no absolute URL.
    AuthorizationRedirectUriSyntax = "authorization.redirect_uri_syntax" always;
    /// `redirect_uri` is one the provider would never register.
    AuthorizationRedirectUriPolicy = "authorization.redirect_uri_policy" waivable;
    /// `client_id` belongs to nobody.
    AuthorizationClient = "authorization.client" always;
    /// `redirect_uri` is not registered for this client.
    AuthorizationRedirectUri = "authorization.redirect_uri" waivable;
    /// `code_challenge_method` is none that exists
    /// ([RFC 7636 section 4.4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.4.1)).
    AuthorizationCodeChallengeMethod = "authorization.code_challenge_method" always;
    /// `code_challenge` does not have the form of one
    /// ([RFC 7636 section 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)).
    AuthorizationCodeChallenge = "authorization.code_challenge" waivable;
    /// A public client sent no `code_challenge`
    /// ([RFC 9700 section 2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1)).
    AuthorizationCodeChallengeMissing = "authorization.code_challenge_missing" waivable;
    /// `request` came, and request objects are not supported
    /// ([OpenID Connect Core 6.1](https://openid.net/specs/openid-connect-core-1_0.html#RequestObject)).
    AuthorizationRequestObject = "authorization.request" waivable;
    /// `request_uri` came, and request objects are not supported
    /// ([OpenID Connect Core 6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter)).
    AuthorizationRequestUri = "authorization.request_uri" waivable;
    /// `max_age` is no number of seconds.
    AuthorizationMaxAge = "authorization.max_age" waivable;
    /// `prompt` has a value that does not exist.
    AuthorizationPrompt = "authorization.prompt" waivable;
    /// `prompt` combines `none` with another value
    /// ([OpenID Connect Core 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    AuthorizationPromptNone = "authorization.prompt_none" waivable;
    /// `scope` has values that do not exist.
    AuthorizationScope = "authorization.scope" waivable;
    /// `login_hint` names nobody the provider knows, and the provider answers by it alone.
    AuthorizationLoginHint = "authorization.login_hint" always;
    /// `prompt=none`, and a page would have to be shown.
    AuthorizationInteraction = "authorization.interaction" always;
    /// `prompt=none`, and somebody would have to log in
    /// ([OpenID Connect Core 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
    AuthorizationLogin = "authorization.login" always;
    /// `prompt=none`, and somebody would have to allow the scopes.
    AuthorizationConsent = "authorization.consent" always;
    /// The app is in testing, and the visitor is none of its test users.
    AuthorizationTestUser = "authorization.test_user" waivable;
    /// The visitor pressed Cancel.
    AuthorizationCancelled = "authorization.cancelled" always;
    /// A page's form speaks of a login that never began, was finished, or began too long ago.
    PageTransaction = "page.transaction" always;
    /// A page's form chose somebody the provider does not know.
    PagePersona = "page.persona" always;
    /// A page's form chose somebody who belongs to another directory than the request was for.
    PageDirectory = "page.directory" waivable;
    /// A page's form decided neither `allow` nor `cancel`.
    PageDecision = "page.decision" always;
    /// The error page's address does not say what went wrong.
    PageAuthError = "page.auth_error" always;
    /// The body is not a form.
    TokenContentType = "token.content_type" always;
    /// A parameter came twice
    /// ([RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).
    TokenDuplicateParameter = "token.duplicate_parameter" waivable;
    /// No `grant_type`.
    TokenGrantTypeMissing = "token.grant_type_missing" always;
    /// `grant_type` is none that exists.
    TokenGrantType = "token.grant_type" always;
    /// `grant_type` is advertised, and this provider does not do it yet.
    TokenGrantTypeNotBuilt = "token.grant_type_not_built" always;
    /// The client proved itself twice, in the header and in the body
    /// ([RFC 6749 section 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)).
    TokenClientAuthentication = "token.client_authentication" waivable;
    /// The client proved itself in another way than it registered, or than the provider takes.
    TokenClientAuthenticationMethod = "token.client_authentication_method" waivable;
    /// `client_assertion` is no JWT that this client signed about itself
    /// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3)).
    TokenClientAssertion = "token.client_assertion" always;
    /// `client_assertion` is for another server.
    TokenClientAssertionAudience = "token.client_assertion_audience" waivable;
    /// `client_assertion` is over, or says not when it will be.
    TokenClientAssertionExpired = "token.client_assertion_expired" waivable;
    /// `client_assertion` came before, or has no `jti`.
    TokenClientAssertionUsed = "token.client_assertion_used" waivable;
    /// The `Authorization` header is not well-formed Basic.
    TokenBasic = "token.basic" always;
    /// No `client_id`, in neither header nor body.
    TokenClientIdMissing = "token.client_id_missing" always;
    /// `client_id` belongs to nobody.
    TokenClient = "token.client" always;
    /// A client that has a secret or a key did not prove itself.
    TokenClientSecretMissing = "token.client_secret_missing" waivable;
    /// The secret is another one.
    TokenClientSecret = "token.client_secret" waivable;
    /// No `code`.
    TokenCodeMissing = "token.code_missing" always;
    /// No `redirect_uri`.
    TokenRedirectUriMissing = "token.redirect_uri_missing" waivable;
    /// `code` does not look like one.
    TokenCodeMalformed = "token.code_malformed" always;
    /// `code` looks like one that this provider never issued, or has forgotten.
    TokenCode = "token.code" always;
    /// `code` was issued to another client.
    TokenCodeClient = "token.code_client" waivable;
    /// `code` is too old.
    TokenCodeExpired = "token.code_expired" waivable;
    /// `code` was used before; what it gave is revoked
    /// ([RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)).
    TokenCodeUsed = "token.code_used" waivable;
    /// `redirect_uri` differs from that of the authorization request.
    TokenRedirectUri = "token.redirect_uri" waivable;
    /// A challenge was sent, and no `code_verifier` came.
    TokenCodeVerifierMissing = "token.code_verifier_missing" waivable;
    /// `code_verifier` does not match the challenge.
    TokenCodeVerifier = "token.code_verifier" waivable;
    /// `code_verifier` came without a challenge before it.
    TokenCodeVerifierUnneeded = "token.code_verifier_unneeded" waivable;
    /// No `refresh_token`.
    TokenRefreshTokenMissing = "token.refresh_token_missing" always;
    /// `refresh_token` is none of this provider's, or too old.
    TokenRefreshToken = "token.refresh_token" always;
    /// `refresh_token` was revoked.
    TokenRefreshTokenRevoked = "token.refresh_token_revoked" waivable;
    /// `refresh_token` was issued to another client.
    TokenRefreshTokenClient = "token.refresh_token_client" waivable;
    /// `refresh_token` was replaced by another long ago; all of them are revoked
    /// ([RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)).
    TokenRefreshTokenUsed = "token.refresh_token_used" waivable;
    /// `scope` is wider than what was granted
    /// ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    TokenScope = "token.scope" waivable;
    /// No access token came
    /// ([RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2)).
    UserInfoTokenMissing = "userinfo.token_missing" always;
    /// The access token is none of this provider's, too old, or revoked.
    UserInfoToken = "userinfo.token" always;
    /// The request does not say what it is from, and this provider wants to know.
    UserInfoUserAgent = "userinfo.user_agent" waivable;
    /// None of the scopes was granted that this needs.
    UserInfoScope = "userinfo.scope" waivable;
    /// No token came to ask about.
    TokenInfoTokenMissing = "tokeninfo.token_missing" always;
    /// The token is none of this provider's, too old, or revoked.
    TokenInfoToken = "tokeninfo.token" always;
    /// No `token` came
    /// ([RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)).
    RevocationTokenMissing = "revocation.token_missing" always;
    /// `token` is none that could be revoked.
    RevocationToken = "revocation.token" waivable;
    /// `token` was issued to another client.
    RevocationTokenClient = "revocation.token_client" waivable;
    /// `id_token_hint` is no ID token that this provider issued
    /// ([RP-Initiated Logout 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)).
    EndSessionIdTokenHint = "end_session.id_token_hint" waivable;
    /// `client_id` is unknown, or not the one `id_token_hint` was for.
    EndSessionClient = "end_session.client" always;
    /// `post_logout_redirect_uri` is not registered for this client
    /// ([RP-Initiated Logout 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout)).
    EndSessionPostLogoutRedirectUri = "end_session.post_logout_redirect_uri" waivable;
    /// Nobody has this picture.
    PicturePersona = "picture.persona" always;
    /// Nothing is at this path.
    RequestPath = "request.path" always;
    /// Something is at this path, and it does not take this method.
    RequestMethod = "request.method" always;
    /// The body is larger than any request of a login.
    RequestSize = "request.size" always;
    /// The endpoint is advertised, and this provider does not do it yet.
    RequestNotBuilt = "request.not_built" always;
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// [`Tenant::try_waive`](crate::Tenant::try_waive) was asked for a check that the provider cannot
/// go on without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the check {0} cannot be waived: the provider could not go on without it")]
pub struct NotWaivable(pub Check);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_what_data_uses() {
        let names: HashSet<_> = Check::ALL.iter().map(|check| check.name()).collect();
        assert_eq!(names.len(), Check::ALL.len());
        for check in Check::ALL {
            let written = serde_json::to_string(check).unwrap();
            assert_eq!(written, format!("{:?}", check.name()));
        }
    }
}
