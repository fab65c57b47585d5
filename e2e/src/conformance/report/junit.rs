//! A report as JUnit: a suite for each part of the catalogue.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{Entry, OutcomeName, Report};

impl Report {
    /// As JUnit.
    ///
    /// # Errors
    /// When it cannot be written as XML.
    pub fn junit(&self) -> Result<String, quick_junit::SerializeError> {
        let mut suites: BTreeMap<_, TestSuite> = BTreeMap::new();
        for entry in &self.cases {
            let name = format!("{:?}", entry.case.group);
            let suite = suites
                .entry(entry.case.group)
                .or_insert_with(|| TestSuite::new(name));
            suite.add_test_case(test_case(entry));
        }
        let mut junit = Junit::new(self.app.clone());
        junit.add_test_suites(suites.into_values());
        junit.to_string()
    }
}

fn test_case(entry: &Entry) -> TestCase {
    let mut case = TestCase::new(entry.case.id, status(entry));
    case.set_time(Duration::from_millis(entry.milliseconds));
    case.set_classname(format!("{:?}", entry.case.group));
    if let Some(flow) = &entry.flow {
        case.set_system_out(flow);
    }
    case
}

fn status(entry: &Entry) -> TestCaseStatus {
    let mut status = match (&entry.excuse, entry.outcome) {
        _ if entry.is_wrong => {
            let kind = match entry.outcome {
                OutcomeName::Broken | OutcomeName::NoLogin => NonSuccessKind::Error,
                _ => NonSuccessKind::Failure,
            };
            let mut status = TestCaseStatus::non_success(kind);
            let clauses = entry
                .case
                .specs
                .iter()
                .filter_map(|clause| clause.url.as_deref());
            let clauses: Vec<_> = clauses.collect();
            status.set_description(format!(
                "{}\nThe app {}.\nTo mend it: {}.\n{}",
                entry.case.does,
                entry.case.must,
                entry.case.mend,
                clauses.join("\n")
            ));
            status
        }
        (Some(_), _) | (None, OutcomeName::NotApplicable) => TestCaseStatus::skipped(),
        (None, _) => TestCaseStatus::success(),
    };
    let words = entry.excuse.as_deref().unwrap_or(&entry.words);
    if !words.is_empty() {
        status.set_message(words);
    }
    status
}
