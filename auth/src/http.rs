//! The HTTP client for talking to providers: one per `Auth`, made when first needed.
//!
//! No answer can hurt: a few seconds in all, one MiB, no decompression, and no redirect is ever
//! followed, since what is asked for here are secrets and keys.

use std::{error::Error, sync::OnceLock, time::Duration};

use http::{
    HeaderValue, Method,
    header::{ACCEPT, AUTHORIZATION},
};
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::{Certificate, Client, ClientBuilder, Request, redirect};
use url::Url;

use crate::{LoginError, config::is_loopback, error::cut};

/// How large an answer may be, in bytes.
pub(crate) const ANSWER_LIMIT: usize = 1 << 20;

/// Sends requests to providers.
#[derive(Debug)]
pub(crate) struct Http {
    timeout: Duration,
    /// To trust beside the system's.
    ca_certificates: Vec<Certificate>,
    /// For this machine itself, past any proxy of the environment.
    loopback: OnceLock<Result<Client, String>>,
    /// For every other host.
    outside: OnceLock<Result<Client, String>>,
}

impl Http {
    /// With certificates in PEM to trust beside the system's.
    pub(crate) fn new(timeout: Duration, ca_certificates: Option<&[u8]>) -> Self {
        let pem = ca_certificates.unwrap_or_default();
        Self {
            timeout,
            ca_certificates: certificates(pem).unwrap_or_default(),
            loopback: OnceLock::new(),
            outside: OnceLock::new(),
        }
    }

    /// Asks for a JSON document.
    pub(crate) async fn fetch(&self, url: &Url) -> Result<HttpResponse, LoginError> {
        self.get(url, None).await
    }

    /// Asks for a JSON document with an access token ([RFC 6750
    /// 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    pub(crate) async fn fetch_as(
        &self,
        url: &Url,
        token: &str,
    ) -> Result<HttpResponse, LoginError> {
        self.get(url, Some(token)).await
    }

    async fn get(&self, url: &Url, token: Option<&str>) -> Result<HttpResponse, LoginError> {
        let mut request = Request::new(Method::GET, url.clone());
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            let value = HeaderValue::try_from(format!("Bearer {token}"));
            let mut value = value.map_err(|_| LoginError::TokenResponse {
                detail: "access_token has characters that no header can have".to_owned(),
            })?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let response = self.execute(request).await?;
        match response.status().as_u16() {
            200 => Ok(response),
            status => Err(LoginError::ProviderStatus {
                url: url.to_string(),
                status,
            }),
        }
    }

    /// Sends a request of `openidconnect`'s: the bridge to that crate.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, LoginError> {
        let url = request.uri().to_string();
        let request = request
            .try_into()
            .map_err(|error| unreached(&url, &error))?;
        self.execute(request).await
    }

    /// Sends a request and reads the answer, whatever its status.
    async fn execute(&self, request: Request) -> Result<HttpResponse, LoginError> {
        let url = request.url().clone();
        let failed = |error| self.failed(&url, &error);
        let client = self.client(&url)?;
        let mut response = client.execute(request).await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(LoginError::TooLarge {
                    url: url.to_string(),
                    limit: ANSWER_LIMIT,
                });
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn failed(&self, url: &Url, error: &reqwest::Error) -> LoginError {
        if error.is_timeout() {
            return LoginError::Timeout {
                url: url.to_string(),
                seconds: self.timeout.as_secs().max(1),
            };
        }
        unreached(url.as_str(), error)
    }

    fn client(&self, url: &Url) -> Result<&Client, LoginError> {
        let client = if is_loopback(url) {
            self.loopback
                .get_or_init(|| build(|| self.settings().no_proxy()))
        } else {
            self.outside.get_or_init(|| build(|| self.settings()))
        };
        client.as_ref().map_err(|detail| LoginError::Unreachable {
            url: url.to_string(),
            detail: detail.clone(),
        })
    }

    #[expect(clippy::disallowed_methods, reason = "this file owns the HTTP client")]
    fn settings(&self) -> ClientBuilder {
        Client::builder()
            .timeout(self.timeout)
            .redirect(redirect::Policy::none())
            .referer(false)
            .tls_certs_merge(self.ca_certificates.iter().cloned())
            .user_agent(concat!("auth/", env!("CARGO_PKG_VERSION")))
    }
}

/// The certificates of a PEM file.
///
/// # Errors
/// It has none, or one that cannot be read.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    match Certificate::from_pem_bundle(pem) {
        Ok(certificates) if certificates.is_empty() => Err("has no certificate".to_owned()),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(format!("cannot be read ({})", causes(&error))),
    }
}

/// Builds a client; where the system has no certificates, one that can talk plain http all the
/// same.
fn build(settings: impl Fn() -> ClientBuilder) -> Result<Client, String> {
    let client = settings().build().or_else(|error| {
        tracing::warn!(
            error = causes(&error),
            "no system certificates: https will fail"
        );
        settings().tls_certs_only([]).build()
    });
    client.map_err(|error| causes(&error))
}

fn unreached(url: &str, error: &reqwest::Error) -> LoginError {
    LoginError::Unreachable {
        url: url.to_owned(),
        detail: cut(&causes(error)),
    }
}

/// The whole chain of causes: "error sending request" alone helps nobody.
fn causes(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
