//! C7: the `UserInfo` endpoint.

use std::time::Duration;

use jsonwebtoken::Algorithm::RS256;
use mock_idp::{Place, Signing, Value, WrongEncoding, userinfo};
use serde_json::json;

use super::stage::Look::UserInfo;
use super::stage::{End, Row, play};
use super::verify::is_right;

/// `{"alg":"none"}` and `{"sub":"x"}`.
const UNSIGNED: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
const EVIL: &str = "https://evil.example/userinfo";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("ui-sub-mismatch", UserInfo, |_| vec![userinfo().set("sub", Value::append("invalid"))],
        |seen, _| seen.json()["sub"].as_str().unwrap().ends_with("invalid")),
    ("ui-sub-missing", UserInfo, |_| vec![userinfo().omit("sub")],
        |seen, _| seen.count("sub") == 0 && seen.count("email") == 1),
    ("ui-sub-array", UserInfo,
        |_| vec![userinfo().set("sub", Value::list([Value::Honest, "victim".into()]))],
        |seen, _| seen.json()["sub"][1] == "victim"),
    ("ui-sub-array", UserInfo,
        |_| vec![userinfo().set("sub", Value::list(["victim".into(), Value::Honest]))],
        |seen, _| seen.json()["sub"][0] == "victim"),
    ("ui-sub-dup", UserInfo, |_| vec![userinfo().double_with("sub", "victim")],
        |seen, _| seen.count("sub") == 2 && seen.json()["sub"] == "victim"),
    ("ui-sub-dup", UserInfo, |_| vec![userinfo().double_before("sub", "victim")],
        |seen, _| seen.count("sub") == 2 && seen.json()["sub"] != "victim"),
    ("ui-victim-profile", UserInfo,
        |_| vec![userinfo().set("name", "Victim").set("preferred_username", "victim")
            .set("email", "victim@example.com")],
        |seen, _| seen.json()["name"] == "Victim" && seen.json()["email"] == "victim@example.com"),
    ("ui-overrides-idtoken", UserInfo,
        |_| vec![userinfo().set("iss", "https://evil.example").set("aud", "x").set("acr", "9")
            .set("email_verified", true).set("groups", json!(["admin"]))],
        |seen, _| seen.json()["iss"] == "https://evil.example"
            && seen.json()["groups"][0] == "admin"),
    ("ui-401", UserInfo,
        |_| vec![userinfo().status(401).header("www-authenticate", "Bearer error=\"invalid_token\"")
            .instead()],
        |seen, _| seen.status() == 401
            && seen.header("www-authenticate").contains("invalid_token")),
    ("ui-403", UserInfo,
        |_| vec![userinfo().status(403)
            .header("www-authenticate", "Bearer error=\"insufficient_scope\"").instead()],
        |seen, _| seen.status() == 403),
    ("ui-5xx-slow-huge", UserInfo, |_| vec![userinfo().status(500).instead()],
        |seen, _| seen.status() == 500),
    ("ui-5xx-slow-huge", UserInfo, |_| vec![userinfo().drip(Duration::from_secs(1))],
        |seen, _| seen.end == End::Silence && seen.body().len() < 5),
    ("ui-5xx-slow-huge", UserInfo, |_| vec![userinfo().repeat(50_000_000)],
        |seen, _| seen.body().len() == 50_000_000),
    ("ui-5xx-slow-huge", UserInfo, |_| vec![userinfo().truncate(10)],
        |seen, _| seen.end == End::Closed && seen.body().len() == 10),
    ("ui-html-or-error-200", UserInfo, |_| vec![userinfo().body("text/html", "<h1>Hello</h1>")],
        |seen, _| seen.status() == 200 && seen.text() == "<h1>Hello</h1>"),
    ("ui-html-or-error-200", UserInfo,
        |_| vec![userinfo().body("application/json", r#"{"error":"server_error"}"#)],
        |seen, _| seen.status() == 200 && seen.json()["error"] == "server_error"),
    ("ui-html-or-error-200", UserInfo, |_| vec![userinfo().status(204)],
        |seen, _| seen.status() == 204 && seen.body().is_empty()),
    ("ui-redirect-crosshost", UserInfo, |_| vec![userinfo().redirect(302, EVIL).instead()],
        |seen, _| seen.status() == 302 && seen.header("location") == EVIL),
    ("ui-redirect-crosshost", UserInfo, |_| vec![userinfo().redirect(307, EVIL).instead()],
        |seen, _| seen.status() == 307 && seen.header("location") == EVIL),
    ("ui-jwt-ok", UserInfo,
        |stage| vec![userinfo().set("iss", stage.idp.issuer()).set("aud", "app")
            .encode(WrongEncoding::Jwt)],
        |seen, stage| seen.header("content-type") == "application/jwt"
            && seen.claims()["aud"] == "app" && is_right(seen, stage, RS256)),
    ("ui-jwt-none", UserInfo,
        |_| vec![userinfo().encode(WrongEncoding::Jwt).sign_with(Signing::None("none".into()))],
        |seen, _| seen.jose()["alg"] == "none" && seen.token().ends_with('.')),
    ("ui-jwt-bad-sig", UserInfo,
        |_| vec![userinfo().encode(WrongEncoding::Jwt).sign_with(Signing::Flip)],
        |seen, stage| seen.jose()["alg"] == "RS256" && !is_right(seen, stage, RS256)),
    ("ui-jwt-wrong-iss-aud", UserInfo,
        |_| vec![userinfo().set("iss", "https://evil.example").set("aud", "other")
            .encode(WrongEncoding::Jwt)],
        |seen, stage| seen.claims()["iss"] == "https://evil.example"
            && seen.claims()["aud"] == "other" && is_right(seen, stage, RS256)),
    ("ui-jwt-unexpected", UserInfo, |_| vec![userinfo().encode(WrongEncoding::Jwt)],
        |seen, stage| seen.claims()["sub"].is_string() && is_right(seen, stage, RS256)),
    ("ui-plain-when-signed", UserInfo, |_| vec![userinfo().encode(WrongEncoding::Json)],
        |seen, _| seen.header("content-type").starts_with("application/json")
            && seen.json()["sub"].is_string()),
    ("ui-idtoken-as-userinfo", UserInfo,
        |_| vec![userinfo().set("nonce", "n").set("aud", "app").set("at_hash", "h")
            .set("exp", 9_999_999_999_i64).encode(WrongEncoding::Jwt)],
        |seen, stage| seen.claims()["nonce"] == "n" && is_right(seen, stage, RS256)),
    ("ui-aggregated-unsigned", UserInfo,
        |_| vec![userinfo().set("_claim_names", json!({"age": "src"}))
            .set("_claim_sources", json!({"src": {"JWT": UNSIGNED}}))],
        |seen, _| seen.json()["_claim_sources"]["src"]["JWT"].as_str().unwrap().ends_with('.')),
    ("ui-distributed-ssrf", UserInfo,
        |_| vec![userinfo().set("_claim_names", json!({"age": "src"}))
            .set("_claim_sources", json!({"src": {"endpoint": "http://127.0.0.1:9/"}}))],
        |seen, _| seen.json()["_claim_sources"]["src"]["endpoint"] == "http://127.0.0.1:9/"),
    ("ui-fewer-claims", UserInfo, |_| vec![userinfo().omit("email").omit("name")],
        |seen, _| seen.json()["sub"].is_string() && seen.count("email") == 0
            && seen.count("name") == 0),
    ("ui-idtoken-as-userinfo", UserInfo,
        |_| vec![userinfo().set("token", Value::earlier(Place::Token, "id_token"))],
        |seen, _| seen.json()["token"].as_str().unwrap().split('.').count() == 3),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
