//! Lies in a token: its header, its claims, its signature, and the key that makes one.

use super::Effect;
use super::edit::{Origin, edit};
use super::layer::due;
use super::registry::Due;
use crate::answer::{Answer, Value, quoted};
use crate::endpoint::Request;
use crate::place::Place;
use crate::sign::{Signing, TokenLies, UnsignedToken, sign};
use crate::tenant::Tenant;

/// Signs the tokens among the members; the lies in header, claims and signature are told here.
pub(super) fn sign_tokens(tenant: &Tenant, answer: &mut Answer, request: &Request) {
    let is_token = |(_, value): &_| matches!(value, Value::Token(_));
    let Some(position) = answer.members().iter().position(is_token) else {
        return;
    };
    let (claims_place, header_place) = parts(answer.place);
    let claims_faults = due(tenant, answer, claims_place, request);
    let header_faults = due(tenant, answer, header_place, request);
    let authorization = answer.authorization.clone();
    let origin = Origin::new(tenant, request, authorization.as_deref());
    let members = answer.edit().edit();
    if let Value::Token(token) = &mut members[position].1 {
        let mut lies = TokenLies::default();
        lie_in_claims(tenant, token, &mut lies, &claims_faults, &origin);
        lie_in_header(tenant, token, &mut lies, &header_faults, &origin);
        origin.earlier.remember(claims_place, &token.claims);
        let text = sign(token, &lies, tenant.keys());
        members[position].1 = Value::Json(quoted(&text));
    }
}

/// The places of the claims and the header of the token that an answer carries.
const fn parts(place: Place) -> (Place, Place) {
    match place {
        Place::BackchannelLogout => (Place::LogoutTokenClaims, Place::LogoutTokenHeader),
        _ => (Place::IdTokenClaims, Place::IdTokenHeader),
    }
}

/// Edits the claims, and finds out how the token is to be signed and written.
fn lie_in_claims(
    tenant: &Tenant,
    token: &mut UnsignedToken,
    lies: &mut TokenLies,
    faults: &[Due],
    origin: &Origin<'_>,
) {
    for fault in faults {
        let honest = token.claims.clone();
        let mut is_told = false;
        for effect in &fault.effects {
            is_told |= match effect {
                Effect::Spoil(spoil) => {
                    lies.payload.push(spoil.clone());
                    true
                }
                effect if sign_wrongly(token, lies, effect, tenant) => true,
                effect => edit(&mut token.claims, effect, origin),
            };
        }
        lies.honest_claims.get_or_insert(honest);
        if is_told {
            tenant.faults().told(fault.id);
        }
    }
}

/// Notes how a token is to be signed and written wrongly; false where the effect is about
/// something else.
pub(super) fn sign_wrongly(
    token: &mut UnsignedToken,
    lies: &mut TokenLies,
    effect: &Effect,
    tenant: &Tenant,
) -> bool {
    match effect {
        Effect::SignWith(way) if !way.fits(&token.key) => false,
        Effect::SignWith(way) => {
            way.prepare(token, tenant.keys());
            lies.signing.push(way.clone());
            // Of this one only the edits are seen.
            *way != Signing::BeforeEdits
        }
        Effect::Serialize(way) => {
            lies.serialization.push(way.clone());
            true
        }
        _ => false,
    }
}

fn lie_in_header(
    tenant: &Tenant,
    token: &mut UnsignedToken,
    lies: &mut TokenLies,
    faults: &[Due],
    origin: &Origin<'_>,
) {
    for fault in faults {
        let mut is_told = false;
        for effect in &fault.effects {
            is_told |= if let Effect::Spoil(spoil) = effect {
                lies.header.push(spoil.clone());
                true
            } else {
                edit(&mut token.header, effect, origin)
            };
        }
        if is_told {
            tenant.faults().told(fault.id);
        }
    }
}

/// A key that signs wrongly is published, or no app could be fooled by it.
pub(super) fn publish_keys_of_lies(tenant: &Tenant, answer: &mut Answer) {
    if answer.place != Place::Jwks {
        return;
    }
    let mut needed = Vec::new();
    for effect in tenant.faults().effects() {
        if let Effect::SignWith(way) = effect
            && let Some(jwk) = way.published_jwk(tenant.keys())
            && !needed.contains(&jwk)
        {
            needed.push(jwk);
        }
    }
    for jwk in needed {
        let keys = answer
            .members()
            .json_of("keys")
            .and_then(|keys| keys.strip_suffix(']'));
        if let Some(keys) = keys {
            let comma = if keys.ends_with('[') { "" } else { "," };
            let json = format!("{keys}{comma}{jwk}]");
            answer.edit().set("keys", json);
        }
    }
}
