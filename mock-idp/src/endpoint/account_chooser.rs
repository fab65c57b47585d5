//! The page that asks who is there.

use std::sync::Arc;

use super::authorization::{by_hint, grant, has_consent};
use super::{Request, page_url, session, transaction};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::grant::Login;
use crate::page::{self, AccountChooser, Face};
use crate::place::Place;
use crate::store::Transaction;
use crate::tenant::Tenant;

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
    let hinted = request
        .login_hint
        .as_deref()
        .and_then(|hint| by_hint(tenant, hint));
    let html = page::account_chooser(&AccountChooser {
        action: &tenant.url(Place::AccountChooser),
        transaction: id,
        app: &request.app_name(),
        personas: &faces,
        hinted: hinted.as_ref().map(|persona| persona.id.as_str()),
    });
    let mut answer = Answer::page(Place::AccountChooser, html);
    answer.client = Some(request.client.client_id.clone());
    answer
}

fn choose(
    tenant: &Tenant,
    request: &Request,
    id: &str,
    transaction: &Transaction,
) -> Result<Answer, Refusal> {
    let chosen = request.form.first("persona").unwrap_or_default();
    let persona = tenant.persona(chosen).ok_or_else(|| {
        refuse(
            Check::PagePersona,
            format!("the form chose {chosen:?}, whom nobody knows"),
        )
    })?;
    let asked = &transaction.request;
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
