//! An authorization request,
//! [RFC 6749 section 4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1) and
//! [OpenID Connect Core 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest): checked in the
//! flavour's order, then read into types.

use std::sync::Arc;

use super::authorization_checks::check;
use super::draft::Draft;
use super::{Parameters, Request};
use crate::answer::Encoding;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::error::ReplyTo;
use crate::tenant::Tenant;

/// A request that passed every check.
#[derive(Debug)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client: Arc<Client>,
    pub(crate) redirect_uri: String,
    /// The directory that the request's path names.
    pub(crate) directory: Option<String>,
    pub(crate) response_mode: ResponseMode,
    pub(crate) state: Option<String>,
    /// The short names of the scopes, each once.
    pub(crate) scopes: Arc<[String]>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<CodeChallenge>,
    pub(crate) prompt: Prompt,
    pub(crate) is_offline: bool,
    pub(crate) login_hint: Option<String>,
    /// The `sub` of `id_token_hint`: who is expected to be logged in.
    pub(crate) id_token_hint: Option<String>,
    /// How long ago the visitor may have logged in, in seconds.
    pub(crate) max_age: Option<i64>,
    /// The first class of `acr_values` that the provider knows.
    pub(crate) acr: Option<String>,
    /// The parameters as they came.
    pub(crate) parameters: Arc<Parameters>,
}

/// Where in the redirect URI the answer goes,
/// [OAuth 2.0 Multiple Response Types 2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

impl ResponseMode {
    pub(crate) const fn encoding(self) -> Encoding {
        match self {
            Self::Query => Encoding::Query,
            Self::Fragment => Encoding::Fragment,
            Self::FormPost => Encoding::FormPost,
        }
    }
}

/// What the token request must prove to know,
/// [RFC 7636 section 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeChallenge {
    pub(crate) challenge: String,
    pub(crate) method: CodeChallengeMethod,
}

/// How a challenge is made of a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeChallengeMethod {
    Plain,
    S256,
}

impl CodeChallengeMethod {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "plain" => Some(Self::Plain),
            "S256" => Some(Self::S256),
            _ => None,
        }
    }
}

/// Which pages the app wants to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "any of them can stand beside the others"
)]
pub(crate) struct Prompt {
    /// None at all.
    pub(crate) none: bool,
    /// The login also where somebody is logged in.
    pub(crate) login: bool,
    /// The account chooser also where somebody is logged in.
    pub(crate) select_account: bool,
    /// The consent page also where consent was given before.
    pub(crate) consent: bool,
}

impl AuthorizationRequest {
    /// Checks the parameters in the flavour's order, then reads them.
    pub(super) fn parse(tenant: &Tenant, request: &Request) -> Result<Self, Refusal> {
        let draft = Draft::new(tenant, request);
        for name in &tenant.flavour().text.authorization.checks {
            check(*name, &draft).map_err(|refusal| match draft.reply_to() {
                Some(reply_to) => refusal.reply_to(reply_to),
                None => refusal,
            })?;
        }
        Self::read(&draft)
    }

    fn read(draft: &Draft<'_>) -> Result<Self, Refusal> {
        let missing = |check: Check| move || refuse(check, "the flavour does not make this check");
        let client = draft.client.clone();
        let redirect_uri = draft.redirect_uri();
        let prompts = |asked: &str| draft.words("prompt").any(|prompt| prompt == asked);
        Ok(Self {
            client: client.ok_or_else(missing(Check::AuthorizationClient))?,
            redirect_uri: redirect_uri
                .ok_or_else(missing(Check::AuthorizationRedirectUriMissing))?
                .into(),
            directory: draft.directory.clone(),
            response_mode: draft.response_mode(),
            state: draft.first("state").map(str::to_owned),
            scopes: draft.scopes().into(),
            nonce: draft.first("nonce").map(str::to_owned),
            challenge: draft.challenge(),
            prompt: Prompt {
                none: prompts("none"),
                login: prompts("login"),
                select_account: prompts("select_account"),
                consent: prompts("consent"),
            },
            is_offline: draft.first("access_type") == Some("offline"),
            login_hint: draft.first("login_hint").map(str::to_owned),
            id_token_hint: draft.expected_sub(),
            max_age: draft
                .first("max_age")
                .and_then(|max_age| max_age.parse().ok()),
            acr: draft.acr(),
            parameters: Arc::clone(draft.parameters),
        })
    }

    /// What a token refers to that was made without a request.
    pub(crate) fn without_one(
        client: Arc<Client>,
        scopes: Arc<[String]>,
        nonce: Option<String>,
    ) -> Self {
        Self {
            client,
            redirect_uri: String::new(),
            directory: None,
            response_mode: ResponseMode::Query,
            state: None,
            scopes,
            nonce,
            challenge: None,
            prompt: Prompt::default(),
            is_offline: false,
            login_hint: None,
            id_token_hint: None,
            max_age: None,
            acr: None,
            parameters: Arc::default(),
        }
    }

    /// Where an error goes that the app is to hear of.
    pub(crate) fn reply_to(&self) -> ReplyTo {
        ReplyTo {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            response_mode: self.response_mode,
            client: self.client.client_id.clone(),
            authorization: Arc::clone(&self.parameters),
        }
    }

    /// What pages call the app: its name, or the host of its redirect URI.
    pub(crate) fn app_name(&self) -> String {
        let host = || {
            let url = url::Url::parse(&self.redirect_uri).ok()?;
            url.host_str().map(str::to_owned)
        };
        let name = self.client.client_name.clone();
        name.or_else(host)
            .unwrap_or_else(|| self.client.client_id.clone())
    }
}
