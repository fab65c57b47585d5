//! The HTTP client for talking to providers: one per `Auth`, made when first needed.
//!
//! No answer can hurt: five seconds in all, one MiB, no decompression, and no redirect is ever
//! followed, since what is asked for here are secrets and keys.

use std::{sync::OnceLock, time::Duration};

use openidconnect::{HttpRequest, HttpResponse};
use reqwest::{Client, ClientBuilder, redirect};
use url::Url;

use crate::{LoginError, config::is_loopback, error::cut};

/// How long a request may take in all, in seconds.
const TIMEOUT_SECONDS: u64 = 5;

/// How large an answer may be, in bytes.
pub(crate) const ANSWER_LIMIT: usize = 1 << 20;

/// Sends requests to providers.
#[derive(Debug, Default)]
pub(crate) struct Http {
    /// For this machine itself, past any proxy of the environment.
    loopback: OnceLock<Result<Client, String>>,
    /// For every other host.
    outside: OnceLock<Result<Client, String>>,
}

impl Http {
    /// Asks for a JSON document.
    pub(crate) async fn fetch(&self, url: &Url) -> Result<HttpResponse, LoginError> {
        let request = HttpRequest::new(Vec::new());
        let (mut parts, body) = request.into_parts();
        parts.uri = url
            .as_str()
            .parse()
            .map_err(|error| unreachable(url, &error))?;
        parts.headers.insert(
            http::header::ACCEPT,
            http::HeaderValue::from_static("application/json"),
        );
        let response = self.send(HttpRequest::from_parts(parts, body)).await?;
        match response.status().as_u16() {
            200 => Ok(response),
            status => Err(LoginError::ProviderStatus {
                url: url.to_string(),
                status,
            }),
        }
    }

    /// Sends any request and reads the answer, whatever its status: the bridge to `openidconnect`.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, LoginError> {
        let text = request.uri().to_string();
        let url = Url::parse(&text).map_err(|error| LoginError::Unreachable {
            url: text,
            detail: error.to_string(),
        })?;
        let client = self.client(&url)?;
        let request = request.try_into().map_err(|error| failed(&url, &error))?;
        let response = client
            .execute(request)
            .await
            .map_err(|error| failed(&url, &error))?;
        read(&url, response).await
    }

    fn client(&self, url: &Url) -> Result<&Client, LoginError> {
        let client = if is_loopback(url) {
            self.loopback.get_or_init(|| build(ClientBuilder::no_proxy))
        } else {
            self.outside.get_or_init(|| build(|builder| builder))
        };
        client.as_ref().map_err(|detail| LoginError::Unreachable {
            url: url.to_string(),
            detail: detail.clone(),
        })
    }
}

/// Builds a client; where the system has no certificates, one that can talk plain http all the
/// same.
fn build(adjust: fn(ClientBuilder) -> ClientBuilder) -> Result<Client, String> {
    let with_roots = adjust(settings()).build();
    let client = with_roots.or_else(|error| {
        tracing::warn!(%error, "no system certificates: https requests will fail");
        adjust(settings()).tls_certs_only([]).build()
    });
    client.map_err(|error| error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "this file owns the HTTP client")]
fn settings() -> ClientBuilder {
    Client::builder()
        .timeout(Duration::from_secs(TIMEOUT_SECONDS))
        .redirect(redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("auth/", env!("CARGO_PKG_VERSION")))
}

async fn read(url: &Url, mut response: reqwest::Response) -> Result<HttpResponse, LoginError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failed(url, &error))?
    {
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

fn failed(url: &Url, error: &reqwest::Error) -> LoginError {
    if error.is_timeout() {
        return LoginError::Timeout {
            url: url.to_string(),
            seconds: TIMEOUT_SECONDS,
        };
    }
    unreachable(url, error)
}

/// The whole chain of causes: "error sending request" alone helps nobody.
fn unreachable(url: &Url, error: &dyn std::error::Error) -> LoginError {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let detail = causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    LoginError::Unreachable {
        url: url.to_string(),
        detail: cut(&detail),
    }
}
