//! What each page shows, as plain data.

use std::sync::Arc;

use askama::Template;

use super::scope;
use super::words::Words;
use crate::client::Client;
use crate::console::{Publishing, PublishingStatus, WebClient};
use crate::persona::Persona;

/// A persona as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face<'a> {
    /// The persona's id; the value that the account chooser sends back.
    pub id: &'a str,
    /// The name, or what there is in its place.
    pub name: &'a str,
    /// The e-mail address, unless it already stands in for the name.
    pub email: Option<&'a str>,
    /// Whether there is an address that nobody has verified.
    pub unverified: bool,
    /// Where the picture is.
    pub picture: String,
}

impl<'a> Face<'a> {
    /// Shows `persona` with the picture at the URL `picture`.
    #[must_use]
    pub fn new(persona: &'a Persona, picture: String) -> Self {
        let name = persona.display_name();
        let email = persona.email.as_deref().filter(|email| *email != name);
        Self {
            id: &persona.id,
            name,
            email,
            unverified: persona.email.is_some() && !persona.email_verified,
            picture,
        }
    }
}

/// The account chooser: posts `transaction` and either `persona` (an id), `account` (what was written
/// as another account) or `decision` = `cancel`.
#[derive(Clone, Debug, Template)]
#[template(path = "account_chooser.html")]
pub struct AccountChooser<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The transaction the answer belongs to.
    pub transaction: &'a str,
    /// What the app is called: its name, or the host of its redirect URI.
    pub app: &'a str,
    /// What it says.
    pub words: &'a Words,
    /// Who can be chosen, in this order.
    pub personas: &'a [Face<'a>],
    /// The id of the persona the app's `login_hint` meant; gets the focus.
    pub hinted: Option<&'a str>,
    /// What the app's `login_hint` says where it means none of them; stands in the field for another
    /// account.
    pub account: Option<&'a str>,
}

/// The consent page: posts `transaction` and `decision` = `allow` or `cancel`.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The transaction the answer belongs to.
    pub transaction: &'a str,
    /// What the app is called: its name, or the host of its redirect URI.
    pub app: &'a str,
    /// What it says.
    pub words: &'a Words,
    /// Who is about to allow it.
    pub persona: &'a Face<'a>,
    /// The scopes asked for, in any spelling the provider knows; shown in words.
    pub scopes: &'a [String],
}

impl Consent<'_> {
    fn scopes_in_words(&self) -> Vec<String> {
        scope::in_words(self.scopes)
    }
}

/// A refusal that the visitor sees and the app does not.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The headline, such as "Access blocked: Authorization Error".
    pub heading: &'a str,
    /// The number shown, which need not be the HTTP status.
    pub status: u16,
    /// The provider's code, such as `redirect_uri_mismatch`.
    pub code: &'a str,
    /// The provider's own text; line breaks are kept.
    pub message: &'a str,
    /// A page of the provider's that says more.
    pub help: Option<&'a str>,
    /// The parameters the provider shows beside its text, as name and value.
    pub details: &'a [(String, String)],
    /// What the mock has to say beyond that.
    pub reason: Option<Reason<'a>>,
}

impl ErrorPage<'_> {
    /// The help page, unless it is something else than a web page: the address of an error page is
    /// anybody's to write.
    fn help_link(&self) -> Option<&str> {
        self.help
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    }
}

/// Why the mock refused, for the developer of the app.
#[derive(Clone, Debug)]
pub struct Reason<'a> {
    /// The name of the check that failed, such as `authorization.redirect_uri`.
    pub check: &'a str,
    /// What exactly is wrong, in a sentence.
    pub words: &'a str,
    /// What would have been right, such as the registered redirect URIs.
    pub expected: &'a [String],
}

/// A `login_hint` that means nobody, while hints are to log people in without a page.
#[derive(Clone, Debug, Template)]
#[template(path = "unknown_hint.html")]
pub struct UnknownHint<'a> {
    /// What the app sent.
    pub hint: &'a str,
    /// Whom it could have meant.
    pub known: &'a [Arc<Persona>],
}

/// A form that sends itself; a button does where there is no JavaScript.
#[derive(Clone, Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPost<'a> {
    /// The app's redirect URI.
    pub action: &'a str,
    /// The response's parameters, in order.
    pub parameters: &'a [(String, String)],
}

/// "Log out?": posts `parameters` and `decision` = `log_out` or `stay`.
#[derive(Clone, Debug, Template)]
#[template(path = "log_out.html")]
pub struct LogOut<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The parameters of the logout request, to be sent again.
    pub parameters: &'a [(String, String)],
    /// What the app is called that asks for it, where it says who it is.
    pub app: Option<&'a str>,
}

/// What there is to see at the end, or on the way back to the app.
#[derive(Clone, Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOut<'a> {
    /// Whether the visitor is logged out; else they chose to stay.
    pub is_out: bool,
    /// The apps' own logout pages, shown in invisible frames
    /// ([Front-Channel Logout 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)).
    pub frames: &'a [String],
    /// Where the visitor goes once the frames are loaded.
    pub next: Option<&'a str>,
}

/// The provider's console: its clients, a form for another one, and for whom they are.
#[derive(Clone, Debug, Template)]
#[template(path = "console.html")]
pub struct Console<'a> {
    /// Where the forms go, and what the addresses of the files begin with.
    pub action: &'a str,
    /// Which provider it is.
    pub provider: &'a str,
    /// Everything that is registered.
    pub clients: &'a [Arc<Client>],
    /// For whom it is.
    pub publishing: &'a Publishing,
    /// What was wrong with what was sent.
    pub problems: &'a [String],
    /// What was sent and not registered.
    pub draft: &'a WebClient,
    is_testing: bool,
    test_users: String,
}

impl<'a> Console<'a> {
    /// A page without problems.
    #[must_use]
    pub fn new(
        action: &'a str,
        provider: &'a str,
        clients: &'a [Arc<Client>],
        publishing: &'a Publishing,
        problems: &'a [String],
        draft: &'a WebClient,
    ) -> Self {
        let users = publishing.test_users.iter().map(String::as_str);
        Self {
            action,
            provider,
            clients,
            publishing,
            problems,
            draft,
            is_testing: publishing.status == PublishingStatus::Testing,
            test_users: users.collect::<Vec<_>>().join("\n"),
        }
    }

    fn file_of(&self, client: &Client) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &client.client_id)
            .finish();
        format!("{}/client_secret.json?{query}", self.action)
    }
}
