//! The page that asks who is there.

use std::sync::Arc;

use super::authorization::{check_admission, grant, has_consent};
use super::{Request, page_url, session, transaction};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::grant::Login;
use crate::page::{self, AccountChooser, Face};
use crate::place::Place;
use crate::store::Transaction;
use crate::tenant::{Meant, Tenant};

pub(super) fn account_chooser(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let (id, transaction) = transaction::find(tenant, request)?;
    if request.method != http::Method::POST {
        return Ok(show(tenant, id, &transaction));
    }
    if request.form.first("decision") == Some("cancel") {
        return Err(transaction::cancel(tenant, id, &transaction));
    }
    choose(tenant, request, id, &transaction)
}

fn show(tenant: &Tenant, id: &str, transaction: &Transaction) -> Answer {
    let personas = tenant.personas();
    let faces: Vec<_> = personas
        .iter()
        .map(|persona| Face::new(persona, tenant.picture_url(persona)))
        .collect();
    let request = &transaction.request;
    let hint = request.login_hint.as_deref();
    let hinted = hint.and_then(|hint| listed(tenant, hint));
    let html = page::account_chooser(&AccountChooser {
        action: &tenant.url(Place::AccountChooser),
        transaction: id,
        app: &request.app_name(),
        words: &tenant.flavour().text.pages,
        personas: &faces,
        hinted: hinted.as_deref(),
        account: hint.filter(|_| hinted.is_none()),
    });
    let mut answer = Answer::page(Place::AccountChooser, html);
    answer.client = Some(request.client.client_id.clone());
    answer
}

/// The id of somebody on the page whom this text means.
fn listed(tenant: &Tenant, text: &str) -> Option<String> {
    let Some(Meant::Persona(persona)) = tenant.meant_by(text) else {
        return None;
    };
    tenant.lists(&persona.id).then(|| persona.id.clone())
}

fn choose(
    tenant: &Tenant,
    request: &Request,
    id: &str,
    transaction: &Transaction,
) -> Result<Answer, Refusal> {
    let persona = match chosen(tenant, request)? {
        Meant::Persona(persona) => persona,
        Meant::Cancels => return Err(transaction::cancel(tenant, id, transaction)),
    };
    let asked = &transaction.request;
    check_admission(tenant, asked, &persona)?;
    let current = session::find(tenant, request);
    if has_consent(tenant, asked, &persona) && !asked.prompt.consent {
        let transaction = transaction::finish(tenant, id)?;
        let (authentication, cookie) = session::authenticate(tenant, current, &persona);
        let login = Login::new(&transaction.request, &persona.id, authentication, false);
        return Ok(session::set_cookie(grant(tenant, login, &persona), &cookie));
    }
    let (authentication, cookie) = session::authenticate(tenant, current, &persona);
    let client_id = asked.client.client_id.clone();
    let next = Transaction {
        request: Arc::clone(asked),
        chosen: Some((persona.id.clone(), authentication)),
    };
    transaction::update(tenant, id, next);
    let to = page_url(tenant, Place::Consent, &[("transaction", id)]);
    let answer = Answer::redirect(Place::AccountChooser, to).about(&client_id, &persona.id);
    Ok(session::set_cookie(answer, &cookie))
}

/// Who was chosen: by a button, or by what was written as another account.
fn chosen(tenant: &Tenant, request: &Request) -> Result<Meant, Refusal> {
    let (text, meant) = if let Some(text) = request.form.first("account") {
        (text, tenant.meant_by(text.trim()))
    } else {
        let id = request.form.first("persona").unwrap_or_default();
        (id, tenant.persona(id).map(Meant::Persona))
    };
    meant.ok_or_else(|| {
        let reason = format!("the form chose {text:?}, whom nobody knows");
        refuse(Check::PagePersona, reason)
    })
}
