//! [`Table`]: one TOML table with its place, and the strings in it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::written;
use super::report::Report;

/// A string of the file and where its value begins, in bytes.
pub(super) struct Text<'d> {
    pub(super) value: &'d str,
    pub(super) offset: usize,
}

/// One key of a table with its value.
#[derive(Clone)]
pub(super) struct Entry<'d, 'i> {
    pub(super) key: &'d str,
    pub(super) offset: usize,
    pub(super) value: &'d Spanned<DeValue<'i>>,
}

impl<'d, 'i> Entry<'d, 'i> {
    /// The table that is the value, when it is one.
    pub(super) fn table(&self, parent: &str) -> Option<Table<'d, 'i>> {
        let entries = self.value.get_ref().as_table()?;
        Some(Table::new(join(parent, self.key), self.offset, entries))
    }
}

/// A table, its dotted path and where it begins.
#[derive(Clone)]
pub(super) struct Table<'d, 'i> {
    /// Such as `auth.google`.
    pub(super) path: String,
    /// Of the table's name, in bytes.
    pub(super) offset: usize,
    /// In the order of the file.
    pub(super) entries: Vec<Entry<'d, 'i>>,
}

impl<'d, 'i> Table<'d, 'i> {
    pub(super) fn new(path: String, offset: usize, table: &'d DeTable<'i>) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                offset: key.span().start,
                value,
            })
            .collect();
        entries.sort_by_key(|entry| entry.offset);
        Self {
            path,
            offset,
            entries,
        }
    }

    /// The dotted path of one of its keys.
    pub(super) fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// A string that has to be there and must not be empty.
    pub(super) fn required(&self, key: &str, report: &mut Report<'_>) -> Option<Text<'d>> {
        if self.entry(key).is_none() {
            let hint = format!("add {key} = \"..\" under [{}]", self.path);
            report.problem(Some(self.offset), &self.path_of(key), "is missing", hint);
        }
        self.optional(key, report)
    }

    /// A string that may be left out, but not be empty.
    pub(super) fn optional(&self, key: &str, report: &mut Report<'_>) -> Option<Text<'d>> {
        let entry = self.entry(key)?;
        let offset = entry.value.span().start;
        let (found, hint) = match entry.value.get_ref() {
            DeValue::String(value) if value.is_empty() => {
                ("is empty".to_owned(), "give it a value")
            }
            DeValue::String(value) => return Some(Text { value, offset }),
            other => (
                format!("is {}", kind(other)),
                "it must be a string in quotes",
            ),
        };
        report.problem(Some(entry.offset), &self.path_of(key), found, hint);
        None
    }

    /// The strings of a key that may be one string or a list of them, each with where it stands; none
    /// where there is no such key.
    pub(super) fn texts(&self, key: &str, report: &mut Report<'_>) -> Vec<(usize, &'d str)> {
        let Some(entry) = self.entry(key) else {
            return Vec::new();
        };
        let values = match entry.value.get_ref() {
            DeValue::Array(values) => values.iter().collect(),
            _ => vec![entry.value],
        };
        let mut texts = Vec::new();
        for value in values {
            let offset = value.span().start;
            if let DeValue::String(text) = value.get_ref() {
                texts.push((offset, text.as_ref()));
                continue;
            }
            let found = format!("is {}", kind(value.get_ref()));
            let hint = "it must be a string in quotes, or a list of them";
            report.problem(Some(offset), &self.path_of(key), found, hint);
        }
        texts
    }

    /// The table of a key, where there is one.
    pub(super) fn inner(&self, key: &str, report: &mut Report<'_>) -> Option<Self> {
        let entry = self.entry(key)?;
        let inner = entry.table(&self.path);
        if inner.is_none() {
            let found = format!("is {}", kind(entry.value.get_ref()));
            let hint = format!("it must be a table: [{}]", self.path_of(key));
            report.problem(Some(entry.offset), &self.path_of(key), found, hint);
        }
        inner
    }

    /// The same with these keys alone.
    pub(super) fn only(mut self, keys: &[&str]) -> Self {
        self.entries.retain(|entry| keys.contains(&entry.key));
        self
    }

    /// The string of a key as it stands there, right or wrong.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        match self.entry(key)?.value.get_ref() {
            DeValue::String(value) => Some(value),
            _ => None,
        }
    }

    /// Where a key stands, in bytes.
    pub(super) fn offset_of(&self, key: &str) -> Option<usize> {
        self.entry(key).map(|entry| entry.offset)
    }

    fn entry(&self, key: &str) -> Option<&Entry<'d, 'i>> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// What kind of value it is, with its article.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

fn join(path: &str, key: &str) -> String {
    format!("{path}.{}", written(key))
}
