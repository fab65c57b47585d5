//! An array of tables, each with an id that no two share.

use super::report::Report;
use super::table::{Entry, Table};

/// Reads the tables of an array by `item`, which yields a table's id and what is in it. A table
/// that is not right is left out and reported.
pub(super) fn read<'d, 'i, T>(
    entry: &Entry<'d, 'i>,
    hint: &str,
    item: impl Fn(&mut Table<'d, 'i>, &mut Report<'_>) -> Option<(Entry<'d, 'i>, T)>,
    report: &mut Report<'_>,
) -> Vec<T> {
    let mut items: Vec<(Entry<'d, 'i>, T)> = Vec::new();
    for member in entry.members(hint, report).unwrap_or_default() {
        let table = member.table(hint, report);
        let Some((id, value)) = table.and_then(|mut table| item(&mut table, report)) else {
            continue;
        };
        let same = |(other, _): &&(Entry<'d, 'i>, T)| other.value.as_str() == id.value.as_str();
        match items.iter().find(same) {
            None => items.push((id, value)),
            Some((first, _)) => {
                let (text, line) = (
                    id.value.as_str().unwrap_or_default(),
                    report.line(first.offset),
                );
                let found = format!("is {text:?}, as in line {line}");
                report.at(id.offset, &id.path, found, "give each its own");
            }
        }
    }
    items.into_iter().map(|(_, value)| value).collect()
}
