//! C7: the UserInfo endpoint.

use std::time::Duration;

use mock_idp::{Place, Signing, Value, WrongEncoding, userinfo};
use serde_json::json;

use super::checks::logged_in_by_some_name;
use crate::conformance::case::Feature::{ClaimSources, SignedUserinfo, Userinfo};
use crate::conformance::case::Group::UserInfo;
use crate::conformance::case::Play::Lies;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};

/// A JWT without a signature: `{"alg":"none"}`, `{"age":7}`.
const UNSIGNED: &str = "eyJhbGciOiJub25lIn0.eyJhZ2UiOjd9.";

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("ui-sub-mismatch", UserInfo, Critical, &["OIDCC-5.3.2", "OIDCC-5.3.4", "OIDCC-16.11"],
        "sub + \"invalid\"",
        Expect::Reject, Lies(&[
            |_| vec![userinfo().set("sub", Value::append("invalid"))],
        ]))
        .oidf(&["oidcc-client-test-userinfo-invalid-sub"])
        .needs(&[Userinfo]),
    row("ui-sub-missing", UserInfo, High, &["OIDCC-5.3.2"],
        "no sub",
        Expect::Reject, Lies(&[
            |_| vec![userinfo().omit("sub")],
        ]))
        .needs(&[Userinfo]),
    row("ui-sub-array", UserInfo, Critical, &["OIDCC-5.3.2"],
        "sub: [own, victim] and reverse",
        Expect::Reject, Lies(&[
            |_| vec![userinfo().set("sub", Value::list([Value::Honest, "victim".into()]))],
            |_| vec![userinfo().set("sub", Value::list(["victim".into(), Value::Honest]))],
        ]))
        .needs(&[Userinfo]),
    row("ui-sub-dup", UserInfo, Critical, &["OIDCC-5.3.2", "RFC8259-4"],
        "sub twice, both orders",
        // A parser may return either of two; whichever it is, it has to be the ID token's.
        Expect::Reject, Lies(&[
            |_| vec![userinfo().double_with("sub", "victim")],
            |_| vec![userinfo().double_before("sub", "victim")],
        ]))
        .needs(&[Userinfo]).either(),
    row("ui-victim-profile", UserInfo, High, &["OIDCC-5.7"],
        "right sub, victim's name/username/email",
        Expect::Holds(logged_in_by_some_name,
            "log the person in, with or without what UserInfo says"), Lies(&[
            |_| vec![userinfo().set("name", "Victim").set("preferred_username", "victim") .set("email", "victim@example.com")],
        ]))
        .stays_cached()
        .needs(&[Userinfo]),
    row("ui-overrides-idtoken", UserInfo, High, &["OIDCC-5.3.2", "OIDCC-5.7"],
        "userinfo carries iss, aud, acr, email_verified: true, groups",
        Expect::Holds(logged_in_by_some_name,
            "log the person in, with or without what UserInfo says"), Lies(&[
            |lab| vec![userinfo().set("iss", lab.canary.url("/")).set("aud", "x").set("acr", "9") .set("email_verified", true).set("groups", json!(["admin"]))],
        ]))
        .needs(&[Userinfo]),
    row("ui-401", UserInfo, Medium, &["RFC6750-3.1"],
        "401 invalid_token with WWW-Authenticate",
        Expect::Clean, Lies(&[
            |_| vec![userinfo().status(401).header("www-authenticate", "Bearer error=\"invalid_token\"") .instead()],
        ]))
        .needs(&[Userinfo])
        .should(),
    row("ui-403", UserInfo, Low, &["RFC6750-3.1"],
        "insufficient_scope",
        Expect::Clean, Lies(&[
            |_| vec![userinfo().status(403) .header("www-authenticate", "Bearer error=\"insufficient_scope\"").instead()],
        ]))
        .needs(&[Userinfo])
        .should(),
    row("ui-5xx-slow-huge", UserInfo, Medium, &[],
        "500, drip, 50 MB, truncated",
        Expect::Clean, Lies(&[
            |_| vec![userinfo().status(500).instead()],
            |_| vec![userinfo().drip(Duration::from_secs(1))],
            |_| vec![userinfo().repeat(50_000_000)],
            |_| vec![userinfo().truncate(10)],
        ]))
        .needs(&[Userinfo])
        .should(),
    row("ui-html-or-error-200", UserInfo, Low, &["OIDCC-5.3.2"],
        "200 text/html; 200 {\"error\":…}",
        Expect::Clean, Lies(&[
            |_| vec![userinfo().body("text/html", "<h1>Hello</h1>")],
            |_| vec![userinfo().body("application/json", r#"{"error":"server_error"}"#)],
            |_| vec![userinfo().status(204)],
        ]))
        .should()
        .needs(&[Userinfo]),
    row("ui-redirect-crosshost", UserInfo, High, &["RFC6750-5.3", "RFC9700-4.9"],
        "302/307 to another host",
        Expect::Clean, Lies(&[
            |lab| vec![userinfo().redirect(302, lab.canary.url("/")).instead()],
            |lab| vec![userinfo().redirect(307, lab.canary.url("/")).instead()],
        ]))
        .needs(&[Userinfo]),
    row("ui-jwt-ok", UserInfo, Low, &["OIDCC-5.3.2"],
        "RS256 JWT with iss, aud",
        Expect::Accept, Lies(&[
            |_| Vec::new(),
        ]))
        .oidf(&["oidcc-client-test-userinfo-signed"])
        .needs(&[Userinfo, SignedUserinfo]),
    row("ui-jwt-none", UserInfo, High, &["OIDCC-5.3.2", "OIDCC-5.3.4"],
        "signed registered, alg: none sent",
        Expect::Reject, Lies(&[
            |_| vec![userinfo().sign_with(Signing::None("none".into()))],
        ]))
        .needs(&[Userinfo, SignedUserinfo]),
    row("ui-jwt-bad-sig", UserInfo, High, &["OIDCC-5.3.4"],
        "bad signature",
        Expect::Reject, Lies(&[
            |_| vec![userinfo().sign_with(Signing::Flip)],
        ]))
        .needs(&[Userinfo, SignedUserinfo]),
    row("ui-jwt-wrong-iss-aud", UserInfo, High, &["OIDCC-5.3.2", "OIDCC-5.3.4"],
        "iss / aud of another party",
        Expect::Reject, Lies(&[
            |lab| vec![userinfo().set("iss", lab.canary.url("/")).set("aud", "other")],
        ]))
        .needs(&[Userinfo, SignedUserinfo]),
    row("ui-jwt-unexpected", UserInfo, Medium, &["OIDCC-5.3.2"],
        "JWT although none registered",
        Expect::Clean, Lies(&[
            |_| vec![userinfo().encode(WrongEncoding::Jwt)],
        ]))
        .either()
        .needs(&[Userinfo]),
    row("ui-plain-when-signed", UserInfo, High, &["OIDCC-5.3.2"],
        "JSON although signed registered",
        Expect::Reject, Lies(&[
            |_| vec![userinfo().encode(WrongEncoding::Json)],
        ]))
        .needs(&[Userinfo, SignedUserinfo]),
    row("ui-idtoken-as-userinfo", UserInfo, Medium, &["RFC8725-2.8", "RFC8725-3.12"],
        "the ID Token itself returned as application/jwt",
        Expect::Clean, Lies(&[
            |_| vec![userinfo().set("nonce", "n").set("aud", "app").set("at_hash", "h") .set("exp", 9_999_999_999_i64).encode(WrongEncoding::Jwt)],
            |_| vec![userinfo().set("token", Value::earlier(Place::Token, "id_token"))],
        ]))
        .needs(&[Userinfo]),
    row("ui-aggregated-unsigned", UserInfo, Medium, &["OIDCC-5.6.2"],
        "aggregated JWT with alg none / other sub",
        Expect::Accept, Lies(&[
            |_| vec![userinfo().set("_claim_names", json!({"age": "src"})) .set("_claim_sources", json!({"src": {"JWT": UNSIGNED}}))],
        ]))
        .oidf(&["oidcc-client-test-aggregated-claims"])
        .needs(&[Userinfo, ClaimSources]),
    row("ui-distributed-ssrf", UserInfo, Medium, &["OIDCC-5.6.2"],
        "claims endpoint = internal canary",
        Expect::Accept, Lies(&[
            |lab| vec![userinfo().set("_claim_names", json!({"age": "src"})) .set("_claim_sources", json!({"src": {"endpoint": lab.canary.url("/claims")}}))],
        ]))
        .oidf(&["oidcc-client-test-distributed-claims"])
        .needs(&[Userinfo, ClaimSources]),
    row("ui-fewer-claims", UserInfo, Low, &["OIDCC-5.3.2"],
        "only sub",
        Expect::Accept, Lies(&[
            |_| vec![userinfo().omit("email").omit("name")],
        ]))
        .needs(&[Userinfo]),
];
