//! [`Visitor`]: a person over HTTP, with a browser's rules for cookies, redirects and forms.

mod client;
mod cookies;
mod navigation;
mod request;

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use http::{HeaderMap, Method};
use url::Url;

use crate::pages::{Action, AppPages, Control, Page};
use crate::person::{Person, VisitError};
pub(crate) use client::with_sources;
pub(crate) use cookies::Held;
pub use cookies::{Cause, Cookies, same_site};
pub use navigation::Hop;
use navigation::Navigation;

/// As many redirects as Firefox and Chromium follow.
const REDIRECTS: usize = 20;

/// A person over HTTP.
///
/// Every request is a top-level navigation: what a person does. Requests go to where
/// [`resolve`](Self::resolve) says, so that an https origin is visited through a stand-in for its
/// TLS proxy.
#[derive(Debug)]
pub struct Visitor {
    app: AppPages,
    cookies: Cookies,
    addresses: HashMap<String, SocketAddr>,
    client: reqwest::Client,
    current: Option<Visited>,
    history: Vec<Hop>,
}

#[derive(Debug)]
struct Visited {
    page: Page,
    headers: HeaderMap,
}

impl Visitor {
    /// A new person, without any cookie, at this app.
    #[must_use]
    pub fn new(app: AppPages) -> Self {
        Self {
            app,
            cookies: Cookies::default(),
            addresses: HashMap::new(),
            client: client::client().clone(),
            current: None,
            history: Vec::new(),
        }
    }

    /// Sends what is meant for the origin of `url` to `address`, in plain HTTP: `address` is then
    /// what stands behind that origin's TLS proxy.
    #[must_use]
    pub fn resolve(mut self, url: &Url, address: SocketAddr) -> Self {
        self.addresses
            .insert(url.origin().ascii_serialization(), address);
        self
    }

    /// Goes by this proxy to other machines, and trusts these certification authorities, in PEM, and
    /// no others.
    ///
    /// # Panics
    /// When the proxy is no URL, or an authority no certificate.
    #[must_use]
    pub fn behind(mut self, proxy: &str, authorities: &[&str]) -> Self {
        self.client = client::client_behind(proxy, authorities);
        self
    }

    /// This person's cookies.
    pub fn cookies(&mut self) -> &mut Cookies {
        &mut self.cookies
    }

    /// The same, to look at.
    #[must_use]
    pub fn held_cookies(&self) -> &Cookies {
        &self.cookies
    }

    /// All requests since the last [`open`](Person::open) or [`press`](Person::press), oldest first.
    #[must_use]
    pub fn history(&self) -> &[Hop] {
        &self.history
    }

    /// Is where a browser took them, on the way of these requests.
    pub(crate) fn was_taken(&mut self, page: Page, hops: Vec<Hop>) {
        let last = hops.last();
        let page = Page {
            status: last.map(|hop| hop.status),
            ..page
        };
        let headers = last.map(|hop| hop.headers.clone()).unwrap_or_default();
        self.current = Some(Visited { page, headers });
        self.history = hops;
    }

