//! A login, from the redirect to the provider to the identity: the authorization code flow with
//! state, nonce and PKCE ([OpenID Connect Core
//! 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth), [RFC
//! 7636](https://www.rfc-editor.org/rfc/rfc7636)).

mod api;
mod callback;
mod exchange;
#[cfg(test)]
mod tests;
mod token_response;

pub(crate) use callback::Callback;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    LoginError,
    clock::Clock,
    config::Allow,
    error::cut,
    http::Http,
    identity::{Identity, Tokens, text},
    provider::{Metadata, Provider},
    random::Random,
    verify::{Expected, SignedToken, TokenError, verify},
};
use exchange::Client;

/// What is asked for: who it is, and the name, picture and address to show.
const SCOPES: [&str; 2] = ["email", "profile"];

/// What a login needs from around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) redirect_uri: &'a Url,
    pub(crate) http: &'a Http,
    pub(crate) clock: &'a Clock,
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
        let code = authorization_code(callback, &self.provider.preset().cancelled)?;
        let client = Client::new(self.provider, &metadata, self.redirect_uri)?;
        let response = client
            .exchange(self.http, code, pending.code_verifier)
            .await?;
        let tokens = Tokens {
            access_token: response.access_token.into_secret(),
            id_token: response.id_token,
            refresh_token: response
                .refresh_token
                .map(openidconnect::RefreshToken::into_secret),
            expires_at: response
                .expires_in
                .map(|seconds| self.clock.unix_seconds().saturating_add(seconds)),
        };
        let identity = match &self.provider.preset().oauth {
            Some(oauth) => self.ask_api(oauth, &metadata, tokens).await?,
            None => self.identify(&metadata, tokens, &pending.nonce).await?,
        };
        self.let_in(identity)
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

    async fn identify(
        &self,
        metadata: &Metadata,
        tokens: Tokens,
        nonce: &str,
    ) -> Result<Identity, LoginError> {
        let now = self.clock.unix_seconds();
        let token = tokens.id_token.as_deref().ok_or(TokenError::Missing)?;
        let token = SignedToken::parse(token)?;
        let (algorithm, kid) = (token.algorithm, token.kid.as_deref());
        let keys = self
            .provider
            .keys_for(self.http, metadata, algorithm, kid, now)
            .await?;
        let expected = Expected {
            issuer: &metadata.issuer,
            issuer_aliases: self.provider.issuer_aliases(&metadata.issuer),
            directory: self.provider.preset().directory.as_deref(),
            algorithms: &metadata.id_token_algorithms,
            client_id: &self.provider.config.client_id,
            nonce,
            echoes_nonce: self.provider.preset().echoes_nonce,
            access_token: &tokens.access_token,
            acr_values: &self.provider.config.asked.acr_values,
            max_age: self.provider.config.asked.max_age,
            now,
        };
        let claims = verify(&token, &keys, &expected)?;
        let subject = text(&claims, "sub").unwrap_or_default().to_owned();
        Ok(Identity {
            issuer: expected.issuer_for(&claims).into_owned(),
            subject,
            claims,
            tokens,
        })
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
