//! Who can log in, and whom a text means.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError, RwLockReadGuard};

use super::Tenant;
use crate::flavour::{SubjectType, Template};
use crate::persona::{Persona, Suffix};
use crate::place::Place;

/// The personas in the order of the account chooser, found by their ids and e-mail addresses.
#[derive(Debug, Default)]
pub(super) struct Personas {
    in_order: Vec<Arc<Persona>>,
    by_id: HashMap<String, usize>,
    /// The ids, by the address in small letters; several people may share one.
    by_email: HashMap<String, Vec<String>>,
}

impl Personas {
    fn put(&mut self, persona: Persona) {
        let persona = Arc::new(persona);
        if let Some(index) = self.by_id.get(&persona.id) {
            let before = std::mem::replace(&mut self.in_order[*index], Arc::clone(&persona));
            self.forget_email(&before);
        } else {
            self.by_id.insert(persona.id.clone(), self.in_order.len());
            self.in_order.push(Arc::clone(&persona));
        }
        self.remember_email(&persona);
    }

    fn remember_email(&mut self, persona: &Persona) {
        if let Some(email) = &persona.email {
            let ids = self.by_email.entry(email.to_ascii_lowercase());
            ids.or_default().push(persona.id.clone());
        }
    }

    fn forget_email(&mut self, persona: &Persona) {
        let Some(email) = persona
            .email
            .as_ref()
            .map(|email| email.to_ascii_lowercase())
        else {
            return;
        };
        if let Some(ids) = self.by_email.get_mut(&email) {
            ids.retain(|id| *id != persona.id);
            if ids.is_empty() {
                self.by_email.remove(&email);
            }
        }
    }

    fn remove(&mut self, id: &str) -> bool {
        let Some(index) = self.by_id.remove(id) else {
            return false;
        };
        let removed = self.in_order.remove(index);
        self.forget_email(&removed);
        for later in self.by_id.values_mut().filter(|later| **later > index) {
            *later -= 1;
        }
        true
    }

    fn find(&self, id: &str) -> Option<&Arc<Persona>> {
        self.in_order.get(*self.by_id.get(id)?)
    }

    /// The first with this address, in whatever capitals.
    fn find_by_email(&self, email: &str) -> Option<&Arc<Persona>> {
        let ids = self.by_email.get(&email.to_ascii_lowercase())?;
        let first = ids.iter().filter_map(|id| self.by_id.get(id)).min()?;
        self.in_order.get(*first)
    }
}

impl FromIterator<Persona> for Personas {
    fn from_iter<I: IntoIterator<Item = Persona>>(people: I) -> Self {
        let mut personas = Self::default();
        people.into_iter().for_each(|persona| personas.put(persona));
        personas
    }
}

/// Whom a `login_hint`, or a text in the account chooser, means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// This persona, who goes on.
    Persona(Arc<Persona>),
    /// Somebody who cancels.
    Cancels,
}

impl Tenant {
    /// Everybody who can log in, in the order of the account chooser.
    #[must_use]
    pub fn personas(&self) -> Vec<Arc<Persona>> {
        self.read_personas().in_order.clone()
    }

    /// Adds a persona, or replaces the one of the same id.
    pub fn add_persona(&self, persona: Persona) {
        let mut personas = self
            .0
            .personas
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        personas.put(persona);
    }

    /// Removes a persona; false where there is none of this id. Its codes and tokens are no longer
    /// good for anything.
    pub fn remove_persona(&self, id: &str) -> bool {
        let mut personas = self
            .0
            .personas
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.derived_subs().remove(id);
        personas.remove(id)
    }

    /// Replaces all personas. Of several with the same id the last one stays.
    pub fn set_personas(&self, personas: impl IntoIterator<Item = Persona>) {
        let personas = personas.into_iter().collect();
        self.derived_subs().clear();
        *self
            .0
            .personas
            .write()
            .unwrap_or_else(PoisonError::into_inner) = personas;
    }

    fn derived_subs(&self) -> MutexGuard<'_, HashMap<String, String>> {
        let derived = self.0.derived_subs.lock();
        derived.unwrap_or_else(PoisonError::into_inner)
    }

    fn read_personas(&self) -> RwLockReadGuard<'_, Personas> {
        self.0
            .personas
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the rest of the crate asks.
impl Tenant {
    /// The persona of this id, or the variant of one that its [`Suffix`] makes.
    pub(crate) fn persona(&self, id: &str) -> Option<Arc<Persona>> {
        if let Some(persona) = self.read_personas().find(id) {
            return Some(Arc::clone(persona));
        }
        let (base, suffix) = Suffix::split(id)?;
        let base = Arc::clone(self.read_personas().find(&base)?);
        self.variant(&base, suffix)
    }

    /// Whether somebody has this very id, and not as a variant of another.
    pub(crate) fn lists(&self, id: &str) -> bool {
        self.read_personas().find(id).is_some()
    }

