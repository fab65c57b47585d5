//! An exchange as it is kept until somebody asks: in few pieces of memory, since most are dropped
//! before anybody does.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::exchange::{Exchange, Line};
use crate::check::Refusal;
use crate::endpoint::Parameters;
use crate::place::Place;

/// What there is of an [`Exchange`] when it is kept: it has no number and no login yet.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) at: SystemTime,
    pub(super) place: Place,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Arc<Parameters>,
    pub(super) form: Arc<Parameters>,
    pub(super) headers: PackedHeaders,
    pub(super) body: Bytes,
    pub(super) body_length: usize,
    pub(super) body_sha256: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) response_body: Bytes,
    pub(super) response_length: usize,
    pub(super) response_sha256: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) persona: Option<String>,
    /// Most have none.
    pub(super) refusal: Option<Box<Refusal>>,
}

impl Raw {
    /// The exchange, as the one that came after so many.
    pub(super) fn unpacked(self, number: u64) -> Exchange {
        let (headers, response_headers) = self.headers.unpacked();
        Exchange {
            number,
            transaction: None,
            at: self.at,
            place: self.place,
            method: self.method,
            path: self.path,
            query: self.query,
            headers,
            form: self.form,
            body: self.body,
            body_length: self.body_length,
            body_sha256: self.body_sha256,
            status: self.status,
            response_headers,
            response_body: self.response_body,
            response_length: self.response_length,
            response_sha256: self.response_sha256,
            client_id: self.client_id,
            persona: self.persona,
            refusal: self.refusal.map(|refusal| *refusal),
        }
    }

    /// What it takes in memory, in bytes; unpacked it takes about as much.
    pub(super) fn size(&self) -> usize {
        let parameters = self.query.size() + self.form.size();
        let bodies = self.body.len() + self.response_body.len();
        let headers = self.headers.bytes.capacity();
        size_of::<Self>() + self.path.len() + parameters + headers + bodies
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = Line {
            method: &self.method,
            path: &self.path,
            place: self.place,
            status: self.status,
            refusal: self.refusal.as_deref(),
        };
        line.fmt(formatter)
    }
}

/// The headers of a request and of its answer in one piece of memory of their own: for each the
/// lengths of its name and its value, the name, the value. Those of a request are slices of the
/// connection's read buffer: keeping them would keep it, and make the connection take a new one for
/// every request.
#[derive(Debug)]
pub(super) struct PackedHeaders {
    bytes: Vec<u8>,
    /// Where those of the request end.
    request_ends: usize,
}

/// What a header usually takes, in bytes.
const USUAL: usize = 48;

impl PackedHeaders {
    pub(super) fn pack(request: &HeaderMap, response: &HeaderMap) -> Self {
        let mut bytes = Vec::with_capacity((request.len() + response.len()) * USUAL);
        pack(request, &mut bytes);
        let request_ends = bytes.len();
        pack(response, &mut bytes);
        Self {
            bytes,
            request_ends,
        }
    }

    /// Those of the request, and those of the answer.
    fn unpacked(&self) -> (HeaderMap, HeaderMap) {
        let (request, response) = self.bytes.split_at(self.request_ends);
        (unpacked(request), unpacked(response))
    }
}

fn pack(headers: &HeaderMap, packed: &mut Vec<u8>) {
    for (name, value) in headers {
        let (name, value) = (name.as_str().as_bytes(), value.as_bytes());
        // No header is longer than the read buffer.
        let length = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX);
        packed.extend_from_slice(&length(name).to_le_bytes());
        packed.extend_from_slice(&length(value).to_le_bytes());
        packed.extend_from_slice(name);
        packed.extend_from_slice(value);
    }
}

fn unpacked(mut packed: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    while let Some((name, value, behind)) = first(packed) {
        // What was a header stays one.
        let name = HeaderName::from_bytes(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
        packed = behind;
    }
    headers
}

/// The first name and value of what is packed, and what comes behind.
fn first(packed: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name_length, rest) = packed.split_first_chunk()?;
    let (value_length, rest) = rest.split_first_chunk()?;
    let length = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).ok();
    let (name, rest) = rest.split_at_checked(length(name_length)?)?;
    let (value, rest) = rest.split_at_checked(length(value_length)?)?;
    Some((name, value, rest))
}

#[cfg(test)]
impl Raw {
    pub(super) fn of(exchange: Exchange) -> Self {
        Self {
            at: exchange.at,
            place: exchange.place,
            method: exchange.method,
            path: exchange.path,
            query: exchange.query,
            form: exchange.form,
            headers: PackedHeaders::pack(&exchange.headers, &exchange.response_headers),
            body: exchange.body,
            body_length: exchange.body_length,
            body_sha256: exchange.body_sha256,
            status: exchange.status,
            response_body: exchange.response_body,
            response_length: exchange.response_length,
            response_sha256: exchange.response_sha256,
            client_id: exchange.client_id,
            persona: exchange.persona,
            refusal: exchange.refusal.map(Box::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_headers_are_the_same() {
        let none = HeaderMap::new();
        let mut some = HeaderMap::new();
        some.append("accept", HeaderValue::from_static("text/html"));
        some.append("x-twice", HeaderValue::from_static("one"));
        some.append("x-twice", HeaderValue::from_static(""));
        some.append("x-bytes", HeaderValue::from_bytes(b"\xe9").unwrap());
        for (request, response) in [
            (&none, &none),
            (&some, &none),
            (&none, &some),
            (&some, &some),
        ] {
            let (first, second) = PackedHeaders::pack(request, response).unpacked();
            assert_eq!((&first, &second), (request, response));
        }
    }
}
