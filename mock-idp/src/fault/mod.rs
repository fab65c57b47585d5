//! Every lie, as data: where it is told, what it says, to whom, and how often. One layer tells them, on the way out.

mod edit;
mod effect;
mod error;
pub(crate) mod layer;
mod registry;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::place::Place;
use crate::sign::Signing;
pub use effect::{Effect, Value};
pub use error::{FaultError, UnreachedFault, UnreachedFaults};
pub(crate) use registry::Faults;

/// A lie: begin with a place ([`id_token`], [`token`] ..), add effects, and say for whom and how often.
///
/// ```
/// use mock_idp::{MockIdp, id_token, token};
///
/// let idp = MockIdp::start();
/// idp.fault(id_token().set("aud", "other").once());
/// idp.fault(token().status(503).header("Retry-After", "120").for_client("app"));
/// ```
#[must_use = "a fault does nothing until a provider is told of it"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Where it is told.
    pub place: Place,
    /// What it does, in this order.
    pub effects: Vec<Effect>,
    /// Whether the handler acts.
    #[serde(default)]
    pub when: When,
    /// To whom it is told.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// How often it is told.
    #[serde(default)]
    pub count: Count,
}

/// Whether the handler acts before a fault changes its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// It acts: a code is used up, a token exists. Then its answer is changed.
    #[default]
    After,
    /// It does not: nothing happened, and the effects are the whole answer.
    Instead,
}

/// To whom a fault is told; what is absent matches everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The client's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The persona's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
    /// Only the n-th time that the rest matches, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
}

/// How often a fault is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Until it is cleared.
    #[default]
    Always,
    /// So many times.
    Times(u64),
}

/// The name of a fault at its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FaultId(pub(crate) u64);

/// Lies in the provider's metadata.
pub fn discovery() -> Fault {
    at(Place::Discovery)
}

/// Lies in the provider's keys.
pub fn jwks() -> Fault {
    at(Place::Jwks)
}

/// Lies at the authorization endpoint, and in its answer to the app.
pub fn authorization() -> Fault {
    at(Place::Authorization)
}

/// Lies at the token endpoint.
pub fn token() -> Fault {
    at(Place::Token)
}

/// Lies in the claims of an ID token, or in how it is signed.
pub fn id_token() -> Fault {
    at(Place::IdTokenClaims)
}

/// Lies in the header of an ID token.
pub fn id_token_header() -> Fault {
    at(Place::IdTokenHeader)
}

/// Lies at the `UserInfo` endpoint.
pub fn userinfo() -> Fault {
    at(Place::UserInfo)
}

/// Lies at any place.
pub fn at(place: Place) -> Fault {
    Fault {
        place,
        effects: Vec::new(),
        when: When::default(),
        matching: Match::default(),
        count: Count::default(),
    }
}

/// Effects.
impl Fault {
    /// Gives a member another value, or adds it.
    pub fn set(self, member: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with(Effect::Set {
            member: member.into(),
            value: value.into(),
        })
    }

    /// Leaves a member out.
    pub fn omit(self, member: impl Into<String>) -> Self {
        self.with(Effect::Omit {
            member: member.into(),
        })
    }

    /// Says a member twice, with the same value.
    pub fn double(self, member: impl Into<String>) -> Self {
        self.with(Effect::Double {
            member: member.into(),
            value: None,
        })
    }

    /// Says a member twice, the second time with this value.
    pub fn double_with(self, member: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with(Effect::Double {
            member: member.into(),
            value: Some(value.into()),
        })
    }

    /// Moves a time by so many seconds.
    pub fn shift(self, member: impl Into<String>, seconds: i64) -> Self {
        self.with(Effect::Shift {
            member: member.into(),
            seconds,
        })
    }

    /// Signs the ID token wrongly.
    pub fn sign_with(self, signing: Signing) -> Self {
        self.with(Effect::SignWith(signing))
    }

    /// Answers with this HTTP status.
    pub fn status(self, status: u16) -> Self {
        self.with(Effect::Status(status))
    }

    /// Answers with a header of this value.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(Effect::Header {
            name: name.into(),
            value: value.into(),
        })
    }

    /// Answers with this body.
    pub fn body(self, content_type: impl Into<String>, body: impl Into<String>) -> Self {
        self.with(Effect::Body {
            content_type: content_type.into(),
            body: body.into(),
        })
    }

    /// Answers late, by the machine's time (not the provider's clock).
    pub fn delay(self, by: Duration) -> Self {
        self.with(Effect::Delay {
            milliseconds: u64::try_from(by.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Never answers; the connection stays open.
    pub fn silence(self) -> Self {
        self.with(Effect::Silence)
    }

    /// Cuts the connection (TCP reset) before the answer.
    pub fn reset(self) -> Self {
        self.with(Effect::Reset)
    }

    /// Cuts the connection after so many bytes of the body.
    pub fn truncate(self, bytes: usize) -> Self {
        self.with(Effect::Truncate { bytes })
    }

    /// Repeats the body until it has so many bytes.
    pub fn repeat(self, bytes: u64) -> Self {
        self.with(Effect::Repeat { bytes })
    }

    /// Sends the body byte by byte, with this pause before each.
    pub fn drip(self, pause: Duration) -> Self {
        self.with(Effect::Drip {
            milliseconds: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// When, to whom and how often.
impl Fault {
    /// In place of the handler, which then does not act. The answer is a 200 without a body but for the effects.
    pub fn instead(mut self) -> Self {
        self.when = When::Instead;
        self
    }

    /// After the handler acted; the default.
    pub fn after(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// Only to this client.
    pub fn for_client(mut self, client_id: impl Into<String>) -> Self {
        self.matching.client = Some(client_id.into());
        self
    }

    /// Only about this persona.
    pub fn for_persona(mut self, id: impl Into<String>) -> Self {
        self.matching.persona = Some(id.into());
        self
    }

    /// Only the n-th time that the rest matches, counted from 1.
    pub fn nth(mut self, nth: u64) -> Self {
        self.matching.nth = Some(nth);
        self
    }

    /// Once.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// So many times.
    pub fn times(mut self, times: u64) -> Self {
        self.count = Count::Times(times);
        self
    }

    /// Until it is cleared; the default.
    pub fn always(mut self) -> Self {
        self.count = Count::Always;
        self
    }
}
