//! [`Report`]: collects what is wrong with one file while it is read.

use std::path::{Path, PathBuf};

use super::{Config, ConfigError, Problem};

/// The problems and warnings of one file so far.
pub(super) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    sources: Sources,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

/// What a file is read with.
#[derive(Default)]
pub(super) struct Sources {
    /// Where it stands.
    pub(super) directory: Option<PathBuf>,
    /// The names of the environment variables that count before it.
    pub(super) variables: Vec<String>,
    /// What `{port}` stands for.
    pub(super) port: u16,
}

impl<'a> Report<'a> {
    /// An empty report on the file with this name and text.
    pub(super) fn new(file: &'a str, text: &'a str, sources: Sources) -> Self {
        Self {
            file,
            text,
            sources,
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// What `{port}` stands for.
    pub(super) fn port(&self) -> u16 {
        self.sources.port
    }

    /// A path of the file, which begins where the file stands.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        let directory = self.directory().unwrap_or_else(|| Path::new(""));
        directory.join(path)
    }

    /// Where the file stands, if it is one.
    pub(super) fn directory(&self) -> Option<&Path> {
        self.sources.directory.as_deref()
    }

    /// Whether environment variables count.
    pub(super) fn has_variables(&self) -> bool {
        !self.sources.variables.is_empty()
    }

    /// Where a variable stands: beyond the end of the file.
    pub(super) fn offset_of_variable(&self, index: usize) -> usize {
        self.text.len() + 1 + index
    }

    /// Something that keeps the file from being used; `offset` counts bytes, none stands for the whole file.
    pub(super) fn problem(
        &mut self,
        offset: Option<usize>,
        key: &str,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let problem = self.place(offset, key, found.into(), hint.into());
        self.problems.push(problem);
    }

    /// Something that is allowed here and would not be in production.
    pub(super) fn warning(
        &mut self,
        offset: usize,
        key: &str,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let warning = self.place(Some(offset), key, found.into(), hint.into());
        self.warnings.push(warning);
    }

    /// The configuration with its warnings, or all problems in the order of the file.
    pub(super) fn finish(mut self, config: Option<Config>) -> Result<Config, ConfigError> {
        if let (Some(config), true) = (config, self.problems.is_empty()) {
            return Ok(Config {
                warnings: self.warnings,
                ..config
            });
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(ConfigError {
            problems: self.problems,
        })
    }

    fn place(&self, offset: Option<usize>, key: &str, found: String, hint: String) -> Problem {
        let variable = offset.and_then(|offset| {
            let index = offset.checked_sub(self.offset_of_variable(0))?;
            self.sources.variables.get(index)
        });
        let in_file = offset.filter(|_| variable.is_none());
        let (line, column) = in_file
            .map(|offset| line_and_column(self.text, offset))
            .unzip();
        Problem {
            file: variable.map_or_else(
                || self.file.to_owned(),
                |name| format!("environment variable {name}"),
            ),
            line,
            column,
            key: key.to_owned(),
            found,
            hint,
        }
    }
}

/// Line and column of a byte offset, both from 1, the column in characters.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::line_and_column;

    #[test]
    fn places_count_from_one_and_in_characters() {
        let check = |offset, expected| {
            assert_eq!(
                line_and_column("ä = 1\r\nb = 2\n", offset),
                expected,
                "offset {offset}"
            );
        };
        check(0, (1, 1));
        check(2, (1, 2));
        check(8, (2, 1));
        check(12, (2, 5));
        check(14, (3, 1));
        check(999, (3, 1));
    }
}
