//! The mechanisms a flavour chooses from, a closed list each.

use serde::Deserialize;

/// When a refresh token is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Offline {
    /// With `access_type=offline`, once a consent page was shown.
    AccessType,
    /// With the scope `offline_access`,
    /// [OpenID Connect Core 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
    Scope,
    /// Never.
    Never,
}

/// Whether `sub` is the same at every client,
/// [OpenID Connect Core 8](https://openid.net/specs/openid-connect-core-1_0.html#SubjectIDTypes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubjectType {
    Public,
    Pairwise,
}

/// Which redirect URIs are as good as a registered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RedirectUriMatch {
    /// That one alone.
    Exact,
    /// Those below it, too: of the same host, with a path that begins with its path.
    Below,
}

/// What comes of a parameter that could do no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unneeded {
    Refused,
    Ignored,
}

/// How a token response is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenEncoding {
    /// As JSON.
    Json,
    /// As a form, and as JSON where the request's `Accept` asks for it.
    FormUnlessJsonIsAccepted,
}

/// What a key is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyName {
    /// By chance, in the form that `kid` says.
    Kid,
    /// By the thumbprint of its certificate,
    /// [RFC 7517 section 4.8](https://www.rfc-editor.org/rfc/rfc7517#section-4.8).
    Thumbprint,
}

/// When a session at the provider spares the visitor its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reuse {
    /// Only where the app asks for no page at all.
    PromptNone,
    /// Wherever the app asks for no new login.
    Always,
}

/// Whether using a refresh token replaces it,
/// [RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rotation {
    /// It stays good.
    Never,
    /// Each use gives a new one; the old one, used again, revokes them all.
    Always,
    /// Each use gives a new one, and the old one stays good.
    Additional,
}

/// Who may revoke a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RevocationClient {
    /// The client it was issued to,
    /// [RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1).
    Authenticated,
    /// Whoever has it.
    Anyone,
}

/// What revoking a token that nobody knows does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnknownToken {
    /// Nothing, [RFC 7009 section 2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2).
    Ignored,
    /// It is refused.
    Refused,
}

/// What revoking an access token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccessTokenRevokes {
    /// That token alone.
    Itself,
    /// All that came of the same login.
    Grant,
}
