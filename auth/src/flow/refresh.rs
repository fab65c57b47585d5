//! Refreshing: new tokens, and what they say now about the same account
//! ([Core 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens)).

use serde_json::{Map, Value};

use super::{Flow, Grant};
use crate::{
    LoginError,
    identity::{Identity, Tokens, text},
    provider::Metadata,
    verify::{Expected, Nonce, TokenError, time},
};

/// Whose session it is, as the login said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) claims: &'a Map<String, Value>,
}

/// What is kept of the last answer where a new one leaves it out. Whatever may give a right is not among it.
const KEPT: &[&str] = &[
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "nickname",
    "picture",
    "locale",
    "auth_time",
    "acr",
    "amr",
    "sid",
];

impl Flow<'_> {
    /// The same account with new tokens. Where the provider gives no new refresh token, the old one is good
    /// still; where it gives no ID token, what the last one said is.
    ///
    /// # Errors
    /// Whatever the token response and the ID token are refused for, and who is not let in any more.
    pub(crate) async fn refresh(
        &self,
        known: Known<'_>,
        old: &Tokens,
        refresh_token: &str,
    ) -> Result<Identity, LoginError> {
        let now = self.clock.unix_seconds();
        let metadata = self.provider.metadata(self.http, now).await?;
        let new = self
            .tokens(&metadata, Grant::Refresh { refresh_token })
            .await?;
        let id_token = new.id_token.clone();
        let mut identity = Identity {
            issuer: known.issuer.to_owned(),
            subject: known.subject.to_owned(),
            claims: known.claims.clone(),
            end_session_endpoint: metadata.end_session_endpoint.clone(),
            tokens: Tokens {
                refresh_token: new.refresh_token.or_else(|| Some(refresh_token.to_owned())),
                id_token: new.id_token.or_else(|| old.id_token.clone()),
                nonce: old.nonce.clone(),
                ..new
            },
        };
        if let Some(id_token) = id_token {
            identity.claims = self
                .same_account(&metadata, known, &identity.tokens, &id_token)
                .await?;
            identity = self.complete(&metadata, identity).await?;
            keep(&mut identity.claims, known.claims);
        }
        self.let_in(identity)
    }

    /// [Core 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse): the ID token is about
    /// the same account and the same login. Its `azp`, where it has one, is this client's as in every ID token.
    async fn same_account(
        &self,
        metadata: &Metadata,
        known: Known<'_>,
        tokens: &Tokens,
        id_token: &str,
    ) -> Result<Map<String, Value>, LoginError> {
        let nonce = tokens.nonce.as_deref().unwrap_or_default();
        let expected = Expected {
            nonce: Nonce::IsIfThere(nonce),
            ..self.expected(metadata, &tokens.access_token)
        };
        let claims = self.verified_claims(metadata, id_token, &expected).await?;
        let found = |name: &str| {
            claims
                .get(name)
                .map_or_else(|| "missing".to_owned(), Value::to_string)
        };
        if expected.issuer_for(&claims) != known.issuer {
            return Err(TokenError::Iss(found("iss")).into());
        }
        if text(&claims, "sub") != Some(known.subject) {
            return Err(TokenError::Sub(found("sub")).into());
        }
        let times = claims.get("auth_time").zip(known.claims.get("auth_time"));
        if times.is_some_and(|(new, old)| new != old) {
            return Err(TokenError::AuthTime(found("auth_time")).into());
        }
        // It is made anew: it cannot be older than the one before.
        if time(&claims, "iat") < time(known.claims, "iat") {
            return Err(TokenError::Iat(found("iat")).into());
        }
        Ok(claims)
    }
}

fn keep(claims: &mut Map<String, Value>, known: &Map<String, Value>) {
    for name in KEPT {
        if let Some(value) = known.get(*name) {
            claims.entry(*name).or_insert_with(|| value.clone());
        }
    }
    // An address is kept with what was said about it.
    if !claims.contains_key("email") {
        for name in ["email", "email_verified"] {
            claims.remove(name);
            if let Some(value) = known.get(name) {
                claims.insert(name.to_owned(), value.clone());
            }
        }
    }
}
