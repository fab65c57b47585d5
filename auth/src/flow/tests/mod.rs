//! Logins from one end to the other, at a provider whose every answer can be written.

mod documents;
mod exchange;

use std::time::Duration;

use url::Url;

use super::{Callback, Flow, Pending};
use crate::{
    Clock, LoginError, Random,
    http::Http,
    identity::Identity,
    provider::Provider,
    testing::{FakeProvider, PATIENCE, World, clock_at_now},
};

/// An app's side of logins at a fake provider.
struct App {
    idp: FakeProvider,
    provider: Provider,
    redirect_uri: Url,
    http: Http,
    clock: Clock,
    random: Random,
}

impl App {
    async fn start() -> Self {
        Self::with_timeout(PATIENCE).await
    }

    async fn with_timeout(timeout: Duration) -> Self {
        let idp = FakeProvider::start().await;
        let config = idp.config("http://localhost:8501/oauth2callback");
        Self {
            provider: Provider::new(config.providers[0].clone()),
            redirect_uri: config.redirect_uri,
            http: Http::new(timeout, None),
            clock: clock_at_now(),
            random: Random::system(),
            idp,
        }
    }

    fn flow(&self) -> Flow<'_> {
        let Self {
            provider,
            redirect_uri,
            http,
            clock,
            random,
            ..
        } = self;
        Flow {
            leeway: 60,
            provider,
            redirect_uri,
            http,
            clock,
            random,
        }
    }

    async fn begin(&self) -> Result<(Url, Pending), LoginError> {
        self.flow().begin().await
    }

    /// A whole login.
    async fn log_in(&self) -> Result<Identity, LoginError> {
        let (url, pending) = self.begin().await?;
        let query = self.idp.authorize(&url);
        self.flow().finish(Callback::parse(&query)?, pending).await
    }

    /// The reason why a login fails; "ok" if it does not.
    async fn outcome(&self) -> &'static str {
        self.log_in()
            .await
            .map_or_else(|error| error.reason(), |_| "ok")
    }
}

/// The outcome of a login at a provider that was changed first.
async fn outcome_with(edit: impl FnOnce(&mut World)) -> &'static str {
    let app = App::start().await;
    app.idp.edit(edit);
    app.outcome().await
}
