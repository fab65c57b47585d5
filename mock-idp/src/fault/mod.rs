//! Every lie, as data: where it is told, what it says, to whom, and how often. One layer tells
//! them, on the way out.
//!
//! A fault begins with a place and collects effects; [`Tenant::fault`](crate::Tenant::fault) tells
//! it from then on. As JSON it is the same: `{"place": "token", "effects": [{"status": 503}]}`.
//!
//! | place | members | token | response |
//! |---|---|---|---|
//! | [`discovery`], [`jwks`] | yes | | yes |
//! | [`authorization`], and where it sends | yes | | yes |
//! | [`token`] | yes | | yes |
//! | [`id_token`], [`logout_token`]: the claims | yes | yes | |
//! | [`id_token_header`], [`logout_token_header`] | yes | its text | |
//! | [`userinfo`] | yes | where it is a JWT | yes |
//! | [`at`] any other: pages, `BackchannelLogout`, `EndSession` .. | some | | yes |
//!
//! **Members**: `set`, `omit`, `double`, `double_with`, `double_before`, `shift`, with a [`Value`]
//! that is a literal or made of the honest one, of the request, of an earlier answer, of a key; and
//! as a whole `encode` and `send_to`.
//!
//! ```
//! use mock_idp::{MockIdp, Place, Value, WrongEncoding, authorization, id_token, token};
//!
//! let idp = MockIdp::start();
//! idp.fault(id_token().set("aud", Value::list([Value::Honest, "other".into()])));
//! idp.fault(id_token().omit("nonce").shift("exp", -7200).once());
//! idp.fault(id_token().double_before("sub", "victim").for_persona("bob"));
//! idp.fault(token().set("id_token", Value::earlier(Place::Token, "id_token")));  // a replay
//! idp.fault(authorization().set("state", Value::append("x")).nth(2));
//! idp.fault(authorization().encode(WrongEncoding::Fragment));
//! idp.fault(authorization().send_to("https://evil.example/callback"));
//! ```
//!
//! **Token**: `sign_with` a [`Signing`], `serialize` by a [`Serialization`](crate::Serialization),
//! `spoil` the payload or the header by a [`Spoil`](crate::Spoil) before it is signed. A key that a
//! way of signing needs is published as long as the fault is there.
//!
//! ```
//! use mock_idp::{
//!     Algorithm, HmacKey, MockIdp, PublicKeyForm, Serialization, Signing, Spoil, Value, Whose,
//!     id_token, id_token_header, logout_token,
//! };
//!
//! let idp = MockIdp::start();
//! idp.fault(id_token().set("sub", "victim").sign_with(Signing::BeforeEdits));
//! idp.fault(id_token().sign_with(Signing::None("nOnE".into())));
//! idp.fault(id_token().sign_with(Signing::Hmac(HmacKey::PublicKey(PublicKeyForm::SpkiDer))));
//! // Several at once: the first chooses the key, the second spoils what it made.
//! let way = Signing::Algorithm(Algorithm::Es256);
//! idp.fault(id_token().sign_with(way).sign_with(Signing::EcdsaDer));
//! idp.fault(id_token().serialize(Serialization::GeneralJson).spoil(Spoil::Bom));
//! // The attacker's key, in the header of what it signed.
//! idp.fault(id_token().sign_with(Signing::Impostor));
//! idp.fault(id_token_header().set("jwk", Value::Jwk(Whose::Unpublished)));
//! idp.fault(logout_token().omit("events"));
//! ```
//!
//! **Response**: `status`, `header`, `omit_header`, `redirect`, `body`, `spoil`, `gzip`, `repeat`;
//! `delay`, `drip`, `silence`, `silence_after_headers`, `reset`, `reset_in_headers`,
//! `reset_in_body`, `truncate`, `content_length`. They come after the handler acted, or `instead`
//! of it.
//!
//! ```
//! use std::time::Duration;
//!
//! use mock_idp::{MockIdp, Spoil, discovery, jwks, token};
//!
//! let idp = MockIdp::start();
//! idp.fault(token().status(503).header("retry-after", "1").instead().once());
//! idp.fault(token().redirect(307, "https://evil.example/token").instead().for_client("app"));
//! idp.fault(discovery().gzip(1 << 30));                       // a bomb
//! idp.fault(jwks().spoil(Spoil::Nested(100_000)).nth(2));
//! idp.fault(jwks().drip(Duration::from_secs(1)));
//! ```
//!
//! **To whom**: `for_client`, `for_persona`, `on_refresh`, `after_place`, `nth`, `once`, `times`.
//! What a place cannot know or do is refused when the fault is made, by a [`FaultError`]. A fault
//! whose edit changed nothing was not told, and [`Tenant::verify`](crate::Tenant::verify) says so.
//!
//! Keys have verbs of their own, [`Keys`](crate::Keys); what the provider fails to check is a
//! waived [`Check`](crate::Check); a hostile provider is a second one in the same process.

mod builder;
mod check;
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
#[cfg(doc)]
use crate::sign::Signing;
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Count {
    /// Until it is cleared.
    #[default]
    Always,
    /// So many times.
    Times(u64),
}

/// The name of a fault at its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
