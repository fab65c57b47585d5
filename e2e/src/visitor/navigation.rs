//! [`Navigation`]: one request of a person, with what caused it; [`Hop`]: what came of it.

use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::cookies::{Cause, same_site};

/// One request and the answer's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// GET or POST.
    pub method: Method,
    /// What was asked.
    pub url: Url,
    /// What was answered.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
}

/// A request before its first redirect.
pub(super) struct Navigation {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) form: Vec<(String, String)>,
    /// The page that caused it; none for the address bar.
    pub(super) from: Option<Url>,
    /// Whether a redirect led from one site to another on the way.
    pub(super) crossed: bool,
}

impl Navigation {
    pub(super) fn to(url: &Url, from: Option<Url>) -> Self {
        Self {
            method: Method::GET,
            url: url.clone(),
            form: Vec::new(),
            from,
            crossed: false,
        }
    }

    pub(super) fn cause(&self) -> Cause {
        if self.crossed {
            Cause::CrossSite
        } else {
            Cause::of(self.from.as_ref(), &self.url)
        }
    }

    /// The next request, where a response with this status leads to `location` (Fetch, HTTP-redirect fetch).
    pub(super) fn redirected(self, status: StatusCode, location: Url) -> Self {
        let keeps = matches!(
            status,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
        );
        let crossed = self.crossed || !same_site(&self.url, &location);
        let next = Self {
            url: location,
            crossed,
            ..self
        };
        if keeps {
            next
        } else {
            Self {
                method: Method::GET,
                form: Vec::new(),
                ..next
            }
        }
    }

    /// The value of [`Sec-Fetch-Site`](https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header).
    pub(super) fn fetch_site(&self) -> &'static str {
        match &self.from {
            None => "none",
            Some(_) if self.cause() == Cause::CrossSite => "cross-site",
            Some(from) if from.origin() == self.url.origin() => "same-origin",
            Some(_) => "same-site",
        }
    }
}
