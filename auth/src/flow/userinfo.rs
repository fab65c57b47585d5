//! The UserInfo endpoint, which says what a thin ID token leaves out
//! ([Core 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use openidconnect::HttpResponse;
use serde_json::{Map, Value};
use url::Url;

use super::Flow;
use crate::{
    LoginError,
    config::UserInfo,
    identity::{Identity, claim_at, text},
    json,
    provider::Metadata,
};

/// What an ID token alone may say: about the login, and about the account that it is.
const OF_THE_ID_TOKEN: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "sid",
    "tid",
];

/// What tells a name, best first.
const NAMES: &[&str] = &[
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "nickname",
];

impl Flow<'_> {
    /// Adds what UserInfo says where the ID token does not. A provider that does not answer keeps nobody out:
    /// who it is stands in the ID token.
    ///
    /// # Errors
    /// The answer is about somebody else, or says twice who it is about.
    pub(super) async fn complete(
        &self,
        metadata: &Metadata,
        mut identity: Identity,
    ) -> Result<Identity, LoginError> {
        let url = metadata.userinfo_endpoint.as_ref();
        let Some(url) = url.filter(|_| self.wants_userinfo(&identity.claims)) else {
            return Ok(identity);
        };
        let token = &identity.tokens.access_token;
        match self.http.fetch_as(url, token).await {
            Ok(answer) => {
                if let Some(found) = read(url, &answer, &identity.subject)? {
                    merge(&mut identity.claims, found);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "UserInfo has no answer: the ID token has to do");
            }
        }
        Ok(identity)
    }

    fn wants_userinfo(&self, claims: &Map<String, Value>) -> bool {
        match self.provider.config.userinfo {
            UserInfo::Always => true,
            UserInfo::Never => false,
            UserInfo::WhereThin => self.is_thin(claims),
        }
    }

    /// Whether something is missing that the scopes ask for, or that roles are read from.
    fn is_thin(&self, claims: &Map<String, Value>) -> bool {
        let scopes = &self.provider.config.asked.scopes;
        let asks = |scope: &str| {
            scopes
                .as_ref()
                .is_none_or(|scopes| scopes.iter().any(|asked| asked == scope))
        };
        let has_name = NAMES.iter().any(|name| text(claims, name).is_some());
        let roles = self.provider.config.roles_claim.as_deref();
        asks("profile") && !has_name
            || asks("email") && text(claims, "email").is_none()
            || roles.is_some_and(|roles| claim_at(claims, roles).is_none())
    }
}

/// What a success says; none where it is no JSON object, such as a signed answer, for which nobody asked.
fn read(
    url: &Url,
    answer: &HttpResponse,
    subject: &str,
) -> Result<Option<Map<String, Value>>, LoginError> {
    let refused = |detail| LoginError::UserInfo {
        url: url.to_string(),
        detail,
    };
    let members = match serde_json::from_slice::<json::Object>(answer.body()) {
        Ok(json::Object(members)) => members,
        Err(error) if error.is_data() => {
            return Err(refused("it is no object, or says something twice"));
        }
        Err(_) => {
            tracing::warn!(%url, "UserInfo did not answer in JSON: the ID token has to do");
            return Ok(None);
        }
    };
    // An error with the status of a success says nothing about anybody.
    if members.contains_key("error") && !members.contains_key("sub") {
        tracing::warn!(%url, "UserInfo answered with an error: the ID token has to do");
        return Ok(None);
    }
    // 5.3.2: without the same subject, nothing of it may be used.
    match text(&members, "sub") {
        Some(found) if found == subject => Ok(Some(members)),
        _ => Err(refused("its sub is not that of the ID token")),
    }
}

/// Only what was not said before is added; whether an address is verified is said by whoever says the address.
fn merge(claims: &mut Map<String, Value>, found: Map<String, Value>) {
    let has_email = claims.contains_key("email");
    for (name, value) in found {
        let is_others = OF_THE_ID_TOKEN.contains(&name.as_str());
        if is_others || value.is_null() || name == "email_verified" && has_email {
            continue;
        }
        claims.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;

    #[test]
    fn what_the_id_token_says_stays() {
        let check = |claims: Value, found: Value, expected: Value| {
            let mut merged = claims.as_object().unwrap().clone();
            merge(&mut merged, found.as_object().unwrap().clone());
            assert_eq!(Value::Object(merged), expected);
        };
        check(
            json!({"sub": "1", "email": "a@x"}),
            json!({"sub": "1", "name": "A", "email": "b@x", "email_verified": true, "picture": null}),
            json!({"sub": "1", "email": "a@x", "name": "A"}),
        );
        check(
            json!({"sub": "1"}),
            json!({"email": "b@x", "email_verified": "true", "groups": ["g"], "acr": "9", "aud": "x"}),
            json!({"sub": "1", "email": "b@x", "email_verified": "true", "groups": ["g"]}),
        );
        check(
            json!({"sub": "1", "email_verified": false}),
            json!({"email": "b@x", "email_verified": true}),
            json!({"sub": "1", "email_verified": false, "email": "b@x"}),
        );
    }
}
