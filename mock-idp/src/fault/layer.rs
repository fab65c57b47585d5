//! The one layer that every answer goes through: edits members, signs, encodes, then edits bytes.

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::When;
use super::delivery::{Delivery, Ending, apply_to_delivery};
use super::edit::{Origin, edit};
use super::registry::{Due, Occasion};
use super::token_lies::{publish_weak_keys, sign_tokens};
use crate::answer::Answer;
use crate::endpoint::Request;
use crate::place::Place;
use crate::tenant::Tenant;

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

pub(super) fn due(tenant: &Tenant, answer: &Answer, place: Place) -> Vec<Due> {
    tenant.faults().due(Occasion {
        place,
        when: When::After,
        client: answer.client.as_deref(),
        persona: answer.persona.as_deref(),
        has_members: !answer.members().is_empty(),
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
        is_edited |= edit(answer.edit(), effect, &origin);
    }
    is_edited
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
