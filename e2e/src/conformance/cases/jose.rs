//! C4: algorithms, headers and encodings of the ID token.

use mock_idp::{
    Algorithm, Fault, HmacKey, PublicKeyForm, Serialization, Signing, Spoil, Value, id_token,
    id_token_header,
};
use serde_json::json;

use crate::conformance::Lab;
use crate::conformance::case::Feature::{Algorithms, Signatures};
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
        .oidf(&["oidcc-client-test-idtoken-sig-none"])
        .needs(&[Signatures]),
    row("jws-alg-none-case", Jose, Critical, &["RFC8725-3.1", "RFC7515-4.1.1"],
        "NoNe, nONE, none ",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::None("NoNe".into()))],
            |_| vec![id_token().sign_with(Signing::None("none ".into()))],
        ]))
        .needs(&[Signatures]),
    row("jws-alg-none-with-sig", Jose, Critical, &["RFC7515-A.5", "RFC7518-3.6"],
        "alg: none with a signature part",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::NoneWithSignature("none".into()))],
        ]))
        .needs(&[Signatures]),
    row("jws-alg-missing", Jose, High, &["RFC7515-4.1.1"],
        "no alg / null / number / array",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().omit("alg")],
            |_| vec![id_token_header().set("alg", json!(null))],
            |_| vec![id_token_header().set("alg", json!(["RS256"]))],
        ]))
        .needs(&[Signatures]),
    row("jws-alg-unknown", Jose, High, &["RFC7515-5.2", "RFC8725-3.2"],
        "alg: \"CUSTOM\" or RS1",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("alg", "CUSTOM")],
            |_| vec![id_token_header().set("alg", "RS1")],
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-spki-pem", Jose, Critical, &["RFC8725-2.1", "RFC8725-3.1"],
        "HS256 with the RSA public key PEM (SPKI), with/without final newline, CRLF, leading space",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::HmacPublicKey)],
            |_| hmac(PublicKeyForm::SpkiPemTrimmed),
            |_| hmac(PublicKeyForm::SpkiPemCrlf),
            |_| hmac(PublicKeyForm::SpkiPemLeadingSpace),
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-pkcs1-pem", Jose, Critical, &["RFC8725-3.1"],
        "same with PKCS#1 PEM variants",
        Expect::Reject, Lies(&[
            |_| hmac(PublicKeyForm::Pkcs1Pem),
            |_| hmac(PublicKeyForm::Pkcs1PemTrimmed),
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-der-b64", Jose, Critical, &["RFC8725-3.1"],
        "key = DER bytes, or its base64 with/without line feeds",
        Expect::Reject, Lies(&[
            |_| hmac(PublicKeyForm::SpkiDer),
            |_| hmac(PublicKeyForm::Pkcs1Der),
            |_| hmac(PublicKeyForm::SpkiBase64),
            |_| hmac(PublicKeyForm::SpkiBase64Lines),
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-jwk-parts", Jose, Critical, &["RFC8725-3.1"],
        "key = JWK e, n, kty, alg string, or whole JWK JSON",
        Expect::Reject, Lies(&[
            |_| hmac(PublicKeyForm::ExponentText),
            |_| hmac(PublicKeyForm::ModulusText),
            |_| hmac(PublicKeyForm::ModulusBytes),
            |_| hmac(PublicKeyForm::KeyType),
            |_| hmac(PublicKeyForm::Algorithm),
            |_| hmac(PublicKeyForm::Jwk),
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-empty", Jose, Critical, &["RFC8725-2.2", "RFC8725-3.5", "RFC7518-3.2"],
        "HS256 with empty key",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Hmac(HmacKey::Empty))],
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-oct-in-jwks", Jose, Critical, &["RFC8725-3.1", "OIDCC-10.1"],
        "JWKS publishes {\"kty\":\"oct\",\"k\":…}; token HS256 with it",
        Expect::Reject, Lies(&[
            |lab| { lab.provider.keys().publish_jwk(json!({"kty": "oct", "kid": "o", "k": "c2VjcmV0"})); vec![id_token() .sign_with(Signing::Hmac(HmacKey::Base64("c2VjcmV0".into()))), id_token_header().set("kid", "o")] },
        ]))
        .needs(&[Signatures]),
    row("jws-hs256-client-secret", Jose, High, &["OIDCC-3.1.3.7-7", "OIDCC-3.1.3.7-8"],
        "valid HS256 with client_secret, RS256 registered",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::HmacClientSecret)],
        ]))
        .needs(&[Signatures]),
    row("jws-alg-unregistered", Jose, High, &["OIDCC-3.1.3.7-7", "RFC8725-3.1"],
        "valid PS256/ES256/RS512 by the OP's own key, RS256 registered",
        Expect::Reject, Lies(&[
            |lab| unregistered(lab, Algorithm::Ps256),
            |lab| unregistered(lab, Algorithm::Rs512),
            |lab| unregistered(lab, Algorithm::Es256),
            |lab| unregistered(lab, Algorithm::EdDsa),
        ]))
        // Core says SHOULD.
        .needs(&[Algorithms, Signatures]).should(),
    row("jws-header-mac-jwk", Jose, Critical, &["RFC8725-3.1"],
        "HS256, key given as jwk kty oct",
        Expect::Reject, Lies(&[
            |_| vec![id_token() .sign_with(Signing::Hmac(HmacKey::Text("secret".into()))), id_token_header().set("jwk", json!({"kty": "oct", "k": "c2VjcmV0"}))],
        ]))
        .needs(&[Signatures]),
    row("jws-kid-path", Jose, Critical, &["RFC8725-3.10"],
        "kid = ../../../../dev/null, HS256 empty key",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Hmac(HmacKey::Empty)), id_token_header().set("kid", "../../../../dev/null")],
        ]))
        .needs(&[Signatures]),
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
        "{\"alg\":\"RS256\",\"alg\":\"none\"}",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().double_with("alg", "none")],
        ]))
        .needs(&[Signatures]),
    row("jws-dup-header-last", Jose, High, &["RFC7515-4"],
        "{\"alg\":\"none\",\"alg\":\"RS256\"}; kid twice, the last is right",
        // A parser may return the last of two.
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().double_before("alg", "none")],
            |_| vec![id_token_header().double_before("kid", "other")],
        ]))
        .either(),
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
        ]))
        .should(),
    row("jws-huge", Jose, Medium, &[],
        "5 MB token; token of 10^6 dots",
        Expect::Bound, Lies(&[
            |_| vec![id_token().set("x", Value::repeated("a", 5_000_000))],
            |_| vec![id_token().serialize(Serialization::Dots(1_000_000))],
        ]))
        .should(),
    row("jws-typ-access", Jose, High, &["RFC9068-2.1", "RFC9068-5", "RFC8725-3.11"],
        "signed typ: at+jwt token with right iss/aud/nonce as ID Token",
        Expect::Reject, Lies(&[
            |_| vec![id_token_header().set("typ", "at+jwt")],
        ]))
        // The specifications recommend a type, and let an app look at it.
        .should(),
    row("jws-typ-logout", Jose, High, &["RFC8725-2.8"],
        "logout_token as ID Token",
        Expect::Reject, Lies(&[
            |_| vec![ id_token_header().set("typ", "logout+jwt"), id_token().set("jti", "1") .set("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}}))],
        ]))
        .should(),
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
