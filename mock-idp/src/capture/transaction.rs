//! Which login an exchange is a part of: found by what went over the wire, so that it is also right
//! where a lie was told.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::exchange::Exchange;
use crate::place::Place;

/// One login at this provider: from the authorization request over pages, code, tokens and their
/// refresh to the logout. It is the number of the exchange that began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TransactionId(pub(super) u64);

impl fmt::Display for TransactionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The parameters by which a request shows what an answer gave.
const BROUGHT: [&str; 7] = [
    "transaction",
    "authError",
    "code",
    "access_token",
    "refresh_token",
    "token",
    "id_token_hint",
];
/// The parameters and members by which an answer gives what a request will show.
const GIVEN: [&str; 6] = [
    "transaction",
    "authError",
    "code",
    "access_token",
    "refresh_token",
    "id_token",
];

/// What answers gave, by its hash, and to which login: as long as the answer is in the ring.
#[derive(Debug, Default)]
pub(super) struct Transactions(HashMap<u64, TransactionId>);

impl Transactions {
    /// The login of an exchange. An authorization request begins one.
    pub(super) fn of(&self, exchange: &Exchange) -> Option<TransactionId> {
        if exchange.place == Place::Authorization && exchange.method != http::Method::OPTIONS {
            return Some(TransactionId(exchange.number));
        }
        let mut brought = brought(exchange);
        brought.find_map(|text| self.0.get(&hash(text)).copied())
    }

    /// Remembers what an answer gave. What was given twice stays the first login's.
    pub(super) fn remember(&mut self, given: &[u64], transaction: TransactionId) {
        for hash in given {
            self.0.entry(*hash).or_insert(transaction);
        }
    }

    pub(super) fn forget(&mut self, given: &[u64]) {
        for hash in given {
            self.0.remove(hash);
        }
    }
}

fn brought(exchange: &Exchange) -> impl Iterator<Item = &str> {
    let named = BROUGHT.iter().filter_map(|name| exchange.parameter(name));
    named.chain(exchange.bearer_token())
}

/// The hashes of what an answer with this whole body gives.
pub(super) fn given(exchange: &Exchange, body: &[u8]) -> Vec<u64> {
    let mut pairs = redirected(exchange);
    pairs.extend(match exchange.place {
        Place::Token => members(body),
        Place::Authorization | Place::AccountChooser | Place::Consent => {
            posted(&String::from_utf8_lossy(body))
        }
        _ => Vec::new(),
    });
    let given = pairs
        .iter()
        .filter(|(name, _)| GIVEN.contains(&name.as_str()));
    given.map(|(_, text)| hash(text)).collect()
}

/// The parameters of a redirect, in its query and in its fragment.
pub(super) fn redirected(exchange: &Exchange) -> Vec<(String, String)> {
    let Some(url) = exchange.location().and_then(|url| Url::parse(url).ok()) else {
        return Vec::new();
    };
    let fragment = url.fragment().unwrap_or_default().as_bytes();
    let fragment = form_urlencoded::parse(fragment);
    url.query_pairs().chain(fragment).map(owned).collect()
}

pub(super) fn owned((name, value): (impl Into<String>, impl Into<String>)) -> (String, String) {
    (name.into(), value.into())
}

/// The texts of a JSON object, or of a form.
pub(super) fn members(body: &[u8]) -> Vec<(String, String)> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => {
            let text = |(name, value): (String, Value)| match value {
                Value::String(text) => Some((name, text)),
                _ => None,
            };
            members.into_iter().filter_map(text).collect()
        }
        _ => form_urlencoded::parse(body).into_owned().collect(),
    }
}

/// The code in the form of a page that posts it to the app.
fn posted(page: &str) -> Vec<(String, String)> {
    let code = page.split_once("name=\"code\"").and_then(|(_, rest)| {
        let (_, value) = rest.split_once("value=\"")?;
        value.split_once('"')
    });
    code.map(|(code, _)| owned(("code", code)))
        .into_iter()
        .collect()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(place: Place, location: Option<&str>) -> Exchange {
        let mut exchange = Exchange::sample("/", &[]);
        exchange.place = place;
        if let Some(location) = location {
            let headers = &mut exchange.response_headers;
            headers.insert("location", location.parse().unwrap());
        }
        exchange
    }

    #[test]
    fn what_an_answer_gives_is_found_wherever_it_stands() {
        let check = |place: Place, location: Option<&str>, body: &str, expected: &[&str]| {
            let expected: Vec<_> = expected.iter().map(|text| hash(text)).collect();
            assert_eq!(
                given(&answer(place, location), body.as_bytes()),
                expected,
                "{place} {body}"
            );
        };
        check(
            Place::Authorization,
            Some("http://a/cb?code=4%2F0A&state=s"),
            "",
            &["4/0A"],
        );
        check(
            Place::Consent,
            Some("http://a/cb#code=4%2F0A"),
            "",
            &["4/0A"],
        );
        check(
            Place::Authorization,
            Some("http://idp/choose?transaction=t"),
            "",
            &["t"],
        );
        let page = r#"<input type="hidden" name="state" value="s">
            <input type="hidden" name="code" value="4/0A">"#;
        check(Place::Consent, None, page, &["4/0A"]);
        let tokens = r#"{"access_token":"a","expires_in":1,"id_token":"i"}"#;
        check(Place::Token, None, tokens, &["a", "i"]);
        check(Place::Token, None, "access_token=a&scope=b", &["a"]);
        check(Place::UserInfo, None, tokens, &[]);
    }
}
