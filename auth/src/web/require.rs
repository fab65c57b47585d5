//! [`RequireLogin`]: around routes that are for people who are logged in.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::json;
use tower::{Layer, Service};

use super::{Auth, HOME, MissingLayer, User, login, redirect::redirect};
use crate::{
    config::DEFAULT_PROVIDER,
    page::{Pictures, headers},
    provider::Provider,
};

/// Lets nobody through who is not logged in: whoever asks for a page is sent to the login, and comes
/// back to it; whatever asks for something else gets a 401 with a problem body
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
///
/// [`Auth::layer`] has to be around it.
#[derive(Debug, Clone)]
pub struct RequireLogin {
    /// Where a login begins; none where there are several and nobody says which.
    provider: Option<String>,
}

impl Auth {
    /// Requires a login of the routes that it is around. Where several providers are configured and
    /// none is the default one, visitors are sent to `/`, for the app to let them choose.
    #[must_use]
    pub fn require_login(&self) -> RequireLogin {
        let provider = match self.providers() {
            [only] => Some(only),
            _ => self.provider(DEFAULT_PROVIDER),
        };
        RequireLogin {
            provider: provider.map(Provider::name).map(str::to_owned),
        }
    }

    /// The same, with a login at this provider.
    #[must_use]
    pub fn require_login_at(&self, provider: &str) -> RequireLogin {
        RequireLogin {
            provider: Some(provider.to_owned()),
        }
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

/// What [`RequireLogin`] makes of a service.
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
            Some(user) if user.is_logged_in() => return Box::pin(self.inner.call(request)),
            Some(_) => self.required.refusal(&request),
            None => MissingLayer.into_response(),
        };
        Box::pin(async { Ok(refusal) })
    }
}

impl RequireLogin {
    fn refusal(&self, request: &Request) -> Response {
        if !is_for_a_page(request.method(), request.headers()) {
            return unauthorized();
        }
        let page = request.uri().path_and_query();
        let page = page.map_or(HOME, |page| page.as_str());
        match &self.provider {
            Some(provider) => redirect(&login::url_with_next(provider, page)),
            None => redirect(HOME),
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

fn unauthorized() -> Response {
    let body = json!({
        "type": "about:blank",
        "title": "Unauthorized",
        "status": StatusCode::UNAUTHORIZED.as_u16(),
        "detail": "nobody is logged in",
    });
    let kind = HeaderValue::from_static("application/problem+json");
    let answer = (
        StatusCode::UNAUTHORIZED,
        headers(Pictures::None),
        body.to_string(),
    );
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
