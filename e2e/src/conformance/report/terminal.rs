//! A report for people: what is wrong first, the worst of it before the rest.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::AnsiColor;

use super::{Entry, OutcomeName, Report};

/// How a word is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// In colours; who writes it takes them out where nobody sees them.
    Coloured,
    /// As words alone.
    Plain,
}

impl Style {
    fn paint(self, words: &str, color: AnsiColor) -> String {
        match self {
            Self::Plain => words.into(),
            Self::Coloured => {
                let style = anstyle::Style::new().fg_color(Some(color.into())).bold();
                format!("{style}{words}{style:#}")
            }
        }
    }
}

/// What is shown in full, the worst first.
const SHOWN: [(OutcomeName, &str, AnsiColor); 6] = [
    (OutcomeName::NoLogin, "NO LOGIN", AnsiColor::Red),
    (OutcomeName::Failed, "FAILED", AnsiColor::Red),
    (OutcomeName::Stuck, "STUCK", AnsiColor::Red),
    (OutcomeName::Broken, "BROKEN", AnsiColor::Red),
    (OutcomeName::NotReached, "NOT REACHED", AnsiColor::Yellow),
    (OutcomeName::Warning, "WARNING", AnsiColor::Yellow),
];

impl Report {
    /// For people.
    #[must_use]
    pub fn terminal(&self, style: Style) -> String {
        let mut text = String::new();
        for (outcome, title, color) in SHOWN {
            for entry in self.sorted(outcome).filter(|entry| entry.excuse.is_none()) {
                let title = style.paint(title, color);
                let _ = writeln!(text, "{title} {}", full(entry));
            }
        }
        let needless = self
            .sorted(OutcomeName::Passed)
            .filter(|entry| entry.is_wrong);
        for entry in needless {
            let title = style.paint("LISTED IN VAIN", AnsiColor::Red);
            let _ = writeln!(text, "{title} {}: {}", entry.case.id, entry.words);
        }
        for entry in self.cases.iter().filter(|entry| entry.excuse.is_some()) {
            let excuse = entry.excuse.as_deref().unwrap_or_default();
            let _ = writeln!(text, "may be wrong: {}: {excuse}", entry.case.id);
        }
        for entry in self.sorted(OutcomeName::Reported) {
            let Entry { case, words, .. } = entry;
            let _ = writeln!(text, "reported: {} ({}): {words}", case.id, case.does);
        }
        for (reason, count) in self.not_applicable() {
            let _ = writeln!(text, "not applicable: {count} {}: {reason}", cases(count));
        }
        if let Some(why) = &self.stopped {
            let played = self.cases.len();
            let _ = writeln!(
                text,
                "stopped after {played} of {} cases: {why}",
                self.chosen
            );
        }
        let verdict = if self.is_right {
            style.paint("right", AnsiColor::Green)
        } else {
            style.paint("wrong", AnsiColor::Red)
        };
        let _ = writeln!(text, "\n{}: {verdict}. {}", self.app, self.counts());
        text
    }

    /// The cases of an outcome, the worst first.
    pub(super) fn sorted(&self, outcome: OutcomeName) -> impl Iterator<Item = &Entry> {
        let found = self
            .cases
            .iter()
            .filter(move |entry| entry.outcome == outcome);
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|entry| entry.case.severity);
        found.into_iter()
    }

    fn not_applicable(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for entry in self.sorted(OutcomeName::NotApplicable) {
            *reasons.entry(entry.words.as_str()).or_default() += 1;
        }
        reasons
    }

    fn counts(&self) -> String {
        let totals = &self.totals;
        let counts = [
            (totals.passed, "passed"),
            (totals.failed, "failed"),
            (totals.stuck, "stuck"),
            (totals.broken, "broken"),
            (totals.no_login, "without a login"),
            (totals.not_reached, "not reached"),
            (totals.warnings, "with warnings"),
            (totals.reported, "reported"),
            (totals.not_applicable, "not applicable"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let played = self.cases.len();
        format!("{played} {}: {}", cases(played), counts.join(", "))
    }
}

/// The name, what was done, what went wrong, and how it is mended.
fn full(entry: &Entry) -> String {
    let Entry { case, words, .. } = entry;
    let clause = case.specs.first();
    let url = clause.and_then(|clause| clause.url.as_deref());
    let words = words.replace('\n', "\n      ");
    // How bad it is to get the case wrong says nothing of where it was not got wrong.
    let severity = match entry.outcome {
        OutcomeName::Failed | OutcomeName::Warning => format!(" ({:?})", case.severity),
        _ => String::new(),
    };
    let told = format!("{}{severity}: {}\n      {words}", case.id, case.does);
    if severity.is_empty() {
        return told;
    }
    format!(
        "{told}\n      mend: the app {}: {}. {}",
        case.must,
        case.mend,
        url.unwrap_or_default()
    )
}

fn cases(count: usize) -> &'static str {
    if count == 1 { "case" } else { "cases" }
}
