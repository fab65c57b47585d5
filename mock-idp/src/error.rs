//! An OAuth error as it goes over the wire. Handlers return a check and a reason; the flavour makes
//! this of it.

use std::sync::Arc;

use http::StatusCode;
use http::header::{ACCEPT, ALLOW, CACHE_CONTROL, WWW_AUTHENTICATE};

use crate::answer::{Answer, Members};
use crate::check::{Check, Refusal};
use crate::endpoint::{Parameters, Request, ResponseMode, authorization_error};
use crate::flavour::{Deliver, ErrorMember, ErrorParameter, RefusalText};
use crate::grant::token_answer;
use crate::place::Place;
use crate::tenant::Tenant;

/// A code and its words, [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)
/// and 4.1.2.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) code: String,
    pub(crate) description: String,
    uri: Option<String>,
    number: Option<u32>,
    trace: Option<Trace>,
}

/// What a provider that keeps logs says beside an error.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trace {
    id: String,
    correlation_id: String,
    timestamp: String,
}

impl OAuthError {
    fn new(tenant: &Tenant, text: &RefusalText, refusal: &Refusal) -> Self {
        let errors = &tenant.flavour().text.errors;
        let number = text.number.map(|number| number.to_string());
        // What is asked of no number is said as it is.
        let description = match number {
            None => text.words(refusal),
            Some(_) => errors.description.replace("{text}", &text.words(refusal)),
        };
        let trace = number.as_ref().map(|_| Trace::new(tenant));
        let numbered = |text: &str| text.replace("{number}", number.as_deref().unwrap_or_default());
        let usual_uri = errors.error_uri.as_deref().filter(|_| number.is_some());
        let uri = text.error_uri.as_deref().or(usual_uri);
        let uri = uri.map(|uri| {
            tenant
                .flavour()
                .expand(uri, |host, place| tenant.base(host, place))
        });
        let description = match &trace {
            Some(trace) => trace.fill(&numbered(&description)),
            None => description,
        };
        Self {
            code: text.error.clone(),
            description,
            uri: uri.as_deref().map(numbered),
            number: text.number,
            trace,
        }
    }

    fn members(&self, names: &[ErrorMember], status: u16) -> Members {
        let mut members = Members::default();
        let trace = self.trace.as_ref();
        for name in names {
            let (name, text) = match name {
                ErrorMember::Error => ("error", Some(self.code.as_str())),
                ErrorMember::ErrorDescription => {
                    ("error_description", Some(self.description.as_str()))
                }
                ErrorMember::ErrorUri => ("error_uri", self.uri.as_deref()),
                ErrorMember::ErrorCodes => {
                    if let Some(number) = self.number {
                        members.push_json("error_codes", format!("[{number}]"));
                    }
                    continue;
                }
                ErrorMember::Timestamp => ("timestamp", trace.map(|it| it.timestamp.as_str())),
                ErrorMember::TraceId => ("trace_id", trace.map(|it| it.id.as_str())),
                ErrorMember::CorrelationId => {
                    ("correlation_id", trace.map(|it| it.correlation_id.as_str()))
                }
                ErrorMember::Message => ("message", Some(self.description.as_str())),
                ErrorMember::DocumentationUrl => ("documentation_url", self.uri.as_deref()),
                ErrorMember::Status => {
                    members.push_text("status", &status.to_string());
                    continue;
                }
            };
            if let Some(text) = text {
                members.push_text(name, text);
            }
        }
        members
    }
}

impl Trace {
    fn new(tenant: &Tenant) -> Self {
        let mut random = tenant.random("trace", "", "");
        Self {
            id: random.uuid(),
            correlation_id: random.uuid(),
            timestamp: tenant.clock().date_and_time(),
        }
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{trace_id}", &self.id)
            .replace("{correlation_id}", &self.correlation_id)
            .replace("{timestamp}", &self.timestamp)
    }
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
    let error = OAuthError::new(tenant, text, refusal);
    match (text.deliver, &refusal.reply_to) {
        (Deliver::Redirect, Some(reply_to)) => by_redirect(tenant, text, &error, reply_to),
        (Deliver::RedirectRegistered, _) => match registered(tenant, request, refusal) {
            Some(reply_to) => by_redirect(tenant, text, &error, &reply_to),
            None => authorization_error::page_at_once(place, text, &error, refusal),
        },
        (Deliver::ErrorPage, _) => {
            authorization_error::redirect(tenant, request, text, &error, refusal)
        }
        (Deliver::Page | Deliver::Redirect, _) => {
            authorization_error::page_at_once(place, text, &error, refusal)
        }
        (Deliver::HintPage, _) => authorization_error::hint_page(tenant, text, refusal),
        (Deliver::Json, _) => as_json(tenant, place, request, text, &error, refusal),
    }
}

/// The first URI that the client of the request registered.
fn registered(tenant: &Tenant, request: &Request, refusal: &Refusal) -> Option<ReplyTo> {
    if let Some(reply_to) = &refusal.reply_to {
        let client = tenant.client(&reply_to.client)?;
        return Some(ReplyTo {
            redirect_uri: client.redirect_uris.first()?.clone(),
            ..ReplyTo::clone(reply_to)
        });
    }
    let parameters = request.parameters();
    let client = tenant.client(parameters.first("client_id")?)?;
    Some(ReplyTo {
        redirect_uri: client.redirect_uris.first()?.clone(),
        state: parameters.first("state").map(str::to_owned),
        response_mode: ResponseMode::Query,
        client: client.client_id.clone(),
        authorization: Arc::clone(parameters),
    })
}

fn as_json(
    tenant: &Tenant,
    place: Place,
    request: &Request,
    text: &RefusalText,
    error: &OAuthError,
    refusal: &Refusal,
) -> Answer {
    let usual = &tenant.flavour().text.errors.members;
    let names = text.members.as_ref().unwrap_or(usual);
    let members = error.members(names, text.status);
    let accept = request.header(ACCEPT).unwrap_or_default();
    let answer = match place {
        Place::Token => token_answer(tenant, accept, members),
        _ => Answer::json(place, 2, members),
    };
    let mut answer = answer.with_header(CACHE_CONTROL, "no-store");
    let in_common = tenant.flavour().text.errors.token_status;
    let in_common = in_common.filter(|_| place == Place::Token);
    let in_common = in_common.and_then(|status| StatusCode::from_u16(status).ok());
    answer.status = in_common.unwrap_or_else(|| status(text));
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
            ErrorParameter::ErrorUri => ("error_uri", error.uri.as_deref()),
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