    /// Whom a text means: an id, an e-mail address or a `sub`; the first two with a [`Suffix`], too.
    pub(crate) fn meant_by(&self, text: &str) -> Option<Meant> {
        if let Some(persona) = self.named(text) {
            return Some(Meant::Persona(persona));
        }
        let (base, suffix) = Suffix::split(text)?;
        let base = self.named(&base)?;
        Some(
            self.variant(&base, suffix)
                .map_or(Meant::Cancels, Meant::Persona),
        )
    }

    fn named(&self, text: &str) -> Option<Arc<Persona>> {
        let personas = self.read_personas();
        let has_sub = |persona: &&Arc<Persona>| self.sub(persona, "") == text;
        let found = personas.find(text).or_else(|| personas.find_by_email(text));
        found
            .or_else(|| personas.in_order.iter().find(has_sub))
            .cloned()
    }

    /// The same person with what the suffix changes; none where it cancels.
    fn variant(&self, base: &Persona, suffix: Suffix) -> Option<Arc<Persona>> {
        let same = Persona {
            sub: Some(self.sub(base, "")).filter(|_| self.subject_type() == SubjectType::Public),
            picture: Some(self.picture_url(base)),
            ..base.clone()
        };
        suffix.applied_to(same).map(Arc::new)
    }

    /// A persona's `sub` at a client: its own, or the one that seed and id give.
    pub(crate) fn sub(&self, persona: &Persona, client_id: &str) -> String {
        persona.sub.clone().unwrap_or_else(|| {
            let template = &self.0.flavour.text.id_token.sub;
            if self.subject_type() == SubjectType::Pairwise {
                let id = Suffix::split(&persona.id).map_or(persona.id.clone(), |(base, _)| base);
                let name = format!("{id}\n{client_id}");
                return template.fill(&mut self.0.random.fixed("sub", &name));
            }
            let mut derived = self.derived_subs();
            if let Some(sub) = derived.get(&persona.id) {
                return sub.clone();
            }
            let sub = template.fill(&mut self.0.random.fixed("sub", &persona.id));
            derived.insert(persona.id.clone(), sub.clone());
            sub
        })
    }

    fn subject_type(&self) -> SubjectType {
        self.0.flavour.text.id_token.subject_type
    }

    /// A text of this form that is always the same for a persona.
    pub(crate) fn fixed(&self, persona: &Persona, name: &str, template: &Template) -> String {
        let id = Suffix::split(&persona.id).map_or(persona.id.clone(), |(base, _)| base);
        template.fill(&mut self.0.random.fixed("claim", &format!("{name}\n{id}")))
    }

    /// Where a persona's picture is: its own URL, or the one that the provider draws.
    pub(crate) fn picture_url(&self, persona: &Persona) -> String {
        persona.picture.clone().unwrap_or_else(|| {
            let url = self.url_with_variable(Place::Picture);
            let (before, behind) = url.split_once("{persona}").unwrap_or_default();
            let mut url = before.to_owned();
            url.extend(url::form_urlencoded::byte_serialize(persona.id.as_bytes()));
            url.push_str(behind);
            url
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(ids: &[&str]) -> Personas {
        ids.iter().map(|id| Persona::new(*id)).collect()
    }

    #[test]
    fn who_is_removed_leaves_the_others_in_their_order() {
        let mut personas = people(&["a", "b", "c", "d"]);
        assert!(personas.remove("b"));
        assert!(!personas.remove("b"));
        for id in ["a", "c", "d"] {
            assert_eq!(personas.find(id).map(|it| it.id.as_str()), Some(id));
        }
        assert!(personas.find("b").is_none());
        let order: Vec<_> = personas.in_order.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(order, ["a", "c", "d"]);
    }

    #[test]
    fn an_address_is_found_in_whatever_capitals_while_somebody_has_it() {
        let mut personas = people(&[]);
        let with_email = |id: &str, email: &str| Persona {
            email: Some(email.into()),
            ..Persona::new(id)
        };
        let found = |personas: &Personas, email: &str| {
            let found = personas.find_by_email(email);
            found.map(|persona| persona.id.clone())
        };
        personas.put(with_email("a", "Shared@example.com"));
        personas.put(with_email("b", "shared@example.com"));
        assert_eq!(found(&personas, "SHARED@EXAMPLE.COM").as_deref(), Some("a"));
        personas.put(with_email("a", "other@example.com"));
        assert_eq!(found(&personas, "shared@example.com").as_deref(), Some("b"));
        assert_eq!(found(&personas, "other@example.com").as_deref(), Some("a"));
        assert!(personas.remove("b"));
        assert_eq!(found(&personas, "shared@example.com"), None);
        assert_eq!(personas.by_email.len(), 1);
    }

    #[test]
    fn the_last_of_two_with_one_id_stays_in_the_place_of_the_first() {
        let mut personas = people(&["a", "b"]);
        personas.put(Persona {
            name: Some("New".into()),
            ..Persona::new("a")
        });
        assert_eq!(personas.in_order.len(), 2);
        assert_eq!(personas.in_order[0].name.as_deref(), Some("New"));
    }
}
