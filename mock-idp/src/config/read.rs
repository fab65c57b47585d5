//! From the file's text to a [`Config`], with every problem on the way.

use std::io::ErrorKind;
use std::path::Path;

use toml::Spanned;
use toml::de::DeTable;

use super::auto_login::AutoLogin;
use super::problem::ConfigError;
use super::report::{Report, line_after};
use super::table::{Entry, Table, suggestion};
use super::{Config, clients, personas, publishing};
use crate::persona::{Persona, Suffix};

/// Reads the file; it blocks, which is fine before a provider serves anybody.
pub(super) fn file(path: &Path) -> Result<Config, ConfigError> {
    let file = path.display().to_string();
    let refuse = |found: String, hint: &str| {
        let mut report = Report::new(&file, "");
        report.whole(found, hint);
        report.finish(None)
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(unreadable(&error), "give the path of a TOML file"),
    };
    match str::from_utf8(&bytes) {
        Ok(content) => text(content, &file),
        Err(error) => {
            let line = line_after(&bytes[..error.valid_up_to()]);
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
    let config = document(text, &mut report).map(|document| {
        config(
            Table::new(String::new(), 0, document.get_ref()),
            &mut report,
        )
    });
    report.finish(config)
}

/// The whole TOML document; several mistakes in its syntax are several problems.
fn document<'i>(text: &'i str, report: &mut Report<'_>) -> Option<Spanned<DeTable<'i>>> {
    if text.trim().is_empty() {
        report.whole(
            "is empty",
            "add [[clients]] and [[personas]], or start without a file",
        );
        return None;
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        // The message alone: what the error displays repeats the line, which may hold a secret.
        let found = format!("is not TOML: {}", error.message().replace('\n', ", "));
        let offset = error.span().map_or(0, |span| span.start);
        report.at(offset, "", found, "mend this line");
    }
    errors.is_empty().then_some(document)
}

fn config(mut table: Table<'_, '_>, report: &mut Report<'_>) -> Config {
    let defaults = Config::without_file();
    let flavour = table.text("flavour", report);
    let auto_login = table.optional("auto_login");
    let seed = table
        .optional("seed")
        .and_then(|entry| entry.number(report));
    let publishing = table
        .optional("publishing")
        .and_then(|entry| publishing::read(&entry, report));
    let clients = table
        .optional("clients")
        .map(|entry| clients::read(&entry, report));
    let personas = table
        .optional("personas")
        .map(|entry| personas::read(&entry, report));
    table.finish(&[], report);
    let personas = personas.unwrap_or(defaults.personas);
    let auto_login = auto_login.and_then(|entry| self::auto_login(&entry, &personas, report));
    Config {
        flavour,
        auto_login: auto_login.unwrap_or_default(),
        seed,
        publishing: publishing.unwrap_or_default(),
        clients: clients.unwrap_or(defaults.clients),
        personas,
    }
}

fn auto_login(
    entry: &Entry<'_, '_>,
    personas: &[Persona],
    report: &mut Report<'_>,
) -> Option<AutoLogin> {
    let auto_login = AutoLogin::from(entry.text(report)?.to_owned());
    match means_nobody(&auto_login, personas) {
        Some((found, hint)) => entry.refuse(found, &hint, report),
        None => Some(auto_login),
    }
}

/// Sets `auto_login` from elsewhere than a file; `origin` is what a problem calls that place.
pub(super) fn set_auto_login(
    config: &mut Config,
    auto_login: AutoLogin,
    origin: &str,
) -> Result<(), ConfigError> {
    let mut report = Report::new(origin, "");
    if let Some((found, hint)) = means_nobody(&auto_login, &config.personas) {
        report.whole(found, hint);
    }
    config.auto_login = report.finish(Some(auto_login))?;
    Ok(())
}

/// What is wrong with an `auto_login` whose persona does not exist, and what would be right.
fn means_nobody(auto_login: &AutoLogin, personas: &[Persona]) -> Option<(String, String)> {
    let AutoLogin::Persona(id) = auto_login else {
        return None;
    };
    let is_known = |id: &str| personas.iter().any(|persona| persona.id == id);
    if is_known(id) || Suffix::split(id).is_some_and(|(base, _)| is_known(&base)) {
        return None;
    }
    let ids = personas.iter().map(|persona| persona.id.as_str());
    let known: Vec<&str> = ["never", "login_hint"].into_iter().chain(ids).collect();
    Some((
        format!("is {id:?}, which is no persona"),
        suggestion(id, &known),
    ))
}
