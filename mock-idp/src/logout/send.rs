//! The request that carries a logout token,
//! [Back-Channel Logout 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest).

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HOST};
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;

use serde::{Deserialize, Serialize};

use super::Notice;
use super::token::logout_token;
use crate::answer::{Answer, Members};
use crate::causes::causes;
use crate::endpoint::Request;
use crate::fault::{Delivery, Ending, layer};
use crate::place::Place;
use crate::tenant::Tenant;

/// How long an app may take to answer.
const TIME: Duration = Duration::from_secs(5);
/// An answer is read up to here, in bytes.
const LARGEST_ANSWER: usize = 64 << 10;

/// A logout token that was sent, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LogoutSent {
    /// The client it was for.
    pub client_id: String,
    /// Its `backchannel_logout_uri`.
    pub uri: String,
    /// What came of it.
    pub outcome: LogoutOutcome,
}

/// What came of a logout token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum LogoutOutcome {
    /// The app answered with this status; 200 means that it logged the persona out
    /// ([Back-Channel Logout 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)).
    Answered(u16),
    /// The app did not answer within five seconds.
    TimedOut,
    /// The app could not be reached, or broke off.
    Unreachable(String),
}

pub(super) async fn all(tenant: &Tenant, notices: Vec<Notice>) -> Vec<LogoutSent> {
    let mut sent = Vec::with_capacity(notices.len());
    for notice in notices {
        sent.extend(one(tenant, &notice).await);
    }
    sent
}

/// `None` where the client has no such URI, or the persona is no longer there.
async fn one(tenant: &Tenant, notice: &Notice) -> Option<LogoutSent> {
    let client = &notice.client;
    let text = client.backchannel_logout_uri.clone()?;
    let persona = tenant.persona(&notice.persona)?;
    let mut members = Members::default();
    members.push_token("logout_token", logout_token(tenant, notice, &persona));
    let answer = Answer::form(Place::BackchannelLogout, members)
        .with_header(CACHE_CONTROL, "no-store")
        .about(&client.client_id, &persona.id);
    let nothing = Request::new(
        Method::POST,
        &Uri::default(),
        HeaderMap::new(),
        Bytes::new(),
    );
    let outgoing = layer::after(tenant, answer, &nothing);
    let (outcome, delivery) = exchange(&text, &outgoing, TIME).await;
    record(tenant, &text, outgoing, delivery);
    tracing::info!(uri = text, ?outcome, "told an app of a logout");
    Some(LogoutSent {
        client_id: client.client_id.clone(),
        uri: text,
        outcome,
    })
}

/// Sends the request, and reads the answer.
async fn exchange(
    uri: &str,
    outgoing: &Delivery,
    time: Duration,
) -> (LogoutOutcome, Option<Delivery>) {
    match tokio::time::timeout(time, post(uri, outgoing)).await {
        Err(_) => (LogoutOutcome::TimedOut, None),
        Ok(Err(problem)) => (LogoutOutcome::Unreachable(problem), None),
        Ok(Ok(answer)) => {
            let status = answer.status.as_u16();
            (LogoutOutcome::Answered(status), Some(answer))
        }
    }
}

async fn post(uri: &str, outgoing: &Delivery) -> Result<Delivery, String> {
    let mut request = http::Request::new(Full::new(outgoing.body.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.parse().map_err(|error| format!("{error}"))?;
    *request.headers_mut() = outgoing.headers.clone();
    let client = HttpClient::builder(TokioExecutor::new()).build_http();
    let response = client
        .request(request)
        .await
        .map_err(|error| causes(&error))?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    Ok(delivery(
        outgoing,
        head.status,
        head.headers,
        body,
        Ending::Whole,
    ))
}

fn delivery(
    outgoing: &Delivery,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    ending: Ending,
) -> Delivery {
    Delivery {
        status,
        headers,
        body,
        delay: None,
        ending,
        client: outgoing.client.clone(),
        persona: outgoing.persona.clone(),
    }
}

/// An exchange like any other, only that this provider asked.
fn record(tenant: &Tenant, uri: &str, outgoing: Delivery, answer: Option<Delivery>) {
    let mut answer = answer.unwrap_or_else(|| {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        delivery(&outgoing, StatusCode::OK, headers, body, Ending::Silence)
    });
    let uri: Uri = uri.parse().unwrap_or_default();
    let mut headers = outgoing.headers;
    // The HTTP client adds it.
    let host = uri.authority().and_then(|host| host.as_str().parse().ok());
    if let Some(host) = host {
        headers.entry(HOST).or_insert(host);
    }
    let request = Request::new(Method::POST, &uri, headers, outgoing.body);
    let place = Place::BackchannelLogout;
    tenant
        .capture()
        .record(tenant, place, request, &mut answer, None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_app_that_does_not_answer_in_time_is_left() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/", silent.local_addr().unwrap());
        let outgoing = Delivery {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"logout_token=x"),
            delay: None,
            ending: Ending::Whole,
            client: None,
            persona: None,
        };
        let (outcome, answer) = exchange(&uri, &outgoing, Duration::ZERO).await;
        assert_eq!(outcome, LogoutOutcome::TimedOut);
        assert!(answer.is_none());
    }
}
