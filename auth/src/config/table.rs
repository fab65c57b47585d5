//! [`Table`]: one TOML table with its place, and the strings in it.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::written;
use super::report::Report;
use crate::error::cut;

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

    /// A string, or a list of strings of which one is there at least; none may be empty.
    pub(super) fn ring(&self, key: &str, report: &mut Report<'_>) -> Vec<Text<'d>> {
        let is_list = |entry: &Entry<'_, '_>| entry.value.get_ref().is_array();
        if !self.entry(key).is_some_and(is_list) {
            return self.required(key, report).into_iter().collect();
        }
        let texts = self.texts(key, report).into_iter();
        let texts: Vec<_> = texts
            .map(|(offset, value)| Text { value, offset })
            .collect();
        if texts.is_empty() || texts.iter().any(|text| text.value.is_empty()) {
            let found = "has no value, or an empty one";
            let hint = "give every entry a value, the newest first";
            report.problem(self.offset_of(key), &self.path_of(key), found, hint);
        }
        texts
    }

    /// `true` or `false`, or what it is where it is left out.
    pub(super) fn flag_or(&self, key: &str, default: bool, report: &mut Report<'_>) -> bool {
        let Some(entry) = self.entry(key) else {
            return default;
        };
        match entry.value.get_ref() {
            DeValue::Boolean(is_so) => return *is_so,
            // As an environment variable has it.
            DeValue::String(text) if text == "true" => return true,
            DeValue::String(text) if text == "false" => return false,
            _ => {}
        }
        let found = format!("is {}", kind(entry.value.get_ref()));
        let hint = "it must be true or false";
        report.problem(Some(entry.offset), &self.path_of(key), found, hint);
        default
    }

    /// A time within limits, in seconds: a whole number of them, or a number with a unit.
    pub(super) fn seconds(
        &self,
        key: &str,
        limits: RangeInclusive<u64>,
        report: &mut Report<'_>,
    ) -> Option<Duration> {
        let entry = self.entry(key)?;
        let text = match entry.value.get_ref() {
            DeValue::String(text) => text.clone().into_owned(),
            DeValue::Integer(number) => number.to_string(),
            other => {
                let found = format!("is {}", kind(other));
                report.problem(Some(entry.offset), &self.path_of(key), found, A_TIME);
                return None;
            }
        };
        let (found, hint) = match seconds(&text) {
            Some(seconds) if limits.contains(&seconds) => {
                return Some(Duration::from_secs(seconds));
            }
            Some(_) => (
                format!("{:?} is out of range", cut(&text)),
                format!("it must be {} to {} seconds", limits.start(), limits.end()),
            ),
            None => (format!("{:?} is no time", cut(&text)), A_TIME.to_owned()),
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

const A_TIME: &str = "write seconds, or a number with s, m, h or d: \"12h\"";

/// `90`, `90s`, `15m`, `12h` or `30d`.
fn seconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
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

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_time_has_a_unit_or_is_in_seconds() {
        let check = |text, expected| assert_eq!(seconds(text), expected, "{text}");
        check("90", Some(90));
        check("90s", Some(90));
        check("15m", Some(900));
        check("12h", Some(43_200));
        check("30d", Some(2_592_000));
        check("", None);
        check("h", None);
        check("1.5h", None);
        check("-1", None);
        check("1 h", None);
        check("9w", None);
        check("99999999999999999999", None);
        check("999999999999999999d", None);
    }
}
