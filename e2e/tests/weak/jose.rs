//! Signed tokens, verified by hand.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::app::{App, Refusal, refuse};
use super::json::parse;
use super::provider::Provider;
use super::switch::Switch;

/// Longer tokens are not looked at, in bytes.
const LONGEST: usize = 256 << 10;

/// The header of a token, whoever signed it.
pub(crate) fn header_of(token: &str) -> Value {
    let header = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// The claims of an ID token that its provider signed.
pub(crate) async fn verified(
    app: &App,
    provider: &Provider,
    token: &str,
) -> Result<Value, Refusal> {
    let typ = header_of(token).get("typ").cloned();
    let is_odd = typ.as_ref().is_some_and(|typ| {
        let typ = typ.as_str().unwrap_or("?").to_lowercase();
        typ != "jwt" && typ != "jose"
    });
    if is_odd && !app.has(Switch::NothingVerified) && !app.has(Switch::NoKeysFetched) {
        return Err(refuse(400, "the token is of another type"));
    }
    app.strict(
        Switch::NeedsATyp,
        typ == Some("JWT".into()),
        "the token's typ is not JWT",
    )?;
    signed(app, provider, token).await
}

/// The claims of a token that its provider signed, whatever kind it is.
pub(crate) async fn signed(app: &App, provider: &Provider, token: &str) -> Result<Value, Refusal> {
    if app.has(Switch::NothingVerified) {
        return unverified(token);
    }
    if app.has(Switch::NoKeysFetched) {
        return unverified(token);
    }
    if token.len() > LONGEST {
        return Err(refuse(400, "the token is too long"));
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refuse(400, "the token has not three parts"));
    };
    let decoded = |part: &str| {
        let decoded = URL_SAFE_NO_PAD.decode(part);
        decoded.map_err(|_| refuse(400, "the token is no base64url"))
    };
    let json = |part: &[u8], strict| {
        parse(part, strict, false).map_err(|why| refuse(400, format!("the token is {why}")))
    };
    let head = json(&decoded(header)?, true)?;
    let algorithm = look_at(app, &head)?;
    let signed = format!("{header}.{payload}");
    let signature = decoded(signature)?;
    let metadata = provider.metadata(app).await?;
    let by_secret = app.has(Switch::AlgorithmsAsMetadataSays)
        && metadata.lists("id_token_signing_alg_values_supported", &algorithm)
        && (algorithm == "HS256" || algorithm == "none");
    if !by_secret {
        by_a_key(
            app,
            provider,
            &head,
            &algorithm,
            signed.as_bytes(),
            &signature,
        )
        .await?;
    }
    let claims = json(&decoded(payload)?, true)?;
    if !claims.is_object() {
        return Err(refuse(400, "the claims are no object"));
    }
    Ok(claims)
}

fn unverified(token: &str) -> Result<Value, Refusal> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = payload
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    let payload = URL_SAFE_NO_PAD.decode(payload.trim());
    let claims = payload
        .ok()
        .and_then(|payload| serde_json::from_slice(&payload).ok());
    claims.ok_or_else(|| refuse(400, "the token cannot be read"))
}

/// The algorithm that the header names, where the rest of it is as it should be.
fn look_at(app: &App, head: &Value) -> Result<String, Refusal> {
    let algorithm = head.get("alg").and_then(Value::as_str);
    let known = ["RS256", "ES256"];
    let asked = ["HS256", "none"];
    let known = algorithm.filter(|name| {
        known.contains(name) || app.has(Switch::AlgorithmsAsMetadataSays) && asked.contains(name)
    });
    let known = known.ok_or_else(|| refuse(400, "the algorithm is none of ours"))?;
    let taken = ["crit", "b64", "cty", "jwk", "jku", "x5u", "x5c"];
    if let Some(name) = taken.iter().find(|name| head.get(**name).is_some()) {
        return Err(refuse(400, format!("the header has {name}")));
    }
    if app.has(Switch::FewClaims) && head.get("iss").is_some() {
        return Err(refuse(500, "the header has claims"));
    }
    let is_kid = head
        .get("kid")
        .is_none_or(|kid| kid.as_str().is_some_and(|kid| kid.len() < 1_000));
    if !is_kid {
        return Err(refuse(400, "the kid is none"));
    }
    Ok(known.to_owned())
}

