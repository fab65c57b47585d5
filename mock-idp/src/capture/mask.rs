//! What takes the place of a secret where people read.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, LOCATION, REFERER, SET_COOKIE};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use super::exchange::Exchange;
use super::requests::Requests;
use crate::endpoint::Parameters;

/// The parameters whose values let somebody in, or prove who asks.
const SECRET_PARAMETERS: [&str; 13] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "id_token_hint",
    "logout_token",
    "password",
    "refresh_token",
    "token",
    "transaction",
];

/// A mark that is the same for the same secret, and tells nothing else of it.
pub(super) fn mark(secret: &str) -> String {
    let hash = Sha256::digest(secret);
    format!("***{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2])
}

/// A parameter's value, or its mark.
pub(super) fn value<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if SECRET_PARAMETERS.contains(&name) && !value.is_empty() {
        Cow::Owned(mark(value))
    } else {
        Cow::Borrowed(value)
    }
}

/// The secrets that these exchanges bring and give in their own places.
pub(super) fn secrets(requests: &Requests) -> Vec<String> {
    let mut secrets: Vec<String> = requests.iter().flat_map(secrets_of).collect();
    secrets.sort_unstable();
    secrets.dedup();
    secrets
}

fn secrets_of(exchange: &Exchange) -> Vec<String> {
    let is_secret = |name: &str| SECRET_PARAMETERS.contains(&name);
    let pairs = exchange.query.iter().chain(exchange.form.iter());
    let brought = pairs.filter(|(name, _)| is_secret(name));
    let mut secrets: Vec<_> = brought.map(|(_, value)| value.to_owned()).collect();
    secrets.extend(exchange.location().into_iter().flat_map(secrets_in_url));
    secrets.extend(exchange.bearer_token().map(str::to_owned));
    secrets.extend(exchange.basic_password());
    if let Ok(Value::Object(members)) = serde_json::from_slice(&exchange.response_body) {
        let given = members.iter().filter(|(name, _)| is_secret(name));
        secrets.extend(given.filter_map(|(_, value)| value.as_str().map(str::to_owned)));
    }
    // What is shorter is no secret, and stands in other words.
    secrets.retain(|secret| secret.len() >= 8);
    secrets
}

/// What the query and the fragment of a URL give.
fn secrets_in_url(url: &str) -> Vec<String> {
    let (rest, fragment) = split(url, '#');
    let (_, query) = split(rest, '?');
    let parts = query.into_iter().chain(fragment);
    let pairs = parts.flat_map(|part| form_urlencoded::parse(part.as_bytes()));
    let given = pairs.filter(|(name, _)| SECRET_PARAMETERS.contains(&&**name));
    given.map(|(_, value)| value.into_owned()).collect()
}

/// The text with a mark in the place of each secret, wherever it stands, as it is or as URLs have it.
pub(super) fn without(text: &str, secrets: &[String]) -> String {
    let mut masked = text.to_owned();
    for secret in secrets {
        if masked.contains(secret.as_str()) {
            masked = masked.replace(secret.as_str(), &mark(secret));
        }
        if masked.contains('%') {
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            masked = masked.replace(&encoded, &mark(secret));
        }
    }
    masked
}

/// Parameters, fit to be shown.
pub(super) fn pairs(pairs: &Parameters) -> Vec<(&str, Cow<'_, str>)> {
    let masked = pairs.iter();
    masked
        .map(|(name, text)| (name, value(name, text)))
        .collect()
}

/// A URL, its query and its fragment fit to be shown. Names and values stand there decoded.
pub(super) fn url(url: &str) -> String {
    let (rest, fragment) = split(url, '#');
    let (base, query) = split(rest, '?');
    let mut masked = base.to_owned();
    for (mark, part) in [('?', query), ('#', fragment)] {
        if let Some(part) = part {
            masked.push(mark);
            masked.push_str(&parameters(part));
        }
    }
    masked
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn parameters(part: &str) -> String {
    let pair = |(name, text): (Cow<'_, str>, Cow<'_, str>)| {
        if text.is_empty() {
            name.into_owned()
        } else {
            format!("{name}={}", value(&name, &text))
        }
    };
    let pairs: Vec<_> = form_urlencoded::parse(part.as_bytes()).map(pair).collect();
    pairs.join("&")
}

/// Headers, fit to be shown.
pub(super) fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let shown = if [AUTHORIZATION, COOKIE, SET_COOKIE].contains(name) {
            mark(&text)
        } else if [LOCATION, REFERER].contains(name) {
            url(&text)
        } else {
            text.into_owned()
        };
        (name.as_str().to_owned(), shown)
    };
    headers.iter().map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_same_for_the_same_secret() {
        assert_eq!(mark("one"), mark("one"));
        assert_ne!(mark("one"), mark("two"));
        assert_eq!(mark("one").len(), 9);
    }

    #[test]
    fn a_secret_is_found_where_it_was_given_and_masked_as_it_is_written() {
        let code = "4/0AbCdEfGh";
        let mut exchange = Exchange::sample("/authorize", &[]);
        let location = format!("http://a/cb?state=s-1234567&code={}", "4%2F0AbCdEfGh");
        exchange
            .response_headers
            .insert(LOCATION, location.parse().unwrap());
        let secrets = secrets_of(&exchange);
        assert_eq!(secrets, [code]);
        let mark = mark(code);
        assert_eq!(
            without(&format!("{location}: {code} was refused"), &secrets),
            format!("http://a/cb?state=s-1234567&code={mark}: {mark} was refused")
        );
    }

    #[test]
    fn a_url_keeps_what_is_no_secret() {
        let check = |from: &str, expected: &str| assert_eq!(url(from), expected);
        let mark = mark("4/0A");
        check("http://a/cb", "http://a/cb");
        check(
            "http://a/cb?state=s&code=4%2F0A",
            &format!("http://a/cb?state=s&code={mark}"),
        );
        check(
            "http://a/cb#code=4%2F0A&x",
            &format!("http://a/cb#code={mark}&x"),
        );
        check("http://a/cb?t=1#frag", "http://a/cb?t=1#frag");
    }
}
