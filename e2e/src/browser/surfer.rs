//! [`Surfer`]: a browser that stands in for a [`Visitor`] where pages need JavaScript.

use std::collections::BTreeMap;
use std::time::Duration;

use fantoccini::elements::Element;
use tokio::time::Instant;
use url::Url;

use super::recorder::Recorder;
use super::{Browser, BrowserError, Kind, Network, Screen};
use crate::eventually::pause;
use crate::pages::{Action, AppPages, Control, Page};
use crate::person::{Person as _, VisitError};
use crate::visitor::{Held, Visitor};

/// A page is complete when it asked for nothing in so many pauses.
const CALM: u32 = 5;

/// A browser of which every request is seen, with the cookies of whoever uses it.
#[derive(Debug)]
pub(crate) struct Surfer {
    kind: Kind,
    browser: Browser,
    recorder: Recorder,
    /// So long a page may do nothing at all before it is taken for one that does nothing more.
    stillness: Duration,
    /// The cookies that the browser has.
    cookies: Vec<Held>,
}

impl Surfer {
    pub(crate) async fn start(kind: Kind, stillness: Duration) -> Result<Self, BrowserError> {
        let recorder = Recorder::start().await;
        let recorder = recorder.map_err(|error| BrowserError::Session {
            kind,
            detail: error.to_string(),
        })?;
        // What it looks for on pages is said at each step.
        let nowhere = AppPages::jarvis("http://localhost");
        let proxy = Some(recorder.address);
        Ok(Self {
            kind,
            browser: Browser::start_in(kind, Screen::Desktop, nowhere, Network::all_by(proxy))
                .await?,
            recorder,
            stillness,
            cookies: Vec::new(),
        })
    }

    /// Forgets whoever used it before.
    pub(crate) async fn forget(&mut self, app: &Url) -> Result<(), VisitError> {
        self.recorder.answer_empty();
        let forgotten = async {
            self.browser.open(app).await?;
            let client = self.browser.client();
            let script = "localStorage.clear(); sessionStorage.clear()";
            let cleared = client.execute(script, Vec::new()).await;
            cleared.map_err(|error| self.browser.no_answer(&error))
        };
        let forgotten = forgotten.await;
        self.recorder.pass();
        forgotten?;
        self.hold(Vec::new()).await
    }

    /// Goes to a URL in the visitor's place.
    pub(crate) async fn open(
        &mut self,
        visitor: &mut Visitor,
        url: &Url,
    ) -> Result<(), VisitError> {
        self.hold(visitor.cookies().held()).await?;
        self.recorder.forget();
        let opened = self.browser.open(url).await;
        let settled = self.settle(false).await;
        self.arrive(visitor).await?;
        opened.and(settled)
    }

    /// Fills in fields by their names, and presses what is on the page, or appears there in time.
    pub(crate) async fn press(
        &mut self,
        visitor: &mut Visitor,
        control: &Control,
        fill: &BTreeMap<String, String>,
    ) -> Result<(), VisitError> {
        let element = self.appearing(control).await?;
        for (name, text) in fill {
            let field = self.appearing(&Control::field(name)).await?;
            let filled = async {
                field.clear().await?;
                field.send_keys(text).await
            };
            filled
                .await
                .map_err(|error| self.browser.no_answer(&error))?;
        }
        self.recorder.forget();
        let pressed = element.click().await;
        pressed.map_err(|error| self.browser.no_answer(&error))?;
        let settled = self.settle(true).await;
        self.arrive(visitor).await?;
        settled
    }

    async fn appearing(&self, control: &Control) -> Result<Element, VisitError> {
        let mut still = Still::within(self.stillness);
        loop {
            match self.browser.find(control).await {
                Err(VisitError::NoSuchControl { words, .. }) if !still.is_over(&words) => {
                    pause().await;
                }
                found => return found,
            }
        }
    }

    /// Takes a step, and keeps back the request that leads to the app from elsewhere.
    pub(crate) fn hold_return(&self, app: &Url) {
        self.recorder.hold_return(app.origin());
    }

    /// What was kept back; from here on nothing is.
    pub(crate) fn held(&self) -> Option<Url> {
        self.recorder.pass()
    }

    /// The page as it is when it says enough, or does nothing more.
    pub(crate) async fn page_that(
        &mut self,
        visitor: &mut Visitor,
        says_enough: impl Fn(&Page) -> bool,
    ) -> Result<Page, VisitError> {
        let mut still = Still::within(self.stillness);
        loop {
            let page = self.page().await?;
            let rests = self.recorder.at_rest();
            if says_enough(&page) || still.is_over(&(page.html.len(), rests)) {
                self.arrive(visitor).await?;
                return Ok(page);
            }
            pause().await;
        }
    }

