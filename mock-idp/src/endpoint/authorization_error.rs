//! The page that tells a visitor why an authorization request was refused. The app never hears of
//! it.

use http::StatusCode;

use super::auth_error::AuthError;
use super::{Request, page_url};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::error::{OAuthError, status};
use crate::flavour::RefusalText;
use crate::page::{self, ErrorPage, Reason, UnknownHint};
use crate::place::Place;
use crate::tenant::Tenant;

/// Sends the visitor to the error page, by the provider's own kind of address.
pub(crate) fn redirect(
    tenant: &Tenant,
    request: &Request,
    text: &RefusalText,
    error: &OAuthError,
    refusal: &Refusal,
) -> Answer {
    let parameters = request.parameters();
    let echo = text.echo.iter().filter_map(|name| {
        let value = parameters.first(name)?;
        Some((name.clone(), value.to_owned()))
    });
    let auth_error = AuthError::new(text, error, refusal, echo.collect()).encode();
    let client_id = parameters.first("client_id");
    let flow_name = &tenant.flavour().text.error_page.flow_name;
    let mut pairs = vec![("authError", auth_error.as_str())];
    pairs.extend(client_id.map(|id| ("client_id", id)));
    pairs.push(("flowName", flow_name));
    let to = page_url(tenant, Place::AuthorizationError, &pairs);
    let mut answer = Answer::redirect(Place::Authorization, to);
    answer.client = client_id.map(str::to_owned);
    answer
}

/// Shows what the address says.
pub(super) fn authorization_error(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let encoded = request.query.first("authError").unwrap_or_default();
    let error = AuthError::decode(encoded).ok_or_else(|| {
        refuse(
            Check::PageAuthError,
            "authError is missing, or is not what this provider writes",
        )
    })?;
    let text = &tenant.flavour().text.error_page;
    let row = Check::ALL
        .iter()
        .find(|check| check.name() == error.check)
        .and_then(|check| tenant.flavour().refusal(*check));
    let heading = row.and_then(|row| row.heading.as_deref());
    let html = render(heading.unwrap_or(&text.heading), &error);
    let mut answer = Answer::page(Place::AuthorizationError, html);
    answer.status = StatusCode::from_u16(text.status).unwrap_or(StatusCode::OK);
    answer.client = request.query.first("client_id").map(str::to_owned);
    Ok(answer)
}

/// Shows a refusal as a page, at once.
pub(crate) fn page_at_once(
    place: Place,
    text: &RefusalText,
    error: &OAuthError,
    refusal: &Refusal,
) -> Answer {
    let shown = AuthError::new(text, error, refusal, Vec::new());
    let heading = text.heading.as_deref().unwrap_or("Something went wrong");
    let mut answer = Answer::page(place, render(heading, &shown));
    answer.status = status(text);
    answer
}

/// Names everybody a `login_hint` could have meant.
pub(crate) fn hint_page(tenant: &Tenant, text: &RefusalText, refusal: &Refusal) -> Answer {
    let html = page::unknown_hint(&UnknownHint {
        hint: refusal.fact("value").unwrap_or_default(),
        known: &tenant.personas(),
    });
    let mut answer = Answer::page(Place::Authorization, html);
    answer.status = status(text);
    answer
}

fn render(heading: &str, error: &AuthError) -> String {
    page::error(&ErrorPage {
        heading,
        status: error.status,
        code: &error.code,
        message: &error.message,
        help: error.help.as_deref(),
        details: &error.echo,
        reason: Some(Reason {
            check: &error.check,
            words: &error.reason,
            expected: &error.expected,
        }),
    })
}
