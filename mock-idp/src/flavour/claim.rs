//! Which claims an ID token or a `UserInfo` answer has, in which order, and from what.

use serde::Deserialize;

use super::Template;

/// One claim: its name, where its value comes from, and the scope it needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimSpec {
    pub(crate) name: String,
    /// Where the value comes from, when not from what `name` says.
    from: Option<ClaimSource>,
    /// The value itself, as JSON.
    value: Option<String>,
    /// A value of this form, another one each time.
    random: Option<Template>,
    /// A value of this form, always the same for a persona.
    fixed: Option<Template>,
    /// Whether `random` or `fixed` gives a number and no text.
    #[serde(default)]
    pub(crate) number: bool,
    /// What stands there as JSON where there is no value; else the claim is left out.
    pub(crate) absent: Option<String>,
    /// The scope that must have been granted.
    pub(crate) scope: Option<String>,
    #[serde(skip)]
    source: Option<ClaimSource>,
}

/// Where the value of a claim comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ClaimValue<'a> {
    /// From this.
    From(ClaimSource),
    /// It is this JSON.
    Json(&'a str),
    /// It is of this form, another one each time.
    Random(&'a Template),
    /// It is of this form, always the same for a persona.
    Fixed(&'a Template),
}

impl ClaimSpec {
    /// Finds out where the value comes from; `None` where nothing says it.
    pub(super) fn resolve(&mut self) -> Option<()> {
        if self.value.is_some() || self.random.is_some() || self.fixed.is_some() {
            return Some(());
        }
        let named = serde_json::from_value(serde_json::Value::String(self.name.clone()));
        self.source = Some(self.from.or(named.ok())?);
        Some(())
    }

    /// Where the value comes from.
    pub(crate) fn source(&self) -> Option<ClaimValue<'_>> {
        let json = self.value.as_deref().map(ClaimValue::Json);
        let random = self.random.as_ref().map(ClaimValue::Random);
        let fixed = self.fixed.as_ref().map(ClaimValue::Fixed);
        let from = self.source.map(ClaimValue::From);
        json.or(random).or(fixed).or(from)
    }
}

/// Where the value of a claim comes from. A value that is not there leaves the claim out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClaimSource {
    Iss,
    Azp,
    Aud,
    Sub,
    Hd,
    Email,
    EmailVerified,
    AtHash,
    Nonce,
    Name,
    Picture,
    GivenName,
    FamilyName,
    Iat,
    Exp,
    Nbf,
    AuthTime,
    Acr,
    Sid,
    /// The scopes of an access token.
    Scope,
    /// For how many seconds an access token is still good.
    ExpiresIn,
    /// Whether a refresh token was asked for.
    AccessType,
    /// What somebody logs in by: the e-mail address, else the persona's id.
    PreferredUsername,
    /// The persona's id.
    Id,
    /// The directory that the account belongs to.
    Tid,
}
