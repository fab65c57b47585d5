//! Reading JWTs that others send: whether a key signed it, and what it says.

use std::str::FromStr as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, crypto, decode_header};
use serde_json::{Map, Value};

/// A JWT's claims.
pub(crate) type Claims = Map<String, Value>;

/// The claims of a JWT that one of these keys signed, with an asymmetric algorithm. Whether they
/// are right is the caller's to check.
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn verified(compact: &str, keys: &JwkSet) -> Result<Claims, String> {
    let header = decode_header(compact).map_err(|error| format!("it is no JWT: {error}"))?;
    if header.alg.family() == jsonwebtoken::AlgorithmFamily::Hmac {
        return Err(format!(
            "it is signed with {:?}, which is no public key's",
            header.alg
        ));
    }
    let claims = unverified_claims(compact).ok_or("its claims are no JSON object")?;
    let (message, signature) = compact.rsplit_once('.').ok_or("it is no JWT")?;
    let is_named = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let candidates: Vec<_> = keys.keys.iter().filter(is_named).collect();
    if candidates.is_empty() {
        return Err(format!(
            "none of the keys is named {:?}",
            header.kid.unwrap_or_default()
        ));
    }
    let message = message.as_bytes();
    let is_signed_by = |key: &&Jwk| is_signed_by(key, header.alg, message, signature);
    match candidates.iter().copied().find(is_signed_by) {
        Some(_) => Ok(claims),
        None => Err("its signature is none of the keys'".into()),
    }
}

fn is_signed_by(key: &Jwk, algorithm: Algorithm, message: &[u8], signature: &str) -> bool {
    let named = key
        .common
        .key_algorithm
        .map(|it| Algorithm::from_str(&it.to_string()));
    if named.is_some_and(|named| named.ok() != Some(algorithm)) {
        return false;
    }
    let Ok(key) = DecodingKey::from_jwk(key) else {
        return false;
    };
    crypto::verify(signature, message, &key, algorithm).unwrap_or(false)
}

/// What a JWT says, whoever signed it.
pub(crate) fn unverified_claims(compact: &str) -> Option<Claims> {
    object(compact.split('.').nth(1)?)
}

/// The members of a JWT's header.
pub(crate) fn header(compact: &str) -> Option<Claims> {
    object(compact.split('.').next()?)
}

fn object(part: &str) -> Option<Claims> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The text of a claim.
pub(crate) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str()
}

/// The values of a claim that is a text or a list of them, such as `aud`.
pub(crate) fn texts<'a>(claims: &'a Claims, name: &str) -> Vec<&'a str> {
    match claims.get(name) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
