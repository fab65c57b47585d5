//! What a run comes to: as data, as JUnit, in the terminal, as a page.

mod advice;
mod comparison;
mod html;
mod junit;
mod terminal;

use serde::Serialize;

use super::case::{Case, Feature, Grade, Group, Severity};
use super::evidence::Evidence;
use super::expectations::{Expectations, Standing};
use super::plan::Plan;
use super::runner::Played;
use super::spec;
pub use super::verdict::OutcomeName;
use super::verdict::Verdict;
pub use comparison::{Comparison, EarlierRun, EarlierRunError};
pub use terminal::Style;

/// The JSON schema of a report.
pub const SCHEMA: &str = include_str!("report.schema.json");

/// What a run comes to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The app, as its profile calls it.
    pub app: String,
    /// When it was, as RFC 3339 writes it, where that is known.
    pub at: Option<String>,
    /// The plan.
    pub plan: Plan,
    /// How many cases were to be played.
    pub chosen: usize,
    /// Why not all were played, where they were not.
    pub stopped: Option<String>,
    /// Whether nothing is wrong.
    pub is_right: bool,
    /// How many of each outcome.
    pub totals: Totals,
    /// The cases that were played, in the order of the catalogue.
    pub cases: Vec<Entry>,
}

/// How many cases of each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Totals {
    /// The app did right.
    pub passed: usize,
    /// It did what it should not.
    pub warnings: usize,
    /// It did what it must not.
    pub failed: usize,
    /// It did right, and then logged nobody in any more; or no answer came at all.
    pub stuck: usize,
    /// Both are allowed.
    pub reported: usize,
    /// The app never met the lie.
    pub not_reached: usize,
    /// The app does not do this.
    pub not_applicable: usize,
    /// The case could not be played.
    pub broken: usize,
    /// It could not be played, since a login fails although nothing is wrong.
    pub no_login: usize,
    /// Of these, how many may be wrong by the list of expectations, and are.
    pub excused: usize,
}

/// A case that was played.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Entry {
    /// The case.
    #[serde(flatten)]
    pub case: Description,
    /// What came of it.
    pub outcome: OutcomeName,
    /// What there is to say of it.
    pub words: String,
    /// Why it may be wrong, by the list of expectations.
    pub excuse: Option<String>,
    /// Whether the run is wrong because of it.
    pub is_wrong: bool,
    /// What the provider saw, as a Mermaid sequence diagram; where something is wrong.
    pub flow: Option<String>,
    /// What more there is to show.
    #[serde(skip)]
    pub evidence: Evidence,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// A case, in words.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Description {
    /// Its name.
    pub id: &'static str,
    /// The part of the catalogue.
    pub group: Group,
    /// How bad it is to get it wrong.
    pub severity: Severity,
    /// What getting it wrong means.
    pub grade: Grade,
    /// What the OpenID Foundation's suite calls it.
    pub oidf: &'static [&'static str],
    /// Where it is written.
    pub specs: Vec<Clause>,
    /// What it needs of the app.
    pub needs: &'static [Feature],
    /// What the provider or an attacker does.
    pub does: &'static str,
    /// What the app has to do.
    pub must: String,
    /// How an app that does not is mended.
    pub mend: String,
}

/// A clause of a specification.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Clause {
    /// Such as `OIDCC-3.1.3.7-2`.
    pub tag: &'static str,
    /// Where to read it.
    pub url: Option<String>,
}

impl Description {
    /// A case, in words.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let specs = case.specs.iter().map(|tag| Clause {
            tag,
            url: spec::url(tag),
        });
        Self {
            id: case.id,
            group: case.group,
            severity: case.severity,
            grade: case.grade,
            oidf: case.oidf,
            specs: specs.collect(),
            needs: case.needs,
            does: case.does,
            must: advice::must(case),
            mend: advice::mend(case),
        }
    }
}

impl Report {
    /// What was played of so many cases.
    #[must_use]
    pub fn new(
        app: &str,
        plan: Plan,
        chosen: usize,
        played: Played,
        expectations: &Expectations,
    ) -> Self {
        let entries = played.verdicts.into_iter();
        let cases: Vec<_> = entries
            .map(|verdict| entry(verdict, expectations))
            .collect();
        let mut totals = Totals::default();
        for entry in &cases {
            totals.count(entry);
        }
        Self {
            app: app.into(),
            at: None,
            plan,
            chosen,
            is_right: played.stopped.is_none() && cases.iter().all(|entry| !entry.is_wrong),
            stopped: played.stopped,
            totals,
            cases,
        }
    }

    /// Whether there is no verdict: the run was stopped, or nothing is wrong but that cases could not
    /// be played.
    #[must_use]
    pub fn is_without_verdict(&self) -> bool {
        let mut wrong = self.cases.iter().filter(|entry| entry.is_wrong);
        let is_played = |outcome| !matches!(outcome, OutcomeName::Broken | OutcomeName::NoLogin);
        self.stopped.is_some() || (!self.is_right && !wrong.any(|entry| is_played(entry.outcome)))
    }

    /// As JSON, by [`SCHEMA`].
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn entry(verdict: Verdict, expectations: &Expectations) -> Entry {
    let standing = expectations.standing(&verdict);
    let words = match &standing {
        Standing::NeedlesslyExcused(reason) => {
            format!("it is right, and listed as what may be wrong: {reason}")
        }
        _ => verdict.outcome.words().to_owned(),
    };
    Entry {
        case: Description::of(verdict.case),
        outcome: OutcomeName::from(&verdict.outcome),
        words,
        is_wrong: matches!(standing, Standing::Wrong | Standing::NeedlesslyExcused(_)),
        excuse: match standing {
            Standing::Excused(reason) => Some(reason),
            _ => None,
        },
        flow: verdict.evidence.flow.clone(),
        evidence: verdict.evidence,
        milliseconds: verdict.milliseconds,
    }
}

impl Totals {
    fn count(&mut self, entry: &Entry) {
        let counter = match entry.outcome {
            OutcomeName::Passed => &mut self.passed,
            OutcomeName::Warning => &mut self.warnings,
            OutcomeName::Failed => &mut self.failed,
            OutcomeName::Stuck => &mut self.stuck,
            OutcomeName::Reported => &mut self.reported,
            OutcomeName::NotReached => &mut self.not_reached,
            OutcomeName::NotApplicable => &mut self.not_applicable,
            OutcomeName::Broken => &mut self.broken,
            OutcomeName::NoLogin => &mut self.no_login,
        };
        *counter += 1;
        self.excused += usize::from(entry.excuse.is_some());
    }
}

#[cfg(test)]
mod tests;
