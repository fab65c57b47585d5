//! An app that is registered with the provider.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::keys::Algorithm;

/// A registered app, with the names of [RFC 7591 section
/// 2](https://www.rfc-editor.org/rfc/rfc7591#section-2).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Client {
    /// What the app calls itself at the authorization and token endpoints.
    pub client_id: String,
    /// What the app proves itself with; a public client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Where answers may be sent. Compared as strings, character by character
    /// ([RFC 9700 section 2.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1)).
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// What the pages call the app; without it they show the host of the redirect URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Where the app's scripts are from; it stands in the file of a client alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub javascript_origins: Vec<String>,
    /// How the app proves itself at the token endpoint; absent: by its secret, in the header or in
    /// the body, or not at all where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    /// The app's public keys, a JWK Set: what `private_key_jwt` is verified with
    /// ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// What ID tokens and logout tokens are signed with; absent: by whichever key signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<Algorithm>,
    /// Makes the `UserInfo` answer a JWT, signed with this
    /// ([Registration 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// Where a visitor may be sent after a logout, compared as `redirect_uris` are
    /// ([RP-Initiated Logout 3.1](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#ClientMetadata)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens are posted to
    /// ([Back-Channel Logout 2.2](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRegistration)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether a logout token must have a `sid`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub backchannel_logout_session_required: bool,
    /// What the logout page shows in an invisible frame
    /// ([Front-Channel Logout 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether that frame's URL must have `iss` and `sid`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub frontchannel_logout_session_required: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// How an app proves itself at the token endpoint,
/// [OpenID Connect Core 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum TokenEndpointAuthMethod {
    /// The secret in the `Authorization` header.
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// A JWT signed with the app's own key.
    PrivateKeyJwt,
    /// Not at all: a public client.
    None,
}

impl TokenEndpointAuthMethod {
    /// Every method.
    pub const ALL: [Self; 4] = [
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::PrivateKeyJwt,
        Self::None,
    ];

    /// The name that registrations and metadata use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }
}

impl Client {
    /// What a client can have its tokens signed with.
    pub const SIGNED_RESPONSE_ALGORITHMS: [Algorithm; 3] =
        [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

    /// Whether it cannot keep a secret, so that nothing but PKCE protects its codes.
    #[must_use]
    pub fn is_public(&self) -> bool {
        match self.token_endpoint_auth_method {
            Some(method) => method == TokenEndpointAuthMethod::None,
            None => self.client_secret.is_none() && self.jwks.is_none(),
        }
    }
}

/// Leaves the secret out, so that a client can be logged.
impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret.as_ref().map(|_| ".."))
            .field("redirect_uris", &self.redirect_uris)
            .field("client_name", &self.client_name)
            .finish_non_exhaustive()
    }
}

/// Why a text cannot be a redirect URI
/// ([RFC 6749 section 3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// White space or a control character, which a URL parser would silently drop or encode.
    #[error("it contains white space or a control character")]
    WhiteSpace,
    /// No scheme: a path, or a host alone.
    #[error("it is not absolute: the scheme, such as http://, is missing")]
    Relative,
    /// A `#` part, which never reaches the app's server.
    #[error("it has a fragment (#..)")]
    Fragment,
    /// Not a URL at all; the inner error says where it stops being one.
    #[error("it is not a URL: {0}")]
    Syntax(url::ParseError),
}

/// Reads a redirect URI: absolute, and without a fragment.
///
/// # Errors
/// Says what is wrong with it ([RFC 6749 section
/// 3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)).
pub fn parse_redirect_uri(text: &str) -> Result<Url, RedirectUriError> {
    if text.is_empty() {
        return Err(RedirectUriError::Empty);
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(RedirectUriError::WhiteSpace);
    }
    let url = Url::parse(text).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => RedirectUriError::Relative,
        other => RedirectUriError::Syntax(other),
    })?;
    // "localhost:8501/callback" parses, with "localhost" for a scheme.
    if url.cannot_be_a_base() && !text.contains(":/") && text.contains('/') {
        return Err(RedirectUriError::Relative);
    }
    if url.fragment().is_some() {
        return Err(RedirectUriError::Fragment);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_absolute_and_has_no_fragment() {
        let check = |text: &str, expected: Result<(), RedirectUriError>| {
            assert_eq!(parse_redirect_uri(text).map(|_| ()), expected, "{text:?}");
        };
        check("http://localhost:8501/oauth2callback", Ok(()));
        check("https://app.example/cb?tenant=1", Ok(()));
        check("http://[::1]:8501/cb", Ok(()));
        check("com.example.app:/callback", Ok(()));
        check("", Err(RedirectUriError::Empty));
        check(" http://localhost/cb", Err(RedirectUriError::WhiteSpace));
        check("http://localhost/cb\n", Err(RedirectUriError::WhiteSpace));
        check("/oauth2callback", Err(RedirectUriError::Relative));
        check("app.example/cb", Err(RedirectUriError::Relative));
        check(
            "localhost:8501/oauth2callback",
            Err(RedirectUriError::Relative),
        );
        check(
            "https://app.example/cb#top",
            Err(RedirectUriError::Fragment),
        );
        check(
            "http://localhost:99999/cb",
            Err(RedirectUriError::Syntax(url::ParseError::InvalidPort)),
        );
    }

    #[test]
    fn a_method_is_named_as_registrations_name_it() {
        for method in TokenEndpointAuthMethod::ALL {
            let written = serde_json::to_string(&method).unwrap();
            assert_eq!(written, format!("{:?}", method.name()));
        }
    }

    #[test]
    fn debug_output_leaves_the_secret_out() {
        let client = Client {
            client_id: "app".into(),
            client_secret: Some("hunter2".into()),
            ..Client::default()
        };
        let text = format!("{client:?}");
        assert!(text.contains("app") && !text.contains("hunter2"), "{text}");
    }
}
