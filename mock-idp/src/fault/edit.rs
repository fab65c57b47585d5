//! Member by member: what an effect does to an answer before it is encoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;

use super::earlier::Earlier;
use super::{Effect, Value, Whose};
use crate::answer::{Members, Value as Member, quoted};
use crate::endpoint::{Parameters, Request};
use crate::keys::{KeyKind, Keys, PublishedKey};
use crate::sign::nested;
use crate::tenant::Tenant;

/// What a value can refer to.
pub(super) struct Origin<'a> {
    pub(super) request: [&'a Parameters; 2],
    pub(super) authorization: Option<&'a Parameters>,
    pub(super) earlier: &'a Earlier,
    pub(super) keys: &'a Keys,
}

impl<'a> Origin<'a> {
    /// What the values of this answer's faults can refer to.
    pub(super) fn new(
        tenant: &'a Tenant,
        request: &'a Request,
        authorization: Option<&'a Parameters>,
    ) -> Self {
        Self {
            request: [&request.query, &request.form],
            authorization,
            earlier: tenant.faults().earlier(),
            keys: tenant.keys(),
        }
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.request.into_iter().chain(self.authorization);
        all.find_map(|parameters| parameters.first(name))
    }
}

/// Applies one effect; false where there was nothing to change.
pub(super) fn edit(members: &mut Members, effect: &Effect, origin: &Origin<'_>) -> bool {
    match effect {
        Effect::Set { member, value } => {
            let made = evaluate(value, members.json_of(member), origin);
            made.map(|json| members.set(member, json)).is_some()
        }
        Effect::Omit { member } => {
            let members = members.edit();
            let before = members.len();
            members.retain(|(name, _)| name != member);
            members.len() < before
        }
        Effect::Double {
            member,
            value,
            before,
        } => double(members, member, value.as_ref(), *before, origin),
        Effect::Shift { member, seconds } => {
            let honest = members
                .json_of(member)
                .and_then(|json| json.parse::<i64>().ok());
            let shifted = honest.map(|honest| honest.saturating_add(*seconds));
            shifted
                .map(|json| members.set(member, json.to_string()))
                .is_some()
        }
        _ => false,
    }
}

fn double(
    members: &mut Members,
    member: &str,
    value: Option<&Value>,
    is_before: bool,
    origin: &Origin<'_>,
) -> bool {
    let honest = members.json_of(member);
    let second = match value {
        None => honest.map(str::to_owned),
        Some(value) => evaluate(value, honest, origin),
    };
    let position = members.iter().position(|(name, _)| name == member);
    let (Some(json), Some(position)) = (second, position) else {
        return false;
    };
    let double = (member.to_owned().into(), Member::Json(json));
    let position = if is_before { position } else { position + 1 };
    members.edit().insert(position, double);
    true
}

/// The value as JSON; `None` where what it refers to is not there.
fn evaluate(value: &Value, honest: Option<&str>, origin: &Origin<'_>) -> Option<String> {
    let honest_text = || serde_json::from_str::<String>(honest?).ok();
    match value {
        Value::Literal(literal) => Some(literal.to_string()),
        Value::Raw(text) => Some(text.clone()),
        Value::Honest => honest.map(str::to_owned),
        Value::Append(text) => Some(quoted(&(honest_text()? + text))),
        Value::Suffix(text) => Some(format!("{}{text}", honest?)),
        Value::Flip => flipped(&serde_json::from_str(honest?).ok()?),
        Value::SwapCase => Some(quoted(&swapped_case(&honest_text()?))),
        Value::Quoted => Some(quoted(
            &honest_text().or_else(|| honest.map(str::to_owned))?,
        )),
        Value::Request(name) => origin.parameter(name).map(quoted),
        Value::List(values) => {
            let values = values.iter().map(|value| evaluate(value, honest, origin));
            let values: Option<Vec<_>> = values.collect();
            Some(format!("[{}]", values?.join(",")))
        }
        Value::Repeated { text, times } => Some(quoted(&text.repeat(*times))),
        Value::Nested(depth) => Some(nested(*depth)),
        Value::Earlier { place, member } => origin.earlier.json(*place, member),
        Value::Jwk(whose) => Some(jwk(*whose, origin.keys)),
        Value::JwkText(whose) => Some(quoted(&jwk(*whose, origin.keys))),
        Value::Certificate(whose) => {
            let certificate = key(*whose, origin.keys).key.certificate()?;
            Some(quoted(&STANDARD.encode(certificate)))
        }
    }
}

fn key(whose: Whose, keys: &Keys) -> PublishedKey {
    match whose {
        Whose::Signing => PublishedKey::clone(&keys.signing()),
        Whose::Unpublished => keys.unpublished(KeyKind::Unpublished),
    }
}

fn jwk(whose: Whose, keys: &Keys) -> String {
    keys.jwk_of(&key(whose, keys), Map::new())
}

fn swapped_case(text: &str) -> String {
    let swapped = text.chars().map(|letter| match letter {
        'a'..='z' => letter.to_ascii_uppercase(),
        _ => letter.to_ascii_lowercase(),
    });
    swapped.collect()
}

