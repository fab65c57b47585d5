//! What is wrong with a profile.

use super::start::StartError;

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is no profile.
    #[error("{file}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// What is wrong, and where.
        problem: Box<toml::de::Error>,
    },
    /// A CSS selector is none.
    #[error("{file}: css: {css:?} is no CSS selector")]
    Selector {
        /// The file.
        file: String,
        /// The selector.
        css: String,
    },
    /// No copy can be started so.
    #[error("{file}: {problem}")]
    Start {
        /// The file.
        file: String,
        /// What is wrong.
        problem: StartError,
    },
}

/// Why a profile does not suit what its pages are seen with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuited {
    /// It needs a browser.
    #[error("the app's pages need JavaScript: say --browser firefox or --browser chromium")]
    NeedsBrowser,
    /// A page that is not complete yet would look like one that shows nobody.
    #[error(
        "with --browser, say what shows that nobody is logged in (whoami.nobody or --nobody): a page \
         that is not complete yet would be taken for one that shows nobody"
    )]
    NeedsNobody,
}
