//! Questions of refresh requests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use super::ask::answered;
use super::{Judgement, Problem, at, each};
use crate::capture::{Exchange, Requests};
use crate::place::Place;

/// Of several requests that find the tokens over, one refreshes and the others wait for it: nobody
/// refreshes again before half the lifetime of what came is over. A provider may take the same
/// refresh token for ever.
pub(super) fn one_refresh_under_concurrency(requests: &Requests) -> Judgement {
    let mut lifetimes: HashMap<u64, Duration> = HashMap::new();
    for exchange in refreshes(requests) {
        lifetimes.insert(exchange.number, lifetime(exchange)?);
    }
    let is_fresh = |first: &Exchange, exchange: &Exchange| {
        let lifetime = lifetimes.get(&first.number).copied().unwrap_or_default();
        exchange.at < first.at + lifetime / 2
    };
    let seen: RefCell<HashMap<&str, &Exchange>> = RefCell::default();
    each("refresh request", refreshes(requests), |exchange| {
        let token = exchange.parameter("refresh_token").unwrap_or_default();
        match seen.borrow_mut().insert(token, exchange) {
            Some(first) if is_fresh(first, exchange) => Err(format!(
                "request {} refreshed with the same token just before",
                first.number
            )),
            _ => Ok(()),
        }
    })
}

fn refreshes(requests: &Requests) -> impl Iterator<Item = &Exchange> {
    let is_refresh =
        |exchange: &&Exchange| exchange.parameter("grant_type") == Some("refresh_token");
    at(requests, Place::Token).filter(is_refresh)
}

/// How long the tokens of an answer are good; an hour where it does not say.
fn lifetime(exchange: &Exchange) -> Result<Duration, Problem> {
    let seconds = answered(exchange)?["expires_in"].as_u64();
    let seconds = seconds.filter(|it| *it < 1 << 32).unwrap_or(3_600);
    Ok(Duration::from_secs(seconds))
}
