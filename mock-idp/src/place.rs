//! The places of a provider: where a request arrives, and where a lie can be told.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place of the provider, named as the specifications name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Place {
    /// The provider's metadata,
    /// [OpenID Connect Discovery 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig).
    Discovery,
    /// The provider's public keys,
    /// [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5).
    Jwks,
    /// The authorization endpoint,
    /// [RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1), and its answer to the app,
    /// whichever page sends it.
    Authorization,
    /// The token endpoint,
    /// [RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2).
    Token,
    /// The JOSE header of an ID token. Not a place a request can go to.
    IdTokenHeader,
    /// The claims of an ID token,
    /// [OpenID Connect Core 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken). Not a place a request can
    /// go to.
    IdTokenClaims,
    /// The `UserInfo` endpoint,
    /// [OpenID Connect Core 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo).
    #[serde(rename = "userinfo")]
    UserInfo,
    /// The revocation endpoint, [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009).
    Revocation,
    /// What an API asks about a token that it was sent: Google's tokeninfo.
    #[serde(rename = "tokeninfo")]
    TokenInfo,
    /// The logout endpoint and its pages,
    /// [RP-Initiated Logout 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
    EndSession,
    /// The request that tells an app of a logout,
    /// [Back-Channel Logout 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest). Not a place a
    /// request can go to: the provider sends it.
    BackchannelLogout,
    /// The JOSE header of a logout token. Not a place a request can go to.
    LogoutTokenHeader,
    /// The claims of a logout token,
    /// [Back-Channel Logout 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken). Not a place
    /// a request can go to.
    LogoutTokenClaims,
    /// The page that asks who is there.
    AccountChooser,
    /// The page that asks whether the app may know.
    Consent,
    /// The page that tells a visitor why an authorization request was refused.
    AuthorizationError,
    /// The picture the provider draws of a persona.
    Picture,
    /// An endpoint that the provider's metadata names and that is not built yet.
    NotBuilt,
    /// Any other path.
    Elsewhere,
}

impl Place {
    /// Every place, in the order a login meets them.
    pub const ALL: [Self; 19] = [
        Self::Discovery,
        Self::Jwks,
        Self::Authorization,
        Self::AccountChooser,
        Self::Consent,
        Self::AuthorizationError,
        Self::Token,
        Self::IdTokenHeader,
        Self::IdTokenClaims,
        Self::UserInfo,
        Self::TokenInfo,
        Self::Revocation,
        Self::EndSession,
        Self::BackchannelLogout,
        Self::LogoutTokenHeader,
        Self::LogoutTokenClaims,
        Self::Picture,
        Self::NotBuilt,
        Self::Elsewhere,
    ];

    /// The stable name, as data and logs write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Authorization => "authorization",
            Self::Token => "token",
            Self::IdTokenHeader => "id_token_header",
            Self::IdTokenClaims => "id_token_claims",
            Self::UserInfo => "userinfo",
            Self::TokenInfo => "tokeninfo",
            Self::Revocation => "revocation",
            Self::EndSession => "end_session",
            Self::BackchannelLogout => "backchannel_logout",
            Self::LogoutTokenHeader => "logout_token_header",
            Self::LogoutTokenClaims => "logout_token_claims",
            Self::AccountChooser => "account_chooser",
            Self::Consent => "consent",
            Self::AuthorizationError => "authorization_error",
            Self::Picture => "picture",
            Self::NotBuilt => "not_built",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Whether requests arrive here, or leave from here; the parts of a token are inside another
    /// place's answer.
    #[must_use]
    pub const fn is_endpoint(self) -> bool {
        !matches!(
            self,
            Self::IdTokenHeader
                | Self::IdTokenClaims
                | Self::LogoutTokenHeader
                | Self::LogoutTokenClaims
        )
    }

    /// Whether an answer here has members (claims, parameters) that can be edited by name.
    #[must_use]
    pub const fn has_members(self) -> bool {
        matches!(
            self,
            Self::Discovery
                | Self::Jwks
                | Self::Authorization
                | Self::Token
                | Self::IdTokenHeader
                | Self::IdTokenClaims
                | Self::UserInfo
                | Self::TokenInfo
                | Self::BackchannelLogout
                | Self::LogoutTokenHeader
                | Self::LogoutTokenClaims
        )
    }

    /// Whether a request here says which client it is from.
    #[must_use]
    pub const fn knows_client(self) -> bool {
        matches!(
            self,
            Self::Authorization
                | Self::AccountChooser
                | Self::Consent
                | Self::AuthorizationError
                | Self::Token
                | Self::IdTokenHeader
                | Self::IdTokenClaims
                | Self::UserInfo
                | Self::TokenInfo
                | Self::Revocation
                | Self::EndSession
                | Self::BackchannelLogout
                | Self::LogoutTokenHeader
                | Self::LogoutTokenClaims
        )
    }

    /// Whether an answer here is about one persona.
    #[must_use]
    pub const fn knows_persona(self) -> bool {
        matches!(
            self,
            Self::Authorization
                | Self::Token
                | Self::IdTokenHeader
                | Self::IdTokenClaims
                | Self::UserInfo
                | Self::TokenInfo
                | Self::BackchannelLogout
                | Self::LogoutTokenHeader
                | Self::LogoutTokenClaims
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_that_data_uses() {
        for place in Place::ALL {
            let written = serde_json::to_string(&place).unwrap();
            assert_eq!(written, format!("{:?}", place.name()));
            assert_eq!(serde_json::from_str::<Place>(&written).unwrap(), place);
        }
    }
}
