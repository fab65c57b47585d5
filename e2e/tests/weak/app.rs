//! The weak app: a login app, right in everything but what its switch gets wrong.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use e2e::conformance::{Log, Settings};
use serde_json::Value;
use url::Url;

use super::provider::Provider;
use super::switch::Switch;

/// What of it a case needs beside the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Usual,
    SignedUserinfo,
    PromptNone,
    FormPost,
    Refresh,
}

/// A copy of the app.
pub(crate) struct App {
    switch: Option<Switch>,
    pub(crate) mode: Mode,
    pub(crate) base: Url,
    pub(crate) log: Log,
    pub(crate) providers: [Provider; 2],
    pub(crate) state: Mutex<State>,
    /// One refresh at a time.
    pub(crate) refreshing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
pub(crate) struct State {
    /// Logins under way, by the cookie's value.
    pub(crate) transactions: HashMap<String, Transaction>,
    pub(crate) sessions: HashMap<String, Account>,
    /// The accounts, by what the app knows people by.
    pub(crate) accounts: HashMap<String, Account>,
    pub(crate) last_tokens: Option<Value>,
    /// The identifiers of logout tokens that were here.
    pub(crate) jtis: HashSet<String>,
    /// Keys by their kid, whoever published them.
    pub(crate) shared_keys: HashMap<String, Value>,
}

/// A login under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transaction {
    pub(crate) provider: usize,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
    pub(crate) go_on: String,
    /// Whether the provider was asked to show no page.
    pub(crate) is_silent: bool,
}

/// Somebody who logged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) email: String,
    /// What the page shows beside them, where it shows too much.
    pub(crate) more: String,
    pub(crate) login: Login,
}

/// What is kept of a login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) provider: usize,
    pub(crate) nonce: String,
    pub(crate) id_token: String,
    pub(crate) claims: Value,
    pub(crate) refresh_token: Option<String>,
    /// When the access token expires, in seconds since the Unix epoch.
    pub(crate) expires_at: Option<i64>,
}

/// Why somebody is not let in.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) why: String,
}

pub(crate) fn refuse(status: u16, why: impl Into<String>) -> Refusal {
    Refusal {
        status,
        why: why.into(),
    }
}

impl App {
    pub(crate) fn new(
        switch: Option<Switch>,
        mode: Mode,
        base: Url,
        log: Log,
        settings: &Settings,
    ) -> Arc<Self> {
        let providers = [&settings.provider, &settings.second];
        Arc::new(Self {
            switch,
            mode,
            base,
            log,
            providers: providers.map(|provided| Provider::new(provided.clone())),
            state: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
        })
    }

    pub(crate) fn has(&self, switch: Switch) -> bool {
        self.switch == Some(switch)
    }

    /// A check that its switch leaves out.
    pub(crate) fn check(&self, switch: Switch, is_right: bool, why: &str) -> Result<(), Refusal> {
        if is_right || self.has(switch) || self.has(Switch::NothingVerified) && is_of_tokens(switch)
        {
            return Ok(());
        }
        Err(refuse(400, why))
    }

    /// A check that only its switch makes: the app is then too strict.
    pub(crate) fn strict(&self, switch: Switch, is_right: bool, why: &str) -> Result<(), Refusal> {
        if self.has(switch) && !is_right {
            return Err(refuse(400, why));
        }
        Ok(())
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn say(&self, line: String) {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// The page that refuses.
    pub(crate) fn refusal(&self, refusal: &Refusal) -> Response {
        let status = if self.has(Switch::CrashesOnRefusals) {
            500
        } else {
            refusal.status
        };
        self.say(format!("refused: {}", refusal.why));
        let inside = if self.has(Switch::InsidesOnThePage) {
            "<pre>Traceback (most recent call last)</pre>"
        } else {
            ""
        };
        let why = if self.has(Switch::DescriptionsAsMarkup) {
            refusal.why.clone()
        } else {
            escaped(&refusal.why)
        };
        let html = format!("<body><h1>Refused</h1><p>{why}</p>{inside}</body>");
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Html(html)).into_response()
    }
}

/// Whether a switch is about what an app learns from a verified token.
fn is_of_tokens(switch: Switch) -> bool {
    matches!(switch, Switch::NeedsATyp)
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
