//! What is wrong with a JSON text beside its members.

use serde::{Deserialize, Serialize};

/// What is wrong with a JSON text beside its members: a token's header or payload, or a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Spoil {
    /// A byte order mark before it.
    Bom,
    /// UTF-16, little-endian, with a byte order mark.
    Utf16,
    /// A byte that is not UTF-8 behind the first quotation mark.
    InvalidUtf8,
    /// This text in its place: `[]`, `null`, `{` ..
    Replace(String),
    /// So many arrays in each other in its place.
    Nested(usize),
    /// Its first bytes only.
    Cut(usize),
}

impl Spoil {
    pub(crate) fn apply(&self, mut text: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Bom => [b"\xef\xbb\xbf", text.as_slice()].concat(),
            Self::Utf16 => {
                let text = String::from_utf8_lossy(&text);
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
            Self::InvalidUtf8 => {
                let quote = text.iter().position(|byte| *byte == b'"');
                text.insert(quote.map_or(0, |quote| quote + 1), 0xff);
                text
            }
            Self::Replace(other) => other.clone().into_bytes(),
            Self::Nested(depth) => nested(*depth).into_bytes(),
            Self::Cut(bytes) => {
                text.truncate(*bytes);
                text
            }
        }
    }
}

/// So many arrays in each other.
pub(crate) fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}
