//! [`Preset`]: what is special about one provider, as data. No provider's name stands in code.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use url::Url;

/// What is special about a provider; nothing, where a member is missing.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a habit of its own, as the files say it"
)]
pub(crate) struct Preset {
    /// What a button calls it.
    pub(super) label: Option<String>,
    /// The hosts whose providers have these habits, whatever the section is called; a `*` stands for any text.
    hosts: Vec<String>,
    /// The scopes beside `openid` that tell name and address; without, the usual two.
    pub(crate) scopes: Option<Vec<String>>,
    /// How it has to send the answer, `response_mode`; without, in the query.
    pub(crate) response_mode: Option<String>,
    /// Whether the answer of somebody's first login has their name beside the code.
    pub(crate) name_in_callback: bool,
    /// Whether it takes no `redirect_uri` on this machine itself.
    pub(crate) needs_public_redirect_uri: bool,
    /// Whether the client's secret is a statement that its key signs.
    pub(crate) signs_secret: bool,
    /// The claim that lists what roles somebody has.
    pub(crate) roles_claim: Option<String>,
    /// The parameter of the end session endpoint that says where to go afterwards, where it is not
    /// `post_logout_redirect_uri`.
    pub(crate) logout_target: Option<String>,
    /// For an issuer of a discovery document, what else its ID tokens say in `iss`.
    pub(super) issuer_aliases: BTreeMap<String, Vec<String>>,
    /// For the end of an issuer as a discovery URL has it, what the document may say there instead.
    pub(super) metadata_issuers: BTreeMap<String, String>,
    /// What stands in the issuer of a discovery document for the `tid` of an ID token.
    pub(crate) directory: Option<String>,
    /// The claim that names the organisation which an account belongs to.
    pub(crate) domain_claim: Option<String>,
    /// Whether the ID token repeats the nonce.
    pub(crate) echoes_nonce: bool,
    /// Whether PKCE may be used.
    pub(crate) takes_code_challenge: bool,
    /// Whether the secret goes into the body where the metadata say nothing of it.
    pub(crate) secret_in_body: bool,
    /// The errors that mean that the visitor cancelled, beside `access_denied`.
    pub(crate) cancelled: Vec<String>,
    /// Where everything is at a provider without OpenID.
    pub(crate) oauth: Option<OAuth>,
}

/// A provider that knows OAuth and not OpenID: who somebody is stands at an API of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OAuth {
    pub(crate) authorize_url: Url,
    pub(crate) access_token_url: Url,
    pub(crate) api_base_url: Url,
    /// What is left of the authorization endpoint without this at its end is the issuer.
    pub(super) issuer_is_before: String,
    pub(crate) scopes: Vec<String>,
    /// Below the API: the user, and the list of their e-mail addresses.
    pub(crate) user: String,
    pub(crate) emails: String,
    /// The claims, and the members of the user that they are.
    pub(crate) claims: BTreeMap<String, String>,
}

impl Default for Preset {
    fn default() -> Self {
        Self {
            label: None,
            hosts: Vec::new(),
            scopes: None,
            response_mode: None,
            name_in_callback: false,
            needs_public_redirect_uri: false,
            signs_secret: false,
            roles_claim: None,
            logout_target: None,
            issuer_aliases: BTreeMap::new(),
            metadata_issuers: BTreeMap::new(),
            directory: None,
            domain_claim: None,
            echoes_nonce: true,
            takes_code_challenge: true,
            secret_in_body: false,
            cancelled: Vec::new(),
            oauth: None,
        }
    }
}

impl Preset {
    /// Whether a discovery document at the URL of `expected` may say that it is `found`'s.
    pub(super) fn allows_issuer(&self, expected: &str, found: &str) -> bool {
        self.metadata_issuers.iter().any(|(end, instead)| {
            let before = expected.strip_suffix(end.as_str());
            before.is_some_and(|before| found.strip_prefix(before) == Some(instead))
        })
    }
}

/// The file of each preset, by its name.
const FILES: &[(&str, &str)] = &[
    ("google", include_str!("presets/google.toml")),
    ("microsoft", include_str!("presets/microsoft.toml")),
    ("github", include_str!("presets/github.toml")),
    ("linkedin", include_str!("presets/linkedin.toml")),
    ("apple", include_str!("presets/apple.toml")),
    ("okta", include_str!("presets/okta.toml")),
    ("auth0", include_str!("presets/auth0.toml")),
    ("keycloak", include_str!("presets/keycloak.toml")),
    ("cognito", include_str!("presets/cognito.toml")),
    ("gitlab", include_str!("presets/gitlab.toml")),
];

