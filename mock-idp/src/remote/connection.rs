//! The way to the other process: a thread of its own, so that verbs can block also where they are
//! called in async code.

use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use super::RemoteError;
use crate::causes::causes;
use crate::control::{Kind, Verb, Written};

/// The slowest verb, but for waiting, makes a large key in a debug build.
const TIME: Duration = Duration::from_mins(1);

/// A connection to one provider and its tenants.
#[derive(Debug)]
pub(super) struct Connection {
    /// There until it is dropped.
    runtime: Option<Runtime>,
    client: HttpClient<HttpConnector, Full<Bytes>>,
    authorization: Option<HeaderValue>,
}

impl Connection {
    pub(super) fn new(token: Option<&str>) -> Result<Self, RemoteError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("mock-idp remote")
            .enable_all()
            .build()
            .map_err(RemoteError::Thread)?;
        let authorization = token.map(bearer).transpose()?;
        Ok(Self {
            runtime: Some(runtime),
            client: HttpClient::builder(TokioExecutor::new()).build_http(),
            authorization,
        })
    }

    /// Sends a verb to the provider at this URL, and blocks until it has answered.
    pub(super) fn send<V: Verb>(&self, base: &str, verb: &V) -> Result<V::Answer, RemoteError>
    where
        V::Answer: DeserializeOwned,
    {
        let call = self.call(base, verb)?;
        let url = call.url.clone();
        let (answered, answer) = mpsc::sync_channel(1);
        self.runtime().spawn(async move {
            // Whoever asked is waiting below.
            let _ = answered.send(call.answer().await);
        });
        let answer = answer
            .recv()
            .map_err(|_| unreachable_at(&url, "its thread ended"))?;
        read(&url, answer?)
    }

    /// Sends a verb, and leaves the thread to others meanwhile.
    pub(super) async fn send_async<V: Verb>(
        &self,
        base: &str,
        verb: &V,
    ) -> Result<V::Answer, RemoteError>
    where
        V::Answer: DeserializeOwned,
    {
        let call = self.call(base, verb)?;
        let url = call.url.clone();
        let answer = self.runtime().spawn(call.answer()).await;
        let answer = answer.map_err(|error| unreachable_at(&url, &error.to_string()))?;
        read(&url, answer?)
    }

    fn call<V: Verb>(&self, base: &str, verb: &V) -> Result<Call, RemoteError> {
        let mut url = format!("{base}/_mock/{}", V::NAME);
        let no_url = |reason: String| RemoteError::Url {
            url: base.into(),
            reason,
        };
        let mut request = Request::builder().method(V::METHOD);
        let mut body = Bytes::new();
        if V::METHOD == Method::GET {
            let query =
                serde_urlencoded::to_string(verb).map_err(|error| no_url(error.to_string()))?;
            if !query.is_empty() {
                url = format!("{url}?{query}");
            }
        } else {
            let json = serde_json::to_vec(verb).map_err(|error| no_url(error.to_string()))?;
            request = request.header(CONTENT_TYPE, "application/json");
            body = json.into();
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request.uri(&url).body(Full::new(body));
        let request = request.map_err(|error| no_url(error.to_string()))?;
        match request.uri().scheme_str() {
            Some("http") => Ok(Call {
                client: self.client.clone(),
                url,
                request,
                time: TIME + verb.waits(),
            }),
            _ => Err(no_url("it does not begin with http://".into())),
        }
    }

    fn runtime(&self) -> &Runtime {
        match &self.runtime {
            Some(runtime) => runtime,
            None => unreachable!("the runtime is there until the connection is dropped"),
        }
    }
}

fn bearer(token: &str) -> Result<HeaderValue, RemoteError> {
    let value = HeaderValue::try_from(format!("Bearer {token}"));
    let mut value = value.map_err(|_| RemoteError::Refused {
        kind: Kind::Token.name().into(),
        detail: "the control token cannot stand in a header".into(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// In async code a runtime may not be waited for.
impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A request that is ready to be sent.
struct Call {
    client: HttpClient<HttpConnector, Full<Bytes>>,
    url: String,
    request: Request<Full<Bytes>>,
    time: Duration,
}

impl Call {
    async fn answer(self) -> Result<(StatusCode, Bytes), RemoteError> {
        let Self {
            client,
            url,
            request,
            time,
        } = self;
        let exchange = async {
            let response = client.request(request).await;
            let response = response.map_err(|error| unreachable_at(&url, &causes(&error)))?;
            let status = response.status();
            let body = response.into_body().collect().await;
            let body = body.map_err(|error| unreachable_at(&url, &causes(&error)))?;
            Ok((status, body.to_bytes()))
        };
        let in_time = tokio::time::timeout(time, exchange).await;
        in_time.unwrap_or_else(|_| Err(unreachable_at(&url, &format!("no answer in {time:?}"))))
    }
}

fn unreachable_at(url: &str, reason: &str) -> RemoteError {
    RemoteError::Unreachable {
        url: url.into(),
        reason: reason.into(),
    }
}

/// What the answer says.
fn read<T: DeserializeOwned>(
    url: &str,
    (status, body): (StatusCode, Bytes),
) -> Result<T, RemoteError> {
    let odd = |error: serde_json::Error| RemoteError::Answer {
        url: url.into(),
        reason: format!("{status}, {error}"),
    };
    if status.is_success() {
        let json: &[u8] = if body.is_empty() { b"null" } else { &body };
        return serde_json::from_slice(json).map_err(odd);
    }
    let problem: Written = serde_json::from_slice(&body).map_err(odd)?;
    Err(RemoteError::Refused {
        kind: problem.kind().into(),
        detail: problem.detail,
    })
}
