//! The last exchanges of a tenant: at most 1,000 of them and 4 MiB.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::exchange::Exchange;
use super::next::NextRequestError;
use super::raw::Raw;
use super::requests::Requests;
use super::transaction::{Transactions, given};
use crate::place::Place;

const EXCHANGES: usize = 1_000;
const BYTES: usize = 4 << 20;

/// The last exchanges. Most are dropped before anybody asks, so that they are kept as they came, and
/// only who asks has them settled.
#[derive(Debug, Default)]
pub(super) struct Ring {
    /// Those that somebody asked for.
    settled: VecDeque<Settled>,
    /// Those that came since.
    raw: VecDeque<Raw>,
    bytes: usize,
    /// How many came; the number of the next.
    count: u64,
    transactions: Transactions,
    /// The number from which on the next exchange of a place is looked for.
    cursors: BTreeMap<Place, u64>,
}

/// An exchange whose login is known.
#[derive(Debug)]
struct Settled {
    exchange: Arc<Exchange>,
    /// In bytes.
    size: usize,
    /// The hashes of what it gave.
    given: Vec<u64>,
}

impl Ring {
    /// Keeps an exchange; this is the whole body of its answer.
    pub(super) fn push(&mut self, raw: Raw, body: &[u8]) {
        let is_cut = body.len() > raw.response_body.len();
        self.bytes += raw.size();
        self.raw.push_back(raw);
        self.count += 1;
        if is_cut {
            // What it gives may stand in what is not kept.
            self.settle(Some(body));
        }
        while self.len() > EXCHANGES || self.bytes > BYTES {
            self.drop_oldest();
        }
    }

    fn len(&self) -> usize {
        self.settled.len() + self.raw.len()
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.settled.pop_front() {
            self.bytes -= oldest.size;
            self.transactions.forget(&oldest.given);
        } else if let Some(oldest) = self.raw.pop_front() {
            self.bytes -= oldest.size();
        }
    }

    /// Finds the logins of what came since somebody asked; `last` is the whole body of the last
    /// answer, where it is not kept whole.
    fn settle(&mut self, last: Option<&[u8]>) {
        while let Some(raw) = self.raw.pop_front() {
            let number = self.first_raw() - 1;
            let size = raw.size();
            let mut exchange = raw.unpacked(number);
            let whole = last.filter(|_| self.raw.is_empty());
            let given = given(&exchange, whole.unwrap_or(&exchange.response_body));
            exchange.transaction = self.transactions.of(&exchange);
            if let Some(transaction) = exchange.transaction {
                self.transactions.remember(&given, transaction);
            }
            self.settled.push_back(Settled {
                exchange: Arc::new(exchange),
                size,
                given,
            });
        }
    }

    /// The number of the first exchange that is not settled.
    fn first_raw(&self) -> u64 {
        self.count - self.raw.len() as u64
    }

    pub(super) fn requests(&mut self) -> Requests {
        self.settle(None);
        let exchanges = self.settled.iter();
        let exchanges = exchanges.map(|settled| Arc::clone(&settled.exchange));
        Requests::new(exchanges.collect(), self.dropped())
    }

    /// How many came that are not kept any more.
    fn dropped(&self) -> u64 {
        self.count - self.len() as u64
    }

    /// Whether [`next`](Self::next) has something to say.
    pub(super) fn has_next(&mut self, place: Place) -> bool {
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
        let found = self.find_next(place)?;
        self.cursors.insert(place, found.number + 1);
        Some(Ok(found))
    }

    fn cursor(&self, place: Place) -> u64 {
        self.cursors.get(&place).copied().unwrap_or_default()
    }

    fn find_next(&mut self, place: Place) -> Option<Arc<Exchange>> {
        self.settle(None);
        let cursor = self.cursor(place);
        let mut exchanges = self.settled.iter().map(|settled| &settled.exchange);
        let found = exchanges.find(|it| it.place == place && it.number >= cursor)?;
        Some(Arc::clone(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(ring: &mut Ring, exchange: Exchange) {
        let body = exchange.response_body.clone();
        ring.push(Raw::of(exchange), &body);
    }

    #[test]
    fn the_ring_keeps_the_last_thousand_and_four_mebibytes() {
        let mut ring = Ring::default();
        for number in 0..1_500 {
            push(&mut ring, Exchange::sample(&format!("/{number}"), &[]));
        }
        assert_eq!(ring.len(), EXCHANGES);
        let requests = ring.requests();
        let first = requests.iter().next().unwrap();
        assert_eq!((first.path.as_str(), first.number), ("/500", 500));
        assert_eq!(requests.dropped(), 500);
        for _ in 0..200 {
            let mut big = Exchange::sample("/big", &[]);
            big.response_body = vec![b'x'; 64 << 10].into();
            push(&mut ring, big);
        }
        assert!(ring.bytes <= BYTES && ring.len() < 70);
        let sizes = |ring: &Ring| -> usize {
            let settled = ring.settled.iter().map(|settled| settled.size);
            settled.chain(ring.raw.iter().map(Raw::size)).sum()
        };
        assert_eq!(ring.bytes, sizes(&ring));
        let count = ring.requests().len();
        assert_eq!((ring.bytes, ring.len()), (sizes(&ring), count));
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
    fn what_a_long_answer_gives_is_known_although_it_is_cut() {
        let mut ring = Ring::default();
        let mut authorization = Exchange::sample("/auth", &[]);
        authorization.place = Place::Authorization;
        let headers = &mut authorization.response_headers;
        headers.insert("location", "http://a/cb?code=c".parse().unwrap());
        push(&mut ring, authorization);
        let token = Raw::of(Exchange::sample("/token", &[("code", "c")]));
        let body = format!(r#"{{"x":"{}","access_token":"a"}}"#, "x".repeat(1 << 10));
        ring.push(token, body.as_bytes());
        push(&mut ring, Exchange::sample("/revoke", &[("token", "a")]));
        assert_eq!(ring.requests().transactions().len(), 1);
        let last = ring.requests().last().map(|it| it.transaction);
        assert_eq!(
            last,
            Some(ring.requests().iter().next().unwrap().transaction)
        );
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
