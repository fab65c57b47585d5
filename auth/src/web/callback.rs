//! The path of `redirect_uri`: the visitor comes back from the provider.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, header::SET_COOKIE};

use super::{Auth, HOME, User, refusal};
use crate::{LoginError, flow::Callback, page, provider::Provider};

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
    let mut provider = None;
    match log_in(
        &auth,
        &user,
        &query.unwrap_or_default(),
        &headers,
        &mut provider,
    )
    .await
    {
        Ok(cookie) => welcome(&auth, &cookie),
        Err(error) => refusal::login(&auth, &user, provider, &error),
    }
}

/// Finishes the login and begins a session; the answer is its cookie's value. `provider` is for
/// whoever has to explain a failure.
async fn log_in<'a>(
    auth: &'a Auth,
    user: &User,
    query: &str,
    headers: &HeaderMap,
    provider: &mut Option<&'a Provider>,
) -> Result<String, LoginError> {
    let callback = Callback::parse(query)?;
    let sessions = &auth.0.sessions;
    let browser = auth.0.cookies.pending.values(headers);
    let pending = sessions
        .take_pending(callback.state.as_deref(), &browser)
        .await?;
    let unknown = || LoginError::UnknownProvider {
        name: pending.provider.clone(),
    };
    let found = auth.provider(&pending.provider).ok_or_else(unknown)?;
    *provider = Some(found);
    let identity = auth.flow(found).finish(callback, pending).await?;
    let cookie = sessions
        .begin(found.name(), identity, user.session_id())
        .await?;
    tracing::info!(provider = found.name(), "login finished");
    Ok(cookie)
}

fn welcome(auth: &Auth, cookie: &str) -> Response {
    let mut response = Redirect::to(HOME).into_response();
    response
        .headers_mut()
        .extend(page::headers(page::Pictures::None));
    response
        .headers_mut()
        .append(SET_COOKIE, auth.0.cookies.session.set(cookie));
    response
}
