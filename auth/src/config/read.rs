//! From the file's text to a [`Config`], with every problem on the way.

use std::io::ErrorKind;
use std::path::Path;

use toml::Spanned;
use toml::de::DeTable;

use super::report::Report;
use super::table::{Table, kind};
use super::{Config, ConfigError, auth};

const AUTH_HINT: &str =
    "add a table [auth] with redirect_uri and cookie_secret, and one [auth.NAME] for each provider";

/// Reads the file; it blocks, which is fine before an app serves anybody.
pub(super) fn file(path: &Path) -> Result<Config, ConfigError> {
    let file = path.display().to_string();
    let refuse = |found: String, hint: &str| {
        let mut report = Report::new(&file, "");
        report.problem(None, "", found, hint);
        report.finish(None)
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(unreadable(&error), "write it, or give the path of yours"),
    };
    match str::from_utf8(&bytes) {
        Ok(content) => text(content, &file),
        Err(error) => {
            let line = bytes[..error.valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            refuse(
                format!("is not UTF-8 text (line {line})"),
                "save the file as UTF-8",
            )
        }
    }
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "does not exist".to_owned(),
        ErrorKind::PermissionDenied => "may not be read by this user".to_owned(),
        ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => format!("cannot be read ({error})"),
    }
}

/// Reads the text of a file with that name.
pub(super) fn text(text: &str, file: &str) -> Result<Config, ConfigError> {
    let mut report = Report::new(file, text);
    let config = document(text, &mut report).and_then(|document| {
        let table = auth_table(document.get_ref(), &mut report)?;
        auth::config(&table, &mut report)
    });
    report.finish(config)
}

/// The whole TOML document; several mistakes in its syntax are several problems.
fn document<'i>(text: &'i str, report: &mut Report<'_>) -> Option<Spanned<DeTable<'i>>> {
    if text.trim().is_empty() {
        report.problem(None, "", "is empty", AUTH_HINT);
        return None;
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        // The message alone: what the error displays repeats the line, which may hold a secret.
        let found = format!("is not TOML: {}", error.message().replace('\n', ", "));
        report.problem(
            error.span().map(|span| span.start),
            "",
            found,
            "mend this line",
        );
    }
    errors.is_empty().then_some(document)
}

fn auth_table<'d, 'i>(document: &'d DeTable<'i>, report: &mut Report<'_>) -> Option<Table<'d, 'i>> {
    let Some((key, value)) = document.get_key_value("auth") else {
        report.problem(None, "auth", "is missing", AUTH_HINT);
        return None;
    };
    let offset = key.span().start;
    let Some(entries) = value.get_ref().as_table() else {
        let found = format!("is {}", kind(value.get_ref()));
        report.problem(Some(offset), "auth", found, "it must be a table [auth]");
        return None;
    };
    Some(Table::new("auth".to_owned(), offset, entries))
}
