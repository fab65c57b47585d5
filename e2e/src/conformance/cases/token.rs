//! C3: the token endpoint.

use std::time::Duration;

use mock_idp::{Serialization, Value, WrongEncoding, id_token, token};
use serde_json::json;

use super::checks::{
    accepted_without_tokens_shown, clean_refusal, no_secret_shown, one_refused_exchange,
};
use crate::conformance::case::Group::Token;
use crate::conformance::case::Play::{Lies, LiesAfterLogin};
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("te-no-idtoken", Token, High, &["OIDCC-3.1.3.3", "OIDCC-3.1.3.5"],
        "200 with access_token only",
        Expect::Reject, Lies(&[
            |_| vec![token().omit("id_token")],
        ])),
    row("te-idtoken-type", Token, Medium, &["OIDCC-3.1.3.3"],
        "id_token null / \"\" / array / number",
        Expect::Reject, Lies(&[
            |_| vec![token().set("id_token", json!(null))],
            |_| vec![token().set("id_token", "")],
            |_| vec![token().set("id_token", Value::list([Value::Honest]))],
            |_| vec![token().set("id_token", 7)],
        ])),
    row("te-idtoken-garbage", Token, Medium, &["RFC7515-7.1", "RFC7519-7.2"],
        "id_token: \"abc\", 2, 4 or 6 segments",
        Expect::Reject, Lies(&[
            |_| vec![id_token().serialize(Serialization::Text("abc".into()))],
            |_| vec![id_token().serialize(Serialization::Parts(2))],
            |_| vec![id_token().serialize(Serialization::Parts(4))],
            |_| vec![id_token().serialize(Serialization::Parts(6))],
        ])),
    row("te-access-token-missing", Token, Medium, &["RFC6749-5.1"],
        "no access_token",
        Expect::Reject, Lies(&[
            |_| vec![token().omit("access_token")],
        ])),
    row("te-token-type-missing", Token, Low, &["RFC6749-5.1"],
        "no token_type",
        Expect::Reject, Lies(&[
            |_| vec![token().omit("token_type")],
        ]))
        .should(),
    row("te-token-type-other", Token, Medium, &["RFC6749-7.1", "OIDCC-3.1.3.3"],
        "token_type: \"MAC\" / \"N_A\"",
        Expect::Reject, Lies(&[
            |_| vec![token().set("token_type", "MAC")],
            |_| vec![token().set("token_type", "N_A")],
        ])),
    row("te-token-type-case", Token, Low, &["RFC6749-5.1"],
        "token_type: \"bEARER\"",
        Expect::Accept, Lies(&[
            |_| vec![token().set("token_type", Value::SwapCase)],
        ])),
    row("te-expires-missing", Token, Low, &["RFC6749-5.1"],
        "no expires_in / no scope",
        Expect::Accept, Lies(&[
            |_| vec![token().omit("expires_in").omit("scope")],
        ])),
    row("te-expires-odd", Token, Low, &["RFC6749-5.1", "RFC6749-A.14"],
        "\"3600\" (string), 0, -1, 1e30, 3600.5",
        Expect::Clean, Lies(&[
            |_| vec![token().set("expires_in", Value::Quoted)],
            |_| vec![token().set("expires_in", 0)],
            |_| vec![token().set("expires_in", -1)],
            |_| vec![token().set("expires_in", Value::raw("1e30"))],
            |_| vec![token().set("expires_in", Value::suffix(".5"))],
        ]))
        .either(),
    row("te-scope-less", Token, Low, &["RFC6749-5.1", "RFC6749-3.3"],
        "granted scope smaller than asked",
        Expect::Accept, Lies(&[
            |_| vec![token().set("scope", "openid")],
        ])),
    row("te-error-invalid-grant", Token, Medium, &["RFC6749-5.2"],
        "400 invalid_grant",
        Expect::Holds(one_refused_exchange,
            "refuse the login with a page, and send the code once"), Lies(&[
            |_| vec![token().status(400).body("application/json", r#"{"error":"invalid_grant"}"#) .instead()],
        ]))
        .should(),
    row("te-error-invalid-client", Token, Medium, &["RFC6749-5.2"],
        "401 invalid_client + WWW-Authenticate",
        Expect::Holds(no_secret_shown,
            "refuse the login with a page that does not show the secret"), Lies(&[
            |_| vec![token().status(401).header("www-authenticate", "Basic") .body("application/json", r#"{"error":"invalid_client"}"#).instead()],
        ]))
        .should(),
    row("te-error-in-200", Token, Medium, &["RFC6749-5.2"],
        "200 with {\"error\":\"invalid_grant\"}",
        Expect::Reject, LiesAfterLogin(&[
            |_| vec![token().body("application/json", r#"{"error":"invalid_grant"}"#)],
        ])),
    row("te-error-and-token", Token, Medium, &["RFC6749-5.1", "RFC6749-5.2"],
        "400 with a full token response",
        Expect::Reject, Lies(&[
            |_| vec![token().status(400)],
        ])),
    row("te-token-and-error", Token, Low, &["RFC6749-5.1"],
        "200 with tokens and error",
        Expect::Clean, Lies(&[
            |_| vec![token().set("error", "invalid_grant")],
        ]))
        .either(),
    row("te-error-html", Token, Low, &["RFC6749-5.2"],
        "400/500 with HTML",
        Expect::Holds(clean_refusal,
            "refuse the login with a page of its own, not with a crash"), Lies(&[
            |_| vec![token().status(400).body("text/html", "<h1>Bad Request</h1>")],
            |_| vec![token().status(500).body("text/html", "<h1>Oops</h1>").instead()],
        ]))
        .should(),
    row("te-redirect-302", Token, High, &["RFC6749-5.1"],
        "302 to another host",
        Expect::Reject, Lies(&[
            |lab| vec![token().redirect(302, lab.canary.url("/")).instead()],
        ])),
    row("te-redirect-307", Token, Critical, &["RFC6749-5.1", "RFC9110-15.4.8"],
        "307/308 to another host or to http (body with code, verifier, client_secret re-sent)",
        Expect::Reject, Lies(&[
            |lab| vec![token().redirect(307, lab.canary.url("/")).instead()],
            |lab| vec![token().redirect(308, lab.canary.url("/")).instead()],
        ])),
    row("te-content-type", Token, Low, &["RFC6749-5.1"],
        "right JSON as text/html / no Content-Type",
        Expect::Clean, Lies(&[
            |_| vec![token().header("content-type", "text/html")],
            |_| vec![token().omit_header("content-type")],
        ]))
        .either(),
    row("te-form-encoded", Token, Low, &["RFC6749-5.1"],
        "access_token=…&id_token=… body",
        Expect::Reject, Lies(&[
            |_| vec![token().encode(WrongEncoding::Form)],
        ])),
    row("te-truncated", Token, Medium, &[],
        "Content-Length larger than body; half a JSON; chunk aborted",
        Expect::Holds(clean_refusal,
            "refuse the login with a page of its own, not with a crash"), Lies(&[
            |_| vec![token().truncate(30)],
            |_| vec![token().content_length(1_000_000)],
            |_| vec![token().content_length(30)],
            |_| vec![token().spoil(mock_idp::Spoil::Cut(40))],
            |_| vec![token().reset_in_body(30)],
            |_| vec![token().reset_in_headers()],
        ]))
        .should(),
    row("te-slow", Token, Medium, &[],
        "never answers / drips",
        Expect::Bound, Lies(&[
            |_| vec![token().silence()],
            |_| vec![token().drip(Duration::from_secs(1))],
        ]))
        .should(),
    row("te-oversize", Token, Medium, &[],
        "100 MB body, gzip bomb",
        Expect::Bound, Lies(&[
            |_| vec![token().repeat(100_000_000)],
            |_| vec![token().gzip(1 << 30)],
        ]))
        .should(),
    row("te-dup-member", Token, High, &["RFC8259-4"],
        "id_token twice (first bad, second good, and reverse)",
        Expect::Reject, Lies(&[
            |_| vec![token().double_before("id_token", "bad")],
            |_| vec![token().double_with("id_token", "bad")],
        ]))
        .should(),
    row("te-refresh-unasked", Token, Low, &["RFC6749-5.1"],
        "unsolicited refresh_token",
        Expect::Holds(accepted_without_tokens_shown,
            "log the person in, and show no token to the browser"), Lies(&[
            |_| vec![token().set("refresh_token", "unasked")],
        ])),
    row("te-cache-headers", Token, Low, &["RFC6749-5.1"],
        "no Cache-Control: no-store",
        Expect::Accept, Lies(&[
            |_| vec![token().omit_header("cache-control")],
        ])),
];
