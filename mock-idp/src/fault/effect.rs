//! What a fault does.

use serde::{Deserialize, Serialize};

use crate::sign::Signing;

/// One thing that a fault does to an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Gives a member another value, or adds it.
    Set {
        /// The member's name.
        member: String,
        /// Its value.
        value: Value,
    },
    /// Leaves a member out.
    Omit {
        /// The member's name.
        member: String,
    },
    /// Says a member twice.
    Double {
        /// The member's name.
        member: String,
        /// The second value; the same when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
    },
    /// Moves a time.
    Shift {
        /// The member's name.
        member: String,
        /// By how much.
        seconds: i64,
    },
    /// Signs the ID token wrongly.
    SignWith(Signing),
    /// Answers with this HTTP status.
    Status(u16),
    /// Answers with a header of this value.
    Header {
        /// The header's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Answers with this body.
    Body {
        /// The `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Answers late.
    Delay {
        /// By how much.
        milliseconds: u64,
    },
    /// Never answers.
    Silence,
    /// Cuts the connection before the answer.
    Reset,
    /// Cuts the connection within the body.
    Truncate {
        /// After how many bytes of it.
        bytes: usize,
    },
    /// Repeats the body.
    Repeat {
        /// Until it has so many bytes.
        bytes: u64,
    },
    /// Sends the body byte by byte.
    Drip {
        /// The pause before each.
        milliseconds: u64,
    },
}

impl Effect {
    /// Whether it changes members, which not every answer has.
    pub(super) const fn edits_members(&self) -> bool {
        matches!(
            self,
            Self::Set { .. } | Self::Omit { .. } | Self::Double { .. } | Self::Shift { .. }
        )
    }
}

/// What a member is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// This JSON value.
    Literal(serde_json::Value),
    /// The honest text, with this behind it.
    Append(String),
    /// The honest value, slightly wrong: a text with one character changed, a boolean turned round,
    /// a number plus one.
    Flip,
    /// What the request said in this parameter, or else the authorization request before it.
    Request(String),
}

impl Value {
    /// The honest text, with this behind it.
    #[must_use]
    pub fn append(text: impl Into<String>) -> Self {
        Self::Append(text.into())
    }

    /// What the request said in this parameter, or else the authorization request before it.
    #[must_use]
    pub fn request(parameter: impl Into<String>) -> Self {
        Self::Request(parameter.into())
    }
}

/// Everything that JSON can say is a literal.
impl<T: Into<serde_json::Value>> From<T> for Value {
    fn from(literal: T) -> Self {
        Self::Literal(literal.into())
    }
}
