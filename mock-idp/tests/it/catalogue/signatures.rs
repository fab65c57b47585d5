//! C4, the first half: signatures and the keys they are made with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm as Alg;
use mock_idp::{
    Algorithm, HmacKey, KeyKind, NewKey, PublicKeyForm, Signing, id_token, id_token_header,
};
use serde_json::json;

use super::stage::Look::Token;
use super::stage::{Row, Seen, Stage, play};
use super::verify::{is_by_published, is_hmac, is_right, key_of, published};

fn hmac(form: PublicKeyForm) -> Vec<mock_idp::Fault> {
    vec![id_token().sign_with(Signing::Hmac(HmacKey::PublicKey(form)))]
}

/// The published key in DER, as `SubjectPublicKeyInfo` and as PKCS#1, made without the provider.
fn der(seen: &Seen, stage: &Stage) -> (Vec<u8>, Vec<u8>) {
    use rsa::pkcs1::EncodeRsaPublicKey as _;
    use rsa::pkcs8::EncodePublicKey as _;
    let jwk = key_of(seen, stage);
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        rsa::BigUint::from_bytes_be(&bytes)
    };
    let key = rsa::RsaPublicKey::new(number("n"), number("e")).unwrap();
    let spki = key.to_public_key_der().unwrap().as_bytes().to_vec();
    (spki, key.to_pkcs1_der().unwrap().as_bytes().to_vec())
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let lines = base64
        .as_bytes()
        .chunks(64)
        .map(|it| String::from_utf8_lossy(it) + "\n");
    format!(
        "-----BEGIN {label}-----\n{}-----END {label}-----\n",
        lines.collect::<String>()
    )
}

fn spki_pem(seen: &Seen, stage: &Stage) -> String {
    pem("PUBLIC KEY", &der(seen, stage).0)
}

fn pkcs1_pem(seen: &Seen, stage: &Stage) -> String {
    pem("RSA PUBLIC KEY", &der(seen, stage).1)
}

/// The PEM text without its first and last line.
fn base64_lines(seen: &Seen, stage: &Stage) -> String {
    let pem = spki_pem(seen, stage);
    pem.split_inclusive('\n')
        .filter(|line| !line.starts_with('-'))
        .collect()
}

