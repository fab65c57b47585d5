//! What arrived and what was answered: the last of it, and questions about it.

pub mod drawing;
mod exchange;
mod har;
mod mask;
mod mermaid;
mod next;
mod raw;
mod requests;
mod ring;
mod transaction;
mod written;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;

use crate::check::Refusal;
use crate::endpoint::Request;
use crate::fault::Delivery;
use crate::place::Place;
use crate::tenant::Tenant;
pub use exchange::Exchange;
pub use next::NextRequestError;
use raw::{PackedHeaders, Raw};
pub use requests::Requests;
use ring::Ring;
pub use transaction::TransactionId;

/// A body is kept up to here.
const BODY: usize = 64 << 10;

/// A tenant's last exchanges: at most 1,000 of them and 4 MiB.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    ring: Mutex<Ring>,
    cleared: AtomicU64,
    /// Wakes the threads, and the tasks, that wait for the next exchange.
    arrived: Condvar,
    /// How many threads wait. To wake nobody is a system call as well.
    waiting: AtomicUsize,
    arrived_async: Notify,
}

impl Capture {
    /// Keeps an exchange. Client and persona are taken out of what is delivered: nobody else asks.
    pub(crate) fn record(
        &self,
        tenant: &Tenant,
        place: Place,
        request: Request,
        delivery: &mut Delivery,
        refusal: Option<Refusal>,
    ) {
        let is_answered = delivery.ending.is_answer();
        let raw = Raw {
            at: tenant.clock().now(),
            place,
            method: request.method,
            path: request.path,
            query: request.query,
            form: request.form,
            headers: PackedHeaders::pack(&request.headers, &delivery.headers),
            body: detached_body(&request.body),
            body_length: request.body.len(),
            body_sha256: sha256_of_cut(&request.body),
            status: is_answered.then(|| delivery.status.as_u16()),
            response_body: kept(&delivery.body),
            response_length: delivery.body.len(),
            response_sha256: sha256_of_cut(&delivery.body),
            client_id: delivery.client.take(),
            persona: delivery.persona.take(),
            refusal: refusal.map(Box::new),
        };
        tracing::debug!(exchange = %raw, "answered");
        self.ring().push(raw, &delivery.body);
        // Whoever began to wait before the push is counted: the ring's lock was between.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.arrived.notify_all();
        }
        self.arrived_async.notify_waiters();
    }

    pub(crate) fn requests(&self) -> Requests {
        self.ring().requests()
    }

    pub(crate) fn clear(&self) {
        *self.ring() = Ring::default();
        self.cleared.fetch_add(1, Ordering::SeqCst);
    }

    /// How often it was cleared: what comes after that has the numbers of what was before.
    pub(crate) fn cleared(&self) -> u64 {
        self.cleared.load(Ordering::SeqCst)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

/// The SHA-256 of a body that is not kept whole, in hexadecimal digits.
fn sha256_of_cut(body: &Bytes) -> Option<String> {
    (body.len() > BODY).then(|| format!("{:x}", Sha256::digest(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_hashed_where_it_is_cut() {
        let whole = Bytes::from(vec![0; BODY]);
        assert_eq!(sha256_of_cut(&whole), None);
        let long = Bytes::from(vec![0; BODY + 1]);
        let hash = "3266304f31be278d06c3bd3eb9aa3e00c59bedec0a890de466568b0b90b0e01f";
        assert_eq!(sha256_of_cut(&long).as_deref(), Some(hash));
        assert_eq!(kept(&long).len(), BODY);
        assert_eq!(detached_body(&long).len(), BODY);
    }
}
