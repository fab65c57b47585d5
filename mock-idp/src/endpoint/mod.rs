//! The endpoints: the table from place to handler, and the way of a request through it.

mod access_token;
mod account_chooser;
mod auth_error;
mod authorization;
mod authorization_checks;
pub(crate) mod authorization_error;
mod authorization_request;
mod client_assertion;
mod client_authentication;
mod consent;
mod cors;
mod discovery;
mod draft;
mod end_session;
mod id_token_hint;
mod jwks;
mod picture;
mod redirect_uri;
mod request;
mod revocation;
mod session;
mod token;
mod token_info;
mod transaction;
mod userinfo;

use url::form_urlencoded;

use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::error;
use crate::fault::{Delivery, layer};
use crate::flavour::{Location, Matched};
use crate::place::Place;
use crate::tenant::Tenant;
pub(crate) use authorization_request::{AuthorizationRequest, CodeChallengeMethod, ResponseMode};
pub(crate) use redirect_uri::policy_problem as redirect_uri_problem;
pub use request::Parameters;
pub(crate) use request::Request;

type Handler = fn(&Tenant, &Request) -> Result<Answer, Refusal>;

/// The table.
const fn handler(place: Place) -> Handler {
    match place {
        Place::Discovery => discovery::discovery,
        Place::Jwks => jwks::jwks,
        Place::Authorization => authorization::authorization,
        Place::AccountChooser => account_chooser::account_chooser,
        Place::Consent => consent::consent,
        Place::AuthorizationError => authorization_error::authorization_error,
        Place::Token => token::token,
        Place::UserInfo => userinfo::userinfo,
        Place::TokenInfo => token_info::token_info,
        Place::Revocation => revocation::revocation,
        Place::EndSession => end_session::end_session,
        Place::Picture => picture::picture,
        Place::NotBuilt => not_built,
        Place::IdTokenHeader
        | Place::IdTokenClaims
        | Place::LogoutTokenHeader
        | Place::LogoutTokenClaims
        | Place::BackchannelLogout
        | Place::Elsewhere => elsewhere,
    }
}

/// Answers a request: route, lie instead of the handler, handler, refusal, lie after it, capture.
pub(crate) fn respond(tenant: &Tenant, mut request: Request) -> Delivery {
    let (place, routed) = route(tenant, &mut request);
    if is_noise(tenant, &request) {
        let refusal = refuse(Check::RequestPath, "browsers ask this by themselves");
        let refusal = refusal.with("problem", "Not Found");
        return layer::encode(error::answer(tenant, place, &request, &refusal));
    }
    let claimed_client = request.claimed_client();
    if let Some(mut delivery) = layer::instead(tenant, place, claimed_client.as_deref(), &request) {
        tenant
            .capture()
            .record(tenant, place, request, &mut delivery, None);
        return delivery;
    }
    let handled = match cors::preflight(tenant, place, &request) {
        Some(answer) => Ok(answer),
        None => routed.and_then(|()| handler(place)(tenant, &request)),
    };
    let (mut answer, refusal) = match handled {
        Ok(answer) => (answer, None),
        Err(refusal) => {
            let (check, reason) = (refusal.check, &refusal.reason);
            tracing::info!(%place, %check, reason, "refused");
            (
                error::answer(tenant, place, &request, &refusal),
                Some(refusal),
            )
        }
    };
    answer.client = answer.client.or(claimed_client);
    cors::allow(tenant, &mut answer);
    let mut delivery = layer::after(tenant, answer, &request);
    tenant
        .capture()
        .record(tenant, place, request, &mut delivery, refusal);
    delivery
}

/// Answers a request whose body is larger than any request of a login.
pub(crate) fn too_large(tenant: &Tenant, mut request: Request, limit: usize) -> Delivery {
    let (place, _) = route(tenant, &mut request);
    let words = format!("the body is larger than {limit} bytes");
    let refusal = refuse(Check::RequestSize, words.clone()).with("problem", words);
    let answer = error::answer(tenant, place, &request, &refusal);
    let mut delivery = layer::after(tenant, answer, &request);
    tenant
        .capture()
        .record(tenant, place, request, &mut delivery, Some(refusal));
    delivery
}

/// Where a request goes, and whether it may.
fn route(tenant: &Tenant, request: &mut Request) -> (Place, Result<(), Refusal>) {
    match tenant.flavour().router.find(&request.path) {
        None => (Place::Elsewhere, Ok(())),
        Some(Matched { host, .. }) if !is_at(tenant, request, host) => (Place::Elsewhere, Ok(())),
        Some(Matched {
            route, variable, ..
        }) => {
            request.variable = variable;
            request.profile.clone_from(&route.profile);
            let allowed = if route.methods.contains(&request.method) {
                Ok(())
            } else {
                Err(wrong_method(request, &route.methods))
            };
            (route.place, allowed)
        }
    }
}

fn is_noise(tenant: &Tenant, request: &Request) -> bool {
    let host = request.real_host.as_deref();
    host.is_some_and(|host| tenant.flavour().is_noise(host, &request.path))
}

/// Whether a request was sent to this host; where there is one URL for all of them, it was.
fn is_at(tenant: &Tenant, request: &Request, host: &str) -> bool {
    let sent_to = request.real_host.as_deref();
    sent_to.is_none_or(|sent_to| sent_to == tenant.flavour().real_host(host))
}

fn wrong_method(request: &Request, methods: &[http::Method]) -> Refusal {
    let allowed: Vec<_> = methods.iter().map(http::Method::as_str).collect();
    let allowed = allowed.join(", ");
    let words = format!("{} takes {allowed}, not {}", request.path, request.method);
    refuse(Check::RequestMethod, words.clone())
        .with("problem", words)
        .with("allow", allowed)
}

fn not_built(_: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let path = &request.path;
    let reason = format!("{path} is advertised, and this provider does not answer there yet");
    Err(refuse(Check::RequestNotBuilt, reason).with("path", path))
}

fn elsewhere(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let path = &request.path;
    let host = request.real_host.as_deref().unwrap_or_default();
    let at = |location: &Location| match host {
        "" => location.path.clone(),
        _ => format!(
            "{}{}",
            tenant.flavour().real_host(&location.host),
            location.path
        ),
    };
    let places = tenant.flavour().router.known();
    let places: Vec<_> = places
        .map(|(place, location)| format!("{} ({place})", at(location)))
        .collect();
    let places = places.join(", ");
    let words = format!("nothing is at {host}{path}; there are: {places}");
    Err(refuse(Check::RequestPath, words.clone()).with("problem", words))
}

/// The URL of a page with its parameters.
fn page_url(tenant: &Tenant, place: Place, pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("{}?{query}", tenant.url(place))
}
