//! An exchange as it is kept until somebody asks: in few pieces of memory, since most are dropped
//! before anybody does.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::exchange::Exchange;
use crate::check::Refusal;
use crate::endpoint::Parameters;
use crate::place::Place;

/// A request and its answer; the fields are those of an [`Exchange`].
pub(super) struct Raw {
    pub(super) at: SystemTime,
    pub(super) place: Place,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Arc<Parameters>,
    pub(super) headers: PackedHeaders,
    pub(super) form: Arc<Parameters>,
    pub(super) body: Bytes,
    pub(super) body_length: usize,
    pub(super) body_sha256: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) response_headers: PackedHeaders,
    pub(super) response_body: Bytes,
    pub(super) response_length: usize,
    pub(super) response_sha256: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) persona: Option<String>,
    pub(super) refusal: Option<Refusal>,
}

impl Raw {
    /// The exchange, as the one that came after so many.
    pub(super) fn unpacked(self, number: u64) -> Exchange {
        Exchange {
            number,
            transaction: None,
            at: self.at,
            place: self.place,
            method: self.method,
            path: self.path,
            query: self.query,
            headers: self.headers.unpacked(),
            form: self.form,
            body: self.body,
            body_length: self.body_length,
            body_sha256: self.body_sha256,
            status: self.status,
            response_headers: self.response_headers.unpacked(),
            response_body: self.response_body,
            response_length: self.response_length,
            response_sha256: self.response_sha256,
            client_id: self.client_id,
            persona: self.persona,
            refusal: self.refusal,
        }
    }

    /// What it takes in memory, in bytes; as an exchange it takes about as much.
    pub(super) fn size(&self) -> usize {
        size_of::<Exchange>()
            + self.path.len()
            + self.query.size()
            + self.form.size()
            + self.headers.0.len()
            + self.response_headers.0.len()
            + self.body.len()
            + self.response_body.len()
    }
}

/// A line: method, path, status, and why it was refused. Without parameters, which may be secret.
impl fmt::Display for Raw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            path,
            place,
            status,
            refusal,
            ..
        } = self;
        super::exchange::line(formatter, method, path, *place, *status, refusal.as_ref())
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Headers in one piece of memory of their own: for each the lengths of its name and its value, the
/// name, the value. Those of a request are slices of the connection's read buffer: keeping them would
/// keep it, and make the connection take a new one for every request.
pub(super) struct PackedHeaders(Box<[u8]>);

impl PackedHeaders {
    pub(super) fn pack(headers: &HeaderMap) -> Self {
        let lengths = headers
            .iter()
            .map(|(name, value)| 2 * size_of::<u32>() + name.as_str().len() + value.len());
        let mut packed = Vec::with_capacity(lengths.sum());
        for (name, value) in headers {
            let name = name.as_str().as_bytes();
            for part in [name, value.as_bytes()] {
                // No header is longer than the read buffer.
                let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
                packed.extend_from_slice(&length.to_le_bytes());
            }
            packed.extend_from_slice(name);
            packed.extend_from_slice(value.as_bytes());
        }
        Self(packed.into())
    }

    fn unpacked(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut rest = &self.0[..];
        while let Some((name, value, behind)) = first(rest) {
            // What was a header stays one.
            let name = HeaderName::from_bytes(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
            rest = behind;
        }
        headers
    }
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
            headers: PackedHeaders::pack(&exchange.headers),
            form: exchange.form,
            body: exchange.body,
            body_length: exchange.body_length,
            body_sha256: exchange.body_sha256,
            status: exchange.status,
            response_headers: PackedHeaders::pack(&exchange.response_headers),
            response_body: exchange.response_body,
            response_length: exchange.response_length,
            response_sha256: exchange.response_sha256,
            client_id: exchange.client_id,
            persona: exchange.persona,
            refusal: exchange.refusal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_headers_are_the_same() {
        let mut headers = HeaderMap::new();
        assert_eq!(PackedHeaders::pack(&headers).unpacked(), headers);
        headers.append("accept", HeaderValue::from_static("text/html"));
        headers.append("x-twice", HeaderValue::from_static("one"));
        headers.append("x-twice", HeaderValue::from_static(""));
        headers.append("x-bytes", HeaderValue::from_bytes(b"\xe9").unwrap());
        assert_eq!(PackedHeaders::pack(&headers).unpacked(), headers);
    }
}
