//! [`Preset`]: what is special about one provider, as data. No provider's name stands in code.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// What is special about a provider; nothing, where a member is missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Preset {
    /// What a button calls it.
    pub(super) label: Option<String>,
    /// The issuers that have these habits, whatever the section is called.
    #[serde(default)]
    issuers: Vec<String>,
    /// For an issuer of a discovery document, what else its ID tokens say in `iss`.
    #[serde(default)]
    pub(super) issuer_aliases: BTreeMap<String, Vec<String>>,
}

/// The file of each preset, by its name.
const FILES: &[(&str, &str)] = &[("google", include_str!("presets/google.toml"))];

static PRESETS: LazyLock<Vec<(&str, Preset)>> = LazyLock::new(|| {
    let read = |text| toml::from_str(text).expect("a preset that a test has read");
    FILES
        .iter()
        .map(|(name, text)| (*name, read(text)))
        .collect()
});

static GENERIC: Preset = Preset {
    label: None,
    issuers: Vec::new(),
    issuer_aliases: BTreeMap::new(),
};

/// What the key `preset` may say.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The preset that the key says, else the one called as the section is, else that of the issuer.
pub(super) fn choose(key: Option<&str>, section: &str, issuer: &str) -> &'static Preset {
    let called = |wanted: &str| PRESETS.iter().find(|(name, _)| *name == wanted);
    let of_issuer = || {
        PRESETS
            .iter()
            .find(|(_, preset)| preset.issuers.iter().any(|it| it == issuer))
    };
    let found = match key {
        Some(key) => called(key),
        None => called(section).or_else(of_issuer),
    };
    found.map_or(&GENERIC, |(_, preset)| preset)
}

#[cfg(test)]
mod tests {
    use super::{choose, names};

    const GOOGLE: &str = "https://accounts.google.com";

    #[test]
    fn every_preset_reads_and_has_a_label() {
        for name in names() {
            assert!(choose(Some(name), "", "").label.is_some(), "{name}");
        }
    }

    #[test]
    fn key_before_section_before_issuer() {
        let check = |key, section, issuer, label: Option<&str>| {
            let found = choose(key, section, issuer).label.as_deref();
            assert_eq!(found, label, "{key:?} {section} {issuer}");
        };
        check(Some("google"), "corp", "https://idp.test", Some("Google"));
        check(None, "google", "http://127.0.0.1:9000", Some("Google"));
        check(None, "corp", GOOGLE, Some("Google"));
        check(None, "corp", "https://idp.test", None);
        check(Some("other"), "google", GOOGLE, None);
    }

    #[test]
    fn an_alias_is_for_the_one_issuer_that_uses_it() {
        let preset = choose(None, "google", "http://127.0.0.1:9000");
        assert_eq!(preset.issuer_aliases[GOOGLE], ["accounts.google.com"]);
        assert!(!preset.issuer_aliases.contains_key("http://127.0.0.1:9000"));
    }
}
