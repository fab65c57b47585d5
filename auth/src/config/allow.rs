//! `allow`: who is let in, of all whom the provider vouches for.

use serde_json::{Map, Value};

use super::report::Report;
use super::table::Table;
use crate::error::cut;
use crate::identity::{claim_at, is_email_verified, text, texts};

/// Who is let in: whoever one of the rules is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allow {
    /// E-mail addresses, in small letters. The provider has to have verified them.
    pub emails: Vec<String>,
    /// Domains, in small letters: that of the organisation that the account belongs to, where the
    /// provider says it (Google's `hd`), else that of the verified address.
    pub domains: Vec<String>,
    /// Claims, by their names or by a path with dots (`realm_access.roles`), with the values of which theirs has
    /// to be one, or to have one in its list.
    pub claims: Vec<(String, Vec<String>)>,
}

impl Allow {
    /// Whether these are the claims of somebody who is let in; `domain_claim` is where the provider says
    /// what organisation an account belongs to.
    pub(crate) fn admits(&self, claims: &Map<String, Value>, domain_claim: Option<&str>) -> bool {
        let email = text(claims, "email").filter(|_| is_email_verified(claims));
        // Letters of ASCII alone: folding others makes one person of two.
        let email = email.map(str::to_ascii_lowercase).unwrap_or_default();
        let of_email = email.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        let domain = match domain_claim {
            Some(claim) => text(claims, claim).map(str::to_ascii_lowercase),
            None => of_email,
        };
        self.emails.contains(&email)
            || domain.is_some_and(|domain| self.domains.contains(&domain))
            || self.claims.iter().any(|(path, values)| {
                let found = texts(claim_at(claims, path));
                found
                    .into_iter()
                    .any(|found| values.iter().any(|value| value == found))
            })
    }
}

const KEYS: &[&str] = &["emails", "domains", "claims"];

/// The rules of a provider's table; none where everybody is let in.
pub(super) fn read(table: &Table<'_, '_>, report: &mut Report<'_>) -> Option<Allow> {
    let inner = table.inner("allow", report)?;
    for entry in &inner.entries {
        if !KEYS.contains(&entry.key) {
            let found = "is no rule";
            let hint = "the rules are emails, domains and claims";
            report.problem(Some(entry.offset), &inner.path_of(entry.key), found, hint);
        }
    }
    let mut read = |key: &str, is_right: fn(&str) -> bool, hint: &str| -> Vec<String> {
        let mut all = Vec::new();
        for (offset, text) in inner.texts(key, report) {
            if is_right(text) {
                all.push(text.to_ascii_lowercase());
                continue;
            }
            let found = format!("{:?} is none", cut(text));
            report.problem(Some(offset), &inner.path_of(key), found, hint);
        }
        all
    };
    let emails = read(
        "emails",
        is_address,
        "write addresses: \"alice@example.com\"",
    );
    let domains = read(
        "domains",
        is_domain,
        "write domains without @: \"example.com\"",
    );
    let claims = claims(&inner, report);
    let allow = Allow {
        emails,
        domains,
        claims,
    };
    if allow == Allow::default() {
        let hint = "name whom to let in, or leave allow out to let in everybody";
        report.problem(Some(inner.offset), &inner.path, "lets nobody in", hint);
    }
    Some(allow)
}

fn claims(table: &Table<'_, '_>, report: &mut Report<'_>) -> Vec<(String, Vec<String>)> {
    let Some(inner) = table.inner("claims", report) else {
        return Vec::new();
    };
    let keys: Vec<_> = inner.entries.iter().map(|entry| entry.key).collect();
    let mut claims = Vec::new();
    for key in keys {
        let values = inner.texts(key, report).into_iter();
        let values: Vec<_> = values.map(|(_, text)| text.to_owned()).collect();
        claims.push((key.to_owned(), values));
    }
    claims
}

fn is_address(text: &str) -> bool {
    matches!(text.split_once('@'), Some((name, domain)) if !name.is_empty() && is_domain(domain))
}

