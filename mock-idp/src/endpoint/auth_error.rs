//! The `authError` parameter of an error page's address: a protocol buffer in base64url.
//!
//! Fields 1 to 6 are the provider's own: code, message, help URL, status, repeated {name, value},
//! {1, message, URL}. The fields from 101 on are this provider's reason; a reader of the others
//! skips them.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

use crate::check::Refusal;
use crate::error::OAuthError;
use crate::flavour::RefusalText;

/// What an error page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AuthError {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) status: u16,
    pub(super) echo: Vec<(String, String)>,
    pub(super) check: String,
    pub(super) reason: String,
    pub(super) expected: Vec<String>,
}

impl AuthError {
    pub(super) fn new(
        text: &RefusalText,
        error: &OAuthError,
        refusal: &Refusal,
        echo: Vec<(String, String)>,
    ) -> Self {
        Self {
            code: error.code.clone(),
            message: error.description.clone(),
            help: text.help.clone(),
            status: text.status,
            echo,
            check: refusal.check.name().into(),
            reason: refusal.reason.clone(),
            expected: refusal.expected.clone(),
        }
    }

    pub(super) fn encode(&self) -> String {
        let mut message = Message::default();
        message.text(1, &self.code);
        message.text(2, &self.message);
        if let Some(help) = &self.help {
            message.text(3, help);
        }
        message.number(4, u64::from(self.status));
        for (name, value) in &self.echo {
            let mut pair = Message::default();
            pair.text(1, name);
            pair.text(2, value);
            message.bytes(5, &pair.0);
        }
        if let Some(help) = &self.help {
            let mut link = Message::default();
            link.number(1, 1);
            link.text(2, &self.message);
            link.text(3, help);
            message.bytes(6, &link.0);
        }
        message.text(101, &self.check);
        message.text(102, &self.reason);
        for expected in &self.expected {
            message.text(103, expected);
        }
        URL_SAFE.encode(message.0)
    }

    /// Reads what `encode` wrote; `None` for anything else.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
        let mut error = Self::default();
        for field in Fields(&bytes) {
            match field? {
                (1, Field::Bytes(bytes)) => error.code = utf8(bytes)?,
                (2, Field::Bytes(bytes)) => error.message = utf8(bytes)?,
                (3, Field::Bytes(bytes)) => error.help = Some(utf8(bytes)?),
                (4, Field::Number(number)) => error.status = u16::try_from(number).ok()?,
                (5, Field::Bytes(bytes)) => error.echo.push(pair(bytes)?),
                (101, Field::Bytes(bytes)) => error.check = utf8(bytes)?,
                (102, Field::Bytes(bytes)) => error.reason = utf8(bytes)?,
                (103, Field::Bytes(bytes)) => error.expected.push(utf8(bytes)?),
                _ => {}
            }
        }
        (!error.code.is_empty()).then_some(error)
    }
}

fn pair(bytes: &[u8]) -> Option<(String, String)> {
    let mut pair = (String::new(), String::new());
    for field in Fields(bytes) {
        match field? {
            (1, Field::Bytes(bytes)) => pair.0 = utf8(bytes)?,
            (2, Field::Bytes(bytes)) => pair.1 = utf8(bytes)?,
            _ => {}
        }
    }
    Some(pair)
}

fn utf8(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

/// A message as protocol buffers write it: a varint, or a length and bytes, each behind its field
/// number.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.varint(field << 3);
        self.varint(number);
    }

    fn varint(&mut self, mut number: u64) {
        loop {
            let low = (number & 0x7f) as u8;
            number >>= 7;
            if number == 0 {
                return self.0.push(low);
            }
            self.0.push(low | 0x80);
        }
    }
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message; `None` for one that cannot be read, after which there are no more.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Field<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Field::Bytes(bytes)
            }
            _ => return None,
        };
        Some((key >> 3, field))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> AuthError {
        AuthError {
            code: "redirect_uri_mismatch".into(),
            message: "You can't sign in".into(),
            help: Some("https://help.example/".into()),
            status: 400,
            echo: vec![("redirect_uri".into(), "http://localhost/cb".into())],
            check: "authorization.redirect_uri".into(),
            reason: "a trailing slash".into(),
            expected: vec!["http://localhost/cb/".into(), "http://localhost/".into()],
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        assert_eq!(AuthError::decode(&error().encode()), Some(error()));
    }

    #[test]
    fn google_1_4_the_first_field_is_the_code() {
        let bytes = URL_SAFE.decode(error().encode()).unwrap();
        assert!(bytes.starts_with(b"\x0a\x15redirect_uri_mismatch\x12\x11You"));
        // Field 4, a varint: 400.
        assert!(bytes.windows(3).any(|window| window == [0x20, 0x90, 0x03]));
    }

    #[test]
    fn nonsense_and_halves_are_nothing() {
        for text in ["", "!", "AAAA", "CgA", "Cv___w"] {
            assert_eq!(AuthError::decode(text), None, "{text:?}");
        }
        let whole = URL_SAFE.decode(error().encode()).unwrap();
        for length in 0..whole.len() {
            // Whatever comes of it, it must not panic.
            let _ = AuthError::decode(&URL_SAFE.encode(&whole[..length]));
        }
    }
}
