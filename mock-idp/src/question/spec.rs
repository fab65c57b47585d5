//! Where a rule is written.

use std::fmt;

/// A section of a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spec {
    /// An RFC by its number, and the section.
    Rfc(u16, &'static str),
    /// OpenID Connect Core 1.0: the section and its anchor.
    Core(&'static str, &'static str),
    /// OpenID Connect Discovery 1.0: the section and its anchor.
    Discovery(&'static str, &'static str),
    /// OAuth 2.0 Multiple Response Types 2.1.
    ResponseModes,
}

impl Spec {
    /// Where the section can be read.
    #[must_use]
    pub fn url(&self) -> String {
        const OPENID: &str = "https://openid.net/specs/";
        match self {
            Self::Rfc(number, section) => {
                format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
            }
            Self::Core(_, anchor) => format!("{OPENID}openid-connect-core-1_0.html#{anchor}"),
            Self::Discovery(_, anchor) => {
                format!("{OPENID}openid-connect-discovery-1_0.html#{anchor}")
            }
            Self::ResponseModes => {
                format!("{OPENID}oauth-v2-multiple-response-types-1_0.html#ResponseModes")
            }
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc(number, section) => write!(formatter, "RFC {number} section {section}"),
            Self::Core(section, _) => write!(formatter, "OpenID Connect Core {section}"),
            Self::Discovery(section, _) => write!(formatter, "OpenID Connect Discovery {section}"),
            Self::ResponseModes => formatter.write_str("OAuth 2.0 Multiple Response Types 2.1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_says_where_it_is() {
        let check = |spec: Spec, words: &str, url: &str| {
            assert_eq!(
                (spec.to_string().as_str(), spec.url().as_str()),
                (words, url)
            );
        };
        check(
            Spec::Rfc(6749, "4.1.3"),
            "RFC 6749 section 4.1.3",
            "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3",
        );
        check(
            Spec::Core("15.5.2", "NonceNotes"),
            "OpenID Connect Core 15.5.2",
            "https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes",
        );
    }
}
