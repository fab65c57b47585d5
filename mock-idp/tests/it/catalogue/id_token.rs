//! C6: the claims of an ID token.

use std::time::Duration;

use jsonwebtoken::Algorithm::{RS256, RS512};
use mock_idp::{Algorithm, Place, Signing, Value, authorization, id_token, token};
use serde_json::json;

use super::stage::Look::{Again, Token};
use super::stage::{Row, Seen, play};
use super::verify::is_right;

/// Seconds since 1970, when the token was issued.
fn issued_at(seen: &Seen) -> i64 {
    seen.claims()["iat"].as_i64().unwrap()
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("idt-iss-wrong", Token, |_| vec![id_token().set("iss", Value::append("1"))],
        |seen, stage| seen.claims()["iss"] == format!("{}1", stage.idp.issuer())
            && is_right(seen, stage, RS256)),
    ("idt-iss-missing", Token, |_| vec![id_token().omit("iss")],
        |seen, _| seen.claims().get("iss").is_none()),
    ("idt-iss-empty-or-type", Token, |_| vec![id_token().set("iss", "")],
        |seen, _| seen.claims()["iss"] == ""),
    ("idt-iss-empty-or-type", Token, |_| vec![id_token().set("iss", Value::list([Value::Honest]))],
        |seen, stage| seen.claims()["iss"] == json!([stage.idp.issuer()])),
    ("idt-iss-empty-or-type", Token, |_| vec![id_token().set("iss", json!({}))],
        |seen, _| seen.claims()["iss"] == json!({})),
    ("idt-iss-empty-or-type", Token, |_| vec![id_token().set("iss", 1)],
        |seen, _| seen.claims()["iss"] == 1),
    ("idt-iss-slash", Token, |_| vec![id_token().set("iss", Value::append("/"))],
        |seen, stage| seen.claims()["iss"] == format!("{}/", stage.idp.issuer())),
    ("idt-sub-missing", Token, |_| vec![id_token().omit("sub")],
        |seen, stage| seen.claims().get("sub").is_none() && is_right(seen, stage, RS256)),
    ("idt-sub-empty-or-type", Token, |_| vec![id_token().set("sub", "")],
        |seen, _| seen.claims()["sub"] == ""),
    ("idt-sub-empty-or-type", Token, |_| vec![id_token().set("sub", json!(null))],
        |seen, _| seen.claims()["sub"].is_null()),
    ("idt-sub-empty-or-type", Token, |_| vec![id_token().set("sub", 7)],
        |seen, _| seen.claims()["sub"] == 7),
    ("idt-sub-empty-or-type", Token,
        |_| vec![id_token().set("sub", Value::list([Value::Honest, "victim".into()]))],
        |seen, _| seen.claims()["sub"][1] == "victim"),
    ("idt-sub-empty-or-type", Token, |_| vec![id_token().set("sub", true)],
        |seen, _| seen.claims()["sub"] == true),
    ("idt-sub-long", Token, |_| vec![id_token().set("sub", Value::repeated("s", 255))],
        |seen, _| seen.claims()["sub"].as_str().unwrap().len() == 255),
    ("idt-sub-too-long", Token, |_| vec![id_token().set("sub", Value::repeated("s", 4096))],
        |seen, _| seen.claims()["sub"].as_str().unwrap().len() == 4096),
    ("idt-sub-case", Token, |_| vec![id_token().set("sub", "ALICE")],
        |seen, _| seen.claims()["sub"] == "ALICE"),
    ("idt-sub-unicode", Token, |_| vec![id_token().set("sub", "ali\u{301}ce ")],
        |seen, _| seen.claims()["sub"] == "ali\u{301}ce "),
    ("idt-sub-unicode", Token, |_| vec![id_token().set("sub", "al\u{200b}ice\0")],
        |seen, _| seen.claims()["sub"] == "al\u{200b}ice\0"),
    ("idt-aud-wrong", Token, |_| vec![id_token().set("aud", Value::append("1"))],
        |seen, _| seen.claims()["aud"] == "app1"),
    ("idt-aud-missing", Token, |_| vec![id_token().omit("aud")],
        |seen, _| seen.claims().get("aud").is_none()),
    ("idt-aud-other-client", Token, |_| vec![id_token().set("aud", "another app")],
        |seen, stage| seen.claims()["aud"] == "another app" && is_right(seen, stage, RS256)),
    ("idt-aud-wrong-azp-self", Token,
        |_| vec![id_token().set("aud", "another app").set("azp", Value::request("client_id"))],
        |seen, _| seen.claims()["aud"] == "another app" && seen.claims()["azp"] == "app"),
    ("idt-aud-empty-array", Token, |_| vec![id_token().set("aud", json!([]))],
        |seen, _| seen.claims()["aud"] == json!([])),
    ("idt-aud-empty-array", Token, |_| vec![id_token().set("aud", json!([""]))],
        |seen, _| seen.claims()["aud"] == json!([""])),
    ("idt-aud-empty-array", Token, |_| vec![id_token().set("aud", json!(null))],
        |seen, _| seen.claims()["aud"].is_null()),
    ("idt-aud-prefix-case", Token, |_| vec![id_token().set("aud", Value::SwapCase)],
        |seen, _| seen.claims()["aud"] == "APP"),
    ("idt-aud-prefix-case", Token, |_| vec![id_token().set("aud", "ap")],
        |seen, _| seen.claims()["aud"] == "ap"),
    ("idt-aud-array-one", Token, |_| vec![id_token().set("aud", Value::list([Value::Honest]))],
        |seen, _| seen.claims()["aud"] == json!(["app"])),
    ("idt-aud-untrusted-extra", Token,
        |_| vec![id_token().set("aud", Value::list([Value::Honest, "other".into()]))],
        |seen, _| seen.claims()["aud"] == json!(["app", "other"])),
    ("idt-azp-other", Token, |_| vec![id_token().set("azp", "other")],
        |seen, _| seen.claims()["aud"] == "app" && seen.claims()["azp"] == "other"),
    ("idt-azp-self-multi", Token,
        |_| vec![id_token().set("aud", Value::list([Value::Honest, "other".into()]))
            .set("azp", Value::request("client_id"))],
        |seen, _| seen.claims()["aud"][1] == "other" && seen.claims()["azp"] == "app"),
    ("idt-exp-past", Token, |_| vec![id_token().shift("exp", -86_400)],
        |seen, _| seen.claims()["exp"].as_i64().unwrap() < issued_at(seen) - 80_000),
    ("idt-exp-skew-sweep", Token,
        |stage| { stage.idp.clock().freeze(); vec![id_token().shift("exp", -3_600 - 300)] },
        |seen, _| issued_at(seen) - seen.claims()["exp"].as_i64().unwrap() >= 300),
    ("idt-exp-missing", Token, |_| vec![id_token().omit("exp")],
        |seen, _| seen.claims().get("exp").is_none()),
    ("idt-exp-type", Token, |_| vec![id_token().set("exp", Value::Quoted)],
        |seen, _| seen.claims()["exp"].is_string()),
    ("idt-exp-type", Token, |_| vec![id_token().set("exp", json!(null))],
        |seen, _| seen.claims()["exp"].is_null()),
    ("idt-exp-type", Token, |_| vec![id_token().set("exp", true)],
        |seen, _| seen.claims()["exp"] == true),
    ("idt-exp-float", Token, |_| vec![id_token().set("exp", Value::suffix(".5"))],
        |seen, _| seen.part_text(1).contains(".5,") || seen.part_text(1).contains(".5}")),
    ("idt-exp-extreme", Token, |_| vec![id_token().set("exp", Value::raw("1e400"))],
        |seen, _| seen.part_text(1).contains("\"exp\":1e400")),
    ("idt-exp-extreme", Token, |_| vec![id_token().set("exp", 1_u64 << 63)],
        |seen, _| seen.claims()["exp"] == 1_u64 << 63),
    ("idt-exp-extreme", Token, |_| vec![id_token().set("exp", -1)],
        |seen, _| seen.claims()["exp"] == -1),
    ("idt-iat-missing", Token, |_| vec![id_token().omit("iat")],
        |seen, _| seen.claims().get("iat").is_none()),
    ("idt-iat-future", Token, |_| vec![id_token().shift("iat", 3_600)],
        |seen, stage| issued_at(seen) > now(stage) + 3_000),
    ("idt-iat-future", Token, |_| vec![id_token().shift("iat", 86_400)],
        |seen, stage| issued_at(seen) > now(stage) + 80_000),
    ("idt-iat-old", Token, |_| vec![id_token().shift("iat", -604_800)],
        |seen, stage| issued_at(seen) < now(stage) - 600_000
            && seen.claims()["exp"].as_i64().unwrap() > now(stage)),
    ("idt-time-milliseconds", Token,
        |_| vec![id_token().set("iat", Value::suffix("000")).set("exp", Value::suffix("000"))],
        |seen, stage| issued_at(seen) / 1000 >= now(stage) - 60
            && seen.claims()["exp"].as_i64().unwrap() > 1_000_000_000_000),
    ("idt-nbf-future", Token, |_| vec![id_token().set("nbf", 99_999_999_999_i64)],
        |seen, _| seen.claims()["nbf"] == 99_999_999_999_i64),
    ("idt-nonce-wrong", Token, |_| vec![id_token().set("nonce", Value::append("1"))],
        |seen, _| seen.claims()["nonce"] == "the nonce1"),
    ("idt-nonce-missing", Token, |_| vec![id_token().omit("nonce")],
        |seen, _| seen.claims().get("nonce").is_none()),
    ("idt-nonce-constant", Again,
        |_| vec![id_token().set("nonce", "constant"),
            id_token().set("x", Value::earlier(Place::IdTokenClaims, "nonce"))],
        |seen, _| seen.claims()["nonce"] == "constant" && seen.claims()["x"] == "the nonce"),
    ("idt-nonce-unsolicited", Token, |_| vec![id_token().set("nonce", "unasked")],
        |seen, _| seen.claims()["nonce"] == "unasked"),
    ("idt-nonce-type-case", Token, |_| vec![id_token().set("nonce", 5)],
        |seen, _| seen.claims()["nonce"] == 5),
    ("idt-nonce-type-case", Token, |_| vec![id_token().set("nonce", Value::SwapCase)],
        |seen, _| seen.claims()["nonce"] == "THE NONCE"),
    ("idt-nonce-type-case", Token, |_| vec![id_token().set("nonce", Value::append(" "))],
        |seen, _| seen.claims()["nonce"] == "the nonce "),
    ("idt-replay-other-session", Again, |stage| {
            stage.idp.clock().advance(Duration::from_mins(1));
            vec![token().set("id_token", Value::earlier(Place::Token, "id_token"))]
        },
        |seen, stage| issued_at(seen) <= now(stage) - 60 && is_right(seen, stage, RS256)),
    ("idt-athash-wrong", Token, |_| vec![id_token().set("at_hash", Value::append("1"))],
        |seen, _| seen.claims()["at_hash"].as_str().unwrap().len() == 23),
    ("idt-athash-wrong", Again,
        |_| vec![id_token().set("at_hash", Value::earlier(Place::IdTokenClaims, "at_hash"))],
        |seen, _| seen.claims()["at_hash"].as_str().unwrap().len() == 22),
    ("idt-athash-missing-front", Again,
        |_| vec![authorization().set("id_token", Value::earlier(Place::Token, "id_token"))
            .set("access_token", "t"), id_token().omit("at_hash")],
        |seen, _| seen.claims().get("at_hash").is_none()),
    ("idt-athash-missing-code", Token, |_| vec![id_token().omit("at_hash")],
        |seen, stage| seen.claims().get("at_hash").is_none() && is_right(seen, stage, RS256)),
    ("idt-athash-hashalg", Token,
        |_| vec![id_token().sign_with(Signing::Algorithm(Algorithm::Rs512))],
        |seen, stage| seen.claims()["at_hash"].as_str().unwrap().len() == 22
            && is_right(seen, stage, RS512)),
    ("idt-chash-wrong", Token, |_| vec![id_token().set("c_hash", "wrong")],
        |seen, _| seen.claims()["c_hash"] == "wrong"),
    ("idt-chash-missing", Again,
        |_| vec![authorization().set("id_token", Value::earlier(Place::Token, "id_token"))],
        |seen, _| seen.claims().get("c_hash").is_none()),
    ("idt-shash", Token, |_| vec![id_token().set("s_hash", "wrong")],
        |seen, _| seen.claims()["s_hash"] == "wrong"),
    ("idt-hybrid-mismatch", Again,
        |_| vec![authorization()
            .set("id_token", Value::earlier(Place::Token, "id_token")),
            id_token().set("sub", "another")],
        |seen, _| seen.claims()["sub"] == "another"),
    ("idt-authtime-missing", Token, |_| vec![id_token().omit("auth_time")],
        |seen, _| seen.claims().get("auth_time").is_none()),
    ("idt-authtime-old", Token, |_| vec![id_token().shift("auth_time", -86_400)],
        |seen, stage| seen.claims()["auth_time"].as_i64().unwrap() < now(stage) - 80_000),
    ("idt-authtime-future", Token, |_| vec![id_token().shift("auth_time", 3_600)],
        |seen, stage| seen.claims()["auth_time"].as_i64().unwrap() > now(stage) + 3_000),
    ("idt-acr-weaker", Token, |_| vec![id_token().set("acr", "0")],
        |seen, _| seen.claims()["acr"] == "0"),
    ("idt-claims-unknown", Token,
        |_| vec![id_token().set("name#ja", "A").set("x", json!({"a": [{"b": 1}]}))],
        |seen, stage| seen.claims()["name#ja"] == "A" && seen.claims()["x"]["a"][0]["b"] == 1
            && is_right(seen, stage, RS256)),
    ("idt-claims-null", Token,
        |_| vec![id_token().set("email", json!(null)).set("name", json!(null))
            .set("email_verified", "true")],
        |seen, _| seen.claims()["email"].is_null() && seen.claims()["email_verified"] == "true"),
    ("idt-claims-huge", Token, |_| vec![id_token().set("groups", vec!["group"; 10_000])],
        |seen, _| seen.claims()["groups"].as_array().unwrap().len() == 10_000),
    ("idt-name-html", Token,
        |_| vec![id_token().set("name", "<img onerror=alert(1) src=x>\r\n\u{202e}")],
        |seen, _| seen.claims()["name"] == "<img onerror=alert(1) src=x>\r\n\u{202e}"),
    ("idt-email-unverified", Token,
        |_| vec![id_token().set("email", "victim@example.com").set("email_verified", false)],
        |seen, _| seen.claims()["email"] == "victim@example.com"
            && seen.claims()["email_verified"] == false),
    ("idt-email-unverified", Token,
        |_| vec![id_token().set("email", "victim@example.com").omit("email_verified")],
        |seen, _| seen.claims()["email"] == "victim@example.com"
            && seen.claims().get("email_verified").is_none()),
    ("idt-email-fold", Token,
        |_| vec![id_token().set("email", "V\u{131}ctim+tag@xn--exmple-cua.com")],
        |seen, _| seen.claims()["email"] == "V\u{131}ctim+tag@xn--exmple-cua.com"),
    ("idt-email-changed", Again, |_| vec![id_token().set("email", "new@example.com")],
        |seen, _| seen.claims()["email"] == "new@example.com"),
    ("idt-username-collision", Token,
        |_| vec![id_token().set("preferred_username", "victim").set("name", "Victim")],
        |seen, _| seen.claims()["preferred_username"] == "victim"),
    ("idt-group-injection", Token, |_| vec![id_token().set("groups", json!(["admin"]))],
        |seen, _| seen.claims()["groups"] == json!(["admin"])),
];

fn now(stage: &super::stage::Stage) -> i64 {
    let since = stage
        .idp
        .clock()
        .now()
        .duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
