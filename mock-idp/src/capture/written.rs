//! An exchange as data: what the control API shows, and a [`Remote`](crate::Remote) reads.

use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use super::transaction::TransactionId;
use crate::check::Refusal;
use crate::endpoint::Parameters;
use crate::place::Place;
use crate::time::unix_seconds;

/// A request and its answer, secrets and all.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Exchange"))]
pub(super) struct Written {
    /// How many arrived at this provider before it.
    number: u64,
    /// The login it is a part of, as far as what it brings tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionId>,
    /// When it arrived, by the provider's clock, in seconds since 1970.
    #[serde(with = "unix_seconds")]
    #[cfg_attr(test, schemars(with = "f64"))]
    at: SystemTime,
    /// Where it arrived.
    place: Place,
    /// The request's method.
    method: String,
    /// The request's path.
    path: String,
    /// The request's query, names and values in the order they came.
    query: Vec<(String, String)>,
    /// The request's headers, names and values. A value's bytes are read as ISO 8859-1.
    headers: Vec<(String, String)>,
    /// The request's form, names and values in the order they came; empty where the body was none.
    form: Vec<(String, String)>,
    /// The request's body, up to 64 KiB.
    body: Body,
    /// The length of the request's whole body, in bytes.
    body_length: usize,
    /// The SHA-256 of the request's whole body in hexadecimal digits, where it was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_sha256: Option<String>,
    /// The answer's status; none where the connection was cut or stayed silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The answer's headers, names and values. A value's bytes are read as ISO 8859-1.
    response_headers: Vec<(String, String)>,
    /// The answer's body, up to 64 KiB.
    response_body: Body,
    /// The length of the whole body, in bytes, before it was repeated or cut.
    response_length: usize,
    /// The SHA-256 of that whole body in hexadecimal digits, where it was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response_sha256: Option<String>,
    /// The client it was from, as far as the request or the answer says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// The id of the persona it was about, where the answer says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    persona: Option<String>,
    /// Why it was refused, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
}

/// The bytes of a body.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum Body {
    /// They are this text in UTF-8.
    Text(String),
    /// They are no text.
    Base64(String),
}

/// Why what is written is no exchange.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoExchange {
    #[error("{0:?} is no HTTP method")]
    Method(String),
    #[error("{0:?} is no HTTP header")]
    Header(String),
    #[error("the body is no base64")]
    Base64,
}

impl From<Exchange> for Written {
    fn from(exchange: Exchange) -> Self {
        Self {
            number: exchange.number,
            transaction: exchange.transaction,
            at: exchange.at,
            place: exchange.place,
            method: exchange.method.to_string(),
            path: exchange.path,
            query: owned(&exchange.query),
            headers: written_headers(&exchange.headers),
            form: owned(&exchange.form),
            body: exchange.body.into(),
            body_length: exchange.body_length,
            body_sha256: exchange.body_sha256,
            status: exchange.status,
            response_headers: written_headers(&exchange.response_headers),
            response_body: exchange.response_body.into(),
            response_length: exchange.response_length,
            response_sha256: exchange.response_sha256,
            client_id: exchange.client_id,
            persona: exchange.persona,
            refusal: exchange.refusal,
        }
    }
}

impl TryFrom<Written> for Exchange {
    type Error = NoExchange;

    fn try_from(written: Written) -> Result<Self, NoExchange> {
        let method = Method::from_bytes(written.method.as_bytes());
        Ok(Self {
            number: written.number,
            transaction: written.transaction,
            at: written.at,
            place: written.place,
            method: method.map_err(|_| NoExchange::Method(written.method))?,
            path: written.path,
            query: Arc::new(written.query.into_iter().collect()),
            headers: read_headers(written.headers)?,
            form: Arc::new(written.form.into_iter().collect()),
            body: written.body.try_into()?,
            body_length: written.body_length,
            body_sha256: written.body_sha256,
            status: written.status,
            response_headers: read_headers(written.response_headers)?,
            response_body: written.response_body.try_into()?,
            response_length: written.response_length,
            response_sha256: written.response_sha256,
            client_id: written.client_id,
            persona: written.persona,
            refusal: written.refusal,
        })
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        match String::from_utf8(bytes.into()) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Base64(STANDARD.encode(error.as_bytes())),
        }
    }
}

impl TryFrom<Body> for Bytes {
    type Error = NoExchange;

    fn try_from(body: Body) -> Result<Self, NoExchange> {
        match body {
            Body::Text(text) => Ok(text.into()),
            Body::Base64(text) => {
                let bytes = STANDARD.decode(text).map_err(|_| NoExchange::Base64)?;
                Ok(bytes.into())
            }
        }
    }
}

fn owned(parameters: &Parameters) -> Vec<(String, String)> {
    let pairs = parameters.iter();
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn written_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = value.as_bytes().iter().copied().map(char::from).collect();
        (name.to_string(), value)
    };
    headers.iter().map(header).collect()
}

fn read_headers(written: Vec<(String, String)>) -> Result<HeaderMap, NoExchange> {
    let mut headers = HeaderMap::with_capacity(written.len());
    for (name, text) in written {
        let value: Option<Vec<u8>> = text.chars().map(|it| u8::try_from(it).ok()).collect();
        let value = value.and_then(|value| HeaderValue::from_bytes(&value).ok());
        let (Ok(name), Some(value)) = (HeaderName::try_from(&name), value) else {
            return Err(NoExchange::Header(format!("{name}: {text}")));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::check::{Check, refuse};

    #[test]
    fn an_exchange_is_the_same_after_it_was_written_and_read() {
        let mut exchange = Exchange::sample("/token?", &[("code", "ü=&")]);
        exchange.at = UNIX_EPOCH + Duration::from_millis(1_764_050_000_250);
        exchange.body = Bytes::from_static(b"code=%C3%BC");
        exchange.response_body = Bytes::from_static(b"\xff\x00");
        exchange.refusal = Some(refuse(Check::TokenCode, "used"));
        let headers = &mut exchange.headers;
        headers.append("x-twice", HeaderValue::from_static("one"));
        headers.append("x-twice", HeaderValue::from_bytes(b"\xe9").unwrap());
        let written = serde_json::to_string(&exchange).unwrap();
        let read: Exchange = serde_json::from_str(&written).unwrap();
        assert_eq!(format!("{read:?}"), format!("{exchange:?}"));
        assert_eq!(
            (&read.body, &read.response_body),
            (&exchange.body, &exchange.response_body)
        );
        assert_eq!(
            (&read.headers, &read.form),
            (&exchange.headers, &exchange.form)
        );
        assert_eq!(serde_json::to_string(&read).unwrap(), written);
    }

    #[test]
    fn what_is_no_exchange_says_why() {
        let exchange = serde_json::to_value(Exchange::sample("/", &[])).unwrap();
        let check = |member: &str, value: serde_json::Value, expected: &str| {
            let mut exchange = exchange.clone();
            exchange[member] = value;
            let error = serde_json::from_value::<Exchange>(exchange).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check("method", "G T".into(), r#""G T" is no HTTP method"#);
        check(
            "headers",
            serde_json::json!([["a b", "c"]]),
            r#""a b: c" is no HTTP header"#,
        );
        check(
            "headers",
            serde_json::json!([["a", "€"]]),
            r#""a: €" is no HTTP header"#,
        );
        check(
            "body",
            serde_json::json!({"base64": "!"}),
            "the body is no base64",
        );
    }
}
