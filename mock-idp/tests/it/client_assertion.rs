//! Client authentication beyond secrets: `private_key_jwt` (RFC 7523), the registered method, and
//! none at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mock_idp::{Check, TokenEndpointAuthMethod};
use serde_json::{Value, json};

use crate::app::{Answer, Changes, REDIRECT_URI, VERIFIER, replaced};
use crate::op::Op;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key() -> EncodingKey {
    EncodingKey::from_ed_der(include_bytes!("../../src/keys/ed25519_0.der"))
}

fn other_key() -> EncodingKey {
    EncodingKey::from_ed_der(include_bytes!("../../src/keys/ed25519_1.der"))
}

/// An app that registered its key.
fn start() -> Op {
    let op = Op::start().registered(|client| {
        client.client_secret = None;
        client.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::PrivateKeyJwt);
        let jwk = Jwk::from_encoding_key(&key(), Algorithm::EdDSA).unwrap();
        client.jwks = serde_json::to_value(JwkSet { keys: vec![jwk] }).ok();
    });
    op.app.idp.clock().freeze();
    op
}

/// An assertion that is right but for the changes; null leaves a claim out.
fn assertion(op: &Op, key: &EncodingKey, changes: &Value) -> String {
    let now = op.app.idp.clock().now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": "app", "sub": "app", "aud": op.app.url("/token"), "exp": now + 60, "jti": "one",
    });
    for (name, value) in changes.as_object().unwrap() {
        let value = match value.as_str().and_then(|it| it.strip_prefix("now+")) {
            Some(ahead) => json!(now + ahead.parse::<u64>().unwrap()),
            None => value.clone(),
        };
        claims[name] = value;
    }
    claims
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, key).unwrap()
}

