//! `GET /auth/frontchannel-logout`: the provider's page of a logout frames it
//! ([Front-Channel Logout 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)).

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use url::{Url, form_urlencoded};

use super::Auth;
use crate::{
    page::{Allowed, headers},
    session::{Session, StoreError},
};

/// In a frame of another site no cookie comes with it. The session is known by the provider's own name for it,
/// which nobody else can guess; without both parameters nothing ends.
pub(super) async fn end(State(auth): State<Auth>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let (Some(issuer), Some(sid)) = (parameter(&query, "iss"), parameter(&query, "sid")) else {
        return answer(StatusCode::BAD_REQUEST, None);
    };
    match try_end(&auth, &issuer, &sid).await {
        Ok(is_known) => {
            let is_known = is_known || is_a_providers(&auth, &issuer).await;
            answer(StatusCode::OK, Some(issuer).filter(|_| is_known).as_deref())
        }
        Err(error) => {
            tracing::error!(%error, "a session could not be ended");
            answer(StatusCode::INTERNAL_SERVER_ERROR, None)
        }
    }
}

/// A parameter that stands there once.
fn parameter(query: &str, wanted: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
    let (_, value) = found.next()?;
    let is_only = found.next().is_none() && !value.is_empty();
    is_only.then(|| value.into_owned())
}

/// Ends the session that it names. The answer is whether there was one, and so such an issuer.
async fn try_end(auth: &Auth, issuer: &str, sid: &str) -> Result<bool, StoreError> {
    let sessions = &auth.0.sessions;
    let found = sessions.store().find_by_sid(issuer, sid).await?;
    let is_configured = |session: &Session| auth.provider(&session.provider).is_some();
    let ids = found.iter().filter(|session| is_configured(session));
    let ids: Vec<_> = ids.map(|session| session.id).collect();
    sessions.end(&ids).await?;
    if !ids.is_empty() {
        tracing::info!(
            count = ids.len(),
            "sessions ended: the provider's page says that they are over"
        );
    }
    Ok(!ids.is_empty())
}

/// Whether it is the issuer of a configured provider.
async fn is_a_providers(auth: &Auth, issuer: &str) -> bool {
    let candidates = auth.providers().iter();
    for provider in candidates.filter(|provider| provider.may_be(issuer)) {
        let metadata = provider
            .metadata(&auth.0.http, auth.0.clock.unix_seconds())
            .await;
        if metadata.is_ok_and(|metadata| metadata.issuer == issuer) {
            return true;
        }
    }
    false
}

/// An empty answer, which the issuer may frame.
fn answer(status: StatusCode, issuer: Option<&str>) -> Response {
    let origin = issuer.and_then(|issuer| Url::parse(issuer).ok());
    let origin = origin.map(|issuer| issuer.origin().ascii_serialization());
    let allowed = Allowed {
        framed_by: origin.as_deref(),
        ..Allowed::NOTHING
    };
    (status, headers(allowed)).into_response()
}
