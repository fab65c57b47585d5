//! C4, the second half: headers, encodings, payloads.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm as Alg;
use mock_idp::{HmacKey, Serialization, Signing, Spoil, Value, Whose, id_token, id_token_header};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::stage::Look::Token;
use super::stage::{Row, Seen, Stage, play};
use super::verify::{decoding_key, is_hmac, is_right, published, verifies};

/// Whether the key in the header verifies the token.
fn is_right_by_own_jwk(seen: &Seen) -> bool {
    verifies(
        &seen.token(),
        &decoding_key(&seen.jose()["jwk"]),
        Alg::RS256,
    )
}

/// What is in a JWE of `dir` and `A256GCM`, whose key is the SHA-256 of the client's secret.
fn decrypted(seen: &Seen, stage: &Stage) -> String {
    let secret = stage.client.client_secret.as_deref().unwrap();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &Sha256::digest(secret)).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&seen.part(2)).unwrap();
    let header = seen.token().split('.').next().unwrap().to_owned();
    let mut sealed = [seen.part(3), seen.part(4)].concat();
    let opened = key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed);
    String::from_utf8(opened.unwrap().to_vec()).unwrap()
}

fn header_of(token: &str) -> serde_json::Value {
    crate::app::token_part(token, 0)
}

fn token_as_json(seen: &Seen) -> serde_json::Value {
    serde_json::from_str(&seen.token()).unwrap()
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("jws-header-jwk", Token,
        |_| vec![id_token().sign_with(Signing::Impostor),
            id_token_header().set("jwk", Value::Jwk(Whose::Unpublished))],
        |seen, stage| is_right_by_own_jwk(seen)
            && seen.jose()["kid"] == stage.idp.keys().signing_kid()
            && !is_right(seen, stage, Alg::RS256)),
    ("jws-header-jwk", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("jwk", Value::Jwk(Whose::Unpublished))],
        |seen, _| is_right_by_own_jwk(seen) && seen.jose()["kid"] == seen.jose()["jwk"]["kid"]),
    ("jws-header-jwk-uri", Token,
        |_| vec![id_token().sign_with(Signing::Impostor),
            id_token_header().set("jwk", "https://evil.example/jwk")],
        |seen, _| seen.jose()["jwk"] == "https://evil.example/jwk"),
    ("jws-header-jwk-nested", Token,
        |_| vec![id_token().sign_with(Signing::Impostor),
            id_token_header().set("jwk", json!({"kty": "RSA", "jku": "https://evil.example/"}))],
        |seen, _| seen.jose()["jwk"]["jku"] == "https://evil.example/"),
    ("jws-header-jku", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("jku", "https://evil.example/jwks")],
        |seen, stage| seen.jose()["jku"] == "https://evil.example/jwks"
            && !is_right(seen, stage, Alg::RS256)),
    ("jws-header-jku", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("jku", json!(["https://evil.example/", "https://op.example/"]))],
        |seen, _| seen.jose()["jku"][0] == "https://evil.example/"),
    ("jws-header-x5u", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("x5u", "https://evil.example/crt")],
        |seen, _| seen.jose()["x5u"] == "https://evil.example/crt"),
    ("jws-header-x5c", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("x5c", Value::list([Value::Certificate(Whose::Unpublished)]))],
        |seen, _| seen.jose()["x5c"][0].as_str().unwrap().starts_with("MII")
            && seen.jose()["x5c"].as_array().unwrap().len() == 1),
    ("jws-header-x5c", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("x5c", Value::list([
                Value::Certificate(Whose::Signing),
                Value::Certificate(Whose::Unpublished),
            ]))],
        |seen, _| seen.jose()["x5c"][0] != seen.jose()["x5c"][1]),
    ("jws-header-mac-jwk", Token,
        |_| vec![id_token()
            .sign_with(Signing::Hmac(HmacKey::Text("secret".into()))),
            id_token_header().set("jwk", json!({"kty": "oct", "k": "c2VjcmV0"}))],
        |seen, _| is_hmac(seen, b"secret") && seen.jose()["jwk"]["kty"] == "oct"),
    ("jws-kid-url", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("kid", "https://evil.example/key")],
        |seen, _| seen.jose()["kid"] == "https://evil.example/key"),
    ("jws-kid-jwk", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("kid", Value::Jwk(Whose::Unpublished))],
        |seen, _| seen.jose()["kid"]["kty"] == "RSA"),
    ("jws-kid-jwk", Token,
        |_| vec![id_token().sign_with(Signing::Unpublished),
            id_token_header().set("kid", Value::JwkText(Whose::Unpublished))],
        |seen, _| seen.jose()["kid"].as_str().unwrap().contains("\"kty\":\"RSA\"")),
    ("jws-kid-path", Token,
        |_| vec![id_token().sign_with(Signing::Hmac(HmacKey::Empty)),
            id_token_header().set("kid", "../../../../dev/null")],
        |seen, _| seen.jose()["kid"] == "../../../../dev/null" && is_hmac(seen, b"")),
    ("jws-kid-injection", Token, |_| vec![id_token_header().set("kid", "' UNION SELECT 'k'--")],
        |seen, _| seen.jose()["kid"] == "' UNION SELECT 'k'--"),
    ("jws-kid-injection", Token, |_| vec![id_token_header().set("kid", "|id\r\n\0")],
        |seen, _| seen.jose()["kid"] == "|id\r\n\0"),
    ("jws-kid-huge", Token, |_| vec![id_token_header().set("kid", Value::repeated("k", 1 << 16))],
        |seen, _| seen.jose()["kid"].as_str().unwrap().len() == 1 << 16),
    ("jws-crit-unknown", Token,
        |_| vec![id_token_header().set("crit", json!(["exp2"])).set("exp2", 1)],
        |seen, stage| seen.jose()["crit"][0] == "exp2" && seen.jose()["exp2"] == 1
            && is_right(seen, stage, Alg::RS256)),
    ("jws-crit-malformed", Token, |_| vec![id_token_header().set("crit", json!([]))],
        |seen, stage| seen.jose()["crit"] == json!([]) && is_right(seen, stage, Alg::RS256)),
    ("jws-crit-malformed", Token, |_| vec![id_token_header().set("crit", "exp")],
        |seen, _| seen.jose()["crit"] == "exp"),
    ("jws-crit-malformed", Token, |_| vec![id_token_header().set("crit", json!(["alg"]))],
        |seen, _| seen.jose()["crit"][0] == "alg"),
    ("jws-b64-false", Token,
        |_| vec![id_token_header().set("b64", false).set("crit", json!(["b64"]))],
        |seen, stage| seen.jose()["b64"] == false && is_right(seen, stage, Alg::RS256)),
    ("jws-dup-header", Token, |_| vec![id_token_header().double_with("alg", "none")],
        |seen, stage| seen.part_text(0).contains(r#""alg":"RS256","alg":"none""#)
            && is_right(seen, stage, Alg::RS256)),
    ("jws-dup-header", Token, |_| vec![id_token_header().double_before("alg", "none")],
        |seen, _| seen.part_text(0).contains(r#""alg":"none","alg":"RS256""#)),
    ("jws-dup-header", Token, |_| vec![id_token_header().double_before("kid", "other")],
        |seen, _| seen.part_text(0).matches("\"kid\"").count() == 2),
    ("jws-dup-claim", Token, |_| vec![id_token().double_with("sub", "victim")],
        |seen, stage| seen.claims()["sub"] == "victim"
            && seen.part_text(1).matches("\"sub\"").count() == 2
            && is_right(seen, stage, Alg::RS256)),
    ("jws-dup-claim", Token, |_| vec![id_token().double_before("iss", "https://evil.example")],
        |seen, stage| seen.claims()["iss"] == stage.idp.issuer()
            && seen.part_text(1).matches("\"iss\"").count() == 2),
    ("jws-json-serialization", Token, |_| vec![id_token().serialize(Serialization::FlattenedJson)],
        |seen, _| token_as_json(seen)["protected"].is_string()),
    ("jws-json-serialization", Token, |_| vec![id_token().serialize(Serialization::GeneralJson)],
        |seen, _| token_as_json(seen)["signatures"][0]["signature"].is_string()),
    ("jws-b64-lenient", Token, |_| vec![id_token().serialize(Serialization::Padded)],
        |seen, _| seen.token().ends_with("==")),
    ("jws-b64-lenient", Token,
        |_| vec![id_token().set("name", "???>>>~~~").serialize(Serialization::StandardAlphabet)],
        |seen, _| seen.token().contains(['+', '/'])),
    ("jws-b64-lenient", Token, |_| vec![id_token().serialize(Serialization::WhiteSpace)],
        |seen, _| seen.token().matches('\n').count() == 3),
    ("jws-b64-lenient", Token, |_| vec![id_token().serialize(Serialization::TrailingBits)],
        |seen, _| URL_SAFE_NO_PAD.decode(seen.token().rsplit('.').next().unwrap()).is_err()),
    ("jws-utf8-invalid", Token, |_| vec![id_token().spoil(Spoil::InvalidUtf8)],
        |seen, stage| String::from_utf8(seen.part(1)).is_err()
            && is_right(seen, stage, Alg::RS256)),
    ("jws-utf8-invalid", Token, |_| vec![id_token().spoil(Spoil::Bom)],
        |seen, stage| seen.part(1).starts_with(b"\xef\xbb\xbf{")
            && is_right(seen, stage, Alg::RS256)),
    ("jws-utf8-invalid", Token, |_| vec![id_token().spoil(Spoil::Utf16)],
        |seen, stage| seen.part(1).starts_with(b"\xff\xfe{\0")
            && is_right(seen, stage, Alg::RS256)),
    ("jws-payload-nonobject", Token, |_| vec![id_token().spoil(Spoil::Replace("[]".into()))],
        |seen, stage| seen.part(1) == b"[]" && is_right(seen, stage, Alg::RS256)),
    ("jws-payload-nonobject", Token, |_| vec![id_token().spoil(Spoil::Replace("\"x\"".into()))],
        |seen, _| seen.part(1) == b"\"x\""),
    ("jws-payload-nonobject", Token, |_| vec![id_token().spoil(Spoil::Replace("null".into()))],
        |seen, _| seen.part(1) == b"null"),
    ("jws-payload-nonobject", Token, |_| vec![id_token().spoil(Spoil::Replace("1".into()))],
        |seen, _| seen.part(1) == b"1"),
    ("jws-deep-json", Token, |_| vec![id_token().set("x", Value::Nested(10_000))],
        |seen, stage| seen.part_text(1).contains(&"[".repeat(10_000))
            && is_right(seen, stage, Alg::RS256)),
    ("jws-huge", Token, |_| vec![id_token().set("x", Value::repeated("a", 5_000_000))],
        |seen, stage| seen.token().len() > 5_000_000 && is_right(seen, stage, Alg::RS256)),
    ("jws-huge", Token, |_| vec![id_token().serialize(Serialization::Dots(1_000_000))],
        |seen, _| seen.token().matches('.').count() == 1_000_002),
    ("jws-typ-access", Token, |_| vec![id_token_header().set("typ", "at+jwt")],
        |seen, stage| seen.jose()["typ"] == "at+jwt" && is_right(seen, stage, Alg::RS256)),
    ("jws-typ-logout", Token, |_| vec![
            id_token_header().set("typ", "logout+jwt"),
            id_token().set("jti", "1")
                .set("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}}))],
        |seen, stage| seen.jose()["typ"] == "logout+jwt" && seen.claims()["events"].is_object()
            && is_right(seen, stage, Alg::RS256)),
    ("jws-typ-odd", Token, |_| vec![id_token_header().set("typ", "jwt")],
        |seen, stage| seen.jose()["typ"] == "jwt" && is_right(seen, stage, Alg::RS256)),
    ("jws-typ-odd", Token, |_| vec![id_token_header().set("typ", "JOSE")],
        |seen, _| seen.jose()["typ"] == "JOSE"),
    ("jws-typ-odd", Token, |_| vec![id_token_header().set("typ", "JWT").omit("typ")],
        |seen, stage| seen.jose().get("typ").is_none() && is_right(seen, stage, Alg::RS256)),
    ("jws-nested-jws", Token, |_| vec![id_token().serialize(Serialization::Nested)],
        |seen, stage| seen.jose()["cty"] == "JWT" && seen.part_text(1).split('.').count() == 3
            && is_right(seen, stage, Alg::RS256)),
    ("jws-claims-in-header", Token,
        |_| vec![id_token_header().set("iss", "https://evil.example").set("sub", "victim")],
        |seen, stage| seen.jose()["sub"] == "victim" && seen.claims()["sub"] != "victim"
            && is_right(seen, stage, Alg::RS256)),
    ("jwe-unexpected", Token, |_| vec![id_token().serialize(Serialization::Encrypted)],
        |seen, _| seen.token().split('.').count() == 5 && seen.jose()["enc"] == "A256GCM"),
    ("jwe-inner-none", Token, |_| vec![
            id_token().sign_with(Signing::None("none".into())).serialize(Serialization::Encrypted)],
        |seen, stage| decrypted(seen, stage).ends_with('.')
            && header_of(&decrypted(seen, stage))["alg"] == "none"),
    ("jwe-inner-wrong-key", Token, |_| vec![
            id_token().sign_with(Signing::Impostor).serialize(Serialization::Encrypted)],
        |seen, stage| {
            let inner = decrypted(seen, stage);
            let keys = published(stage);
            let named = keys.iter().find(|key| key["kid"] == header_of(&inner)["kid"]);
            named.is_some_and(|key| !verifies(&inner, &decoding_key(key), Alg::RS256))
        }),
    ("jwe-alg-dir", Token, |_| vec![id_token().serialize(Serialization::Encrypted)],
        |seen, _| seen.jose()["alg"] == "dir" && seen.part(1).is_empty()
            && seen.part(4).len() == 16),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