async fn exchange(op: &Op, assertion: &str, changes: Changes<'_>) -> Answer {
    let code = op.code(&[]).await;
    let right = [
        ("client_id", ""),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    op.exchange(&code, &replaced(&right, changes)).await
}

#[tokio::test]
async fn rfc_7523_3_a_signed_assertion_is_as_good_as_a_secret() {
    let op = start();
    let issuer = op.app.idp.issuer();
    let audiences = [
        json!(op.app.url("/token")),
        json!(issuer),
        json!(["other", issuer]),
    ];
    for (number, audience) in audiences.iter().enumerate() {
        let right = assertion(
            &op,
            &key(),
            &json!({"aud": audience, "jti": number.to_string()}),
        );
        let answer = exchange(&op, &right, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let right = assertion(&op, &key(), &json!({"jti": "with client_id"}));
    assert_eq!(
        exchange(&op, &right, &[("client_id", "app")]).await.status,
        200
    );
}

#[tokio::test]
async fn rfc_7523_3_what_is_wrong_with_an_assertion() {
    let op = start();
    let refused = async |assertion: &str, check: Check, reason: &str| {
        let answer = exchange(&op, assertion, &[("client_id", "app")]).await;
        op.refused(&answer, check, reason, (401, "invalid_client"));
    };
    let with = |changes: Value| assertion(&op, &key(), &changes);
    let check = Check::TokenClientAssertion;
    refused("garbage", check, "it is no JWT").await;
    refused(
        &assertion(&op, &other_key(), &json!({})),
        check,
        "is none of the keys'",
    )
    .await;
    let secret = EncodingKey::from_secret(b"the secret of the app");
    let symmetric = jsonwebtoken::encode(&Header::default(), &json!({"sub": "app"}), &secret);
    refused(
        &symmetric.unwrap(),
        check,
        "HS256, which is no public key's",
    )
    .await;
    refused(&with(json!({"iss": "other"})), check, "iss is \"other\"").await;
    refused(&with(json!({"sub": null})), check, "sub is \"\"").await;
    let check = Check::TokenClientAssertionAudience;
    refused(
        &with(json!({"aud": "https://other.example"})),
        check,
        "not http://127.0.0.1",
    )
    .await;
    let check = Check::TokenClientAssertionExpired;
    refused(&with(json!({"exp": "now+0"})), check, "is over since 0 s").await;
    refused(
        &with(json!({"exp": "now+3601"})),
        check,
        "for 3601 s, more than 3600",
    )
    .await;
    refused(&with(json!({"exp": null})), check, "has no exp").await;
    let check = Check::TokenClientAssertionUsed;
    refused(&with(json!({"jti": null})), check, "has no jti").await;
    assert_eq!(exchange(&op, &with(json!({})), &[]).await.status, 200);
    refused(&with(json!({})), check, "\"one\" was used before").await;
}

#[tokio::test]
async fn a_weak_provider_takes_any_assertion_that_the_client_signed() {
    let op = start();
    for check in [
        Check::TokenClientAssertionAudience,
        Check::TokenClientAssertionExpired,
        Check::TokenClientAssertionUsed,
    ] {
        op.app.idp.waive(check);
    }
    let weak = json!({"aud": "https://other.example", "exp": "now+0"});
    let weak = assertion(&op, &key(), &weak);
    for _ in 0..2 {
        assert_eq!(exchange(&op, &weak, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn rfc_6749_2_3_a_client_proves_itself_in_one_way() {
    let op = start();
    let right = assertion(&op, &key(), &json!({}));
    let answer = exchange(&op, &right, &[("client_secret", "guess")]).await;
    let reason = "by client_secret and client_assertion";
    let error = (400, "invalid_request");
    op.refused(&answer, Check::TokenClientAuthentication, reason, error);
}

#[tokio::test]
async fn rfc_7521_4_2_the_type_of_an_assertion_is_said() {
    let op = start();
    let right = assertion(&op, &key(), &json!({}));
    let answer = exchange(&op, &right, &[("client_assertion_type", "jwt")]).await;
    let error = (401, "invalid_client");
    op.refused(
        &answer,
        Check::TokenClientAssertion,
        "client_assertion_type is \"jwt\"",
        error,
    );
}

#[tokio::test]
async fn a_client_that_registered_a_method_uses_that_one() {
    let error = (401, "invalid_client");
    let op = start();
    let code = op.code(&[]).await;
    let answer = op.exchange(&code, &[("client_secret", "guess")]).await;
    let check = Check::TokenClientAuthenticationMethod;
    let reason = "registered private_key_jwt and used client_secret_post";
    op.refused(&answer, check, reason, error);
    let answer = op.exchange(&code, &[]).await;
    let reason = "has to prove itself, and did not";
    op.refused(&answer, Check::TokenClientSecretMissing, reason, error);

    let none = TokenEndpointAuthMethod::None;
    let op = Op::start().registered(|client| client.token_endpoint_auth_method = Some(none));
    let code = op.code(&[]).await;
    let answer = op.exchange(&code, &[]).await;
    op.refused(
        &answer,
        check,
        "registered none and used client_secret_post",
        error,
    );
    assert_eq!(
        op.exchange(&code, &[("client_secret", "")]).await.status,
        200
    );

    let basic = TokenEndpointAuthMethod::ClientSecretBasic;
    let op = Op::start().registered(|client| client.token_endpoint_auth_method = Some(basic));
    let code = op.code(&[]).await;
    let answer = op.exchange(&code, &[]).await;
    op.refused(&answer, check, "used client_secret_post", error);
    assert_eq!(
        with_basic(&op, &code, "app", "the secret of the app")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn without_a_registered_method_both_ways_of_a_secret_do() {
    let op = Op::start().registered(|_| {});
    let code = op.code(&[]).await;
    assert_eq!(op.exchange(&code, &[]).await.status, 200);
    let code = op.code(&[]).await;
    assert_eq!(
        with_basic(&op, &code, "app", "the secret of the app")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn rfc_6749_2_3_1_id_and_secret_are_form_encoded_in_basic() {
    let (id, secret) = ("a:p+p %/ü", "s:e+c%r/e t ü");
    let op = Op::start().registered(|client| {
        client.client_id = id.into();
        client.client_secret = Some(secret.into());
    });
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let (id, secret): (String, String) = (encode(id), encode(secret));
    let code = op.code(&[]).await;
    let answer = with_basic(&op, &code, &id, &secret).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// A token request with these two joined by a colon in its header.
async fn with_basic(op: &Op, code: &str, id: &str, secret: &str) -> Answer {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let header = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let request = op
        .app
        .form("/token", &pairs)
        .header("authorization", header);
    op.app.send(request).await
}
