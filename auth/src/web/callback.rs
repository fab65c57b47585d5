//! The path of `redirect_uri`: the visitor comes back from the provider.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::HeaderMap;

use super::{Auth, HOME, User, redirect::redirect_with_cookie, refusal};
use crate::{
    LoginError,
    flow::{Callback, Pending},
    provider::Provider,
    session::IdHash,
};

/// `GET` of the path of `redirect_uri`.
pub(super) async fn finish(
    State(auth): State<Auth>,
    user: User,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if refusal::is_prefetch(&headers) {
        return refusal::prefetch();
    }
    let found = find(&auth, &query.unwrap_or_default(), &headers).await;
    let (provider, callback, pending) = match found {
        Ok(found) => found,
        Err(error) => return refusal::login(&auth, &user, None, &error),
    };
    let next = pending.next.clone();
    let next = next.as_deref().unwrap_or(HOME);
    match log_in(&auth, provider, callback, pending, user.session_id()).await {
        Ok(cookie) => redirect_with_cookie(next, auth.0.cookies.session.set(&cookie)),
        Err(error) => refusal::login(&auth, &user, Some(provider), &error),
    }
}

/// The login that this callback belongs to, taken for good.
async fn find<'a>(
    auth: &'a Auth,
    query: &str,
    headers: &HeaderMap,
) -> Result<(&'a Provider, Callback, Pending), LoginError> {
    let callback = Callback::parse(query)?;
    let browser = auth.0.cookies.pending.values(headers);
    let state = callback.state.as_deref();
    let pending = auth.0.sessions.take_pending(state, &browser).await?;
    match auth.provider(&pending.provider) {
        Some(provider) => Ok((provider, callback, pending)),
        None => Err(LoginError::UnknownProvider {
            name: pending.provider,
        }),
    }
}

/// Finishes the login and begins a session in place of the one there was; the answer is its
/// cookie's value.
async fn log_in(
    auth: &Auth,
    provider: &Provider,
    callback: Callback,
    pending: Pending,
    previous: Option<IdHash>,
) -> Result<String, LoginError> {
    let identity = auth.flow(provider).finish(callback, pending).await?;
    let sessions = &auth.0.sessions;
    let cookie = sessions.begin(provider.name(), identity, previous).await?;
    tracing::info!(provider = provider.name(), "login finished");
    Ok(cookie)
}
