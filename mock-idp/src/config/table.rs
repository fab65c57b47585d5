//! [`Table`]: one TOML table, read key by key; what nobody asked for is unknown.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::report::Report;

/// How alike two names are at least, from 0 to 1, before one is suggested for the other.
const ALIKE: f64 = 0.8;

/// One value of the file: its dotted key, where that begins in bytes, and what it is.
#[derive(Clone)]
pub(super) struct Entry<'d, 'i> {
    pub(super) path: String,
    pub(super) offset: usize,
    pub(super) value: &'d DeValue<'i>,
}

impl<'d, 'i> Entry<'d, 'i> {
    /// Reports that the value is not what it must be, and yields nothing.
    pub(super) fn refuse<T>(
        &self,
        found: impl Into<String>,
        hint: &str,
        report: &mut Report<'_>,
    ) -> Option<T> {
        report.at(self.offset, &self.path, found, hint);
        None
    }

    /// The text of a string that is not empty.
    pub(super) fn text(&self, report: &mut Report<'_>) -> Option<&'d str> {
        const HINT: &str = "it must be a string in quotes";
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => {
                self.refuse("is empty", "write something between the quotes", report)
            }
            DeValue::String(text) => Some(text),
            other => self.refuse(kind(other), HINT, report),
        }
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, report: &mut Report<'_>) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            other => self.refuse(
                kind(other),
                "it must be true or false, without quotes",
                report,
            ),
        }
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, report: &mut Report<'_>) -> Option<u64> {
        const HINT: &str = "it must be a whole number from 0 to 18446744073709551615";
        match self.value {
            DeValue::Integer(number) => {
                match u64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Some(number),
                    Err(_) => self.refuse(format!("is {number}"), HINT, report),
                }
            }
            other => self.refuse(kind(other), HINT, report),
        }
    }

    /// The members of an array.
    pub(super) fn members(&self, hint: &str, report: &mut Report<'_>) -> Option<Vec<Self>> {
        let DeValue::Array(members) = self.value else {
            return self.refuse(kind(self.value), hint, report);
        };
        let entry = |(index, member): (usize, &'d Spanned<DeValue<'i>>)| Self {
            path: format!("{}[{index}]", self.path),
            offset: member.span().start,
            value: member.get_ref(),
        };
        Some(members.iter().enumerate().map(entry).collect())
    }

    /// The table that the value must be.
    pub(super) fn table(&self, hint: &str, report: &mut Report<'_>) -> Option<Table<'d, 'i>> {
        match self.value {
            DeValue::Table(table) => Some(Table::new(self.path.clone(), self.offset, table)),
            other => self.refuse(kind(other), hint, report),
        }
    }
}

/// A table, its dotted path, where it begins, and which of its keys have been asked for.
pub(super) struct Table<'d, 'i> {
    pub(super) path: String,
    pub(super) offset: usize,
    content: &'d DeTable<'i>,
    known: Vec<&'static str>,
}

impl<'d, 'i> Table<'d, 'i> {
    pub(super) fn new(path: String, offset: usize, content: &'d DeTable<'i>) -> Self {
        Self {
            path,
            offset,
            content,
            known: Vec::new(),
        }
    }

    /// The value of a key that may be left out.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<Entry<'d, 'i>> {
        self.known.push(key);
        self.entries()
            .find(|(name, _)| *name == key)
            .map(|(_, entry)| entry)
    }

    /// The value of a key that has to be there.
    pub(super) fn required(
        &mut self,
        key: &'static str,
        example: &str,
        report: &mut Report<'_>,
    ) -> Option<Entry<'d, 'i>> {
        let entry = self.optional(key);
        if entry.is_none() {
            report.at(
                self.offset,
                &self.path_of(key),
                "is missing",
                format!("add {key} = {example}"),
            );
        }
        entry
    }

    /// A string that may be left out, but not be empty.
    pub(super) fn text(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<String> {
        self.optional(key)?.text(report).map(ToOwned::to_owned)
    }

    /// Every key with its value.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'d str, Entry<'d, 'i>)> {
        self.content.iter().map(|(key, value)| {
            let name: &str = key.get_ref();
            let path = self.path_of(name);
            (
                name,
                Entry {
                    path,
                    offset: key.span().start,
                    value: value.get_ref(),
                },
            )
        })
    }

    /// Reports the keys that nobody asked for. Those in `not_yet` are right, only not built.
    pub(super) fn finish(&self, not_yet: &[&str], report: &mut Report<'_>) {
        for (name, entry) in self
            .entries()
            .filter(|(name, _)| !self.known.contains(name))
        {
            if not_yet.contains(&name) {
                report.at(
                    entry.offset,
                    &entry.path,
                    "is not supported yet",
                    "leave it out",
                );
            } else {
                report.at(
                    entry.offset,
                    &entry.path,
                    "is not a known key",
                    suggestion(name, &self.known),
                );
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let written = if !key.is_empty() && key.chars().all(is_bare) {
            key.to_owned()
        } else {
            format!("{key:?}")
        };
        if self.path.is_empty() {
            written
        } else {
            format!("{}.{written}", self.path)
        }
    }
}

/// What kind of value was found, as the report says it.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "is a string",
        DeValue::Integer(_) => "is an integer",
        DeValue::Float(_) => "is a float",
        DeValue::Boolean(_) => "is a boolean",
        DeValue::Datetime(_) => "is a date",
        DeValue::Array(_) => "is an array",
        DeValue::Table(_) => "is a table",
    }
}

/// The known name that a misspelt one most likely stands for, or all of them.
pub(super) fn suggestion(name: &str, known: &[&str]) -> String {
    let name = name.to_lowercase().replace('-', "_");
    let likeness = |candidate: &&str| {
        (
            strsim::jaro_winkler(&name, &candidate.to_lowercase()),
            (*candidate).to_owned(),
        )
    };
    known
        .iter()
        .map(likeness)
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(
            || format!("known are {}", known.join(", ")),
            |(_, candidate)| format!("did you mean {candidate}?"),
        )
}
