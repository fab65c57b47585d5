//! A login, from the redirect to the provider to the identity: the authorization code flow with
//! state, nonce and PKCE ([OpenID Connect Core
//! 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth), [RFC
//! 7636](https://www.rfc-editor.org/rfc/rfc7636)).

mod api;
mod callback;
mod exchange;
mod refresh;
#[cfg(test)]
mod tests;
mod token_response;
mod userinfo;

pub(crate) use callback::Callback;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    LoginError,
    clock::Clock,
    config::Allow,
    error::cut,
    http::Http,
    identity::{Identity, Tokens, text},
    provider::{KeySet, Metadata, Provider},
    random::Random,
    verify::{Expected, Kind, Nonce, SignedToken, Time, TokenError, verify},
};
use exchange::{Client, Grant};
pub(crate) use refresh::Known;
use token_response::TokenResponse;

/// What is asked for: who it is, and the name, picture and address to show.
const SCOPES: [&str; 2] = ["email", "profile"];

/// What a login needs from around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) redirect_uri: &'a Url,
    pub(crate) http: &'a Http,
    pub(crate) clock: &'a Clock,
    /// How far the provider's clock may be away, in seconds.
    pub(crate) leeway: i64,
    pub(crate) random: &'a Random,
}

/// A login that has been begun: what has to be remembered until the visitor comes back. It has no
/// `Debug`, since the nonce and the verifier are secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The provider's name in the configuration.
    pub(crate) provider: String,
    /// RFC 6749 10.12: names this login in the callback.
    pub(crate) state: String,
    nonce: String,
    code_verifier: String,
    issuer: String,
    /// The page of the app to go to afterwards; without, it is the start page.
    #[serde(default)]
    pub(crate) next: Option<String>,
}

impl Flow<'_> {
    /// The provider's page to send the visitor to, and what to remember meanwhile.
    ///
    /// # Errors
    /// The provider's metadata cannot be had.
    pub(crate) async fn begin(&self) -> Result<(Url, Pending), LoginError> {
        let metadata = self
            .provider
            .metadata(self.http, self.clock.unix_seconds())
            .await?;
        let pending = Pending {
            provider: self.provider.name().to_owned(),
            state: self.random.token(),
            nonce: self.random.token(),
            code_verifier: self.random.token(),
            issuer: metadata.issuer.clone(),
            next: None,
        };
        let client = Client::new(self.provider, &metadata, self.redirect_uri)?;
        let url = client.authorization_url(&pending.state, &pending.nonce, &pending.code_verifier);
        Ok((url, pending))
    }

    /// Who came back. The caller has already found `pending` by the callback's state and this browser, and will not
    /// do so a second time.
    ///
    /// # Errors
    /// Whatever the callback, the token response and the ID token are refused for.
    pub(crate) async fn finish(
        &self,
        callback: Callback,
        pending: Pending,
    ) -> Result<Identity, LoginError> {
        let metadata = self
            .provider
            .metadata(self.http, self.clock.unix_seconds())
            .await?;
        check_issuer(&callback, &metadata, &pending)?;
        let user = callback.user.clone();
        let code = authorization_code(callback, &self.provider.preset().cancelled)?;
        let grant = Grant::Code {
            code,
            code_verifier: pending.code_verifier,
        };
        let tokens = self.tokens(&metadata, grant).await?;
        let identity = if let Some(oauth) = &self.provider.preset().oauth {
            self.ask_api(oauth, &metadata, tokens).await?
        } else {
            let mut identity = self.identify(&metadata, tokens, pending.nonce).await?;
            if self.provider.preset().name_in_callback {
                add_name(&mut identity.claims, user.as_deref());
            }
            self.complete(&metadata, identity).await?
        };
        self.let_in(identity)
    }

    /// What the token endpoint gives for it.
    async fn tokens(&self, metadata: &Metadata, grant: Grant<'_>) -> Result<Tokens, LoginError> {
        let client = Client::new(self.provider, metadata, self.redirect_uri)?;
        let (now, jti) = (self.clock.unix_seconds(), self.random.token());
        let response: TokenResponse = client.exchange(self.http, grant, now, &jti).await?;
        Ok(Tokens {
            access_token: response.access_token.into_secret(),
            id_token: response.id_token,
            refresh_token: response
                .refresh_token
                .map(openidconnect::RefreshToken::into_secret),
            expires_at: response
                .expires_in
                .map(|seconds| self.clock.unix_seconds().saturating_add(seconds)),
            nonce: None,
        })
    }

    /// Whether the configuration is for them.
    fn let_in(&self, identity: Identity) -> Result<Identity, LoginError> {
        let domain_claim = self.provider.preset().domain_claim.as_deref();
        let admits = |allow: &Allow| allow.admits(&identity.claims, domain_claim);
        if self.provider.config.allow.as_ref().is_none_or(admits) {
            return Ok(identity);
        }
        Err(LoginError::NotAllowed {
            issuer: cut(&identity.issuer),
            subject: cut(&identity.subject),
        })
    }

    /// Whom the ID token is about, which has to come with the tokens of a login.
    async fn identify(
        &self,
        metadata: &Metadata,
        tokens: Tokens,
        nonce: String,
    ) -> Result<Identity, LoginError> {
        let token = tokens.id_token.as_deref().ok_or(TokenError::Missing)?;
        let expected = Expected {
            nonce: if self.provider.preset().echoes_nonce {
                Nonce::Is(&nonce)
            } else {
                Nonce::IsIfThere(&nonce)
            },
            acr_values: &self.provider.config.asked.acr_values,
            max_age: self.provider.config.asked.max_age,
            ..self.expected(metadata, &tokens.access_token)
        };
        let claims = self.verified_claims(metadata, token, &expected).await?;
        let subject = text(&claims, "sub").unwrap_or_default().to_owned();
        Ok(Identity {
            issuer: expected.issuer_for(&claims).into_owned(),
            subject,
            claims,
            end_session_endpoint: metadata.end_session_endpoint.clone(),
            tokens: Tokens {
                nonce: Some(nonce),
                ..tokens
            },
        })
    }

    /// What every ID token of this provider has to say, with any nonce.
    fn expected<'e>(&'e self, metadata: &'e Metadata, access_token: &'e str) -> Expected<'e> {
        Expected {
            issuer: &metadata.issuer,
            issuer_aliases: self.provider.issuer_aliases(&metadata.issuer),
            directory: self.provider.preset().directory.as_deref(),
            algorithms: &metadata.id_token_algorithms,
            client_id: &self.provider.config.client_id,
            nonce: Nonce::IsIfThere(""),
            access_token,
            acr_values: &[],
            max_age: None,
            time: self.time(),
        }
    }

    pub(crate) fn time(&self) -> Time {
        Time {
            now: self.clock.unix_seconds(),
            leeway: self.leeway,
        }
    }

    async fn verified_claims(
        &self,
        metadata: &Metadata,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Map<String, Value>, LoginError> {
        let token = SignedToken::parse(token, Kind::IdToken)?;
        let keys = self.keys_for(metadata, &token).await?;
        Ok(verify(&token, &keys, expected)?)
    }

    /// The provider's keys, among them the one that is said to have signed the token.
    pub(crate) async fn keys_for(
        &self,
        metadata: &Metadata,
        token: &SignedToken<'_>,
    ) -> Result<Arc<KeySet>, LoginError> {
        let (algorithm, kid) = (token.algorithm, token.kid.as_deref());
        let now = self.clock.unix_seconds();
        self.provider
            .keys_for(self.http, metadata, algorithm, kid, now)
            .await
    }
}