fn flipped(honest: &serde_json::Value) -> Option<String> {
    match honest {
        serde_json::Value::Bool(honest) => Some((!honest).to_string()),
        serde_json::Value::Number(honest) => Some(honest.as_i64()?.checked_add(1)?.to_string()),
        serde_json::Value::String(honest) => {
            let middle = honest.chars().count() / 2;
            let other = |character| if character == 'x' { 'y' } else { 'x' };
            let changed = honest.chars().enumerate().map(|(index, character)| {
                if index == middle {
                    other(character)
                } else {
                    character
                }
            });
            (!honest.is_empty()).then(|| quoted(&changed.collect::<String>()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::id_token;
    use crate::flavour::Flavour;
    use crate::place::Place;

    fn check(fault: &crate::fault::Fault, expected: Option<&str>) {
        let mut members = Members::default();
        members.push_text("aud", "app");
        members.push_json("exp", "1000");
        members.push_json("verified", "true");
        let request: Parameters = [("state", "from the request")].into_iter().collect();
        let earlier = Earlier::default();
        let mut before = Members::default();
        before.push_text("nonce", "old");
        earlier.remember(Place::IdTokenClaims, &before);
        let origin = Origin {
            request: [&request, &Parameters::default()],
            authorization: Some(&[("nonce", "n")].into_iter().collect()),
            earlier: &earlier,
            keys: &Keys::new(Flavour::named("google").unwrap(), 1),
        };
        let before = members.compact_json();
        let is_changed = edit(&mut members, &fault.effects[0], &origin);
        assert_eq!(is_changed, expected.is_some(), "{fault:?}");
        let expected = expected.unwrap_or(&before);
        assert_eq!(members.compact_json(), expected);
    }

    #[test]
    fn each_effect_changes_what_it_says_and_knows_when_it_cannot() {
        check(
            &id_token().set("aud", "x"),
            Some(r#"{"aud":"x","exp":1000,"verified":true}"#),
        );
        check(
            &id_token().set("new", serde_json::json!(["a", 1])),
            Some(r#"{"aud":"app","exp":1000,"verified":true,"new":["a",1]}"#),
        );
        check(
            &id_token().omit("aud"),
            Some(r#"{"exp":1000,"verified":true}"#),
        );
        check(&id_token().omit("nonce"), None);
        check(
            &id_token().double("aud"),
            Some(r#"{"aud":"app","aud":"app","exp":1000,"verified":true}"#),
        );
        check(
            &id_token().double_with("aud", "b"),
            Some(r#"{"aud":"app","aud":"b","exp":1000,"verified":true}"#),
        );
        check(
            &id_token().double_before("aud", "b"),
            Some(r#"{"aud":"b","aud":"app","exp":1000,"verified":true}"#),
        );
        check(&id_token().double("nonce"), None);
        check(
            &id_token().shift("exp", -7200),
            Some(r#"{"aud":"app","exp":-6200,"verified":true}"#),
        );
        check(&id_token().shift("aud", 1), None);
    }

    #[test]
    fn each_kind_of_value_is_made_of_what_it_says() {
        check(
            &id_token().set("aud", Value::append(".x")),
            Some(r#"{"aud":"app.x","exp":1000,"verified":true}"#),
        );
        check(
            &id_token().set("aud", Value::Flip),
            Some(r#"{"aud":"axp","exp":1000,"verified":true}"#),
        );
        check(
            &id_token().set("exp", Value::Flip),
            Some(r#"{"aud":"app","exp":1001,"verified":true}"#),
        );
        check(
            &id_token().set("verified", Value::Flip),
            Some(r#"{"aud":"app","exp":1000,"verified":false}"#),
        );
        check(
            &id_token().set("aud", Value::request("state")),
            Some(r#"{"aud":"from the request","exp":1000,"verified":true}"#),
        );
        check(
            &id_token().set("aud", Value::request("nonce")),
            Some(r#"{"aud":"n","exp":1000,"verified":true}"#),
        );
        check(&id_token().set("aud", Value::request("absent")), None);
        let cases = [
            (Value::raw("1e400"), "1e400"),
            (Value::SwapCase, "\"APP\""),
            (Value::suffix(".5"), "\"app\".5"),
            (Value::list([Value::Honest, "b".into()]), r#"["app","b"]"#),
            (Value::list([Value::list([])]), "[[]]"),
            (Value::repeated("ab", 3), "\"ababab\""),
            (Value::Nested(3), "[[[]]]"),
            (Value::earlier(Place::IdTokenClaims, "nonce"), "\"old\""),
        ];
        for (value, json) in cases {
            let expected = format!(r#"{{"aud":{json},"exp":1000,"verified":true}}"#);
            check(&id_token().set("aud", value), Some(&expected));
        }
        check(
            &id_token().set("exp", Value::Quoted),
            Some(r#"{"aud":"app","exp":"1000","verified":true}"#),
        );
        check(
            &id_token().set("exp", Value::suffix("000")),
            Some(r#"{"aud":"app","exp":1000000,"verified":true}"#),
        );
        let absent = Value::earlier(Place::Token, "id_token");
        check(&id_token().set("aud", absent), None);
        check(
            &id_token().set("absent", Value::list([Value::Honest])),
            None,
        );
        check(&id_token().set("absent", Value::Flip), None);
        check(&id_token().set("exp", Value::append("x")), None);
    }
}
