//! The provider's metadata,
//! [OpenID Connect Discovery 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig).

use http::header::CACHE_CONTROL;

use super::{Request, cors};
use crate::answer::{Answer, Members, quoted};
use crate::check::Refusal;
use crate::place::Place;
use crate::tenant::Tenant;

/// What stands in a document for the directory that its path names.
const DIRECTORY: &str = "<directory>";

#[expect(clippy::unnecessary_wraps, reason = "a handler's signature")]
pub(super) fn discovery(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    // Nothing in it changes while the provider runs.
    let directory = request.variable.as_deref();
    Ok(tenant.document(0, Place::Discovery, directory, document))
}

fn document(tenant: &Tenant, directory: Option<&str>) -> Answer {
    let flavour = tenant.flavour();
    let mut members = Members::default();
    for (name, value) in &flavour.discovery {
        let json = match (name.as_str(), directory) {
            ("issuer", Some(_)) => quoted(&tenant.issuer_in(directory)),
            _ => flavour.expand(value, |host, place| tenant.base(host, place)),
        };
        let json = json.replace(DIRECTORY, directory.unwrap_or_default());
        members.push_json(name.clone(), json);
    }
    let mut answer = Answer::json(Place::Discovery, 1, members)
        .with_header(CACHE_CONTROL, flavour.discovery_cache_control());
    cors::allow(tenant, &mut answer);
    answer
}
