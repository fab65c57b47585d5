//! A request and its answer.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::mask;
use super::transaction::TransactionId;
use super::written::Written;
use crate::check::Refusal;
use crate::endpoint::Parameters;
use crate::place::Place;

/// A request and its answer. For the test that asks: it holds what was sent, secrets and all; what
/// `Debug` and `Display` show of it holds none.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(into = "Written", try_from = "Written")]
pub struct Exchange {
    /// How many arrived at this provider before it.
    pub number: u64,
    /// The login it is a part of, as far as what it brings tells: a code, a token, a page's
    /// transaction.
    pub transaction: Option<TransactionId>,
    /// When it arrived, by the provider's clock.
    pub at: SystemTime,
    /// Where it arrived.
    pub place: Place,
    /// The request's method.
    pub method: Method,
    /// The request's path.
    pub path: String,
    /// The request's query, in the order it came.
    pub query: Arc<Parameters>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's form, in the order it came; empty where the body was none.
    pub form: Arc<Parameters>,
    /// The request's body, up to 64 KiB.
    pub body: Bytes,
    /// The length of the request's whole body, in bytes.
    pub body_length: usize,
    /// The SHA-256 of the request's whole body in hexadecimal digits, where it was cut.
    pub body_sha256: Option<String>,
    /// The answer's status; none where the connection was cut or stayed silent.
    pub status: Option<u16>,
    /// The answer's headers.
    pub response_headers: HeaderMap,
    /// The answer's body, up to 64 KiB.
    pub response_body: Bytes,
    /// The length of the whole body, in bytes, before it was repeated or cut.
    pub response_length: usize,
    /// The SHA-256 of that whole body in hexadecimal digits, where it was cut.
    pub response_sha256: Option<String>,
    /// The client it was from, as far as the request or the answer says it.
    pub client_id: Option<String>,
    /// The id of the persona it was about, where the answer says it.
    pub persona: Option<String>,
    /// Why it was refused, where it was.
    pub refusal: Option<Refusal>,
}

impl Exchange {
    /// The first value of a parameter of the query or, in its absence, of the form.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.sent(name).or_else(|| self.form.sent(name))
    }

    /// The text of a request's header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token of an `Authorization: Bearer` header.
    #[must_use]
    pub fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The password of an `Authorization: Basic` header, form-encoded in there as
    /// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1) says.
    pub(crate) fn basic_password(&self) -> Option<String> {
        let (scheme, encoded) = self.header("authorization")?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = STANDARD.decode(encoded.trim()).ok()?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let password = form_urlencoded::parse(&decoded[colon + 1..]).next();
        password.map(|(password, _)| password.into_owned())
    }

    /// Where the answer leads to, where it is a redirect.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        let location = self.response_headers.get(http::header::LOCATION)?;
        location.to_str().ok()
    }

    /// The answer's body as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn response_text(&self) -> String {
        String::from_utf8_lossy(&self.response_body).into_owned()
    }
}

/// A line: method, path, status, and why it was refused. Without parameters, which may be secret.
impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = Line {
            method: &self.method,
            path: &self.path,
            place: self.place,
            status: self.status,
            refusal: self.refusal.as_ref(),
        };
        line.fmt(formatter)
    }
}

/// What a line says of an exchange.
pub(super) struct Line<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) place: Place,
    pub(super) status: Option<u16>,
    pub(super) refusal: Option<&'a Refusal>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} ({})", self.method, self.path, self.place)?;
        match self.status {
            Some(status) => write!(formatter, " -> {status}")?,
            None => formatter.write_str(" -> no answer")?,
        }
        match self.refusal {
            Some(refusal) => write!(formatter, " {}: {}", refusal.check, refusal.reason),
            None => Ok(()),
        }
    }
}

/// Everything but bodies; what may be secret shows as a mark that is the same for the same value.
impl fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Exchange")
            .field("number", &self.number)
            .field("transaction", &self.transaction)
            .field("at", &self.at)
            .field("place", &self.place)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &mask::pairs(&self.query))
            .field("headers", &mask::headers(&self.headers))
            .field("form", &mask::pairs(&self.form))
            .field("body_length", &self.body_length)
            .field("status", &self.status)
            .field("response_headers", &mask::headers(&self.response_headers))
            .field("response_length", &self.response_length)
            .field("client_id", &self.client_id)
            .field("persona", &self.persona)
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Exchange {
    /// A request to the token endpoint with these parameters in its form, answered with `{}`.
    pub(crate) fn sample(path: &str, form: &[(&str, &str)]) -> Self {
        Self {
            number: 0,
            transaction: None,
            at: SystemTime::UNIX_EPOCH,
            place: Place::Token,
            method: Method::POST,
            path: path.into(),
            query: Arc::default(),
            headers: HeaderMap::new(),
            form: Arc::new(form.iter().copied().collect()),
            body: Bytes::new(),
            body_length: 0,
            body_sha256: None,
            status: Some(200),
            response_headers: HeaderMap::new(),
            response_body: Bytes::from_static(b"{}"),
            response_length: 2,
            response_sha256: None,
            client_id: None,
            persona: None,
            refusal: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_looked_for_in_query_and_form() {
        let mut exchange = Exchange::sample("/", &[("a", "form"), ("b", "form")]);
        exchange.query = Arc::new([("a", "query")].into_iter().collect());
        assert_eq!(exchange.parameter("a"), Some("query"));
        assert_eq!(exchange.parameter("b"), Some("form"));
        assert_eq!(exchange.parameter("c"), None);
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let form = [
            ("client_secret", "GOCSPX"),
            ("code", "4/0A"),
            ("scope", "openid"),
        ];
        let mut exchange = Exchange::sample("/token", &form);
        exchange.body = Bytes::from_static(b"client_secret=GOCSPX");
        exchange.response_body = Bytes::from_static(b"{\"access_token\":\"ya29\"}");
        exchange
            .headers
            .insert("authorization", "Basic GOCSPX".parse().unwrap());
        exchange
            .headers
            .insert("referer", "http://a/cb?code=4/0A".parse().unwrap());
        exchange
            .response_headers
            .insert("set-cookie", "sid=GOCSPX".parse().unwrap());
        exchange
            .response_headers
            .insert("location", "http://a/cb?code=4/0A#x".parse().unwrap());
        let text = format!("{exchange:?}");
        for secret in ["GOCSPX", "4/0A", "ya29"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(
            text.contains("openid") && text.contains("http://a/cb?code=***"),
            "{text}"
        );
    }
}
