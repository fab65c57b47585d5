//! What arrived, what comes next, and what it means.

use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::capture::{Exchange, NextRequestError, Requests, TransactionId};
use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};
use crate::place::Place;
use crate::question::{Finding, Question};
use crate::time::seconds;

/// Which requests; all that are named have to hold.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// Those that arrived at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    /// Those from this client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    /// Those about this persona.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) persona: Option<String>,
    /// Those of one login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction: Option<TransactionId>,
    /// Those that were refused.
    pub(crate) refused: bool,
}

impl Filter {
    fn of(&self, provider: &Provider) -> Requests {
        let mut requests = provider.tenant.requests();
        if let Some(place) = self.place {
            requests = requests.to(place);
        }
        if let Some(client_id) = &self.client_id {
            requests = requests.of_client(client_id);
        }
        if let Some(persona) = &self.persona {
            requests = requests.of_persona(persona);
        }
        if let Some(transaction) = self.transaction {
            requests = requests.of_transaction(transaction);
        }
        if self.refused {
            requests = requests.refused();
        }
        requests
    }
}

/// Shows the requests that arrived so far, with their answers.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct ListRequests(pub(crate) Filter);

impl Verb for ListRequests {
    const NAME: &'static str = "requests";
    const METHOD: Method = Method::GET;
    type Answer = Requests;

    async fn apply(self, provider: &Provider) -> Result<Requests, Problem> {
        Ok(self.0.of(provider))
    }
}

/// Names the logins that the requests are of, in the order these began.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct ListTransactions(pub(crate) Filter);

impl Verb for ListTransactions {
    const NAME: &'static str = "transactions";
    const METHOD: Method = Method::GET;
    type Answer = Vec<TransactionId>;

    async fn apply(self, provider: &Provider) -> Result<Vec<TransactionId>, Problem> {
        Ok(self.0.of(provider).transactions())
    }
}

/// Draws the requests as a Mermaid sequence diagram, in which no secret shows.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Diagram(pub(crate) Filter);

impl Verb for Diagram {
    const NAME: &'static str = "mermaid";
    const METHOD: Method = Method::GET;
    type Answer = String;

    async fn apply(self, provider: &Provider) -> Result<String, Problem> {
        Ok(self.0.of(provider).mermaid())
    }
}

/// Writes the requests down as an HTTP archive (HAR 1.2), in which no secret shows.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Archive(pub(crate) Filter);

impl Verb for Archive {
    const NAME: &'static str = "har";
    const METHOD: Method = Method::GET;
    type Answer = serde_json::Value;

    async fn apply(self, provider: &Provider) -> Result<serde_json::Value, Problem> {
        Ok(self.0.of(provider).har(provider.tenant.issuer()))
    }
}

/// Waits for the first request to this place that was not returned by this verb before.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct NextRequest {
    /// Where it is expected.
    pub(crate) place: Place,
    /// How long to wait, by the machine's time.
    #[serde(with = "seconds")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub(crate) within_seconds: Duration,
}

impl Verb for NextRequest {
    const NAME: &'static str = "next_request";
    type Answer = Exchange;

    fn waits(&self) -> Duration {
        self.within_seconds
    }

    async fn apply(self, provider: &Provider) -> Result<Exchange, Problem> {
        let tenant = &provider.tenant;
        let next = tenant
            .next_request_async(self.place, self.within_seconds)
            .await;
        next.map(|next| Exchange::clone(&next)).map_err(|error| {
            let kind = match error {
                NextRequestError::TimedOut { .. } => Kind::TimedOut,
                NextRequestError::Dropped { .. } => Kind::Dropped,
            };
            Problem::new(kind, error.to_string())
        })
    }
}

/// Asks whether requests are as they should be.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    /// What is asked.
    pub(crate) question: Question,
    /// Of which requests; of all where nothing is said.
    #[serde(default)]
    pub(crate) of: Filter,
}

/// The answer to a question.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Answered {
    /// Whether it is yes.
    is_yes: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<Found>,
}

/// Why a question is not answered with yes. It holds no secrets.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Found {
    /// What was asked.
    question: Question,
    /// What is wrong.
    problem: String,
    /// Where it is written, such as `RFC 7636 section 4.3`.
    section: String,
    /// Where that can be read.
    url: String,
    /// The requests it was asked of, as a Mermaid sequence diagram.
    flow: String,
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        let spec = finding.question.spec();
        Self {
            problem: finding.problem.to_string(),
            section: spec.to_string(),
            url: spec.url(),
            question: finding.question,
            flow: finding.flow,
        }
    }
}

impl Verb for Ask {
    const NAME: &'static str = "ask";
    type Answer = Answered;

    async fn apply(self, provider: &Provider) -> Result<Answered, Problem> {
        let finding = self.of.of(provider).ask(self.question).err();
        Ok(Answered {
            is_yes: finding.is_none(),
            finding: finding.map(Found::from),
        })
    }
}

/// Makes sure that requests are as they should be.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Assert(pub(crate) Ask);

impl Verb for Assert {
    const NAME: &'static str = "assert";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let Ask { question, of } = self.0;
        of.of(provider).ask(question).map_err(|finding| {
            let words = finding.to_string();
            Problem::new(Kind::Finding, words).about(&Found::from(finding))
        })
    }
}

/// Shows what every app that logs people in with a code should be asked.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuestions {}

impl Verb for ListQuestions {
    const NAME: &'static str = "questions";
    const METHOD: Method = Method::GET;
    type Answer = Vec<Question>;

    async fn apply(self, _: &Provider) -> Result<Vec<Question>, Problem> {
        Ok(Question::FOR_EVERY_APP.into())
    }
}