fn signature(seen: &Seen) -> Vec<u8> {
    seen.part(2)
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("jws-sig-flip", Token, |_| vec![id_token().sign_with(Signing::Flip)],
        |seen, stage| signature(seen).len() == 256 && !is_right(seen, stage, Alg::RS256)),
    ("jws-payload-tamper", Token,
        |_| vec![id_token().set("sub", "victim").sign_with(Signing::BeforeEdits)],
        |seen, stage| seen.claims()["sub"] == "victim" && !is_right(seen, stage, Alg::RS256)),
    ("jws-sig-empty", Token, |_| vec![id_token().sign_with(Signing::Strip)],
        |seen, _| seen.token().ends_with('.') && seen.token().split('.').count() == 3
            && seen.jose()["alg"] == "RS256"),
    ("jws-sig-stripped", Token, |_| vec![id_token().serialize(mock_idp::Serialization::Parts(2))],
        |seen, _| seen.token().split('.').count() == 2 && seen.jose()["alg"] == "RS256"),
    ("jws-alg-none", Token, |_| vec![id_token().sign_with(Signing::None("none".into()))],
        |seen, _| seen.jose()["alg"] == "none" && signature(seen).is_empty()),
    ("jws-alg-none-case", Token, |_| vec![id_token().sign_with(Signing::None("NoNe".into()))],
        |seen, _| seen.jose()["alg"] == "NoNe" && signature(seen).is_empty()),
    ("jws-alg-none-case", Token, |_| vec![id_token().sign_with(Signing::None("none ".into()))],
        |seen, _| seen.jose()["alg"] == "none " && signature(seen).is_empty()),
    ("jws-alg-none-with-sig", Token,
        |_| vec![id_token().sign_with(Signing::NoneWithSignature("none".into()))],
        |seen, stage| seen.jose()["alg"] == "none" && is_right(seen, stage, Alg::RS256)),
    ("jws-alg-missing", Token, |_| vec![id_token_header().omit("alg")],
        |seen, stage| seen.jose().get("alg").is_none() && is_right(seen, stage, Alg::RS256)),
    ("jws-alg-missing", Token, |_| vec![id_token_header().set("alg", json!(null))],
        |seen, stage| seen.jose()["alg"].is_null() && is_right(seen, stage, Alg::RS256)),
    ("jws-alg-missing", Token, |_| vec![id_token_header().set("alg", json!(["RS256"]))],
        |seen, stage| seen.jose()["alg"][0] == "RS256" && is_right(seen, stage, Alg::RS256)),
    ("jws-alg-unknown", Token, |_| vec![id_token_header().set("alg", "CUSTOM")],
        |seen, _| seen.jose()["alg"] == "CUSTOM"),
    ("jws-alg-unknown", Token, |_| vec![id_token_header().set("alg", "RS1")],
        |seen, _| seen.jose()["alg"] == "RS1"),
    ("jws-hs256-spki-pem", Token, |_| vec![id_token().sign_with(Signing::HmacPublicKey)],
        |seen, stage| is_hmac(seen, spki_pem(seen, stage).as_bytes())),
    ("jws-hs256-spki-pem", Token, |_| hmac(PublicKeyForm::SpkiPemTrimmed),
        |seen, stage| is_hmac(seen, spki_pem(seen, stage).trim().as_bytes())),
    ("jws-hs256-spki-pem", Token, |_| hmac(PublicKeyForm::SpkiPemCrlf),
        |seen, stage| is_hmac(seen, spki_pem(seen, stage).replace('\n', "\r\n").as_bytes())),
    ("jws-hs256-spki-pem", Token, |_| hmac(PublicKeyForm::SpkiPemLeadingSpace),
        |seen, stage| is_hmac(seen, format!(" {}", spki_pem(seen, stage)).as_bytes())),
    ("jws-hs256-pkcs1-pem", Token, |_| hmac(PublicKeyForm::Pkcs1Pem),
        |seen, stage| is_hmac(seen, pkcs1_pem(seen, stage).as_bytes())),
    ("jws-hs256-pkcs1-pem", Token, |_| hmac(PublicKeyForm::Pkcs1PemTrimmed),
        |seen, stage| is_hmac(seen, pkcs1_pem(seen, stage).trim().as_bytes())),
    ("jws-hs256-der-b64", Token, |_| hmac(PublicKeyForm::SpkiDer),
        |seen, stage| is_hmac(seen, &der(seen, stage).0)),
    ("jws-hs256-der-b64", Token, |_| hmac(PublicKeyForm::Pkcs1Der),
        |seen, stage| is_hmac(seen, &der(seen, stage).1)),
    ("jws-hs256-der-b64", Token, |_| hmac(PublicKeyForm::SpkiBase64),
        |seen, stage| is_hmac(seen, base64_lines(seen, stage).replace('\n', "").as_bytes())),
    ("jws-hs256-der-b64", Token, |_| hmac(PublicKeyForm::SpkiBase64Lines),
        |seen, stage| is_hmac(seen, base64_lines(seen, stage).as_bytes())),
    ("jws-hs256-jwk-parts", Token, |_| hmac(PublicKeyForm::ExponentText),
        |seen, _| is_hmac(seen, b"AQAB")),
    ("jws-hs256-jwk-parts", Token, |_| hmac(PublicKeyForm::ModulusText),
        |seen, stage| is_hmac(seen, key_of(seen, stage)["n"].as_str().unwrap().as_bytes())),
    ("jws-hs256-jwk-parts", Token, |_| hmac(PublicKeyForm::ModulusBytes),
        |seen,
            stage| is_hmac(seen,
                &URL_SAFE_NO_PAD.decode(key_of(seen, stage)["n"].as_str().unwrap()).unwrap())),
    ("jws-hs256-jwk-parts", Token, |_| hmac(PublicKeyForm::KeyType),
        |seen, _| is_hmac(seen, b"RSA")),
    ("jws-hs256-jwk-parts", Token, |_| hmac(PublicKeyForm::Algorithm),
        |seen, _| is_hmac(seen, b"RS256")),
    ("jws-hs256-jwk-parts", Token, |_| hmac(PublicKeyForm::Jwk),
        |seen, stage| is_hmac(seen, key_of(seen, stage).to_string().as_bytes())),
    ("jws-hs256-empty", Token, |_| vec![id_token().sign_with(Signing::Hmac(HmacKey::Empty))],
        |seen, _| is_hmac(seen, b"")),
    ("jws-hs256-oct-in-jwks", Token, |stage| {
            stage.idp.keys().publish_jwk(json!({"kty": "oct", "kid": "o", "k": "c2VjcmV0"}));
            vec![id_token()
                .sign_with(Signing::Hmac(HmacKey::Base64("c2VjcmV0".into()))),
            id_token_header().set("kid", "o")]
        },
        |seen, stage| key_of(seen, stage)["k"] == "c2VjcmV0" && is_hmac(seen, b"secret")),
    ("jws-hs256-client-secret", Token, |_| vec![id_token().sign_with(Signing::HmacClientSecret)],
        |seen, stage| is_hmac(seen, stage.client.client_secret.as_deref().unwrap().as_bytes())),
    ("jws-hs-multi-aud", Token,
        |_| vec![id_token().set("aud", json!(["app", "b"])).sign_with(Signing::HmacClientSecret)],
        |seen, _| seen.jose()["alg"] == "HS256" && seen.claims()["aud"][1] == "b"),
    ("jws-alg-unregistered", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Ps256))],
        |seen, stage| seen.jose()["alg"] == "PS256" && is_right(seen, stage, Alg::PS256)),
    ("jws-alg-unregistered", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Rs512))],
        |seen, stage| seen.jose()["alg"] == "RS512" && is_right(seen, stage, Alg::RS512)),
    ("jws-alg-unregistered", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256))],
        |seen, stage| seen.jose()["alg"] == "ES256" && is_right(seen, stage, Alg::ES256)),
    ("jws-alg-unregistered", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::EdDsa))],
        |seen, stage| seen.jose()["alg"] == "EdDSA" && is_right(seen, stage, Alg::EdDSA)),
    ("jws-alg-key-mismatch", Token, |stage| {
            let kid = stage.idp.keys().publish(NewKey::default().member("alg", "PS256"));
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| key_of(seen, stage)["alg"] == "PS256" && is_right(seen, stage, Alg::RS256)),
    ("jws-alg-key-mismatch", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256)),
            id_token_header().set("alg", "RS256")],
        |seen, stage| seen.jose()["alg"] == "RS256" && key_of(seen, stage)["kty"] == "EC"
            && is_right(seen, stage, Alg::ES256)),
    ("jws-wrong-key", Token, |_| vec![id_token().sign_with(Signing::Impostor)],
        |seen, stage| seen.jose()["kid"] == stage.idp.keys().signing_kid()
            && !is_by_published(seen, stage)),
    ("jws-wrong-key", Token, |_| vec![id_token().sign_with(Signing::Unpublished)],
        |seen, stage| key_of(seen, stage).is_null() && !is_by_published(seen, stage)),
    ("jws-enc-key", Token, |stage| {
            let kid = stage.idp.keys().publish(NewKey::default().member("use", "enc"));
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| key_of(seen, stage)["use"] == "enc" && is_right(seen, stage, Alg::RS256)),
    ("jws-key-ops", Token, |stage| {
            let kid = stage.idp.keys()
                .publish(NewKey::default().member("key_ops", json!(["encrypt"])));
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| key_of(seen, stage)["key_ops"] == json!(["encrypt"])
            && is_right(seen, stage, Alg::RS256)),
    ("jws-ec-zero", Token, |_| vec![id_token().sign_with(Signing::EcdsaZero)],
        |seen, stage| seen.jose()["alg"] == "ES256" && key_of(seen, stage)["crv"] == "P-256"
            && signature(seen) == [0; 64]),
    ("jws-ec-zero", Token, |_| vec![id_token().sign_with(Signing::EcdsaOrder)],
        |seen, _| signature(seen)[..32] == signature(seen)[32..]
            && signature(seen).starts_with(&[0xff, 0xff, 0xff, 0xff, 0])),
    ("jws-ec-der", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256))
            .sign_with(Signing::EcdsaDer)],
        |seen, _| signature(seen)[0] == 0x30
            && usize::from(signature(seen)[1]) == signature(seen).len() - 2),
    ("jws-ec-length", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256))
            .sign_with(Signing::Length(63))],
        |seen, stage| signature(seen).len() == 63 && !is_right(seen, stage, Alg::ES256)),
    ("jws-ec-length", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256))
            .sign_with(Signing::Length(65))],
        |seen, _| signature(seen).len() == 65),
    ("jws-ec-length", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256))
            .sign_with(Signing::Length(96))],
        |seen, _| signature(seen).len() == 96),
    ("jws-ec-wrong-curve", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es384)),
            id_token_header().set("alg", "ES256")],
        |seen, stage| seen.jose()["alg"] == "ES256" && key_of(seen, stage)["crv"] == "P-384"
            && is_right(seen, stage, Alg::ES384)),
    ("jws-eddsa-smallorder", Token, |_| vec![id_token().sign_with(Signing::Ed25519SmallOrder)],
        |seen, stage| seen.jose()["alg"] == "EdDSA"
            && key_of(seen, stage)["x"].as_str().unwrap().starts_with("AQAAAA")
            && signature(seen).len() == 64 && signature(seen)[0] == 1),
    ("jws-eddsa-smallorder", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::EdDsa))
            .sign_with(Signing::Ed25519Unreduced)],
        |seen, stage| signature(seen).len() == 64 && signature(seen)[63] >= 0x10
            && !is_right(seen, stage, Alg::EdDSA)),
    ("jws-rsa-small", Token, |_| vec![id_token().sign_with(Signing::WeakRsa(512))],
        |seen, stage| key_of(seen, stage)["n"].as_str().unwrap().len() == 86
            && signature(seen).len() == 64),
    ("jws-rsa-small", Token, |_| vec![id_token().sign_with(Signing::WeakRsa(1024))],
        |seen, stage| key_of(seen, stage)["n"].as_str().unwrap().len() == 171
            && signature(seen).len() == 128),
    ("jws-rsa-small", Token, |stage| {
            let kid = stage.idp.keys().publish(NewKey::of(KeyKind::Rsa1024));
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| key_of(seen, stage)["n"].as_str().unwrap().len() == 171
            && signature(seen).len() == 128),
    ("jws-rsa-e1", Token, |_| vec![id_token().sign_with(Signing::RsaExponentOne)],
        |seen, stage| key_of(seen, stage)["e"] == "AQ" && signature(seen).starts_with(&[0, 1, 0xff])
            && signature(seen).len() == 256),
    ("jws-rsa-e1", Token, |stage| {
            let kid = stage.idp.keys().publish(NewKey::default().member("e", "Ag"));
            assert!(stage.idp.keys().use_key(&kid));
            vec![]
        },
        |seen, stage| key_of(seen, stage)["e"] == "Ag"),
    ("jws-rsa-pad", Token, |_| vec![id_token().sign_with(Signing::RsaForgedPadding)],
        |seen, stage| {
            let signature = rsa::BigUint::from_bytes_be(&signature(seen));
            let cube = (&signature * &signature * &signature).to_bytes_be();
            key_of(seen, stage)["e"] == "Aw" && cube.len() == 255
                && cube[..10] == [1, 255, 255, 255, 255, 255, 255, 255, 255, 0]
        }),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}

#[test]
fn a_high_s_verifies_where_it_is_not_refused() {
    let stage = Stage::start();
    let way = Signing::Algorithm(Algorithm::Es256);
    stage
        .idp
        .fault(id_token().sign_with(way).sign_with(Signing::EcdsaHighS));
    let seen = stage.token();
    assert!(signature(&seen)[32] >= 0x7f);
    assert!(is_right(&seen, &stage, Alg::ES256));
    assert!(published(&stage).iter().any(|key| key["crv"] == "P-256"));
}
