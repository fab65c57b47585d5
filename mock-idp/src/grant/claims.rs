//! The values of claims about a persona and a login.

use super::Authentication;
use crate::answer::{Members, quoted};
use crate::flavour::{ClaimSource, ClaimSpec, ClaimValue};
use crate::persona::Persona;
use crate::tenant::Tenant;

/// Where claims take their values from.
pub(crate) struct ClaimValues<'a> {
    tenant: &'a Tenant,
    persona: &'a Persona,
    client_id: &'a str,
    scopes: &'a [String],
    login: Option<LoginClaims<'a>>,
    token: Option<TokenClaims>,
}

/// What is said of an access token beside the persona.
pub(crate) struct TokenClaims {
    /// The names the provider answers scopes with.
    pub(crate) scope: String,
    pub(crate) is_offline: bool,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
    /// Seconds.
    pub(crate) expires_in: i64,
}

/// What an ID token says of the login beside the persona.
pub(super) struct LoginClaims<'a> {
    pub(super) nonce: Option<&'a str>,
    pub(super) authentication: &'a Authentication,
    pub(super) acr: Option<&'a str>,
    pub(super) at_hash: String,
    /// Seconds since 1970.
    pub(super) issued_at: i64,
    /// Seconds.
    pub(super) lifetime: i64,
}

impl<'a> ClaimValues<'a> {
    /// Claims about a persona alone, for this client.
    pub(crate) fn of_persona(
        tenant: &'a Tenant,
        persona: &'a Persona,
        client_id: &'a str,
        scopes: &'a [String],
    ) -> Self {
        Self {
            tenant,
            persona,
            client_id,
            scopes,
            login: None,
            token: None,
        }
    }

    /// Claims about an access token, too.
    pub(crate) fn of_token(self, token: TokenClaims) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }

    pub(super) fn of_login(self, login: LoginClaims<'a>) -> Self {
        Self {
            login: Some(login),
            ..self
        }
    }

    /// Adds the claims of `specs`, then the persona's own that are not among them.
    pub(crate) fn fill(&self, specs: &[ClaimSpec], members: &mut Members) {
        self.fill_listed(specs, members);
        for (name, value) in &self.persona.claims {
            if specs.iter().all(|spec| spec.name != *name) {
                members.push_json(name.clone(), value.to_string());
            }
        }
    }

    /// Adds the claims of `specs` alone.
    pub(crate) fn fill_listed(&self, specs: &[ClaimSpec], members: &mut Members) {
        for spec in specs {
            let has_scope = |scope: &String| self.scopes.contains(scope);
            if spec.scope.as_ref().is_none_or(has_scope)
                && let Some(json) = self.value(spec)
            {
                members.push_json(spec.name.clone(), json);
            }
        }
    }

    /// The value as JSON; `None` leaves the claim out. What the persona says itself goes first.
    fn value(&self, spec: &ClaimSpec) -> Option<String> {
        if let Some(own) = self.persona.claims.get(&spec.name) {
            return Some(own.to_string());
        }
        let json = |text: String| if spec.number { text } else { quoted(&text) };
        let value = match spec.source()? {
            ClaimValue::Json(value) => Some(value.to_owned()),
            ClaimValue::Random(template) => {
                let id = &self.persona.id;
                let mut random = self.tenant.random("claim", self.client_id, id);
                Some(json(template.fill(&mut random)))
            }
            ClaimValue::Fixed(template) => {
                Some(json(self.tenant.fixed(self.persona, &spec.name, template)))
            }
            ClaimValue::From(source) => self.value_of(source),
        };
        value.or_else(|| spec.absent.clone())
    }

    fn value_of(&self, source: ClaimSource) -> Option<String> {
        let persona = self.persona;
        let text = |text: &Option<String>| text.as_deref().map(quoted);
        match source {
            ClaimSource::Iss => Some(quoted(&self.tenant.issuer_about(persona))),
            ClaimSource::Azp | ClaimSource::Aud => Some(quoted(self.client_id)),
            ClaimSource::Sub => Some(quoted(&self.tenant.sub(persona, self.client_id))),
            ClaimSource::Hd => text(&persona.hd),
            ClaimSource::Email => text(&persona.email),
            ClaimSource::EmailVerified => {
                let email = persona.email.as_ref();
                email.map(|_| persona.email_verified.to_string())
            }
            ClaimSource::Name => text(&persona.name),
            ClaimSource::Picture => Some(quoted(&self.tenant.picture_url(persona))),
            ClaimSource::GivenName => text(&persona.given_name),
            ClaimSource::FamilyName => text(&persona.family_name),
            ClaimSource::PreferredUsername => {
                Some(quoted(persona.email.as_ref().unwrap_or(&persona.id)))
            }
            ClaimSource::Id => Some(quoted(&persona.id)),
            ClaimSource::Tid => self.tenant.directory_of(persona).as_deref().map(quoted),
            ClaimSource::AtHash
            | ClaimSource::Nonce
            | ClaimSource::AuthTime
            | ClaimSource::Acr
            | ClaimSource::Sid
            | ClaimSource::Iat
            | ClaimSource::Nbf => self.of_the_login(source),
            ClaimSource::Exp => {
                let login = self.login.as_ref();
                let of_login = login.map(|login| login.issued_at + login.lifetime);
                let of_token = || self.token.as_ref().map(|token| token.expires_at);
                of_login.or_else(of_token).map(|exp| exp.to_string())
            }
            ClaimSource::Scope | ClaimSource::ExpiresIn | ClaimSource::AccessType => {
                self.of_the_token(source)
            }
        }
    }

    fn of_the_login(&self, source: ClaimSource) -> Option<String> {
        let login = self.login.as_ref()?;
        match source {
            ClaimSource::AtHash => Some(quoted(&login.at_hash)),
            ClaimSource::Nonce => login.nonce.map(quoted),
            ClaimSource::AuthTime => Some(login.authentication.at.to_string()),
            ClaimSource::Acr => login.acr.map(quoted),
            ClaimSource::Sid => login.authentication.sid.as_deref().map(quoted),
            _ => Some(login.issued_at.to_string()),
        }
    }

    fn of_the_token(&self, source: ClaimSource) -> Option<String> {
        let token = self.token.as_ref()?;
        Some(match source {
            ClaimSource::Scope => quoted(&token.scope),
            ClaimSource::ExpiresIn => token.expires_in.to_string(),
            _ if token.is_offline => quoted("offline"),
            _ => quoted("online"),
        })
    }
}
