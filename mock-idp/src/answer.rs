//! What a handler returns: an honest answer, still in parts, so that one layer can edit and encode it.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::ser::PrettyFormatter;
use url::form_urlencoded;

use crate::endpoint::Parameters;
use crate::place::Place;
use crate::sign::UnsignedToken;

/// An answer before it is encoded.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The place it comes from, which a fault names.
    pub(crate) place: Place,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) members: Members,
    pub(crate) encoding: Encoding,
    pub(crate) target: Target,
    /// Whom it is for, and about whom.
    pub(crate) client: Option<String>,
    pub(crate) persona: Option<String>,
    /// The parameters of the authorization request it goes back to.
    pub(crate) authorization: Option<Arc<Parameters>>,
}

/// How members become text.
#[derive(Clone, Debug)]
pub(crate) enum Encoding {
    /// JSON with this many spaces a level.
    Json { indent: usize },
    /// Appended to the target as its query.
    Query,
    /// Appended to the target as its fragment.
    Fragment,
    /// No members: these bytes as they are.
    Verbatim(Bytes),
}

/// Where an answer goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// It is the body of this response.
    Response,
    /// It goes to this URL by redirect.
    Redirect(String),
}

/// Members in order, as (name, value). Doubles can be said.
#[derive(Debug, Default)]
pub(crate) struct Members(pub(crate) Vec<(Cow<'static, str>, Value)>);

/// The value of a member.
#[derive(Debug)]
pub(crate) enum Value {
    /// Raw JSON.
    Json(String),
    /// A token, signed when the answer is encoded.
    Token(Box<UnsignedToken>),
}

impl Answer {
    /// An answer of JSON members.
    pub(crate) fn json(place: Place, indent: usize, members: Members) -> Self {
        Self::new(place, members, Encoding::Json { indent }).with_header(
            http::header::CONTENT_TYPE,
            "application/json; charset=utf-8",
        )
    }

    /// A page.
    pub(crate) fn page(place: Place, html: String) -> Self {
        let policy = crate::page::content_security_policy();
        Self::new(place, Members::default(), Encoding::Verbatim(html.into()))
            .with_header(http::header::CONTENT_TYPE, "text/html; charset=utf-8")
            .with_header(http::header::CONTENT_SECURITY_POLICY, policy)
            .with_header(http::header::REFERRER_POLICY, "no-referrer")
            .with_header(CACHE_CONTROL, "no-store")
    }

    /// A redirect within the provider.
    pub(crate) fn redirect(place: Place, to: String) -> Self {
        let mut answer = Self::new(place, Members::default(), Encoding::Verbatim(Bytes::new()));
        answer.status = StatusCode::FOUND;
        answer.target = Target::Redirect(to);
        answer.with_header(CACHE_CONTROL, "no-store")
    }

    /// A redirect to an app, with members for parameters.
    pub(crate) fn to_client(redirect_uri: &str, encoding: Encoding, members: Members) -> Self {
        let mut answer = Self::redirect(Place::Authorization, redirect_uri.to_owned());
        answer.members = members;
        answer.encoding = encoding;
        answer
    }

    fn new(place: Place, members: Members, encoding: Encoding) -> Self {
        Self {
            place,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            members,
            encoding,
            target: Target::Response,
            client: None,
            persona: None,
            authorization: None,
        }
    }

    /// Adds a header. A value that no header can have is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Says whom it is for, and about whom.
    pub(crate) fn about(mut self, client: &str, persona: &str) -> Self {
        self.client = Some(client.into());
        self.persona = Some(persona.into());
        self
    }

    /// The body, and where the answer goes instead when that is elsewhere.
    pub(crate) fn encode(&self) -> (Bytes, Option<String>) {
        let body = match &self.encoding {
            Encoding::Json { indent } => self.members.json(*indent).into(),
            Encoding::Verbatim(bytes) => bytes.clone(),
            Encoding::Query | Encoding::Fragment => Bytes::new(),
        };
        let location = match &self.target {
            Target::Response => None,
            Target::Redirect(url) => Some(self.location(url)),
        };
        (body, location)
    }

    fn location(&self, url: &str) -> String {
        let separator = match self.encoding {
            Encoding::Fragment => '#',
            Encoding::Query if url.contains('?') => '&',
            Encoding::Query => '?',
            Encoding::Json { .. } | Encoding::Verbatim(_) => return url.into(),
        };
        format!("{url}{separator}{}", self.members.form())
    }
}

impl Members {
    /// Adds a member with raw JSON for a value.
    pub(crate) fn push_json(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        json: impl Into<String>,
    ) {
        self.0.push((name.into(), Value::Json(json.into())));
    }

    /// Adds a member with a text for a value.
    pub(crate) fn push_text(&mut self, name: impl Into<Cow<'static, str>>, text: &str) {
        self.push_json(name, quoted(text));
    }

    /// Replaces a member's value by a text, or adds the member.
    pub(crate) fn set_text(&mut self, name: &str, text: &str) {
        self.set(name, quoted(text));
    }

    /// Replaces a member's value by raw JSON, or adds the member.
    pub(crate) fn set(&mut self, name: &str, json: String) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => *value = Value::Json(json),
            None => self.push_json(name.to_owned(), json),
        }
    }

    /// The raw JSON of a member.
    pub(crate) fn json_of(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(known, value)| match value {
            Value::Json(json) if known == name => Some(json.as_str()),
            _ => None,
        })
    }

    /// One line of JSON.
    pub(crate) fn compact_json(&self) -> String {
        let mut json = String::from("{");
        for (index, (name, value)) in self.0.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(&quoted(name));
            json.push(':');
            json.push_str(value.json());
        }
        json.push('}');
        json
    }

    /// JSON with a member a line.
    fn json(&self, indent: usize) -> String {
        let indent = " ".repeat(indent);
        let mut json = String::from("{");
        for (index, (name, value)) in self.0.iter().enumerate() {
            json.push_str(if index > 0 { ",\n" } else { "\n" });
            json.push_str(&indent);
            json.push_str(&quoted(name));
            json.push_str(": ");
            json.push_str(&pretty(value.json(), &indent));
        }
        json.push_str("\n}");
        json
    }

    /// `application/x-www-form-urlencoded`.
    fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.0 {
            form.append_pair(name, &value.text());
        }
        form.finish()
    }
}

