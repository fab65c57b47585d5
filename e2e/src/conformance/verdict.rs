//! What came of a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::evidence::Evidence;

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "words")]
pub enum Outcome {
    /// The app did right.
    Passed,
    /// It did what it should not.
    Warning(String),
    /// It did what it must not.
    Failed(String),
    /// It did right, and then logged nobody in any more; or no answer came at all.
    Stuck(String),
    /// Both are allowed; this is what it did.
    Reported(String),
    /// The app never met the lie: nothing was tested. What would reach it.
    NotReached(String),
    /// The profile says that the app does not do this.
    NotApplicable(String),
    /// The case could not be played.
    Broken(String),
    /// It could not be played, since a login fails although nothing is wrong.
    NoLogin(String),
}

impl Outcome {
    /// What there is to say.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Passed => "",
            Self::Warning(words)
            | Self::Failed(words)
            | Self::Stuck(words)
            | Self::Reported(words)
            | Self::NotReached(words)
            | Self::NotApplicable(words)
            | Self::Broken(words)
            | Self::NoLogin(words) => words,
        }
    }

    /// The same, in other words.
    pub(super) fn map(self, say: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Passed => Self::Passed,
            Self::Warning(words) => Self::Warning(say(words)),
            Self::Failed(words) => Self::Failed(say(words)),
            Self::Stuck(words) => Self::Stuck(say(words)),
            Self::Reported(words) => Self::Reported(say(words)),
            Self::NotReached(words) => Self::NotReached(say(words)),
            Self::NotApplicable(words) => Self::NotApplicable(say(words)),
            Self::Broken(words) => Self::Broken(say(words)),
            Self::NoLogin(words) => Self::NoLogin(say(words)),
        }
    }

    /// Whether the run is wrong because of it.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        matches!(
            self,
            Self::Failed(_)
                | Self::Stuck(_)
                | Self::NotReached(_)
                | Self::Broken(_)
                | Self::NoLogin(_)
        )
    }

    /// The worst first.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::NoLogin(_) => 0,
            Self::Failed(_) => 1,
            Self::Stuck(_) => 2,
            Self::Broken(_) => 3,
            Self::NotReached(_) => 4,
            Self::Warning(_) => 5,
            Self::Reported(_) => 6,
            Self::NotApplicable(_) => 7,
            Self::Passed => 8,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words() {
            "" => OutcomeName::from(self).fmt(formatter),
            words => write!(formatter, "{}: {words}", OutcomeName::from(self)),
        }
    }
}

/// What came of a case, without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// The app did right.
    Passed,
    /// It did what it should not.
    Warning,
    /// It did what it must not.
    Failed,
    /// It did right, and then logged nobody in any more; or no answer came at all.
    Stuck,
    /// Both are allowed.
    Reported,
    /// The app never met the lie.
    NotReached,
    /// The app does not do this.
    NotApplicable,
    /// The case could not be played.
    Broken,
    /// It could not be played, since a login fails although nothing is wrong.
    NoLogin,
}

impl From<&Outcome> for OutcomeName {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Warning(_) => Self::Warning,
            Outcome::Failed(_) => Self::Failed,
            Outcome::Stuck(_) => Self::Stuck,
            Outcome::Reported(_) => Self::Reported,
            Outcome::NotReached(_) => Self::NotReached,
            Outcome::NotApplicable(_) => Self::NotApplicable,
            Outcome::Broken(_) => Self::Broken,
            Outcome::NoLogin(_) => Self::NoLogin,
        }
    }
}

impl OutcomeName {
    /// The name in small letters, with this between its words.
    fn spelled(self, between: char) -> String {
        let name = match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
            Self::Reported => "reported",
            Self::NotReached => "not reached",
            Self::NotApplicable => "not applicable",
            Self::Broken => "broken",
            Self::NoLogin => "no login",
        };
        name.replace(' ', &String::from(between))
    }

    /// The name, as an element of a page has it.
    #[must_use]
    pub fn class(self) -> String {
        self.spelled('-')
    }
}

impl fmt::Display for OutcomeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.spelled(' '))
    }
}

/// A case, and what came of it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The case.
    pub case: &'static Case,
    /// What came of it.
    pub outcome: Outcome,
    /// What there is to show of it.
    pub evidence: Evidence,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}
