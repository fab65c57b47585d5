//! [`Identity`]: who logged in.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

/// Who logged in, as the provider vouches for it.
#[derive(Clone)]
pub(crate) struct Identity {
    /// The provider's issuer. Together with `subject` it names one account, for ever; nothing else
    /// does ([Core 5.7](https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability)).
    pub(crate) issuer: String,
    /// The provider's own, unchanging identifier of the account.
    pub(crate) subject: String,
    /// Everything that the ID token says, and what UserInfo adds.
    pub(crate) claims: Map<String, Value>,
    /// Where the provider ends its own session.
    pub(crate) end_session_endpoint: Option<Url>,
    /// What came with it.
    pub(crate) tokens: Tokens,
}

/// The tokens of a login. They have no `Debug`: a log must not show them.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    /// None at a provider without OpenID.
    pub(crate) id_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    /// When the access token expires, in seconds since the Unix epoch, where the provider says so.
    pub(crate) expires_at: Option<i64>,
    /// The nonce of the login, which a refreshed ID token may repeat.
    #[serde(default)]
    pub(crate) nonce: Option<String>,
}

impl Identity {
    /// The provider's name for its own session, which its logout messages use.
    pub(crate) fn session_id(&self) -> Option<&str> {
        text(&self.claims, "sid")
    }
}

/// A claim that is text and not empty.
pub(crate) fn text<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// A claim by its name, else by a path with dots: `realm_access.roles` is `roles` in the object `realm_access`.
pub(crate) fn claim_at<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    claim_at(claims.get(first)?.as_object()?, rest)
}

/// The texts of a claim that is a list of them, or one.
pub(crate) fn texts(claim: Option<&Value>) -> Vec<&str> {
    match claim {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether the provider has seen that the e-mail address is theirs; Cognito says it in words.
pub(crate) fn is_email_verified(claims: &Map<String, Value>) -> bool {
    let claim = claims.get("email_verified");
    claim.is_some_and(|claim| *claim == Value::Bool(true) || *claim == "true")
}

/// What to call somebody: `name`, else the given and the family name, else `preferred_username`,
/// `email`, `sub`.
pub(crate) fn display_name(claims: &Map<String, Value>) -> Option<String> {
    let from_parts = || {
        let parts = ["given_name", "family_name"]
            .into_iter()
            .filter_map(|part| text(claims, part));
        Some(parts.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
    };
    let first_of = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| text(claims, name))
            .map(str::to_owned)
    };
    first_of(&["name"])
        .or_else(from_parts)
        .or_else(|| first_of(&["preferred_username", "email", "sub"]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{claim_at, display_name, texts};

    #[test]
    fn a_claim_is_found_by_its_name_before_a_path() {
        let claims = json!({
            "realm_access": {"roles": ["a", 7, "b"]}, "https://app.test/roles": "c", "x.y": "d", "x": {"y": "e"},
        });
        let check = |path: &str, expected: &[&str]| {
            assert_eq!(
                texts(claim_at(claims.as_object().unwrap(), path)),
                expected,
                "{path}"
            );
        };
        check("realm_access.roles", &["a", "b"]);
        check("https://app.test/roles", &["c"]);
        check("x.y", &["d"]);
        check("realm_access", &[]);
        check("realm_access.roles.x", &[]);
        check("nothing", &[]);
    }

    #[test]
    fn the_name_falls_back() {
        let check = |claims: Value, expected: Option<&str>| {
            let claims = claims.as_object().unwrap();
            assert_eq!(display_name(claims).as_deref(), expected, "{claims:?}");
        };
        let all = json!({
            "name": "Alice Example", "given_name": "Alice", "family_name": "E",
            "preferred_username": "al", "email": "a@example.test", "sub": "1",
        });
        let without = |names: &[&str]| {
            let mut claims = all.clone();
            for name in names {
                claims[*name] = json!("");
            }
            claims
        };
        check(all.clone(), Some("Alice Example"));
        check(without(&["name"]), Some("Alice E"));
        check(without(&["name", "given_name"]), Some("E"));
        check(without(&["name", "family_name"]), Some("Alice"));
        check(without(&["name", "given_name", "family_name"]), Some("al"));
        check(
            json!({"name": null, "email": "a@example.test", "sub": "1"}),
            Some("a@example.test"),
        );
        check(json!({"name": {"first": "x"}, "sub": "1"}), Some("1"));
        check(json!({}), None);
    }
}
