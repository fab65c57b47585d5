//! The authorization endpoint,
//! [RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1): a request either is answered at once
//! or begins a transaction that two pages go through.

use std::sync::Arc;

use super::{AuthorizationRequest, Parameters, Request, page_url, session};
use crate::answer::{Answer, Members};
use crate::check::{Check, Refusal, refuse};
use crate::config::AutoLogin;
use crate::flavour::{ResponseParameter, Reuse};
use crate::grant::{Authentication, Login, authorization_code};
use crate::persona::Persona;
use crate::place::Place;
use crate::random::Alphabet;
use crate::store::{Session, Transaction};
use crate::tenant::{Meant, Tenant};

pub(super) fn authorization(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let asked = AuthorizationRequest::parse(tenant, request)?;
    let asked = Arc::new(asked);
    let session = session::find(tenant, request);
    if let Some(persona) = known_persona(tenant, &asked)? {
        check_admission(tenant, &asked, &persona)?;
        return at_once(tenant, &asked, &persona, session);
    }
    let reuse = tenant.flavour().text.session.reuse;
    let may_resume = reuse == Reuse::Always || asked.prompt.none;
    let resumed =
        session.filter(|(_, session)| may_resume && session::is_enough(tenant, &asked, session));
    match resumed.and_then(|(sid, session)| logged_in(tenant, &asked, sid, &session)) {
        Some((persona, authentication)) => resume(tenant, &asked, &persona, authentication),
        None if asked.prompt.none => {
            let why = "nobody is logged in here as the app asks";
            Err(interaction(Check::AuthorizationLogin, &asked, why))
        }
        None => Ok(begin(tenant, asked, None)),
    }
}

fn logged_in(
    tenant: &Tenant,
    asked: &AuthorizationRequest,
    sid: String,
    session: &Session,
) -> Option<(Arc<Persona>, Authentication)> {
    let persona = tenant.persona(&session.persona)?;
    check_admission(tenant, asked, &persona).ok()?;
    Some((persona, session::authentication(sid, session)))
}

/// Whether the app is for somebody: they belong to the directory that the request was for, and are a
/// test user where it is in testing.
pub(super) fn check_admission(
    tenant: &Tenant,
    asked: &AuthorizationRequest,
    persona: &Persona,
) -> Result<(), Refusal> {
    tenant
        .check_test_user(persona)
        .map_err(|refusal| refusal.reply_to(asked.reply_to()))?;
    let directory = asked.directory.as_deref();
    let Err(reason) = tenant.admits(directory, persona) else {
        return Ok(());
    };
    let refused = tenant.enforce(Check::PageDirectory, || reason);
    let email = persona.email.as_ref().unwrap_or(&persona.id);
    let named = directory.unwrap_or_default();
    refused.map_err(|refusal| refusal.with("account", email).with("directory", named))
}

/// Goes on with a session that is enough: at once, or with the consent page.
fn resume(
    tenant: &Tenant,
    asked: &Arc<AuthorizationRequest>,
    persona: &Persona,
    authentication: Authentication,
) -> Result<Answer, Refusal> {
    if has_consent(tenant, asked, persona) && !asked.prompt.consent {
        let login = Login::new(asked, &persona.id, authentication, false);
        return Ok(grant(tenant, login, persona));
    }
    if asked.prompt.none {
        return Err(no_consent(asked));
    }
    let chosen = (persona.id.clone(), authentication);
    Ok(begin(tenant, Arc::clone(asked), Some(chosen)))
}

/// Who logs in without being asked.
fn known_persona(
    tenant: &Tenant,
    request: &AuthorizationRequest,
) -> Result<Option<Arc<Persona>>, Refusal> {
    match (tenant.auto_login(), &request.login_hint) {
        (AutoLogin::Never, _) | (AutoLogin::LoginHint, None) => Ok(None),
        (AutoLogin::LoginHint, Some(hint)) => match tenant.meant_by(hint) {
            Some(Meant::Persona(persona)) => Ok(Some(persona)),
            Some(Meant::Cancels) => Err(cancelled(request, "login_hint")),
            None if request.prompt.none => {
                let why = "login_hint names nobody";
                Err(interaction(Check::AuthorizationInteraction, request, why))
            }
            None => Err(unknown_hint(tenant, hint)),
        },
        (AutoLogin::Persona(id), _) => match tenant.meant_by(&id) {
            Some(Meant::Persona(persona)) => Ok(Some(persona)),
            Some(Meant::Cancels) => Err(cancelled(request, "auto_login")),
            None => {
                let reason = format!("auto_login is {id:?}; there are: {}", known(tenant));
                Err(refuse(Check::PagePersona, reason))
            }
        },
    }
}

