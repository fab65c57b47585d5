//! [`Client`]: the requests of a login, as `openidconnect` makes them over this crate's HTTP
//! client.

use std::pin::Pin;

use openidconnect::{
    AsyncHttpClient, AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret,
    CsrfToken, EmptyAdditionalClaims, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IssuerUrl, JsonWebKeySet, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, Scope,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    },
};
use url::Url;

use super::{SCOPES, token_response::TokenResponse};
use crate::{
    LoginError,
    config::{Asked, ClientAuthentication, ProviderConfig},
    error::cut,
    http::Http,
    json,
    provider::{Metadata, Preset, Provider},
};

/// The parameter that says how the answer comes.
const MODE: &str = "response_mode";

/// The crate's client with this crate's token response, in which the ID token stays a string, and
/// with the two endpoints known.
type OpenIdClient = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    openidconnect::StandardErrorResponse<CoreErrorResponseType>,
    TokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// This app as a client of one provider.
pub(super) struct Client<'p> {
    config: &'p ProviderConfig,
    preset: &'static Preset,
    asked: &'p Asked,
    openid: OpenIdClient,
    token_endpoint: Url,
    issuer: String,
}

/// For what one asks the token endpoint.
pub(super) enum Grant<'g> {
    /// [Core 3.1.3.1](https://openid.net/specs/openid-connect-core-1_0.html#TokenRequest): the code for the
    /// tokens. It is sent once: a code is good for one request, whatever comes of it.
    Code { code: String, code_verifier: String },
    /// [Core 12.1](https://openid.net/specs/openid-connect-core-1_0.html#RefreshingAccessToken): new tokens, for
    /// no other scopes than those that were granted.
    Refresh { refresh_token: &'g str },
}

