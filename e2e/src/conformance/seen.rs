//! What was seen of a case.

use std::time::Duration;

use http::HeaderMap;
use mock_idp::Requests;
use mock_idp::fault::UnreachedFault;

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
    /// Whether the last step led to a page.
    pub step: Result<(), VisitError>,
    /// That page.
    pub page: Option<Page>,
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
    /// How many lies were told before the login; none where the case has steps of its own.
    pub lies: Option<usize>,
    /// Why the app did not start, where it did not.
    pub no_app: Option<String>,
}

impl Seen {
    /// What the lab knows by itself.
    pub(super) fn of(lab: &Lab) -> Self {
        let mut unreached = lab.provider.unreached_faults();
        unreached.extend(lab.second.unreached_faults());
        Self {
            who: Ok(Who::Nobody),
            step: Ok(()),
            page: None,
            status: 0,
            headers: HeaderMap::new(),
            hops: Vec::new(),
            elapsed: Duration::ZERO,
            requests: lab.provider.requests(),
            second_requests: lab.second.requests(),
            canary: lab.canary.heard(),
            unreached,
            lies: None,
            no_app: None,
        }
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
