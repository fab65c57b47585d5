//! A report as one page that needs nothing else: for a colleague, or to be kept with a release.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::Fault;
use mock_idp::drawing;
use sha2::{Digest as _, Sha256};

use super::comparison::Comparison;
use super::{Entry, OutcomeName, Report};
use crate::conformance::case::{Group, Severity};

const STYLE: &str = include_str!("html/report.css");
/// Filters the cases; without it all of them show.
const SCRIPT: &str = include_str!("html/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    comparison: Option<&'a Comparison>,
    sections: Vec<Section<'a>>,
    groups: Vec<Row>,
    policy: &'static str,
    style: &'static str,
    drawing_style: &'static str,
    script: &'static str,
}

/// The cases of one outcome.
struct Section<'a> {
    outcome: OutcomeName,
    about: &'static str,
    entries: Vec<&'a Entry>,
}

/// A part of the catalogue, and what came of it.
struct Row {
    group: Group,
    /// In the order of the sections.
    counts: Vec<usize>,
}

/// The worst first, each with what it means.
const SECTIONS: [(OutcomeName, &str); 9] = [
    (
        OutcomeName::NoLogin,
        "A login fails although nothing is wrong; the run stops there.",
    ),
    (
        OutcomeName::Failed,
        "The app did what a specification says it must not.",
    ),
    (
        OutcomeName::Stuck,
        "It did right, and then logged nobody in any more, or did not answer at all.",
    ),
    (OutcomeName::Broken, "The case could not be played."),
    (
        OutcomeName::NotReached,
        "The app never met the lie, so nothing was tested.",
    ),
    (
        OutcomeName::Warning,
        "It did what it should not, or what is a matter of policy.",
    ),
    (
        OutcomeName::Reported,
        "Both are allowed; this is what it did.",
    ),
    (
        OutcomeName::Passed,
        "The app did right, and a good login worked right after.",
    ),
    (
        OutcomeName::NotApplicable,
        "The profile says that the app does not do this.",
    ),
];

impl Report {
    /// As one page in HTML, which loads nothing from elsewhere.
    #[must_use]
    pub fn html(&self, comparison: Option<&Comparison>) -> String {
        let page = Page {
            report: self,
            comparison,
            sections: self.sections(),
            groups: self.groups(),
            policy: &POLICY,
            style: STYLE,
            drawing_style: drawing::STYLE,
            script: SCRIPT,
        };
        // Writing to a String does not fail.
        page.render().unwrap_or_default()
    }

    fn sections(&self) -> Vec<Section<'_>> {
        let sections = SECTIONS.map(|(outcome, about)| Section {
            outcome,
            about,
            entries: self.sorted(outcome).collect(),
        });
        let mut sections = Vec::from(sections);
        sections.retain(|section| !section.entries.is_empty());
        sections
    }

    fn groups(&self) -> Vec<Row> {
        let sections = self.sections();
        let mut rows: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
        for (index, section) in sections.iter().enumerate() {
            for entry in &section.entries {
                let row = rows.entry(entry.case.group);
                row.or_insert_with(|| vec![0; sections.len()])[index] += 1;
            }
        }
        let rows = rows.into_iter();
        rows.map(|(group, counts)| Row { group, counts }).collect()
    }

    fn wrong(&self) -> usize {
        self.cases.iter().filter(|entry| entry.is_wrong).count()
    }
}

/// Scripts and styles are those of the page; nothing is loaded.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; img-src data:; base-uri 'none'"
    )
});

impl Entry {
    /// Whether its details show from the start.
    fn is_open(&self) -> bool {
        self.is_wrong
    }

    fn severity(&self) -> &'static str {
        match self.case.severity {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }

    /// What went over the wire; of what is right the drawing is enough.
    fn wire(&self) -> Option<String> {
        let is_shown = !matches!(self.outcome, OutcomeName::Passed);
        let drawing = &self.evidence.drawing;
        (is_shown && !drawing.is_empty()).then(|| drawing.wire(self.case.id))
    }

    fn second_wire(&self) -> Option<String> {
        let is_shown = !matches!(self.outcome, OutcomeName::Passed);
        let drawing = &self.evidence.second;
        is_shown.then(|| drawing.wire(&format!("{}-second", self.case.id)))
    }

    fn screenshot(&self) -> Option<String> {
        let picture = self.evidence.screenshot.as_ref()?;
        Some(format!(
            "data:image/png;base64,{}",
            STANDARD.encode(picture)
        ))
    }

    /// The lies that were told, as the provider is told of them.
    fn lies(&self) -> String {
        let written = |lie: &Fault| serde_json::to_string(lie).unwrap_or_default();
        let lies: Vec<_> = self.evidence.lies.iter().map(written).collect();
        lies.join("\n")
    }
}
