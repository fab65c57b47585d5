//! Somebody who uses the app under test, over HTTP, or in a browser where its pages need JavaScript.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mock_idp::Persona;
use serde_json::Value;
use url::Url;

use super::begin::{Begin, Fields, Pressed};
use super::browsers::Browsers;
use super::case::RealProvider;
use super::profile::{Profile, Whoami};
use crate::browser::Surfer;
use crate::pages::{Action, AppPages, Control, Page};
use crate::person::{Person as _, VisitError};
use crate::visitor::Visitor;

/// Who the app says is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody.
    Nobody,
    /// The persona of this id.
    Persona(String),
    /// Somebody whom the provider does not know: the words that say so.
    Somebody(String),
}

/// Makes guests of an app.
#[derive(Clone, Debug)]
pub struct Guests {
    /// How the app is used.
    pub profile: Arc<Profile>,
    /// What its pages are seen with, where they need JavaScript.
    pub browsers: Option<Arc<Browsers>>,
}

/// Somebody with a browser of their own.
#[derive(Debug)]
pub struct Guest {
    /// The person, with their cookies and the last page, and what led there. What they do over HTTP
    /// is done with the same cookies as what they do in a browser.
    pub visitor: Visitor,
    base: Url,
    guests: Guests,
    surfer: Option<Surfer>,
}

impl Guests {
    /// Who log in the way that leads to this provider.
    pub(super) fn at(&self, provider: RealProvider) -> Self {
        let mut guests = self.clone();
        if let Some(login) = self.profile.login_at(provider).cloned() {
            Arc::make_mut(&mut guests.profile).login = login;
        }
        guests
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if let (Some(browsers), Some(surfer)) = (&self.guests.browsers, self.surfer.take()) {
            browsers.give_back(surfer);
        }
    }
}

impl Guest {
    pub(super) fn new(base: Url, guests: Guests) -> Self {
        Self {
            visitor: Visitor::new(AppPages::jarvis(base.as_str())),
            base,
            guests,
            surfer: None,
        }
    }

    /// The browser, where one is used.
    async fn surfer(&mut self) -> Result<Option<(&mut Surfer, &mut Visitor)>, VisitError> {
        if let (Some(browsers), None) = (&self.guests.browsers, &self.surfer) {
            self.surfer = Some(
                browsers
                    .take(&self.base, self.guests.profile.patience())
                    .await?,
            );
        }
        Ok(self
            .surfer
            .as_mut()
            .map(|surfer| (surfer, &mut self.visitor)))
    }

    /// Goes to a URL by hand.
    ///
    /// # Errors
    /// When no page comes.
    pub async fn open(&mut self, url: &Url) -> Result<(), VisitError> {
        match self.surfer().await? {
            Some((surfer, visitor)) => surfer.open(visitor, url).await,
            None => self.visitor.open(url).await,
        }
    }

    async fn press(&mut self, control: &Control, fill: &Fields) -> Result<(), VisitError> {
        match self.surfer().await? {
            Some((surfer, visitor)) => surfer.press(visitor, control, fill).await,
            None => self.visitor.press_filled(control, fill).await,
        }
    }

