//! What came of a case.

use std::fmt;

use serde::Serialize;

use super::case::Case;

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
    /// The name, as reports write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning(_) => "warning",
            Self::Failed(_) => "failed",
            Self::Stuck(_) => "stuck",
            Self::Reported(_) => "reported",
            Self::NotReached(_) => "not reached",
            Self::NotApplicable(_) => "not applicable",
            Self::Broken(_) => "broken",
            Self::NoLogin(_) => "no login",
        }
    }

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
            "" => formatter.write_str(self.name()),
            words => write!(formatter, "{}: {words}", self.name()),
        }
    }
}

/// A case, and what came of it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The case.
    pub case: &'static Case,
    /// What came of it.
    pub outcome: Outcome,
    /// What the provider saw, as a Mermaid sequence diagram; where something is wrong.
    pub flow: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}
