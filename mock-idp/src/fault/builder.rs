//! The words a fault is made with.

use std::time::Duration;

use super::{Count, Effect, Fault, Value, When, WrongEncoding};
use crate::place::Place;
use crate::sign::{Serialization, Signing, Spoil};

/// Effects.
impl Fault {
    /// Gives a member another value, or adds it.
    pub fn set(self, member: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with(Effect::Set {
            member: member.into(),
            value: value.into(),
        })
    }

    /// Leaves a member out.
    pub fn omit(self, member: impl Into<String>) -> Self {
        self.with(Effect::Omit {
            member: member.into(),
        })
    }

    /// Says a member twice, with the same value.
    pub fn double(self, member: impl Into<String>) -> Self {
        self.with(Effect::Double {
            member: member.into(),
            value: None,
            before: false,
        })
    }

    /// Says a member twice, the second time with this value.
    pub fn double_with(self, member: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with(Effect::Double {
            member: member.into(),
            value: Some(value.into()),
            before: false,
        })
    }

    /// Says a member twice, the first time with this value.
    pub fn double_before(self, member: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with(Effect::Double {
            member: member.into(),
            value: Some(value.into()),
            before: true,
        })
    }

    /// Moves a time by so many seconds.
    pub fn shift(self, member: impl Into<String>, seconds: i64) -> Self {
        self.with(Effect::Shift {
            member: member.into(),
            seconds,
        })
    }

    /// Signs the token wrongly.
    pub fn sign_with(self, signing: Signing) -> Self {
        self.with(Effect::SignWith(signing))
    }

    /// Writes the signed token down wrongly.
    pub fn serialize(self, way: Serialization) -> Self {
        self.with(Effect::Serialize(way))
    }

    /// Spoils the text of a token's header or payload before it is signed, or of a body.
    pub fn spoil(self, spoil: Spoil) -> Self {
        self.with(Effect::Spoil(spoil))
    }

    /// Writes the members down in another way.
    pub fn encode(self, encoding: WrongEncoding) -> Self {
        self.with(Effect::Encode(encoding))
    }

    /// Sends the browser to this URL instead, with the same parameters.
    pub fn send_to(self, url: impl Into<String>) -> Self {
        self.with(Effect::SendTo { url: url.into() })
    }

    /// Answers with this HTTP status.
    pub fn status(self, status: u16) -> Self {
        self.with(Effect::Status(status))
    }

    /// Answers with a header of this value.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(Effect::Header {
            name: name.into(),
            value: value.into(),
        })
    }

    /// Answers without this header.
    pub fn omit_header(self, name: impl Into<String>) -> Self {
        self.with(Effect::OmitHeader { name: name.into() })
    }

    /// Redirects there, with a status such as 302 or 307.
    pub fn redirect(self, status: u16, to: impl Into<String>) -> Self {
        self.status(status).header("location", to)
    }

    /// Answers with this body.
    pub fn body(self, content_type: impl Into<String>, body: impl Into<String>) -> Self {
        self.with(Effect::Body {
            content_type: content_type.into(),
            body: body.into(),
        })
    }

    /// Answers late, by the machine's time (not the provider's clock).
    pub fn delay(self, by: Duration) -> Self {
        self.with(Effect::Delay {
            milliseconds: u64::try_from(by.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Never answers; the connection stays open.
    pub fn silence(self) -> Self {
        self.with(Effect::Silence)
    }

    /// Cuts the connection (TCP reset) before the answer.
    pub fn reset(self) -> Self {
        self.with(Effect::Reset)
    }

    /// Sends status and headers, and then nothing more.
    pub fn silence_after_headers(self) -> Self {
        self.with(Effect::SilenceAfterHeaders)
    }

    /// Cuts the connection (TCP reset) in the middle of the headers.
    pub fn reset_in_headers(self) -> Self {
        self.with(Effect::ResetInHeaders)
    }

    /// Cuts the connection (TCP reset) after so many bytes of the body.
    pub fn reset_in_body(self, bytes: usize) -> Self {
        self.with(Effect::ResetInBody { bytes })
    }

    /// Says that the body has so many bytes, which it has not.
    pub fn content_length(self, bytes: usize) -> Self {
        self.with(Effect::ContentLength { bytes })
    }

    /// Compresses the body with gzip; white space behind it makes it unpack to so many bytes.
    pub fn gzip(self, bytes: u64) -> Self {
        self.with(Effect::Gzip { bytes })
    }

    /// Ends the connection after so many bytes of the body.
    pub fn truncate(self, bytes: usize) -> Self {
        self.with(Effect::Truncate { bytes })
    }

    /// Repeats the body until it has so many bytes.
    pub fn repeat(self, bytes: u64) -> Self {
        self.with(Effect::Repeat { bytes })
    }

    /// Sends the body byte by byte, with this pause before each.
    pub fn drip(self, pause: Duration) -> Self {
        self.with(Effect::Drip {
            milliseconds: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// When, to whom and how often.
impl Fault {
    /// In place of the handler, which then does not act. The answer is a 200 without a body but for
    /// the effects.
    pub fn instead(mut self) -> Self {
        self.when = When::Instead;
        self
    }

    /// After the handler acted; the default.
    pub fn after(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// Only to this client.
    pub fn for_client(mut self, client_id: impl Into<String>) -> Self {
        self.matching.client = Some(client_id.into());
        self
    }

    /// Only about this persona.
    pub fn for_persona(mut self, id: impl Into<String>) -> Self {
        self.matching.persona = Some(id.into());
        self
    }

    /// Only in answers to a refresh request, or only in those to any other.
    pub fn on_refresh(mut self, is_refresh: bool) -> Self {
        self.matching.refresh = Some(is_refresh);
        self
    }

    /// Only after an answer of that place in the same login.
    pub fn after_place(mut self, place: Place) -> Self {
        self.matching.after = Some(place);
        self
    }

    /// Only the n-th time that the rest matches, counted from 1.
    pub fn nth(mut self, nth: u64) -> Self {
        self.matching.nth = Some(nth);
        self
    }

    /// Once.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// So many times.
    pub fn times(mut self, times: u64) -> Self {
        self.count = Count::Times(times);
        self
    }

    /// Until it is cleared; the default.
    pub fn always(mut self) -> Self {
        self.count = Count::Always;
        self
    }
}
