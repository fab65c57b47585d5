//! [`Metadata`]: what a login needs of a discovery document.
//!
//! `openidconnect` has a type for the whole document, and refuses it for any member that is not as
//! the specification has it. Only what is used is read here, so that a provider's odd `op_tos_uri`
//! keeps nobody out.

use openidconnect::{AuthType, AuthUrl, TokenUrl};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::{Document, Preset, Rules};
use crate::{LoginError, config::is_loopback, error::cut, json};

/// What stands between an issuer and its discovery document
/// ([Discovery 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).
const SUFFIX: &str = "/.well-known/openid-configuration";

/// Provider metadata that has been checked ([Discovery
/// 4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)).
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: AuthUrl,
    pub(crate) token_endpoint: TokenUrl,
    /// None at a provider without OpenID.
    pub(crate) jwks_uri: Option<Url>,
    pub(crate) userinfo_endpoint: Option<Url>,
    /// [RP-Initiated Logout 2.1](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#OPMetadata).
    pub(crate) end_session_endpoint: Option<Url>,
    /// How the client authenticates at the token endpoint, where the metadata say it.
    pub(crate) client_authentication: Option<AuthType>,
    /// RFC 9207 3: every authorization response says `iss`.
    pub(crate) says_issuer_in_responses: bool,
    /// `id_token_signing_alg_values_supported`, empty where it is missing.
    pub(crate) id_token_algorithms: Vec<String>,
}

#[derive(Deserialize)]
struct Members {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default, deserialize_with = "text_or_nothing")]
    userinfo_endpoint: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
}

/// An optional member of an odd type is none.
fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::to_owned))
}

impl Document for Metadata {
    /// A provider whose discovery is down for a while can still serve logins.
    const STALE_FOR: i64 = 7 * 86_400;

    fn parse(url: &Url, body: &[u8], rules: Rules<'_>) -> Result<Self, LoginError> {
        let members: Members = json::from_slice(body).map_err(|error| unreadable(url, &error))?;
        check_issuer(url, &members.issuer, rules.preset)?;
        let endpoint = |name, value: &str| endpoint(url, name, value, rules.allows_http);
        let optional = |name, value: Option<String>| {
            let value = value?;
            // A login can do without: what cannot be used is as good as missing.
            let used = endpoint(name, &value);
            used.inspect_err(|error| tracing::warn!(%error, "an endpoint is left alone"))
                .ok()
        };
        let methods = members.token_endpoint_auth_methods_supported;
        Ok(Self {
            authorization_endpoint: AuthUrl::from_url(endpoint(
                "authorization_endpoint",
                &members.authorization_endpoint,
            )?),
            token_endpoint: TokenUrl::from_url(endpoint(
                "token_endpoint",
                &members.token_endpoint,
            )?),
            jwks_uri: Some(endpoint("jwks_uri", &members.jwks_uri)?),
            userinfo_endpoint: optional("userinfo_endpoint", members.userinfo_endpoint),
            end_session_endpoint: optional("end_session_endpoint", members.end_session_endpoint),
            issuer: members.issuer,
            client_authentication: methods.as_deref().map(client_authentication),
            says_issuer_in_responses: members
                .authorization_response_iss_parameter_supported
                .unwrap_or_default(),
            id_token_algorithms: members
                .id_token_signing_alg_values_supported
                .unwrap_or_default(),
        })
    }
}

fn unreadable(url: &Url, error: &serde_json::Error) -> LoginError {
    let detail = cut(&error.to_string());
    if error.is_data() {
        return LoginError::Metadata { detail };
    }
    LoginError::NotJson {
        url: url.to_string(),
        detail,
    }
}

impl Metadata {
    /// What is known of a provider without discovery.
    pub(super) fn known(authorize_url: &Url, access_token_url: &Url, before: &str) -> Self {
        let issuer = authorize_url.as_str();
        Self {
            issuer: issuer.strip_suffix(before).unwrap_or(issuer).to_owned(),
            authorization_endpoint: AuthUrl::from_url(authorize_url.clone()),
            token_endpoint: TokenUrl::from_url(access_token_url.clone()),
            jwks_uri: None,
            userinfo_endpoint: None,
            end_session_endpoint: None,
            client_authentication: Some(AuthType::RequestBody),
            says_issuer_in_responses: false,
            id_token_algorithms: Vec::new(),
        }
    }
}

/// The issuer is the one whose discovery document stands at this URL, character by character. A
/// final slash does not show in the URL, so either form is right there; the ID token's `iss` is
/// then compared with the one found here. Some providers are known to say another one there.
fn check_issuer(url: &Url, issuer: &str, preset: &Preset) -> Result<(), LoginError> {
    let expected = issuer_of(url);
    if issuer.strip_suffix('/').unwrap_or(issuer) == expected
        || preset.allows_issuer(expected, issuer)
    {
        return Ok(());
    }
    Err(LoginError::MetadataIssuer {
        url: url.to_string(),
        expected: expected.to_owned(),
        found: cut(issuer),
    })
}

/// The issuer that a discovery URL stands for, without a final slash.
fn issuer_of(url: &Url) -> &str {
    url.as_str().strip_suffix(SUFFIX).unwrap_or(url.as_str())
}

