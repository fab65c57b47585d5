//! One request and its answer, as people read them.

use std::fmt;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use url::{Url, form_urlencoded};

use super::super::exchange::Exchange;
use super::super::mask;
use super::token;
use crate::place::Place;

/// As much of a body is shown, in characters.
const SHOWN: usize = 4_000;

/// Who takes part in a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The person's browser.
    Browser,
    /// The app that logs people in.
    App,
    /// The provider.
    Provider,
}

impl Party {
    /// From left to right.
    pub const ALL: [Self; 3] = [Self::Browser, Self::App, Self::Provider];
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Browser => "Browser",
            Self::App => "App",
            Self::Provider => "Provider",
        })
    }
}

/// A request and its answer, without secrets.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who asks.
    pub from: Party,
    /// Who answers.
    pub to: Party,
    /// Method and path.
    pub request: String,
    /// What it is about: the names of what it brings.
    pub brings: String,
    /// The status; none where no answer came.
    pub status: Option<u16>,
    /// What the answer is, or why the request was refused.
    pub answer: String,
    /// The names of what the answer gives.
    pub gives: String,
    /// Why it was refused, where it was.
    pub refusal: Option<String>,
    /// What happened between the request and its answer.
    pub within: Vec<Self>,
    pub(super) parts: Vec<Part>,
}

/// A part of what went over the wire.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) title: String,
    pub(super) text: Text,
    /// Whether it is shown only to who asks for it.
    pub(super) is_folded: bool,
}

/// How a part reads.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Pairs(Vec<(String, String)>),
    Block(String),
}

impl Part {
    fn pairs(title: &str, pairs: Vec<(String, String)>) -> Option<Self> {
        let is_folded = title.ends_with("headers");
        (!pairs.is_empty()).then(|| Self {
            title: title.into(),
            text: Text::Pairs(pairs),
            is_folded,
        })
    }

    pub(super) fn block(title: &str, text: String) -> Option<Self> {
        (!text.is_empty()).then(|| Self {
            title: title.into(),
            text: Text::Block(text),
            is_folded: false,
        })
    }
}

impl Step {
    /// An exchange, without these secrets.
    pub(super) fn of(exchange: &Exchange, secrets: &[String]) -> Self {
        let (from, to) = parties(exchange.place);
        let masked = |text: &str| mask::without(text, secrets);
        let pairs = |pairs: Vec<(String, String)>| -> Vec<_> {
            let masked = |(name, value): (String, String)| {
                (masked(&name), masked(&mask::value(&name, &value)))
            };
            pairs.into_iter().map(masked).collect()
        };
        let headers = |headers: &HeaderMap| pairs(mask::headers(headers));
        let query = pairs(owned(exchange.query.iter()));
        let form = pairs(owned(exchange.form.iter()));
        let location = exchange.location().map(|to| masked(&mask::url(to)));
        let refusal = exchange
            .refusal
            .as_ref()
            .map(|refusal| masked(&format!("{}: {}", refusal.check, refusal.reason)));
        let body = if exchange.form.iter().next().is_some() {
            String::new()
        } else {
            masked(&String::from_utf8_lossy(&exchange.body))
        };
        let mut parts = vec![
            Part::pairs("Query", query.clone()),
            Part::pairs("Form", form.clone()),
            Part::block("Body", shown(&body)),
            Part::pairs("Request headers", headers(&exchange.headers)),
            Part::block("Answer", shown(&masked(&answered(exchange)))),
            Part::pairs("Answer headers", headers(&exchange.response_headers)),
        ];
        parts.extend(token::parts(exchange, &masked).into_iter().map(Some));
        Self {
            from,
            to,
            request: masked(&format!("{} {}", exchange.method, exchange.path)),
            brings: names(query.iter().chain(&form)),
            status: exchange.status,
            answer: to_in_words(exchange.status, location.as_deref()),
            gives: match &location {
                Some(location) => given(location),
                None => members(exchange),
            },
            refusal,
            within: Vec::new(),
            parts: parts.into_iter().flatten().collect(),
        }
    }

