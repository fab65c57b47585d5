//! The provider's own logout:
//! [RP-Initiated Logout 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).

use url::Url;

use super::{Auth, User};
use crate::{provider::Provider, session::Session};

/// What the state of a logout begins with, so that the callback tells its return from that of a login.
const STATE: &str = "logout.";

/// Whether somebody comes back from a logout. The state is no secret here: nothing happens but that a page is
/// shown.
pub(super) fn is_return(state: Option<&str>) -> bool {
    state.is_none_or(|state| state.starts_with(STATE))
}

impl Auth {
    /// Where to send somebody who logs out, so that the provider ends its session as well; none where it has no
    /// such page, or the configuration does not want it.
    pub(super) fn end_session_url(&self, session: &Session) -> Option<Url> {
        let (provider, mut url) = self.end_session_endpoint(session)?;
        let config = self.config();
        let back = config.settings.post_logout_redirect_uri.as_ref();
        let back = back.unwrap_or(&config.redirect_uri);
        let state = format!("{STATE}{}", self.0.random.token());
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &provider.config.client_id);
        if let Some(target) = &provider.preset().logout_target {
            query.append_pair(target, back.as_str());
        } else {
            let tokens = self.0.sessions.tokens(session);
            if let Some(id_token) = tokens.and_then(|tokens| tokens.id_token) {
                query.append_pair("id_token_hint", &id_token);
            }
            query.append_pair("post_logout_redirect_uri", back.as_str());
            query.append_pair("state", &state);
        }
        drop(query);
        Some(url)
    }

    /// The origin of the page that a logout goes on to, for a `Content-Security-Policy`: browsers hold a redirect
    /// after a form to its `form-action`. None where a logout stays here.
    #[must_use]
    pub fn logout_form_action(&self, user: &User) -> Option<String> {
        let (_, url) = self.end_session_endpoint(&user.opened()?.session)?;
        Some(url.origin().ascii_serialization())
    }

    /// The provider of a session with its own page of a logout, where that is wanted.
    fn end_session_endpoint(&self, session: &Session) -> Option<(&Provider, Url)> {
        let provider = self.provider(&session.provider)?;
        let endpoint = session.end_session_endpoint.as_deref();
        let endpoint = endpoint.filter(|_| provider.config.provider_logout)?;
        Some((provider, Url::parse(endpoint).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::is_return;

    #[test]
    fn the_state_of_a_login_is_no_return_from_a_logout() {
        assert!(is_return(None));
        assert!(is_return(Some("logout.x")));
        assert!(!is_return(Some("x")));
        assert!(!is_return(Some("")));
    }
}
