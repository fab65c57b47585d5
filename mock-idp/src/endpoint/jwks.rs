//! The provider's public keys,
//! [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5).

use http::header::CACHE_CONTROL;

use super::{Request, cors};
use crate::answer::{Answer, Members};
use crate::check::Refusal;
use crate::place::Place;
use crate::tenant::Tenant;

/// The profile of a path that gives certificates and not JWKs.
const CERTIFICATES: &str = "certificates";

#[expect(clippy::unnecessary_wraps, reason = "a handler's signature")]
pub(super) fn jwks(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    if request.profile.as_deref() == Some(CERTIFICATES) {
        return Ok(certificates(tenant));
    }
    let directory = request.variable.as_deref();
    let version = tenant.keys().version();
    Ok(tenant.document(version, Place::Jwks, directory, document))
}

fn document(tenant: &Tenant, directory: Option<&str>) -> Answer {
    let issuer = tenant.issuer_in(directory);
    let keys = tenant.keys().jwks(&issuer).join(",");
    let mut members = Members::default();
    members.push_json("keys", format!("[{keys}]"));
    answer(tenant, members)
}

/// The same keys as X.509 certificates in PEM, each under its kid.
fn certificates(tenant: &Tenant) -> Answer {
    let mut members = Members::default();
    for (kid, certificate) in tenant.keys().certificates() {
        members.push_text(kid, &certificate);
    }
    answer(tenant, members)
}

fn answer(tenant: &Tenant, members: Members) -> Answer {
    let mut answer = Answer::json(Place::Jwks, 2, members)
        .with_header(CACHE_CONTROL, &tenant.flavour().text.jwks.cache_control);
    cors::allow(tenant, &mut answer);
    answer
}
