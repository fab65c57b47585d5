//! From a file, its text and the environment to a [`Config`].

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::keys::PREFIX;
use super::report::{Report, Sources};
use super::table::{Table, kind};
use super::{Config, ConfigError, auth, environment};

const AUTH_HINT: &str =
    "add a table [auth] with redirect_uri and cookie_secret, and one [auth.NAME] for each provider";

/// The port of Streamlit, where nobody says another.
const PORT: u16 = 8501;

/// Reads a configuration from a file and, where it is told to, the environment.
///
/// ```no_run
/// # fn read() -> Result<auth::Config, auth::ConfigError> {
/// auth::Config::reader()
///     .environment(std::env::vars_os()) // AUTH__GOOGLE__CLIENT_SECRET counts before the file
///     .port(8600) // what {port} in redirect_uri stands for
///     .file(".streamlit/secrets.toml")
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Reader {
    port: u16,
    variables: Vec<(String, String)>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            port: PORT,
            variables: Vec::new(),
        }
    }

    /// What the placeholder `{port}` in `redirect_uri` stands for; 8501 unless said otherwise.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes keys from environment variables as well: `AUTH__COOKIE_SECRET` for one of `[auth]`,
    /// `AUTH__GOOGLE__CLIENT_SECRET` for one of `[auth.google]`. They count before the file's, and with them
    /// no file has to be there. Other variables are left alone.
    pub fn environment<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter().filter_map(|(name, value)| {
            let name = name.into().into_string().ok()?;
            // What is no text is not lost without a word: it is no value of any key either.
            let value = value.into().to_string_lossy().into_owned();
            name.starts_with(PREFIX).then_some((name, value))
        });
        self.variables.extend(variables);
        self.variables.sort();
        self
    }

    /// Reads a `secrets.toml`; what it names by a relative path is looked for beside it. It blocks for as
    /// long as the file system takes: call it before serving.
    ///
    /// # Errors
    /// That the file cannot be read, or everything that is wrong with it, at once.
    pub fn file(self, path: impl AsRef<Path>) -> Result<Config, ConfigError> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let content = match std::fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound && !self.variables.is_empty() => {
                Ok(Vec::new())
            }
            read => read,
        };
        let refuse = |found: String, hint: &str| {
            let mut report = Report::new(&file, "", Sources::default());
            report.problem(None, "", found, hint);
            report.finish(None)
        };
        let bytes = match content {
            Ok(bytes) => bytes,
            Err(error) => return refuse(unreadable(&error), "write it, or give the path of yours"),
        };
        match str::from_utf8(&bytes) {
            Ok(content) => self.read(content, &file, path.parent()),
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

    /// Reads the text of a `secrets.toml`; `file` is what problems call it. Sessions are kept in memory
    /// unless it says otherwise: there is no place beside it.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn text(self, text: &str, file: &str) -> Result<Config, ConfigError> {
        self.read(text, file, None)
    }

    fn read(self, text: &str, file: &str, directory: Option<&Path>) -> Result<Config, ConfigError> {
        let sources = Sources {
            directory: directory.map(PathBuf::from),
            variables: self
                .variables
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            port: self.port,
        };
        let mut report = Report::new(file, text, sources);
        let config = document(text, &mut report).and_then(|mut document| {
            environment::merge(document.get_mut(), &self.variables, &mut report);
            let table = auth_table(document.get_ref(), &mut report)?;
            auth::config(&table, &mut report)
        });
        report.finish(config)
    }
}

pub(super) fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "does not exist".to_owned(),
        ErrorKind::PermissionDenied => "may not be read by this user".to_owned(),
        ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => format!("cannot be read ({error})"),
    }
}

/// The whole TOML document; several mistakes in its syntax are several problems.
fn document<'i>(text: &'i str, report: &mut Report<'_>) -> Option<Spanned<DeTable<'i>>> {
    if text.trim().is_empty() && !report.has_variables() {
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
