//! C5: the keys and their rotation.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm::RS256;
use mock_idp::{CertificateOf, KeyKind, NewKey, Value, id_token_header, jwks};
use serde_json::{Value as Json, json};

use super::stage::Look::{Again, Jwks, Token};
use super::stage::{End, Row, play};
use super::verify::{is_by_published, is_right, key_of, published};

const EVIL: &str = "https://evil.example/jwks";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("jwks-rotate-new-kid", Again, |stage| { stage.idp.keys().rotate(); vec![] },
        |seen, stage| seen.jose()["kid"] == stage.idp.keys().signing_kid()
            && is_right(seen, stage, RS256)),
    ("jwks-rotate-at-signing", Again, |stage| {
            let kid = stage.idp.keys().publish(NewKey::default());
            assert_eq!(published(stage).last().unwrap()["kid"], kid);
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| seen.jose()["kid"] == *stage.idp.keys().published_kids().last().unwrap()
            && is_right(seen, stage, RS256)),
    ("jwks-same-kid-new-key", Again, |stage| {
            let before = published(stage);
            let kid = stage.idp.keys().signing_kid();
            assert!(stage.idp.keys().replace(&kid));
            let after = published(stage);
            assert!(before.iter().zip(&after).any(|(old,
                new)| old["kid"] == new["kid"] && old["n"] != new["n"]));
            vec![]
        },
        |seen, stage| is_right(seen, stage, RS256)),
    ("jwks-key-removed", Token, |stage| {
            let kid = stage.idp.keys().signing_kid();
            assert!(stage.idp.keys().withdraw(&kid));
            vec![]
        },
        |seen, stage| key_of(seen, stage).is_null() && !is_by_published(seen, stage)),
    ("jwks-old-key-in-flight", Token, |_| vec![],
        |seen,
            stage| { stage.idp.keys().rotate(); is_right(seen, stage,
                RS256) && seen.jose()["kid"] != stage.idp.keys().signing_kid() }),
    ("jwks-no-kid-single", Token, |stage| {
            let kid = stage.idp.keys().publish(NewKey::default().member("kid", Json::Null));
            assert!(stage.idp.keys().use_key(&kid));
            stage.idp.keys().retire_old();
            vec![id_token_header().omit("kid")]
        },
        |seen, stage| seen.jose().get("kid").is_none() && published(stage).len() == 1
            && published(stage)[0].get("kid").is_none() && is_by_published(seen, stage)),
    ("jwks-no-kid-multi", Token, |stage| {
            stage.idp.keys().publish(NewKey::default().member("kid", Json::Null));
            let kid = stage.idp.keys().publish(NewKey::default().member("kid", Json::Null));
            assert!(stage.idp.keys().use_key(&kid));
            vec![id_token_header().omit("kid")]
        },
        |seen, stage| published(stage).iter().filter(|key| key.get("kid").is_none()).count() == 2
            && is_by_published(seen, stage)),
    ("jwks-kid-only-in-token", Token, |stage| {
            let kid = stage.idp.keys().publish(NewKey::default().member("kid", Json::Null));
            assert!(stage.idp.keys().use_key(&kid));
            stage.idp.keys().retire_old();
            vec![]
        },
        |seen, stage| seen.jose()["kid"].is_string() && published(stage)[0].get("kid").is_none()
            && is_by_published(seen, stage)),
    ("jwks-dup-kid-kty", Token, |stage| {
            let kid = stage.idp.keys().signing_kid();
            stage.idp.keys().publish(NewKey::of(KeyKind::EcP256).kid(kid));
            vec![]
        },
        |seen, stage| {
            let kid = seen.jose()["kid"].clone();
            let keys = published(stage);
            let named: Vec<_> = keys.iter().filter(|key| key["kid"] == kid).collect();
            named.len() == 2 && named[0]["kty"] == "RSA" && named[1]["kty"] == "EC"
                && is_by_published(seen, stage)
        }),
    ("jwks-dup-kid-same", Token, |stage| {
            let kid = stage.idp.keys().signing_kid();
            stage.idp.keys().publish(NewKey::default().kid(&kid));
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| {
            let kid = seen.jose()["kid"].clone();
            published(stage).iter().filter(|key| key["kid"] == kid).count() == 2
                && is_right(seen, stage, RS256)
        }),
    ("jwks-unknown-kty", Jwks, |stage| {
            stage.idp.keys().publish_jwk(json!({"kty": "AKP", "kid": "pq", "alg": "ML-DSA-44",
                "pub": "AA"}));
            stage.idp.keys().publish_jwk(json!({"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA",
                "new": 1}));
            vec![]
        },
        |seen, _| seen.json()["keys"].as_array().unwrap().iter().any(|key| key["kty"] == "AKP")
            && seen.count("P-999") == 1),
    ("jwks-one-bad-key", Jwks, |stage| {
            stage.idp.keys().publish_jwk(json!({"kty": "RSA", "kid": "bad", "e": "AQAB"}));
            vec![]
        },
        |_, stage| published(stage).iter()
            .any(|key| key["kid"] == "bad" && key.get("n").is_none())),
    ("jwks-many-keys", Jwks, |stage| {
            for _ in 0..24 {
                stage.idp.keys().publish(NewKey::default().member("use", "enc"));
                stage.idp.keys().publish(NewKey::of(KeyKind::EcP384).member("x5t", "AA"));
            }
            vec![]
        },
        |seen, _| seen.json()["keys"].as_array().unwrap().len() >= 49),
    ("jwks-private-published", Jwks, |stage| {
            let key = NewKey::default().member("d", "AQAB").member("p", "Aw").member("q", "Aw");
            stage.idp.keys().publish(key);
            vec![]
        },
        |seen, _| seen.count("d") == 1 && seen.count("p") == 1 && seen.count("q") == 1),
    ("jwks-x5c-mismatch", Jwks,
        |stage| { stage.idp.keys()
            .publish(NewKey::default().certificate(CertificateOf::AnotherKey)); vec![] },
        |seen, stage| {
            let key = published(stage).pop().unwrap();
            let certificate = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
            let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
            seen.count("x5c") == 1 && !certificate.windows(modulus.len()).any(|it| it == modulus)
        }),
    ("jwks-many-keys", Jwks,
        |stage| { stage.idp.keys()
            .publish(NewKey::default().certificate(CertificateOf::Itself)); vec![] },
        |seen, stage| {
            let key = published(stage).pop().unwrap();
            let certificate = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
            let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
            seen.count("x5c") == 1 && certificate.windows(modulus.len()).any(|it| it == modulus)
        }),
    ("jwks-empty", Jwks, |stage| { stage.idp.keys().withdraw_all(); vec![] },
        |seen, _| seen.json() == json!({"keys": []})),
    ("jwks-5xx-cold", Jwks, |_| vec![jwks().status(500).instead()],
        |seen, _| seen.status() == 500),
    ("jwks-5xx-cold", Jwks, |_| vec![jwks().silence()],
        |seen, _| seen.end == End::Silence && seen.raw.is_empty()),
    ("jwks-5xx-warm", Jwks, |_| vec![jwks().status(500).nth(2)],
        |seen, stage| seen.status() == 200 && stage.get("/jwks").status() == 500),
    ("jwks-html", Jwks, |_| vec![jwks().body("text/html", "<h1>Hello</h1>")],
        |seen, _| seen.status() == 200 && seen.text() == "<h1>Hello</h1>"),
    ("jwks-redirect-crosshost", Jwks, |_| vec![jwks().redirect(302, EVIL).instead()],
        |seen, _| seen.status() == 302 && seen.header("location") == EVIL),
    ("jwks-oversize-slow", Jwks, |_| vec![jwks().set("x", Value::repeated("a", 20_000_000))],
        |seen, _| seen.body().len() > 20_000_000),
    ("jwks-oversize-slow", Jwks, |_| vec![jwks().drip(Duration::from_secs(1))],
        |seen, _| seen.end == End::Silence && seen.body().len() < 5),
    ("jwks-storm", Token, |_| vec![id_token_header().set("kid", Value::Flip)],
        |seen, stage| key_of(seen, stage).is_null()),
    ("jwks-cache-header", Jwks, |_| vec![jwks().header("cache-control", "max-age=5")],
        |seen, _| seen.header("cache-control") == "max-age=5"),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