/// What a name may have beside a code, as Apple sends it: `{"name": {"firstName": .., "lastName": ..}}`. It
/// only fills in what the ID token does not say, and a name is nothing that gives a right.
fn add_name(claims: &mut Map<String, Value>, user: Option<&str>) {
    let parsed = user.and_then(|user| serde_json::from_str::<Value>(user).ok());
    for (claim, member) in [("given_name", "firstName"), ("family_name", "lastName")] {
        let part = parsed
            .as_ref()
            .and_then(|user| user["name"][member].as_str());
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            claims.entry(claim).or_insert_with(|| cut(part).into());
        }
    }
}

/// [RFC 9207 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4): a response from another
/// issuer than the one the login was begun at is a mix-up attack. It comes before the error, which
/// may be the other issuer's as well. An error that does not say where it comes from is believed:
/// some providers promise `iss` and leave it out there, and an error carries nothing to steal.
fn check_issuer(
    callback: &Callback,
    metadata: &Metadata,
    pending: &Pending,
) -> Result<(), LoginError> {
    let is_right = match &callback.iss {
        Some(iss) => *iss == pending.issuer,
        None => !metadata.says_issuer_in_responses || callback.error.is_some(),
    };
    if is_right && metadata.issuer == pending.issuer {
        return Ok(());
    }
    Err(LoginError::CallbackIssuer {
        expected: pending.issuer.clone(),
        found: callback.iss.as_deref().map(cut),
    })
}

/// [RFC 6749 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): an error, else a code.
fn authorization_code(callback: Callback, cancelled: &[String]) -> Result<String, LoginError> {
    match callback.error.as_deref() {
        Some("access_denied") => Err(LoginError::Denied),
        Some(error) if cancelled.iter().any(|it| it == error) => Err(LoginError::Denied),
        Some(error) => Err(LoginError::CallbackError {
            error: cut(error),
            description: callback.error_description.as_deref().map(cut),
        }),
        None => callback.code.ok_or(LoginError::CallbackCode),
    }
}
