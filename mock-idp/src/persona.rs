//! Who can log in: a person, two sets of people, and the words that change a person for one login.
//!
//! A test that has only a browser writes into the account chooser's field for another account, or
//! has its app send as `login_hint`, an id, an e-mail address or a `sub`. A [`Suffix`] behind the id,
//! or before the `@`, does more:
//!
//! | written | what happens |
//! |---|---|
//! | `bob` or `bob@example.com` | bob logs in |
//! | `bob+deny` or `bob+deny@example.com` | bob cancels: the app gets `access_denied` |
//! | `bob+unverified` | bob logs in with `email_verified` false |
//! | `bob+noemail` | bob logs in without an e-mail address |
//!
//! The `sub` is bob's in all of them. [`AutoLogin::Persona`](crate::AutoLogin::Persona) takes such an
//! id, too.

mod suffix;
mod that_hurt;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use suffix::Suffix;
pub use that_hurt::that_hurt;

/// A person the provider knows. What is absent here is absent from the tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Persona {
    /// The name a test calls this person by, such as `alice`. Never sent to an app.
    pub id: String,
    /// The `sub` claim. Without it, one in the provider's form is derived from the seed and `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The `name` claim: the full name, as the person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The `given_name` claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The `family_name` claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The `email` claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The `email_verified` claim; true unless said otherwise. Sent only together with `email`.
    #[serde(default = "verified")]
    pub email_verified: bool,
    /// The `picture` claim, an absolute URL. Without it the provider draws one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The `hd` claim: the domain of the organisation the account belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hd: Option<String>,
    /// Further claims, sent as they are.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub claims: Map<String, Value>,
}

impl Persona {
    /// A person of whom nothing is known but the id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            sub: None,
            name: None,
            given_name: None,
            family_name: None,
            email: None,
            email_verified: verified(),
            picture: None,
            hd: None,
            claims: Map::new(),
        }
    }

    /// What a page calls this person: the name, else the e-mail address, else the id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        [&self.name, &self.email]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|text| !text.trim().is_empty())
            .unwrap_or(&self.id)
    }
}

/// The people every provider knows unless told otherwise; `alice` is the first.
///
/// Each after her is somebody apps tend to get wrong: an organisation's account, a name written
/// from right to left, no name, no e-mail address, an address that is not verified.
///
/// # Panics
/// Never: the file is compiled in, and the tests read it.
#[must_use]
pub fn starter() -> Vec<Persona> {
    static STARTER: LazyLock<Vec<Persona>> = LazyLock::new(|| {
        toml::from_str::<File>(include_str!("personas.toml"))
            .expect("the embedded personas.toml is tested")
            .personas
    });
    STARTER.clone()
}

#[derive(Deserialize)]
struct File {
    personas: Vec<Persona>,
}

const fn verified() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn alice_is_the_first_and_ids_differ() {
        let people = starter();
        assert_eq!(people[0].id, "alice");
        assert_eq!(people[0].name.as_deref(), Some("Alice Example"));
        assert_eq!(people[0].email.as_deref(), Some("alice@example.com"));
        assert!(people[0].email_verified);
        let ids: HashSet<_> = people.iter().map(|persona| &persona.id).collect();
        assert_eq!(ids.len(), people.len());
    }

    #[test]
    fn the_starters_cover_what_apps_get_wrong() {
        let count = |what: fn(&Persona) -> bool| starter().into_iter().filter(what).count();
        assert_eq!(count(|persona| persona.hd.is_some()), 1, "organisation");
        assert_eq!(count(|persona| persona.name.is_none()), 1, "no name");
        assert_eq!(count(|persona| persona.email.is_none()), 1, "no e-mail");
        assert_eq!(count(|persona| !persona.email_verified), 1, "unverified");
        let hebrew = |c: char| ('\u{590}'..='\u{5ff}').contains(&c);
        let right_to_left = starter().into_iter().filter_map(|persona| persona.name);
        assert_eq!(
            right_to_left.filter(|name| name.contains(hebrew)).count(),
            1
        );
    }

    #[test]
    fn a_page_calls_a_person_by_name_else_address_else_id() {
        let check = |name: Option<&str>, email: Option<&str>, expected: &str| {
            let persona = Persona {
                name: name.map(Into::into),
                email: email.map(Into::into),
                ..Persona::new("x1")
            };
            assert_eq!(persona.display_name(), expected);
        };
        check(Some("Ann"), Some("ann@example.com"), "Ann");
        check(Some("  "), Some("ann@example.com"), "ann@example.com");
        check(None, Some("ann@example.com"), "ann@example.com");
        check(None, None, "x1");
        check(Some(""), Some(""), "x1");
    }
}
