//! [`AuthLayer`]: around the app, it tells handlers who the visitor is.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{extract::Request, response::Response};
use http::{
    HeaderMap, HeaderValue,
    header::{LOCATION, SET_COOKIE},
};
use tower::{Layer, Service};

use super::{Auth, User, logout::EndSession};

/// Opens the session of each request, once.
#[derive(Debug, Clone)]
pub struct AuthLayer {
    auth: Auth,
}

impl AuthLayer {
    pub(super) fn new(auth: Auth) -> Self {
        Self { auth }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        AuthService {
            auth: self.auth.clone(),
            inner,
        }
    }
}

/// What [`AuthLayer`] makes of a service.
#[derive(Debug, Clone)]
pub struct AuthService<S> {
    auth: Auth,
    inner: S,
}

impl<S> Service<Request> for AuthService<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let auth = self.auth.clone();
        // The clone may not be ready; the one that was polled is.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            let visit = auth.open(request.headers()).await;
            request.extensions_mut().insert(visit.user.clone());
            let mut response = inner.call(request).await?;
            auth.close(&visit, &mut response).await;
            Ok(response)
        })
    }
}

/// One request of a visitor.
struct Visit {
    user: User,
    /// It came with a cookie that names no session, and is a page of its own: the cookie can go.
    has_stale_cookie: bool,
}

impl Auth {
    /// Who the visitor is. Whatever is wrong with a cookie, the visitor is anonymous and nothing
    /// else happens.
    async fn open(&self, headers: &HeaderMap) -> Visit {
        let cookies = self.0.cookies.session.values(headers);
        if cookies.is_empty() {
            return Visit {
                user: self.anonymous(),
                has_stale_cookie: false,
            };
        }
        let opened = self
            .0
            .sessions
            .open(&cookies)
            .await
            .unwrap_or_else(|error| {
                tracing::error!(%error, "sessions cannot be read: the visitor counts as anonymous");
                None
            });
        let is_configured = |provider: &str| self.provider(provider).is_some();
        let fresh = match opened.filter(|opened| is_configured(&opened.session.provider)) {
            Some(opened) if self.0.sessions.is_refresh_due(&opened.session) => {
                // In a box: it is large, seldom, and else a part of every request's.
                Box::pin(self.kept_fresh(opened)).await
            }
            other => other,
        };
        match fresh {
            Some(opened) => Visit {
                user: self.user(opened),
                has_stale_cookie: false,
            },
            None => Visit {
                user: self.anonymous(),
                has_stale_cookie: is_navigation(headers),
            },
        }
    }

    /// Ends the session if the handler wants that, and removes a cookie that is of no use.
    ///
    /// Without a session nothing is removed: a form on another site is sent without the cookie
    /// (`SameSite`), and its answer must not remove the cookie that the visitor has all the same.
    async fn close(&self, visit: &Visit, response: &mut Response) {
        let wants_end = response.extensions_mut().remove::<EndSession>();
        let ended = visit.user.opened().zip(wants_end);
        if let Some((opened, end)) = ended {
            tracing::info!(provider = visit.user.provider(), "logged out");
            if let Err(error) = self.0.sessions.end(&[opened.session.id]).await {
                tracing::error!(%error, "a session could not be ended: only its cookie goes");
            }
            let there = self
                .end_session_url(&opened.session)
                .filter(|_| end.at_provider);
            let there = there.and_then(|url| HeaderValue::try_from(String::from(url)).ok());
            if let Some(there) = there {
                response.headers_mut().insert(LOCATION, there);
            }
        }
        let cookie = &self.0.cookies.session;
        let mut set_cookies = response.headers().get_all(SET_COOKIE).iter();
        let is_set = set_cookies.any(|header| cookie.is_set_by(header));
        if (ended.is_some() || visit.has_stale_cookie) && !is_set {
            response.headers_mut().append(SET_COOKIE, cookie.clear());
        }
    }
}

/// Whether the browser shows the answer as a page. Only then a stale cookie is removed: an old
/// tab's request in the background may be answered after the next login, and would log out again.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-mode")
        .is_none_or(|mode| mode == "navigate")
}