fn is_domain(text: &str) -> bool {
    !text.is_empty() && !text.contains(['@', '/', ' ', ':'])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::{KEYS, SHARED, check, check_in_google, read};
    use super::Allow;

    fn allow(rules: &str) -> Allow {
        let text = format!("{SHARED}[auth.google]{KEYS}allow = {{ {rules} }}");
        read(&text).providers[0].allow.clone().expect("rules")
    }

    #[test]
    fn a_verified_address_is_let_in_in_whatever_letters() {
        let allow = allow("emails = ['Alice@Example.com']");
        let check = |email: &str, verified: Value, expected: bool| {
            let claims = json!({"email": email, "email_verified": verified});
            let claims = claims.as_object().unwrap();
            assert_eq!(allow.admits(claims, None), expected, "{claims:?}");
        };
        check("alice@example.com", json!(true), true);
        check("ALICE@EXAMPLE.COM", json!("true"), true);
        check("alice@example.com", json!(false), false);
        check("alice@example.com", json!(null), false);
        check("alice@example.com.evil.test", json!(true), false);
        check("bob@example.com", json!(true), false);
        // A Turkish letter that becomes an i where all letters are folded.
        check("al\u{130}ce@example.com", json!(true), false);
        check("al\u{131}ce@example.com", json!(true), false);
        assert!(!allow.admits(&serde_json::Map::new(), None), "no address");
    }

    #[test]
    fn letters_beyond_ascii_are_told_apart() {
        let allow = allow("emails = ['kim@example.com']");
        let claims = json!({"email": "\u{212a}im@example.com", "email_verified": true});
        assert!(
            !allow.admits(claims.as_object().unwrap(), None),
            "the Kelvin sign"
        );
    }

    #[test]
    fn a_domain_is_what_the_provider_says_it_is() {
        let allow = allow("domains = 'example.com'");
        let check = |claims: Value, claim: Option<&str>, expected: bool| {
            let claims = claims.as_object().unwrap();
            assert_eq!(allow.admits(claims, claim), expected, "{claims:?}");
        };
        let address = json!({"email": "alice@example.com", "email_verified": true});
        check(address.clone(), None, true);
        // An account of somebody's own with an address of the organisation.
        check(address, Some("hd"), false);
        check(json!({"hd": "Example.com"}), Some("hd"), true);
        check(json!({"hd": "example.com"}), None, false);
        let below = json!({"email": "a@sub.example.com", "email_verified": true});
        check(below, None, false);
        let twice = json!({"email": "a@example.com@evil.test", "email_verified": true});
        check(twice, None, false);
    }

    #[test]
    fn a_claim_is_one_value_or_has_it_in_a_list() {
        let allow = allow("claims = { groups = ['staff', 'admin'], tid = 'x' }");
        let check = |claims: Value, expected: bool| {
            let claims = claims.as_object().unwrap();
            assert_eq!(allow.admits(claims, None), expected, "{claims:?}");
        };
        check(json!({"groups": ["guests", "admin"]}), true);
        check(json!({"groups": "staff"}), true);
        check(json!({"tid": "x"}), true);
        check(json!({"groups": ["guests"]}), false);
        check(json!({"groups": {"staff": true}}), false);
        check(json!({"groups": "staff,guests"}), false);
        check(json!({}), false);
        let allow = self::allow("claims = { 'realm_access.roles' = 'staff' }");
        let claims = json!({"realm_access": {"roles": ["staff"]}});
        assert!(
            allow.admits(claims.as_object().unwrap(), None),
            "below another"
        );
    }

    #[test]
    fn rules_that_can_let_nobody_in_are_a_problem() {
        check_in_google(
            "allow = {}",
            "allow: lets nobody in; name whom to let in, or leave allow out to let in everybody",
        );
        check_in_google(
            "allow = { emails = 'alice' }",
            "allow.emails: \"alice\" is none; write addresses: \"alice@example.com\"\n\
             s.toml:8: auth.google.allow: lets nobody in; name whom to let in, or leave allow out \
             to let in everybody",
        );
        check_in_google(
            "allow = { domains = ['@example.com', 'a.test'] }",
            "allow.domains: \"@example.com\" is none; write domains without @: \"example.com\"",
        );
        check_in_google(
            "allow = { mails = 'a@b.test', domains = 'a.test' }",
            "allow.mails: is no rule; the rules are emails, domains and claims",
        );
        check_in_google(
            "allow = 'a@b.test'",
            "allow: is a string; it must be a table: [auth.google.allow]",
        );
        check(
            &format!("{SHARED}allow = {{ domains = 'a.test' }}\n[auth.google]{KEYS}"),
            "s.toml:4: auth.allow: is a key of a provider; move it to the table of one, e.g. [auth.google]",
        );
    }
}