impl<'p> Client<'p> {
    pub(super) fn new(
        provider: &'p Provider,
        metadata: &Metadata,
        redirect_uri: &Url,
    ) -> Result<Self, LoginError> {
        let issuer =
            IssuerUrl::new(metadata.issuer.clone()).map_err(|error| LoginError::Metadata {
                detail: format!("issuer: {error}"),
            })?;
        // RFC 8414 2: without a list it is `client_secret_basic`.
        let unsaid = if provider.preset().secret_in_body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        };
        let config = &provider.config;
        let said = metadata.client_authentication.clone().unwrap_or(unsaid);
        let auth_type = match config.asked.client_authentication {
            Some(ClientAuthentication::Basic) => AuthType::BasicAuth,
            Some(ClientAuthentication::Post | ClientAuthentication::PrivateKeyJwt) => {
                AuthType::RequestBody
            }
            Some(ClientAuthentication::None) | None => said,
        };
        let client_id = ClientId::new(config.client_id.clone());
        let mut client = openidconnect::Client::new(client_id, issuer, JsonWebKeySet::default());
        if let Some(secret) = &config.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        let client = client
            .set_auth_type(auth_type)
            .set_auth_uri(metadata.authorization_endpoint.clone())
            .set_token_uri(metadata.token_endpoint.clone())
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        // A provider without OpenID has scopes of its own.
        let client = match provider.preset().oauth {
            Some(_) => client.disable_openid_scope(),
            None => client,
        };
        Ok(Self {
            config,
            preset: provider.preset(),
            asked: &config.asked,
            openid: client,
            token_endpoint: metadata.token_endpoint.url().clone(),
            issuer: metadata.issuer.clone(),
        })
    }

    /// [Core 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest): the
    /// authentication request. The account is chosen anew each time, so that a shared computer does
    /// not log the last visitor in, unless the configuration has another `prompt`.
    pub(super) fn authorization_url(&self, state: &str, nonce: &str, code_verifier: &str) -> Url {
        let (state, nonce) = (
            CsrfToken::new(state.to_owned()),
            Nonce::new(nonce.to_owned()),
        );
        let verifier = PkceCodeVerifier::new(code_verifier.to_owned());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let scopes: Vec<&str> = match (&self.asked.scopes, &self.preset.oauth) {
            (Some(scopes), Some(_)) => scopes.iter().map(String::as_str).collect(),
            // This one is there without a word.
            (Some(scopes), None) => {
                let scopes = scopes.iter().map(String::as_str);
                scopes.filter(|scope| *scope != "openid").collect()
            }
            (None, Some(oauth)) => oauth.scopes.iter().map(String::as_str).collect(),
            (None, None) => match &self.preset.scopes {
                Some(scopes) => scopes.iter().map(String::as_str).collect(),
                None => SCOPES.to_vec(),
            },
        };
        let mut request = self
            .openid
            .authorize_url(flow, || state, || nonce)
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())));
        if self.asked.parameter("prompt").is_none() {
            request = request.add_prompt(CoreAuthPrompt::SelectAccount);
        }
        if let (Some(mode), None) = (&self.preset.response_mode, self.asked.parameter(MODE)) {
            request = request.add_extra_param(MODE, mode);
        }
        for (name, value) in &self.asked.parameters {
            request = request.add_extra_param(name, value);
        }
        if self.preset.takes_code_challenge {
            let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
            request = request.set_pkce_challenge(challenge);
        }
        request.url().0
    }

    /// What the token endpoint gives for it. `now` and `jti` are for the statement of a client that signs one.
    pub(super) async fn exchange(
        self,
        http: &Http,
        grant: Grant<'_>,
        now: i64,
        jti: &str,
    ) -> Result<TokenResponse, LoginError> {
        let endpoint = TokenEndpoint {
            http,
            url: &self.token_endpoint,
        };
        let statement = self.statement(now, jti)?;
        let openid = match (&statement, self.is_secret_signed()) {
            (Some(secret), true) => {
                let secret = ClientSecret::new(secret.clone());
                self.openid.clone().set_client_secret(secret)
            }
            _ => self.openid.clone(),
        };
        let assertion = statement.filter(|_| !self.is_secret_signed());
        let assertion = assertion.iter().flat_map(|statement| {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            [
                ("client_assertion_type", kind),
                ("client_assertion", statement),
            ]
        });
        let answer = match grant {
            Grant::Code {
                code,
                code_verifier,
            } => {
                let mut request = openid.exchange_code(AuthorizationCode::new(code));
                if self.preset.takes_code_challenge {
                    request = request.set_pkce_verifier(PkceCodeVerifier::new(code_verifier));
                }
                for (name, value) in assertion {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(&endpoint).await
            }
            Grant::Refresh { refresh_token } => {
                let refresh_token = RefreshToken::new(refresh_token.to_owned());
                let mut request = openid.exchange_refresh_token(&refresh_token);
                for (name, value) in assertion {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(&endpoint).await
            }
        };
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::Parse(error, _) => self.unreadable(error.inner()),
            RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => self.empty(),
        })
    }

    /// Whether what the client's key signs passes as its secret; else it is an assertion.
    fn is_secret_signed(&self) -> bool {
        self.preset.signs_secret && self.asked.client_authentication.is_none()
    }

    /// What the client's key signs, where it has one: for the token endpoint
    /// ([Core 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)), or as a secret for the
    /// issuer.
    fn statement(&self, now: i64, jti: &str) -> Result<Option<String>, LoginError> {
        let Some(key) = &self.config.client_key else {
            return Ok(None);
        };
        let audience = if self.is_secret_signed() {
            self.issuer.as_str()
        } else {
            self.token_endpoint.as_str()
        };
        let statement = key.statement(&self.config.client_id, audience, now, jti);
        let failed = || LoginError::ClientKey;
        statement.ok_or_else(failed).map(Some)
    }

    fn unreadable(&self, error: &serde_json::Error) -> LoginError {
        let detail = cut(&error.to_string());
        if error.is_data() {
            return LoginError::TokenResponse { detail };
        }
        LoginError::NotJson {
            url: self.token_endpoint.to_string(),
            detail,
        }
    }

    /// What is left for the crate to complain of, once a response is a success without a content
    /// type.
    fn empty(&self) -> LoginError {
        LoginError::NotJson {
            url: self.token_endpoint.to_string(),
            detail: "it is empty".to_owned(),
        }
    }
}

/// The token endpoint, as `openidconnect` sends requests to it.
struct TokenEndpoint<'a> {
    http: &'a Http,
    url: &'a Url,
}

impl<'c> AsyncHttpClient<'c> for TokenEndpoint<'_> {
    type Error = LoginError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, LoginError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { refuse_errors(self.url, self.http.send(request).await?) })
    }
}

/// Lets only a success without `error` through to the crate ([RFC 6749
/// 5](https://www.rfc-editor.org/rfc/rfc6749#section-5)). The content type goes: a body is judged
/// by what it is, so that an HTML page and JSON under a wrong label are each called what they are.
fn refuse_errors(url: &Url, mut response: HttpResponse) -> Result<HttpResponse, LoginError> {
    let status = response.status().as_u16();
    let members = json::from_slice::<json::Object>(response.body())
        .ok()
        .map(|json::Object(members)| members);
    let text = |name: &str| members.as_ref()?.get(name)?.as_str().map(cut);
    let says_error = members
        .as_ref()
        .is_some_and(|members| members.contains_key("error"));
    match status {
        200 | 400..=499 if says_error => Err(LoginError::TokenError {
            error: text("error").unwrap_or_else(|| "not a string".to_owned()),
            description: text("error_description"),
        }),
        200 => {
            response.headers_mut().remove(http::header::CONTENT_TYPE);
            Ok(response)
        }
        status => Err(LoginError::ProviderStatus {
            url: url.to_string(),
            status,
        }),
    }
}
