//! What a fault does.

use serde::{Deserialize, Serialize};

use super::Value;
use crate::place::Place;
use crate::sign::{Serialization, Signing, Spoil};

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
        /// Whether the second value comes first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        before: bool,
    },
    /// Moves a time.
    Shift {
        /// The member's name.
        member: String,
        /// By how much.
        seconds: i64,
    },
    /// Signs the token wrongly.
    SignWith(Signing),
    /// Writes the signed token down wrongly.
    Serialize(Serialization),
    /// Spoils the text: of a token's header or payload before it is signed, or of a body.
    Spoil(Spoil),
    /// Writes the members down in another way.
    Encode(WrongEncoding),
    /// Sends the browser there instead, with the same parameters.
    SendTo {
        /// The URL.
        url: String,
    },
    /// Answers with this HTTP status.
    Status(u16),
    /// Answers with a header of this value.
    Header {
        /// The header's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Answers without a header.
    OmitHeader {
        /// The header's name.
        name: String,
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
    /// Sends status and headers, and then nothing more.
    SilenceAfterHeaders,
    /// Cuts the connection before the answer.
    Reset,
    /// Cuts the connection in the middle of the headers.
    ResetInHeaders,
    /// Cuts the connection (TCP reset) within the body.
    ResetInBody {
        /// After how many bytes of it.
        bytes: usize,
    },
    /// Says a `Content-Length` that is not the body's: a longer one and the connection ends too
    /// early, a shorter one and there is more behind it.
    ContentLength {
        /// The length it says.
        bytes: usize,
    },
    /// Compresses the body with gzip, and says so.
    Gzip {
        /// How many bytes it unpacks to: white space behind the body makes up for what is missing.
        bytes: u64,
    },
    /// Ends the connection within the body.
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

    /// Whether it is about the members as a whole: how they are written, or where they go.
    pub(super) const fn needs_members(&self) -> bool {
        self.edits_members() || matches!(self, Self::Encode(_) | Self::SendTo { .. })
    }

    /// Whether it changes what a handler answered, so that there has to be such a thing.
    pub(super) const fn edits_answer(&self) -> bool {
        self.needs_members() || matches!(self, Self::SignWith(_) | Self::Serialize(_))
    }

    /// How many bytes it makes in memory, about.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Set { value, .. }
            | Self::Double {
                value: Some(value), ..
            } => value.size(),
            Self::SignWith(Signing::Length(bytes))
            | Self::Serialize(Serialization::Parts(bytes) | Serialization::Dots(bytes)) => {
                *bytes as u64
            }
            Self::Spoil(Spoil::Nested(depth)) => (*depth as u64).saturating_mul(2),
            // What it unpacks to is a thousand times as large.
            Self::Gzip { bytes } => bytes / 1024,
            _ => 0,
        }
    }
}

/// How an answer's members are written, other than they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongEncoding {
    /// To the app, in the query of its redirect URI.
    Query,
    /// To the app, in the fragment of its redirect URI.
    Fragment,
    /// To the app, posted by a form.
    FormPost,
    /// As JSON.
    Json,
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// As the claims of a signed JWT, `application/jwt`.
    Jwt,
}

impl WrongEncoding {
    /// Whether an answer of this place can be written so.
    pub(super) const fn is_for(self, place: Place) -> bool {
        match self {
            Self::Query | Self::Fragment | Self::FormPost => matches!(place, Place::Authorization),
            Self::Json | Self::Form | Self::Jwt => matches!(
                place,
                Place::Discovery | Place::Jwks | Place::Token | Place::UserInfo
            ),
        }
    }
}
