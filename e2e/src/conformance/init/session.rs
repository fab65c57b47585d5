//! What becomes of a session: whether it is refreshed, begun again, ended.

use std::time::Duration;

use mock_idp::{AutoLogin, Place, authorization};

use super::{Explorer, InitError, candidates};
use crate::conformance::begin::Begin;
use crate::conformance::case::Feature;
use crate::conformance::guest::{Guest, Who};
use crate::conformance::lab::{LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::profile::Profile;
use crate::person::VisitError;

/// Longer than an access token lives.
const LATER: Duration = Duration::from_hours(2);
/// Of whom the app knows nothing.
const ANOTHER_ISSUER: &str = "https://another.example/";

impl Explorer<'_> {
    /// Whether its tokens are refreshed for somebody who looks at the page after they ran out.
    pub(super) async fn add_refresh(
        &self,
        profile: &mut Profile,
        mut user: Guest,
    ) -> Result<(), InitError> {
        let provider = self.app.provider();
        provider.clock().advance(LATER);
        let url = user.url(&profile.whoami.path);
        let looked = user.open(&url).await;
        let tokens = provider.requests().to(Place::Token);
        let is_refreshed = tokens
            .iter()
            .any(|one| one.parameter("grant_type") == Some("refresh_token"));
        if looked.is_ok() && is_refreshed {
            profile.lacks.remove(&Feature::Refresh);
        }
        Ok(self.app.as_new()?)
    }

    /// Whether somebody who is logged in can log in again.
    pub(super) async fn add_relogin(&self, profile: &mut Profile) -> Result<(), InitError> {
        let mut guest = self.guest(profile.clone());
        let provider = self.app.provider();
        let first = guest.log_in().await;
        provider.set_auto_login(AutoLogin::Persona(SOMEBODY_ELSE.into()));
        let again = guest.log_in().await;
        let logins = self.logins_begun();
        provider.set_auto_login(AutoLogin::Persona(SOMEBODY.into()));
        if first.is_ok() && (again.is_err() || logins < 2) {
            profile.lacks.insert(Feature::Relogin);
        }
        Ok(self.app.as_new()?)
    }

    /// Whether an answer that names another issuer is refused.
    pub(super) async fn add_response_iss(&self, profile: &mut Profile) -> Result<(), InitError> {
        let provider = self.app.provider();
        let told = provider.try_fault(authorization().set("iss", ANOTHER_ISSUER));
        told.map_err(|error| LabError::SetUp(error.to_string()))?;
        let mut guest = self.guest(profile.clone());
        let who = match guest.log_in().await {
            Ok(()) => guest.who(&provider.personas()).await,
            Err(error) => Err(error),
        };
        if let Ok(Who::Persona(_)) = who {
            profile.lacks.insert(Feature::ResponseIss);
        }
        Ok(self.app.as_new()?)
    }

    /// How a session ends, and whether that goes on to the provider.
    pub(super) async fn add_logout(&self, profile: &mut Profile) -> Result<(), InitError> {
        let personas = self.app.provider().personas();
        for begin in self.logouts(profile).await {
            let mut tried = profile.clone();
            tried.logout = Some(begin.clone());
            let mut guest = self.guest(tried);
            let steps = async {
                guest.log_in().await?;
                let was = guest.who(&personas).await?;
                guest.log_out().await?;
                Ok::<_, VisitError>((was, guest.who(&personas).await?))
            };
            if let Ok((Who::Persona(_), Who::Nobody)) = steps.await {
                profile.logout = Some(begin);
                profile.lacks.remove(&Feature::Logout);
                if !self
                    .app
                    .provider()
                    .requests()
                    .to(Place::EndSession)
                    .is_empty()
                {
                    profile.lacks.remove(&Feature::ProviderLogout);
                }
                break;
            }
        }
        Ok(self.app.as_new()?)
    }

    async fn logouts(&self, profile: &Profile) -> Vec<Begin> {
        if let Some(path) = &self.hints.logout {
            return vec![Begin::Path(path.clone())];
        }
        let mut guest = self.guest(profile.clone());
        let mut begins = Vec::new();
        let url = guest.url(&profile.whoami.path);
        if guest.log_in().await.is_ok() {
            if let Ok(page) = guest.page().await {
                begins = candidates::logouts_on(&page);
            }
            if guest.open(&url).await.is_ok()
                && let Ok(page) = guest.page().await
            {
                begins.extend(candidates::logouts_on(&page));
            }
        }
        begins.dedup();
        begins.extend(
            candidates::LOGOUTS
                .iter()
                .map(|path| Begin::Path((*path).into())),
        );
        begins
    }
}
