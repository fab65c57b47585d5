//! An exchange as it is kept until somebody asks: in few pieces of memory, since most are dropped
//! before anybody does.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::exchange::Exchange;

/// An exchange whose headers are packed. It has no number and no login yet.
#[derive(Debug)]
pub(super) struct Raw {
    /// Without its headers.
    pub(super) exchange: Exchange,
    pub(super) headers: PackedHeaders,
    pub(super) response_headers: PackedHeaders,
}

impl Raw {
    /// The exchange, as the one that came after so many.
    pub(super) fn unpacked(self, number: u64) -> Exchange {
        Exchange {
            number,
            headers: self.headers.unpacked(),
            response_headers: self.response_headers.unpacked(),
            ..self.exchange
        }
    }

    /// What it takes in memory, in bytes; unpacked it takes about as much.
    pub(super) fn size(&self) -> usize {
        let Exchange {
            path,
            query,
            form,
            body,
            response_body,
            ..
        } = &self.exchange;
        let headers = self.headers.0.len() + self.response_headers.0.len();
        let bodies = body.len() + response_body.len();
        size_of::<Self>() + path.len() + query.size() + form.size() + headers + bodies
    }
}

/// Headers in one piece of memory of their own: for each the lengths of its name and its value, the
/// name, the value. Those of a request are slices of the connection's read buffer: keeping them would
/// keep it, and make the connection take a new one for every request.
#[derive(Debug)]
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
    pub(super) fn of(mut exchange: Exchange) -> Self {
        let (headers, response_headers) = (
            PackedHeaders::pack(&std::mem::take(&mut exchange.headers)),
            PackedHeaders::pack(&std::mem::take(&mut exchange.response_headers)),
        );
        Self {
            exchange,
            headers,
            response_headers,
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
