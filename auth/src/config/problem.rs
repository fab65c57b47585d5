//! [`Problem`] and [`ConfigError`]: what is wrong with a configuration file, where, and what would be right.

use std::fmt;

/// One thing that is wrong with a configuration file. It never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named by whoever asked to read it.
    pub file: String,
    /// Line in the file, from 1; none when the problem is the file itself.
    pub line: Option<usize>,
    /// Column in that line, in characters from 1.
    pub column: Option<usize>,
    /// The dotted key, such as `auth.redirect_uri`; empty when the problem is the file itself.
    pub key: String,
    /// What was found, such as `"/callback" is relative`.
    pub found: String,
    /// What would be right.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let (Some(column), "") = (self.column, self.key.as_str()) {
            write!(f, ":{column}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}; {}", self.found, self.hint)
    }
}

/// Everything that keeps a configuration from being used, in the order of the file.
///
/// `Display` is the whole report, one problem a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The problems, never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
