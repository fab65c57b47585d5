//! Telling apps of a logout,
//! [OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html).

mod send;
mod token;

use std::sync::Arc;

use crate::client::Client;
use crate::store::Session;
use crate::tenant::Tenant;
pub use send::{LogoutOutcome, LogoutSent};

/// An app that is to hear of a logout, and of whose.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) client: Arc<Client>,
    pub(crate) persona: String,
    pub(crate) sid: Option<String>,
}

/// Whom the end of a session concerns: every client that used it.
pub(crate) fn of_session(tenant: &Tenant, sid: &str, session: &Session) -> Vec<Notice> {
    let clients = session.clients.iter().filter_map(|id| tenant.client(id));
    clients
        .filter(|client| client.backchannel_logout_uri.is_some())
        .map(|client| Notice {
            client,
            persona: session.persona.clone(),
            sid: Some(sid.to_owned()),
        })
        .collect()
}

/// Sends logout tokens while the visitor goes on; what came of it is in the captured requests.
pub(crate) fn announce(tenant: &Tenant, notices: Vec<Notice>) {
    if notices.is_empty() {
        return;
    }
    // A handler that is called without a server has nowhere to send from.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return tracing::warn!("logout tokens cannot be sent outside of a runtime");
    };
    let tenant = tenant.clone();
    runtime.spawn(async move {
        send::all(&tenant, notices).await;
    });
}

/// Sends logout tokens, one after the other, and says what came of each.
pub(crate) async fn send(tenant: &Tenant, notices: Vec<Notice>) -> Vec<LogoutSent> {
    send::all(tenant, notices).await
}
