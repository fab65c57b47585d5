//! C1: discovery and metadata.

use std::time::Duration;

use mock_idp::question::Question;
use mock_idp::{Place, Signing, Spoil, Value, discovery, id_token};
use serde_json::json;

use super::checks::never_without_secret;
use crate::conformance::case::Feature::Signatures;
use crate::conformance::case::Group::Discovery;
use crate::conformance::case::Play::Lies;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, Feature, row};
use crate::conformance::lab::Lab;

/// Where the keys are; an app that needs none asks for tokens all the same.
fn place_that_is_asked(lab: &Lab) -> &'static str {
    if lab.profile.lacks.contains(&Signatures) {
        "token_endpoint"
    } else {
        "jwks_uri"
    }
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("disc-issuer-mismatch", Discovery, High, &["OIDCD-4.3", "RFC8414-3.3", "ASVS-10.5.3"],
        "metadata issuer = configured + \"INVALID\"",
        Expect::RejectBefore(Place::Authorization), Lies(&[
            |_| vec![discovery().set("issuer", Value::append("INVALID"))],
        ]))
        .oidf(&["oidcc-client-test-discovery-issuer-mismatch", "fapi2-security-profile-final-client-test-discovery-issuer-mismatch"])
        .needs(&[Feature::Discovery]),
    row("disc-issuer-other-op", Discovery, Critical, &["OIDCD-4.3", "OIDCD-7.2"],
        "metadata issuer = the honest OP's issuer; then ID Token with that iss + victim sub",
        Expect::Reject, Lies(&[
            |lab| vec![discovery().set("issuer", lab.canary.url("/"))],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-issuer-slash", Discovery, Medium, &["OIDCD-4.3", "OIDCC-2"],
        "metadata issuer differs only by a trailing /",
        Expect::Reject, Lies(&[
            |_| vec![discovery().set("issuer", Value::append("/"))],
        ]))
        .stays_cached()
        .needs(&[Feature::Discovery]),
    row("disc-issuer-case-port", Discovery, Low, &["OIDCD-4.3"],
        "host in upper case, or :443 added",
        Expect::Reject, Lies(&[
            |_| vec![discovery().set("issuer", Value::SwapCase)],
            |_| vec![discovery().set("issuer", Value::append(":443"))],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-issuer-missing-or-type", Discovery, Medium, &["OIDCD-3"],
        "no issuer; or number/array/null",
        Expect::Reject, Lies(&[
            |_| vec![discovery().omit("issuer")],
            |_| vec![discovery().set("issuer", 1)],
            |_| vec![discovery().set("issuer", Value::list([Value::Honest]))],
            |_| vec![discovery().set("issuer", json!(null))],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-issuer-query-fragment", Discovery, Medium, &["OIDCD-3"],
        "issuer with ?x=1 or #f",
        Expect::Reject, Lies(&[
            |_| vec![discovery().set("issuer", Value::append("?x=1"))],
            |_| vec![discovery().set("issuer", Value::append("#f"))],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-ssrf-scheme", Discovery, High, &["OIDCD-3"],
        "jwks_uri/token_endpoint = file:///etc/passwd, gopher:, data:, unix:",
        Expect::Reject, Lies(&[
            |lab| vec![discovery().set(place_that_is_asked(lab), "file:///etc/passwd")],
            |_| vec![discovery().set("token_endpoint", "gopher://127.0.0.1/")],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-ssrf-internal", Discovery, Medium, &[],
        "endpoint on another loopback port / link-local IP literal",
        Expect::Clean, Lies(&[
            |_| vec![discovery().set("jwks_uri", "http://169.254.169.254/")],
        ]))
        .either().stays_cached()
        .needs(&[Feature::Discovery]),
    row("disc-redirect-crosshost", Discovery, Medium, &["OIDCD-4.1"],
        "302 to another host",
        Expect::Reject, Lies(&[
            |lab| vec![discovery().redirect(302, lab.canary.url("/")).instead()],
        ]))
        .either()
        .needs(&[Feature::Discovery]),
    row("disc-redirect-loop", Discovery, Medium, &[],
        "302 to itself",
        Expect::Bound, Lies(&[
            |lab| vec![discovery().redirect(302, lab.provider.discovery_url()).instead()],
        ]))
        .needs(&[Feature::Discovery])
        .should(),
    row("disc-slow-drip", Discovery, Medium, &[],
        "1 byte/s, or headers then nothing",
        Expect::Bound, Lies(&[
            |_| vec![discovery().drip(Duration::from_secs(1))],
            |_| vec![discovery().silence_after_headers()],
        ]))
        .needs(&[Feature::Discovery])
        .should(),
    row("disc-oversize", Discovery, Medium, &[],
        "10 MB JSON, valid",
        Expect::Bound, Lies(&[
            |_| vec![discovery().set("x", Value::repeated("a", 10_000_000))],
        ]))
        .needs(&[Feature::Discovery])
        .should(),
    row("disc-gzip-bomb", Discovery, Medium, &[],
        "Content-Encoding: gzip, 10 MB → 10 GB",
        Expect::Bound, Lies(&[
            |_| vec![discovery().gzip(1 << 30)],
        ]))
        .needs(&[Feature::Discovery])
        .should(),
    row("disc-deep-json", Discovery, Medium, &[],
        "100 000 nested arrays",
        Expect::Clean, Lies(&[
            |_| vec![discovery().set("x", Value::Nested(100_000))],
            |_| vec![discovery().spoil(Spoil::Nested(100_000))],
        ]))
        .needs(&[Feature::Discovery])
        .should(),
    row("disc-html-200", Discovery, Low, &["OIDCD-4.2"],
        "200 text/html captive-portal page",
        Expect::Reject, Lies(&[
            |_| vec![discovery().body("text/html", "<h1>Log in to this network</h1>")],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-content-type", Discovery, Low, &["OIDCD-4.2"],
        "right JSON, text/plain",
        Expect::Clean, Lies(&[
            |_| vec![discovery().header("content-type", "text/plain")],
        ]))
        .either()
        .needs(&[Feature::Discovery]),
    row("disc-dup-member", Discovery, Medium, &["RFC8259-4", "RFC7515-10.12"],
        "issuer (or token_endpoint) twice with different values",
        Expect::Reject, Lies(&[
            |lab| vec![discovery().double_with("issuer", lab.canary.url("/"))],
            |lab| vec![discovery().double_before("token_endpoint", lab.canary.url("/"))],
        ]))
        .should()
        .needs(&[Feature::Discovery]),
    row("disc-missing-required", Discovery, Medium, &["OIDCD-3"],
        "no jwks_uri / authorization_endpoint / token_endpoint",
        Expect::Reject, Lies(&[
            |lab| vec![discovery().omit(place_that_is_asked(lab))],
            |_| vec![discovery().omit("authorization_endpoint")],
            |_| vec![discovery().omit("token_endpoint")],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-unknown-members", Discovery, Low, &["OIDCD-3"],
        "unknown members, explicit nulls, empty arrays, x- extensions",
        Expect::Accept, Lies(&[
            |_| vec![discovery().set("x-new", json!({"a": [1]})).set("op_policy_uri", json!(null)) .set("claims_supported", json!([]))],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-algs-none-only", Discovery, High, &["RFC8725-3.1", "RFC8725-3.2", "ASVS-9.1.2"],
        "id_token_signing_alg_values_supported: [\"none\"]; token alg none",
        Expect::Reject, Lies(&[
            |_| vec![discovery().set("id_token_signing_alg_values_supported", json!(["none"])), id_token().sign_with(Signing::None("none".into()))],
        ]))
        .stays_cached()
        .needs(&[Feature::Discovery, Signatures]),
    row("disc-algs-downgrade", Discovery, High, &["OIDCC-3.1.3.7-7", "OIDCC-3.1.3.7-8", "RFC8725-3.1"],
        "metadata drops RS256, lists HS256; token HS256 with client_secret",
        Expect::Reject, Lies(&[
            |_| vec![discovery().set("id_token_signing_alg_values_supported", json!(["HS256"])), id_token().sign_with(Signing::HmacClientSecret)],
        ]))
        .stays_cached()
        .needs(&[Feature::Discovery, Signatures]),
    row("disc-pkce-absent", Discovery, Low, &["RFC9700-2.1.1", "RFC7636-5"],
        "no code_challenge_methods_supported",
        Expect::Answers(&[Question::UsedPkceS256]), Lies(&[
            |_| vec![discovery().omit("code_challenge_methods_supported")],
        ]))
        .should()
        .needs(&[Feature::Discovery]),
    row("disc-pkce-plain-only", Discovery, Medium, &["RFC7636-4.2", "RFC7636-7.2", "RFC9700-2.1.1"],
        "[\"plain\"]",
        Expect::Answers(&[Question::UsedPkceS256]), Lies(&[
            |_| vec![discovery().set("code_challenge_methods_supported", json!(["plain"]))],
        ]))
        .should()
        .needs(&[Feature::Discovery]),
    row("disc-authmethod-none", Discovery, Medium, &["OIDCC-9", "OIDCD-3"],
        "token_endpoint_auth_methods_supported: [\"none\"] for a confidential client",
        Expect::Holds(never_without_secret,
            "send the secret all the same, or stop"), Lies(&[
            |_| vec![discovery().set("token_endpoint_auth_methods_supported", json!(["none"]))],
        ]))
        .needs(&[Feature::Discovery]),
];
