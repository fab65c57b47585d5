//! An answer as it goes over the wire, and what a fault does to it there.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::Effect;
use super::gzip::gzip;

/// An answer as it goes over the wire.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) delay: Option<Duration>,
    pub(crate) ending: Ending,
    pub(crate) client: Option<String>,
    pub(crate) persona: Option<String>,
}

/// How the connection treats the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it is.
    Whole,
    /// Cut off after so many bytes.
    Truncate(usize),
    /// Repeated up to so many bytes.
    Repeat(u64),
    /// A byte at a time, with a pause before each.
    Drip(Duration),
    /// Never sent.
    Silence,
    /// Never sent, but status and headers are.
    SilenceAfterHeaders,
    /// Cut off before the first byte of the response.
    Reset,
    /// Cut off in the middle of the headers.
    ResetInHeaders,
    /// Cut off by a reset after so many bytes.
    ResetInBody(usize),
    /// Said to be so long.
    Length(usize),
}

impl Ending {
    /// Whether the app gets status and headers.
    pub(crate) const fn is_answer(self) -> bool {
        !matches!(self, Self::Silence | Self::Reset | Self::ResetInHeaders)
    }
}

/// Applies what is left once the answer is bytes; false where there was nothing of the kind.
pub(super) fn apply_to_delivery(delivery: &mut Delivery, effects: &[Effect]) -> bool {
    let mut is_changed = false;
    for effect in effects {
        is_changed |= match effect {
            Effect::Status(status) => {
                let status = StatusCode::from_u16(*status).ok();
                status.map(|status| delivery.status = status).is_some()
            }
            Effect::Header { name, value } => set_header(&mut delivery.headers, name, value),
            Effect::OmitHeader { name } => delivery.headers.remove(name.as_str()).is_some(),
            Effect::Spoil(spoil) => {
                delivery.body = spoil.apply(delivery.body.to_vec()).into();
                true
            }
            Effect::Gzip { bytes } => {
                delivery.body = gzip(&delivery.body, *bytes).into();
                set_header(&mut delivery.headers, CONTENT_ENCODING.as_str(), "gzip")
            }
            Effect::Body { content_type, body } => {
                delivery.body = body.clone().into();
                set_header(&mut delivery.headers, CONTENT_TYPE.as_str(), content_type)
            }
            Effect::Delay { milliseconds } => {
                delivery.delay = Some(Duration::from_millis(*milliseconds));
                true
            }
            effect => match ending(effect) {
                Some(ending) => {
                    delivery.ending = ending;
                    true
                }
                None => false,
            },
        };
    }
    is_changed
}

fn ending(effect: &Effect) -> Option<Ending> {
    match effect {
        Effect::Silence => Some(Ending::Silence),
        Effect::SilenceAfterHeaders => Some(Ending::SilenceAfterHeaders),
        Effect::Reset => Some(Ending::Reset),
        Effect::ResetInHeaders => Some(Ending::ResetInHeaders),
        Effect::ResetInBody { bytes } => Some(Ending::ResetInBody(*bytes)),
        Effect::ContentLength { bytes } => Some(Ending::Length(*bytes)),
        Effect::Truncate { bytes } => Some(Ending::Truncate(*bytes)),
        Effect::Repeat { bytes } => Some(Ending::Repeat(*bytes)),
        Effect::Drip { milliseconds } => Some(Ending::Drip(Duration::from_millis(*milliseconds))),
        _ => None,
    }
}

fn set_header(headers: &mut HeaderMap, name: &str, value: &str) -> bool {
    let name = HeaderName::try_from(name).ok();
    let value = HeaderValue::try_from(value).ok();
    let (Some(name), Some(value)) = (name, value) else {
        return false;
    };
    headers.insert(name, value);
    true
}
