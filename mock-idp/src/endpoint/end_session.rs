//! Logout that an app asks for,
//! [RP-Initiated Logout 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).

use std::sync::Arc;

use http::header::CONTENT_SECURITY_POLICY;
use url::Url;
use url::form_urlencoded;

use super::id_token_hint::{self, Hint};
use super::{Parameters, Request, session};
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::logout;
use crate::page::{self, LogOut, LoggedOut};
use crate::place::Place;
use crate::store::Session;
use crate::tenant::Tenant;

/// A logout request that passed every check.
struct LogoutRequest {
    hint: Option<Hint>,
    client: Option<Arc<Client>>,
    /// The registered URI, with `state`.
    back_to: Option<String>,
}

pub(super) fn end_session(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let parameters = request.parameters();
    let asked = LogoutRequest::parse(tenant, parameters)?;
    let session = session::find(tenant, request);
    let decision = parameters
        .first("decision")
        .filter(|_| request.method == http::Method::POST);
    let is_meant = is_meant(tenant, asked.hint.as_ref(), session.as_ref());
    let mut answer = match decision {
        _ if is_meant => end(tenant, session, &asked),
        Some("log_out") => end(tenant, session, &asked),
        Some("stay") => shown(&LoggedOut {
            is_out: false,
            frames: &[],
            next: asked.back_to.as_deref(),
        }),
        Some(other) => {
            let reason = format!("the form's decision is {other:?}, neither log_out nor stay");
            return Err(refuse(Check::PageDecision, reason));
        }
        None => confirm(tenant, request, &asked),
    };
    answer.client = asked.client.map(|client| client.client_id.clone());
    Ok(answer)
}

impl LogoutRequest {
    fn parse(tenant: &Tenant, parameters: &Parameters) -> Result<Self, Refusal> {
        let hint = hint(tenant, parameters)?;
        let client = client(tenant, parameters, hint.as_ref())?;
        let back_to = back_to(tenant, parameters, client.as_deref())?;
        Ok(Self {
            hint,
            client,
            back_to,
        })
    }
}

fn hint(tenant: &Tenant, parameters: &Parameters) -> Result<Option<Hint>, Refusal> {
    let Some(sent) = parameters.first("id_token_hint") else {
        return Ok(None);
    };
    match id_token_hint::read(tenant, sent) {
        Ok(hint) => Ok(Some(hint)),
        Err(problem) => {
            let reason =
                || format!("id_token_hint is none of this provider's ID tokens: {problem}");
            tenant.enforce(Check::EndSessionIdTokenHint, reason)?;
            Ok(None)
        }
    }
}

/// The client that asks: the one the hint was for, which `client_id` must not contradict.
fn client(
    tenant: &Tenant,
    parameters: &Parameters,
    hint: Option<&Hint>,
) -> Result<Option<Arc<Client>>, Refusal> {
    let hinted = hint.map(|hint| hint.client_id.as_str());
    let named = parameters.first("client_id");
    if let (Some(hinted), Some(named)) = (hinted, named)
        && hinted != named
    {
        let reason = format!("client_id is {named:?}, and id_token_hint was for {hinted:?}");
        return Err(refuse(Check::EndSessionClient, reason));
    }
    let Some(id) = named.or(hinted) else {
        return Ok(None);
    };
    let unknown = || {
        let reason = format!("no client is registered as {id:?}");
        refuse(Check::EndSessionClient, reason)
    };
    tenant.client(id).map(Some).ok_or_else(unknown)
}

/// Where the visitor goes afterwards: compared as a string, so that a slash at the end counts.
fn back_to(
    tenant: &Tenant,
    parameters: &Parameters,
    client: Option<&Client>,
) -> Result<Option<String>, Refusal> {
    let Some(sent) = parameters.first("post_logout_redirect_uri") else {
        return Ok(None);
    };
    let registered = client.map_or(&[][..], |client| &client.post_logout_redirect_uris);
    if registered.iter().all(|uri| uri != sent) {
        let check = Check::EndSessionPostLogoutRedirectUri;
        let reason = || match client {
            Some(_) => format!("post_logout_redirect_uri is {sent:?}, which is not registered"),
            None => "post_logout_redirect_uri came, and neither client_id nor id_token_hint".into(),
        };
        let refused = tenant.enforce(check, reason);
        refused.map_err(|refusal| refusal.expecting(registered))?;
    }
    Ok(Some(with_state(sent, parameters.first("state"))))
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else {
        return uri.to_owned();
    };
    let separator = if uri.contains('?') { '&' } else { '?' };
    let state = form_urlencoded::Serializer::new(String::new())
        .append_pair("state", state)
        .finish();
    format!("{uri}{separator}{state}")
}

/// Whether nobody has to be asked: the hint is about whoever is logged in, or nobody is.
fn is_meant(tenant: &Tenant, hint: Option<&Hint>, session: Option<&(String, Session)>) -> bool {
    match (hint, session) {
        (Some(hint), Some((sid, session))) => {
            let persona = tenant.persona(&session.persona);
            let is_same =
                persona.is_some_and(|persona| tenant.sub(&persona, &hint.client_id) == hint.sub);
            is_same && hint.sid.as_ref().is_none_or(|hinted| hinted == sid)
        }
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn confirm(tenant: &Tenant, request: &Request, asked: &LogoutRequest) -> Answer {
    let app = asked.client.as_ref().map(|client| {
        let name = client.client_name.as_ref();
        name.unwrap_or(&client.client_id).as_str()
    });
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let parameters = request.parameters();
    let parameters: Vec<_> = parameters.iter().map(owned).collect();
    let html = page::log_out(&LogOut {
        action: &tenant.url_in(Place::EndSession, request.variable.as_deref()),
        parameters: &parameters,
        app,
    });
    Answer::page(Place::EndSession, html)
}

/// Ends the session, tells every app that used it, and sends the visitor on.
fn end(tenant: &Tenant, session: Option<(String, Session)>, asked: &LogoutRequest) -> Answer {
    let mut frames = Vec::new();
    let mut persona = None;
    if let Some((sid, session)) = session {
        let now = tenant.clock().now();
        tenant.store().sessions.take(&sid, now);
        logout::announce(tenant, logout::of_session(tenant, &sid, &session));
        frames = front_channel(tenant, &sid, &session);
        persona = Some(session.persona);
    }
    let next = asked.back_to.as_deref();
    let mut answer = match next {
        Some(next) if frames.is_empty() => Answer::redirect(Place::EndSession, next.to_owned()),
        _ => shown(&LoggedOut {
            is_out: true,
            frames: &frames,
            next,
        }),
    };
    answer.persona = persona;
    session::set_cookie(answer, &session::no_cookie(tenant))
}

fn shown(view: &LoggedOut<'_>) -> Answer {
    let policy = page::frames_security_policy();
    Answer::page(Place::EndSession, page::logged_out(view))
        .with_header(CONTENT_SECURITY_POLICY, &policy)
}

/// The logout pages of the apps that used the session,
/// [Front-Channel Logout 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout).
fn front_channel(tenant: &Tenant, sid: &str, session: &Session) -> Vec<String> {
    let clients = session.clients.iter().filter_map(|id| tenant.client(id));
    clients
        .filter_map(|client| {
            let uri = client.frontchannel_logout_uri.as_deref()?;
            let mut url = Url::parse(uri).ok()?;
            if client.frontchannel_logout_session_required {
                let mut query = url.query_pairs_mut();
                query
                    .append_pair("iss", tenant.issuer())
                    .append_pair("sid", sid);
            }
            Some(url.into())
        })
        .collect()
}
