//! The browsers there are, and what each wants said.

use std::path::Path;

use cookie::Cookie;
use serde_json::{Map, Value, json};

use super::Network;
use crate::visitor::Held;

/// A browser to drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
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

    /// Whether these last words of the driver's mean that the port it picked was taken.
    pub(super) fn wants_another_port(self, said: &str) -> bool {
        self == Self::Chromium && said.contains("port not available")
    }

    /// A cookie as its driver takes it: Chromium's wants a domain, and makes it one for that host
    /// alone where the host is an address or has no dot; Firefox's makes it one for more.
    pub(super) fn cookie(self, held: &Held) -> Cookie<'static> {
        let mut cookie = held.cookie.clone();
        if let (Self::Chromium, None, Some(host)) = (self, cookie.domain(), held.place.host_str()) {
            let host = host.to_owned();
            cookie.set_domain(host);
        }
        cookie
    }

    /// The capabilities of a headless browser that calls nobody by itself, with an empty profile
    /// but for the certificates of its network.
    pub(super) fn capabilities(
        self,
        browser: Option<&Path>,
        network: &Network,
    ) -> Map<String, Value> {
        let (name, mut options) = match self {
            Self::Firefox => ("moz:firefoxOptions", firefox(network)),
            Self::Chromium => ("goog:chromeOptions", chromium(network)),
        };
        if let Some(browser) = browser {
            options["binary"] = json!(browser);
        }
        let mut capabilities = Map::from_iter([(name.to_owned(), options)]);
        if let (Self::Firefox, Some(proxy)) = (self, network.proxy) {
            let proxy = json!({
                "proxyType": "manual",
                "httpProxy": proxy.to_string(),
                "sslProxy": proxy.to_string(),
            });
            capabilities.insert("proxy".into(), proxy);
        }
        capabilities
    }
}

fn firefox(network: &Network) -> Value {
    let mut arguments = vec!["-headless".to_owned()];
    if let Some(profile) = network.profile(Kind::Firefox) {
        arguments.extend(["-profile".to_owned(), profile.display().to_string()]);
    }
    let is_for_all = network.is_for_all;
    json!({
        "args": arguments,
        "prefs": { "network.proxy.allow_hijacking_localhost": is_for_all },
    })
}

fn chromium(network: &Network) -> Value {
    let mut arguments: Vec<_> = CHROMIUM_ARGUMENTS.map(str::to_owned).into();
    if let Some(proxy) = network.proxy {
        arguments.push(format!("--proxy-server=http://{proxy}"));
    }
    if network.is_for_all {
        arguments.push("--proxy-bypass-list=<-loopback>".into());
    }
    json!({ "args": arguments })
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
