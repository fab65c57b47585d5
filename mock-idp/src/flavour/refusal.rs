//! What a refusal says, and by which way it gets to whom.

use serde::Deserialize;

use crate::check::Refusal;

/// One row of the flavour's table of refusals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalText {
    pub(crate) deliver: Deliver,
    /// The code, [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
    pub(crate) error: String,
    /// The HTTP status; on an error page, the number that the page shows.
    pub(crate) status: u16,
    /// The words; `{name}` stands for a fact of the refusal.
    #[serde(default)]
    text: String,
    /// The page's headline, where it is not the usual one.
    pub(crate) heading: Option<String>,
    pub(crate) help: Option<String>,
    /// The request's parameters that the page repeats.
    #[serde(default)]
    pub(crate) echo: Vec<String>,
    /// The parameters of an answer by redirect, in order.
    #[serde(default)]
    pub(crate) parameters: Vec<ErrorParameter>,
    pub(crate) error_subtype: Option<String>,
    /// The number of the error, where the provider gives them numbers.
    pub(crate) number: Option<u32>,
    /// The page about it, for the app to link to.
    pub(crate) error_uri: Option<String>,
    /// The members of an answer in JSON, in order, where they are not the usual ones.
    pub(crate) members: Option<Vec<ErrorMember>>,
    /// Whether a `WWW-Authenticate` header goes with it
    /// ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    #[serde(default)]
    pub(crate) challenge: bool,
}

/// How a refusal gets to whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deliver {
    /// By redirect to the provider's own error page; the app never hears of it.
    ErrorPage,
    /// As a page, at once.
    Page,
    /// As a page that names everybody a `login_hint` could have meant.
    HintPage,
    /// As JSON ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    Json,
    /// To the app, by redirect
    /// ([RFC 6749 section 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
    Redirect,
    /// To the app, by redirect to the first URI that it registered, whatever this request said.
    RedirectRegistered,
}

/// A member of an error in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorMember {
    Error,
    ErrorDescription,
    ErrorUri,
    /// The numbers of what went wrong.
    ErrorCodes,
    Timestamp,
    TraceId,
    CorrelationId,
    /// The words, as an API calls them.
    Message,
    DocumentationUrl,
    /// The HTTP status, as a text.
    Status,
}

/// A parameter of an error that goes to the app by redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorParameter {
    State,
    ErrorSubtype,
    Error,
    ErrorDescription,
    ErrorUri,
    Iss,
}

impl RefusalText {
    /// The words, with the facts of this refusal filled in.
    pub(crate) fn words(&self, refusal: &Refusal) -> String {
        let mut words = self.text.clone();
        for (name, value) in &refusal.facts {
            words = words.replace(&format!("{{{name}}}"), value);
        }
        words
    }
}
