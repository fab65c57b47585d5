//! `/auth/login`: sends the visitor to a provider.

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::{
    Auth, LOGIN, User, canonical,
    redirect::{redirect, redirect_with_cookie},
    refusal,
};
use crate::{LoginError, config::DEFAULT_PROVIDER, error::cut, provider::Provider};

/// What stands in a path as it is.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A redirect that begins a login.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Login {
    url: String,
}

impl Login {
    pub(super) fn new(provider: &str) -> Self {
        Self { url: url(provider) }
    }
}

impl IntoResponse for Login {
    fn into_response(self) -> Response {
        redirect(&self.url)
    }
}

/// Where a login at this provider begins.
pub(super) fn url(provider: &str) -> String {
    // Browsers resolve these two as path segments, however they are written.
    if matches!(provider, "." | "..") {
        return format!("{LOGIN}?provider={provider}");
    }
    format!("{LOGIN}/{}", utf8_percent_encode(provider, IN_PATH))
}

/// `GET /auth/login?provider=NAME`; without a name it is the provider whose keys stand in `[auth]` itself.
pub(super) async fn by_query(
    State(auth): State<Auth>,
    user: User,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let name =
        parameters.find_map(|(name, value)| (name == "provider").then(|| value.into_owned()));
    let name = name.unwrap_or_else(|| DEFAULT_PROVIDER.to_owned());
    begin(&auth, &user, &name, &query, &headers).await
}

/// `GET /auth/login/NAME`
pub(super) async fn by_path(
    State(auth): State<Auth>,
    user: User,
    name: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    begin(&auth, &user, &name, &query.unwrap_or_default(), &headers).await
}

async fn begin(auth: &Auth, user: &User, name: &str, query: &str, headers: &HeaderMap) -> Response {
    let Some(provider) = auth.provider(name) else {
        let configured: Vec<&str> = auth.providers().iter().map(Provider::name).collect();
        tracing::warn!(?configured, "the URL of a login names another provider");
        let error = LoginError::UnknownProvider { name: cut(name) };
        return refusal::login(auth, user, None, &error);
    };
    if refusal::is_prefetch(headers) {
        return refusal::prefetch();
    }
    let redirect_uri = &auth.config().redirect_uri;
    if let Some(there) = canonical::elsewhere(redirect_uri, &url(name), query, headers) {
        return redirect(&there);
    }
    match send_to(auth, provider, headers).await {
        Ok(response) => response,
        Err(error) => refusal::login(auth, user, Some(provider), &error),
    }
}

async fn send_to(
    auth: &Auth,
    provider: &Provider,
    headers: &HeaderMap,
) -> Result<Response, LoginError> {
    let (url, pending) = auth.flow(provider).begin().await?;
    let cookie = &auth.0.cookies.pending;
    let browser = auth
        .0
        .sessions
        .put_pending(&pending, &cookie.values(headers))
        .await?;
    tracing::info!(provider = provider.name(), "login begun");
    Ok(redirect_with_cookie(url.as_str(), cookie.set(&browser)))
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn every_name_has_a_url() {
        let check = |name, expected| assert_eq!(url(name), expected);
        check("google", "/auth/login/google");
        check("my_idp-2.test", "/auth/login/my_idp-2.test");
        check("my idp", "/auth/login/my%20idp");
        check("a/b?c#d%\u{e4}", "/auth/login/a%2Fb%3Fc%23d%25%C3%A4");
        check("..", "/auth/login?provider=..");
    }
}