    /// A URL of the app.
    #[must_use]
    pub fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap_or_else(|_| self.base.clone())
    }

    /// Begins a login, and follows to where it ends.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn log_in(&mut self) -> Result<(), VisitError> {
        let begin = self.guests.profile.login.clone();
        self.begin(&begin).await?;
        self.send_what_a_script_would().await
    }

    /// The same at the second provider.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn log_in_at_second(&mut self) -> Result<(), VisitError> {
        let begin = self.guests.profile.second_login.clone();
        self.begin(&begin.unwrap_or(Begin::Path("/".into())))
            .await?;
        self.send_what_a_script_would().await
    }

    /// Logs out.
    ///
    /// # Errors
    /// When a page does not come, or has no such button.
    pub async fn log_out(&mut self) -> Result<(), VisitError> {
        let begin = self.guests.profile.logout.clone();
        self.begin(&begin.unwrap_or(Begin::Path("/".into()))).await
    }

    /// Begins a login and follows it until the provider sends the browser back: the URL at the app,
    /// not visited.
    ///
    /// # Errors
    /// When no such redirect comes.
    pub async fn callback_url(&mut self) -> Result<Url, VisitError> {
        let begin = self.guests.profile.login.clone();
        self.callback_url_of(&begin).await
    }

    pub(super) async fn callback_url_of(&mut self, begin: &Begin) -> Result<Url, VisitError> {
        let base = self.base.clone();
        if let Some((surfer, _)) = self.surfer().await? {
            surfer.hold_return(&base);
            let step = self.begin(begin).await;
            return self.held(step).await;
        }
        let was_away = AtomicBool::new(false);
        let stops = |url: &Url| {
            let is_home = url.origin() == base.origin();
            was_away.fetch_or(!is_home, Ordering::Relaxed) && is_home
        };
        match begin.pressed() {
            Some(pressed) => {
                self.visitor.open(&self.url(pressed.page)).await?;
                let Pressed { control, fill, .. } = pressed;
                self.visitor.press_until(&control, fill, stops).await
            }
            None => self.visitor.open_until(&self.begun_at(begin), stops).await,
        }
    }

    /// The callback's URL, which the browser was kept from.
    async fn held(&mut self, step: Result<(), VisitError>) -> Result<Url, VisitError> {
        let held = self.surfer.as_ref().and_then(Surfer::held);
        if let Some(held) = held {
            return Ok(held);
        }
        step?;
        let page = self.visitor.page().await?;
        Err(VisitError::NoAnswer {
            url: page.url.to_string(),
            detail: format!("leads nowhere: {}", page.words()),
        })
    }

    /// The page where they are.
    ///
    /// # Errors
    /// When there is none.
    pub async fn page(&mut self) -> Result<Page, VisitError> {
        self.visitor.page().await
    }

    /// How the page looks, where a browser is used: a PNG.
    pub(super) async fn screenshot(&self) -> Option<Vec<u8>> {
        self.surfer.as_ref()?.screenshot().await
    }

    /// Who the app says is logged in, asked anew.
    ///
    /// # Errors
    /// When the page does not come.
    pub async fn who(&mut self, personas: &[Arc<Persona>]) -> Result<Who, VisitError> {
        let whoami = self.guests.profile.whoami.clone();
        let url = self.url(&whoami.path);
        if whoami.json.is_some() {
            // A browser shows a document in a page of its own making.
            self.visitor.open(&url).await?;
        } else {
            self.open(&url).await?;
        }
        let page = self.visitor.page().await?;
        let who = read(&whoami, &page, personas);
        match (&mut self.surfer, &who) {
            (Some(surfer), Who::Somebody(_)) if whoami.json.is_none() => {
                // The page may not be complete yet, although all of it has arrived.
                let known =
                    |page: &Page| !matches!(read(&whoami, page, personas), Who::Somebody(_));
                let page = surfer.page_that(&mut self.visitor, known).await?;
                Ok(read(&whoami, &page, personas))
            }
            _ => Ok(who),
        }
    }

    async fn begin(&mut self, begin: &Begin) -> Result<(), VisitError> {
        match begin.pressed() {
            Some(pressed) => {
                self.open(&self.url(pressed.page)).await?;
                self.press(&pressed.control, pressed.fill).await
            }
            None => self.open(&self.begun_at(begin)).await,
        }
    }

    fn begun_at(&self, begin: &Begin) -> Url {
        match begin {
            Begin::Path(path) => self.url(path),
            Begin::Press { page, .. } | Begin::Select { page, .. } => self.url(page),
        }
    }

    /// A page of the provider with a form for the app sends it by a script.
    async fn send_what_a_script_would(&mut self) -> Result<(), VisitError> {
        if self.surfer.is_some() {
            return Ok(());
        }
        let page = self.visitor.page().await?;
        if page.url.origin() == self.base.origin() {
            return Ok(());
        }
        match page.only_form() {
            Some(Action::Send(to, form)) if to.origin() == self.base.origin() => {
                let form: Vec<_> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                self.visitor.send_form(&page.url, &to, &form).await
            }
            _ => Ok(()),
        }
    }
}

