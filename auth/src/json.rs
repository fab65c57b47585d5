//! JSON objects as security wants them: a member that stands twice is refused.
//!
//! RFC 8259 leaves open which of two equal names counts. Where two readers of one document may
//! differ, an attacker can have one value checked and the other used ([RFC 7515
//! 10.12](https://www.rfc-editor.org/rfc/rfc7515#section-10.12)).

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// A JSON object without duplicate members, at any depth.
#[derive(Debug)]
pub(crate) struct Object(pub(crate) Map<String, Value>);

/// Reads an object and then a type from it.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let Object(members) = serde_json::from_slice(bytes)?;
    serde_json::from_value(Value::Object(members))
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Unique::deserialize(deserializer)? {
            Unique(Value::Object(members)) => Ok(Self(members)),
            Unique(_) => Err(de::Error::custom("not an object")),
        }
    }
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = elements.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a member stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Object, from_slice};

    #[test]
    fn it_reads_what_serde_json_reads() {
        let text = r#"{"n":null,"b":true,"i":-1,"u":18446744073709551615,"f":1.5,"s":"\u00e4","a":[1,{"x":{}}]}"#;
        let Object(members) = serde_json::from_str(text).unwrap();
        assert_eq!(
            Value::Object(members),
            serde_json::from_str::<Value>(text).unwrap()
        );
        assert_eq!(from_slice::<Value>(br#"{"a":1}"#).unwrap(), json!({"a": 1}));
    }

    #[test]
    fn it_refuses() {
        let check = |text: &str, expected: &str| {
            let error = serde_json::from_str::<Object>(text)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        };
        check(r#"{"sub":"a","sub":"b"}"#, "a member stands twice");
        check(r#"{"sub":"a","sub":"a"}"#, "a member stands twice");
        check(r#"{"address":{"x":1,"x":2}}"#, "a member stands twice");
        check(r#"[[{"x":1,"\u0078":2}]]"#, "a member stands twice");
        check("[]", "not an object");
        check("null", "not an object");
        check("1e400", "number out of range");
        check(&"[".repeat(100_000), "recursion limit exceeded");
        check(r#"{"a":1}x"#, "trailing characters");
    }
}
