//! A request that is being checked.

use std::sync::Arc;

use super::Parameters;
use super::authorization_request::{CodeChallenge, CodeChallengeMethod};
use crate::check::{Check, Refusal};
use crate::client::Client;
use crate::flavour::{AuthorizationText, FlavourText};
use crate::tenant::Tenant;

/// A request that is being checked.
pub(super) struct Draft<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) parameters: &'a Arc<Parameters>,
    pub(super) client: Option<Arc<Client>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(tenant: &'a Tenant, parameters: &'a Arc<Parameters>) -> Self {
        let client = parameters.first("client_id");
        Self {
            client: client.and_then(|id| tenant.client(id)),
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
        for scope in self.words("scope") {
            match self.text().scopes.short_name(scope) {
                Some(short) if scopes.iter().all(|known| known != short) => {
                    scopes.push(short.into());
                }
                _ => {}
            }
        }
        scopes
    }

    pub(super) fn challenge(&self) -> Option<CodeChallenge> {
        Some(CodeChallenge {
            challenge: self.first("code_challenge")?.into(),
            method: CodeChallengeMethod::named(self.challenge_method())?,
        })
    }

    fn challenge_method(&self) -> &'a str {
        let default = &self.text().token.default_code_challenge_method;
        self.first("code_challenge_method").unwrap_or(default)
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
