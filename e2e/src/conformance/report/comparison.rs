//! What became of an app since an earlier run.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::{OutcomeName, Report};

/// An earlier run, as its report in JSON has it.
#[derive(Debug, Deserialize)]
pub struct EarlierRun {
    app: String,
    at: Option<String>,
    cases: Vec<EarlierCase>,
}

#[derive(Debug, Deserialize)]
struct EarlierCase {
    id: String,
    outcome: OutcomeName,
    is_wrong: bool,
}

/// Why an earlier run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EarlierRunError {
    /// There is no such file.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{file} is no report in JSON, as --json writes it: {source}")]
    Syntax {
        /// The file.
        file: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// What became of an app since an earlier run.
#[derive(Debug, Default)]
pub struct Comparison {
    /// What the app was called then.
    pub(super) app: String,
    /// When that was.
    pub(super) at: Option<String>,
    /// Right then, and wrong now.
    pub(super) worse: Vec<Change>,
    /// Wrong then, and right now.
    pub(super) mended: Vec<Change>,
    /// Another outcome, and as right as before.
    pub(super) other: Vec<Change>,
    /// How many cases are as they were.
    pub(super) same: usize,
    /// Cases that were not played then.
    pub(super) added: Vec<&'static str>,
    /// Cases that were played then, and not now.
    pub(super) left_out: Vec<String>,
}

/// A case whose outcome is another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) id: &'static str,
    pub(super) was: OutcomeName,
    pub(super) is: OutcomeName,
}

impl EarlierRun {
    /// Reads what `--json` wrote.
    ///
    /// # Errors
    /// When the file cannot be read, or is something else.
    pub fn from_file(path: &Path) -> Result<Self, EarlierRunError> {
        let file = path.display().to_string();
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(source) => return Err(EarlierRunError::Read { file, source }),
        };
        serde_json::from_slice(&text).map_err(|source| EarlierRunError::Syntax { file, source })
    }
}

impl Comparison {
    /// What became of it.
    #[must_use]
    pub fn new(earlier: EarlierRun, now: &Report) -> Self {
        let mut before: HashMap<_, _> = earlier
            .cases
            .into_iter()
            .map(|it| (it.id.clone(), it))
            .collect();
        let mut comparison = Self {
            app: earlier.app,
            at: earlier.at,
            ..Self::default()
        };
        for entry in &now.cases {
            let id = entry.case.id;
            let Some(case) = before.remove(id) else {
                comparison.added.push(id);
                continue;
            };
            let change = Change {
                id,
                was: case.outcome,
                is: entry.outcome,
            };
            match (case.is_wrong, entry.is_wrong) {
                (false, true) => comparison.worse.push(change),
                (true, false) => comparison.mended.push(change),
                _ if change.was != change.is => comparison.other.push(change),
                _ => comparison.same += 1,
            }
        }
        comparison.left_out = before.into_keys().collect();
        comparison.left_out.sort_unstable();
        comparison
    }

    /// What is another way now, by what that means.
    pub(super) fn changes(&self) -> [(&'static str, &[Change]); 3] {
        [
            ("Worse", &self.worse),
            ("Mended", &self.mended),
            ("Otherwise", &self.other),
        ]
    }

    /// In a line: `1 worse (jws-alg-none), 2 mended (..), 300 as they were`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let changed = [
            ("worse", names(&self.worse)),
            ("mended", names(&self.mended)),
            ("otherwise", names(&self.other)),
            ("new", self.added.clone()),
            (
                "not played",
                self.left_out.iter().map(String::as_str).collect(),
            ),
        ];
        let mut parts: Vec<_> = changed
            .iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(what, ids)| format!("{} {what} ({})", ids.len(), shortened(ids)))
            .collect();
        parts.push(format!("{} as they were", self.same));
        parts.join(", ")
    }
}

fn names(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.id).collect()
}

/// So many names are written out in a line.
const NAMED: usize = 8;

fn shortened(ids: &[&str]) -> String {
    let mut text = ids[..ids.len().min(NAMED)].join(", ");
    if ids.len() > NAMED {
        text.push_str(", ..");
    }
    text
}
