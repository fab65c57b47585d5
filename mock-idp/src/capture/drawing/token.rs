//! The tokens of an exchange, decoded.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::super::exchange::Exchange;
use super::super::transaction;
use super::step::Part;
use crate::time::rfc3339;

/// Each token that the request brings or its answer gives, as a part of what is shown.
pub(super) fn parts(exchange: &Exchange, masked: &impl Fn(&str) -> String) -> Vec<Part> {
    let mut pairs: Vec<(String, String)> = exchange
        .query
        .iter()
        .chain(exchange.form.iter())
        .map(transaction::owned)
        .collect();
    pairs.extend(
        exchange
            .bearer_token()
            .map(|token| transaction::owned(("bearer token", token))),
    );
    pairs.extend(transaction::redirected(exchange));
    pairs.extend(transaction::members(&exchange.response_body));
    let tokens = pairs.iter().filter_map(|(name, text)| {
        let text = decoded(text)?;
        Part::block(&format!("{name}, decoded"), masked(&text))
    });
    tokens.collect()
}

/// What a JWT says: its header, its claims, and its times as people read them.
fn decoded(compact: &str) -> Option<String> {
    let parts: Vec<_> = compact.split('.').collect();
    let [header, claims, _] = parts.as_slice() else {
        return None;
    };
    let part = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        indented(std::str::from_utf8(&bytes).ok()?)
    };
    let (header, claims) = (part(header)?, part(claims)?);
    let mut text = format!("{header}\n.\n{claims}");
    let members: Value = serde_json::from_str(&claims).unwrap_or_default();
    for name in ["iat", "nbf", "exp", "auth_time"] {
        let at = members.get(name).and_then(Value::as_u64);
        if let Some(at) = at.and_then(|at| UNIX_EPOCH.checked_add(Duration::from_secs(at))) {
            // Writing to a String does not fail.
            let _ = write!(text, "\n{name}: {}", rfc3339(at));
        }
    }
    Some(text)
}

/// JSON with a line for each member, in its order, with what is there twice; none where it is none.
pub(super) fn indented(json: &str) -> Option<String> {
    let mut text = Vec::new();
    let mut from = serde_json::Deserializer::from_str(json);
    let mut to = serde_json::Serializer::pretty(&mut text);
    serde_transcode::transcode(&mut from, &mut to).ok()?;
    from.end().ok()?;
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_shown_in_its_order_with_what_is_there_twice() {
        let check = |json: &str, expected: Option<&str>| {
            assert_eq!(indented(json).as_deref(), expected, "{json}");
        };
        check(
            r#"{"b":1,"a":2,"b":3}"#,
            Some("{\n  \"b\": 1,\n  \"a\": 2,\n  \"b\": 3\n}"),
        );
        check("{} {}", None);
        check("<html>", None);
    }

    #[test]
    fn a_token_is_decoded_and_anything_else_is_not() {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let compact = format!(
            "{}.{}.c2ln",
            part(r#"{"alg":"none"}"#),
            part(r#"{"exp":0}"#)
        );
        let expected =
            "{\n  \"alg\": \"none\"\n}\n.\n{\n  \"exp\": 0\n}\nexp: 1970-01-01T00:00:00Z";
        assert_eq!(decoded(&compact).as_deref(), Some(expected));
        for text in ["", "a.b", "ya29.a0", "a.b.c", "4/0A.x.y"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
