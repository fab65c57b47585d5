//! The browsers there are, and what each wants said.

use serde_json::{Map, Value, json};
use std::path::Path;

/// A browser to drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Firefox, through geckodriver.
    Firefox,
    /// Chromium, through chromedriver.
    Chromium,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Firefox, Self::Chromium];

    /// The name in lower case, as tests are named after it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::Chromium => "chromium",
        }
    }

    /// What to do when it is missing.
    #[must_use]
    pub fn install(self) -> &'static str {
        match self {
            Self::Firefox => "run e2e/setup-browser, or install Firefox and geckodriver",
            Self::Chromium => {
                "run e2e/setup-browser chromium, or install Chromium and its chromedriver"
            }
        }
    }

    /// The driver's program, and those the browser goes by.
    pub(super) fn programs(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Firefox => ("geckodriver", &["firefox-esr", "firefox"]),
            Self::Chromium => (
                "chromedriver",
                &["chromium", "chromium-browser", "google-chrome"],
            ),
        }
    }

    /// Both drivers take port 0 as any free one and then say which.
    pub(super) fn driver_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Firefox => &["--port", "0", "--websocket-port", "0"],
            Self::Chromium => &["--port=0"],
        }
    }

    /// The port in the line by which the driver says that it listens.
    pub(super) fn port_in(self, line: &str) -> Option<u16> {
        let words = match self {
            Self::Firefox => "Listening on 127.0.0.1:",
            Self::Chromium => "started successfully on port ",
        };
        let (_, rest) = line.split_once(words)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    /// The capabilities of a headless browser with an empty profile that calls nobody by itself.
    pub(super) fn capabilities(self, browser: Option<&Path>) -> Map<String, Value> {
        let (name, mut options) = match self {
            Self::Firefox => ("moz:firefoxOptions", json!({ "args": ["-headless"] })),
            Self::Chromium => ("goog:chromeOptions", json!({ "args": CHROMIUM_ARGUMENTS })),
        };
        if let Some(browser) = browser {
            options["binary"] = json!(browser);
        }
        Map::from_iter([(name.to_owned(), options)])
    }
}

/// What a person looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 1280 by 900 pixels.
    Desktop,
    /// 320 by 640 pixels: the narrowest that is asked of a page (WCAG 2.2, 1.4.10).
    Phone,
}

impl Screen {
    /// Width and height in pixels.
    pub(super) fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop => (1280, 900),
            Self::Phone => (320, 640),
        }
    }
}

const CHROMIUM_ARGUMENTS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn the_driver_says_its_port() {
        let check =
            |kind: Kind, line: &str, expected| assert_eq!(kind.port_in(line), expected, "{line}");
        check(
            Kind::Firefox,
            "1764034794000\tgeckodriver\tINFO\tListening on 127.0.0.1:41234",
            Some(41234),
        );
        check(
            Kind::Chromium,
            "ChromeDriver was started successfully on port 40533.",
            Some(40533),
        );
        check(Kind::Chromium, "Starting ChromeDriver 156 on port 0", None);
    }
}
