//! [`RequireLogin`] and [`RequireRole`]: around routes that are for people who are logged in, or for some of
//! them.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::json;
use tower::{Layer, Service};

use super::{Auth, LOGIN, MissingLayer, User, login, redirect::redirect};
use crate::{
    page::{Allowed, Forbidden, headers},
    provider::Provider,
};

/// Lets nobody through who is not logged in: whoever asks for a page is sent to the login, and comes
/// back to it; whatever asks for something else gets a 401 with a problem body
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
///
/// [`Auth::layer`] has to be around it.
#[derive(Debug, Clone)]
pub struct RequireLogin {
    auth: Auth,
    /// Where a login begins.
    login: String,
    /// Roles of which the visitor needs one; none where a login is enough.
    roles: Arc<[String]>,
}

/// Lets nobody through who is not logged in, as [`RequireLogin`] does, nor who lacks a role: that is a 403, as a
/// page or with a problem body.
#[derive(Debug, Clone)]
pub struct RequireRole(RequireLogin);

impl Auth {
    /// Requires a login of the routes that it is around. Where several providers are configured and
    /// none is the default one, visitors choose.
    #[must_use]
    pub fn require_login(&self) -> RequireLogin {
        let provider = self.usual_provider().map(Provider::name);
        let login = provider.map(|provider| login::url(&self.0.base_path, provider));
        RequireLogin {
            auth: self.clone(),
            login: login.unwrap_or_else(|| self.path(LOGIN)),
            roles: Arc::new([]),
        }
    }

    /// The same, with a login at this provider.
    #[must_use]
    pub fn require_login_at(&self, provider: &str) -> RequireLogin {
        RequireLogin {
            login: login::url(&self.0.base_path, provider),
            ..self.require_login()
        }
    }

    /// Requires a login and a role: one that the claim `roles_claim` of the visitor's provider lists.
    #[must_use]
    pub fn require_role(&self, role: &str) -> RequireRole {
        self.require_one_of([role])
    }

    /// Requires a login and one of these roles.
    #[must_use]
    pub fn require_one_of<'r>(&self, roles: impl IntoIterator<Item = &'r str>) -> RequireRole {
        RequireRole(RequireLogin {
            roles: roles.into_iter().map(str::to_owned).collect(),
            ..self.require_login()
        })
    }
}

impl<S> Layer<S> for RequireRole {
    type Service = RequireLoginService<S>;

    fn layer(&self, inner: S) -> RequireLoginService<S> {
        self.0.layer(inner)
    }
}

impl<S> Layer<S> for RequireLogin {
    type Service = RequireLoginService<S>;

    fn layer(&self, inner: S) -> RequireLoginService<S> {
        RequireLoginService {
            required: self.clone(),
            inner,
        }
    }
}

/// What [`RequireLogin`] and [`RequireRole`] make of a service.
#[derive(Debug, Clone)]
pub struct RequireLoginService<S> {
    required: RequireLogin,
    inner: S,
}

impl<S> Service<Request> for RequireLoginService<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let refusal = match request.extensions().get::<User>() {
            Some(user) if self.required.admits(user) => return Box::pin(self.inner.call(request)),
            Some(user) => self.required.refusal(user, &request),
            None => MissingLayer.into_response(),
        };
        Box::pin(async { Ok(refusal) })
    }
}

impl RequireLogin {
    fn admits(&self, user: &User) -> bool {
        let has_role = || self.roles.iter().any(|role| user.has_role(role));
        user.is_logged_in() && (self.roles.is_empty() || has_role())
    }

    fn refusal(&self, user: &User, request: &Request) -> Response {
        let is_for_a_page = is_for_a_page(request.method(), request.headers());
        let page = request.uri().path_and_query();
        let page = page.map(ToString::to_string);
        let login = login::with_next(&self.login, &page.unwrap_or_else(|| self.auth.home()));
        match (user.is_logged_in(), is_for_a_page) {
            (false, true) => redirect(&login),
            (false, false) => problem(StatusCode::UNAUTHORIZED, "nobody is logged in"),
            (true, true) => self.auth.forbidden_page(&Forbidden {
                name: user.name().unwrap_or_default(),
                log_in: Some(&login),
                home: &self.auth.home(),
            }),
            (true, false) => {
                let roles = self.roles.join(", ");
                let detail = format!("it needs one of these roles: {roles}");
                problem(StatusCode::FORBIDDEN, &detail)
            }
        }
    }
}

/// Whether somebody wants to see a page, and not a script some data.
fn is_for_a_page(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return false;
    }
    if let Some(mode) = headers.get("sec-fetch-mode") {
        return mode == "navigate";
    }
    let accepts = headers.get(header::ACCEPT);
    let accepts = accepts.and_then(|accepts| accepts.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let kind = HeaderValue::from_static("application/problem+json");
    let mut response = (status, headers(Allowed::NOTHING), body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
