//! Members of an answer: ordered pairs of a name and raw JSON.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::ser::PrettyFormatter;
use url::form_urlencoded;

use crate::sign::UnsignedToken;

/// Members in order, as (name, value). Doubles can be said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Arc<Vec<Member>>);

/// A name and its value.
pub(crate) type Member = (Cow<'static, str>, Value);

/// The value of a member.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Raw JSON.
    Json(String),
    /// A token, signed when the answer is encoded.
    Token(Box<UnsignedToken>),
}

impl Members {
    /// Adds a member with raw JSON for a value.
    pub(crate) fn push_json(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        json: impl Into<String>,
    ) {
        self.edit().push((name.into(), Value::Json(json.into())));
    }

    /// Adds a member with a token for a value.
    pub(crate) fn push_token(&mut self, name: impl Into<Cow<'static, str>>, token: UnsignedToken) {
        self.edit()
            .push((name.into(), Value::Token(Box::new(token))));
    }

    /// The members, to be changed. Only those that other answers have too are copied for it.
    pub(crate) fn edit(&mut self) -> &mut Vec<Member> {
        Arc::make_mut(&mut self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
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
        match self.edit().iter_mut().find(|(known, _)| known == name) {
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
            push_quoted(&mut json, name);
            json.push(':');
            json.push_str(value.json());
        }
        json.push('}');
        json
    }

    /// JSON with a member a line.
    pub(super) fn json(&self, indent: usize) -> String {
        let indent = " ".repeat(indent);
        let mut json = String::from("{");
        for (index, (name, value)) in self.0.iter().enumerate() {
            json.push_str(if index > 0 { ",\n" } else { "\n" });
            json.push_str(&indent);
            push_quoted(&mut json, name);
            json.push_str(": ");
            json.push_str(&pretty(value.json(), &indent));
        }
        json.push_str("\n}");
        json
    }

    /// Names and values as a form says them.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (name.to_string(), value.text().into_owned()))
            .collect()
    }

    /// `application/x-www-form-urlencoded`.
    pub(super) fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.0.iter() {
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
    let mut json = String::with_capacity(text.len() + 2);
    push_quoted(&mut json, text);
    json
}

fn push_quoted(json: &mut String, text: &str) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&serde_json::Value::from(text).to_string());
    }
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
    use super::quoted;

    #[test]
    fn a_text_is_quoted_as_serde_does_it() {
        for text in [
            "",
            "plain",
            "caf\u{e9}",
            "a\"b",
            "a\\b",
            "line\nbreak",
            "\u{0}",
            "\u{7f}",
            "</script>",
        ] {
            assert_eq!(quoted(text), serde_json::to_string(text).unwrap());
        }
    }
}
