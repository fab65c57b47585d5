//! Logouts that the provider begins.

use serde::{Deserialize, Serialize};

use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};
use crate::logout::LogoutSent;

/// Ends every session of a persona, as an administrator would, and tells the apps that used them.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct LogOut {
    /// The persona's id.
    pub(crate) persona: String,
}

impl Verb for LogOut {
    const NAME: &'static str = "log_out";
    type Answer = Vec<LogoutSent>;

    async fn apply(self, provider: &Provider) -> Result<Vec<LogoutSent>, Problem> {
        Ok(provider.tenant.log_out(&self.persona).await)
    }
}

/// Sends a logout token about a persona to one client, whether anybody is logged in or not.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SendLogoutToken {
    /// What the app calls itself.
    pub(crate) client_id: String,
    /// The persona's id.
    pub(crate) persona: String,
}

impl Verb for SendLogoutToken {
    const NAME: &'static str = "send_logout_token";
    type Answer = LogoutSent;

    async fn apply(self, provider: &Provider) -> Result<LogoutSent, Problem> {
        let Self { client_id, persona } = self;
        let sent = provider
            .tenant
            .send_logout_token(&client_id, &persona)
            .await;
        sent.ok_or_else(|| {
            let words = format!(
                "the client {client_id:?} or the persona {persona:?} is unknown, or the client has \
                 no backchannel_logout_uri"
            );
            Problem::new(Kind::Unknown, words)
        })
    }
}
