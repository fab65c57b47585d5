//! What arrived and what was answered: the last of it, and questions about it.

mod exchange;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::check::Refusal;
use crate::endpoint::Request;
use crate::fault::{Delivery, Ending};
use crate::place::Place;
use crate::tenant::Tenant;
pub use exchange::{Exchange, Requests};

const EXCHANGES: usize = 1_000;
const BYTES: usize = 4 << 20;
/// A body is kept up to here.
const BODY: usize = 64 << 10;

/// A tenant's last exchanges: at most 1,000 of them and 4 MiB.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    /// Each with its size in bytes.
    exchanges: VecDeque<(usize, Arc<Exchange>)>,
    bytes: usize,
}

impl Capture {
    pub(crate) fn record(
        &self,
        tenant: &Tenant,
        place: Place,
        request: Request,
        delivery: &Delivery,
        refusal: Option<Refusal>,
    ) {
        let is_answered = !matches!(delivery.ending, Ending::Silence | Ending::Reset);
        let exchange = Exchange {
            at: tenant.clock().now(),
            place,
            method: request.method,
            path: request.path,
            query: Arc::unwrap_or_clone(request.query).0,
            headers: detached(&request.headers),
            form: Arc::unwrap_or_clone(request.form).0,
            status: is_answered.then(|| delivery.status.as_u16()),
            response_headers: delivery.headers.clone(),
            body: detached_body(&request.body),
            response_body: kept(&delivery.body),
            response_length: delivery.body.len(),
            client_id: delivery.client.clone(),
            persona: delivery.persona.clone(),
            refusal,
        };
        tracing::debug!(%exchange, "answered");
        self.ring().push(exchange);
    }

    pub(crate) fn requests(&self) -> Requests {
        let ring = self.ring();
        let exchanges = ring.exchanges.iter();
        exchanges
            .map(|(_, exchange)| Arc::clone(exchange))
            .collect()
    }

    pub(crate) fn clear(&self) {
        *self.ring() = Ring::default();
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same headers in memory of their own. Those of a request are slices of the connection's read
/// buffer: keeping them would keep it, and make the connection take a new one for every request.
fn detached(headers: &HeaderMap) -> HeaderMap {
    let values: Vec<u8> = headers
        .values()
        .flat_map(HeaderValue::as_bytes)
        .copied()
        .collect();
    let mut values = Bytes::from(values);
    let mut own = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        // What was a value stays one.
        if let Ok(value) = HeaderValue::from_maybe_shared(values.split_to(value.len())) {
            own.append(name, value);
        }
    }
    own
}

/// As much of a request's body as is kept, in memory of its own.
fn detached_body(body: &Bytes) -> Bytes {
    Bytes::copy_from_slice(body.get(..BODY).unwrap_or(body))
}

/// As much of an answer's body as is kept. A slice would keep the whole of it alive.
fn kept(body: &Bytes) -> Bytes {
    match body.get(..BODY) {
        Some(beginning) => Bytes::copy_from_slice(beginning),
        None => body.clone(),
    }
}

impl Ring {
    fn push(&mut self, exchange: Exchange) {
        let size = exchange.size();
        self.bytes += size;
        self.exchanges.push_back((size, Arc::new(exchange)));
        while self.exchanges.len() > EXCHANGES || self.bytes > BYTES {
            let Some((size, _)) = self.exchanges.pop_front() else {
                return;
            };
            self.bytes -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::Method;

    use super::*;

    fn exchange(path: &str, body: usize) -> Exchange {
        Exchange {
            at: SystemTime::UNIX_EPOCH,
            place: Place::Token,
            method: Method::POST,
            path: path.into(),
            query: vec![("a".into(), "query".into())],
            headers: HeaderMap::new(),
            form: vec![("a".into(), "form".into()), ("b".into(), "form".into())],
            body: Bytes::new(),
            status: Some(200),
            response_headers: HeaderMap::new(),
            response_body: vec![b'x'; body].into(),
            response_length: body,
            client_id: None,
            persona: None,
            refusal: None,
        }
    }

    #[test]
    fn the_ring_keeps_the_last_thousand_and_four_mebibytes() {
        let mut ring = Ring::default();
        for number in 0..1_500 {
            ring.push(exchange(&format!("/{number}"), 10));
        }
        assert_eq!(ring.exchanges.len(), EXCHANGES);
        assert_eq!(ring.exchanges[0].1.path, "/500");
        for _ in 0..200 {
            ring.push(exchange("/big", BODY));
        }
        assert!(ring.bytes <= BYTES && ring.exchanges.len() < 70);
        let sizes: usize = ring
            .exchanges
            .iter()
            .map(|(_, exchange)| exchange.size())
            .sum();
        assert_eq!(ring.bytes, sizes);
    }

    #[test]
    fn detached_headers_are_the_same() {
        let mut headers = HeaderMap::new();
        headers.append("accept", HeaderValue::from_static("text/html"));
        headers.append("x-twice", HeaderValue::from_static("one"));
        headers.append("x-twice", HeaderValue::from_static(""));
        headers.append("x-bytes", HeaderValue::from_bytes(b"\xe9").unwrap());
        assert_eq!(detached(&headers), headers);
    }

    #[test]
    fn a_parameter_is_looked_for_in_query_and_form() {
        let exchange = exchange("/", 0);
        assert_eq!(exchange.parameter("a"), Some("query"));
        assert_eq!(exchange.parameter("b"), Some("form"));
        assert_eq!(exchange.parameter("c"), None);
    }

    #[test]
    #[should_panic(
        expected = "expected one request, there are 2:\n  POST /one (token) -> 200\n  POST /two"
    )]
    fn more_than_one_is_not_only_one() {
        let two = [exchange("/one", 0), exchange("/two", 0)];
        let requests: Requests = two.map(Arc::new).into_iter().collect();
        let _ = requests.only();
    }
}
