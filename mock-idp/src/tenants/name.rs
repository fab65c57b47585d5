//! What a tenant may be called: its name is the first segment of every path of it.

use std::fmt;

use crate::flavour::Router;

/// No name is longer, in bytes.
const LONGEST: usize = 64;

/// The first segments of paths that are nobody's issuer.
const RESERVED: [(&str, &str); 3] = [
    ("_mock", "it is kept for the control API"),
    (
        ".well-known",
        "the documents of issuers are there (RFC 8615)",
    ),
    ("favicon.ico", "browsers ask every host for it"),
];

/// A name that can stand in an issuer.
#[derive(Debug)]
pub(super) struct TenantName(String);

/// Why a tenant cannot be called so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantNameError {
    /// It is empty.
    #[error("a tenant's name is the first segment of its paths, so it cannot be empty")]
    Empty,
    /// It is longer than 64 bytes; how long it is.
    #[error("the name of a tenant has at most {LONGEST} bytes, not {0}")]
    TooLong(usize),
    /// It would not be the same in a URL.
    #[error(
        "the name {name:?} has {character:?} in it; in a path, letters of ASCII, digits and \
         - . _ ~ stay as they are, and nothing else does"
    )]
    Character {
        /// The name.
        name: String,
        /// The first character that does not stay as it is.
        character: char,
    },
    /// URLs with it are made shorter on their way.
    #[error("{0:?} is a step within a path, not a name")]
    DotSegment(String),
    /// Something else is there.
    #[error("{name:?} is reserved: {why}")]
    Reserved {
        /// The name.
        name: String,
        /// What is there.
        why: &'static str,
    },
    /// The tenant at the root has a path that begins so.
    #[error("{name:?} is reserved: the provider at the root has {path}")]
    RouteOfRoot {
        /// The name.
        name: String,
        /// The path.
        path: String,
    },
}

impl TenantName {
    /// Reads a name that does not hide a path of the tenant at the root.
    pub(super) fn parse(name: &str, root: &Router) -> Result<Self, TenantNameError> {
        let is_unreserved = |it: char| it.is_ascii_alphanumeric() || "-._~".contains(it);
        if name.is_empty() {
            return Err(TenantNameError::Empty);
        }
        if name.len() > LONGEST {
            return Err(TenantNameError::TooLong(name.len()));
        }
        let name = name.to_owned();
        if let Some(character) = name.chars().find(|it| !is_unreserved(*it)) {
            return Err(TenantNameError::Character { name, character });
        }
        if name == "." || name == ".." {
            return Err(TenantNameError::DotSegment(name));
        }
        if let Some((_, why)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
            return Err(TenantNameError::Reserved { name, why });
        }
        let first_segment = |path: &str| path.split('/').nth(1) == Some(&*name);
        if let Some(path) = root.paths().find(|path| first_segment(path)) {
            let path = path.to_owned();
            return Err(TenantNameError::RouteOfRoot { name, path });
        }
        Ok(Self(name))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<TenantName> for String {
    fn from(name: TenantName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flavour::Flavour;

    #[test]
    fn a_refused_name_says_why() {
        let flavour = Flavour::named("google").unwrap();
        let check = |name: &str, expected: &str| {
            let read = TenantName::parse(name, &flavour.router);
            let words = read.map_or_else(|error| error.to_string(), String::from);
            assert!(words.contains(expected), "{name:?}: {words}");
        };
        for right in ["a", "team-7", "A.b_c~d", "..a", "Token", &"x".repeat(64)] {
            check(right, right);
        }
        check("", "cannot be empty");
        check(&"x".repeat(65), "at most 64 bytes, not 65");
        check("a/b", "has '/' in it");
        check("a b", "has ' ' in it");
        check("a%20", "has '%' in it");
        check("ä", "has 'ä' in it");
        check(".", "a step within a path");
        check("..", "a step within a path");
        check("_mock", "it is kept for the control API");
        check(".well-known", "RFC 8615");
        check("favicon.ico", "browsers ask");
        check("token", "the provider at the root has /token");
        check("o", "the provider at the root has /o/oauth2/v2/auth");
        check("a", "a");
    }

    #[test]
    fn no_path_of_the_root_can_be_hidden() {
        let flavour = Flavour::named("google").unwrap();
        for path in flavour.router.paths() {
            let first = path.split('/').nth(1).unwrap();
            let refused = TenantName::parse(first, &flavour.router);
            assert!(refused.is_err(), "{path}");
        }
    }
}
