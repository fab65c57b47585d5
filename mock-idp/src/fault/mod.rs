//! Every lie, as data: where it is told, what it says, to whom, and how often. One layer tells
//! them, on the way out.

mod builder;
mod delivery;
mod earlier;
mod edit;
mod effect;
mod encode;
mod error;
mod gzip;
pub(crate) mod layer;
mod registry;
mod token_lies;
mod transactions;
mod value;

use serde::{Deserialize, Serialize};

use crate::place::Place;
pub(crate) use delivery::{Delivery, Ending};
pub use effect::{Effect, WrongEncoding};
pub use error::{FaultError, UnreachedFault, UnreachedFaults};
pub(crate) use registry::Faults;
pub use value::{Value, Whose};

/// A lie: begin with a place ([`id_token`], [`token`] ..), add effects, and say for whom and how
/// often.
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
    /// Only in answers to a refresh request (true), or in those to any other token request (false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<bool>,
    /// Only after an answer of this place in the same login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Place>,
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

/// Lies in the claims of a logout token, or in how it is signed.
pub fn logout_token() -> Fault {
    at(Place::LogoutTokenClaims)
}

/// Lies in the header of a logout token.
pub fn logout_token_header() -> Fault {
    at(Place::LogoutTokenHeader)
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
