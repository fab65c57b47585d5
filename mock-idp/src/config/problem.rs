//! [`Problem`] and [`ConfigError`]: what is wrong with a configuration file, where, and what would
//! be right.

use std::fmt;

/// One thing that is wrong with a configuration file. It never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named by whoever asked to read it.
    pub file: String,
    /// Line in the file, from 1; none when the problem is the file itself.
    pub line: Option<usize>,
    /// The dotted key, such as `clients[0].redirect_uris`; empty when the problem is the line or
    /// the file itself.
    pub key: String,
    /// What was found, such as `is an integer`.
    pub found: String,
    /// What would be right.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(formatter, ": {}", self.key)?;
        }
        write!(formatter, ": {}; {}", self.found, self.hint)
    }
}

/// Everything that keeps a configuration from being used, in the order of the file.
///
/// `Display` is the whole report, one problem a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The problems, never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ConfigError {}