    /// A page of the app that the browser asked for.
    #[must_use]
    pub fn visit(method: &Method, url: &Url, status: u16, headers: &HeaderMap) -> Self {
        let query: Vec<_> = url.query_pairs().collect();
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| (name.to_string(), mask::value(name, value).into_owned()))
            .collect();
        let location = headers.get(http::header::LOCATION);
        let location = location.and_then(|to| to.to_str().ok()).map(mask::url);
        let parts = [
            Part::pairs("Query", query.clone()),
            Part::pairs("Answer headers", mask::headers(headers)),
        ];
        Self {
            from: Party::Browser,
            to: Party::App,
            request: format!("{method} {}", url.path()),
            brings: names(query.iter()),
            status: Some(status),
            answer: to_in_words(Some(status), location.as_deref()),
            gives: location.as_deref().map(given).unwrap_or_default(),
            refusal: None,
            within: Vec::new(),
            parts: parts.into_iter().flatten().collect(),
        }
    }

    /// Whether something was refused, or not answered.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.refusal.is_some() || self.status.is_none_or(|status| status >= 400)
    }
}

/// Who asks whom: pages are the visitor's to ask for, the rest is the app's; of a logout the provider
/// tells the app.
pub(in crate::capture) const fn parties(place: Place) -> (Party, Party) {
    match place {
        Place::Authorization
        | Place::AccountChooser
        | Place::Consent
        | Place::AuthorizationError
        | Place::EndSession
        | Place::Picture => (Party::Browser, Party::Provider),
        Place::BackchannelLogout => (Party::Provider, Party::App),
        _ => (Party::App, Party::Provider),
    }
}

fn owned<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn names<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    let names: Vec<_> = pairs.map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

fn to_in_words(status: Option<u16>, location: Option<&str>) -> String {
    match (status, location) {
        (None, _) => "no answer".into(),
        (Some(status), Some(location)) => {
            let at = location.split(['?', '#']).next().unwrap_or_default();
            let at = at.split_once("://").map_or(at, |(_, rest)| rest);
            format!("{status} to {at}")
        }
        (Some(status), None) => status.to_string(),
    }
}

/// The names of what a redirect brings.
fn given(location: &str) -> String {
    let (_, parameters) = location.split_once(['?', '#']).unwrap_or_default();
    let parameters = form_urlencoded::parse(parameters.as_bytes());
    let names: Vec<_> = parameters.map(|(name, _)| name.into_owned()).collect();
    names.join(", ")
}

/// The names of the members of an answer in JSON.
fn members(exchange: &Exchange) -> String {
    let json = serde_json::from_slice(&exchange.response_body);
    let Ok(serde_json::Value::Object(members)) = json else {
        return kind(exchange).to_owned();
    };
    let names: Vec<_> = members.keys().map(String::as_str).collect();
    names.join(", ")
}

fn kind(exchange: &Exchange) -> &str {
    let kind = exchange.response_headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default()
}

/// The body of an answer; a page is told by its size alone.
fn answered(exchange: &Exchange) -> String {
    if kind(exchange) == "text/html" || kind(exchange).starts_with("image/") {
        return format!("{}, {} bytes", kind(exchange), exchange.response_length);
    }
    let text = exchange.response_text();
    token::indented(&text).unwrap_or(text)
}

/// The beginning of a text that holds no secrets any more: a secret that is cut is not known for one.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_also_where_the_text_is_cut() {
        let token = "ya29.".repeat(40);
        for room in (SHOWN - 150)..SHOWN {
            let body = format!(
                r#"{{"pad":"{}","access_token":"{token}"}}"#,
                "x".repeat(room)
            );
            let exchange = Exchange {
                response_body: body.into(),
                ..Exchange::sample("/token", &[])
            };
            let step = Step::of(&exchange, std::slice::from_ref(&token));
            let shown = format!("{:?}", step.parts);
            assert!(!shown.contains("ya29"), "{room}: {shown}");
        }
    }

    #[test]
    fn who_asks_goes_by_the_place() {
        let check = |place: Place, expected: (Party, Party)| {
            assert_eq!(parties(place), expected, "{place}");
        };
        check(Place::Consent, (Party::Browser, Party::Provider));
        check(Place::Token, (Party::App, Party::Provider));
        check(Place::BackchannelLogout, (Party::Provider, Party::App));
    }
}
