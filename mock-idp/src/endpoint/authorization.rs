//! The authorization endpoint,
//! [RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1): a request either is answered at once
//! or begins a transaction that two pages go through.

use std::sync::Arc;

use super::{AuthorizationRequest, Parameters, Request, page_url};
use crate::answer::{Answer, Members};
use crate::check::{Check, Refusal, refuse};
use crate::config::AutoLogin;
use crate::flavour::ResponseParameter;
use crate::grant::authorization_code;
use crate::persona::Persona;
use crate::place::Place;
use crate::random::Alphabet;
use crate::store::Transaction;
use crate::tenant::Tenant;

pub(super) fn authorization(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let request = AuthorizationRequest::parse(tenant, request.parameters())?;
    let request = Arc::new(request);
    match known_persona(tenant, &request)? {
        Some(persona) => at_once(tenant, &request, &persona),
        None if request.prompt.none => {
            Err(interaction(&request, "somebody has to choose an account"))
        }
        None => Ok(begin(tenant, request)),
    }
}

/// Who logs in without being asked.
fn known_persona(
    tenant: &Tenant,
    request: &AuthorizationRequest,
) -> Result<Option<Arc<Persona>>, Refusal> {
    match (tenant.auto_login(), &request.login_hint) {
        (AutoLogin::Never, _) | (AutoLogin::LoginHint, None) => Ok(None),
        (AutoLogin::LoginHint, Some(hint)) => match by_hint(tenant, hint) {
            Some(persona) => Ok(Some(persona)),
            None if request.prompt.none => Err(interaction(request, "login_hint names nobody")),
            None => Err(unknown_hint(tenant, hint)),
        },
        (AutoLogin::Persona(id), _) => {
            let persona = tenant.persona(&id);
            let reason = || format!("auto_login is {id:?}; there are: {}", known(tenant));
            persona
                .map(Some)
                .ok_or_else(|| refuse(Check::PagePersona, reason()))
        }
    }
}

/// Whom a hint means: an id, an e-mail address or a `sub`.
pub(super) fn by_hint(tenant: &Tenant, hint: &str) -> Option<Arc<Persona>> {
    let is_meant = |persona: &Arc<Persona>| {
        let email = persona.email.as_deref().unwrap_or_default();
        persona.id == hint || email.eq_ignore_ascii_case(hint) || tenant.sub(persona) == hint
    };
    tenant.personas().into_iter().find(is_meant)
}

fn unknown_hint(tenant: &Tenant, hint: &str) -> Refusal {
    let reason = format!("login_hint is {hint:?}; there are: {}", known(tenant));
    refuse(Check::AuthorizationLoginHint, reason).with("value", hint)
}

fn known(tenant: &Tenant) -> String {
    let personas = tenant.personas();
    let names: Vec<_> = personas.iter().map(|persona| persona.id.as_str()).collect();
    names.join(", ")
}

/// Answers without a page. With `prompt=none` that takes consent from before; else the provider
/// says yes for the persona.
fn at_once(
    tenant: &Tenant,
    request: &Arc<AuthorizationRequest>,
    persona: &Persona,
) -> Result<Answer, Refusal> {
    let consented = has_consent(tenant, request, persona);
    if request.prompt.none && !consented {
        return Err(interaction(
            request,
            "the persona has not allowed these scopes before",
        ));
    }
    let is_consent_shown = request.prompt.consent || !consented;
    Ok(grant(tenant, request, persona, is_consent_shown))
}

fn interaction(request: &AuthorizationRequest, why: &str) -> Refusal {
    let reason = format!("prompt=none, but {why}");
    refuse(Check::AuthorizationInteraction, reason).reply_to(request.reply_to())
}

/// Whether this persona allowed this client these scopes before.
pub(super) fn has_consent(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    persona: &Persona,
) -> bool {
    let store = tenant.store();
    store.has_consent(&request.client.client_id, &persona.id, &request.scopes)
}

/// Begins a transaction and sends the visitor to the account chooser.
fn begin(tenant: &Tenant, request: Arc<AuthorizationRequest>) -> Answer {
    let client_id = request.client.client_id.clone();
    let id = tenant
        .random("transaction", &client_id, "")
        .text(Alphabet::B64url, 43);
    let transaction = Transaction {
        request,
        persona: None,
    };
    let now = tenant.clock().now();
    tenant
        .store()
        .transactions
        .insert(id.clone(), transaction, now);
    let pairs = [("transaction", id.as_str()), ("client_id", &client_id)];
    let mut answer = Answer::redirect(
        Place::Authorization,
        page_url(tenant, Place::AccountChooser, &pairs),
    );
    answer.client = Some(client_id);
    answer
}

/// Remembers the consent, issues a code and sends the visitor back to the app.
pub(super) fn grant(
    tenant: &Tenant,
    request: &Arc<AuthorizationRequest>,
    persona: &Persona,
    is_consent_shown: bool,
) -> Answer {
    let client_id = &request.client.client_id;
    tenant
        .store()
        .give_consent(client_id, &persona.id, &request.scopes);
    let code = authorization_code::issue(tenant, request, persona, is_consent_shown);
    let members = response(tenant, request, persona, &code, is_consent_shown);
    let encoding = request.response_mode.encoding();
    let mut answer = Answer::to_client(&request.redirect_uri, encoding, members);
    answer.authorization = Some(Arc::<Parameters>::clone(&request.parameters));
    answer.about(client_id, &persona.id)
}

/// The response's parameters,
/// [RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2) and
/// [RFC 9207](https://www.rfc-editor.org/rfc/rfc9207), in the flavour's order.
fn response(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    persona: &Persona,
    code: &str,
    is_consent_shown: bool,
) -> Members {
    let flavour = &tenant.flavour().text;
    let scopes = &flavour.scopes;
    let mut members = Members::default();
    for parameter in &flavour.authorization.response {
        match parameter {
            ResponseParameter::State => {
                if let Some(state) = &request.state {
                    members.push_text("state", state);
                }
            }
            ResponseParameter::Iss => members.push_text("iss", tenant.issuer()),
            ResponseParameter::Code => members.push_text("code", code),
            ResponseParameter::Scope => {
                let order = &scopes.in_authorization_response;
                members.push_text("scope", &scopes.granted_in_order(order, &request.scopes));
            }
            ResponseParameter::Authuser => members.push_text("authuser", "0"),
            ResponseParameter::Hd => {
                if let Some(hd) = &persona.hd {
                    members.push_text("hd", hd);
                }
            }
            ResponseParameter::Prompt => {
                members.push_text("prompt", if is_consent_shown { "consent" } else { "none" });
            }
        }
    }
    members
}