/// Whom a page shows.
fn read(whoami: &Whoami, page: &Page, personas: &[Arc<Persona>]) -> Who {
    if let Some(pointer) = &whoami.json {
        return read_json(pointer, &page.html, personas);
    }
    let words = page.words();
    let text = if words.is_empty() { &page.html } else { &words };
    match found(text, personas) {
        Some(id) => Who::Persona(id),
        None if is_nobody(whoami, page.status, text) => Who::Nobody,
        None => Who::Somebody(shortened(text)),
    }
}

/// Whether the page says that nobody is logged in. Where the profile does not tell how it would, a
/// page without a known name is taken for one that does.
fn is_nobody(whoami: &Whoami, status: Option<u16>, text: &str) -> bool {
    match (&whoami.nobody, whoami.nobody_status) {
        (None, None) => true,
        (Some(words), _) if text.contains(words.as_str()) => true,
        (_, Some(nobody)) => status == Some(nobody),
        (Some(_), None) => false,
    }
}

fn read_json(pointer: &str, body: &str, personas: &[Arc<Persona>]) -> Who {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    match document.pointer(pointer) {
        None | Some(Value::Null | Value::Bool(false)) => Who::Nobody,
        Some(Value::String(text)) if text.is_empty() => Who::Nobody,
        Some(value) => {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            found(&text, personas).map_or(Who::Somebody(text), Who::Persona)
        }
    }
}

/// The persona whose name, e-mail address or subject stands there.
fn found(text: &str, personas: &[Arc<Persona>]) -> Option<String> {
    let stands = |told: &Option<String>| told.as_deref().is_some_and(|told| text.contains(told));
    let persona = personas
        .iter()
        .find(|it| stands(&it.name) || stands(&it.email) || stands(&it.sub))?;
    Some(persona.id.clone())
}

pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}..", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page {
            url: "http://localhost/".parse().unwrap(),
            status: Some(200),
            html: html.into(),
        }
    }

    fn check(whoami: &Whoami, html: &str, expected: &Who) {
        let personas: Vec<_> = mock_idp::persona::starter()
            .into_iter()
            .map(Arc::new)
            .collect();
        assert_eq!(&read(whoami, &page(html), &personas), expected, "{html}");
    }

    #[test]
    fn a_page_shows_somebody_by_name_or_address() {
        let mut whoami = Whoami {
            path: "/".into(),
            json: None,
            nobody: None,
            nobody_status: None,
        };
        let alice = || Who::Persona("alice".into());
        check(&whoami, "<h1>Welcome, Alice&#32;Example!</h1>", &alice());
        check(&whoami, "you are alice@example.com", &alice());
        check(&whoami, "<h1>Login Required</h1>", &Who::Nobody);
        check(&whoami, "<h1>Welcome, Eve!</h1>", &Who::Nobody);
        whoami.nobody = Some("Login Required".into());
        check(
            &whoami,
            "<h1>Welcome, Eve!</h1>",
            &Who::Somebody("Welcome, Eve!".into()),
        );
        whoami.nobody_status = Some(200);
        check(&whoami, "<h1>Welcome, Eve!</h1>", &Who::Nobody);
    }

    #[test]
    fn a_document_shows_somebody_at_a_pointer() {
        let whoami = Whoami {
            path: "/".into(),
            json: Some("/user/email".into()),
            nobody: None,
            nobody_status: None,
        };
        let alice = Who::Persona("alice".into());
        check(
            &whoami,
            r#"{"user": {"email": "alice@example.com"}}"#,
            &alice,
        );
        check(&whoami, r#"{"user": {"email": null}}"#, &Who::Nobody);
        check(&whoami, r#"{"user": null}"#, &Who::Nobody);
        check(&whoami, "<html>", &Who::Nobody);
        check(
            &whoami,
            r#"{"user": {"email": 7}}"#,
            &Who::Somebody("7".into()),
        );
    }
}
