//! The embedded flavours, by name and date.

use std::sync::{Arc, OnceLock};

use super::{Flavour, FlavourError};

/// The embedded snapshots, the newest of each provider first.
pub(super) const SNAPSHOTS: &[Snapshot] = &[
    Snapshot {
        name: "google",
        date: "2026-04",
        text: include_str!("google.toml"),
    },
    Snapshot {
        name: "plain",
        date: "2026-11",
        text: include_str!("plain.toml"),
    },
];

/// What a provider is when nobody says which.
pub(crate) const DEFAULT: &str = "google";

pub(super) struct Snapshot {
    pub(super) name: &'static str,
    pub(super) date: &'static str,
    pub(super) text: &'static str,
}

impl Flavour {
    /// The flavour of this name: `google` is the newest, `google@2026-04` a dated one. Read once a
    /// process.
    pub(crate) fn named(name: &str) -> Result<Arc<Self>, FlavourError> {
        static READ: [OnceLock<Result<Arc<Flavour>, FlavourError>>; SNAPSHOTS.len()] =
            [const { OnceLock::new() }; SNAPSHOTS.len()];
        let is_meant = |snapshot: &Snapshot| match name.split_once('@') {
            Some((provider, date)) => provider == snapshot.name && date == snapshot.date,
            None => name == snapshot.name,
        };
        let found = SNAPSHOTS.iter().position(is_meant);
        let index = found.ok_or_else(|| FlavourError::Unknown {
            name: name.into(),
            known: names().collect::<Vec<_>>().join(", "),
        })?;
        READ[index]
            .get_or_init(|| Self::read(SNAPSHOTS[index].text).map(Arc::new))
            .clone()
    }
}

/// The names a flavour can be asked for by.
pub(crate) fn names() -> impl Iterator<Item = String> {
    SNAPSHOTS
        .iter()
        .map(|snapshot| format!("{}@{}", snapshot.name, snapshot.date))
}
