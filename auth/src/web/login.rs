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
use crate::{
    LoginError,
    config::own_page,
    error::cut,
    page::{ChooseLogin, LoginChoice},
    provider::Provider,
};

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
    pub(super) fn new(base_path: &str, provider: &str) -> Self {
        Self {
            url: url(base_path, provider),
        }
    }

    /// Comes back to this page of the app, a path with or without a query, and not to the start page.
    /// What leads to another site is no page of the app: the login ends on the start page then.
    pub fn back_to(self, page: &str) -> Self {
        Self {
            url: with_next(&self.url, page),
        }
    }
}

impl IntoResponse for Login {
    fn into_response(self) -> Response {
        redirect(&self.url)
    }
}

/// Where a login at this provider begins.
pub(super) fn url(base_path: &str, provider: &str) -> String {
    // Browsers resolve these two as path segments, however they are written.
    if matches!(provider, "." | "..") {
        return format!("{base_path}{LOGIN}?provider={provider}");
    }
    format!(
        "{base_path}{LOGIN}/{}",
        utf8_percent_encode(provider, IN_PATH)
    )
}

/// The same, to come back to this page of the app.
pub(super) fn with_next(url: &str, page: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!(
        "{url}{separator}next={}",
        utf8_percent_encode(page, IN_PATH)
    )
}

/// `GET /auth/login?provider=NAME`; without a name it is the only provider, else the one whose keys stand in
/// `[auth]` itself, else the visitor's choice.
pub(super) async fn by_query(
    State(auth): State<Auth>,
    user: User,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let named =
        parameters.find_map(|(name, value)| (name == "provider").then(|| value.into_owned()));
    let usual = || auth.usual_provider().map(|usual| usual.name().to_owned());
    match named.or_else(usual) {
        Some(name) => begin(&auth, &user, &name, &query, &headers).await,
        None => choose(&auth, &query),
    }
}

fn choose(auth: &Auth, query: &str) -> Response {
    let next = next(query);
    let url = |provider: &Provider| {
        let url = url(&auth.0.base_path, provider.name());
        next.as_ref()
            .map_or_else(|| url.clone(), |next| with_next(&url, next))
    };
    let choices = auth.providers().iter().map(|provider| LoginChoice {
        label: provider.label(),
        url: url(provider),
    });
    auth.choose_login_page(&ChooseLogin {
        choices: choices.collect(),
        home: &auth.home(),
    })
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
        return refusal::login(auth, user, None, &error).await;
    };
    if refusal::is_prefetch(headers) {
        return refusal::prefetch();
    }
    let redirect_uri = &auth.config().redirect_uri;
    let next = next(query);
    let here = url(&auth.0.base_path, name);
    let here = next
        .as_ref()
        .map_or_else(|| here.clone(), |next| with_next(&here, next));
    if let Some(there) = canonical::elsewhere(redirect_uri, &here, query, headers) {
        return redirect(&there);
    }
    match send_to(auth, provider, next, headers).await {
        Ok(response) => response,
        Err(error) => refusal::login(auth, user, Some(provider), &error).await,
    }
}

/// Where to go afterwards, where the query names a page of this app.
fn next(query: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, next) = parameters.find(|(name, _)| name == "next")?;
    own_page(&next)
}

async fn send_to(
    auth: &Auth,
    provider: &Provider,
    next: Option<String>,
    headers: &HeaderMap,
) -> Result<Response, LoginError> {
    let (url, mut pending) = auth.flow(provider).begin().await?;
    pending.next = next;
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
        let check = |name, expected: &str| {
            assert_eq!(url("", name), expected);
            assert_eq!(url("/app", name), format!("/app{expected}"));
        };
        check("google", "/auth/login/google");
        check("my_idp-2.test", "/auth/login/my_idp-2.test");
        check("my idp", "/auth/login/my%20idp");
        check("a/b?c#d%\u{e4}", "/auth/login/a%2Fb%3Fc%23d%25%C3%A4");
        check("..", "/auth/login?provider=..");
    }
}
