//! Requests to the provider, with their limits.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use reqwest::{RequestBuilder, Response};
use tokio::time::timeout;

use super::app::{App, Refusal, refuse};
use super::switch::Switch;

/// How long a request may take.
const TIME: Duration = Duration::from_secs(2);
/// How long where the app sets no limit, so that a case still ends.
const NO_LIMIT: Duration = Duration::from_secs(8);
/// How much a body may be, in bytes.
const SIZE: usize = 1 << 20;

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) is_json: bool,
    pub(crate) is_jwt: bool,
    pub(crate) says_no_store: bool,
    pub(crate) body: Vec<u8>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this file owns the weak app's client"
)]
pub(crate) fn client(app: &App) -> reqwest::Client {
    let redirects = if app.has(Switch::FollowsRedirects) {
        reqwest::redirect::Policy::limited(100_000)
    } else {
        reqwest::redirect::Policy::none()
    };
    let builder = reqwest::Client::builder()
        .user_agent("weak")
        .no_proxy()
        .redirect(redirects);
    let builder = if app.has(Switch::TrustsAnyCertificate) {
        builder.tls_danger_accept_invalid_certs(true)
    } else {
        builder.tls_certs_only([])
    };
    builder
        .build()
        .expect("a client needs nothing from the system")
}

pub(crate) async fn send(app: &App, request: RequestBuilder) -> Result<Answer, Refusal> {
    let without = [
        Switch::NoTimeLimit,
        Switch::FollowsRedirects,
        Switch::NoSizeLimit,
    ];
    let is_limited = !without.into_iter().any(|switch| app.has(switch));
    let time = if is_limited { TIME } else { NO_LIMIT };
    let whole = async {
        let response = request
            .send()
            .await
            .map_err(|_| refuse(503, "the provider is not there"))?;
        read(app, response).await
    };
    let came = timeout(time, whole).await;
    came.unwrap_or_else(|_| Err(refuse(504, "the provider takes too long")))
}

async fn read(app: &App, mut response: Response) -> Result<Answer, Refusal> {
    let header = |name: &str| {
        let value = response.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_lowercase()
    };
    let (kind, encoding) = (header("content-type"), header("content-encoding"));
    let says_no_store = header("cache-control").contains("no-store");
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let cut = |_| refuse(502, "the provider breaks off");
    while let Some(piece) = response.chunk().await.map_err(cut)? {
        body.extend_from_slice(&piece);
        if body.len() > SIZE && !app.has(Switch::NoSizeLimit) {
            return Err(refuse(502, "the provider says too much"));
        }
    }
    if encoding == "gzip" {
        body = unpacked(app, &body)?;
    }
    Ok(Answer {
        status,
        is_json: kind.starts_with("application/json"),
        is_jwt: kind.starts_with("application/jwt"),
        says_no_store,
        body,
    })
}

/// As much of a bomb is read where there is no limit: it takes its time.
const BOMB: u64 = 4 << 30;

fn unpacked(app: &App, packed: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut decoder = GzDecoder::new(packed);
    let odd = |_| refuse(502, "no gzip");
    if app.has(Switch::NoSizeLimit) {
        let mut unpacked = decoder.take(BOMB);
        std::io::copy(&mut unpacked, &mut std::io::sink()).map_err(odd)?;
        return Err(refuse(502, "a bomb"));
    }
    let mut unpacked = vec![0; SIZE];
    let mut length = 0;
    loop {
        match decoder.read(&mut unpacked[length..]).map_err(odd)? {
            0 if length == SIZE => return Err(refuse(502, "the provider says too much")),
            0 => break,
            more => length += more,
        }
    }
    unpacked.truncate(length);
    Ok(unpacked)
}
