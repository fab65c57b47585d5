//! The page that asks whether the app may know.

use std::sync::Arc;

use super::authorization::grant;
use super::{Request, page_url, transaction};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::grant::{Authentication, Login};
use crate::page::{self, Consent, Face};
use crate::persona::Persona;
use crate::place::Place;
use crate::store::Transaction;
use crate::tenant::Tenant;

pub(super) fn consent(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let (id, transaction) = transaction::find(tenant, request)?;
    let Some((persona, authentication)) = chosen(tenant, &transaction) else {
        // Nobody was chosen yet, or the one who was is gone: choose first.
        let to = page_url(tenant, Place::AccountChooser, &[("transaction", id)]);
        return Ok(Answer::redirect(Place::Consent, to));
    };
    if request.method != http::Method::POST {
        return Ok(show(tenant, id, &transaction, &persona));
    }
    match request.form.first("decision") {
        Some("allow") => {
            let transaction = transaction::finish(tenant, id)?;
            let login = Login::new(&transaction.request, &persona.id, authentication, true);
            Ok(grant(tenant, login, &persona))
        }
        Some("cancel") => Err(transaction::cancel(tenant, id, &transaction)),
        other => {
            let other = other.unwrap_or_default();
            let reason = format!("the form's decision is {other:?}, neither allow nor cancel");
            Err(refuse(Check::PageDecision, reason))
        }
    }
}

fn chosen(tenant: &Tenant, transaction: &Transaction) -> Option<(Arc<Persona>, Authentication)> {
    let (persona, authentication) = transaction.chosen.as_ref()?;
    Some((tenant.persona(persona)?, authentication.clone()))
}

fn show(tenant: &Tenant, id: &str, transaction: &Transaction, persona: &Persona) -> Answer {
    let request = &transaction.request;
    let html = page::consent(&Consent {
        action: &tenant.url(Place::Consent),
        transaction: id,
        app: &request.app_name(),
        words: &tenant.flavour().text.pages,
        persona: &Face::new(persona, tenant.picture_url(persona)),
        scopes: &request.scopes,
    });
    Answer::page(Place::Consent, html).about(&request.client.client_id, &persona.id)
}
