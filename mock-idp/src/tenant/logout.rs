//! Logouts that the provider begins.

use super::Tenant;
use crate::logout::{self, LogoutSent, Notice};
use crate::store::Session;

impl Tenant {
    /// Ends every session of a persona, as an administrator would, and tells the apps that used
    /// them by logout tokens. Returns what came of each.
    ///
    /// It sends from the runtime it is called in, and waits at most five seconds for each app.
    pub async fn log_out(&self, persona: &str) -> Vec<LogoutSent> {
        let now = self.clock().now();
        let is_theirs = |session: &Session| session.persona == persona;
        let ended = self.store().sessions.take_where(is_theirs, now);
        let notices = ended
            .iter()
            .flat_map(|(sid, session)| logout::of_session(self, sid, session));
        logout::send(self, notices.collect()).await
    }

    /// Sends a logout token about a persona to one client, whether anybody is logged in or not; it
    /// has the `sid` of their newest session with that client. `None` where client or persona are
    /// unknown, or the client has no `backchannel_logout_uri`.
    ///
    /// It sends from the runtime it is called in, and waits at most five seconds.
    pub async fn send_logout_token(&self, client_id: &str, persona: &str) -> Option<LogoutSent> {
        let notice = Notice {
            client: self.client(client_id)?,
            persona: persona.to_owned(),
            sid: self.newest_sid(client_id, persona),
        };
        logout::send(self, vec![notice]).await.pop()
    }

    fn newest_sid(&self, client_id: &str, persona: &str) -> Option<String> {
        let store = self.store();
        let sessions = store.sessions.iter(self.clock().now());
        let theirs = sessions.filter(|(_, session)| {
            session.persona == persona && session.clients.contains(client_id)
        });
        let newest = theirs.max_by_key(|(_, session)| session.turn);
        newest.map(|(sid, _)| sid.to_owned())
    }
}
