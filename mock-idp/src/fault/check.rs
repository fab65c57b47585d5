//! Makes sure that a fault can be told, when it is made.

use super::{Effect, Fault, FaultError, When};
use crate::place::Place;
use crate::sign::Signing;

/// Makes sure that a fault can be told.
pub(super) fn check(fault: &Fault) -> Result<(), FaultError> {
    let place = fault.place;
    if fault.effects.is_empty() {
        return Err(FaultError::NoEffect(place));
    }
    if fault.matching.nth == Some(0) || fault.count == super::Count::Times(0) {
        return Err(FaultError::Never);
    }
    if place == Place::BackchannelLogout && fault.when == When::Instead {
        return Err(FaultError::NotAnswered(place));
    }
    let keeps_signature = |effect: &Effect| *effect == Effect::SignWith(Signing::BeforeEdits);
    if fault.effects.iter().any(keeps_signature) && !fault.effects.iter().any(Effect::edits_members)
    {
        return Err(FaultError::NoEdits);
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
    if place == Place::BackchannelLogout && effect.is_for_an_answer() {
        return Err(FaultError::NotAnswered(place));
    }
    match effect {
        effect if effect.edits_members() => {
            let is_there = place.has_members();
            is_there.then_some(()).ok_or(FaultError::NoMembers(place))
        }
        Effect::SignWith(_) | Effect::Serialize(_) if !is_signed(place) => {
            Err(FaultError::NotSigned(place))
        }
        Effect::SignWith(way) => match way.unknown_weak_size() {
            Some(bits) => Err(FaultError::WeakRsa(bits)),
            None => Ok(()),
        },
        Effect::Serialize(_) => Ok(()),
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
pub(super) const LARGEST: u64 = 256 << 20;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WrongEncoding;
    use crate::fault::{
        Value, at, authorization, discovery, id_token, id_token_header, jwks, token,
    };

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
        let endless = Value::list([Value::repeated("ab", usize::MAX)]);
        refused(
            id_token().set("sub", endless),
            FaultError::TooLarge(u64::MAX),
        );
        refused(token().gzip(1 << 40), FaultError::TooLarge(1 << 30));
        refused(
            at(Place::BackchannelLogout).status(500),
            FaultError::NotAnswered(Place::BackchannelLogout),
        );
        refused(
            at(Place::BackchannelLogout).body("text/html", "").instead(),
            FaultError::NotAnswered(Place::BackchannelLogout),
        );
        refused(
            id_token().sign_with(Signing::BeforeEdits),
            FaultError::NoEdits,
        );
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