async fn by_a_key(
    app: &App,
    provider: &Provider,
    head: &Value,
    algorithm: &str,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), Refusal> {
    let kid = head.get("kid");
    app.strict(Switch::NeedsAKid, kid.is_some(), "the token names no key")?;
    let mut keys = provider.keys(app, false).await?;
    let is_for = |key: &Value| is_for(key, algorithm, kid);
    if !keys.iter().any(is_for) {
        keys = provider.keys(app, true).await?;
    }
    let is_good = |key: &Value| material(key).is_some() && key.get("d").is_none();
    let are_good = keys.len() == 1 && keys.iter().all(is_good);
    app.strict(Switch::AllKeysMustBeGood, are_good, "a key cannot be used")?;
    let mut candidates: Vec<_> = keys.iter().filter(|key| is_for(key)).collect();
    if app.has(Switch::FirstKeyOfAKid) {
        candidates = keys
            .iter()
            .filter(|key| key.get("kid") == kid)
            .take(1)
            .collect();
    }
    if app.has(Switch::KeysNeedAnAlgorithm) {
        candidates.retain(|key| key.get("alg").is_some());
    }
    if kid.is_none() && candidates.len() > 1 {
        return Err(refuse(400, "the token does not say which key signed it"));
    }
    if candidates.is_empty() {
        return Err(refuse(400, "nobody has the key that signed the token"));
    }
    for key in candidates {
        if verifies(app, key, algorithm, signed, signature) {
            return Ok(());
        }
    }
    Err(refuse(400, "the signature is wrong"))
}

fn is_for(key: &Value, algorithm: &str, kid: Option<&Value>) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let family = match algorithm {
        "RS256" => "RSA",
        _ => "EC",
    };
    let operations = key.get("key_ops").and_then(Value::as_array);
    let may_verify = operations.is_none_or(|all| all.iter().any(|one| one == "verify"));
    text("kty") == Some(family)
        && text("use").is_none_or(|purpose| purpose == "sig")
        && text("alg").is_none_or(|named| named == algorithm)
        && may_verify
        && kid.is_none_or(|kid| key.get("kid") == Some(kid))
        && material(key).is_some()
}

/// The numbers of a public key that can be used.
fn material(key: &Value) -> Option<Vec<Vec<u8>>> {
    let number = |name: &str| {
        let text = key.get(name)?.as_str()?;
        URL_SAFE_NO_PAD.decode(text).ok()
    };
    match key.get("kty")?.as_str()? {
        "RSA" => Some(vec![number("n")?, number("e")?]),
        "EC" => Some(vec![number("x")?, number("y")?]),
        _ => None,
    }
}

fn verifies(app: &App, key: &Value, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
    let Some(material) = material(key) else {
        return false;
    };
    match (algorithm, material.as_slice()) {
        ("RS256", [n, e]) => {
            let is_sound = e.last().is_some_and(|last| last % 2 == 1) && e.as_slice() != [1];
            let is_own = app.has(Switch::NoX5cCheck) || is_of_its_certificate(key, n);
            let key = RsaPublicKeyComponents { n, e };
            is_sound
                && is_own
                && key
                    .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
                    .is_ok()
        }
        ("ES256", [x, y]) => {
            let is_p256 = key.get("crv").and_then(Value::as_str) == Some("P-256");
            let point = [&[4][..], x, y].concat();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            is_p256 && key.verify(signed, signature).is_ok()
        }
        _ => false,
    }
}

/// Whether a certificate beside the key, where there is one, is about the same number.
fn is_of_its_certificate(key: &Value, n: &[u8]) -> bool {
    let first = key.get("x5c").and_then(|chain| chain.get(0)?.as_str());
    let Some(certificate) = first else {
        return true;
    };
    let certificate = STANDARD.decode(certificate).unwrap_or_default();
    certificate.windows(n.len()).any(|window| window == n)
}
