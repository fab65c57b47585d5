//! What is wrong with a fault: when it is made, and when nobody met it.

use std::fmt;

use super::{Effect, Fault, FaultId, When, WrongEncoding};
use crate::place::Place;
use crate::sign::Signing;

/// A fault says what its place cannot do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// It does nothing.
    #[error("the fault at {0} has no effect")]
    NoEffect(Place),
    /// It edits members where answers have none.
    #[error("an answer of {0} has no members that could be edited")]
    NoMembers(Place),
    /// It changes the response of what is only a part of one.
    #[error("{0} is a part of a token: its members can be edited, the response is that of token()")]
    NotAnEndpoint(Place),
    /// It signs where nothing is signed.
    #[error("{0} is not signed; sign_with belongs to id_token()")]
    NotSigned(Place),
    /// It writes members down in a way that the place has not.
    #[error("{0} cannot be written as {1:?}")]
    Encoding(Place, WrongEncoding),
    /// It sends elsewhere what goes to no app.
    #[error(
        "an answer of {0} does not go to an app, so it cannot be sent elsewhere; use redirect()"
    )]
    NotSent(Place),
    /// It is about refreshing where nothing is refreshed.
    #[error("{0} does not know whether a request is for a refresh")]
    NoRefresh(Place),
    /// It waits for a place of the same login where answers belong to none.
    #[error("an answer of {0} cannot be told to belong to a login, so a fault cannot wait for it")]
    NoLogin(Place),
    /// It makes a text that would not fit into memory.
    #[error(
        "{0} bytes are more than a fault may make; there may be {LARGEST}, and repeat() any number"
    )]
    TooLarge(u64),
    /// There is no weak key of this size.
    #[error("there is no weak RSA key of {0} bits; there are 512 and 1024")]
    WeakRsa(u16),
    /// It names a client where requests do not.
    #[error(
        "a request to {0} does not say which client it is from, so a fault there cannot be for one"
    )]
    NoClient(Place),
    /// It names a persona where answers are about none.
    #[error("an answer of {0} is about no persona, so a fault there cannot be for one")]
    NoPersona(Place),
    /// It names a persona before the handler found out who it is.
    #[error(
        "instead of the handler nobody knows the persona: match by client, or let the handler act"
    )]
    InsteadForPersona,
    /// It edits the answer of a handler that does not act.
    #[error("instead of the handler there are no members to edit; use body()")]
    InsteadEdits,
    /// No HTTP status.
    #[error("{0} is no HTTP status of a final response")]
    Status(u16),
    /// No HTTP header.
    #[error("{name:?}: {value:?} cannot be an HTTP header")]
    Header {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
    /// It never applies.
    #[error("counting begins with 1: nth(0) and times(0) never apply")]
    Never,
}

/// Makes sure that a fault can be told.
pub(super) fn check(fault: &Fault) -> Result<(), FaultError> {
    let place = fault.place;
    if fault.effects.is_empty() {
        return Err(FaultError::NoEffect(place));
    }
    if fault.matching.nth == Some(0) || fault.count == super::Count::Times(0) {
        return Err(FaultError::Never);
    }
    check_match(fault)?;
    fault
        .effects
        .iter()
        .try_for_each(|effect| check_effect(fault, effect))
}

fn check_match(fault: &Fault) -> Result<(), FaultError> {
    let place = fault.place;
    if fault.matching.client.is_some() && !place.knows_client() {
        return Err(FaultError::NoClient(place));
    }
    if fault.matching.persona.is_some() {
        if !place.knows_persona() {
            return Err(FaultError::NoPersona(place));
        }
        if fault.when == When::Instead {
            return Err(FaultError::InsteadForPersona);
        }
    }
    if fault.matching.refresh.is_some() && !knows_refresh(place) {
        return Err(FaultError::NoRefresh(place));
    }
    match fault.matching.after {
        Some(_) if fault.when == When::Instead || !knows_login(place) => {
            Err(FaultError::NoLogin(place))
        }
        Some(after) if !knows_login(after) => Err(FaultError::NoLogin(after)),
        _ => Ok(()),
    }
}