static PRESETS: LazyLock<Vec<(&str, Preset)>> = LazyLock::new(|| {
    let read = |text| toml::from_str(text).expect("a preset that a test has read");
    FILES
        .iter()
        .map(|(name, text)| (*name, read(text)))
        .collect()
});

static GENERIC: LazyLock<Preset> = LazyLock::new(Preset::default);

/// What the key `preset` may say.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The preset that the key says, else the one called as the section is, else that of the host.
pub(crate) fn choose(key: Option<&str>, section: &str, host: &str) -> &'static Preset {
    let called = |wanted: &str| PRESETS.iter().find(|(name, _)| *name == wanted);
    let of_host = || {
        PRESETS
            .iter()
            .find(|(_, preset)| preset.hosts.iter().any(|it| is_like(it, host)))
    };
    let found = match key {
        Some(key) => called(key),
        None => called(section).or_else(of_host),
    };
    found.map_or(&GENERIC, |(_, preset)| preset)
}

fn is_like(pattern: &str, host: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else {
        return pattern == host;
    };
    let rest = host.strip_prefix(start);
    rest.is_some_and(|rest| rest.len() > end.len() && rest.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::{choose, names};

    const GOOGLE: &str = "https://accounts.google.com";
    const HOST: &str = "accounts.google.com";

    #[test]
    fn every_preset_reads_and_has_a_label() {
        for name in names() {
            assert!(choose(Some(name), "", "").label.is_some(), "{name}");
        }
    }

    #[test]
    fn key_before_section_before_host() {
        let check = |key, section, host, label: Option<&str>| {
            let found = choose(key, section, host).label.as_deref();
            assert_eq!(found, label, "{key:?} {section} {host}");
        };
        check(Some("google"), "corp", "idp.test", Some("Google"));
        check(None, "google", "127.0.0.1", Some("Google"));
        check(None, "corp", HOST, Some("Google"));
        check(None, "corp", "login.microsoftonline.com", Some("Microsoft"));
        check(None, "corp", "idp.test", None);
        check(None, "corp", "dev-1.okta.com", Some("Okta"));
        check(None, "corp", "okta.com", None);
        check(None, "corp", ".okta.com", None);
        let pool = "cognito-idp.eu-west-1.amazonaws.com";
        check(None, "corp", pool, Some("Amazon Cognito"));
        check(Some("other"), "google", HOST, None);
    }

    #[test]
    fn another_issuer_is_for_the_one_address_that_has_it() {
        let check = |preset: &str, expected: &str, found: &str, is_allowed: bool| {
            let preset = choose(Some(preset), "", "");
            assert_eq!(preset.allows_issuer(expected, found), is_allowed, "{found}");
        };
        let at = "https://idp.test/common/v2.0";
        check("microsoft", at, "https://idp.test/{tenantid}/v2.0", true);
        check("microsoft", at, "https://evil.test/{tenantid}/v2.0", false);
        check("microsoft", at, "https://idp.test/{tenantid}/v2.0/x", false);
        check("microsoft", at, "https://idp.test/other/v2.0", false);
        let own = "https://idp.test/6babcaad/v2.0";
        check("microsoft", own, "https://idp.test/{tenantid}/v2.0", false);
        check("google", at, "https://idp.test/{tenantid}/v2.0", false);
        let at = "https://www.linkedin.com/oauth";
        check("linkedin", at, "https://www.linkedin.com", true);
        check("linkedin", at, "https://www.linkedin.com/", false);
        let at = "https://appleid.apple.com";
        check("apple", at, "https://account.apple.com", true);
        check("apple", at, "https://evil.test", false);
    }

    #[test]
    fn an_alias_is_for_the_one_issuer_that_uses_it() {
        let preset = choose(None, "google", "127.0.0.1");
        assert_eq!(preset.issuer_aliases[GOOGLE], ["accounts.google.com"]);
        assert!(!preset.issuer_aliases.contains_key("http://127.0.0.1:9000"));
    }
}