    /// The headers of the current page.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        self.current
            .as_ref()
            .map(|visited| visited.headers.clone())
            .unwrap_or_default()
    }

    /// The status of the current page; 0 before the first.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.current
            .as_ref()
            .and_then(|visited| visited.page.status)
            .unwrap_or(0)
    }

    /// Begins a login and chooses an account, and stops where the provider would send the browser
    /// back to the app: the callback's URL, not visited.
    ///
    /// # Errors
    /// Where no such redirect comes.
    pub async fn callback_url(&mut self, persona: &str) -> Result<Url, VisitError> {
        let elsewhere = self.app.home.clone();
        self.begin_login().await?;
        let mut action = self.action(&crate::pages::provider::account(persona))?;
        loop {
            let navigation = self.navigation(action);
            let (answer, next) = self.request(navigation).await?;
            match next {
                Some(next) if next.url.origin() == elsewhere.origin() => return Ok(next.url),
                Some(next) => action = Action::Follow(next.url),
                None => {
                    self.current = Some(answer);
                    action = self.action(&crate::pages::provider::allow())?;
                }
            }
        }
    }

    /// Goes to a URL by hand, and follows redirects up to one that `stops`: its URL, not visited.
    ///
    /// # Errors
    /// Where no such redirect comes.
    pub async fn open_until(
        &mut self,
        url: &Url,
        stops: impl Fn(&Url) -> bool + Sync,
    ) -> Result<Url, VisitError> {
        self.follow_until(Navigation::to(url, None), stops).await
    }

    /// Fills in fields by their names, and presses a control.
    ///
    /// # Errors
    /// Where there is no such field or control, or no page comes.
    pub async fn press_filled(
        &mut self,
        control: &Control,
        fill: &BTreeMap<String, String>,
    ) -> Result<(), VisitError> {
        let navigation = self.navigation(self.filled(control, fill)?);
        self.navigate(navigation).await
    }

    /// The same, and follows redirects up to one that `stops`: its URL, not visited.
    ///
    /// # Errors
    /// Where there is no such field or control, or no such redirect comes.
    pub async fn press_until(
        &mut self,
        control: &Control,
        fill: &BTreeMap<String, String>,
        stops: impl Fn(&Url) -> bool + Sync,
    ) -> Result<Url, VisitError> {
        let navigation = self.navigation(self.filled(control, fill)?);
        self.follow_until(navigation, stops).await
    }

    async fn follow_until(
        &mut self,
        mut navigation: Navigation,
        stops: impl Fn(&Url) -> bool + Sync,
    ) -> Result<Url, VisitError> {
        self.history.clear();
        for _ in 0..=REDIRECTS {
            let (visited, next) = self.request(navigation).await?;
            match next {
                Some(next) if stops(&next.url) => return Ok(next.url),
                Some(next) => navigation = next,
                None => {
                    let url = visited.page.url.to_string();
                    let detail = format!("leads nowhere: {}", visited.page.words());
                    return Err(VisitError::NoAnswer { url, detail });
                }
            }
        }
        let last = self.history.last().map(|hop| hop.url.to_string());
        Err(VisitError::RedirectLoop {
            first: self.app.home.to_string(),
            last: last.unwrap_or_default(),
        })
    }

    /// Sends a form to a URL, as a page at `from` would.
    ///
    /// # Errors
    /// As for [`open`](Person::open).
    pub async fn send_form(
        &mut self,
        from: &Url,
        to: &Url,
        form: &[(&str, &str)],
    ) -> Result<(), VisitError> {
        let form = form
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let navigation = Navigation::to(to, Some(from.clone()));
        self.navigate(Navigation {
            method: Method::POST,
            form,
            ..navigation
        })
        .await
    }

    /// Asks for the head of a URL, as a program does that looks at links before a person follows
    /// them; redirects are not followed.
    ///
    /// # Errors
    /// As for [`open`](Person::open).
    pub async fn ask_head(&mut self, url: &Url) -> Result<(), VisitError> {
        let navigation = Navigation {
            method: Method::HEAD,
            ..Navigation::to(url, None)
        };
        self.request(navigation).await.map(drop)
    }

    fn action(&self, control: &Control) -> Result<Action, VisitError> {
        let page = &self.visited()?.page;
        let action = page.action(control);
        action.ok_or_else(|| no_such(page, control.clone()))
    }

    fn filled(
        &self,
        control: &Control,
        fill: &BTreeMap<String, String>,
    ) -> Result<Action, VisitError> {
        let filled = self.action(control)?.filled(fill);
        let page = &self.visited()?.page;
        filled.map_err(|name| no_such(page, Control::field(&name)))
    }

    fn visited(&self) -> Result<&Visited, VisitError> {
        self.current.as_ref().ok_or_else(|| VisitError::NoAnswer {
            url: self.app.home.to_string(),
            detail: "no page was opened yet".to_owned(),
        })
    }

    fn navigation(&self, action: Action) -> Navigation {
        let from = self
            .current
            .as_ref()
            .map(|visited| visited.page.url.clone());
        match action {
            Action::Follow(url) | Action::Ask(url) => Navigation::to(&url, from),
            Action::Send(url, form) => Navigation {
                method: Method::POST,
                form,
                ..Navigation::to(&url, from)
            },
        }
    }

    async fn navigate(&mut self, mut navigation: Navigation) -> Result<(), VisitError> {
        let first = navigation.url.clone();
        self.history.clear();
        for _ in 0..=REDIRECTS {
            let (visited, next) = self.request(navigation).await?;
            match next {
                None => {
                    self.current = Some(visited);
                    return Ok(());
                }
                Some(next) => navigation = next,
            }
        }
        let last = self
            .history
            .last()
            .map(|hop| hop.url.to_string())
            .unwrap_or_default();
        Err(VisitError::RedirectLoop {
            first: first.to_string(),
            last,
        })
    }
}

impl Person for Visitor {
    fn app(&self) -> &AppPages {
        &self.app
    }

    async fn open(&mut self, url: &Url) -> Result<(), VisitError> {
        self.navigate(Navigation::to(url, None)).await
    }

    async fn press(&mut self, control: &Control) -> Result<(), VisitError> {
        let navigation = self.navigation(self.action(control)?);
        self.navigate(navigation).await
    }

    async fn page(&mut self) -> Result<Page, VisitError> {
        self.visited().map(|visited| visited.page.clone())
    }
}

fn no_such(page: &Page, control: Control) -> VisitError {
    VisitError::NoSuchControl {
        url: page.url.to_string(),
        control,
        words: page.words(),
    }
}
