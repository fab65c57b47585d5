//! People whose data apps tend to break on.

use std::sync::LazyLock;

use serde_json::Value;

use super::{File, Persona};

/// A second set of people: what they are called, or how much there is of it, hurts apps that did
/// not expect it.
///
/// Addresses of 254 characters, a `sub` of 255, names of 1,000, 10,000 groups; markup, quotes, line
/// breaks, right-to-left, combining marks and emoji in names; nothing where something is expected,
/// and words such as `null` where a name is.
///
/// # Panics
/// Never: the embedded data is tested.
#[must_use]
pub fn that_hurt() -> Vec<Persona> {
    static THAT_HURT: LazyLock<Vec<Persona>> = LazyLock::new(|| {
        let mut people = toml::from_str::<File>(include_str!("that_hurt.toml"))
            .expect("the embedded that_hurt.toml is tested")
            .personas;
        people.extend([long_email(), long_sub(), long_name(), many_groups()]);
        people
    });
    THAT_HURT.clone()
}

/// The longest address there is: 254 characters, 64 of them before the `@`
/// ([RFC 5321 section 4.5.3.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1)).
fn long_email() -> Persona {
    let label = |length: usize| "d".repeat(length);
    let domain = [
        label(63),
        label(63),
        label(49),
        "example".into(),
        "com".into(),
    ]
    .join(".");
    Persona {
        name: Some("Lena Longmail".into()),
        email: Some(format!("{}@{domain}", "l".repeat(64))),
        ..Persona::new("long-email")
    }
}

/// The longest `sub` there is: 255 characters of ASCII
/// ([OpenID Connect Core 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).
fn long_sub() -> Persona {
    Persona {
        sub: Some("s".repeat(255)),
        name: Some("Susi Longsub".into()),
        email: Some("long-sub@example.com".into()),
        ..Persona::new("long-sub")
    }
}

fn long_name() -> Persona {
    Persona {
        name: Some(["Wolfeschlegelsteinhausen"; 40].join(" ")),
        email: Some("long-name@example.com".into()),
        ..Persona::new("long-name")
    }
}

fn many_groups() -> Persona {
    let groups: Vec<Value> = (0..10_000)
        .map(|number| format!("group-{number}").into())
        .collect();
    let mut persona = Persona {
        name: Some("Greta Groups".into()),
        email: Some("many-groups@example.com".into()),
        ..Persona::new("many-groups")
    };
    persona.claims.insert("groups".into(), groups.into());
    persona
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn person(id: &str) -> Persona {
        let mut people = that_hurt().into_iter();
        people.find(|persona| persona.id == id).unwrap()
    }

    #[test]
    fn ids_differ() {
        let people = that_hurt();
        let ids: HashSet<_> = people.iter().map(|persona| &persona.id).collect();
        assert_eq!(ids.len(), people.len());
    }

    #[test]
    fn what_is_long_is_as_long_as_it_may_be() {
        let email = person("long-email").email.unwrap();
        assert_eq!((email.len(), email.find('@')), (254, Some(64)));
        let (_, domain) = email.split_once('@').unwrap();
        assert!(domain.split('.').all(|label| label.len() <= 63));
        assert_eq!(person("long-sub").sub.unwrap().len(), 255);
        assert_eq!(person("long-name").name.unwrap().len(), 999);
        let groups = person("many-groups").claims["groups"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(groups, 10_000);
    }

    #[test]
    fn each_of_the_others_is_what_its_id_says() {
        let name = |id: &str| person(id).name.unwrap();
        let has = |id: &str, range: std::ops::RangeInclusive<char>| {
            assert!(name(id).contains(|c| range.contains(&c)), "{id}");
        };
        has("right-to-left", '\u{600}'..='\u{6ff}');
        has("combining-marks", '\u{300}'..='\u{36f}');
        has("emoji", '\u{1f300}'..='\u{1faff}');
        has("direction-override", '\u{202e}'..='\u{202e}');
        has("line-breaks", '\n'..='\n');
        has("markup", '<'..='<');
        has("quotes", '\''..='\'');
        for (id, word) in [("null", "null"), ("undefined", "undefined"), ("nan", "NaN")] {
            assert_eq!(name(id), word);
        }
        assert_eq!(name("blank-name").trim(), "");
        assert!(person("no-name").name.is_none());
        assert!(person("no-email").email.is_none());
        assert!(!person("unverified-email").email_verified);
        assert!(!person("unicode-email").email.unwrap().is_ascii());
    }
}
