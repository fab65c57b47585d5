//! The directories that accounts belong to, at a provider whose paths name one.

use std::borrow::Cow;

use super::Tenant;
use crate::flavour::DirectoryText;
use crate::persona::Persona;

impl Tenant {
    /// The directory an account belongs to: what it says itself as `tid`, else the one of its
    /// organisation's domain, else that of persons. None where the provider has no directories.
    pub(crate) fn directory_of(&self, persona: &Persona) -> Option<String> {
        let text = self.directories()?;
        let own = persona.claims.get("tid").and_then(|tid| tid.as_str());
        let of_domain = |domain: &String| {
            let mut random = self.0.random.fixed("directory", domain);
            text.id.fill(&mut random)
        };
        let own = own.map(str::to_owned);
        let known = own.or_else(|| persona.hd.as_ref().map(of_domain));
        Some(known.unwrap_or_else(|| text.consumers_id.clone()))
    }

    /// What the provider is called in a token about this persona.
    pub(crate) fn issuer_about(&self, persona: &Persona) -> Cow<'_, str> {
        match (self.directories(), self.directory_of(persona)) {
            (Some(text), Some(id)) => self.issuer().replace(&text.unknown, &id).into(),
            _ => self.issuer().into(),
        }
    }

    /// What the provider is called by documents at a path that names this directory.
    pub(crate) fn issuer_in(&self, named: Option<&str>) -> Cow<'_, str> {
        let (Some(text), Some(named)) = (self.directories(), named) else {
            return self.issuer().into();
        };
        let id = if named == text.any || named == text.organizations {
            return self.issuer().into();
        } else if named == text.consumers {
            &text.consumers_id
        } else {
            named
        };
        self.issuer().replace(&text.unknown, id).into()
    }

    /// Whether somebody may log in at a path that names this directory.
    ///
    /// # Errors
    /// Says why not.
    pub(crate) fn admits(&self, named: Option<&str>, persona: &Persona) -> Result<(), String> {
        let (Some(text), Some(named)) = (self.directories(), named) else {
            return Ok(());
        };
        let own = self.directory_of(persona).unwrap_or_default();
        let is_consumer = own == text.consumers_id;
        let is_admitted = if named == text.any {
            true
        } else if named == text.organizations {
            !is_consumer
        } else if named == text.consumers {
            is_consumer
        } else {
            named == own
        };
        if is_admitted {
            return Ok(());
        }
        let id = &persona.id;
        Err(format!(
            "{id:?} belongs to the directory {own}, and the request was for {named}"
        ))
    }

    fn directories(&self) -> Option<&DirectoryText> {
        self.flavour().text.directory.as_ref()
    }
}
