//! Who can log in, and whether anybody is asked.

use std::fmt;

use http::Method;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::AutoLogin;
use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};
use crate::persona::{self, Persona};

/// Shows everybody who can log in, in the order of the account chooser.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ListPersonas {}

impl Verb for ListPersonas {
    const NAME: &'static str = "personas";
    const METHOD: Method = Method::GET;
    type Answer = Vec<Persona>;

    async fn apply(self, provider: &Provider) -> Result<Vec<Persona>, Problem> {
        let personas = provider.tenant.personas();
        Ok(personas
            .iter()
            .map(|persona| Persona::clone(persona))
            .collect())
    }
}

/// Adds a persona, or replaces the one of the same id.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct AddPersona(pub(crate) Persona);

impl Verb for AddPersona {
    const NAME: &'static str = "add_persona";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.add_persona(self.0);
        Ok(())
    }
}

/// Removes a persona. Its codes and tokens are no longer good for anything.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct RemovePersona {
    /// The name a test calls this person by.
    pub(crate) id: String,
}

impl Verb for RemovePersona {
    const NAME: &'static str = "remove_persona";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        let Self { id } = self;
        if provider.tenant.remove_persona(&id) {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Unknown,
            format!("no persona has the id {id:?}"),
        ))
    }
}

/// Replaces all personas. Of several with the same id the last one stays.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SetPersonas {
    /// Who can log in from now on.
    pub(crate) personas: People,
}

impl Verb for SetPersonas {
    const NAME: &'static str = "set_personas";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.set_personas(Vec::from(self.personas));
        Ok(())
    }
}

/// Says whether the authorization endpoint answers without a page.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SetAutoLogin {
    /// `never`, `login_hint`, or the id of a persona.
    pub(crate) auto_login: AutoLogin,
}

impl Verb for SetAutoLogin {
    const NAME: &'static str = "set_auto_login";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.set_auto_login(self.auto_login);
        Ok(())
    }
}

/// People by the name of their set, or one by one.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum People {
    Set(PeopleSet),
    These(Vec<Persona>),
}

/// A set of people that the crate brings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum PeopleSet {
    /// Those every provider knows unless told otherwise.
    Starter,
    /// Those that apps tend to get wrong.
    ThatHurt,
}

impl Default for People {
    fn default() -> Self {
        Self::Set(PeopleSet::Starter)
    }
}

impl From<People> for Vec<Persona> {
    fn from(people: People) -> Self {
        match people {
            People::Set(PeopleSet::Starter) => persona::starter(),
            People::Set(PeopleSet::ThatHurt) => persona::that_hurt(),
            People::These(personas) => personas,
        }
    }
}

/// By hand, so that what is wrong with a persona is said, and not only that it is none.
impl<'de> Deserialize<'de> for People {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PeopleVisitor)
    }
}

struct PeopleVisitor;

impl<'de> Visitor<'de> for PeopleVisitor {
    type Value = People;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(r#""starter", "that_hurt", or an array of personas"#)
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<People, E> {
        let name = serde::de::value::StrDeserializer::new(name);
        PeopleSet::deserialize(name).map(People::Set)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<People, A::Error> {
        let sequence = serde::de::value::SeqAccessDeserializer::new(sequence);
        Vec::deserialize(sequence).map(People::These)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_a_set_or_named_one_by_one() {
        let read = |text: &str| serde_json::from_str::<People>(text);
        assert_eq!(
            read(r#""that_hurt""#).unwrap(),
            People::Set(PeopleSet::ThatHurt)
        );
        let one = read(r#"[{"id": "ann"}]"#).unwrap();
        assert_eq!(one, People::These(vec![Persona::new("ann")]));
        let check = |text: &str, expected: &str| {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(
            r#""those""#,
            "unknown variant `those`, expected `starter` or `that_hurt`",
        );
        check(r#"[{"id": "ann", "nmae": "Ann"}]"#, "unknown field `nmae`");
        check("7", "an array of personas");
    }
}
