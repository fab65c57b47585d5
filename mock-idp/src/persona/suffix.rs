//! Magic values: a word behind a persona's id, or behind the name in its e-mail address, for tests
//! that have only a browser.

use super::Persona;

/// What the word behind the plus does, as in `bob+deny` or `bob+unverified@example.com`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// `+deny`: presses Cancel.
    Deny,
    /// `+unverified`: the e-mail address is not verified.
    Unverified,
    /// `+noemail`: there is no e-mail address.
    NoEmail,
}

impl Suffix {
    /// Every suffix.
    pub const ALL: [Self; 3] = [Self::Deny, Self::Unverified, Self::NoEmail];

    /// The word, with its plus.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deny => "+deny",
            Self::Unverified => "+unverified",
            Self::NoEmail => "+noemail",
        }
    }

    /// What it does, in words for a page.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Deny => "cancels",
            Self::Unverified => "has an address that is not verified",
            Self::NoEmail => "has no address",
        }
    }

    /// What stands before the suffix, and the suffix: `bob@example.com` of `bob+deny@example.com`.
    pub(crate) fn split(text: &str) -> Option<(String, Self)> {
        let (name, domain) = match text.rfind('@') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let mut found = Self::ALL.iter().filter_map(|suffix| {
            let base = name.strip_suffix(suffix.word())?;
            Some((format!("{base}{domain}"), *suffix))
        });
        found.next()
    }

    /// The same person, changed; none where that person cancels.
    pub(crate) fn applied_to(self, base: Persona) -> Option<Persona> {
        let id = format!("{}{}", base.id, self.word());
        match self {
            Self::Deny => None,
            Self::Unverified => Some(Persona {
                id,
                email_verified: false,
                ..base
            }),
            Self::NoEmail => Some(Persona {
                id,
                email: None,
                ..base
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_stands_behind_the_name() {
        let check = |text: &str, expected: Option<(&str, Suffix)>| {
            let expected = expected.map(|(base, suffix)| (base.to_owned(), suffix));
            assert_eq!(Suffix::split(text), expected, "{text}");
        };
        check("bob+deny", Some(("bob", Suffix::Deny)));
        check(
            "bob+noemail@example.com",
            Some(("bob@example.com", Suffix::NoEmail)),
        );
        check(
            "bob+work+unverified@example.com",
            Some(("bob+work@example.com", Suffix::Unverified)),
        );
        check("bob+work@example.com", None);
        check("bob+denying", None);
        check("deny", None);
    }
}
