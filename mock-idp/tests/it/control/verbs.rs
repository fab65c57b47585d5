//! What the verbs do. That each does what its namesake in Rust does is in `same_verbs`.

use mock_idp::Place;
use serde_json::{Value, json};

use super::assert_problem;
use crate::app::{App, claims};

#[tokio::test]
async fn a_test_in_any_language_tells_a_lie_and_sees_it_told() {
    let app = App::start();
    let fault = json!({
        "place": "id_token_claims",
        "effects": [{"set": {"member": "aud", "value": {"literal": "other"}}}],
        "count": {"times": 1},
    });
    assert_eq!(app.done("fault", fault.clone()).await, json!({"id": 1}));
    let unreached = app.shown("unreached_faults").await;
    assert_eq!(unreached[0]["id"], 1);
    assert_eq!(unreached[0]["fault"]["place"], fault["place"]);
    let answer = app.control("verify", &json!({})).await;
    assert_problem(&answer, 409, "unreached", "1 fault(s) were never reached");
    assert_eq!(answer.json()["about"], unreached);
    assert_eq!(claims(&app.log_in().await)["aud"], "other");
    app.silent("verify", json!({})).await;
}

#[tokio::test]
async fn the_control_api_is_neither_captured_nor_lied_at() {
    let app = App::start();
    app.idp.fault(mock_idp::at(Place::Elsewhere).status(500));
    app.done("keys/rotate", json!({})).await;
    assert_eq!(app.shown("requests").await["exchanges"], json!([]));
    assert!(app.idp.requests().is_empty());
}

#[tokio::test]
async fn requests_are_shown_with_what_they_brought() {
    let app = App::start();
    app.log_in().await;
    let shown = app.shown("requests?place=token").await;
    assert_eq!(shown["dropped"], 0);
    let [exchange] = &shown["exchanges"].as_array().unwrap()[..] else {
        panic!("{shown}")
    };
    assert_eq!(
        (&exchange["method"], &exchange["status"]),
        (&json!("POST"), &json!(200))
    );
    assert_eq!(exchange["client_id"], app.client.client_id);
    let form = exchange["form"].as_array().unwrap();
    assert!(
        form.contains(&json!(["grant_type", "authorization_code"])),
        "{exchange}"
    );
    let body = exchange["response_body"]["text"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(body).unwrap()["id_token"].is_string());
    let transaction = &exchange["transaction"];
    assert_eq!(app.shown("transactions").await, json!([transaction]));
    let of = app
        .shown(&format!("requests?transaction={transaction}"))
        .await;
    assert_eq!(of["exchanges"].as_array().unwrap().len(), 2);
    for none in [
        "persona=bob",
        "client_id=x",
        "refused=true",
        "place=userinfo",
    ] {
        let shown = app.shown(&format!("requests?{none}")).await;
        assert_eq!(shown["exchanges"], json!([]), "{none}");
    }
    let diagram = app.shown("mermaid").await;
    let diagram = diagram.as_str().unwrap();
    assert!(diagram.starts_with("sequenceDiagram"), "{diagram}");
    assert!(!diagram.contains(app.secret()), "{diagram}");
}

#[tokio::test]
async fn a_test_waits_for_the_next_request() {
    let app = App::start();
    let next = json!({"place": "token", "within_seconds": 30});
    let (next, _) = tokio::join!(app.done("next_request", next), app.log_in());
    assert_eq!(next["place"], "token");
    let none = json!({"place": "token", "within_seconds": 0});
    let answer = app.control("next_request", &none).await;
    assert_problem(&answer, 409, "timed_out", "no request to token within 0ns");
}

#[tokio::test]
async fn questions_are_asked_and_asserted() {
    let app = App::start();
    app.log_in().await;
    for question in app.shown("questions").await.as_array().unwrap() {
        assert!(question.is_string() || question.is_object(), "{question}");
    }
    let yes = json!({"question": "used_pkce_s256", "of": {"client_id": app.client.client_id}});
    assert_eq!(app.done("ask", yes.clone()).await, json!({"is_yes": true}));
    app.silent("assert", yes).await;
    let no = json!({"question": "used_pkce_s256", "of": {"persona": "nobody"}});
    let asked = app.done("ask", no.clone()).await;
    assert_eq!(
        (&asked["is_yes"], &asked["finding"]["section"]),
        (&json!(false), &json!("RFC 7636 section 4.3"),)
    );
    let answer = app.control("assert", &no).await;
    assert_problem(&answer, 409, "finding", "there is nothing to judge by");
    assert_eq!(answer.json()["about"], asked["finding"]);
}

#[tokio::test]
async fn a_tenant_has_verbs_of_its_own_under_its_issuer() {
    let app = App::start();
    let created = app
        .done(
            "create_tenant",
            json!({"name": "team", "personas": "that_hurt"}),
        )
        .await;
    let issuer = format!("{}/team", app.idp.issuer());
    assert_eq!(created["issuer"], issuer);
    assert_eq!(created["control_url"], format!("{issuer}/_mock"));
    assert_eq!(created["flavour"], app.idp.flavour_name());
    assert_eq!(app.shown("tenants").await, json!([created]));
    let shown = app.get("/team/_mock/provider").await;
    assert_eq!(shown.json(), created);
    assert!(app.shown("provider").await.get("name").is_none());
    let personas = app.get("/team/_mock/personas").await.json();
    assert_eq!(
        personas.as_array().unwrap().len(),
        mock_idp::persona::that_hurt().len()
    );
    assert_eq!(app.get("/team/_mock/clients").await.json(), json!([]));
    let answer = app.get("/team/_mock/tenants").await;
    assert_problem(
        &answer,
        404,
        "not_found",
        "a verb of the provider at the root",
    );
    app.silent("drop_tenant", json!({"name": "team"})).await;
    assert_eq!(app.shown("tenants").await, json!([]));
    assert_eq!(app.get("/team/_mock/provider").await.status, 404);
}

#[tokio::test]
async fn a_tenant_without_a_name_gets_one_that_no_other_has() {
    let app = App::start();
    let taken = app.done("create_tenant", json!({"name": "test-1"})).await;
    let client = json!({"client_id": "app", "redirect_uris": ["http://a/cb"]});
    let arguments = json!({"clients": [client], "personas": [{"id": "ann"}], "seed": 7});
    let created = app.done("create_tenant", arguments).await;
    assert_ne!(created["name"], taken["name"]);
    let tenant = app
        .idp
        .find_tenant(created["name"].as_str().unwrap())
        .unwrap();
    assert_eq!(tenant.personas()[0].id, "ann");
    assert_eq!(tenant.clients()[0].client_id, "app");
}