/// Secrets and codes go over https. Only a provider on this machine may say http, and only about
/// this machine.
fn endpoint(
    discovery: &Url,
    name: &str,
    value: &str,
    allows_http: bool,
) -> Result<Url, LoginError> {
    let refused = |why: &str| LoginError::Metadata {
        detail: format!("{name} {:?} {why}", cut(value)),
    };
    let url = Url::parse(value).map_err(|_| refused("is no absolute URL"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if discovery.scheme() == "http" && (allows_http || is_loopback(&url)) => Ok(url),
        _ => Err(refused("is not https")),
    }
}

/// The secret goes into the body only where that, and not the header, is listed.
fn client_authentication(methods: &[String]) -> AuthType {
    let lists = |name: &str| methods.iter().any(|method| method == name);
    if lists("client_secret_post") && !lists("client_secret_basic") {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use url::Url;

    use super::{Document, Metadata, Preset, Rules};
    use crate::LoginError;

    const AT: &str = "https://idp.test/tenant/.well-known/openid-configuration";

    fn document() -> Value {
        json!({
            "issuer": "https://idp.test/tenant",
            "authorization_endpoint": "https://idp.test/authorize?tenant=1",
            "token_endpoint": "https://token.idp.test/token",
            "jwks_uri": "https://idp.test/keys",
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut document = document();
        document[name] = value;
        document
    }

    fn read(at: &str, body: &[u8], allows_http: bool) -> Result<Metadata, LoginError> {
        let preset = &Preset::default();
        let rules = Rules {
            preset,
            allows_http,
        };
        Metadata::parse(&Url::parse(at).unwrap(), body, rules)
    }

    fn parse(at: &str, document: &Value) -> Result<Metadata, LoginError> {
        read(at, document.to_string().as_bytes(), false)
    }

    #[test]
    fn it_accepts_what_a_login_can_live_with() {
        let check = |document: Value| drop(parse(AT, &document).unwrap());
        check(document());
        check(with("issuer", json!("https://idp.test/tenant/")));
        check(with("op_tos_uri", json!("")));
        check(with("scopes_supported", json!(null)));
        check(with("token_endpoint_auth_methods_supported", json!(null)));
        check(with("x-extension", json!([{}])));
    }

    #[test]
    fn it_refuses() {
        let check = |document: Value, reason: &str| {
            let error = parse(AT, &document).unwrap_err();
            assert_eq!(error.reason(), reason, "{document}: {error}");
        };
        check(
            with("issuer", json!("https://idp.test/other")),
            "metadata.issuer",
        );
        check(
            with("issuer", json!("https://idp.test/tenant//")),
            "metadata.issuer",
        );
        check(
            with("issuer", json!("https://IDP.test/tenant")),
            "metadata.issuer",
        );
        check(
            with("issuer", json!("https://idp.test:443/tenant")),
            "metadata.issuer",
        );
        check(
            with("issuer", json!("http://idp.test/tenant")),
            "metadata.issuer",
        );
        check(
            with("issuer", json!("https://idp.test/tenant?x=1")),
            "metadata.issuer",
        );
        check(with("issuer", json!("")), "metadata.issuer");
        check(with("issuer", json!(null)), "metadata.invalid");
        check(with("issuer", json!(7)), "metadata.invalid");
        check(
            with("authorization_endpoint", json!(null)),
            "metadata.invalid",
        );
        check(
            with("authorization_endpoint", json!("javascript:alert(1)")),
            "metadata.invalid",
        );
        check(
            with("token_endpoint", json!("http://idp.test/token")),
            "metadata.invalid",
        );
        check(
            with("token_endpoint", json!("http://127.0.0.1/token")),
            "metadata.invalid",
        );
        check(with("token_endpoint", json!("/token")), "metadata.invalid");
        check(
            with("jwks_uri", json!("file:///etc/passwd")),
            "metadata.invalid",
        );
        check(
            with("jwks_uri", json!(["https://idp.test/keys"])),
            "metadata.invalid",
        );
        check(json!([]), "metadata.invalid");
    }

    #[test]
    fn it_refuses_text_that_is_not_json() {
        let check = |body: &[u8], reason: &str| {
            let error = read(AT, body, false).unwrap_err();
            assert_eq!(error.reason(), reason, "{error}");
        };
        check(b"<!doctype html>", "provider.not_json");
        check(b"", "provider.not_json");
        check(b"{\"issuer\":", "provider.not_json");
        check(br#"{"issuer":"a","issuer":"b"}"#, "metadata.invalid");
    }

    #[test]
    fn http_is_for_this_machine_alone() {
        let local = |token_endpoint: &str| {
            let at = "http://127.0.0.1:9000/.well-known/openid-configuration";
            let mut document = with("issuer", json!("http://127.0.0.1:9000"));
            document["token_endpoint"] = json!(token_endpoint);
            parse(at, &document)
                .map(drop)
                .map_err(|error| error.reason())
        };
        assert_eq!(local("http://127.0.0.1:9000/token"), Ok(()));
        assert_eq!(local("http://localhost:9001/token"), Ok(()));
        assert_eq!(local("http://192.0.2.1/token"), Err("metadata.invalid"));
    }

    #[test]
    fn the_secret_goes_into_the_header_unless_only_the_body_is_listed() {
        let check = |methods: Value, expected: &str| {
            let metadata =
                parse(AT, &with("token_endpoint_auth_methods_supported", methods)).unwrap();
            let found = metadata.client_authentication;
            let found = found.map_or("None".to_owned(), |found| format!("{found:?}"));
            assert_eq!(found, expected);
        };
        check(json!(null), "None");
        check(json!([]), "BasicAuth");
        check(json!(["none"]), "BasicAuth");
        check(
            json!(["client_secret_post", "client_secret_basic"]),
            "BasicAuth",
        );
        check(
            json!(["private_key_jwt", "client_secret_post"]),
            "RequestBody",
        );
    }
}
