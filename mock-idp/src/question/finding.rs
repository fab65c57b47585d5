//! What a question found.

use std::fmt;

use super::Question;

/// Why a question is not answered with yes. What it shows holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was asked.
    pub question: Question,
    /// What is wrong.
    pub problem: Problem,
    /// The requests it was asked of, as a Mermaid sequence diagram.
    pub flow: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The requests are not as they should be.
    #[error("{words} (request {exchange})")]
    No {
        /// The [number](crate::Exchange::number) of the request that shows it.
        exchange: u64,
        /// How it is, and how it should be.
        words: String,
    },
    /// There is no request that the question could be asked of.
    #[error("there is nothing to judge by: no {what}")]
    NothingToJudge {
        /// What there would have to be.
        what: &'static str,
    },
    /// The answer may lie in what was not kept of a body.
    #[error("the answer to request {exchange} was cut, and what it gave is not known")]
    Cut {
        /// The [number](crate::Exchange::number) of the request.
        exchange: u64,
    },
    /// The answer may lie in requests that the provider did not keep.
    #[error("{dropped} requests were dropped, and what they were is not known")]
    Dropped {
        /// How many.
        dropped: u64,
    },
}

impl std::error::Error for Finding {}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            question,
            problem,
            flow,
        } = self;
        write!(
            formatter,
            "{question} ({}): {problem}\n\n{flow}",
            question.spec()
        )
    }
}
