//! What an app does, and another does not.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an app may lack: a case that needs it is then not applicable.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// It fetches the provider's metadata; without, it is told each address.
    Discovery,
    /// It asks the UserInfo endpoint at a login.
    Userinfo,
    /// It registered for a signed UserInfo answer.
    SignedUserinfo,
    /// It knows a second provider.
    SecondProvider,
    /// It knows a login by its `state`; with PKCE or `nonce` it need not (RFC 9700 2.1).
    State,
    /// It sends `nonce`; in the code flow it need not (OpenID Connect Core 3.1.2.1).
    Nonce,
    /// It compares the `iss` of an answer (RFC 9207); with one provider it need not.
    ResponseIss,
    /// It sends `max_age`.
    MaxAge,
    /// It sends `acr_values`.
    AcrValues,
    /// It uses aggregated or distributed claims.
    ClaimSources,
    /// It has a logout.
    Logout,
    /// What it says on its standard output and error can be read.
    Log,
    /// It sends `prompt=none`.
    PromptNone,
    /// It asks for `response_mode=form_post`.
    FormPost,
    /// Another site can begin a login there (OpenID Connect Core 4).
    ThirdPartyLogin,
    /// It is known which algorithms of ID tokens it is set up for.
    Algorithms,
    /// It offers a login to somebody who is logged in.
    Relogin,
    /// It verifies the signatures of ID tokens; in the code flow it may rely on TLS instead (OpenID
    /// Connect Core 3.1.3.7-6).
    Signatures,
    /// Its logout goes on to the provider's own (RP-Initiated Logout).
    ProviderLogout,
    /// It is known where it takes logout tokens (Back-Channel Logout).
    BackchannelLogout,
    /// It is known what of it a provider's logout page frames (Front-Channel Logout).
    FrontchannelLogout,
    /// It refreshes its tokens when somebody looks at the page that says who is logged in.
    Refresh,
    /// A hundred people can be sent there; in browsers that takes too long.
    Crowd,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 23] = [
        Self::Discovery,
        Self::Userinfo,
        Self::SignedUserinfo,
        Self::SecondProvider,
        Self::State,
        Self::Nonce,
        Self::ResponseIss,
        Self::MaxAge,
        Self::AcrValues,
        Self::ClaimSources,
        Self::Logout,
        Self::Log,
        Self::PromptNone,
        Self::FormPost,
        Self::ThirdPartyLogin,
        Self::Algorithms,
        Self::Relogin,
        Self::Signatures,
        Self::ProviderLogout,
        Self::BackchannelLogout,
        Self::FrontchannelLogout,
        Self::Refresh,
        Self::Crowd,
    ];
}

impl Feature {
    /// Why a case that needs it is not applicable.
    pub(super) fn is_lacking(self) -> String {
        match self {
            Self::Crowd => "a hundred people are not sent there in browsers".into(),
            _ => format!("the app has no {self}, its profile says"),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        named(self, formatter)
    }
}

/// What it is called in files.
pub(super) fn named(value: &impl Serialize, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = serde_json::to_value(value).ok();
    formatter.write_str(name.as_ref().and_then(|name| name.as_str()).unwrap_or("?"))
}
