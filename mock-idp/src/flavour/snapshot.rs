//! The embedded flavours, by name and date.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{Flavour, FlavourError, extends, grade};

/// The embedded snapshots, the newest of each provider first.
pub(super) const SNAPSHOTS: &[Snapshot] = &[
    Snapshot::new("google", "2026-04", include_str!("google.toml")),
    Snapshot::new("google", "2026-02", include_str!("google@2026-02.toml")),
    Snapshot::new("google", "2024-06", include_str!("google@2024-06.toml")),
    Snapshot::new("microsoft", "2024-10", include_str!("microsoft.toml")),
    Snapshot::new("github", "2026-04", include_str!("github.toml")),
    Snapshot::new("github", "2025-07", include_str!("github@2025-07.toml")),
    Snapshot::new("github", "2025-06", include_str!("github@2025-06.toml")),
    Snapshot::new("linkedin", "2024-04", include_str!("linkedin.toml")),
    Snapshot::new("linkedin", "2024-03", include_str!("linkedin@2024-03.toml")),
    Snapshot::new("plain", "2026-11", include_str!("plain.toml")),
];

/// What a provider is when nobody says which.
pub(crate) const DEFAULT: &str = "google";

pub(super) struct Snapshot {
    pub(super) name: &'static str,
    pub(super) date: &'static str,
    pub(super) text: &'static str,
}

impl Snapshot {
    const fn new(name: &'static str, date: &'static str, text: &'static str) -> Self {
        Self { name, date, text }
    }

    /// Whether `google` or `google@2026-04` means it.
    fn is_meant(&self, name: &str) -> bool {
        match name.split_once('@') {
            Some((provider, date)) => provider == self.name && date == self.date,
            None => name == self.name,
        }
    }

    fn full_name(&self) -> String {
        format!("{}@{}", self.name, self.date)
    }
}

/// The embedded text of this name: the newest, without a date.
pub(super) fn find(name: &str) -> Result<usize, FlavourError> {
    let found = SNAPSHOTS.iter().position(|it| it.is_meant(name));
    found.ok_or_else(|| FlavourError::Unknown {
        name: name.into(),
        known: names().collect::<Vec<_>>().join(", "),
    })
}

impl Flavour {
    /// The flavour of this name: `google` is the newest, `google@2026-04` a dated one. Read once a
    /// process.
    pub(crate) fn named(name: &str) -> Result<Arc<Self>, FlavourError> {
        static READ: [OnceLock<Result<Arc<Flavour>, FlavourError>>; SNAPSHOTS.len()] =
            [const { OnceLock::new() }; SNAPSHOTS.len()];
        let index = find(name)?;
        READ[index]
            .get_or_init(|| Self::read(&extends::whole(SNAPSHOTS[index].text)?).map(Arc::new))
            .clone()
    }
}

/// The names a flavour can be asked for by.
pub(crate) fn names() -> impl Iterator<Item = String> {
    SNAPSHOTS.iter().map(Snapshot::full_name)
}

/// A provider as it was on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlavourSummary {
    /// What it is asked for by, such as `google@2026-04`.
    pub name: String,
    /// Whether its name without a date means it.
    pub is_newest: bool,
    /// What each section of its file is about, and where it is from.
    pub sources: BTreeMap<String, String>,
    /// What is believed of the provider, and was seen nowhere or in one report alone: the value,
    /// and what is known of it.
    pub unverified: Vec<(String, String)>,
}

/// Every provider that can be stood in for, the newest snapshot of each first.
///
/// ```
/// let google = mock_idp::flavours().remove(0);
/// assert_eq!(google.name, "google@2026-04");
/// assert!(google.is_newest);
/// ```
#[must_use]
pub fn flavours() -> Vec<FlavourSummary> {
    let summary = |(index, snapshot): (usize, &Snapshot)| FlavourSummary {
        name: snapshot.full_name(),
        is_newest: find(snapshot.name) == Ok(index),
        sources: Flavour::named(&snapshot.full_name())
            .map(|flavour| flavour.text.sources.clone())
            .unwrap_or_default(),
        unverified: grade::unverified(snapshot.text),
    };
    SNAPSHOTS.iter().enumerate().map(summary).collect()
}
