//! Lies in a token: its header, its claims, its signature, and the weak key that makes one.

use super::Effect;
use super::edit::{Origin, edit};
use super::layer::due;
use super::registry::Due;
use crate::answer::{Answer, Value};
use crate::endpoint::Request;
use crate::place::Place;
use crate::sign::{Signing, UnsignedToken, sign};
use crate::tenant::Tenant;

/// Signs the tokens among the members; the lies in header, claims and signature are told here.
pub(super) fn sign_tokens(tenant: &Tenant, answer: &mut Answer, request: &Request) {
    let is_token = |(_, value): &_| matches!(value, Value::Token(_));
    let Some(position) = answer.members().iter().position(is_token) else {
        return;
    };
    let claims_faults = due(tenant, answer, Place::IdTokenClaims);
    let header_faults = due(tenant, answer, Place::IdTokenHeader);
    let authorization = answer.authorization.clone();
    let origin = Origin {
        request: [&request.query, &request.form],
        authorization: authorization.as_deref(),
    };
    let members = answer.edit().edit();
    if let Value::Token(token) = &mut members[position].1 {
        let signing = lie_in_claims(tenant, token, &claims_faults, &origin);
        lie_in_header(tenant, token, &header_faults, &origin);
        let compact = sign(token, signing.as_ref(), tenant.keys());
        members[position].1 = Value::Json(format!("\"{compact}\""));
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
pub(super) fn publish_weak_keys(tenant: &Tenant, answer: &mut Answer) {
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
            .members()
            .json_of("keys")
            .and_then(|keys| keys.strip_suffix(']'));
        if let (Some(jwk), Some(keys)) = (jwk, keys) {
            let json = format!("{keys},{jwk}]");
            answer.edit().set("keys", json);
        }
    }
}
