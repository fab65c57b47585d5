//! The login that a page's form belongs to.

use super::Request;
use crate::check::{Check, Refusal, refuse};
use crate::store::Transaction;
use crate::tenant::Tenant;

/// The transaction that the page or its form names, with its id.
pub(super) fn find<'a>(
    tenant: &Tenant,
    request: &'a Request,
) -> Result<(&'a str, Transaction), Refusal> {
    let id = request
        .parameters()
        .first("transaction")
        .unwrap_or_default();
    let now = tenant.clock().now();
    let found = tenant.store().transactions.find(id, now).cloned();
    found.map(|transaction| (id, transaction)).ok_or_else(over)
}

/// Remembers what was chosen.
pub(super) fn update(tenant: &Tenant, id: &str, next: Transaction) {
    let now = tenant.clock().now();
    if let Some(transaction) = tenant.store().transactions.find_mut(id, now) {
        *transaction = next;
    }
}

/// Ends a transaction: of two forms that were sent at once, one gets it.
pub(super) fn finish(tenant: &Tenant, id: &str) -> Result<Transaction, Refusal> {
    let now = tenant.clock().now();
    tenant.store().transactions.take(id, now).ok_or_else(over)
}

/// Ends a transaction because the visitor does not want to go on.
pub(super) fn cancel(tenant: &Tenant, id: &str, transaction: &Transaction) -> Refusal {
    match finish(tenant, id) {
        Ok(_) => refuse(Check::AuthorizationCancelled, "the visitor pressed Cancel")
            .reply_to(transaction.request.reply_to()),
        Err(over) => over,
    }
}

fn over() -> Refusal {
    refuse(
        Check::PageTransaction,
        "the transaction is unknown: it was finished, is too old, or never was",
    )
}
