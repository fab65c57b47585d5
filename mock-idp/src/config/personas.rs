//! `[[personas]]`: the people who may log in.

use serde_json::{Map, Number, Value};
use toml::de::DeValue;
use url::Url;

use super::auto_login::AutoLogin;
use super::list;
use super::report::Report;
use super::table::{Entry, Table, kind};
use crate::persona::{self, Persona};

const HINT: &str = "write each person as a table [[personas]]";
const SET_HINT: &str = "the sets are \"starter\" and \"that_hurt\"";
const CLAIMS_HINT: &str = "write the further claims as a table [personas.claims]";

/// Claims that a persona has a key for.
const OWN_KEYS: [&str; 8] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "email",
    "email_verified",
    "picture",
    "hd",
];
/// Claims that say something about the token, not about the person.
const OF_THE_TOKEN: [&str; 9] = [
    "iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "c_hash",
];

/// Reads the array, or the name of a set; a persona that is not right is left out and reported.
pub(super) fn read(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Vec<Persona> {
    if let DeValue::String(name) = entry.value {
        return set(name).unwrap_or_else(|| {
            let refused = entry.refuse(format!("is {name:?}, which is no set"), SET_HINT, report);
            refused.unwrap_or_default()
        });
    }
    list::read(entry, HINT, one, report)
}

fn set(name: &str) -> Option<Vec<Persona>> {
    match name {
        "starter" => Some(persona::starter()),
        "that_hurt" => Some(persona::that_hurt()),
        _ => None,
    }
}

/// One persona, and its `id`.
fn one<'d, 'i>(
    table: &mut Table<'d, 'i>,
    report: &mut Report<'_>,
) -> Option<(Entry<'d, 'i>, Persona)> {
    let id = table.required("id", "\"alice\"", report);
    let rest = Persona {
        sub: table.text("sub", report),
        name: table.text("name", report),
        given_name: table.text("given_name", report),
        family_name: table.text("family_name", report),
        email: table.text("email", report),
        email_verified: table
            .optional("email_verified")
            .and_then(|entry| entry.boolean(report))
            .unwrap_or(true),
        picture: table
            .optional("picture")
            .and_then(|entry| picture(&entry, report)),
        hd: table.text("hd", report),
        claims: table
            .optional("claims")
            .map(|entry| claims(&entry, report))
            .unwrap_or_default(),
        ..Persona::new("")
    };
    table.finish(&[], report);
    let id = id?;
    let persona = Persona {
        id: self::id(&id, report)?,
        ..rest
    };
    Some((id, persona))
}

/// The id; a word of `auto_login` would be taken for the word.
fn id(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    match AutoLogin::from(text.to_owned()) {
        AutoLogin::Persona(id) => Some(id),
        AutoLogin::Never | AutoLogin::LoginHint => {
            let found = format!("is {text:?}, a word of auto_login");
            entry.refuse(found, "choose another id", report)
        }
    }
}

fn picture(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(text.to_owned()),
        _ => entry.refuse(
            format!("is {text:?}"),
            "give an absolute URL with http or https, or leave it out: the provider draws one",
            report,
        ),
    }
}

fn claims(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Map<String, Value> {
    let Some(table) = entry.table(CLAIMS_HINT, report) else {
        return Map::new();
    };
    let claim = |(name, entry): (&str, Entry<'_, '_>)| {
        if OWN_KEYS.contains(&name) {
            return entry.refuse("has a key of its own", "move it up to the persona", report);
        }
        if OF_THE_TOKEN.contains(&name) {
            return entry.refuse("is the provider's to say", "leave it out", report);
        }
        json(&entry, report).map(|value| (name.to_owned(), value))
    };
    table.entries().filter_map(claim).collect()
}

/// A TOML value as JSON has it.
fn json(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<Value> {
    match entry.value {
        DeValue::String(text) => Some(Value::String(text.to_string())),
        DeValue::Boolean(value) => Some(Value::Bool(*value)),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Some(Value::Number(number.into())),
            Err(_) => entry.refuse(format!("is {number}"), "it must fit in 64 bits", report),
        },
        DeValue::Float(number) => {
            let float = number.as_str().parse().ok().and_then(Number::from_f64);
            float.map(Value::Number).or_else(|| {
                entry.refuse(
                    format!("is {number}"),
                    "JSON knows finite numbers only",
                    report,
                )
            })
        }
        DeValue::Datetime(_) => entry.refuse(
            kind(entry.value),
            "JSON has none: write a string in quotes, or seconds since 1970",
            report,
        ),
        DeValue::Array(_) => {
            let members = entry.members("", report)?;
            Some(
                members
                    .iter()
                    .filter_map(|member| json(member, report))
                    .collect(),
            )
        }
        DeValue::Table(_) => {
            let table = entry.table("", report)?;
            let member = |(name, entry): (&str, Entry<'_, '_>)| {
                Some((name.to_owned(), json(&entry, report)?))
            };
            Some(Value::Object(table.entries().filter_map(member).collect()))
        }
    }
}