fn cancelled(request: &AuthorizationRequest, named_by: &str) -> Refusal {
    let reason = format!("{named_by} names somebody who cancels");
    refuse(Check::AuthorizationCancelled, reason).reply_to(request.reply_to())
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
    asked: &Arc<AuthorizationRequest>,
    persona: &Persona,
    session: Option<(String, Session)>,
) -> Result<Answer, Refusal> {
    let consented = has_consent(tenant, asked, persona);
    if asked.prompt.none && !consented {
        return Err(no_consent(asked));
    }
    let is_consent_shown = asked.prompt.consent || !consented;
    let (authentication, cookie) = authenticate_at_once(tenant, asked, persona, session);
    let login = Login::new(asked, &persona.id, authentication, is_consent_shown);
    let answer = grant(tenant, login, persona);
    Ok(match cookie {
        Some(cookie) => session::set_cookie(answer, &cookie),
        None => answer,
    })
}

/// The persona's own session goes on where it is enough; else the persona proves who they are, with
/// a session where the flavour begins one without pages.
fn authenticate_at_once(
    tenant: &Tenant,
    asked: &AuthorizationRequest,
    persona: &Persona,
    session: Option<(String, Session)>,
) -> (Authentication, Option<String>) {
    match session {
        Some((sid, session))
            if session.persona == persona.id && session::is_enough(tenant, asked, &session) =>
        {
            (session::authentication(sid, &session), None)
        }
        current if tenant.flavour().text.session.with_auto_login => {
            let (authentication, cookie) = session::authenticate(tenant, current, persona);
            (authentication, Some(cookie))
        }
        _ => {
            let at = tenant.clock().unix_seconds();
            (Authentication { at, sid: None }, None)
        }
    }
}

fn no_consent(asked: &AuthorizationRequest) -> Refusal {
    let why = "the persona has not allowed these scopes before";
    interaction(Check::AuthorizationConsent, asked, why)
}

fn interaction(check: Check, request: &AuthorizationRequest, why: &str) -> Refusal {
    let reason = format!("prompt=none, but {why}");
    refuse(check, reason).reply_to(request.reply_to())
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

/// Begins a transaction and sends the visitor to its next page: the account chooser, or the consent
/// page where somebody is logged in.
fn begin(
    tenant: &Tenant,
    request: Arc<AuthorizationRequest>,
    chosen: Option<(String, Authentication)>,
) -> Answer {
    let client_id = request.client.client_id.clone();
    let id = tenant
        .random("transaction", &client_id, "")
        .text(Alphabet::B64url, 43);
    let page = match chosen {
        Some(_) => Place::Consent,
        None => Place::AccountChooser,
    };
    let transaction = Transaction { request, chosen };
    let now = tenant.clock().now();
    tenant.store().transactions.insert(&id, transaction, now);
    let pairs = [("transaction", id.as_str()), ("client_id", &client_id)];
    let to = page_url(tenant, page, &pairs);
    let mut answer = Answer::redirect(Place::Authorization, to);
    answer.client = Some(client_id);
    answer
}

/// Remembers the consent, issues a code and sends the visitor back to the app.
pub(super) fn grant(tenant: &Tenant, login: Login, persona: &Persona) -> Answer {
    let request = Arc::clone(&login.request);
    let is_consent_shown = login.is_consent_shown;
    let client_id = &request.client.client_id;
    tenant
        .store()
        .give_consent(client_id, &persona.id, &request.scopes);
    session::used_by(tenant, &login.authentication, client_id);
    let code = authorization_code::issue(tenant, login);
    let members = response(tenant, &request, persona, &code, is_consent_shown);
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
            ResponseParameter::SessionState => {
                let mut random = tenant.random("session_state", "", &persona.id);
                members.push_text("session_state", &random.uuid());
            }
        }
    }
    members
}