/// Whether a place is part of the token endpoint's answer.
const fn knows_refresh(place: Place) -> bool {
    matches!(
        place,
        Place::Token | Place::IdTokenClaims | Place::IdTokenHeader
    )
}

/// Whether an answer here knows the authorization request of its login.
const fn knows_login(place: Place) -> bool {
    knows_refresh(place) || matches!(place, Place::Authorization)
}

fn check_effect(fault: &Fault, effect: &Effect) -> Result<(), FaultError> {
    let size = effect.size();
    if size > LARGEST {
        return Err(FaultError::TooLarge(size));
    }
    if effect.edits_answer() && fault.when == When::Instead {
        return Err(FaultError::InsteadEdits);
    }
    let place = fault.place;
    match effect {
        effect if effect.edits_members() => {
            let is_there = place.has_members();
            is_there.then_some(()).ok_or(FaultError::NoMembers(place))
        }
        Effect::SignWith(_) | Effect::Serialize(_) if !is_signed(place) => {
            Err(FaultError::NotSigned(place))
        }
        Effect::SignWith(Signing::WeakRsa(bits)) if !matches!(bits, 512 | 1024) => {
            Err(FaultError::WeakRsa(*bits))
        }
        Effect::SignWith(_) | Effect::Serialize(_) => Ok(()),
        Effect::Spoil(_) if !place.is_endpoint() => Ok(()),
        Effect::SendTo { .. } if place != Place::Authorization => Err(FaultError::NotSent(place)),
        Effect::Encode(encoding) if !encoding.is_for(place) => {
            Err(FaultError::Encoding(place, *encoding))
        }
        _ if !place.is_endpoint() => Err(FaultError::NotAnEndpoint(place)),
        Effect::Status(status) if !(200..=599).contains(status) => Err(FaultError::Status(*status)),
        Effect::Header { name, value } => check_header(name, value),
        Effect::OmitHeader { name } => check_header(name, ""),
        Effect::Body { content_type, .. } => check_header("content-type", content_type),
        _ => Ok(()),
    }
}

/// Whether something is signed here: a token, or an answer that can be one.
const fn is_signed(place: Place) -> bool {
    matches!(
        place,
        Place::IdTokenClaims | Place::LogoutTokenClaims | Place::UserInfo
    )
}

/// The most that is made in memory, in bytes.
const LARGEST: u64 = 256 << 20;

fn check_header(name: &str, value: &str) -> Result<(), FaultError> {
    let is_name = http::HeaderName::try_from(name).is_ok();
    if is_name && http::HeaderValue::try_from(value).is_ok() {
        return Ok(());
    }
    Err(FaultError::Header {
        name: name.into(),
        value: value.into(),
    })
}

/// A fault that no request has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreachedFault {
    /// Its name at the tenant.
    pub id: FaultId,
    /// What it says.
    pub fault: Fault,
}

/// Faults that no request has reached: what they were to test was not tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreachedFaults(pub Vec<UnreachedFault>);

impl std::error::Error for UnreachedFaults {}