impl Value {
    fn json(&self) -> &str {
        match self {
            Self::Json(json) => json,
            // The layer signs before it encodes.
            Self::Token(_) => "null",
        }
    }

    /// The value as a form says it: a string without its quotes, anything else as JSON writes it.
    fn text(&self) -> Cow<'_, str> {
        let json = self.json();
        serde_json::from_str::<String>(json).map_or(Cow::Borrowed(json), Cow::Owned)
    }
}

/// A text as JSON writes it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value inside an indented object: arrays and objects go over several lines.
fn pretty(json: &str, indent: &str) -> String {
    if !json.starts_with(['[', '{']) {
        return json.into();
    }
    let Ok(value) = serde_json::from_str::<serde_json::Value>(json) else {
        return json.into();
    };
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    match serde::Serialize::serialize(&value, &mut serializer) {
        Ok(()) => String::from_utf8_lossy(&bytes).replace('\n', &format!("\n{indent}")),
        Err(_) => json.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Members {
        let mut members = Members::default();
        members.push_text("state", "a b&c");
        members.push_json("n", "3");
        members.push_json("list", r#"["x","y"]"#);
        members.push_text("state", "again");
        members
    }

    #[test]
    fn order_and_doubles_survive_every_encoding() {
        assert_eq!(
            members().compact_json(),
            r#"{"state":"a b&c","n":3,"list":["x","y"],"state":"again"}"#
        );
        assert_eq!(
            members().json(2),
            "{\n  \"state\": \"a b&c\",\n  \"n\": 3,\n  \"list\": [\n    \"x\",\n    \"y\"\n  ],\n  \"state\": \"again\"\n}"
        );
        let query = "state=a+b%26c&n=3&list=%5B%22x%22%2C%22y%22%5D&state=again";
        assert_eq!(members().form(), query);
    }

    #[test]
    fn a_redirect_keeps_the_query_that_the_app_registered() {
        let check = |uri: &str, encoding: Encoding, expected: &str| {
            let mut members = Members::default();
            members.push_text("code", "4/0A");
            let answer = Answer::to_client(uri, encoding, members);
            assert_eq!(answer.encode().1.as_deref(), Some(expected));
        };
        check("http://a/cb", Encoding::Query, "http://a/cb?code=4%2F0A");
        check(
            "http://a/cb?t=1",
            Encoding::Query,
            "http://a/cb?t=1&code=4%2F0A",
        );
        check("http://a/cb", Encoding::Fragment, "http://a/cb#code=4%2F0A");
    }
}
