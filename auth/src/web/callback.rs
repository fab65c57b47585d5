//! The path of `redirect_uri`: the visitor comes back from the provider.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::HeaderMap;

use super::{
    Auth, User, end_session,
    redirect::{redirect, redirect_with_cookie},
    refusal,
    unattended::to_its_end,
};
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
    finish_with(&auth, &user, &query.unwrap_or_default(), &headers).await
}

/// The same with the provider's answer, however it came.
pub(super) async fn finish_with(
    auth: &Auth,
    user: &User,
    answer: &str,
    headers: &HeaderMap,
) -> Response {
    let callback = match Callback::parse(answer) {
        // Streamlit's apps have registered this address for the way back from a logout as well.
        Ok(callback) if is_logged_out(&callback) => {
            return redirect(&auth.config().settings.after_logout);
        }
        Ok(callback) => callback,
        Err(error) => return refusal::login(auth, user, None, &error).await,
    };
    let (provider, pending) = match find(auth, &callback, headers).await {
        Ok(found) => found,
        Err(error) => return refusal::login(auth, user, None, &error).await,
    };
    let next = pending.next.clone();
    let next = next
        .as_deref()
        .unwrap_or(&auth.config().settings.after_login);
    let previous = user.session_id();
    let work = log_in(auth.clone(), callback, pending, previous);
    match to_its_end(work).await {
        Ok(cookie) => redirect_with_cookie(next, auth.0.cookies.session.set(&cookie)),
        Err(error) => refusal::login(auth, user, Some(provider), &error).await,
    }
}

/// Whether it is an answer to a logout, and not to a login.
fn is_logged_out(callback: &Callback) -> bool {
    callback.code.is_none()
        && callback.error.is_none()
        && callback.iss.is_none()
        && end_session::is_return(callback.state.as_deref())
}

/// The login that this callback belongs to, taken for good.
async fn find<'a>(
    auth: &'a Auth,
    callback: &Callback,
    headers: &HeaderMap,
) -> Result<(&'a Provider, Pending), LoginError> {
    let browser = auth.0.cookies.pending.values(headers);
    let state = callback.state.as_deref();
    let pending = auth.0.sessions.take_pending(state, &browser).await?;
    Ok((provider_of(auth, &pending)?, pending))
}

fn provider_of<'a>(auth: &'a Auth, pending: &Pending) -> Result<&'a Provider, LoginError> {
    let unknown = || LoginError::UnknownProvider {
        name: pending.provider.clone(),
    };
    auth.provider(&pending.provider).ok_or_else(unknown)
}

/// Finishes the login and begins a session in place of the one there was; the answer is its
/// cookie's value.
async fn log_in(
    auth: Auth,
    callback: Callback,
    pending: Pending,
    previous: Option<IdHash>,
) -> Result<String, LoginError> {
    let provider = provider_of(&auth, &pending)?;
    let identity = auth.flow(provider).finish(callback, pending).await?;
    let sessions = &auth.0.sessions;
    let (issuer, subject) = (identity.issuer.clone(), identity.subject.clone());
    let is_first = sessions.store().note_account(&issuer, &subject).await?;
    let (cookie, opened) = sessions.begin(provider.name(), identity, previous).await?;
    tracing::info!(provider = provider.name(), "login finished");
    let user = auth.user(opened);
    if is_first {
        auth.0.hooks.first_login(&user).await;
    }
    auth.0.hooks.login(&user).await;
    Ok(cookie)
}
