//! [`LoginError`]: why a login did not happen, one variant per cause.

use crate::verify::TokenError;

/// Why a login did not happen.
///
/// [`reason`](Self::reason) is the stable machine-readable name; status and words for the visitor
/// are decided in `page`. What a variant carries is for the log: it never holds a secret, a code or
/// a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The URL names a provider that the configuration does not have.
    #[error("no provider named {name:?} is configured")]
    UnknownProvider {
        /// The name as the URL said it.
        name: String,
    },
    /// The provider did not accept a connection, or broke it.
    #[error("{url} could not be reached: {detail}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the network said.
        detail: String,
    },
    /// The provider did not answer in time.
    #[error("{url} did not answer within {seconds} s")]
    Timeout {
        /// What was asked.
        url: String,
        /// The limit that passed.
        seconds: u64,
    },
    /// The provider answered with a status that is neither a success nor an OAuth error.
    #[error("{url} answered {status}")]
    ProviderStatus {
        /// What was asked.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// The provider's answer is larger than anything that belongs there.
    #[error("{url} answered with more than {limit} bytes")]
    TooLarge {
        /// What was asked.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The provider's answer is not the JSON it has to be.
    #[error("{url} answered with something other than the JSON expected there: {detail}")]
    NotJson {
        /// What was asked.
        url: String,
        /// Where parsing stopped.
        detail: String,
    },
    /// The discovery document lacks something or names an unusable endpoint.
    #[error("the provider's metadata cannot be used: {detail}")]
    Metadata {
        /// Which member, what was found, what would be right.
        detail: String,
    },
    /// The discovery document's issuer is not the one its URL stands for.
    #[error("the metadata at {url} is that of issuer {found:?}, not {expected:?}")]
    MetadataIssuer {
        /// The discovery URL.
        url: String,
        /// The issuer which that URL stands for.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// A parameter stands more than once in the callback.
    #[error("the callback has the parameter {name:?} more than once")]
    CallbackDuplicate {
        /// The parameter.
        name: &'static str,
    },
    /// The callback's state is missing, unknown, used, stale or another browser's.
    #[error("the callback's state is not that of a login begun in this browser: {detail}")]
    CallbackState {
        /// Which of these.
        detail: &'static str,
    },
    /// RFC 9207: the callback comes from another issuer, or does not say from which.
    #[error("the callback's iss is {found:?}, not {expected:?}")]
    CallbackIssuer {
        /// The issuer the login was begun at.
        expected: String,
        /// What the callback says.
        found: Option<String>,
    },
    /// The visitor pressed Cancel, or the provider denied access.
    #[error("access was denied at the provider")]
    Denied,
    /// The provider sent the visitor back with another error.
    #[error("the provider answered the authorization request with {error:?}: {description:?}")]
    CallbackError {
        /// RFC 6749 4.1.2.1 `error`.
        error: String,
        /// `error_description`, cut at a sane length.
        description: Option<String>,
    },
    /// The callback carries neither a code nor an error.
    #[error("the callback has no code")]
    CallbackCode,
    /// The token endpoint refused.
    #[error("the token endpoint answered {error:?}: {description:?}")]
    TokenError {
        /// RFC 6749 5.2 `error`.
        error: String,
        /// `error_description`, cut at a sane length.
        description: Option<String>,
    },
    /// The token response is not one: no access token, another token type.
    #[error("the token response cannot be used: {detail}")]
    TokenResponse {
        /// Which member, what was found, what would be right.
        detail: String,
    },
    /// The private key that the configuration names does not sign.
    #[error("the client's private key does not sign")]
    ClientKey,
    /// The UserInfo endpoint answered about somebody else, or with what no answer may be.
    #[error("what {url} says cannot be believed: {detail}")]
    UserInfo {
        /// Where it was asked.
        url: String,
        /// What is wrong with it.
        detail: &'static str,
    },
    /// The provider's API does not say who it is.
    #[error("the provider does not say who it is: {detail}")]
    User {
        /// Where it was asked, and what is missing.
        detail: String,
    },
    /// It is clear who it is, and the configuration does not let them in.
    #[error("{subject:?} of {issuer} is not allowed here: no rule of `allow` is about them")]
    NotAllowed {
        /// The issuer of the account.
        issuer: String,
        /// Its identifier there.
        subject: String,
    },
    /// The ID token failed a check.
    #[error("the ID token was refused: {0}")]
    IdToken(#[from] TokenError),
    /// So many logins are pending that no more is begun.
    #[error("too many logins are pending")]
    Busy,
    /// The session store failed.
    #[error("the session store failed: {detail}")]
    Store {
        /// What the store said.
        detail: String,
    },
}

impl LoginError {
    /// The stable, machine-readable name of the cause: on pages (`data-reason`), in logs and in
    /// tests.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownProvider { .. } => "provider.unknown",
            Self::Unreachable { .. } => "provider.unreachable",
            Self::Timeout { .. } => "provider.timeout",
            Self::ProviderStatus { .. } => "provider.status",
            Self::TooLarge { .. } => "provider.too_large",
            Self::NotJson { .. } => "provider.not_json",
            Self::Metadata { .. } => "metadata.invalid",
            Self::MetadataIssuer { .. } => "metadata.issuer",
            Self::CallbackDuplicate { .. } => "callback.duplicate",
            Self::CallbackState { .. } => "callback.state",
            Self::CallbackIssuer { .. } => "callback.iss",
            Self::Denied => "callback.denied",
            Self::CallbackError { .. } => "callback.error",
            Self::CallbackCode => "callback.code",
            Self::TokenError { .. } => "token.error",
            Self::TokenResponse { .. } => "token.response",
            Self::ClientKey => "client.key",
            Self::UserInfo { .. } => "userinfo.refused",
            Self::User { .. } => "user.unknown",
            Self::NotAllowed { .. } => "user.not_allowed",
            Self::IdToken(error) => error.reason(),
            Self::Busy => "login.busy",
            Self::Store { .. } => "store.failed",
        }
    }
}

/// How many characters of foreign text are kept.
const FOREIGN_TEXT: usize = 200;

/// Foreign text at a length that neither a log nor a page minds.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(FOREIGN_TEXT) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn foreign_text_is_cut_between_characters() {
        assert_eq!(cut(&"\u{e4}".repeat(200)), "\u{e4}".repeat(200));
        assert_eq!(
            cut(&"\u{e4}".repeat(201)),
            format!("{}..", "\u{e4}".repeat(200))
        );
    }
}
