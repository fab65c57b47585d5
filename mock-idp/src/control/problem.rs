//! What is wrong with a request, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).

use std::fmt;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::route::Route;

/// What every `type` begins with.
const TYPE: &str = "urn:problem-type:mock-idp:";

/// What kind of problem it is: the last part of its `type`, which is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Host,
    Origin,
    Token,
    NotFound,
    Method,
    ContentType,
    TooLarge,
    Arguments,
    Unknown,
    Refused,
    TimedOut,
    Dropped,
    Unreached,
    Finding,
}

impl Kind {
    /// The table: name, status and title.
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::Host => ("host", S::FORBIDDEN, "The Host is not this provider's"),
            Self::Origin => ("origin", S::FORBIDDEN, "A page of another origin asks"),
            Self::Token => ("token", S::UNAUTHORIZED, "The token is missing or wrong"),
            Self::NotFound => ("not_found", S::NOT_FOUND, "There is no such verb"),
            Self::Method => (
                "method",
                S::METHOD_NOT_ALLOWED,
                "The verb takes another method",
            ),
            Self::ContentType => (
                "content_type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "Arguments come as application/json",
            ),
            Self::TooLarge => ("too_large", S::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::Arguments => ("arguments", S::BAD_REQUEST, "The arguments are not right"),
            Self::Unknown => ("unknown", S::NOT_FOUND, "The provider does not know it"),
            Self::Refused => ("refused", S::UNPROCESSABLE_ENTITY, "It cannot be done"),
            Self::TimedOut => ("timed_out", S::CONFLICT, "It did not happen in time"),
            Self::Dropped => ("dropped", S::CONFLICT, "Requests were dropped"),
            Self::Unreached => ("unreached", S::CONFLICT, "Faults were not reached"),
            Self::Finding => ("finding", S::CONFLICT, "The answer is not yes"),
        }
    }

    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) const fn status(self) -> StatusCode {
        self.row().1
    }
}

/// Why a verb did nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    pub(crate) detail: String,
    /// What it is about, as data.
    pub(crate) about: Option<Box<Value>>,
    /// The method that would have been right.
    pub(crate) allow: Option<Box<str>>,
}

/// A problem as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Problem"))]
pub(crate) struct Written {
    /// `urn:problem-type:mock-idp:`, and what kind it is.
    #[serde(rename = "type")]
    pub(crate) type_uri: String,
    /// What kind it is, in words.
    pub(crate) title: String,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What is wrong, and what would be right.
    pub(crate) detail: String,
    /// What it is about, as data: a finding, or the faults that were not reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<Value>,
}

impl Written {
    /// The name of its [`Kind`].
    pub(crate) fn kind(&self) -> &str {
        self.type_uri.strip_prefix(TYPE).unwrap_or(&self.type_uri)
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            about: None,
            allow: None,
        }
    }

    /// What the provider refuses, in its words.
    pub(crate) fn refused(error: &dyn std::error::Error) -> Self {
        Self::new(Kind::Refused, error.to_string())
    }

    pub(crate) fn about(mut self, about: &impl Serialize) -> Self {
        self.about = serde_json::to_value(about).ok().map(Box::new);
        self
    }

    pub(super) fn no_such_verb(name: &str, routes: &[Route]) -> Self {
        let known: Vec<_> = routes.iter().map(|route| route.name).collect();
        let nearest = known
            .iter()
            .map(|it| (strsim::damerau_levenshtein(name, it), it));
        let words = match nearest.min() {
            Some((distance, nearest)) if distance <= 3 && distance < name.len() => {
                format!("there is no {name:?}; is it {nearest:?}?")
            }
            _ => format!("there is no {name:?}; there are: {}", known.join(", ")),
        };
        Self::new(Kind::NotFound, words)
    }

    pub(super) fn wrong_method(route: &Route, method: &Method) -> Self {
        let words = format!("{} takes {}, not {method}", route.name, route.method);
        Self {
            allow: Some(route.method.as_str().into()),
            ..Self::new(Kind::Method, words)
        }
    }

    pub(super) fn json(&self) -> String {
        let (name, status, title) = self.kind.row();
        let written = Written {
            type_uri: format!("{TYPE}{name}"),
            title: title.into(),
            status: status.as_u16(),
            detail: self.detail.clone(),
            about: self.about.as_deref().cloned(),
        };
        serde_json::to_string(&written).unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.name(), self.detail)
    }
}
