//! [`Person`]: somebody who logs in, whatever they see the pages with.

use url::Url;

use crate::pages::{AppPages, Control, Page, Shown, provider};

/// How an attempt to log in ended, as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The app greets by this name.
    SignedIn(String),
    /// The app shows a page that refuses, with this reason.
    Refused(String),
    /// The app shows its login page and says nothing.
    SignedOut,
    /// The provider shows a page of its own that leads nowhere: its words.
    AtProvider(String),
    /// Something else: a page without the control that should be there, no answer at all.
    Stuck(String),
}

impl Outcome {
    /// The refusal with this reason.
    #[must_use]
    pub fn refused(reason: &str) -> Self {
        Self::Refused(reason.to_owned())
    }
}

/// Why a step could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VisitError {
    /// The page has no such link or button.
    #[error("{url} has no {control:?}; it says: {words}")]
    NoSuchControl {
        /// The page.
        url: String,
        /// What was looked for.
        control: Control,
        /// What the page says instead.
        words: String,
    },
    /// No answer, or none that is a page.
    #[error("{url}: {detail}")]
    NoAnswer {
        /// What was asked.
        url: String,
        /// What went wrong.
        detail: String,
    },
    /// One redirect led to another for too long.
    #[error("{first} redirects without end; last to {last}")]
    RedirectLoop {
        /// Where it began.
        first: String,
        /// Where it was given up.
        last: String,
    },
}

/// Somebody who uses the app: over HTTP ([`Visitor`](crate::Visitor)) or in a browser
/// ([`Browser`](crate::Browser)). What they do is written once, here.
#[expect(
    async_fn_in_trait,
    reason = "used with known types only, never as a bound that needs Send"
)]
pub trait Person {
    /// The app they use.
    fn app(&self) -> &AppPages;

    /// Goes to a URL by hand, as from the address bar.
    async fn open(&mut self, url: &Url) -> Result<(), VisitError>;

    /// Presses a link or a button of the current page.
    async fn press(&mut self, control: &Control) -> Result<(), VisitError>;

    /// The current page.
    async fn page(&mut self) -> Result<Page, VisitError>;

    /// Goes to the app and presses the login button; ends at the provider if all is well.
    async fn begin_login(&mut self) -> Result<(), VisitError> {
        let app = self.app().clone();
        self.open(&app.home).await?;
        self.press(&app.log_in).await
    }

    /// At the provider: chooses this account, and allows where consent is asked for.
    async fn choose_and_allow(&mut self, persona: &str) -> Result<(), VisitError> {
        self.press(&provider::account(persona)).await?;
        if self.page().await?.action(&provider::allow()).is_some() {
            self.press(&provider::allow()).await?;
        }
        Ok(())
    }

    /// The whole login, from the app's home page to the page where it ends.
    async fn sign_in_as(&mut self, persona: &str) -> Outcome {
        let steps = async {
            self.begin_login().await?;
            if self
                .page()
                .await?
                .action(&provider::account(persona))
                .is_some()
            {
                self.choose_and_allow(persona).await?;
            }
            self.outcome().await
        };
        steps
            .await
            .unwrap_or_else(|error: VisitError| Outcome::Stuck(error.to_string()))
    }

    /// Begins a login, chooses an account, and presses Cancel where consent is asked for.
    async fn cancel_at_consent(&mut self, persona: &str) -> Outcome {
        let steps = async {
            self.begin_login().await?;
            self.press(&provider::account(persona)).await?;
            self.press(&provider::cancel()).await?;
            self.outcome().await
        };
        steps
            .await
            .unwrap_or_else(|error: VisitError| Outcome::Stuck(error.to_string()))
    }

    /// Goes to the app and presses the logout button; ends where the app leads.
    async fn sign_out(&mut self) -> Outcome {
        let app = self.app().clone();
        let steps = async {
            self.open(&app.home).await?;
            self.press(&app.log_out).await?;
            self.outcome().await
        };
        steps
            .await
            .unwrap_or_else(|error: VisitError| Outcome::Stuck(error.to_string()))
    }

    /// What the current page says about how it went.
    async fn outcome(&mut self) -> Result<Outcome, VisitError> {
        let page = self.page().await?;
        if page.url.origin() != self.app().home.origin() {
            return Ok(Outcome::AtProvider(page.words()));
        }
        Ok(match self.app().read(&page) {
            Shown::SignedIn(name) => Outcome::SignedIn(name),
            Shown::SignedOut => Outcome::SignedOut,
            Shown::Refusal(reason) => Outcome::Refused(reason),
            Shown::Something => Outcome::Stuck(format!("{}: {}", page.url, page.words())),
        })
    }

    /// Who the app says is logged in, asked anew at its home page; `None` for nobody.
    ///
    /// # Panics
    /// When the home page says neither.
    async fn who(&mut self) -> Option<String> {
        let home = self.app().home.clone();
        let opened = self.open(&home).await;
        let outcome = match opened {
            Ok(()) => self.outcome().await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(Outcome::SignedIn(name)) => Some(name),
            Ok(Outcome::SignedOut) => None,
            other => {
                panic!("the home page says neither who is logged in nor that nobody is: {other:?}")
            }
        }
    }
}
