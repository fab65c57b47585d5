//! A case: what is done to an app, and what it has to make of it.

use std::fmt;

use futures_util::future::BoxFuture;
use mock_idp::Fault;
use mock_idp::Place;
use mock_idp::question::Question;
use serde::{Deserialize, Serialize};

pub use super::feature::Feature;
use super::feature::named;
use super::lab::{Lab, LabError};
use super::seen::Seen;

/// A row of the catalogue: one thing that is done to an app.
#[derive(Clone, Copy)]
pub struct Case {
    /// Its name, which is stable.
    pub id: &'static str,
    /// The part of the catalogue it is in.
    pub group: Group,
    /// How bad it is to get it wrong.
    pub severity: Severity,
    /// What the OpenID Foundation's suite calls it, where it has it.
    pub oidf: &'static [&'static str],
    /// Where it is written: tags that [`spec::url`](super::spec::url) resolves.
    pub specs: &'static [&'static str],
    /// What the provider, or an attacker, does.
    pub does: &'static str,
    /// What the app has to do.
    pub expect: Expect,
    /// What getting it wrong means.
    pub grade: Grade,
    /// What it needs of the app.
    pub needs: &'static [Feature],
    /// How it is done.
    pub play: Play,
    /// Whether the lie may stay in the app, in its caches or as an account, so that no good login can follow at once.
    pub stays_cached: bool,
    /// The provider whose way it is, where it is one's alone.
    pub quirk_of: Option<RealProvider>,
    /// The flavour that it is played at; without, it is `plain`.
    pub flavour: Option<&'static str>,
}

/// The parts of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Discovery and metadata.
    Discovery,
    /// The authorization response.
    Authorization,
    /// The token endpoint.
    Token,
    /// Signatures, headers and encodings of the ID token.
    Jose,
    /// The provider's keys and their rotation.
    Jwks,
    /// The claims of the ID token.
    IdToken,
    /// The UserInfo endpoint.
    UserInfo,
    /// The app's own requests.
    Requests,
    /// The app's session, cookies and pages.
    Session,
    /// Logouts: here, at the provider, and by it.
    Logout,
    /// New tokens for a session.
    Refresh,
    /// Several providers at one app.
    SeveralProviders,
    /// What one provider does and others do not, on the days on which it changed.
    ProviderQuirks,
}

/// A provider that people know by its name.
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
#[serde(rename_all = "snake_case")]
pub enum RealProvider {
    /// Google.
    Google,
    /// Microsoft.
    Microsoft,
    /// GitHub.
    Github,
    /// LinkedIn.
    Linkedin,
}

/// How bad it is to get a case wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody logs in as somebody else.
    Critical,
    /// A part of the protection is gone.
    High,
    /// The app fails, or is weaker than it should be.
    Medium,
    /// A nuisance, or an app that is too strict.
    Low,
}

/// What getting a case wrong means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The specifications say MUST: the case fails.
    Must,
    /// They say SHOULD, or it is a matter of policy: a warning.
    Should,
    /// They allow both: what happened is reported.
    Either,
}

/// What the app has to do.
#[derive(Clone, Copy)]
pub enum Expect {
    /// Nobody is logged in.
    Reject,
    /// Nobody is logged in, and no request goes to this place.
    RejectBefore(Place),
    /// The login succeeds, as the persona who logs in.
    Accept,
    /// It answers in time, and nobody is logged in.
    Bound,
    /// It answers in time, with or without a login, and not with a page of status 500.
    Clean,
    /// The login succeeds, and the requests answer these with yes.
    Answers(&'static [Question]),
    /// Whatever this says, whose text is what is wrong; and in words, what the app has to do.
    Holds(fn(&Seen) -> Result<(), String>, &'static str),
}

/// How a case is played.
#[derive(Clone, Copy)]
pub enum Play {
    /// A login under each of these lies, one after the other.
    Lies(&'static [Lies]),
    /// As there, and an honest login of somebody else before it.
    LiesAfterLogin(&'static [Lies]),
    /// Steps of its own.
    Script(Script),
}

/// Makes the lies of one login.
pub type Lies = fn(&Lab) -> Vec<Fault>;
/// Steps that end with what was seen.
pub type Script = for<'a> fn(&'a mut Lab) -> BoxFuture<'a, Result<Seen, LabError>>;

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Discovery => "Discovery",
            Self::Authorization => "Authorization response",
            Self::Token => "Token endpoint",
            Self::Jose => "ID token: signature",
            Self::Jwks => "Keys and their rotation",
            Self::IdToken => "ID token: claims",
            Self::UserInfo => "UserInfo",
            Self::Requests => "Requests of the app",
            Self::Session => "Session, cookies, pages",
            Self::Logout => "Logout",
            Self::Refresh => "Refresh",
            Self::SeveralProviders => "Several providers",
            Self::ProviderQuirks => "Providers by name",
        })
    }
}

impl fmt::Display for RealProvider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        named(self, formatter)
    }
}

/// A row of the table, of which the rest says more.
pub(super) const fn row(
    id: &'static str,
    group: Group,
    severity: Severity,
    specs: &'static [&'static str],
    does: &'static str,
    expect: Expect,
    play: Play,
) -> Case {
    Case {
        id,
        group,
        severity,
        oidf: &[],
        specs,
        does,
        expect,
        grade: Grade::Must,
        needs: &[],
        play,
        stays_cached: false,
        quirk_of: None,
        flavour: None,
    }
}

/// Rows that need the same of the app.
pub(super) const fn all_need<const N: usize>(
    needs: &'static [Feature],
    mut rows: [Case; N],
) -> [Case; N] {
    let mut at = 0;
    while at < N {
        rows[at].needs = needs;
        at += 1;
    }
    rows
}

impl Case {
    /// How much of its lies may stay in an app's caches: the more, the later it is played where an
    /// app runs on.
    pub(super) const fn leaves_in_caches(&self) -> u8 {
        match self.group {
            _ if self.stays_cached => 2,
            Group::Jwks | Group::Discovery => 1,
            _ => 0,
        }
    }

    pub(super) const fn oidf(self, oidf: &'static [&'static str]) -> Self {
        Self { oidf, ..self }
    }

    pub(super) const fn should(self) -> Self {
        Self {
            grade: Grade::Should,
            ..self
        }
    }

    pub(super) const fn either(self) -> Self {
        Self {
            grade: Grade::Either,
            ..self
        }
    }

    pub(super) const fn stays_cached(self) -> Self {
        Self {
            stays_cached: true,
            ..self
        }
    }

    pub(super) const fn quirk_of(self, provider: RealProvider) -> Self {
        Self {
            quirk_of: Some(provider),
            ..self
        }
    }

    pub(super) const fn at(self, flavour: &'static str) -> Self {
        Self {
            flavour: Some(flavour),
            ..self
        }
    }

    pub(super) const fn needs(self, needs: &'static [Feature]) -> Self {
        Self { needs, ..self }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}
