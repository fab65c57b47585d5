//! One request of a [`Visitor`], as a browser makes it, and what comes of it.

use http::header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::client::with_sources;
use super::navigation::{Hop, Navigation};
use super::{Visited, Visitor};
use crate::pages::Page;
use crate::person::VisitError;

impl Visitor {
    /// One request: the page that arrived, and the request that a redirect asks for.
    pub(super) async fn request(
        &mut self,
        navigation: Navigation,
    ) -> Result<(Visited, Option<Navigation>), VisitError> {
        let no_answer = |error: reqwest::Error| VisitError::NoAnswer {
            url: navigation.url.to_string(),
            detail: with_sources(&error),
        };
        let response = self.prepare(&navigation).send().await.map_err(no_answer)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let html = response.text().await.map_err(no_answer)?;
        self.remember(&navigation, status, &headers);
        let page = Page {
            url: navigation.url.clone(),
            status: Some(status.as_u16()),
            html,
        };
        let location = headers.get(LOCATION).filter(|_| status.is_redirection());
        let next = match location.and_then(|value| value.to_str().ok()) {
            Some(location) => {
                Some(
                    page.url
                        .join(location)
                        .map_err(|error| VisitError::NoAnswer {
                            url: page.url.to_string(),
                            detail: format!("redirects to {location:?}: {error}"),
                        })?,
                )
            }
            None => None,
        };
        Ok((
            Visited { page, headers },
            next.map(|next| navigation.redirected(status, next)),
        ))
    }

    fn prepare(&self, navigation: &Navigation) -> reqwest::RequestBuilder {
        let Navigation {
            method,
            url,
            form,
            from,
            ..
        } = navigation;
        let mut request = self
            .client
            .request(method.clone(), self.address(url))
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-site", navigation.fetch_site());
        if let Some(host) = url.host_str() {
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            request = request.header(HOST, format!("{host}{port}"));
        }
        if let Some(cookies) = self.cookies.header(url, method, navigation.cause()) {
            request = request.header(COOKIE, cookies);
        }
        if method == Method::POST {
            let origin = from.as_ref().map_or_else(
                || "null".to_owned(),
                |from| from.origin().ascii_serialization(),
            );
            request = request.header(ORIGIN, origin).form(form);
        }
        request
    }

    fn address(&self, url: &Url) -> Url {
        let mut sent = url.clone();
        if let Some(address) = self.addresses.get(&url.origin().ascii_serialization()) {
            sent = Url::parse(&format!("http://{address}")).expect("an address makes a URL");
            sent.set_path(url.path());
            sent.set_query(url.query());
        }
        sent
    }

    fn remember(&mut self, navigation: &Navigation, status: StatusCode, headers: &HeaderMap) {
        for cookie in headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            if let Err(refusal) = self.cookies.set(&navigation.url, cookie) {
                tracing::warn!(url = %navigation.url, refusal, "a browser would refuse this cookie");
            }
        }
        self.history.push(Hop {
            method: navigation.method.clone(),
            url: navigation.url.clone(),
            status: status.as_u16(),
            headers: headers.clone(),
        });
    }
}
