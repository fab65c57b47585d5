//! C4: what nothing but the signature of the ID token gives away.
//!
//! In the code flow an app may rely on the TLS connection to the token endpoint instead (OpenID
//! Connect Core 3.1.3.7-6): it then lacks [`Signatures`], and `jws-sig-flip` alone says so.

use mock_idp::{Algorithm, KeyKind, NewKey, Signing, Value, Whose, id_token, id_token_header};
use serde_json::json;

use crate::conformance::case::Feature::Signatures;
use crate::conformance::case::Group::Jose;
use crate::conformance::case::Play::Lies;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, all_need, row};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &all_need(&[Signatures], [
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
        ]))
        .should(),
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
]);
