//! What a client registers, and how the report says that it cannot.

use serde_json::json;

use super::tests::{CLIENT, check_client, read};

#[test]
fn a_client_registers_what_rfc_7591_and_the_logout_specifications_name() {
    let lines = r#"
        token_endpoint_auth_method = "private_key_jwt"
        jwks = '{"keys": []}'
        id_token_signed_response_alg = "ES256"
        userinfo_signed_response_alg = "EdDSA"
        post_logout_redirect_uris = ["http://localhost:8501"]
        backchannel_logout_uri = "http://localhost:8501/backchannel"
        backchannel_logout_session_required = true
        frontchannel_logout_uri = "http://localhost:8501/frontchannel"
        frontchannel_logout_session_required = true
    "#;
    let config = read(&format!("{CLIENT}{lines}"));
    let expected = json!({
        "client_id": "app",
        "redirect_uris": ["http://localhost/cb"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": { "keys": [] },
        "id_token_signed_response_alg": "ES256",
        "userinfo_signed_response_alg": "EdDSA",
        "post_logout_redirect_uris": ["http://localhost:8501"],
        "backchannel_logout_uri": "http://localhost:8501/backchannel",
        "backchannel_logout_session_required": true,
        "frontchannel_logout_uri": "http://localhost:8501/frontchannel",
        "frontchannel_logout_session_required": true,
    });
    assert_eq!(serde_json::to_value(&config.clients[0]).unwrap(), expected);
}

#[test]
fn what_a_client_cannot_register_is_reported() {
    check_client(
        "token_endpoint_auth_method = \"client_secret_basics\"",
        "m.toml:4: clients[0].token_endpoint_auth_method: is \"client_secret_basics\"; \
         did you mean client_secret_basic?",
    );
    check_client(
        "userinfo_signed_response_alg = \"none\"",
        "m.toml:4: clients[0].userinfo_signed_response_alg: is \"none\"; known are RS256, ES256, EdDSA",
    );
    check_client(
        "jwks = '{\"keys\": 3}'",
        "m.toml:4: clients[0].jwks: is no JWK Set: invalid type: integer `3`, expected a sequence \
         at line 1 column 10; write the JWK Set as JSON in quotes: '{\"keys\": [..]}'",
    );
    check_client(
        "post_logout_redirect_uris = []",
        "m.toml:4: clients[0].post_logout_redirect_uris: is empty; \
         name one at least, such as [\"http://localhost:8501\"]",
    );
    check_client(
        "backchannel_logout_uri = \"com.example.app:/logout\"",
        "m.toml:4: clients[0].backchannel_logout_uri: is \"com.example.app:/logout\": it is no web \
         address; give the app's full URL, such as \"http://localhost:8501/logout\"",
    );
    check_client(
        "frontchannel_logout_uri = \"/logout\"",
        "m.toml:4: clients[0].frontchannel_logout_uri: is \"/logout\": it is not absolute: the \
         scheme, such as http://, is missing; give the full URL that the app is called back at, \
         without #",
    );
    check_client(
        "frontchannel_logout_session_required = \"yes\"",
        "m.toml:4: clients[0].frontchannel_logout_session_required: is a string; \
         it must be true or false, without quotes",
    );
}
