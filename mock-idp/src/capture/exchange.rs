//! An exchange, and the questions a test asks about several.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::check::Refusal;
use crate::place::Place;

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

    /// What it takes in memory, in bytes.
    pub(super) fn size(&self) -> usize {
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

impl FromIterator<Arc<Exchange>> for Requests {
    fn from_iter<I: IntoIterator<Item = Arc<Exchange>>>(exchanges: I) -> Self {
        Self(exchanges.into_iter().collect())
    }
}
