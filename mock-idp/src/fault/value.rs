//! What a member is set to.

use serde::{Deserialize, Serialize};

use crate::place::Place;

/// What a member is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Value {
    /// This JSON value.
    Literal(serde_json::Value),
    /// This text as it is, JSON or not: `1e400`, `{`.
    Raw(String),
    /// The honest value.
    Honest,
    /// The honest text, with this behind it.
    Append(String),
    /// The honest value, with this behind it as JSON writes it: `.5` makes a whole number a
    /// broken one, `000` makes milliseconds of seconds.
    Suffix(String),
    /// The honest value, slightly wrong: a text with one character changed, a boolean turned round,
    /// a number plus one.
    Flip,
    /// The honest text with capitals and small letters exchanged.
    SwapCase,
    /// The honest value as a text: `"true"`, `"3600"`.
    Quoted,
    /// What the request said in this parameter, or else the authorization request before it.
    Request(String),
    /// These values as an array.
    List(Vec<Value>),
    /// A text so many times.
    Repeated {
        /// The text.
        text: String,
        /// How often.
        times: usize,
    },
    /// So many arrays in each other.
    Nested(usize),
    /// What an answer of that place said in this member the last time: a replay.
    Earlier {
        /// The place.
        place: Place,
        /// The member, `id_token` or `nonce`.
        member: String,
    },
    /// The public key of this one, as a JWK.
    Jwk(Whose),
    /// The public key of this one, as the text of a JWK.
    JwkText(Whose),
    /// A self-signed certificate of this key, as `x5c` has its members
    /// ([RFC 7515 section 4.1.6](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.6)). The RSA
    /// keys of 2048 bits have one, but those that were generated.
    Certificate(Whose),
}

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Whose {
    /// The provider's, which signs.
    Signing,
    /// The one that [`Signing::Unpublished`](crate::Signing::Unpublished) signs with.
    Unpublished,
}

impl Value {
    /// The honest text, with this behind it.
    #[must_use]
    pub fn append(text: impl Into<String>) -> Self {
        Self::Append(text.into())
    }

    /// The honest value, with this behind it as JSON writes it.
    #[must_use]
    pub fn suffix(text: impl Into<String>) -> Self {
        Self::Suffix(text.into())
    }

    /// This text as it is, JSON or not.
    #[must_use]
    pub fn raw(text: impl Into<String>) -> Self {
        Self::Raw(text.into())
    }

    /// What the request said in this parameter, or else the authorization request before it.
    #[must_use]
    pub fn request(parameter: impl Into<String>) -> Self {
        Self::Request(parameter.into())
    }

    /// These values as an array.
    #[must_use]
    pub fn list(values: impl Into<Vec<Self>>) -> Self {
        Self::List(values.into())
    }

    /// A text so many times.
    #[must_use]
    pub fn repeated(text: impl Into<String>, times: usize) -> Self {
        Self::Repeated {
            text: text.into(),
            times,
        }
    }

    /// What an answer of that place said in this member the last time.
    #[must_use]
    pub fn earlier(place: Place, member: impl Into<String>) -> Self {
        Self::Earlier {
            place,
            member: member.into(),
        }
    }
}

impl Value {
    /// How many bytes it makes in memory, about.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Repeated { text, times } => (text.len() as u64).saturating_mul(*times as u64),
            Self::Nested(depth) => (*depth as u64).saturating_mul(2),
            Self::List(values) => values
                .iter()
                .fold(0, |sum, value| sum.saturating_add(value.size())),
            _ => 0,
        }
    }
}

/// Everything that JSON can say is a literal.
impl<T: Into<serde_json::Value>> From<T> for Value {
    fn from(literal: T) -> Self {
        Self::Literal(literal.into())
    }
}
