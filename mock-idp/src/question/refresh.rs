//! Questions of refresh requests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use super::{Judgement, at, each};
use crate::capture::{Exchange, Requests};
use crate::place::Place;

/// Of several requests that find the tokens over, one refreshes and the others wait for it: nobody
/// refreshes again before half the lifetime of what came is over. A provider may take the same
/// refresh token for ever.
pub(super) fn one_refresh_under_concurrency(requests: &Requests) -> Judgement {
    let seen: RefCell<HashMap<&str, &Exchange>> = RefCell::default();
    let is_refresh =
        |exchange: &&Exchange| exchange.parameter("grant_type") == Some("refresh_token");
    let refreshes = at(requests, Place::Token).filter(is_refresh);
    each("refresh request", refreshes, |exchange| {
        let token = exchange.parameter("refresh_token").unwrap_or_default();
        match seen.borrow_mut().insert(token, exchange) {
            Some(first) if exchange.at < first.at + lifetime(first) / 2 => Err(format!(
                "request {} refreshed with the same token just before",
                first.number
            )),
            _ => Ok(()),
        }
    })
}

/// How long the tokens of an answer are good; an hour where it does not say.
fn lifetime(exchange: &Exchange) -> Duration {
    let json: serde_json::Value =
        serde_json::from_slice(&exchange.response_body).unwrap_or_default();
    let seconds = json["expires_in"].as_u64().filter(|it| *it < 1 << 32);
    Duration::from_secs(seconds.unwrap_or(3_600))
}
