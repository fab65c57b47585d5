//! Questions of refresh requests.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Judgement, at, each};
use crate::capture::Requests;
use crate::place::Place;

/// Of several requests that find the tokens over, one refreshes and the others wait for it.
pub(super) fn one_refresh_under_concurrency(requests: &Requests) -> Judgement {
    let seen: RefCell<HashMap<&str, u64>> = RefCell::default();
    let is_refresh = |name: Option<&str>| name == Some("refresh_token");
    let refreshes = at(requests, Place::Token).filter(|it| is_refresh(it.parameter("grant_type")));
    each("refresh request", refreshes, |exchange| {
        let token = exchange.parameter("refresh_token").unwrap_or_default();
        match seen.borrow_mut().insert(token, exchange.number) {
            None => Ok(()),
            Some(first) => Err(format!(
                "the refresh token was sent before, in request {first}"
            )),
        }
    })
}
