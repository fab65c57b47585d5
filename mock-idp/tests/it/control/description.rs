//! The file that describes the API: what it says is there, and nothing else.

use reqwest::Method;
use serde_json::Value;

use super::assert_problem;
use crate::app::App;

#[tokio::test]
async fn what_the_description_names_is_answered_by_the_method_it_names() {
    let app = App::start();
    let description = app.shown("openapi.json").await;
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() > 40, "{}", paths.len());
    for (path, operations) in paths {
        let operations: Vec<_> = operations.as_object().unwrap().keys().collect();
        let [method] = operations[..] else {
            panic!("{path}: {operations:?}")
        };
        let path = format!("/_mock{path}");
        let (right, wrong) = match method.as_str() {
            "get" => (Method::GET, Method::POST),
            _ => (Method::POST, Method::GET),
        };
        let answer = app.send(app.request(wrong, &path)).await;
        assert_problem(&answer, 405, "method", &format!("takes {right}"));
        assert_eq!(answer.header("allow"), right.as_str());
        // Arguments that no verb has.
        let request = app.request(right, &format!("{path}?no_such_argument=1"));
        let request = request.header("content-type", "application/json");
        let answer = app.send(request.body(r#"{"no_such_argument": 1}"#)).await;
        assert_problem(&answer, 400, "arguments", "no_such_argument");
    }
}

#[tokio::test]
async fn its_health_is_asked_where_everybody_looks_for_it() {
    let app = App::start();
    for path in ["/healthz", "/_mock/healthz"] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    assert!(app.idp.requests().is_empty(), "it is no request of an app");
}

#[tokio::test]
async fn what_the_description_does_not_name_is_not_there() {
    let app = App::start();
    let check = async |path: &str, words: &str| {
        assert_problem(&app.get(path).await, 404, "not_found", words);
    };
    check("/_mock/key/rotate", r#"is it "keys/rotate"?"#).await;
    check("/_mock/tenants/team", "there are: healthz, provider, reset").await;
    check("/_mock/reset/", r#"is it "reset"?"#).await;
}

#[tokio::test]
async fn arguments_and_answers_are_of_the_types_that_are_described() {
    let app = App::start();
    let description = app.shown("openapi.json").await;
    let schemas = &description["components"]["schemas"];
    let required = |name: &str| -> Vec<&str> {
        let required = schemas[name]["required"].as_array().unwrap();
        required.iter().map(|name| name.as_str().unwrap()).collect()
    };
    app.log_in().await;
    let requests = app.shown("requests").await;
    let exchange = &requests["exchanges"][0];
    for member in required("Exchange") {
        assert!(
            !exchange[member].is_null(),
            "{member} is missing in {exchange}"
        );
    }
    assert_eq!(required("Fault"), ["place", "effects"]);
    assert_eq!(schemas["Fault"]["additionalProperties"], false);
    let places = &schemas["Place"]["oneOf"];
    let named = |name: &str| {
        places
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["const"] == name)
    };
    for place in mock_idp::Place::ALL {
        assert!(named(place.name()), "{place}: {places}");
    }
    let operation = &description["paths"]["/fault"]["post"];
    let arguments = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(arguments["$ref"], Value::from("#/components/schemas/Fault"));
}
