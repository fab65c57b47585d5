//! [`Report`]: collects what is wrong with one file while it is read.

use super::problem::{ConfigError, Problem};

/// The problems of one file so far.
pub(super) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    /// An empty report on the file with this name and text.
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            text,
            problems: Vec::new(),
        }
    }

    /// A problem with `key`, which begins `offset` bytes into the file.
    pub(super) fn at(
        &mut self,
        offset: usize,
        key: &str,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let line = self.line(offset);
        self.add(Some(line), key, found.into(), hint.into());
    }

    /// A problem with the file as a whole.
    pub(super) fn whole(&mut self, found: impl Into<String>, hint: impl Into<String>) {
        self.add(None, "", found.into(), hint.into());
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        line_after(bytes.get(..offset).unwrap_or(bytes))
    }

    /// What was read, or all problems in the order of the file.
    pub(super) fn finish<T>(mut self, read: Option<T>) -> Result<T, ConfigError> {
        if let (Some(read), true) = (read, self.problems.is_empty()) {
            return Ok(read);
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(ConfigError {
            problems: self.problems,
        })
    }

    fn add(&mut self, line: Option<usize>, key: &str, found: String, hint: String) {
        let (file, key) = (self.file.to_owned(), key.to_owned());
        self.problems.push(Problem {
            file,
            line,
            key,
            found,
            hint,
        });
    }
}

/// The line that begins or goes on where these bytes end, from 1.
pub(super) fn line_after(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count()
}
