//! What the environment says, read here and nowhere else.

use std::path::PathBuf;

/// Where a WebDriver already listens (`WEBDRIVER_URL`), if somebody started one.
#[must_use]
pub fn webdriver_url() -> Option<String> {
    variable("WEBDRIVER_URL")
}

/// Which browser the WebDriver at `WEBDRIVER_URL` drives (`WEBDRIVER_BROWSER`); Firefox by default.
#[must_use]
pub fn webdriver_browser() -> String {
    variable("WEBDRIVER_BROWSER").unwrap_or_else(|| "firefox".to_owned())
}

/// Whether a test that lacks what it needs has to fail (`E2E_REQUIRE=all`) and not be ignored.
#[must_use]
pub fn everything_is_required() -> bool {
    variable("E2E_REQUIRE").as_deref() == Some("all")
}

/// The first program of these names on `PATH`.
#[must_use]
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = variable("PATH")?;
    names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

#[expect(clippy::disallowed_methods, reason = "this file owns the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
