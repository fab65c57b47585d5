//! Questions of authorization requests.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::{Judgement, at, each};
use crate::capture::{Exchange, Requests};
use crate::place::Place;

fn each_authorization<'a>(
    requests: &'a Requests,
    judge: impl Fn(&'a Exchange) -> Result<(), String>,
) -> Judgement {
    each(
        "authorization request",
        at(requests, Place::Authorization),
        judge,
    )
}

fn required<'a>(exchange: &'a Exchange, parameter: &str) -> Result<&'a str, String> {
    let value = exchange.parameter(parameter).filter(|it| !it.is_empty());
    value.ok_or_else(|| format!("{parameter} is missing or empty"))
}

pub(super) fn used_pkce_s256(requests: &Requests) -> Judgement {
    each_authorization(requests, |exchange| {
        required(exchange, "code_challenge")?;
        match exchange.parameter("code_challenge_method") {
            Some("S256") => Ok(()),
            other => Err(format!(
                "code_challenge_method is {:?}, not \"S256\"",
                other.unwrap_or_default()
            )),
        }
    })
}

/// Each has the parameter, and each another value.
pub(super) fn is_unique(requests: &Requests, parameter: &str) -> Judgement {
    let seen: RefCell<HashMap<&str, u64>> = RefCell::default();
    each_authorization(requests, |exchange| {
        let value = required(exchange, parameter)?;
        match seen.borrow_mut().insert(value, exchange.number) {
            None => Ok(()),
            Some(first) => Err(format!("{parameter} is the same as in request {first}")),
        }
    })
}

pub(super) fn state_is_long_enough(requests: &Requests, bits: u32) -> Judgement {
    each_authorization(requests, |exchange| {
        let room = room(required(exchange, "state")?);
        if room >= f64::from(bits) {
            return Ok(());
        }
        Err(format!("state has room for {room:.0} bits, not for {bits}"))
    })
}

/// The bits that a random text of this length and these characters can hold.
fn room(text: &str) -> f64 {
    // The hyphens of a UUID say nothing.
    let hexadecimal = text.replace('-', "");
    let is = |which: fn(&char) -> bool| text.chars().all(|c| which(&c));
    let (characters, alphabet) = if hexadecimal.chars().all(|c| c.is_ascii_digit()) {
        (hexadecimal.as_str(), 10)
    } else if hexadecimal.chars().all(|c| c.is_ascii_hexdigit()) {
        (hexadecimal.as_str(), 16)
    } else if is(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        (text, 36)
    } else {
        (text, 64)
    };
    let length = characters.chars().count();
    let distinct = characters.chars().collect::<BTreeSet<_>>().len();
    // Few characters over and over are no alphabet.
    let alphabet = if distinct * 4 < length {
        alphabet.min(distinct)
    } else {
        alphabet
    };
    let number = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    number(length) * number(alphabet).log2()
}

pub(super) fn scope_has_openid(requests: &Requests) -> Judgement {
    each_authorization(requests, |exchange| {
        let scope = required(exchange, "scope")?;
        if words(scope).contains("openid") {
            return Ok(());
        }
        Err(format!("scope is {scope:?}, without openid"))
    })
}

pub(super) fn scope_is(requests: &Requests, expected: &str) -> Judgement {
    each_authorization(requests, |exchange| {
        let scope = required(exchange, "scope")?;
        if words(scope) == words(expected) {
            return Ok(());
        }
        Err(format!("scope is {scope:?}, not {expected:?}"))
    })
}

fn words(scope: &str) -> BTreeSet<&str> {
    scope.split_ascii_whitespace().collect()
}

pub(super) fn sends(requests: &Requests, parameter: &str, expected: &str) -> Judgement {
    each_authorization(requests, |exchange| {
        let value = required(exchange, parameter)?;
        if value == expected {
            return Ok(());
        }
        Err(format!("{parameter} is {value:?}, not {expected:?}"))
    })
}

pub(super) fn response_mode_is_default(requests: &Requests) -> Judgement {
    each_authorization(requests, |exchange| {
        match exchange.parameter("response_mode") {
            None | Some("" | "query") => Ok(()),
            Some(mode) => Err(format!(
                "response_mode is {mode:?}; the default is \"query\""
            )),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole bits are enough here"
    )]
    fn the_room_goes_by_length_and_characters() {
        let check = |text: &str, bits: i32| assert_eq!(room(text) as i32, bits, "{text}");
        check("", 0);
        check("12345678", 26);
        check("0f3e9a7b5c1d2846", 64);
        check("4fd3a1b2-9c8e-4d7f-a6b5-0123456789ab", 128);
        check("dQw4w9WgXcQ-_sW2pLkZ0Y", 132);
        check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0);
        check("abababababababababababababababab", 32);
    }
}
