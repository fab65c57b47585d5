//! A request that is being checked.

use std::sync::Arc;

use super::authorization_request::{CodeChallenge, CodeChallengeMethod, ResponseMode};
use super::{Parameters, Request, id_token_hint, redirect_uri};
use crate::check::{Check, Refusal};
use crate::client::Client;
use crate::error::ReplyTo;
use crate::flavour::{AuthorizationText, FlavourText, RedirectUriMatch};
use crate::tenant::Tenant;

/// A request that is being checked.
pub(super) struct Draft<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) parameters: &'a Arc<Parameters>,
    pub(super) client: Option<Arc<Client>>,
    /// The directory that the request's path names.
    pub(super) directory: Option<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(tenant: &'a Tenant, request: &'a Request) -> Self {
        let parameters = request.parameters();
        let client = parameters.first("client_id");
        Self {
            client: client.and_then(|id| tenant.client(id)),
            directory: request.variable.clone(),
            tenant,
            parameters,
        }
    }

    pub(super) fn first(&self, name: &str) -> Option<&'a str> {
        self.parameters.first(name)
    }

    /// The values of a parameter that is a list separated by spaces.
    pub(super) fn words(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.first(name)
            .unwrap_or_default()
            .split_ascii_whitespace()
    }

    /// The known scopes by their short names, each once, in the order they came.
    pub(super) fn scopes(&self) -> Vec<String> {
        let mut scopes: Vec<String> = Vec::new();
        let separator = self.text().scopes.separator.as_str();
        for scope in self.words("scope").flat_map(|word| word.split(separator)) {
            match self.text().scopes.short_name(scope) {
                Some(short) if scopes.iter().all(|known| known != short) => {
                    scopes.push(short.into());
                }
                _ => {}
            }
        }
        scopes
    }

    /// Where the answer goes: where the request does not say it, to the client's first URI.
    pub(super) fn redirect_uri(&self) -> Option<&str> {
        let registered = || Some(self.client.as_ref()?.redirect_uris.first()?.as_str());
        self.first("redirect_uri").or_else(registered)
    }

    /// Whether a redirect URI is as good as a registered one.
    pub(super) fn is_registered(&self, uri: &str) -> bool {
        let mut registered = self.client.iter().flat_map(|it| &it.redirect_uris);
        match self.rules().redirect_uri_match {
            RedirectUriMatch::Exact => registered.any(|known| known == uri),
            RedirectUriMatch::Below => registered.any(|known| redirect_uri::is_below(uri, known)),
        }
    }

    /// The challenge, where the provider knows its method; else it is none.
    pub(super) fn challenge(&self) -> Option<CodeChallenge> {
        let known = &self.text().token.code_challenge_methods;
        if known.iter().all(|known| known != self.challenge_method()) {
            return None;
        }
        Some(CodeChallenge {
            challenge: self.first("code_challenge")?.into(),
            method: CodeChallengeMethod::named(self.challenge_method())?,
        })
    }

    fn challenge_method(&self) -> &'a str {
        let default = &self.text().token.default_code_challenge_method;
        self.first("code_challenge_method").unwrap_or(default)
    }

    /// Where the answer goes; where no mode was asked for, or none that there is, to the query.
    pub(super) fn response_mode(&self) -> ResponseMode {
        match self.first("response_mode") {
            Some("fragment") => ResponseMode::Fragment,
            Some("form_post") => ResponseMode::FormPost,
            _ => ResponseMode::Query,
        }
    }

    /// Where the app can be told of an error: the redirect URI, if it is one of this client's.
    pub(super) fn reply_to(&self) -> Option<ReplyTo> {
        let client = self.client.as_ref()?;
        let redirect_uri = self.redirect_uri()?;
        self.is_registered(redirect_uri).then(|| ReplyTo {
            redirect_uri: redirect_uri.into(),
            state: self.first("state").map(str::to_owned),
            response_mode: self.response_mode(),
            client: client.client_id.clone(),
            authorization: Arc::clone(self.parameters),
        })
    }

    /// Whom `id_token_hint` is about; a hint that is no ID token of this provider's is about
    /// nobody.
    pub(super) fn expected_sub(&self) -> Option<String> {
        let hint = self.first("id_token_hint")?;
        let claims = id_token_hint::read(self.tenant, hint);
        Some(claims.map(|claims| claims.sub).unwrap_or_default())
    }

    /// The first class that was asked for and is known. Asking is voluntary: others are no error,
    /// OpenID Connect Core 5.5.1.1.
    pub(super) fn acr(&self) -> Option<String> {
        let known = &self.rules().acr_values;
        let found = self
            .words("acr_values")
            .find(|asked| known.iter().any(|it| it == asked));
        found.map(str::to_owned)
    }

    pub(super) fn text(&self) -> &'a FlavourText {
        &self.tenant.flavour().text
    }

    pub(super) fn rules(&self) -> &'a AuthorizationText {
        &self.text().authorization
    }

    /// Refuses by `check` because of `value`, unless the check is waived.
    pub(super) fn refuse_value(
        &self,
        check: Check,
        value: &str,
        reason: String,
    ) -> Result<(), Refusal> {
        let refused = self.tenant.enforce(check, || reason);
        refused.map_err(|refusal| refusal.with("value", value))
    }
}
