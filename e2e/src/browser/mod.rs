//! [`Browser`]: a person with a real browser, through its WebDriver.

mod driver;
mod kind;
mod network;
mod recorder;
mod surfer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use url::Url;

use crate::environment;
use crate::eventually;
use crate::pages::{AppPages, Control, Page};
use crate::person::{Person, VisitError};
use driver::{Driver, Programs};
pub use kind::{Kind, Screen};
pub use network::{Network, can_trust};
pub(crate) use surfer::Surfer;

/// The longest a browser may take for one page.
const PAGE_WITHIN: Duration = Duration::from_secs(30);

/// A person with a real browser and an empty profile.
#[derive(Debug)]
pub struct Browser {
    app: AppPages,
    client: Client,
    // Ends the driver, and with it the browser, also when a test panics.
    _driver: Option<Driver>,
    _network: Network,
}

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The browser or its driver is not on this machine.
    #[error("no {} with its driver on PATH: {install}", kind.name())]
    Missing {
        /// Which.
        kind: Kind,
        /// What to do about it.
        install: &'static str,
    },
    /// The driver at `WEBDRIVER_URL` drives another browser.
    #[error("WEBDRIVER_URL drives {other}, not {}", kind.name())]
    Elsewhere {
        /// Which was wanted.
        kind: Kind,
        /// Which it drives, as `WEBDRIVER_BROWSER` says.
        other: String,
    },
    /// There is nothing to tell a browser with whom to trust.
    #[error("no certutil on PATH: run e2e/setup-browser, or install libnss3-tools")]
    NoCertutil,
    /// The driver does not start.
    #[error("{}'s driver: {detail}", kind.name())]
    Driver {
        /// Which.
        kind: Kind,
        /// What went wrong.
        detail: String,
    },
    /// The driver starts no browser.
    #[error("{}: {detail}", kind.name())]
    Session {
        /// Which.
        kind: Kind,
        /// What the driver said.
        detail: String,
    },
}

/// Whether this machine has what `kind` needs, or a driver for it waits at `WEBDRIVER_URL`.
///
/// # Errors
/// [`BrowserError::Missing`], with what to install; [`BrowserError::Elsewhere`].
pub fn available(kind: Kind) -> Result<(), BrowserError> {
    if environment::webdriver_url().is_none() {
        return Programs::find(kind).map(|_| ());
    }
    let other = environment::webdriver_browser();
    if other == kind.name() {
        Ok(())
    } else {
        Err(BrowserError::Elsewhere { kind, other })
    }
}

impl Browser {
    /// Starts a browser for a person at this app: with a driver of its own on a free port, or with
    /// the one at `WEBDRIVER_URL`.
    ///
    /// # Errors
    /// When the browser or its driver is missing or does not start.
    pub async fn start(kind: Kind, screen: Screen, app: AppPages) -> Result<Self, BrowserError> {
        Self::start_in(kind, screen, app, Network::default()).await
    }

    /// The same, in this network.
    ///
    /// # Errors
    /// When the browser or its driver is missing or does not start.
    pub async fn start_in(
        kind: Kind,
        screen: Screen,
        app: AppPages,
        network: Network,
    ) -> Result<Self, BrowserError> {
        if let Some(url) = environment::webdriver_url() {
            let capabilities = kind.capabilities(None, &network);
            let client = session(kind, screen, &url, capabilities).await?;
            return Ok(Self {
                app,
                client,
                _driver: None,
                _network: network,
            });
        }
        let programs = Programs::find(kind)?;
        let home = network.home.as_ref().map(TempDir::path);
        let driver = Driver::start(kind, &programs, home)?;
        let capabilities = kind.capabilities(Some(&programs.browser), &network);
        let client = session(kind, screen, &driver.url, capabilities).await?;
        Ok(Self {
            app,
            client,
            _driver: Some(driver),
            _network: network,
        })
    }

    /// The WebDriver client, for what only a browser can do.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Ends the browser in good order.
    pub async fn close(self) {
        let _gone_already = self.client.close().await;
    }

