//! The provider's metadata,
//! [OpenID Connect Discovery 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig).

use http::header::CACHE_CONTROL;

use super::{Request, cors};
use crate::answer::{Answer, Members};
use crate::check::Refusal;
use crate::place::Place;
use crate::tenant::Tenant;

#[expect(clippy::unnecessary_wraps, reason = "a handler's signature")]
pub(super) fn discovery(tenant: &Tenant, _: &Request) -> Result<Answer, Refusal> {
    // Nothing in it changes while the provider runs.
    Ok(tenant.document(0, Place::Discovery, document))
}

fn document(tenant: &Tenant) -> Answer {
    let flavour = tenant.flavour();
    let mut members = Members::default();
    for (name, value) in &flavour.discovery {
        members.push_json(
            name.clone(),
            flavour.expand(value, |place| tenant.base(place)),
        );
    }
    let mut answer = Answer::json(Place::Discovery, 1, members)
        .with_header(CACHE_CONTROL, flavour.discovery_cache_control());
    cors::allow(tenant, &mut answer);
    answer
}
