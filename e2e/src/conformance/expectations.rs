//! Cases that may go wrong, each with a reason.

use std::collections::BTreeMap;
use std::path::Path;

use super::cases;
use super::plan::UnknownCase;
use super::verdict::{Outcome, Verdict};

/// Cases that may go wrong, each with a reason. One that goes right is no longer to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations(BTreeMap<String, String>);

/// Why a file is no list of expectations.
#[derive(Debug, thiserror::Error)]
pub enum ExpectationsError {
    /// It cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is none.
    #[error("{file}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// What is wrong, and where.
        problem: Box<toml::de::Error>,
    },
    /// It names what is no case.
    #[error("{file}: {problem}")]
    Case {
        /// The file.
        file: String,
        /// Which.
        problem: UnknownCase,
    },
    /// It gives no reason.
    #[error("{file}: {case} has no reason")]
    NoReason {
        /// The file.
        file: String,
        /// For which.
        case: String,
    },
}

/// What a verdict means for the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is wrong.
    Right,
    /// The run is wrong because of it.
    Wrong,
    /// It may be wrong, for this reason, and is.
    Excused(String),
    /// It may be wrong, for this reason, and is not: the list is out of date.
    NeedlesslyExcused(String),
}

impl Expectations {
    /// Reads a file of lines such as `jwks-x5c-mismatch = "it takes n and e, and no certificate"`.
    ///
    /// # Errors
    /// When it cannot be read, or is no such file.
    pub fn from_file(path: &Path) -> Result<Self, ExpectationsError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_toml(&text, &file),
            Err(source) => Err(ExpectationsError::Read { file, source }),
        }
    }

    /// Reads a text of such lines; `file` is what a problem calls it.
    ///
    /// # Errors
    /// When it is no such text.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, ExpectationsError> {
        let reasons: BTreeMap<String, String> =
            toml::from_str(text).map_err(|problem| ExpectationsError::Syntax {
                file: file.into(),
                problem: Box::new(problem),
            })?;
        for (case, reason) in &reasons {
            if cases::find(case).is_none() {
                return Err(ExpectationsError::Case {
                    file: file.into(),
                    problem: UnknownCase::new(case),
                });
            }
            if reason.trim().is_empty() {
                return Err(ExpectationsError::NoReason {
                    file: file.into(),
                    case: case.clone(),
                });
            }
        }
        Ok(Self(reasons))
    }

    /// What a verdict means for the run.
    #[must_use]
    pub fn standing(&self, verdict: &Verdict) -> Standing {
        let is_wrong = verdict.outcome.is_wrong();
        match (self.0.get(verdict.case.id), &verdict.outcome) {
            (None, _) if is_wrong => Standing::Wrong,
            (Some(reason), Outcome::Passed) => Standing::NeedlesslyExcused(reason.clone()),
            (Some(reason), outcome) if is_wrong || matches!(outcome, Outcome::Warning(_)) => {
                Standing::Excused(reason.clone())
            }
            _ => Standing::Right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Evidence;

    fn verdict(outcome: Outcome) -> Verdict {
        Verdict {
            case: cases::find("jws-typ-odd").unwrap(),
            outcome,
            evidence: Evidence::default(),
            milliseconds: 1,
        }
    }

    #[test]
    fn what_may_be_wrong_is_excused_and_what_is_right_is_not_to_be_listed() {
        let reason = "it is strict";
        let listed = Expectations::from_toml("jws-typ-odd = 'it is strict'", "e.toml").unwrap();
        let check = |outcome: Outcome, unlisted: Standing, expected: Standing| {
            let verdict = verdict(outcome);
            assert_eq!(Expectations::default().standing(&verdict), unlisted);
            assert_eq!(listed.standing(&verdict), expected);
        };
        let excused = || Standing::Excused(reason.into());
        check(Outcome::Failed("x".into()), Standing::Wrong, excused());
        check(Outcome::NotReached("x".into()), Standing::Wrong, excused());
        check(Outcome::Warning("x".into()), Standing::Right, excused());
        check(
            Outcome::Passed,
            Standing::Right,
            Standing::NeedlesslyExcused(reason.into()),
        );
        let lacking = Outcome::NotApplicable("x".into());
        check(lacking, Standing::Right, Standing::Right);
    }

    #[test]
    fn a_list_names_cases_and_gives_reasons() {
        let check = |text: &str, words: &str| {
            let error = Expectations::from_toml(text, "e.toml").unwrap_err();
            let error = error.to_string();
            assert!(
                error.starts_with("e.toml: ") && error.contains(words),
                "{error}"
            );
        };
        check("jws-typ-od = 'x'", "is it jws-typ-odd?");
        check("jws-typ-odd = ' '", "jws-typ-odd has no reason");
        check("jws-typ-odd = 1", "invalid type");
        check("jws-typ-odd", "expected");
    }
}
