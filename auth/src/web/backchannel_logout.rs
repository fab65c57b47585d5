//! `POST /auth/backchannel-logout`: the provider says who has logged out there
//! ([Back-Channel Logout 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)).

use axum::{
    extract::{RawForm, State, rejection::RawFormRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Auth;
use crate::{
    LoginError,
    error::cut,
    identity::text,
    page::{Allowed, headers},
    provider::Provider,
    session::{IdHash, Session, StoreError},
    verify::{
        ExpectedLogout, Kind, LogoutToken, LogoutTokenError, SignedToken, TokenError,
        verify_logout_token,
    },
};

/// Why nothing was ended.
enum Refusal {
    /// The request is none: 400.
    Request(&'static str),
    /// The token is none that ends anything: 400.
    Token(LogoutTokenError),
    /// It could not be judged, or nothing could be ended: 400 as well, which providers send again.
    Failed(LoginError),
}

impl From<LogoutTokenError> for Refusal {
    fn from(error: LogoutTokenError) -> Self {
        Self::Token(error)
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self::Token(error.into())
    }
}

impl From<LoginError> for Refusal {
    fn from(error: LoginError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// No cookie comes with it and no origin: what counts is the signature.
pub(super) async fn end(
    State(auth): State<Auth>,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    match try_end(&auth, form).await {
        Ok(count) => {
            tracing::info!(
                count,
                "sessions ended: the provider says that they are over"
            );
            (StatusCode::OK, headers(Allowed::NOTHING)).into_response()
        }
        Err(refusal) => refused(&refusal),
    }
}

async fn try_end(auth: &Auth, form: Result<RawForm, RawFormRejection>) -> Result<usize, Refusal> {
    let form = form.map_err(|_| Refusal::Request("it is no form of a sane size"))?;
    let token = logout_token(&form.0)?;
    let token = SignedToken::parse(&token, Kind::LogoutToken)?;
    let (provider, verified) = verified(auth, &token).await?;
    let sessions = &auth.0.sessions;
    let (issuer, jti) = (&verified.issuer, &verified.jti);
    let until = verified
        .expires_at
        .saturating_add(auth.flow(provider).leeway);
    if !sessions.note_jti(issuer, jti, until).await? {
        return Err(LogoutTokenError::Replay.into());
    }
    let ids = meant(auth, provider, &verified).await?;
    sessions.end(&ids).await?;
    Ok(ids.len())
}

/// The one parameter; others are left alone.
fn logout_token(form: &[u8]) -> Result<String, Refusal> {
    let mut tokens = form_urlencoded::parse(form)
        .filter(|(name, _)| name == "logout_token")
        .map(|(_, value)| value.into_owned());
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => Ok(token),
        (None, _) => Err(Refusal::Request("logout_token is missing")),
        (Some(_), Some(_)) => Err(Refusal::Request("logout_token stands there twice")),
    }
}

/// By which of the providers it is, and what it says.
async fn verified<'a>(
    auth: &'a Auth,
    token: &SignedToken<'_>,
) -> Result<(&'a Provider, LogoutToken), Refusal> {
    let claims = token.unverified_claims().unwrap_or_default();
    let named = text(&claims, "iss").unwrap_or_default();
    let mut refusal = LogoutTokenError::UnknownIssuer(cut(named)).into();
    for provider in auth
        .providers()
        .iter()
        .filter(|provider| provider.may_be(named))
    {
        let flow = auth.flow(provider);
        let metadata = match provider
            .metadata(flow.http, flow.clock.unix_seconds())
            .await
        {
            Ok(metadata) => metadata,
            // It may be another provider that is down.
            Err(error) => {
                refusal = Refusal::Failed(error);
                continue;
            }
        };
        let expected = ExpectedLogout {
            issuer: &metadata.issuer,
            issuer_aliases: provider.issuer_aliases(&metadata.issuer),
            directory: provider.preset().directory.as_deref(),
            algorithms: &metadata.id_token_algorithms,
            client_id: &provider.config.client_id,
            time: flow.time(),
        };
        if metadata.jwks_uri.is_none() || !expected.is_issuer(&claims) {
            continue;
        }
        let keys = flow.keys_for(&metadata, token).await?;
        match verify_logout_token(token, &keys, &expected) {
            Ok(verified) => return Ok((provider, verified)),
            // The same provider may be configured twice, for two clients.
            Err(error) => refusal = error.into(),
        }
    }
    Err(refusal)
}

/// The sessions that began at this provider: the one that `sid` names, else all of the account.
async fn meant(
    auth: &Auth,
    provider: &Provider,
    token: &LogoutToken,
) -> Result<Vec<IdHash>, Refusal> {
    let store = auth.0.sessions.store();
    let found = match (&token.sid, &token.subject) {
        (Some(sid), _) => store.find_by_sid(&token.issuer, sid).await?,
        (None, Some(subject)) => store.find_by_subject(&token.issuer, subject).await?,
        (None, None) => Vec::new(),
    };
    let is_meant = |session: &Session| {
        session.provider == provider.name()
            && token
                .subject
                .as_ref()
                .is_none_or(|subject| *subject == session.subject)
    };
    let meant = found.iter().filter(|session| is_meant(session));
    Ok(meant.map(|session| session.id).collect())
}

/// [2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse).
fn refused(refusal: &Refusal) -> Response {
    let (reason, detail) = match refusal {
        Refusal::Request(detail) => ("logout.request".to_owned(), (*detail).to_owned()),
        Refusal::Token(error) => (error.reason(), error.to_string()),
        Refusal::Failed(error) => (error.reason().to_owned(), error.to_string()),
    };
    tracing::warn!(reason, detail, "a logout by the provider was refused");
    let body: Value = json!({"error": "invalid_request", "error_description": reason});
    let answer = (
        StatusCode::BAD_REQUEST,
        headers(Allowed::NOTHING),
        body.to_string(),
    );
    let mut response = answer.into_response();
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
