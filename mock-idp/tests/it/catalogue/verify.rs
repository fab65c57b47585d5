//! Signatures as a library other than the provider's sees them.

use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::stage::{Seen, Stage};

/// Whether the published key that the token's `kid` names verifies it by this algorithm.
pub(super) fn is_right(seen: &Seen, stage: &Stage, algorithm: Algorithm) -> bool {
    let kid = seen.jose()["kid"].clone();
    let keys = published(stage);
    let key = keys.iter().rfind(|key| key["kid"] == kid);
    key.is_some_and(|key| verifies(&seen.token(), &decoding_key(key), algorithm))
}

/// Whether any published key verifies the token as RS256.
pub(super) fn is_by_published(seen: &Seen, stage: &Stage) -> bool {
    let token = seen.token();
    let mut rsa = published(stage)
        .into_iter()
        .filter(|key| key["n"].is_string());
    rsa.any(|key| verifies(&token, &decoding_key(&key), Algorithm::RS256))
}

/// Whether the token is HS256 with these bytes for a key.
pub(super) fn is_hmac(seen: &Seen, key: &[u8]) -> bool {
    seen.jose()["alg"] == "HS256"
        && verifies(
            &seen.token(),
            &DecodingKey::from_secret(key),
            Algorithm::HS256,
        )
}

/// The members of `keys`.
pub(super) fn published(stage: &Stage) -> Vec<Value> {
    stage.get("/jwks").json()["keys"]
        .as_array()
        .unwrap()
        .clone()
}

/// The member of `keys` that the token's `kid` names.
pub(super) fn key_of(seen: &Seen, stage: &Stage) -> Value {
    let kid = seen.jose()["kid"].clone();
    let mut keys = published(stage).into_iter();
    keys.find(|key| key["kid"] == kid).unwrap_or_default()
}

pub(super) fn decoding_key(jwk: &Value) -> DecodingKey {
    let member = |name: &str| jwk[name].as_str().unwrap_or_default();
    match member("kty") {
        "RSA" => DecodingKey::from_rsa_components(member("n"), member("e")).unwrap(),
        "EC" => DecodingKey::from_ec_components(member("x"), member("y")).unwrap(),
        _ => DecodingKey::from_ed_components(member("x")).unwrap(),
    }
}

pub(super) fn verifies(token: &str, key: &DecodingKey, algorithm: Algorithm) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm).unwrap_or(false)
}
