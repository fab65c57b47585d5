//! Several exchanges, and what a test asks for among them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use super::transaction::TransactionId;
use super::{har, mask, mermaid};
use crate::place::Place;

/// Exchanges in the order they came: a picture of one moment.
///
/// The provider keeps its last 1,000 exchanges, or 4 MiB of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Requests {
    /// The oldest first.
    #[serde(with = "shared")]
    #[cfg_attr(test, schemars(with = "Vec<Exchange>"))]
    exchanges: Vec<Arc<Exchange>>,
    /// How many the provider has dropped, so that any of them may be missing.
    dropped: u64,
}

/// Exchanges are shared in memory, and each is written down.
mod shared {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Arc, Exchange};

    pub(super) fn serialize<S: Serializer>(
        exchanges: &[Arc<Exchange>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(exchanges.iter().map(Arc::as_ref))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Arc<Exchange>>, D::Error> {
        let exchanges = Vec::<Exchange>::deserialize(deserializer)?;
        Ok(exchanges.into_iter().map(Arc::new).collect())
    }
}

impl Requests {
    pub(super) fn new(exchanges: Vec<Arc<Exchange>>, dropped: u64) -> Self {
        Self { exchanges, dropped }
    }

    /// Those that arrived at this place.
    #[must_use]
    pub fn to(&self, place: Place) -> Self {
        self.those(|exchange| exchange.place == place)
    }

    /// Those from this client, as far as request or answer says it.
    #[must_use]
    pub fn of_client(&self, client_id: &str) -> Self {
        self.those(|exchange| exchange.client_id.as_deref() == Some(client_id))
    }

    /// Those about this persona, as far as the answer says it.
    #[must_use]
    pub fn of_persona(&self, id: &str) -> Self {
        self.those(|exchange| exchange.persona.as_deref() == Some(id))
    }

    /// Those of one login.
    #[must_use]
    pub fn of_transaction(&self, id: TransactionId) -> Self {
        let those = self.those(|exchange| exchange.transaction == Some(id));
        // The oldest are dropped first: where the beginning is there, all of it is.
        let is_whole = those.iter().any(|exchange| exchange.number == id.0);
        Self {
            dropped: if is_whole { 0 } else { self.dropped },
            ..those
        }
    }

    /// Those that were refused.
    #[must_use]
    pub fn refused(&self) -> Self {
        self.those(|exchange| exchange.refusal.is_some())
    }

    /// Those that came after so many: what happened since another picture, which had
    /// [`end`](Self::end) of them.
    #[must_use]
    pub fn since(&self, end: u64) -> Self {
        Self {
            dropped: self.dropped.saturating_sub(end),
            ..self.those(|exchange| exchange.number >= end)
        }
    }

    /// How many came before the next one.
    #[must_use]
    pub fn end(&self) -> u64 {
        let last = self.exchanges.last();
        last.map_or(self.dropped, |exchange| exchange.number + 1)
    }

    /// Those that came before so many had come.
    pub(crate) fn until(&self, end: u64) -> Self {
        self.those(|exchange| exchange.number < end)
    }

    /// Those of each login, in the order these began; what belongs to none first. Metadata that is fetched is
    /// taken for the next login's, and anything else of no login, such as keys, for that of whatever came before.
    pub(crate) fn by_login(&self) -> Vec<(Option<TransactionId>, Self)> {
        let mut owners = vec![None; self.exchanges.len()];
        let mut next = None;
        for (owner, exchange) in owners.iter_mut().zip(&self.exchanges).rev() {
            next = exchange.transaction.or(next);
            *owner = next;
        }
        let mut last = None;
        for (owner, exchange) in owners.iter_mut().zip(&self.exchanges) {
            last = exchange.transaction.or(last);
            if exchange.place != Place::Discovery {
                *owner = last.or(*owner);
            }
        }
        let mut logins: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (owner, exchange) in owners.into_iter().zip(&self.exchanges) {
            logins.entry(owner).or_default().push(Arc::clone(exchange));
        }
        let logins = logins.into_iter();
        logins
            .map(|(id, those)| (id, Self::new(those, self.dropped)))
            .collect()
    }

    fn those(&self, is_one: impl Fn(&Exchange) -> bool) -> Self {
        let those = self.exchanges.iter().filter(|exchange| is_one(exchange));
        Self {
            exchanges: those.cloned().collect(),
            dropped: self.dropped,
        }
    }

    /// The logins they are of, in the order these began.
    #[must_use]
    pub fn transactions(&self) -> Vec<TransactionId> {
        let mut ids: Vec<_> = self.iter().filter_map(|it| it.transaction).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// How many requests the provider has dropped, so that any of them may be missing here.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The one there is.
    ///
    /// # Panics
    /// When there is none or more than one, with all that arrived; when some were dropped.
    #[must_use]
    pub fn only(&self) -> &Exchange {
        match self.exchanges.as_slice() {
            _ if self.dropped > 0 => {
                panic!(
                    "whether it is the only one is not known: {} requests were dropped",
                    self.dropped
                )
            }
            [only] => only,
            _ => panic!("expected one request, there are {}:{self}", self.len()),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }

    /// Each, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Exchange> {
        self.exchanges.iter().map(Arc::as_ref)
    }

    /// The newest.
    #[must_use]
    pub fn last(&self) -> Option<&Exchange> {
        self.exchanges.last().map(Arc::as_ref)
    }

    /// The text, with a mark in the place of each secret that these requests bring and their answers give. The mark is
    /// the same for the same secret, here and in whatever else these requests are shown as.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        mask::without(text, &mask::secrets(self))
    }

    /// A [Mermaid](https://mermaid.js.org/syntax/sequenceDiagram.html) sequence diagram of them.
    /// What may be secret shows as a mark that is the same for the same value.
    #[must_use]
    pub fn mermaid(&self) -> String {
        mermaid::sequence_diagram(self)
    }

    /// An HTTP archive of them ([HAR 1.2](https://w3c.github.io/web-performance/specs/HAR/Overview.html)), for the
    /// developer tools of a browser to open, or to send to somebody: what may be secret shows as a mark that is
    /// the same for the same value. `issuer` says whether URLs begin with http or https.
    ///
    /// Durations are not measured, and zero.
    #[must_use]
    pub fn har(&self, issuer: &str) -> serde_json::Value {
        har::archive(self, issuer)
    }
}

/// A line for each.
impl fmt::Display for Requests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|exchange| write!(formatter, "\n  {exchange}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(paths: &[&str], dropped: u64) -> Requests {
        let exchanges = paths.iter().map(|path| Exchange::sample(path, &[]));
        Requests::new(exchanges.map(Arc::new).collect(), dropped)
    }

    #[test]
    #[should_panic(
        expected = "expected one request, there are 2:\n  POST /one (token) -> 200\n  POST /two"
    )]
    fn more_than_one_is_not_only_one() {
        let _ = requests(&["/one", "/two"], 0).only();
    }

    #[test]
    fn what_came_since_another_picture() {
        let numbered = |number| Exchange {
            number,
            ..Exchange::sample("/x", &[])
        };
        let numbers = |requests: &Requests| -> Vec<u64> {
            requests.iter().map(|exchange| exchange.number).collect()
        };
        let all = Requests::new((3..6).map(numbered).map(Arc::new).collect(), 3);
        assert_eq!(all.end(), 6);
        assert_eq!(numbers(&all.since(5)), [5]);
        assert_eq!(all.since(5).dropped(), 0);
        assert_eq!(
            all.since(1).dropped(),
            2,
            "1 and 2 came since, and are gone"
        );
        assert_eq!(Requests::default().end(), 0);
    }

    #[test]
    #[should_panic(expected = "is not known: 7 requests were dropped")]
    fn the_last_one_that_is_left_may_not_be_the_only_one() {
        let _ = requests(&["/one"], 7).only();
    }
}
