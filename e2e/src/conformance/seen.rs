//! What was seen of a case.

use std::time::Duration;

use http::HeaderMap;
use mock_idp::fault::UnreachedFault;
use mock_idp::{Fault, Place, Requests};
use serde_json::Value;

use super::guest::Who;
use super::lab::Lab;
use crate::pages::Page;
use crate::person::VisitError;
use crate::visitor::Hop;

/// What was seen of a case.
#[derive(Debug)]
pub struct Seen {
    /// Who the app says is logged in, asked with the same cookies.
    pub who: Result<Who, VisitError>,
    /// The page that says so.
    pub who_page: Option<Page>,
    /// Its headers.
    pub who_headers: HeaderMap,
    /// Whether the last step led to a page.
    pub step: Result<(), VisitError>,
    /// That page.
    pub page: Option<Page>,
    /// How it looks, where a browser was used: a PNG.
    pub screenshot: Option<Vec<u8>>,
    /// Its status; 0 where there is none.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// The requests of the last step, with their answers.
    pub hops: Vec<Hop>,
    /// How long the last step took.
    pub elapsed: Duration,
    /// What the provider saw.
    pub requests: Requests,
    /// What the second provider saw.
    pub second_requests: Requests,
    /// What the canary heard.
    pub canary: Vec<String>,
    /// The lies that nobody met.
    pub unreached: Vec<UnreachedFault>,
    /// The lies that were told before the login; none where the case has steps of its own.
    pub lies: Option<Vec<Fault>>,
    /// Why the app did not start, where it did not.
    pub no_app: Option<String>,
    /// What steps of a case's own found wrong.
    pub found: Result<(), String>,
    /// The secret that the app proves itself with.
    pub client_secret: String,
}

impl Seen {
    /// What the lab knows by itself.
    pub(super) fn of(lab: &Lab) -> Self {
        let mut unreached = lab.provider.unreached_faults();
        unreached.extend(lab.second.unreached_faults());
        Self {
            who: Ok(Who::Nobody),
            who_page: None,
            who_headers: HeaderMap::new(),
            step: Ok(()),
            page: None,
            screenshot: None,
            status: 0,
            headers: HeaderMap::new(),
            hops: Vec::new(),
            elapsed: Duration::ZERO,
            requests: lab.requests(),
            second_requests: lab.second_requests(),
            canary: lab.canary.heard(),
            unreached,
            lies: None,
            no_app: None,
            found: Ok(()),
            client_secret: lab.client.client_secret.clone().unwrap_or_default(),
        }
    }

    /// With what steps of a case's own found wrong.
    pub(super) fn with(self, found: Result<(), String>) -> Self {
        Self { found, ..self }
    }

    /// What nobody but the app and the provider may see: tokens, verifiers, the app's secret; each
    /// with its name.
    #[must_use]
    pub fn secrets(&self) -> Vec<(&'static str, String)> {
        let mut secrets = vec![("client_secret", self.client_secret.clone())];
        for exchange in self.requests.to(Place::Token).iter() {
            let verifier = exchange.parameter("code_verifier").map(str::to_owned);
            secrets.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            let answer: Value = serde_json::from_str(&exchange.response_text()).unwrap_or_default();
            for name in ["access_token", "id_token", "refresh_token"] {
                let token = answer.get(name).and_then(Value::as_str);
                secrets.extend(token.map(|token| (name, token.to_owned())));
            }
        }
        secrets.retain(|(_, secret)| !secret.is_empty());
        secrets
    }

    /// The app did not even start.
    pub(super) fn without_app(lab: &Lab, why: &str) -> Self {
        Self {
            no_app: Some(why.into()),
            ..Self::of(lab)
        }
    }

    /// The words of the page that the last step led to.
    #[must_use]
    pub fn words(&self) -> String {
        self.page.as_ref().map(Page::words).unwrap_or_default()
    }

    /// A header of the page that says who is logged in, in small letters; empty without.
    #[must_use]
    pub fn who_header(&self, name: &str) -> String {
        let value = self.who_headers.get(name);
        let text = value.and_then(|value| value.to_str().ok());
        text.unwrap_or_default().to_lowercase()
    }

    /// Whether the app says that this persona is logged in.
    #[must_use]
    pub fn is(&self, persona: &str) -> bool {
        matches!(&self.who, Ok(Who::Persona(id)) if id == persona)
    }

    /// Whether the app says that nobody is logged in.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        matches!(self.who, Ok(Who::Nobody))
    }

    /// Who is logged in, in words.
    #[must_use]
    pub fn who_in_words(&self) -> String {
        match &self.who {
            Ok(Who::Nobody) => "nobody is logged in".into(),
            Ok(Who::Persona(id)) => format!("{id} is logged in"),
            Ok(Who::Somebody(words)) => format!("somebody is logged in: {words}"),
            Err(error) => format!("the app does not say who is logged in: {error}"),
        }
    }
}
