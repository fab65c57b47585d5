//! [`TokenResponse`]: what a token endpoint answers, with the ID token as the string that it is.
//!
//! The type that `openidconnect` has for this reads the ID token's claims as well, and refuses the
//! whole response for a claim of an odd type.

use std::time::Duration;

use openidconnect::{
    AccessToken, OAuth2TokenResponse, RefreshToken, Scope,
    core::{
        CoreGenderClaim, CoreIdToken, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
        CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json;

/// A successful token response ([RFC 6749 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1),
/// [Core 3.1.3.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse)).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(try_from = "json::Object")]
pub(super) struct TokenResponse {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    /// Seconds, where they are a sane number.
    pub(super) expires_in: Option<i64>,
    #[serde(skip_serializing)]
    pub(super) id_token: Option<String>,
    token_type: CoreTokenType,
}

impl TryFrom<json::Object> for TokenResponse {
    type Error = &'static str;

    fn try_from(json::Object(mut members): json::Object) -> Result<Self, &'static str> {
        let token_type = text(&mut members, "token_type").ok_or("token_type is missing")?;
        // RFC 6749 5.1: upper and lower case do not matter. Another type would be of no use.
        if !token_type.eq_ignore_ascii_case("bearer") {
            return Err("token_type is not Bearer");
        }
        let access_token = text(&mut members, "access_token").ok_or("access_token is missing")?;
        Ok(Self {
            access_token: AccessToken::new(access_token),
            refresh_token: text(&mut members, "refresh_token").map(RefreshToken::new),
            expires_in: members
                .get("expires_in")
                .and_then(Value::as_i64)
                .filter(|seconds| *seconds > 0),
            id_token: text(&mut members, "id_token"),
            token_type: CoreTokenType::Bearer,
        })
    }
}

fn text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.get_mut(name)?.take() {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

impl OAuth2TokenResponse for TokenResponse {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in
            .and_then(|seconds| seconds.try_into().ok())
            .map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl
    openidconnect::TokenResponse<
        openidconnect::EmptyAdditionalClaims,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    > for TokenResponse
{
    /// `None`: the crate's verifier is not used, and its type cannot hold what `verify` accepts.
    fn id_token(&self) -> Option<&CoreIdToken> {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use openidconnect::OAuth2TokenResponse;

    use super::{Duration, TokenResponse};

    fn with(name: &str, value: Value) -> Value {
        let mut response = json!({"access_token": "a", "token_type": "Bearer", "id_token": "i"});
        response[name] = value;
        response
    }

    #[test]
    fn it_accepts_what_is_optional_or_odd() {
        let check = |response: Value, expires_in, id_token: Option<&str>| {
            let parsed: TokenResponse = serde_json::from_value(response).unwrap();
            assert_eq!(
                (parsed.expires_in, parsed.id_token.as_deref()),
                (expires_in, id_token)
            );
            assert_eq!(parsed.access_token.secret(), "a");
        };
        check(with("expires_in", json!(3599)), Some(3599), Some("i"));
        check(with("expires_in", json!("3599")), None, Some("i"));
        check(with("expires_in", json!(0)), None, Some("i"));
        check(with("expires_in", json!(-1)), None, Some("i"));
        check(with("expires_in", json!(1e30)), None, Some("i"));
        check(with("token_type", json!("bEARER")), None, Some("i"));
        check(with("scope", json!(["x"])), None, Some("i"));
        check(with("id_token", json!("")), None, None);
        check(with("id_token", json!(["i"])), None, None);
        check(with("id_token", json!(null)), None, None);
    }

    #[test]
    fn it_refuses() {
        let check = |response: &str, expected: &str| {
            let error = serde_json::from_str::<TokenResponse>(response).unwrap_err();
            assert!(
                error.to_string().starts_with(expected),
                "{response}: {error}"
            );
        };
        check(
            &with("access_token", json!("")).to_string(),
            "access_token is missing",
        );
        check(
            &with("access_token", json!(7)).to_string(),
            "access_token is missing",
        );
        check(
            &with("token_type", json!(null)).to_string(),
            "token_type is missing",
        );
        check(
            &with("token_type", json!("MAC")).to_string(),
            "token_type is not Bearer",
        );
        check(
            r#"{"id_token":"a","id_token":"b"}"#,
            "a member stands twice",
        );
        check("[]", "not an object");
    }

    #[test]
    fn the_crate_is_told_the_same() {
        let parse =
            |name, value| -> TokenResponse { serde_json::from_value(with(name, value)).unwrap() };
        let response = parse("expires_in", json!(3599));
        assert_eq!(
            OAuth2TokenResponse::expires_in(&response),
            Some(Duration::from_secs(3599))
        );
        assert_eq!(
            OAuth2TokenResponse::refresh_token(&response).map(|_| ()),
            None
        );
        assert_eq!(response.scopes(), None);
        let response = parse("refresh_token", json!("r"));
        let refresh_token = OAuth2TokenResponse::refresh_token(&response).unwrap();
        assert_eq!(refresh_token.secret(), "r");
        assert_eq!(OAuth2TokenResponse::expires_in(&response), None);
    }
}