    /// Keeps what is on the screen, and its HTML, as `target/e2e/NAME.png` and `.html`.
    ///
    /// # Errors
    /// When the browser gives no picture or the file cannot be written.
    pub async fn keep_screenshot(&self, name: &str) -> std::io::Result<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e");
        std::fs::create_dir_all(&folder)?;
        let (picture, html) = (self.client.screenshot().await, self.client.source().await);
        std::fs::write(
            folder.join(format!("{name}.html")),
            html.unwrap_or_default(),
        )?;
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, picture.map_err(std::io::Error::other)?)?;
        Ok(path)
    }

    async fn find(&self, control: &Control) -> Result<Element, VisitError> {
        let found = match locator(control) {
            Located::Css(selector) => self.client.find(Locator::Css(selector)).await,
            Located::XPath(xpath) => self.client.find(Locator::XPath(&xpath)).await,
        };
        match found {
            Ok(element) => Ok(element),
            Err(error) if error.is_no_such_element() => {
                let page = self.read().await?;
                Err(VisitError::NoSuchControl {
                    words: page.words(),
                    url: page.url.to_string(),
                    control: control.clone(),
                })
            }
            Err(error) => Err(self.no_answer(&error)),
        }
    }

    async fn read(&self) -> Result<Page, VisitError> {
        let url = self
            .client
            .current_url()
            .await
            .map_err(|error| self.no_answer(&error))?;
        let html = self
            .client
            .source()
            .await
            .map_err(|error| self.no_answer(&error))?;
        Ok(Page {
            url,
            status: None,
            html,
        })
    }

    /// Waits until the page that `element` stood on is gone and the next one is complete.
    ///
    /// # Errors
    /// When the browser stays where it is.
    pub async fn left(&self, element: &Element) -> Result<(), VisitError> {
        let complete = || {
            self.client
                .execute("return document.readyState", Vec::new())
        };
        let arrived = eventually(async || {
            let gone = element.tag_name().await.is_err();
            (gone && complete().await.is_ok_and(|state| state == "complete")).then_some(())
        });
        arrived.await.ok_or_else(|| VisitError::NoAnswer {
            url: self.app.home.to_string(),
            detail: "the browser stays on the page".to_owned(),
        })
    }

    fn no_answer(&self, error: &CmdError) -> VisitError {
        VisitError::NoAnswer {
            url: self.app.home.to_string(),
            detail: error.to_string(),
        }
    }
}

async fn session(
    kind: Kind,
    screen: Screen,
    url: &str,
    capabilities: Map<String, Value>,
) -> Result<Client, BrowserError> {
    let failed = |detail: String| BrowserError::Session { kind, detail };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let client = builder
        .connect(url)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let set_up = async {
        let page = Some(PAGE_WITHIN);
        let timeouts = TimeoutConfiguration::new(page, page, Some(Duration::ZERO));
        client.update_timeouts(timeouts).await?;
        resize(&client, screen).await
    };
    set_up
        .await
        .map_err(|error: CmdError| failed(error.to_string()))?;
    Ok(client)
}

/// Gives the window this size. Firefox makes no ordinary window narrower than 500 pixels, but a
/// pop-up has no bars and no such limit.
async fn resize(client: &Client, screen: Screen) -> Result<(), CmdError> {
    let (width, height) = screen.size();
    client.set_window_size(width, height).await?;
    let inner = client.execute("return innerWidth", Vec::new()).await?;
    if screen == Screen::Desktop || inner == json!(width) {
        return Ok(());
    }
    let size = format!("popup,width={width},height={height}");
    client
        .execute(
            "open('about:blank', '_blank', arguments[0])",
            vec![json!(size)],
        )
        .await?;
    let mut windows = client.windows().await?;
    let first = client.window().await?;
    windows.retain(|window| *window != first);
    match windows.pop() {
        Some(popup) => client.switch_to_window(popup).await,
        None => Ok(()),
    }
}

impl Person for Browser {
    fn app(&self) -> &AppPages {
        &self.app
    }

    async fn open(&mut self, url: &Url) -> Result<(), VisitError> {
        self.client
            .goto(url.as_str())
            .await
            .map_err(|error| VisitError::NoAnswer {
                url: url.to_string(),
                detail: error.to_string(),
            })
    }

    async fn press(&mut self, control: &Control) -> Result<(), VisitError> {
        let element = self.find(control).await?;
        element
            .click()
            .await
            .map_err(|error| self.no_answer(&error))?;
        self.left(&element).await
    }

    async fn page(&mut self) -> Result<Page, VisitError> {
        self.read().await
    }
}

/// How a control is found.
enum Located<'a> {
    Css(&'a str),
    XPath(String),
}

fn locator(control: &Control) -> Located<'_> {
    const PRESSABLE: &str = "self::a[@href] or self::button or self::input[@type='submit']";
    Located::XPath(match control {
        Control::Css(selector) => return Located::Css(selector),
        Control::TestId(id) => format!("//*[{PRESSABLE}][@data-testid={}]", quoted(id)),
        Control::Named(words) => {
            let words = quoted(words);
            format!(
                "//*[{PRESSABLE}][@aria-label={words} or (not(@aria-label) and normalize-space(.)={words})]"
            )
        }
    })
}

/// A string as XPath 1.0 writes it: it has no escapes, only two kinds of quotes.
fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
