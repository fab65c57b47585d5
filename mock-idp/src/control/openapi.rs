//! The description is a file, and this makes it of the table and of the types: a test holds the two
//! together.

use std::collections::BTreeSet;

use http::Method;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema as _, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::problem::Written;
use super::route::{Access, Route, Verb};
use super::{OPENAPI, table};

/// Describes a verb, and leaves the types it needs with the generator.
pub(super) type Describe = fn(&mut SchemaGenerator) -> Value;

pub(super) fn describe<V: Verb>(generator: &mut SchemaGenerator) -> Value {
    let mut arguments = V::json_schema(generator);
    let words = arguments.remove("description").unwrap_or_default();
    let has_answer = V::Answer::schema_id() != <()>::schema_id();
    let (status, answer) = if has_answer {
        let schema = generator.subschema_for::<V::Answer>();
        let content = json!({"application/json": {"schema": schema}});
        (
            "200",
            json!({"description": "What it says.", "content": content}),
        )
    } else {
        ("204", json!({"description": "It is done."}))
    };
    let mut operation = json!({
        "operationId": V::NAME.replace('/', "_"),
        "description": words,
        "responses": {status: answer, "default": {"$ref": "#/components/responses/Problem"}},
    });
    let has_arguments = arguments.get("properties").is_some() || arguments.get("$ref").is_some();
    if V::METHOD == Method::GET {
        if has_arguments {
            operation["parameters"] = parameters(&resolved(arguments, generator));
        }
    } else if has_arguments {
        let content = json!({"application/json": {"schema": arguments}});
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    if V::ACCESS == Access::Everybody {
        operation["security"] = json!([]);
    }
    if V::ACCESS == Access::Root {
        operation["tags"] = json!(["root"]);
    }
    operation
}

/// The type that a schema is of, where it only names one.
fn resolved(schema: Schema, generator: &SchemaGenerator) -> Value {
    let name = schema.get("$ref").and_then(Value::as_str);
    let name = name.and_then(|path| path.rsplit('/').next());
    match name {
        Some(name) => generator.definitions()[name].clone(),
        None => schema.into(),
    }
}

/// The members of a query.
fn parameters(arguments: &Value) -> Value {
    let required: BTreeSet<&str> = match arguments.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    };
    let properties = arguments
        .get("properties")
        .and_then(Value::as_object)
        .unwrap();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let words = schema
            .as_object_mut()
            .and_then(|schema| schema.remove("description"));
        json!({
            "name": name,
            "in": "query",
            "required": required.contains(name.as_str()),
            "description": words,
            "schema": schema,
        })
    };
    properties.iter().map(parameter).collect()
}

fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12();
    let settings = settings.with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    SchemaGenerator::new(settings)
}

fn document() -> Value {
    let mut generator = generator();
    let problem = generator.subschema_for::<Written>();
    let mut paths = Map::new();
    for Route {
        name,
        method,
        describe,
        ..
    } in table::ROUTES
    {
        let operation = describe(&mut generator);
        let method = method.as_str().to_lowercase();
        paths.insert(format!("/{name}"), json!({method: operation}));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mock-idp control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a test can tell a provider. Paths are below the issuer's; the tag \
                            `root` marks what only the provider at the root can.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{
            "url": "{issuer}/_mock",
            "variables": {"issuer": {"default": "http://127.0.0.1:9000"}},
        }],
        "security": [{}, {"token": []}],
        "tags": [{"name": "root", "description": "Only at the provider at the root."}],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": {"Problem": {
                "description": "Why it was not done.",
                "content": {"application/problem+json": {"schema": problem}},
            }},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    })
}

#[test]
fn the_description_is_what_the_verbs_and_their_types_say() {
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if made != OPENAPI {
        let new = concat!(env!("CARGO_MANIFEST_DIR"), "/src/control/openapi.json.new");
        std::fs::write(new, made).unwrap();
        panic!("the verbs are not as src/control/openapi.json says; {new} is, take it over");
    }
}

#[test]
fn every_verb_says_what_it_does() {
    for Route { name, describe, .. } in table::ROUTES {
        let operation = describe(&mut generator());
        let words = operation["description"].as_str().unwrap_or_default();
        assert!(words.ends_with('.'), "{name}: {operation}");
    }
}
