//! Asking: of all requests, and what the questions have in common.

use serde_json::Value;

use super::{Finding, Problem, Question};
use crate::capture::{Exchange, Requests};
use crate::place::Place;

impl Requests {
    /// Asks whether these requests are as they should be. It is never yes where there is nothing to
    /// judge by, nor where requests were dropped that the answer may depend on.
    ///
    /// # Errors
    /// What is wrong, with the flow.
    pub fn ask(&self, question: Question) -> Result<(), Finding> {
        let judgement = match self.dropped() {
            0 => question.judge(self),
            dropped => Err(Problem::Dropped { dropped }),
        };
        judgement.map_err(|problem| Finding {
            question,
            problem: match problem {
                Problem::No { exchange, words } => Problem::No {
                    exchange,
                    words: self.masked(&words),
                },
                other => other,
            },
            flow: self.mermaid(),
        })
    }

    /// Makes sure that these requests are as they should be.
    ///
    /// # Panics
    /// When they are not, with what is wrong and the flow.
    #[track_caller]
    pub fn assert(&self, question: Question) {
        if let Err(finding) = self.ask(question) {
            panic!("mock-idp: {finding}");
        }
    }
}

pub(super) type Judgement = Result<(), Problem>;

/// Judges each of the requests; there has to be one.
pub(super) fn each<'a>(
    what: &'static str,
    requests: impl Iterator<Item = &'a Exchange>,
    judge: impl Fn(&'a Exchange) -> Result<(), String>,
) -> Judgement {
    let mut requests = requests.peekable();
    if requests.peek().is_none() {
        return Err(Problem::NothingToJudge { what });
    }
    for exchange in requests {
        judge(exchange).map_err(|words| Problem::No {
            exchange: exchange.number,
            words,
        })?;
    }
    Ok(())
}

/// What a preflight asks is the browser's question, not the app's.
pub(super) fn at(requests: &Requests, place: Place) -> impl Iterator<Item = &Exchange> {
    let there = requests.iter().filter(move |it| it.place == place);
    there.filter(|exchange| exchange.method != http::Method::OPTIONS)
}

/// The members of an answer in JSON; null where it is something else.
pub(super) fn answered(exchange: &Exchange) -> Result<Value, Problem> {
    if exchange.response_body.len() < exchange.response_length {
        return Err(Problem::Cut {
            exchange: exchange.number,
        });
    }
    Ok(serde_json::from_slice(&exchange.response_body).unwrap_or_default())
}
