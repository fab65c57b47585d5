//! The one layer that every answer goes through: edits members, signs, encodes, then edits bytes.

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::When;
use super::delivery::{Delivery, Ending, apply_to_delivery};
use super::edit::{Origin, edit};
use super::encode::{encode_wrongly, sign_answer_wrongly};
use super::registry::{Due, Occasion};
use super::token_lies::{publish_keys_of_lies, sign_tokens};
use crate::answer::Answer;
use crate::endpoint::Request;
use crate::place::Place;
use crate::sign::TokenLies;
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
        is_refresh: is_refresh(request),
        login: None,
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
    publish_keys_of_lies(tenant, &mut answer);
    let place = answer.place;
    let due = due(tenant, &answer, place, request);
    if due.is_empty() {
        remember(tenant, &answer);
        return encode(answer.signed(&TokenLies::default(), tenant.keys()));
    }
    let mut lies = TokenLies {
        honest_claims: Some(answer.members().clone()),
        ..TokenLies::default()
    };
    let mut is_told: Vec<bool> = Vec::with_capacity(due.len());
    for fault in &due {
        is_told.push(edit_answer(tenant, &mut answer, request, fault));
    }
    remember(tenant, &answer);
    for (fault, is_told) in due.iter().zip(&mut is_told) {
        *is_told |= encode_wrongly(tenant, &mut answer, &fault.effects);
        *is_told |= sign_answer_wrongly(tenant, &mut answer, &mut lies, &fault.effects);
    }
    let mut delivery = encode(answer.signed(&lies, tenant.keys()));
    for (fault, is_edited) in due.iter().zip(is_told) {
        let is_changed = apply_to_delivery(&mut delivery, &fault.effects);
        if is_edited || is_changed {
            tracing::info!(%place, effects = ?fault.effects, "a fault was told");
            tenant.faults().told(fault.id);
        }
    }
    delivery
}

/// What a later answer can repeat, and where the login has been.
fn remember(tenant: &Tenant, answer: &Answer) {
    let faults = tenant.faults();
    faults.earlier().remember(answer.place, answer.members());
    if let Some(login) = &answer.authorization {
        faults.note(login, answer.place);
    }
}

pub(super) fn due(tenant: &Tenant, answer: &Answer, place: Place, request: &Request) -> Vec<Due> {
    tenant.faults().due(Occasion {
        place,
        when: When::After,
        client: answer.client.as_deref(),
        persona: answer.persona.as_deref(),
        is_refresh: is_refresh(request),
        login: answer.authorization.as_ref(),
        has_members: !answer.members().is_empty(),
    })
}

/// [RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6).
fn is_refresh(request: &Request) -> bool {
    request.form.first("grant_type") == Some("refresh_token")
}

fn edit_answer(tenant: &Tenant, answer: &mut Answer, request: &Request, fault: &Due) -> bool {
    let authorization = answer.authorization.clone();
    let origin = Origin::new(tenant, request, authorization.as_deref());
    let mut is_edited = false;
    for effect in fault.effects.iter().filter(|effect| effect.edits_members()) {
        is_edited |= edit(answer.edit(), effect, &origin);
    }
    is_edited
}

/// An answer as it is.
pub(crate) fn encode(answer: Answer) -> Delivery {
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