impl fmt::Display for UnreachedFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} fault(s) were never reached:", self.0.len())?;
        for UnreachedFault { id, fault } in &self.0 {
            let Fault {
                place,
                effects,
                matching,
                ..
            } = fault;
            write!(
                formatter,
                "\n  #{} at {place}: {effects:?} for {matching:?}",
                id.0
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{at, authorization, discovery, id_token, id_token_header, jwks, token};

    #[test]
    fn what_a_place_cannot_do_is_refused_when_the_fault_is_made() {
        let refused = |fault: Fault, expected: FaultError| {
            assert_eq!(check(&fault), Err(expected), "{fault:?}");
        };
        refused(token(), FaultError::NoEffect(Place::Token));
        refused(
            at(Place::Picture).set("a", 1),
            FaultError::NoMembers(Place::Picture),
        );
        refused(
            id_token().status(500),
            FaultError::NotAnEndpoint(Place::IdTokenClaims),
        );
        refused(
            token().sign_with(Signing::Flip),
            FaultError::NotSigned(Place::Token),
        );
        refused(
            id_token_header().sign_with(Signing::Flip),
            FaultError::NotSigned(Place::IdTokenHeader),
        );
        refused(
            id_token().sign_with(Signing::WeakRsa(768)),
            FaultError::WeakRsa(768),
        );
        refused(
            discovery().omit("issuer").for_client("app"),
            FaultError::NoClient(Place::Discovery),
        );
        refused(
            jwks().omit("keys").for_persona("alice"),
            FaultError::NoPersona(Place::Jwks),
        );
        refused(
            token().status(500).instead().for_persona("alice"),
            FaultError::InsteadForPersona,
        );
        refused(token().omit("id_token").instead(), FaultError::InsteadEdits);
        refused(token().status(99), FaultError::Status(99));
        refused(token().status(101), FaultError::Status(101));
        refused(
            token().header("a b", "c"),
            FaultError::Header {
                name: "a b".into(),
                value: "c".into(),
            },
        );
        refused(
            discovery().encode(WrongEncoding::Query),
            FaultError::Encoding(Place::Discovery, WrongEncoding::Query),
        );
        refused(
            authorization().encode(WrongEncoding::Jwt),
            FaultError::Encoding(Place::Authorization, WrongEncoding::Jwt),
        );
        refused(
            token().send_to("https://evil.example"),
            FaultError::NotSent(Place::Token),
        );
        refused(
            discovery().omit("issuer").on_refresh(true),
            FaultError::NoRefresh(Place::Discovery),
        );
        refused(
            jwks().omit("keys").after_place(Place::Token),
            FaultError::NoLogin(Place::Jwks),
        );
        refused(
            token().omit("id_token").after_place(Place::Discovery),
            FaultError::NoLogin(Place::Discovery),
        );
        refused(
            id_token().sign_with(Signing::Flip).instead(),
            FaultError::InsteadEdits,
        );
        let endless = super::super::Value::list([super::super::Value::repeated("ab", usize::MAX)]);
        refused(
            id_token().set("sub", endless),
            FaultError::TooLarge(u64::MAX),
        );
        refused(token().gzip(1 << 40), FaultError::TooLarge(1 << 30));
        refused(token().status(500).times(0), FaultError::Never);
        refused(token().status(500).nth(0), FaultError::Never);
    }

    #[test]
    fn what_it_can_do_is_not() {
        for fault in [
            discovery()
                .set("issuer", "https://evil.example")
                .nth(2)
                .once(),
            authorization()
                .double("code")
                .for_client("app")
                .for_persona("alice"),
            id_token().sign_with(Signing::WeakRsa(512)),
            token()
                .status(500)
                .body("text/html", "<html>")
                .instead()
                .for_client("app"),
        ] {
            assert_eq!(check(&fault), Ok(()), "{fault:?}");
        }
    }

    #[test]
    fn a_fault_is_data() {
        let fault = id_token()
            .set("aud", "x")
            .sign_with(Signing::None("nOnE".into()))
            .once();
        let written = serde_json::to_string(&fault).unwrap();
        assert_eq!(
            written,
            r#"{"place":"id_token_claims","effects":[{"set":{"member":"aud","value":{"literal":"x"}}},{"sign_with":{"none":"nOnE"}}],"when":"after","match":{},"count":{"times":1}}"#
        );
        assert_eq!(serde_json::from_str::<Fault>(&written).unwrap(), fault);
        let short = r#"{"place":"token","effects":["silence",{"status":500}]}"#;
        assert_eq!(
            serde_json::from_str::<Fault>(short).unwrap(),
            token().silence().status(500)
        );
    }
}
