//! C5: the keys and their rotation.

use std::time::Duration;

use mock_idp::{CertificateOf, KeyKind, NewKey, Value, id_token_header, jwks};
use serde_json::json;

use super::checks::clean_refusal;
use crate::conformance::case::Feature::Signatures;
use crate::conformance::case::Group::Jwks;
use crate::conformance::case::Play::Lies;
use crate::conformance::case::Severity::{High, Low, Medium};
use crate::conformance::case::{Case, Expect, all_need, row};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &all_need(&[Signatures], [
    row("jwks-no-kid-single", Jwks, Medium, &["OIDCC-10.1"],
        "one key, no kid anywhere",
        Expect::Accept, Lies(&[
            |lab| { let kid = lab.provider.keys().publish(NewKey::default().member("kid", serde_json::Value::Null)); lab.provider.keys().use_key(&kid); lab.provider.keys().retire_old(); vec![id_token_header().omit("kid")] },
        ]))
        .oidf(&["oidcc-client-test-kid-absent-single-jwks"]),
    row("jwks-no-kid-multi", Jwks, Low, &["OIDCC-10.1"],
        "several keys without kid",
        Expect::Clean, Lies(&[
            |lab| { lab.provider.keys().publish(NewKey::default().member("kid", serde_json::Value::Null)); let kid = lab.provider.keys().publish(NewKey::default().member("kid", serde_json::Value::Null)); lab.provider.keys().use_key(&kid); vec![id_token_header().omit("kid")] },
        ]))
        .oidf(&["oidcc-client-test-kid-absent-multiple-jwks"])
        .either(),
    row("jwks-kid-only-in-token", Jwks, Low, &["RFC7517-4.5"],
        "token has kid, the only JWK has none",
        Expect::Clean, Lies(&[
            |lab| { let kid = lab.provider.keys().publish(NewKey::default().member("kid", serde_json::Value::Null)); lab.provider.keys().use_key(&kid); lab.provider.keys().retire_old(); Vec::new() },
        ]))
        .either().stays_cached(),
    row("jwks-dup-kid-kty", Jwks, Medium, &["RFC7517-4.5"],
        "same kid on an RSA and an EC key",
        Expect::Accept, Lies(&[
            |lab| { let kid = lab.provider.keys().signing_kid(); lab.provider.keys().publish(NewKey::of(KeyKind::EcP256).kid(kid)); Vec::new() },
            |lab| { lab.provider.keys().publish(NewKey::of(KeyKind::EcP256).kid("twice")); lab.provider.keys().publish(NewKey::default().kid("twice")); lab.provider.keys().use_key("twice"); Vec::new() },
        ])),
    row("jwks-dup-kid-same", Jwks, Medium, &["RFC7517-4.5"],
        "same kid on two RSA keys; only the second verifies",
        Expect::Clean, Lies(&[
            |lab| { let kid = lab.provider.keys().signing_kid(); lab.provider.keys().publish(NewKey::default().kid(&kid)); lab.provider.keys().use_key(&kid); Vec::new() },
        ]))
        .either(),
    row("jwks-unknown-kty", Jwks, Medium, &["RFC7517-5"],
        "extra key kty: \"AKP\"/\"XYZ\", unknown crv, unknown members",
        Expect::Accept, Lies(&[
            |lab| { lab.provider.keys().publish_jwk(json!({"kty": "AKP", "kid": "pq", "alg": "ML-DSA-44", "pub": "AA"})); lab.provider.keys().publish_jwk(json!({"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "new": 1})); Vec::new() },
        ]))
        .should(),
    row("jwks-one-bad-key", Jwks, Medium, &["RFC7517-5"],
        "one malformed key (missing n) beside the good one",
        Expect::Accept, Lies(&[
            |lab| { lab.provider.keys().publish_jwk(json!({"kty": "RSA", "kid": "bad", "e": "AQAB"})); Vec::new() },
        ]))
        .should(),
    row("jwks-many-keys", Jwks, Low, &[],
        "50 keys incl. enc keys, X.509 members",
        Expect::Accept, Lies(&[
            |lab| { for _ in 0..24 { lab.provider.keys().publish(NewKey::default().member("use", "enc")); lab.provider.keys().publish(NewKey::of(KeyKind::EcP384).member("x5t", "AA")); } Vec::new() },
            |lab| { lab.provider.keys() .publish(NewKey::default().certificate(CertificateOf::Itself)); Vec::new() },
        ])),
    row("jwks-private-published", Jwks, Low, &["RFC7517-9.2"],
        "d, p, q published",
        Expect::Accept, Lies(&[
            |lab| { let key = NewKey::default().member("d", "AQAB").member("p", "Aw").member("q", "Aw"); lab.provider.keys().publish(key); Vec::new() },
        ]))
        .should(),
    row("jwks-x5c-mismatch", Jwks, Medium, &["RFC7517-4.7"],
        "x5c certificate key differs from n/e",
        Expect::Reject, Lies(&[
            |lab| { let kid = lab.provider.keys().publish(NewKey::default().certificate(CertificateOf::AnotherKey)); lab.provider.keys().use_key(&kid); Vec::new() },
        ]))
        .should(),
    row("jwks-empty", Jwks, Medium, &["OIDCC-10.1"],
        "{\"keys\":[]}",
        Expect::Reject, Lies(&[
            |lab| { lab.provider.keys().withdraw_all(); Vec::new() },
        ]))
        .stays_cached(),
    row("jwks-5xx-cold", Jwks, Medium, &[],
        "500/timeout, no cache",
        Expect::Holds(clean_refusal,
            "refuse the login with a page of its own, not with a crash"), Lies(&[
            |_| vec![jwks().status(500).instead()],
            |_| vec![jwks().silence()],
        ]))
        .should(),
    row("jwks-html", Jwks, Low, &[],
        "200 text/html",
        Expect::Reject, Lies(&[
            |_| vec![jwks().body("text/html", "<h1>Hello</h1>")],
        ]))
        .should(),
    row("jwks-redirect-crosshost", Jwks, High, &[],
        "302 to attacker JWKS",
        Expect::Reject, Lies(&[
            |lab| vec![jwks().redirect(302, lab.canary.url("/")).instead()],
        ])),
    row("jwks-oversize-slow", Jwks, Medium, &[],
        "20 MB, or drip",
        Expect::Bound, Lies(&[
            |_| vec![jwks().set("x", Value::repeated("a", 20_000_000))],
            |_| vec![jwks().drip(Duration::from_secs(1))],
        ]))
        .should(),
]);
