//! What scripts of other origins may read,
//! [Fetch, the CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol). None of it goes by cookies, so
//! every origin may.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
};
use http::{HeaderValue, Method, StatusCode};

use super::Request;
use crate::answer::Answer;
use crate::place::Place;
use crate::tenant::Tenant;

/// The answer to a browser that asks before it sends a script's request; `None` where it does not
/// ask, or the place is no such.
pub(super) fn preflight(tenant: &Tenant, place: Place, request: &Request) -> Option<Answer> {
    let asks = request.method == Method::OPTIONS
        && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || !is_open(tenant, place) {
        return None;
    }
    let answer = Answer::empty(place, StatusCode::NO_CONTENT)
        .with_header(ACCESS_CONTROL_ALLOW_METHODS, "GET, POST")
        .with_header(ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type")
        .with_header(ACCESS_CONTROL_MAX_AGE, "600");
    Some(answer)
}

/// Lets every origin read the answer, refusals too.
pub(super) fn allow(tenant: &Tenant, answer: &mut Answer) {
    // A document that is given many times says so from its making on.
    let is_said = answer.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
    if is_said || !is_open(tenant, answer.place) {
        return;
    }
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate"),
    ];
    for (name, value) in headers {
        answer.headers.insert(name, HeaderValue::from_static(value));
    }
}

fn is_open(tenant: &Tenant, place: Place) -> bool {
    tenant.flavour().text.cors.places.contains(&place)
}
