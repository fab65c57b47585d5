//! What is wrong with arguments is said with the place it stood at.

use serde_json::{Value, json};

use super::assert_problem;
use crate::app::App;

#[tokio::test]
async fn wrong_arguments_are_named() {
    let app = App::start();
    let check = async |verb: &str, arguments: Value, words: &str| {
        let answer = app.control(verb, &arguments).await;
        assert_problem(&answer, 400, "arguments", words);
    };
    check("register", json!({}), "missing field `redirect_uri`").await;
    check(
        "register",
        json!([]),
        "the arguments of register are a JSON object",
    )
    .await;
    check(
        "clock/advance",
        json!({"seconds": "2h"}),
        "at seconds: invalid type: string",
    )
    .await;
    check(
        "clock/advance",
        json!({"seconds": -1}),
        "-1 is no number of seconds",
    )
    .await;
    check(
        "clock/set",
        json!({"unix_seconds": 1e30}),
        "is no number of seconds",
    )
    .await;
    let effect = json!({"set": {"member": "aud"}});
    let fault = json!({"place": "id_token_claims", "effects": [{"omit": {"member": "a"}}, effect]});
    check("fault", fault, "at effects[1].set: missing field `value`").await;
    let fault = json!({"place": "tokn", "effects": []});
    check(
        "fault",
        fault,
        "at place: unknown variant `tokn`, expected one of `discovery`",
    )
    .await;
    let persona = json!({"id": "ann", "nmae": "Ann"});
    check("add_persona", persona.clone(), "unknown field `nmae`").await;
    check(
        "set_personas",
        json!({"personas": [persona]}),
        "unknown field `nmae`",
    )
    .await;
    check(
        "set_personas",
        json!({"personas": "all"}),
        "expected `starter` or `that_hurt`",
    )
    .await;
    check(
        "waive",
        json!({"check": "token.cod"}),
        "unknown variant `token.cod`",
    )
    .await;
    check(
        "ask",
        json!({"question": "is_nice"}),
        "at question: unknown variant `is_nice`",
    )
    .await;
    let of = json!({"question": "code_sent_once", "of": {"client": "app"}});
    check("ask", of, "at of.client: unknown field `client`").await;
}

#[tokio::test]
async fn what_is_no_json_is_named() {
    let app = App::start();
    let post = async |body: Vec<u8>| {
        let request = app.request(reqwest::Method::POST, "/_mock/register");
        let request = request.header("content-type", "application/json");
        app.send(request.body(body)).await
    };
    let check = async |body: &str, words: &str| {
        assert_problem(&post(body.into()).await, 400, "arguments", words);
    };
    check("{", "EOF while parsing").await;
    check("redirect_uri=x", "expected value at line 1 column 1").await;
    let two = r#"{"redirect_uri": "http://a/cb"} {}"#;
    check(two, "behind the arguments: trailing characters").await;
    assert_eq!(app.idp.clients().len(), 1, "nothing was half done");
    let answer = post(vec![b' '; (16 << 20) + 1]).await;
    assert_problem(&answer, 413, "too_large", "larger than 16777216 bytes");
}

#[tokio::test]
async fn a_wrong_query_is_named() {
    let app = App::start();
    let check = async |verb: &str, words: &str| {
        let answer = app.get(&format!("/_mock/{verb}")).await;
        assert_problem(&answer, 400, "arguments", words);
    };
    check(
        "requests?place=tokn",
        "the query of requests: unknown variant `tokn`",
    )
    .await;
    check("requests?transaction=first", "invalid digit").await;
    check("client", "missing field `client_id`").await;
    check("mermaid?login=1", "unknown field `login`").await;
}

#[tokio::test]
async fn what_cannot_be_done_says_why() {
    let app = App::start();
    let check = async |verb: &str, arguments: Value, words: &str| {
        let answer = app.control(verb, &arguments).await;
        assert_problem(&answer, 422, "refused", words);
    };
    check(
        "register",
        json!({"redirect_uri": "/cb"}),
        "the scheme, such as http://, is missing",
    )
    .await;
    let client = json!({"client_id": app.client.client_id});
    check("register_client", client, "is taken").await;
    let fault = json!({"place": "picture", "effects": [{"omit": {"member": "a"}}]});
    check("fault", fault, "has no members that could be edited").await;
    check("waive", json!({"check": "token.code"}), "cannot be waived").await;
    check(
        "keys/generate",
        json!({"bits": 8192}),
        "512 to 4096 bits, not 8192",
    )
    .await;
    check(
        "create_tenant",
        json!({"name": "_mock"}),
        "kept for the control API",
    )
    .await;
    check(
        "create_tenant",
        json!({"name": "team", "flavour": "gogle"}),
        "gogle",
    )
    .await;
    assert!(app.idp.tenants().is_empty());
}

#[tokio::test]
async fn what_is_unknown_is_named() {
    let app = App::start();
    let check = async |verb: &str, arguments: Value, words: &str| {
        let answer = app.control(verb, &arguments).await;
        assert_problem(&answer, 404, "unknown", words);
    };
    check(
        "keys/use_key",
        json!({"kid": "x"}),
        r#"the kid "x"; published are"#,
    )
    .await;
    let signing = app.idp.keys().signing_kid();
    check("keys/retire", json!({"kid": signing}), "signs").await;
    check(
        "remove_persona",
        json!({"id": "x"}),
        r#"no persona has the id "x""#,
    )
    .await;
    check("drop_tenant", json!({"name": "x"}), r#"no tenant "x""#).await;
    let token = json!({"client_id": app.client.client_id, "persona": "alice"});
    check("send_logout_token", token, "no backchannel_logout_uri").await;
    let answer = app.get("/_mock/client?client_id=x").await;
    assert_problem(&answer, 404, "unknown", r#"the client_id "x""#);
}
