//! The visitor's session at the provider: a cookie, what it remembers, and whether that is enough
//! for what an app asks.
//!
//! The cookie is `SameSite=Lax`, as `None` would need https: a form that another site posts comes
//! without it.

use std::sync::Arc;

use http::header::{COOKIE, HeaderValue, SET_COOKIE};

use super::{AuthorizationRequest, Request};
use crate::answer::Answer;
use crate::grant::Authentication;
use crate::persona::Persona;
use crate::random::Alphabet;
use crate::store::Session;
use crate::tenant::{Meant, Tenant};

/// The session that the visitor's cookie names, with its `sid`.
pub(super) fn find(tenant: &Tenant, request: &Request) -> Option<(String, Session)> {
    let name = &tenant.flavour().text.session.cookie;
    let mut cookies = request
        .headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split("; "))
        .filter_map(|cookie| cookie.split_once('='));
    let (_, value) = cookies.find(|(known, _)| known == name)?;
    let (sid, secret) = value.split_once('.')?;
    let now = tenant.clock().now();
    let session = tenant.store().sessions.find(sid, now).cloned();
    let session = session.filter(|session| session.secret == secret)?;
    Some((sid.to_owned(), session))
}

/// Whether a session answers what an app asks: it is of whom the app means, young enough, and the
/// app wants no new login.
pub(super) fn is_enough(tenant: &Tenant, asked: &AuthorizationRequest, session: &Session) -> bool {
    let age = tenant.clock().unix_seconds() - session.authenticated_at;
    let Some(persona) = tenant.persona(&session.persona) else {
        return false;
    };
    let is_young = asked.max_age.is_none_or(|most| age <= most);
    let hint = asked.login_hint.as_deref();
    let hinted = hint.and_then(|hint| tenant.meant_by(hint));
    let is_hinted = hinted.is_none_or(|hinted| hinted == Meant::Persona(Arc::clone(&persona)));
    let expected = asked.id_token_hint.as_ref();
    let is_expected =
        expected.is_none_or(|sub| *sub == tenant.sub(&persona, &asked.client.client_id));
    let is_asked_anew = asked.prompt.login || asked.prompt.select_account;
    is_young && is_hinted && is_expected && !is_asked_anew
}

/// What a session says of the login that began it.
pub(super) fn authentication(sid: String, session: &Session) -> Authentication {
    Authentication {
        at: session.authenticated_at,
        sid: Some(sid),
    }
}

/// Somebody proved who they are. In a session of their own the clients stay known; any other
/// begins anew. Returns the cookie to be set, too.
pub(super) fn authenticate(
    tenant: &Tenant,
    current: Option<(String, Session)>,
    persona: &Persona,
) -> (Authentication, String) {
    let at = tenant.clock().unix_seconds();
    let own = current.filter(|(_, session)| session.persona == persona.id);
    let (sid, mut session) = own.unwrap_or_else(|| begin(tenant, persona));
    session.authenticated_at = at;
    let seconds = tenant.flavour().text.session.seconds;
    let cookie = cookie(tenant, &format!("{sid}.{}", session.secret), seconds);
    let now = tenant.clock().now();
    let mut store = tenant.store();
    store.authentications += 1;
    session.turn = store.authentications;
    store.sessions.insert(&sid, session, now);
    drop(store);
    (Authentication { at, sid: Some(sid) }, cookie)
}

fn begin(tenant: &Tenant, persona: &Persona) -> (String, Session) {
    let mut random = tenant.random("session", "", &persona.id);
    let sid = random.text(Alphabet::B64url, 22);
    let session = Session {
        persona: persona.id.clone(),
        secret: random.text(Alphabet::B64url, 43),
        authenticated_at: 0,
        turn: 0,
        clients: std::collections::BTreeSet::new(),
    };
    (sid, session)
}

/// Remembers that a client logged in with this session: a logout concerns it.
pub(super) fn used_by(tenant: &Tenant, authentication: &Authentication, client_id: &str) {
    let Some(sid) = &authentication.sid else {
        return;
    };
    let now = tenant.clock().now();
    if let Some(session) = tenant.store().sessions.find_mut(sid, now) {
        session.clients.insert(client_id.to_owned());
    }
}

/// Adds the cookie of a session to an answer.
pub(super) fn set_cookie(mut answer: Answer, cookie: &str) -> Answer {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        answer.headers.append(SET_COOKIE, cookie);
    }
    answer
}

/// The cookie of no session.
pub(super) fn no_cookie(tenant: &Tenant) -> String {
    cookie(tenant, "", 0)
}

/// Its lifetime at the visitor is the visitor's clock's; the tenant's decides. Its path keeps the
/// issuers of one host apart.
fn cookie(tenant: &Tenant, value: &str, seconds: u64) -> String {
    let name = &tenant.flavour().text.session.cookie;
    let path = tenant.cookie_path();
    format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}
