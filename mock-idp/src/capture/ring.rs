//! The last exchanges of a tenant: at most 1,000 of them and 4 MiB.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::exchange::Exchange;
use super::next::NextRequestError;
use super::requests::Requests;
use super::transaction::{Transactions, given};
use crate::place::Place;

const EXCHANGES: usize = 1_000;
const BYTES: usize = 4 << 20;

#[derive(Debug, Default)]
pub(super) struct Ring {
    kept: VecDeque<Kept>,
    bytes: usize,
    /// How many came; the number of the next.
    count: u64,
    transactions: Transactions,
    /// How many of those kept have their login found.
    settled: usize,
    /// The number from which on the next exchange of a place is looked for.
    cursors: BTreeMap<Place, u64>,
}

#[derive(Debug)]
struct Kept {
    exchange: Arc<Exchange>,
    /// In bytes.
    size: usize,
    /// The hashes of what it gave, once that was found.
    given: Option<Vec<u64>>,
}

impl Ring {
    /// Keeps an exchange, with the hashes of what its answer gave where these are known. Which login
    /// it is a part of is found when somebody asks: most exchanges are dropped before anybody does.
    pub(super) fn push(&mut self, mut exchange: Exchange, given: Option<Vec<u64>>) {
        exchange.number = self.count;
        self.count += 1;
        let size = exchange.size();
        self.bytes += size;
        self.kept.push_back(Kept {
            exchange: Arc::new(exchange),
            size,
            given,
        });
        while self.kept.len() > EXCHANGES || self.bytes > BYTES {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            self.bytes -= oldest.size;
            if let Some(settled) = self.settled.checked_sub(1) {
                self.settled = settled;
                self.transactions
                    .forget(oldest.given.as_deref().unwrap_or_default());
            }
        }
    }

    /// Finds the logins of what came since somebody asked before.
    fn settle(&mut self) {
        for kept in self.kept.iter_mut().skip(self.settled) {
            let body = &kept.exchange.response_body;
            let given = kept
                .given
                .take()
                .unwrap_or_else(|| given(&kept.exchange, body));
            let transaction = self.transactions.of(&kept.exchange);
            if let Some(transaction) = transaction {
                self.transactions.remember(&given, transaction);
                Arc::make_mut(&mut kept.exchange).transaction = Some(transaction);
            }
            kept.given = Some(given);
        }
        self.settled = self.kept.len();
    }

    pub(super) fn requests(&mut self) -> Requests {
        self.settle();
        let exchanges = self.kept.iter();
        let exchanges = exchanges.map(|kept| Arc::clone(&kept.exchange));
        Requests::new(exchanges.collect(), self.dropped())
    }

    /// How many came that are not kept any more.
    fn dropped(&self) -> u64 {
        self.count - self.kept.len() as u64
    }

    /// Whether [`next`](Self::next) has something to say.
    pub(super) fn has_next(&self, place: Place) -> bool {
        self.cursor(place) < self.dropped() || self.find_next(place).is_some()
    }

    /// The first exchange at this place that was not asked for before.
    pub(super) fn next(&mut self, place: Place) -> Option<Result<Arc<Exchange>, NextRequestError>> {
        let dropped = self.dropped();
        let missed = dropped.saturating_sub(self.cursor(place));
        if missed > 0 {
            self.cursors.insert(place, dropped);
            return Some(Err(NextRequestError::Dropped { place, missed }));
        }
        self.settle();
        let found = self.find_next(place)?;
        self.cursors.insert(place, found.number + 1);
        Some(Ok(found))
    }

    fn cursor(&self, place: Place) -> u64 {
        self.cursors.get(&place).copied().unwrap_or_default()
    }

    fn find_next(&self, place: Place) -> Option<Arc<Exchange>> {
        let cursor = self.cursor(place);
        let mut exchanges = self.kept.iter().map(|kept| &kept.exchange);
        let found = exchanges.find(|it| it.place == place && it.number >= cursor)?;
        Some(Arc::clone(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(ring: &mut Ring, exchange: Exchange) {
        ring.push(exchange, None);
    }

    #[test]
    fn the_ring_keeps_the_last_thousand_and_four_mebibytes() {
        let mut ring = Ring::default();
        for number in 0..1_500 {
            push(&mut ring, Exchange::sample(&format!("/{number}"), &[]));
        }
        assert_eq!(ring.kept.len(), EXCHANGES);
        assert_eq!(ring.kept[0].exchange.path, "/500");
        assert_eq!((ring.kept[0].exchange.number, ring.dropped()), (500, 500));
        for _ in 0..200 {
            let mut big = Exchange::sample("/big", &[]);
            big.response_body = vec![b'x'; 64 << 10].into();
            push(&mut ring, big);
        }
        assert!(ring.bytes <= BYTES && ring.kept.len() < 70);
        let sizes: usize = ring.kept.iter().map(|kept| kept.exchange.size()).sum();
        assert_eq!(ring.bytes, sizes);
    }

    #[test]
    fn a_login_is_followed_by_what_its_answers_gave_and_forgotten_with_them() {
        let mut ring = Ring::default();
        push(
            &mut ring,
            Exchange::sample("/token", &[("code", "unknown")]),
        );
        let mut authorization = Exchange::sample("/auth", &[]);
        authorization.place = Place::Authorization;
        let headers = &mut authorization.response_headers;
        headers.insert("location", "http://a/cb?code=c".parse().unwrap());
        push(&mut ring, authorization);
        let mut token = Exchange::sample("/token", &[("code", "c")]);
        token.response_body = r#"{"access_token":"a"}"#.into();
        push(&mut ring, token);
        let mut userinfo = Exchange::sample("/userinfo", &[]);
        userinfo.place = Place::UserInfo;
        userinfo
            .headers
            .insert("authorization", "Bearer a".parse().unwrap());
        push(&mut ring, userinfo);
        let requests = ring.requests();
        let of: Vec<_> = requests
            .iter()
            .map(|it| it.transaction.map(|id| id.0))
            .collect();
        assert_eq!(of, [None, Some(1), Some(1), Some(1)]);
        for _ in 0..EXCHANGES {
            push(&mut ring, Exchange::sample("/token", &[("code", "c")]));
        }
        let requests = ring.requests();
        let last = requests.last().unwrap();
        assert_eq!(last.transaction, None, "the answer is gone");
    }

    #[test]
    fn the_next_is_each_once_and_says_what_it_missed() {
        let mut ring = Ring::default();
        assert!(ring.next(Place::Token).is_none());
        push(&mut ring, Exchange::sample("/1", &[]));
        push(&mut ring, Exchange::sample("/2", &[]));
        let mut next = || {
            ring.next(Place::Token)
                .map(|next| next.unwrap().path.clone())
        };
        assert_eq!(next().as_deref(), Some("/1"));
        assert_eq!(next().as_deref(), Some("/2"));
        assert_eq!(next(), None);
        assert!(!ring.has_next(Place::Token));
        for _ in 0..=EXCHANGES {
            push(&mut ring, Exchange::sample("/3", &[]));
        }
        let missed = ring.next(Place::Token).unwrap().unwrap_err();
        assert!(
            matches!(missed, NextRequestError::Dropped { missed: 1, .. }),
            "{missed}"
        );
        assert_eq!(ring.next(Place::Token).unwrap().unwrap().path, "/3");
    }
}
