//! An OAuth error as it goes over the wire. Handlers return a check and a reason; the flavour makes
//! this of it.

use std::sync::Arc;

use http::StatusCode;
use http::header::{ALLOW, CACHE_CONTROL, WWW_AUTHENTICATE};

use crate::answer::{Answer, Members};
use crate::check::{Check, Refusal};
use crate::endpoint::{Parameters, Request, ResponseMode, authorization_error};
use crate::flavour::{Deliver, ErrorParameter, RefusalText};
use crate::place::Place;
use crate::tenant::Tenant;

/// A code and its words, [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)
/// and 4.1.2.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) code: String,
    pub(crate) description: String,
}

/// Where an error goes when the app is to hear of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReplyTo {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) response_mode: ResponseMode,
    pub(crate) client: String,
    pub(crate) authorization: Arc<Parameters>,
}

/// Makes the answer that tells of a refusal, as the flavour says.
pub(crate) fn answer(
    tenant: &Tenant,
    place: Place,
    request: &Request,
    refusal: &Refusal,
) -> Answer {
    let Some(text) = tenant.flavour().refusal(refusal.check) else {
        // A flavour without a row for a check is refused when it is read.
        return Answer::json(place, 2, Members::default());
    };
    let error = OAuthError {
        code: text.error.clone(),
        description: text.words(refusal),
    };
    match (text.deliver, &refusal.reply_to) {
        (Deliver::Redirect, Some(reply_to)) => by_redirect(tenant, text, &error, reply_to),
        (Deliver::ErrorPage, _) => {
            authorization_error::redirect(tenant, request, text, &error, refusal)
        }
        (Deliver::Page | Deliver::Redirect, _) => {
            authorization_error::page_at_once(place, text, &error, refusal)
        }
        (Deliver::HintPage, _) => authorization_error::hint_page(tenant, text, refusal),
        (Deliver::Json, _) => as_json(place, text, &error, refusal),
    }
}

fn as_json(place: Place, text: &RefusalText, error: &OAuthError, refusal: &Refusal) -> Answer {
    let mut members = Members::default();
    members.push_text("error", &error.code);
    members.push_text("error_description", &error.description);
    let mut answer = Answer::json(place, 2, members).with_header(CACHE_CONTROL, "no-store");
    answer.status = status(text);
    if text.challenge {
        let challenge = match refusal.check {
            // Without a token there is nothing to say about one, RFC 6750 section 3.1.
            Check::UserInfoTokenMissing => "Bearer",
            Check::UserInfoToken => r#"Bearer error="invalid_token""#,
            // RFC 6749 section 5.2.
            _ => r#"Basic realm="token endpoint""#,
        };
        answer = answer.with_header(WWW_AUTHENTICATE, challenge);
    }
    match refusal.fact("allow") {
        Some(methods) => answer.with_header(ALLOW, methods),
        None => answer,
    }
}

fn by_redirect(tenant: &Tenant, text: &RefusalText, error: &OAuthError, to: &ReplyTo) -> Answer {
    let mut members = Members::default();
    for parameter in &text.parameters {
        let (name, value) = match parameter {
            ErrorParameter::State => ("state", to.state.as_deref()),
            ErrorParameter::Error => ("error", Some(error.code.as_str())),
            ErrorParameter::ErrorDescription => {
                ("error_description", Some(error.description.as_str()))
            }
            ErrorParameter::Iss => ("iss", Some(tenant.issuer())),
            ErrorParameter::ErrorSubtype => ("error_subtype", text.error_subtype.as_deref()),
        };
        if let Some(value) = value {
            members.push_text(name, value);
        }
    }
    let encoding = to.response_mode.encoding();
    let mut answer = Answer::to_client(&to.redirect_uri, encoding, members);
    answer.client = Some(to.client.clone());
    answer.authorization = Some(Arc::clone(&to.authorization));
    answer
}

/// The HTTP status of a row.
pub(crate) fn status(text: &RefusalText) -> StatusCode {
    StatusCode::from_u16(text.status).unwrap_or(StatusCode::BAD_REQUEST)
}
