//! C3: the token endpoint.

use std::time::Duration;

use mock_idp::{Serialization, Value, WrongEncoding, id_token, token};
use serde_json::json;

use super::stage::Look::Token;
use super::stage::{End, Row, play};

const EVIL: &str = "https://evil.example/token";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("te-no-idtoken", Token, |_| vec![token().omit("id_token")],
        |seen, _| seen.count("id_token") == 0 && seen.count("access_token") == 1),
    ("te-idtoken-type", Token, |_| vec![token().set("id_token", json!(null))],
        |seen, _| seen.json()["id_token"].is_null()),
    ("te-idtoken-type", Token, |_| vec![token().set("id_token", "")],
        |seen, _| seen.json()["id_token"] == ""),
    ("te-idtoken-type", Token, |_| vec![token().set("id_token", Value::list([Value::Honest]))],
        |seen, _| seen.json()["id_token"][0].as_str().unwrap().split('.').count() == 3),
    ("te-idtoken-type", Token, |_| vec![token().set("id_token", 7)],
        |seen, _| seen.json()["id_token"] == 7),
    ("te-idtoken-garbage", Token, |_| vec![id_token().serialize(Serialization::Text("abc".into()))],
        |seen, _| seen.token() == "abc"),
    ("te-idtoken-garbage", Token, |_| vec![id_token().serialize(Serialization::Parts(2))],
        |seen, _| seen.token().split('.').count() == 2),
    ("te-idtoken-garbage", Token, |_| vec![id_token().serialize(Serialization::Parts(4))],
        |seen, _| seen.token().split('.').count() == 4),
    ("te-idtoken-garbage", Token, |_| vec![id_token().serialize(Serialization::Parts(6))],
        |seen, _| seen.token().split('.').count() == 6),
    ("te-access-token-missing", Token, |_| vec![token().omit("access_token")],
        |seen, _| seen.count("access_token") == 0),
    ("te-token-type-missing", Token, |_| vec![token().omit("token_type")],
        |seen, _| seen.count("token_type") == 0),
    ("te-token-type-other", Token, |_| vec![token().set("token_type", "MAC")],
        |seen, _| seen.json()["token_type"] == "MAC"),
    ("te-token-type-other", Token, |_| vec![token().set("token_type", "N_A")],
        |seen, _| seen.json()["token_type"] == "N_A"),
    ("te-token-type-case", Token, |_| vec![token().set("token_type", Value::SwapCase)],
        |seen, _| seen.json()["token_type"] == "bEARER"),
    ("te-expires-missing", Token, |_| vec![token().omit("expires_in").omit("scope")],
        |seen, _| seen.count("expires_in") == 0 && seen.count("scope") == 0),
    ("te-expires-odd", Token, |_| vec![token().set("expires_in", Value::Quoted)],
        |seen, _| seen.json()["expires_in"].is_string()),
    ("te-expires-odd", Token, |_| vec![token().set("expires_in", 0)],
        |seen, _| seen.json()["expires_in"] == 0),
    ("te-expires-odd", Token, |_| vec![token().set("expires_in", -1)],
        |seen, _| seen.json()["expires_in"] == -1),
    ("te-expires-odd", Token, |_| vec![token().set("expires_in", Value::raw("1e30"))],
        |seen, _| seen.text().contains(": 1e30")),
    ("te-expires-odd", Token, |_| vec![token().set("expires_in", Value::suffix(".5"))],
        |seen, _| seen.json()["expires_in"].as_f64().unwrap().fract() > 0.4),
    ("te-scope-less", Token, |_| vec![token().set("scope", "openid")],
        |seen, _| seen.json()["scope"] == "openid"),
    ("te-error-invalid-grant", Token,
        |_| vec![token().status(400).body("application/json", r#"{"error":"invalid_grant"}"#)
            .instead()],
        |seen, _| seen.status() == 400 && seen.json()["error"] == "invalid_grant"),
    ("te-error-invalid-client", Token,
        |_| vec![token().status(401).header("www-authenticate", "Basic")
            .body("application/json", r#"{"error":"invalid_client"}"#).instead()],
        |seen, _| seen.status() == 401 && seen.header("www-authenticate") == "Basic"),
    ("te-error-in-200", Token,
        |_| vec![token().body("application/json", r#"{"error":"invalid_grant"}"#)],
        |seen, _| seen.status() == 200 && seen.json() == json!({"error": "invalid_grant"})),
    ("te-error-and-token", Token, |_| vec![token().status(400)],
        |seen, _| seen.status() == 400 && seen.count("id_token") == 1),
    ("te-error-and-token", Token, |_| vec![token().set("error", "invalid_grant")],
        |seen, _| seen.status() == 200 && seen.count("id_token") == 1
            && seen.json()["error"] == "invalid_grant"),
    ("te-error-html", Token,
        |_| vec![token().status(400).body("text/html", "<h1>Bad Request</h1>")],
        |seen, _| seen.status() == 400 && seen.text() == "<h1>Bad Request</h1>"),
    ("te-error-html", Token,
        |_| vec![token().status(500).body("text/html", "<h1>Oops</h1>").instead()],
        |seen, _| seen.status() == 500 && seen.text() == "<h1>Oops</h1>"),
    ("te-5xx-retry-after", Token,
        |_| vec![token().status(503).header("retry-after", "1").instead().once()],
        |seen, stage| seen.status() == 503 && seen.header("retry-after") == "1"
            && stage.token().status() == 200),
    ("te-redirect-302", Token, |_| vec![token().redirect(302, EVIL).instead()],
        |seen, _| seen.status() == 302 && seen.header("location") == EVIL),
    ("te-redirect-307", Token, |_| vec![token().redirect(307, EVIL).instead()],
        |seen, _| seen.status() == 307 && seen.header("location") == EVIL),
    ("te-redirect-307", Token, |_| vec![token().redirect(308, "http://evil.example/").instead()],
        |seen, _| seen.status() == 308 && seen.header("location") == "http://evil.example/"),
    ("te-content-type", Token, |_| vec![token().header("content-type", "text/html")],
        |seen, _| seen.header("content-type") == "text/html" && seen.count("id_token") == 1),
    ("te-content-type", Token, |_| vec![token().omit_header("content-type")],
        |seen, _| seen.header("content-type").is_empty() && seen.count("id_token") == 1),
    ("te-form-encoded", Token, |_| vec![token().encode(WrongEncoding::Form)],
        |seen, _| seen.header("content-type") == "application/x-www-form-urlencoded"
            && seen.text().contains("&id_token=ey")),
    ("te-truncated", Token, |_| vec![token().truncate(30)],
        |seen, _| seen.end == End::Closed && seen.body().len() == 30
            && seen.header("content-length") != "30"),
    ("te-truncated", Token, |_| vec![token().content_length(1_000_000)],
        |seen, _| seen.end == End::Closed && seen.header("content-length") == "1000000"
            && seen.body().len() < 10_000),
    ("te-truncated", Token, |_| vec![token().content_length(30)],
        |seen, _| seen.header("content-length") == "30" && seen.body().len() == 30),
    ("te-truncated", Token, |_| vec![token().spoil(mock_idp::Spoil::Cut(40))],
        |seen, _| seen.header("content-length") == "40"
            && serde_json::from_slice::<serde_json::Value>(seen.body()).is_err()),
    ("te-truncated", Token, |_| vec![token().reset_in_body(30)],
        |seen, _| seen.end == End::Reset && seen.body().len() <= 30),
    ("te-truncated", Token, |_| vec![token().reset_in_headers()],
        |seen, _| seen.end == End::Reset && seen.body().is_empty()),
    ("te-slow", Token, |_| vec![token().silence()],
        |seen, _| seen.end == End::Silence && seen.raw.is_empty()),
    ("te-slow", Token, |_| vec![token().drip(Duration::from_secs(1))],
        |seen, _| seen.end == End::Silence && seen.body().len() < 5),
    ("te-oversize", Token, |_| vec![token().repeat(100_000_000)],
        |seen, _| seen.body().len() == 100_000_000),
    ("te-oversize", Token, |_| vec![token().gzip(1 << 30)],
        |seen, _| seen.header("content-encoding") == "gzip" && seen.body().len() < 2 << 20),
    ("te-dup-member", Token, |_| vec![token().double_before("id_token", "bad")],
        |seen, _| seen.count("id_token") == 2 && seen.token() != "bad"),
    ("te-dup-member", Token, |_| vec![token().double_with("id_token", "bad")],
        |seen, _| seen.count("id_token") == 2 && seen.token() == "bad"),
    ("te-no-double-exchange", Token, |_| vec![token().delay(Duration::from_millis(50))],
        |seen, stage| seen.status() == 200
            && stage.idp.requests().to(mock_idp::Place::Token).len() == 1),
    ("te-refresh-unasked", Token, |_| vec![token().set("refresh_token", "unasked")],
        |seen, _| seen.json()["refresh_token"] == "unasked"),
    ("te-cache-headers", Token, |_| vec![token().omit_header("cache-control")],
        |seen, _| seen.status() == 200 && seen.header("cache-control").is_empty()),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
