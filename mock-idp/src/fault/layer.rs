//! The one layer that every answer goes through: edits members, signs, encodes, then edits bytes.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::edit::{Origin, edit};
use super::registry::{Due, Occasion};
use super::{Effect, When};
use crate::answer::{Answer, Value};
use crate::endpoint::Request;
use crate::place::Place;
use crate::sign::{Signing, UnsignedToken, sign};
use crate::tenant::Tenant;

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
    /// Cut off before the first byte of the response.
    Reset,
}

/// The answer of the faults that stand in place of the handler; `None` where there are none.
pub(crate) fn instead(
    tenant: &Tenant,
    place: Place,
    client: Option<&str>,
    request: &Request,
) -> Option<Delivery> {
    let due = tenant.faults().due(Occasion {
        place,
        when: When::Instead,
        client,
        persona: None,
        has_members: false,
    });
    if due.is_empty() {
        return None;
    }
    tracing::info!(%place, path = request.path, "a fault answers");
    let mut delivery = Delivery {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        delay: None,
        ending: Ending::Whole,
        client: client.map(str::to_owned),
        persona: None,
    };
    for fault in &due {
        apply_to_delivery(&mut delivery, &fault.effects);
        tenant.faults().told(fault.id);
    }
    Some(delivery)
}

/// Tells what is to be told of an honest answer, and encodes it.
pub(crate) fn after(tenant: &Tenant, mut answer: Answer, request: &Request) -> Delivery {
    sign_tokens(tenant, &mut answer, request);
    publish_weak_keys(tenant, &mut answer);
    let place = answer.place;
    let due = due(tenant, &answer, place);
    let mut is_told: Vec<bool> = Vec::with_capacity(due.len());
    for fault in &due {
        is_told.push(edit_answer(&mut answer, request, fault));
    }
    let mut delivery = encode(answer);
    for (fault, is_edited) in due.iter().zip(is_told) {
        let is_changed = apply_to_delivery(&mut delivery, &fault.effects);
        if is_edited || is_changed {
            tracing::info!(%place, effects = ?fault.effects, "a fault was told");
            tenant.faults().told(fault.id);
        }
    }
    delivery
}

fn due(tenant: &Tenant, answer: &Answer, place: Place) -> Vec<Due> {
    tenant.faults().due(Occasion {
        place,
        when: When::After,
        client: answer.client.as_deref(),
        persona: answer.persona.as_deref(),
        has_members: !answer.members.0.is_empty(),
    })
}

fn edit_answer(answer: &mut Answer, request: &Request, fault: &Due) -> bool {
    let authorization = answer.authorization.clone();
    let origin = Origin {
        request: [&request.query, &request.form],
        authorization: authorization.as_deref(),
    };
    let mut is_edited = false;
    for effect in &fault.effects {
        is_edited |= edit(&mut answer.members, effect, &origin);
    }
    is_edited
}

/// Signs the tokens among the members; the lies in header, claims and signature are told here.
fn sign_tokens(tenant: &Tenant, answer: &mut Answer, request: &Request) {
    let is_token = |(_, value): &_| matches!(value, Value::Token(_));
    let Some(position) = answer.members.0.iter().position(is_token) else {
        return;
    };
    let claims_faults = due(tenant, answer, Place::IdTokenClaims);
    let header_faults = due(tenant, answer, Place::IdTokenHeader);
    let authorization = answer.authorization.clone();
    let origin = Origin {
        request: [&request.query, &request.form],
        authorization: authorization.as_deref(),
    };
    if let Value::Token(token) = &mut answer.members.0[position].1 {
        let signing = lie_in_claims(tenant, token, &claims_faults, &origin);
        lie_in_header(tenant, token, &header_faults, &origin);
        let compact = sign(token, signing.as_ref(), tenant.keys());
        answer.members.0[position].1 = Value::Json(format!("\"{compact}\""));
    }
}

/// Edits the claims, and finds out how the token is to be signed.
fn lie_in_claims(
    tenant: &Tenant,
    token: &mut UnsignedToken,
    faults: &[Due],
    origin: &Origin<'_>,
) -> Option<Signing> {
    let mut signing = None;
    for fault in faults {
        let mut is_told = false;
        for effect in &fault.effects {
            if let Effect::SignWith(way) = effect {
                way.prepare(token, tenant.keys());
                signing = Some(way.clone());
                is_told = true;
            } else {
                is_told |= edit(&mut token.claims, effect, origin);
            }
        }
        if is_told {
            tenant.faults().told(fault.id);
        }
    }
    signing
}

fn lie_in_header(tenant: &Tenant, token: &mut UnsignedToken, faults: &[Due], origin: &Origin<'_>) {
    for fault in faults {
        let mut is_told = false;
        for effect in &fault.effects {
            is_told |= edit(&mut token.header, effect, origin);
        }
        if is_told {
            tenant.faults().told(fault.id);
        }
    }
}

/// A weak key that signs is published, or no app could be fooled by it.
fn publish_weak_keys(tenant: &Tenant, answer: &mut Answer) {
    if answer.place != Place::Jwks {
        return;
    }
    let mut weak: Vec<_> = tenant
        .faults()
        .effects()
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::SignWith(Signing::WeakRsa(bits)) => Some(bits),
            _ => None,
        })
        .collect();
    weak.sort_unstable();
    weak.dedup();
    for bits in weak {
        let jwk = tenant.keys().weak(bits).map(|(_, _, jwk)| jwk);
        let keys = answer
            .members
            .json_of("keys")
            .and_then(|keys| keys.strip_suffix(']'));
        if let (Some(jwk), Some(keys)) = (jwk, keys) {
            let json = format!("{keys},{jwk}]");
            answer.members.set("keys", json);
        }
    }
}

fn encode(answer: Answer) -> Delivery {
    let (body, location) = answer.encode();
    let mut headers = answer.headers;
    let location = location.and_then(|url| HeaderValue::try_from(url).ok());
    if let Some(location) = location {
        headers.insert(LOCATION, location);
    }
    Delivery {
        status: answer.status,
        headers,
        body,
        delay: None,
        ending: Ending::Whole,
        client: answer.client,
        persona: answer.persona,
    }
}

/// Applies what is left once the answer is bytes; false where there was nothing of the kind.
fn apply_to_delivery(delivery: &mut Delivery, effects: &[Effect]) -> bool {
    let mut is_changed = false;
    for effect in effects {
        is_changed |= match effect {
            Effect::Status(status) => {
                let status = StatusCode::from_u16(*status).ok();
                status.map(|status| delivery.status = status).is_some()
            }
            Effect::Header { name, value } => set_header(&mut delivery.headers, name, value),
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
        Effect::Reset => Some(Ending::Reset),
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
