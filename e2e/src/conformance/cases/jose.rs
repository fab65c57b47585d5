//! C4: signatures, headers and encodings of the ID token.

use mock_idp::{
    Algorithm, Fault, HmacKey, KeyKind, NewKey, PublicKeyForm, Serialization, Signing, Spoil,
    Value, Whose, id_token, id_token_header,
};
use serde_json::json;

use crate::conformance::Lab;
use crate::conformance::case::Feature::Algorithms;
use crate::conformance::case::Group::Jose;
use crate::conformance::case::Play::Lies;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};

fn hmac(form: PublicKeyForm) -> Vec<Fault> {
    vec![id_token().sign_with(Signing::Hmac(HmacKey::PublicKey(form)))]
}

/// Signed rightly by this algorithm, or by one that no app lists where this app lists it.
fn unregistered(lab: &Lab, algorithm: Algorithm) -> Vec<Fault> {
    let is_listed = lab.profile.algorithms.contains(&algorithm);
    let algorithm = if is_listed {
        Algorithm::Ps384
    } else {
        algorithm
    };
    vec![id_token().sign_with(Signing::Algorithm(algorithm))]
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("jws-sig-flip", Jose, Critical, &["OIDCC-3.1.3.7-6", "RFC7515-5.2"],
        "signature bytes XOR 0x5A",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Flip)],
        ]))
        // In the code flow OpenID Connect lets an app rely on TLS instead.
        .oidf(&["oidcc-client-test-invalid-sig-rs256"]).should(),
    row("jws-payload-tamper", Jose, Critical, &["RFC7515-5.2"],
        "payload changed after signing",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("sub", "victim").sign_with(Signing::BeforeEdits)],
        ])),
    row("jws-sig-empty", Jose, Critical, &["RFC7515-5.2", "RFC8725-3.3"],
        "h.p. with alg RS256",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Strip)],
        ])),
    row("jws-sig-stripped", Jose, Critical, &["RFC7515-7.1"],
        "h.p (two segments)",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::Parts(2))],
        ])),
    row("jws-alg-none", Jose, Critical, &["OIDCC-2", "OIDCC-3.1.3.7-7", "RFC8725-3.2"],
        "alg: none, empty signature, RS256 registered",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::None("none".into()))],
        ]))
        .oidf(&["oidcc-client-test-idtoken-sig-none"]),
    row("jws-alg-none-case", Jose, Critical, &["RFC8725-3.1", "RFC7515-4.1.1"],
        "NoNe, nONE, none ",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::None("NoNe".into()))],
            |_| vec![id_token().sign_with(Signing::None("none ".into()))],
        ])),
    row("jws-alg-none-with-sig", Jose, Critical, &["RFC7515-A.5", "RFC7518-3.6"],
        "alg: none with a signature part",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::NoneWithSignature("none".into()))],
        ])),
    row("jws-alg-missing", Jose, High, &["RFC7515-4.1.1"],
        "no alg / null / number / array",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().omit("alg")],
            |_| vec![id_token_header().set("alg", json!(null))],
            |_| vec![id_token_header().set("alg", json!(["RS256"]))],
        ])),
    row("jws-alg-unknown", Jose, High, &["RFC7515-5.2", "RFC8725-3.2"],
        "alg: \"CUSTOM\" or RS1",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("alg", "CUSTOM")],
            |_| vec![id_token_header().set("alg", "RS1")],
        ])),
    row("jws-hs256-spki-pem", Jose, Critical, &["RFC8725-2.1", "RFC8725-3.1"],
        "HS256 with the RSA public key PEM (SPKI), with/without final newline, CRLF, leading space",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::HmacPublicKey)],
            |_| hmac(PublicKeyForm::SpkiPemTrimmed),
            |_| hmac(PublicKeyForm::SpkiPemCrlf),
            |_| hmac(PublicKeyForm::SpkiPemLeadingSpace),
        ])),
    row("jws-hs256-pkcs1-pem", Jose, Critical, &["RFC8725-3.1"],
        "same with PKCS#1 PEM variants",
        Expect::Reject, Lies(&[
            |_| hmac(PublicKeyForm::Pkcs1Pem),
            |_| hmac(PublicKeyForm::Pkcs1PemTrimmed),
        ])),
    row("jws-hs256-der-b64", Jose, Critical, &["RFC8725-3.1"],
        "key = DER bytes, or its base64 with/without line feeds",
        Expect::Reject, Lies(&[
            |_| hmac(PublicKeyForm::SpkiDer),
            |_| hmac(PublicKeyForm::Pkcs1Der),
            |_| hmac(PublicKeyForm::SpkiBase64),
            |_| hmac(PublicKeyForm::SpkiBase64Lines),
        ])),
    row("jws-hs256-jwk-parts", Jose, Critical, &["RFC8725-3.1"],
        "key = JWK e, n, kty, alg string, or whole JWK JSON",
        Expect::Reject, Lies(&[
            |_| hmac(PublicKeyForm::ExponentText),
            |_| hmac(PublicKeyForm::ModulusText),
            |_| hmac(PublicKeyForm::ModulusBytes),
            |_| hmac(PublicKeyForm::KeyType),
            |_| hmac(PublicKeyForm::Algorithm),
            |_| hmac(PublicKeyForm::Jwk),
        ])),
    row("jws-hs256-empty", Jose, Critical, &["RFC8725-2.2", "RFC8725-3.5", "RFC7518-3.2"],
        "HS256 with empty key",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Hmac(HmacKey::Empty))],
        ])),
    row("jws-hs256-oct-in-jwks", Jose, Critical, &["RFC8725-3.1", "OIDCC-10.1"],
        "JWKS publishes {\"kty\":\"oct\",\"k\":…}; token HS256 with it",
        Expect::Reject, Lies(&[
            |lab| { lab.provider.keys().publish_jwk(json!({"kty": "oct", "kid": "o", "k": "c2VjcmV0"})); vec![id_token() .sign_with(Signing::Hmac(HmacKey::Base64("c2VjcmV0".into()))), id_token_header().set("kid", "o")] },
        ])),
    row("jws-hs256-client-secret", Jose, High, &["OIDCC-3.1.3.7-7", "OIDCC-3.1.3.7-8"],
        "valid HS256 with client_secret, RS256 registered",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::HmacClientSecret)],
        ])),
    row("jws-alg-unregistered", Jose, High, &["OIDCC-3.1.3.7-7", "RFC8725-3.1"],
        "valid PS256/ES256/RS512 by the OP's own key, RS256 registered",
        Expect::Reject, Lies(&[
            |lab| unregistered(lab, Algorithm::Ps256),
            |lab| unregistered(lab, Algorithm::Rs512),
            |lab| unregistered(lab, Algorithm::Es256),
            |lab| unregistered(lab, Algorithm::EdDsa),
        ])).needs(&[Algorithms]),
    row("jws-alg-key-mismatch", Jose, High, &["RFC7517-4.4", "RFC8725-3.1"],
        "JWK alg: PS256 used for RS256; EC key for RS256 header",
        Expect::Reject, Lies(&[
            |lab| { let kid = lab.provider.keys().publish(NewKey::default().member("alg", "PS256")); lab.provider.keys().use_key(&kid); Vec::new() },
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256)), id_token_header().set("alg", "RS256")],
        ])),
    row("jws-wrong-key", Jose, Critical, &["OIDCC-10.1", "RFC7515-6"],
        "signed by a key not in the JWKS, kid of a real key",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Impostor)],
            |_| vec![id_token().sign_with(Signing::Unpublished)],
        ])),
    row("jws-enc-key", Jose, High, &["RFC7517-4.2", "OIDCC-10.1"],
        "signed by a JWKS key with use: enc",
        Expect::Reject, Lies(&[
            |lab| { let kid = lab.provider.keys().publish(NewKey::default().member("use", "enc")); lab.provider.keys().use_key(&kid); Vec::new() },
        ])),
    row("jws-key-ops", Jose, Medium, &["RFC7517-4.3"],
        "key with key_ops: [\"encrypt\"]",
        Expect::Reject, Lies(&[
            |lab| { let kid = lab.provider.keys() .publish(NewKey::default().member("key_ops", json!(["encrypt"]))); lab.provider.keys().use_key(&kid); Vec::new() },
        ])),
    row("jws-header-jwk", Jose, Critical, &["RFC7515-4.1.3", "OIDCC-2", "ASVS-9.1.3"],
        "attacker key in header jwk (same/other kid)",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Impostor), id_token_header().set("jwk", Value::Jwk(Whose::Unpublished))],
            |_| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("jwk", Value::Jwk(Whose::Unpublished))],
        ])),
    row("jws-header-jwk-uri", Jose, Critical, &[],
        "jwk = URL string",
        Expect::Reject, Lies(&[
            |lab| vec![id_token().sign_with(Signing::Impostor), id_token_header().set("jwk", lab.canary.url("/jwk"))],
        ])),
    row("jws-header-jwk-nested", Jose, Critical, &[],
        "jwk carrying own jku / x5u / x5c",
        Expect::Reject, Lies(&[
            |lab| vec![id_token().sign_with(Signing::Impostor), id_token_header().set("jwk", json!({"kty": "RSA", "jku": lab.canary.url("/")}))],
        ])),
    row("jws-header-jku", Jose, Critical, &["RFC7515-4.1.2", "RFC8725-3.10"],
        "jku → attacker JWKS (alone; [bad,good]; [good,bad])",
        Expect::Reject, Lies(&[
            |lab| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("jku", lab.canary.url("/jwks"))],
            |lab| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("jku", json!([lab.canary.url("/"), lab.canary.url("/")]))],
        ])),
    row("jws-header-x5u", Jose, Critical, &["RFC7515-4.1.5", "RFC8725-3.10"],
        "x5u → attacker certificate",
        Expect::Reject, Lies(&[
            |lab| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("x5u", lab.canary.url("/crt"))],
        ])),
    row("jws-header-x5c", Jose, Critical, &["RFC7515-4.1.6"],
        "self-signed cert in x5c, alone or mixed with the real one",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("x5c", Value::list([Value::Certificate(Whose::Unpublished)]))],
            |_| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("x5c", Value::list([ Value::Certificate(Whose::Signing), Value::Certificate(Whose::Unpublished), ]))],
        ])),
    row("jws-header-mac-jwk", Jose, Critical, &["RFC8725-3.1"],
        "HS256, key given as jwk kty oct",
        Expect::Reject, Lies(&[
            |_| vec![id_token() .sign_with(Signing::Hmac(HmacKey::Text("secret".into()))), id_token_header().set("jwk", json!({"kty": "oct", "k": "c2VjcmV0"}))],
        ])),
    row("jws-kid-url", Jose, Critical, &["RFC8725-3.10"],
        "kid = attacker URL",
        Expect::Reject, Lies(&[
            |lab| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("kid", lab.canary.url("/key"))],
        ])),
    row("jws-kid-jwk", Jose, Critical, &["RFC7515-4.1.4"],
        "kid = a JWK object/JSON string",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("kid", Value::Jwk(Whose::Unpublished))],
            |_| vec![id_token().sign_with(Signing::Unpublished), id_token_header().set("kid", Value::JwkText(Whose::Unpublished))],
        ])),
    row("jws-kid-path", Jose, Critical, &["RFC8725-3.10"],
        "kid = ../../../../dev/null, HS256 empty key",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Hmac(HmacKey::Empty)), id_token_header().set("kid", "../../../../dev/null")],
        ])),
    row("jws-kid-injection", Jose, High, &["RFC8725-3.10"],
        "kid = ' UNION SELECT 'k'--, |id, CRLF, NUL",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("kid", "' UNION SELECT 'k'--")],
            |_| vec![id_token_header().set("kid", "|id\r\n\0")],
        ])),
    row("jws-kid-huge", Jose, Medium, &[],
        "64 KiB kid",
        Expect::Bound, Lies(&[
            |_| vec![id_token_header().set("kid", Value::repeated("k", 1 << 16))],
        ])),
    row("jws-crit-unknown", Jose, High, &["RFC7515-4.1.11"],
        "crit: [\"exp2\"], exp2 present",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("crit", json!(["exp2"])).set("exp2", 1)],
        ])),
    row("jws-crit-malformed", Jose, Medium, &["RFC7515-4.1.11"],
        "crit: [], string, or naming alg",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("crit", json!([]))],
            |_| vec![id_token_header().set("crit", "exp")],
            |_| vec![id_token_header().set("crit", json!(["alg"]))],
        ])),
    row("jws-b64-false", Jose, Medium, &["RFC7797-6", "RFC7797-7"],
        "RFC 7797 b64:false in crit",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("b64", false).set("crit", json!(["b64"]))],
        ])),
    row("jws-dup-header", Jose, High, &["RFC7515-4", "RFC7515-10.12"],
        "{\"alg\":\"RS256\",\"alg\":\"none\"} and reverse; duplicate kid",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().double_with("alg", "none")],
            |_| vec![id_token_header().double_before("alg", "none")],
            |_| vec![id_token_header().double_before("kid", "other")],
        ])),
    row("jws-dup-claim", Jose, High, &["RFC7519-4"],
        "sub (or iss) twice",
        Expect::Reject, Lies(&[
            |_| vec![id_token().double_with("sub", "victim")],
            |lab| vec![id_token().double_before("iss", lab.canary.url("/"))],
        ]))
        .either(),
    row("jws-json-serialization", Jose, Medium, &["RFC7519-1", "RFC7519-7.2"],
        "JWS JSON (flattened/general) instead of compact",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::FlattenedJson)],
            |_| vec![id_token().serialize(Serialization::GeneralJson)],
        ])),
    row("jws-ec-zero", Jose, Critical, &["RFC7518-3.4"],
        "ES256, r = s = 0 (also r = n)",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::EcdsaZero)],
            |_| vec![id_token().sign_with(Signing::EcdsaOrder)],
        ])),
    row("jws-ec-der", Jose, Low, &["RFC7518-3.4"],
        "ES256 signature DER-encoded",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256)) .sign_with(Signing::EcdsaDer)],
        ])),
    row("jws-ec-length", Jose, Medium, &["RFC7518-3.4"],
        "63/65/96-byte ES256 signature",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256)) .sign_with(Signing::Length(63))],
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256)) .sign_with(Signing::Length(65))],
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es256)) .sign_with(Signing::Length(96))],
        ])),
    row("jws-ec-wrong-curve", Jose, High, &["RFC7518-3.4"],
        "ES256 header, P-384 or secp256k1 key",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Es384)), id_token_header().set("alg", "ES256")],
        ])),
    row("jws-eddsa-smallorder", Jose, Medium, &["RFC8032-5.1.7", "RFC8725-3.4"],
        "Ed25519 small-order public key / non-canonical S",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Ed25519SmallOrder)],
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::EdDsa)) .sign_with(Signing::Ed25519Unreduced)],
        ])),
    row("jws-rsa-small", Jose, High, &["RFC7518-3.3"],
        "RS256 with 512/1024-bit key in the JWKS",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::WeakRsa(512))],
            |_| vec![id_token().sign_with(Signing::WeakRsa(1024))],
            |lab| { let kid = lab.provider.keys().publish(NewKey::of(KeyKind::Rsa1024)); lab.provider.keys().use_key(&kid); Vec::new() },
        ])),
    row("jws-rsa-e1", Jose, Critical, &["RFC8725-3.4", "RFC8017-3.1"],
        "JWK e = 1 (or even)",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::RsaExponentOne)],
            |lab| { let kid = lab.provider.keys().publish(NewKey::default().member("e", "Ag")); lab.provider.keys().use_key(&kid); Vec::new() },
        ])),
    row("jws-rsa-pad", Jose, Critical, &["RFC8017-8.2.2"],
        "e = 3, forged PKCS#1 v1.5 padding",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::RsaForgedPadding)],
        ])),
    row("jws-b64-lenient", Jose, Low, &["RFC7515-2", "RFC7515-C"],
        "= padding, +/ alphabet, whitespace, non-zero trailing bits",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::Padded)],
            |_| vec![id_token().set("name", "???>>>~~~").serialize(Serialization::StandardAlphabet)],
            |_| vec![id_token().serialize(Serialization::WhiteSpace)],
            |_| vec![id_token().serialize(Serialization::TrailingBits)],
        ])),
    row("jws-utf8-invalid", Jose, Medium, &["RFC7519-7.2", "RFC8725-3.7"],
        "payload with invalid UTF-8 / BOM / UTF-16",
        Expect::Reject, Lies(&[
            |_| vec![id_token().spoil(Spoil::InvalidUtf8)],
            |_| vec![id_token().spoil(Spoil::Bom)],
            |_| vec![id_token().spoil(Spoil::Utf16)],
        ])),
    row("jws-payload-nonobject", Jose, Medium, &["RFC7519-7.2"],
        "payload [], \"x\", null, 1",
        Expect::Reject, Lies(&[
            |_| vec![id_token().spoil(Spoil::Replace("[]".into()))],
            |_| vec![id_token().spoil(Spoil::Replace("\"x\"".into()))],
            |_| vec![id_token().spoil(Spoil::Replace("null".into()))],
            |_| vec![id_token().spoil(Spoil::Replace("1".into()))],
        ])),
    row("jws-deep-json", Jose, Medium, &[],
        "10 000 nested objects",
        Expect::Bound, Lies(&[
            |_| vec![id_token().set("x", Value::Nested(10_000))],
        ])),
    row("jws-huge", Jose, Medium, &[],
        "5 MB token; token of 10^6 dots",
        Expect::Bound, Lies(&[
            |_| vec![id_token().set("x", Value::repeated("a", 5_000_000))],
            |_| vec![id_token().serialize(Serialization::Dots(1_000_000))],
        ])),
    row("jws-typ-access", Jose, High, &["RFC9068-2.1", "RFC9068-5", "RFC8725-3.11"],
        "signed typ: at+jwt token with right iss/aud/nonce as ID Token",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("typ", "at+jwt")],
        ])),
    row("jws-typ-logout", Jose, High, &["RFC8725-2.8"],
        "logout_token as ID Token",
        Expect::Reject, Lies(&[
            |_| vec![ id_token_header().set("typ", "logout+jwt"), id_token().set("jti", "1") .set("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}}))],
        ])),
    row("jws-typ-odd", Jose, Low, &["RFC7519-5.1"],
        "typ \"jwt\", \"JOSE\", absent",
        Expect::Accept, Lies(&[
            |_| vec![id_token_header().set("typ", "jwt")],
            |_| vec![id_token_header().set("typ", "JOSE")],
            |_| vec![id_token_header().set("typ", "JWT").omit("typ")],
        ])),
    row("jws-nested-jws", Jose, Medium, &["RFC7519-5.2", "RFC8725-2.3"],
        "cty: JWT, JWS inside JWS",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::Nested)],
        ])),
    row("jws-claims-in-header", Jose, High, &["RFC7519-5.3"],
        "header replicates iss/sub with victim values",
        Expect::Clean, Lies(&[
            |lab| vec![id_token_header().set("iss", lab.canary.url("/")).set("sub", "victim")],
        ])),
    row("jwe-unexpected", Jose, Medium, &["OIDCC-3.1.3.7-1"],
        "encrypted ID Token, none registered",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::Encrypted)],
        ])),
    row("jwe-inner-none", Jose, Critical, &["RFC8725-2.3", "RFC8725-3.3", "RFC7519-11.2"],
        "JWE around alg: none",
        Expect::Reject, Lies(&[
            |_| vec![ id_token().sign_with(Signing::None("none".into())).serialize(Serialization::Encrypted)],
        ])),
    row("jwe-inner-wrong-key", Jose, Critical, &["RFC8725-2.3"],
        "JWE around a JWS of another key",
        Expect::Reject, Lies(&[
            |_| vec![ id_token().sign_with(Signing::Impostor).serialize(Serialization::Encrypted)],
        ])),
    row("jwe-alg-dir", Jose, Medium, &["OIDCC-10.2"],
        "alg: dir with client_secret-derived key, not registered",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::Encrypted)],
        ])),
];
