//! What arrived and what was answered: the last of it, and questions about it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::check::Refusal;
use crate::endpoint::Request;
use crate::fault::{Delivery, Ending};
use crate::place::Place;
use crate::tenant::Tenant;

const EXCHANGES: usize = 1_000;
const BYTES: usize = 4 << 20;
/// A body is kept up to here.
const BODY: usize = 64 << 10;

/// A request and its answer. For the test that asks: it holds what was sent, secrets and all.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When it arrived, by the provider's clock.
    pub at: SystemTime,
    /// Where it arrived.
    pub place: Place,
    /// The request's method.
    pub method: Method,
    /// The request's path.
    pub path: String,
    /// The request's query, in the order it came.
    pub query: Vec<(String, String)>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's form, in the order it came; empty where the body was none.
    pub form: Vec<(String, String)>,
    /// The request's body, up to 64 KiB.
    pub body: Bytes,
    /// The answer's status; none where the connection was cut or stayed silent.
    pub status: Option<u16>,
    /// The answer's headers.
    pub response_headers: HeaderMap,
    /// The answer's body, up to 64 KiB.
    pub response_body: Bytes,
    /// The length of the whole body, in bytes, before it was repeated or cut.
    pub response_length: usize,
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
        let mut all = self.query.iter().chain(&self.form);
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The answer's body as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn response_text(&self) -> String {
        String::from_utf8_lossy(&self.response_body).into_owned()
    }

    fn size(&self) -> usize {
        let pairs = self.query.iter().chain(&self.form);
        let pairs: usize = pairs.map(|(name, value)| name.len() + value.len()).sum();
        let headers = self.headers.iter().chain(&self.response_headers);
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        size_of::<Self>()
            + self.path.len()
            + pairs
            + headers
            + self.body.len()
            + self.response_body.len()
    }
}

/// A line: method, path, status, and why it was refused. Without parameters, which may be secret.
impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} ({})", self.method, self.path, self.place)?;
        match self.status {
            Some(status) => write!(formatter, " -> {status}")?,
            None => formatter.write_str(" -> no answer")?,
        }
        match &self.refusal {
            Some(refusal) => write!(formatter, " {}: {}", refusal.check, refusal.reason),
            None => Ok(()),
        }
    }
}

/// Exchanges in the order they came: a picture of one moment.
#[derive(Clone, Debug, Default)]
pub struct Requests(Vec<Arc<Exchange>>);

impl Requests {
    /// Those that arrived at this place.
    #[must_use]
    pub fn to(&self, place: Place) -> Self {
        let there = self.0.iter().filter(|exchange| exchange.place == place);
        Self(there.cloned().collect())
    }

    /// The one there is.
    ///
    /// # Panics
    /// When there is none or more than one, with all that arrived.
    #[must_use]
    pub fn only(&self) -> &Exchange {
        match self.0.as_slice() {
            [only] => only,
            _ => panic!("expected one request, there are {}:{self}", self.0.len()),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Exchange> {
        self.0.iter().map(Arc::as_ref)
    }

    /// The newest.
    #[must_use]
    pub fn last(&self) -> Option<&Exchange> {
        self.0.last().map(Arc::as_ref)
    }
}

/// A line for each.
impl fmt::Display for Requests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|exchange| write!(formatter, "\n  {exchange}"))
    }
}

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
            headers: request.headers,
            form: Arc::unwrap_or_clone(request.form).0,
            status: is_answered.then(|| delivery.status.as_u16()),
            response_headers: delivery.headers.clone(),
            body: kept(&request.body),
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
        Requests(
            exchanges
                .map(|(_, exchange)| Arc::clone(exchange))
                .collect(),
        )
    }

    pub(crate) fn clear(&self) {
        *self.ring() = Ring::default();
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As much of a body as is kept. A slice would keep the whole of it alive.
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
        let _ = Requests(two.map(Arc::new).to_vec()).only();
    }
}
