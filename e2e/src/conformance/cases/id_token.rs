//! C6: the claims of the ID token.

use std::time::Duration;

use mock_idp::{Algorithm, Persona, Place, Signing, Value, id_token, token};
use serde_json::json;

use super::checks::{escaped, logged_in_by_some_name};
use crate::conformance::case::Feature::{AcrValues, MaxAge, Nonce};
use crate::conformance::case::Group::IdToken;
use crate::conformance::case::Play::{Lies, LiesAfterLogin};
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::lab::{Lab, SOMEBODY};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("idt-iss-wrong", IdToken, Critical, &["OIDCC-3.1.3.7-2"],
        "iss + \"1\"",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("iss", Value::append("1"))],
        ]))
        .oidf(&["oidcc-client-test-invalid-iss"]),
    row("idt-iss-missing", IdToken, Critical, &["OIDCC-2", "OIDCC-3.1.3.7-2"],
        "no iss",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("iss")],
        ])),
    row("idt-iss-empty-or-type", IdToken, High, &["OIDCC-2"],
        "\"\" / array / object / number",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("iss", "")],
            |_| vec![id_token().set("iss", Value::list([Value::Honest]))],
            |_| vec![id_token().set("iss", json!({}))],
            |_| vec![id_token().set("iss", 1)],
        ])),
    row("idt-iss-slash", IdToken, Medium, &["OIDCC-3.1.3.7-2"],
        "differs by trailing slash",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("iss", Value::append("/"))],
        ])),
    row("idt-sub-missing", IdToken, Critical, &["OIDCC-2"],
        "no sub",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("sub")],
        ]))
        .oidf(&["oidcc-client-test-missing-sub"]),
    row("idt-sub-empty-or-type", IdToken, High, &["OIDCC-2"],
        "\"\" / null / number / array / bool",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("sub", "")],
            |_| vec![id_token().set("sub", json!(null))],
            |_| vec![id_token().set("sub", 7)],
            |_| vec![id_token().set("sub", Value::list([Value::Honest, "victim".into()]))],
            |_| vec![id_token().set("sub", true)],
        ])),
    row("idt-sub-long", IdToken, Low, &["OIDCC-2", "OIDCC-255"],
        "255 ASCII characters",
        Expect::Accept, Lies(&[
            |lab| { somebody_with_a_sub_of(lab, 255); Vec::new() },
        ])),
    row("idt-sub-too-long", IdToken, Medium, &["OIDCC-2"],
        "4 KiB sub; two subs equal in the first 255",
        Expect::Clean, Lies(&[
            |_| vec![id_token().set("sub", Value::repeated("s", 4096))],
        ]))
        .should(),
    row("idt-aud-wrong", IdToken, Critical, &["OIDCC-3.1.3.7-3", "ASVS-10.5.4"],
        "client_id + \"1\"",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("aud", Value::append("1"))],
        ]))
        .oidf(&["oidcc-client-test-invalid-aud"]),
    row("idt-aud-missing", IdToken, Critical, &["OIDCC-2", "OIDCC-3.1.3.7-3"],
        "no aud",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("aud")],
        ]))
        .oidf(&["oidcc-client-test-missing-aud"]),
    row("idt-aud-other-client", IdToken, Critical, &["OIDCC-3.1.3.7-3", "RFC8725-2.7", "RFC8725-3.9"],
        "valid token of the same OP for another client",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("aud", "another app")],
        ])),
    row("idt-aud-empty-array", IdToken, High, &["OIDCC-3.1.3.7-3"],
        "[] / [\"\"] / null",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("aud", json!([]))],
            |_| vec![id_token().set("aud", json!([""]))],
            |_| vec![id_token().set("aud", json!(null))],
        ])),
    row("idt-aud-prefix-case", IdToken, High, &["RFC7519-4.1.3"],
        "prefix/suffix/other case of client_id",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("aud", Value::SwapCase)],
            |_| vec![id_token().set("aud", "ap")],
        ])),
    row("idt-aud-array-one", IdToken, Low, &["OIDCC-2"],
        "[client_id]",
        Expect::Accept, Lies(&[
            |_| vec![id_token().set("aud", Value::list([Value::Honest]))],
        ])),
    row("idt-aud-untrusted-extra", IdToken, High, &["OIDCC-3.1.3.7-3"],
        "[client_id, \"other\"]",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("aud", Value::list([Value::Honest, "other".into()]))],
        ])),
    row("idt-azp-other", IdToken, High, &["OIDCC-3.1.3.7-5"],
        "aud right, azp = other client",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("azp", "other")],
        ]))
        .should(),
    row("idt-azp-self-multi", IdToken, Low, &["OIDCC-3.1.3.7-3", "OIDCC-3.1.3.7-5"],
        "two audiences, azp = client_id",
        Expect::Clean, Lies(&[
            |_| vec![id_token().set("aud", Value::list([Value::Honest, "other".into()])) .set("azp", Value::request("client_id"))],
        ]))
        .either(),
    row("idt-exp-past", IdToken, High, &["OIDCC-3.1.3.7-9"],
        "exp 10 min (and 1 day) ago",
        Expect::Reject, Lies(&[
            |_| vec![id_token().shift("exp", -86_400)],
        ])),
    row("idt-exp-missing", IdToken, High, &["OIDCC-2"],
        "no exp",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("exp")],
        ])),
    row("idt-exp-type", IdToken, Medium, &["RFC7519-2"],
        "\"1700000000\", null, true",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("exp", Value::Quoted)],
            |_| vec![id_token().set("exp", json!(null))],
            |_| vec![id_token().set("exp", true)],
        ])),
    row("idt-exp-float", IdToken, Low, &["RFC7519-2"],
        "1700000000.5",
        Expect::Accept, Lies(&[
            |_| vec![id_token().set("exp", Value::suffix(".5"))],
        ])),
    row("idt-exp-extreme", IdToken, Medium, &["RFC7519-2"],
        "1e18, 2^63, -1, 1e400, year 3000",
        Expect::Clean, Lies(&[
            |_| vec![id_token().set("exp", Value::raw("1e400"))],
            |_| vec![id_token().set("exp", 1_u64 << 63)],
            |_| vec![id_token().set("exp", -1)],
        ]))
        .should(),
    row("idt-iat-missing", IdToken, High, &["OIDCC-2"],
        "no iat",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("iat")],
        ]))
        .oidf(&["oidcc-client-test-missing-iat"]),
    row("idt-iat-future", IdToken, Medium, &["OIDCC-3.1.3.7-10"],
        "iat +1 h / +1 d",
        Expect::Reject, Lies(&[
            |_| vec![id_token().shift("iat", 3_600)],
            |_| vec![id_token().shift("iat", 86_400)],
        ]))
        // What is too far away is the app's to say.
        .should(),
    row("idt-iat-old", IdToken, Medium, &["OIDCC-3.1.3.7-10"],
        "iat 1 week ago, exp valid",
        Expect::Reject, Lies(&[
            |_| vec![id_token().shift("iat", -604_800)],
        ]))
        .should(),
    row("idt-time-milliseconds", IdToken, Medium, &["RFC7519-2"],
        "iat/exp in ms",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("iat", Value::suffix("000")).set("exp", Value::suffix("000"))],
        ]))
        .should(),
    row("idt-nbf-future", IdToken, Medium, &["RFC7519-4.1.5", "ASVS-9.2.1"],
        "nbf +10 min",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("nbf", 99_999_999_999_i64)],
        ])),
    row("idt-nonce-wrong", IdToken, Critical, &["OIDCC-3.1.3.7-11", "ASVS-10.5.1"],
        "nonce + \"1\"",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("nonce", Value::append("1"))],
        ]))
        .oidf(&["oidcc-client-test-nonce-invalid"])
        .needs(&[Nonce]),
    row("idt-nonce-missing", IdToken, Critical, &["OIDCC-3.1.3.7-11"],
        "nonce sent, not returned",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("nonce")],
        ]))
        .needs(&[Nonce]),
    row("idt-nonce-constant", IdToken, High, &["OIDCC-3.1.3.7-11"],
        "same nonce for every login",
        Expect::Reject, LiesAfterLogin(&[
            |_| vec![id_token().set("nonce", "constant"), id_token().set("x", Value::earlier(Place::IdTokenClaims, "nonce"))],
        ]))
        .needs(&[Nonce]),
    row("idt-nonce-unsolicited", IdToken, Medium, &["OIDCC-2", "OIDCC-3.1.3.7-11"],
        "RP sent none, token has one",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("nonce", "unasked")],
        ])),
    row("idt-nonce-type-case", IdToken, Medium, &["OIDCC-2"],
        "number / other case / trailing space",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("nonce", 5)],
            |_| vec![id_token().set("nonce", Value::SwapCase)],
            |_| vec![id_token().set("nonce", Value::append(" "))],
        ]))
        .needs(&[Nonce]),
    row("idt-replay-other-session", IdToken, Critical, &["OIDCC-3.1.3.7-11", "OIDCC-15.5.2"],
        "a stored valid ID Token replayed in a new transaction",
        Expect::Reject, LiesAfterLogin(&[
            |lab| { lab.provider.clock().advance(Duration::from_mins(1)); vec![token().set("id_token", Value::earlier(Place::Token, "id_token"))] },
        ]))
        .needs(&[Nonce]),
    row("idt-athash-wrong", IdToken, High, &["OIDCC-3.1.3.8", "OIDCC-3.2.2.9", "OIDCC-3.3.2.11"],
        "at_hash + \"1\"; also present-but-wrong in code flow",
        Expect::Reject, LiesAfterLogin(&[
            |_| vec![id_token().set("at_hash", Value::append("1"))],
            |_| vec![id_token().set("at_hash", Value::earlier(Place::IdTokenClaims, "at_hash"))],
        ]))
        // In the code flow it MAY be looked at.
        .oidf(&["oidcc-client-test-invalid-athash"]).should(),
    row("idt-athash-missing-code", IdToken, Low, &["OIDCC-3.1.3.6"],
        "code flow without at_hash",
        Expect::Accept, Lies(&[
            |_| vec![id_token().omit("at_hash")],
        ])),
    row("idt-athash-hashalg", IdToken, Medium, &["OIDCC-3.1.3.6"],
        "RS512 token, at_hash by SHA-256",
        Expect::Reject, Lies(&[
            |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Rs512))],
        ]))
        .should(),
    row("idt-exp-skew-sweep", IdToken, Medium, &["OIDCC-3.1.3.7-9"],
        "exp ten minutes ago",
        Expect::Reject, Lies(&[
            |_| vec![id_token().shift("exp", -4_200).shift("iat", -4_200)],
        ])),
    row("idt-authtime-old", IdToken, Medium, &["OIDCC-3.1.3.7-13"],
        "auth_time a day ago",
        Expect::Reject, Lies(&[
            |_| vec![id_token().shift("auth_time", -86_400)],
        ]))
        .needs(&[MaxAge]),
    row("idt-authtime-missing", IdToken, Medium, &["OIDCC-2", "OIDCC-3.1.3.7-13"],
        "max_age sent, no auth_time",
        Expect::Reject, Lies(&[
            |_| vec![id_token().omit("auth_time")],
        ]))
        .needs(&[MaxAge]),
    row("idt-authtime-future", IdToken, Low, &["OIDCC-3.1.3.7-13"],
        "auth_time +1 h",
        Expect::Reject, Lies(&[
            |_| vec![id_token().shift("auth_time", 3_600)],
        ]))
        .needs(&[MaxAge]),
    row("idt-acr-weaker", IdToken, Medium, &["OIDCC-3.1.3.7-12", "OIDCC-5.5.1.1"],
        "acr missing/weaker than the essential request",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("acr", "0")],
        ]))
        .needs(&[AcrValues]),
    row("idt-claims-unknown", IdToken, Low, &["OIDCC-2", "OIDCC-5.2"],
        "30 unknown claims, nested objects, language tags",
        Expect::Accept, Lies(&[
            |_| vec![(0..30).fold(id_token(), |lie, n| lie.set(format!("unknown_{n}"), n)).set("name#ja", "A").set("x", json!({"a": [{"b": 1}]}))],
        ])),
    row("idt-claims-null", IdToken, Low, &["OIDCC-5.1"],
        "email/name null, wrong types (email_verified: \"true\")",
        Expect::Holds(logged_in_by_some_name,
            "log the person in by what else there is to call them"), Lies(&[
            |_| vec![id_token().set("email", json!(null)).set("name", json!(null)) .set("email_verified", "true")],
        ])),
    row("idt-claims-huge", IdToken, Medium, &[],
        "groups with 10 000 entries (cookie overflow)",
        Expect::Clean, Lies(&[
            |_| vec![id_token().set("groups", vec!["group"; 10_000])],
        ]))
        .should(),
    row("idt-name-html", IdToken, High, &["ASVS-V1"],
        "name: \"<img onerror=…>\", CRLF, RTL override",
        Expect::Holds(escaped,
            "show the name as words"), Lies(&[
            |_| vec![id_token().set("name", "<img onerror=alert(1) src=x>\r\n\u{202e}")],
        ])),
    row("idt-aud-wrong-azp-self", IdToken, Critical, &["OIDCC-3.1.3.7-3"],
        "aud = another client, azp = our client_id",
        Expect::Reject, Lies(&[
            |_| vec![id_token().set("aud", "another app").set("azp", Value::request("client_id"))],
        ])),
];

/// Who logs in has a subject of so many characters, at every place that says it.
fn somebody_with_a_sub_of(lab: &Lab, length: usize) {
    for persona in lab
        .personas()
        .iter()
        .filter(|persona| persona.id == SOMEBODY)
    {
        lab.provider.add_persona(Persona {
            sub: Some("s".repeat(length)),
            ..(**persona).clone()
        });
    }
}
