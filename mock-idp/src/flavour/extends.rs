//! A snapshot that says only in what it differs from another.

use toml::{Table, Value};

use super::FlavourError;
use super::snapshot::{SNAPSHOTS, find};

/// What a row of the table of refusals says that is as another one.
const LIKE: &str = "like";

/// The whole of a flavour's file: what it extends, with what it says itself put over that, and the
/// rows of refusals that are like another as that one.
pub(super) fn whole(text: &str) -> Result<Table, FlavourError> {
    let mut file = merged(text)?;
    if let Some(Value::Table(refusals)) = file.get_mut("refusals") {
        resolve(refusals)?;
    }
    Ok(file)
}

fn resolve(refusals: &mut Table) -> Result<(), FlavourError> {
    let written = refusals.clone();
    for (name, row) in refusals.iter_mut() {
        let Some(other) = row.get(LIKE) else {
            continue;
        };
        let found = other.as_str().and_then(|other| written.get(other));
        let found = found.filter(|found| found.get(LIKE).is_none());
        let wrong = || FlavourError::NoSuchRow(name.clone(), other.to_string());
        *row = found.ok_or_else(wrong)?.clone();
    }
    Ok(())
}

fn merged(text: &str) -> Result<Table, FlavourError> {
    let syntax = |error: toml::de::Error| FlavourError::Syntax(error.to_string());
    let mut own: Table = toml::from_str(text).map_err(syntax)?;
    let Some(base) = own.remove("extends") else {
        return Ok(own);
    };
    let base = base.as_str().unwrap_or_default();
    let mut whole = merged(SNAPSHOTS[find(base)?].text)?;
    put_over(&mut whole, own);
    Ok(whole)
}

/// Tables are merged, everything else takes the place of what was there.
fn put_over(under: &mut Table, over: Table) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(Value::Table(under)), Value::Table(over)) if !is_a_row(&over) => {
                put_over(under, over);
            }
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}

/// A row of the table of refusals stands for itself.
fn is_a_row(table: &Table) -> bool {
    table.contains_key("deliver") || table.contains_key(LIKE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_merged_and_everything_else_is_replaced() {
        let mut under = toml::from_str("[a]\nb = 1\nc = [1, 2]\n[a.d]\ne = 1").unwrap();
        put_over(
            &mut under,
            toml::from_str("[a]\nc = [3]\n[a.d]\nf = 2").unwrap(),
        );
        let merged: Table = toml::from_str("[a]\nb = 1\nc = [3]\n[a.d]\ne = 1\nf = 2").unwrap();
        assert_eq!(under, merged);
    }

    #[test]
    fn a_row_of_refusals_is_replaced_whole() {
        let mut under =
            toml::from_str("r = { deliver = 'json', error = 'a', challenge = true }").unwrap();
        let over = "r = { deliver = 'page', error = 'b' }";
        put_over(&mut under, toml::from_str(over).unwrap());
        assert_eq!(under, toml::from_str(over).unwrap());
    }

    #[test]
    fn a_row_that_is_like_another_says_what_that_one_says() {
        let text = "[refusals]\na = { deliver = 'json', error = 'x' }\nb = { like = 'a' }";
        let file = whole(text).unwrap();
        assert_eq!(file["refusals"]["a"], file["refusals"]["b"]);
        for other in ["c", "b"] {
            let text = format!("[refusals]\nb = {{ like = '{other}' }}");
            let expected = FlavourError::NoSuchRow("b".into(), format!("\"{other}\""));
            assert_eq!(whole(&text).unwrap_err(), expected);
        }
    }

    #[test]
    fn what_extends_nothing_that_there_is_is_refused() {
        let error = whole("extends = 'gogle'").unwrap_err().to_string();
        assert!(
            error.starts_with("there is no flavour \"gogle\""),
            "{error}"
        );
    }
}