    /// Waits until the page does nothing more; where it was left by a press, on the next one.
    async fn settle(&self, is_pressed: bool) -> Result<(), VisitError> {
        let mut still = Still::within(self.stillness);
        let mut calm = (None, 0);
        loop {
            let rests = self.recorder.at_rest();
            let is_complete = self.is_complete().await;
            calm = match (rests, calm) {
                (Some(rests), (Some(before), times)) if is_complete && rests == before => {
                    (Some(before), times + 1)
                }
                (rests, _) => (rests, 0),
            };
            if calm.1 >= CALM {
                let moves = is_pressed && !self.recorder.is_moved();
                if !moves && !self.recorder.is_led_on() && !self.sends_itself().await? {
                    return Ok(());
                }
            }
            if still.is_over(&(rests, is_complete)) {
                return Ok(());
            }
            pause().await;
        }
    }

    /// The page as somebody sees it: without what stands there for those who have no scripts.
    async fn page(&self) -> Result<Page, VisitError> {
        let page = self.browser.read().await?;
        let script = "const page = document.documentElement.cloneNode(true); \
                      page.querySelectorAll('noscript').forEach((one) => one.remove()); \
                      return page.outerHTML";
        let seen = self.browser.client().execute(script, Vec::new()).await;
        let html = seen.ok().and_then(|html| Some(html.as_str()?.to_owned()));
        Ok(Page {
            html: html.unwrap_or(page.html),
            ..page
        })
    }

    /// How the page looks: a PNG; none where the browser gives none.
    pub(crate) async fn screenshot(&self) -> Option<Vec<u8>> {
        self.browser.client().screenshot().await.ok()
    }

    async fn is_complete(&self) -> bool {
        let client = self.browser.client();
        let state = client.execute("return document.readyState", Vec::new());
        state.await.is_ok_and(|state| state == "complete")
    }

    /// Whether the page has a form for another site, which a script sends.
    async fn sends_itself(&self) -> Result<bool, VisitError> {
        let page = self.page().await?;
        Ok(match page.only_form() {
            Some(Action::Send(to, _)) => to.origin() != page.url.origin(),
            _ => false,
        })
    }

    /// Tells the visitor where they are now.
    async fn arrive(&mut self, visitor: &mut Visitor) -> Result<(), VisitError> {
        let records = self.recorder.take();
        let page = self.page().await?;
        for (url, cookie) in &records.cookies {
            // What a browser refuses, nobody has.
            let _refused = visitor.cookies().set(url, cookie);
        }
        self.cookies = visitor.cookies().held();
        visitor.was_taken(page, records.hops);
        match records.failure {
            Some((url, detail)) => Err(VisitError::NoAnswer {
                url: url.to_string(),
                detail,
            }),
            None => Ok(()),
        }
    }

    /// Gives the browser these cookies, and no others.
    async fn hold(&mut self, wanted: Vec<Held>) -> Result<(), VisitError> {
        if wanted == self.cookies {
            return Ok(());
        }
        self.recorder.answer_empty();
        let held = self.exchange(&wanted).await;
        self.recorder.pass();
        self.cookies = wanted;
        held
    }

    async fn exchange(&mut self, wanted: &[Held]) -> Result<(), VisitError> {
        let mut places: Vec<_> = self.cookies.iter().map(|held| held.place.clone()).collect();
        places.sort_unstable();
        places.dedup();
        for place in &places {
            self.browser.open(place).await?;
            let deleted = self.browser.client().delete_all_cookies().await;
            deleted.map_err(|error| self.browser.no_answer(&error))?;
        }
        let mut place = None;
        for held in wanted {
            if place != Some(&held.place) {
                self.browser.open(&held.place).await?;
                place = Some(&held.place);
            }
            let cookie = self.kind.cookie(held);
            let added = self.browser.client().add_cookie(cookie).await;
            added.map_err(|error| self.browser.no_answer(&error))?;
        }
        Ok(())
    }
}

/// How long nothing has changed.
struct Still {
    limit: Duration,
    since: Instant,
    last: Option<String>,
}

impl Still {
    fn within(limit: Duration) -> Self {
        Self {
            limit,
            since: Instant::now(),
            last: None,
        }
    }

    fn is_over(&mut self, now: &impl std::fmt::Debug) -> bool {
        let now = format!("{now:?}");
        if self.last.as_ref() != Some(&now) {
            self.last = Some(now);
            self.since = Instant::now();
        }
        self.since.elapsed() >= self.limit
    }
}
