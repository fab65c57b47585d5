//! C1: discovery and metadata.

use std::time::Duration;

use mock_idp::{Spoil, Value, discovery};
use serde_json::json;

use super::stage::{End, Look::Discovery, Row, play};

const EVIL: &str = "https://evil.example";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("disc-issuer-mismatch", Discovery,
        |_| vec![discovery().set("issuer", Value::append("INVALID"))],
        |seen, stage| seen.json()["issuer"] == format!("{}INVALID", stage.idp.issuer())),
    ("disc-issuer-other-op", Discovery, |_| vec![discovery().set("issuer", EVIL)],
        |seen, _| seen.json()["issuer"] == EVIL),
    ("disc-issuer-slash", Discovery, |_| vec![discovery().set("issuer", Value::append("/"))],
        |seen, stage| seen.json()["issuer"] == format!("{}/", stage.idp.issuer())),
    ("disc-issuer-case-port", Discovery, |_| vec![discovery().set("issuer", Value::SwapCase)],
        |seen, stage| seen.json()["issuer"] == stage.idp.issuer().to_uppercase()),
    ("disc-issuer-case-port", Discovery, |_| vec![discovery().set("issuer", Value::append(":443"))],
        |seen, _| seen.json()["issuer"].as_str().unwrap().ends_with(":443")),
    ("disc-issuer-missing-or-type", Discovery, |_| vec![discovery().omit("issuer")],
        |seen, _| seen.json().get("issuer").is_none()),
    ("disc-issuer-missing-or-type", Discovery, |_| vec![discovery().set("issuer", 1)],
        |seen, _| seen.json()["issuer"] == 1),
    ("disc-issuer-missing-or-type", Discovery,
        |_| vec![discovery().set("issuer", Value::list([Value::Honest]))],
        |seen, stage| seen.json()["issuer"] == json!([stage.idp.issuer()])),
    ("disc-issuer-missing-or-type", Discovery, |_| vec![discovery().set("issuer", json!(null))],
        |seen, _| seen.json()["issuer"].is_null() && seen.count("issuer") == 1),
    ("disc-issuer-query-fragment", Discovery,
        |_| vec![discovery().set("issuer", Value::append("?x=1"))],
        |seen, _| seen.json()["issuer"].as_str().unwrap().ends_with("?x=1")),
    ("disc-issuer-query-fragment", Discovery,
        |_| vec![discovery().set("issuer", Value::append("#f"))],
        |seen, _| seen.json()["issuer"].as_str().unwrap().ends_with("#f")),
    ("disc-endpoint-http", Discovery,
        |_| vec![discovery().set("token_endpoint", "http://op.example/token")],
        |seen, _| seen.json()["token_endpoint"] == "http://op.example/token"),
    ("disc-endpoint-http", Discovery,
        |_| vec![discovery().set("userinfo_endpoint", "http://op.example/userinfo")],
        |seen, _| seen.json()["userinfo_endpoint"] == "http://op.example/userinfo"),
    ("disc-ssrf-scheme", Discovery, |_| vec![discovery().set("jwks_uri", "file:///etc/passwd")],
        |seen, _| seen.json()["jwks_uri"] == "file:///etc/passwd"),
    ("disc-ssrf-scheme", Discovery,
        |_| vec![discovery().set("token_endpoint", "gopher://127.0.0.1/")],
        |seen, _| seen.json()["token_endpoint"] == "gopher://127.0.0.1/"),
    ("disc-ssrf-internal", Discovery,
        |_| vec![discovery().set("jwks_uri", "http://169.254.169.254/")],
        |seen, _| seen.json()["jwks_uri"] == "http://169.254.169.254/"),
    ("disc-redirect-downgrade", Discovery,
        |_| vec![discovery().redirect(302, "http://op.example/").instead()],
        |seen, _| seen.status() == 302 && seen.header("location") == "http://op.example/"),
    ("disc-redirect-crosshost", Discovery, |_| vec![discovery().redirect(302, EVIL).instead()],
        |seen, _| seen.status() == 302 && seen.header("location") == EVIL),
    ("disc-redirect-loop", Discovery,
        |stage| vec![discovery().redirect(302, stage.idp.discovery_url()).instead()],
        |seen, stage| seen.status() == 302 && seen.header("location") == stage.idp.discovery_url()),
    ("disc-unavailable-start", Discovery, |_| vec![discovery().reset().once()],
        |seen, stage| seen.end == End::Reset
            && stage.get("/.well-known/openid-configuration").status() == 200),
    ("disc-unavailable-start", Discovery, |_| vec![discovery().status(503).instead().once()],
        |seen, stage| seen.status() == 503
            && stage.get("/.well-known/openid-configuration").status() == 200),
    ("disc-unavailable-login", Discovery, |_| vec![discovery().status(500).instead()],
        |seen, _| seen.status() == 500),
    ("disc-unavailable-login", Discovery, |_| vec![discovery().silence()],
        |seen, _| seen.end == End::Silence && seen.raw.is_empty()),
    ("disc-slow-drip", Discovery, |_| vec![discovery().drip(Duration::from_secs(1))],
        |seen, _| seen.end == End::Silence && seen.status() == 200 && seen.body().len() < 5),
    ("disc-slow-drip", Discovery, |_| vec![discovery().silence_after_headers()],
        |seen, _| seen.end == End::Silence && seen.status() == 200 && seen.body().is_empty()),
    ("disc-oversize", Discovery, |_| vec![discovery().set("x", Value::repeated("a", 50_000_000))],
        |seen, _| seen.body().len() > 50_000_000 && seen.text().trim_end().ends_with('}')),
    ("disc-gzip-bomb", Discovery, |_| vec![discovery().gzip(1 << 30)],
        |seen, _| seen.header("content-encoding") == "gzip"
            && seen.body().starts_with(&[0x1f, 0x8b])
            && seen.body().len() < 2 << 20),
    ("disc-deep-json", Discovery, |_| vec![discovery().set("x", Value::Nested(100_000))],
        |seen, _| seen.text().contains(&"[".repeat(100_000))),
    ("disc-deep-json", Discovery, |_| vec![discovery().spoil(Spoil::Nested(100_000))],
        |seen, _| seen.text() == "[".repeat(100_000) + &"]".repeat(100_000)),
    ("disc-html-200", Discovery,
        |_| vec![discovery().body("text/html", "<h1>Log in to this network</h1>")],
        |seen, _| seen.status() == 200 && seen.header("content-type") == "text/html"
            && seen.text().starts_with("<h1>")),
    ("disc-content-type", Discovery, |_| vec![discovery().header("content-type", "text/plain")],
        |seen, stage| seen.header("content-type") == "text/plain"
            && seen.json()["issuer"] == stage.idp.issuer()),
    ("disc-dup-member", Discovery, |_| vec![discovery().double_with("issuer", EVIL)],
        |seen, _| seen.count("issuer") == 2 && seen.json()["issuer"] == EVIL),
    ("disc-dup-member", Discovery, |_| vec![discovery().double_before("token_endpoint", EVIL)],
        |seen, _| seen.count("token_endpoint") == 2 && seen.json()["token_endpoint"] != EVIL),
    ("disc-missing-required", Discovery, |_| vec![discovery().omit("jwks_uri")],
        |seen, _| seen.count("jwks_uri") == 0),
    ("disc-missing-required", Discovery, |_| vec![discovery().omit("authorization_endpoint")],
        |seen, _| seen.count("authorization_endpoint") == 0),
    ("disc-missing-required", Discovery, |_| vec![discovery().omit("token_endpoint")],
        |seen, _| seen.count("token_endpoint") == 0),
    ("disc-unknown-members", Discovery,
        |_| vec![discovery().set("x-new", json!({"a": [1]})).set("op_policy_uri", json!(null))
            .set("claims_supported", json!([]))],
        |seen, _| seen.json()["x-new"]["a"][0] == 1 && seen.json()["op_policy_uri"].is_null()
            && seen.json()["claims_supported"] == json!([])),
    ("disc-endpoint-crosshost", Discovery,
        |_| vec![discovery().set("token_endpoint", "https://other.example/token")
            .set("jwks_uri", "https://keys.example/")],
        |seen, _| seen.json()["token_endpoint"] == "https://other.example/token"
            && seen.json()["jwks_uri"] == "https://keys.example/"),
    ("disc-algs-none-only", Discovery,
        |_| vec![discovery().set("id_token_signing_alg_values_supported", json!(["none"]))],
        |seen, _| seen.json()["id_token_signing_alg_values_supported"] == json!(["none"])),
    ("disc-algs-downgrade", Discovery,
        |_| vec![discovery().set("id_token_signing_alg_values_supported", json!(["HS256"]))],
        |seen, _| seen.json()["id_token_signing_alg_values_supported"] == json!(["HS256"])),
    ("disc-pkce-absent", Discovery, |_| vec![discovery().omit("code_challenge_methods_supported")],
        |seen, _| seen.count("code_challenge_methods_supported") == 0),
    ("disc-pkce-plain-only", Discovery,
        |_| vec![discovery().set("code_challenge_methods_supported", json!(["plain"]))],
        |seen, _| seen.json()["code_challenge_methods_supported"] == json!(["plain"])),
    ("disc-authmethod-none", Discovery,
        |_| vec![discovery().set("token_endpoint_auth_methods_supported", json!(["none"]))],
        |seen, _| seen.json()["token_endpoint_auth_methods_supported"] == json!(["none"])),
    ("disc-swap-midflow", Discovery, |_| vec![discovery().set("token_endpoint", EVIL).nth(2)],
        |seen, stage| seen.json()["token_endpoint"] != EVIL
            && stage.get("/.well-known/openid-configuration").json()["token_endpoint"] == EVIL),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
