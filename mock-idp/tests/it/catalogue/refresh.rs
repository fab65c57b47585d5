//! C11: refreshing.

use jsonwebtoken::Algorithm::RS256;
use mock_idp::{Signing, Value, id_token, token};

use super::stage::Look::{Refresh, Token};
use super::stage::{Row, play};
use super::verify::is_right;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("rt-ok", Refresh, |_| vec![],
        |seen, stage| seen.json()["access_token"].is_string() && is_right(seen, stage, RS256)),
    ("rt-iss", Refresh, |_| vec![id_token().set("iss", Value::append("1")).on_refresh(true)],
        |seen, stage| seen.claims()["iss"] == format!("{}1", stage.idp.issuer())),
    ("rt-sub", Refresh, |_| vec![id_token().set("sub", "other").on_refresh(true)],
        |seen, stage| seen.claims()["sub"] == "other" && stage.token().claims()["sub"] != "other"),
    ("rt-aud", Refresh, |_| vec![id_token().set("aud", "other").on_refresh(true)],
        |seen, _| seen.claims()["aud"] == "other"),
    ("rt-iat-authtime", Refresh,
        |_| vec![id_token().shift("iat", -86_400).set("auth_time", 1).on_refresh(true)],
        |seen, _| seen.claims()["auth_time"] == 1),
    ("rt-nonce-other", Refresh, |_| vec![id_token().set("nonce", "other").on_refresh(true)],
        |seen, _| seen.claims()["nonce"] == "other"),
    ("rt-nonce-original", Refresh,
        |_| vec![id_token().set("nonce", Value::request("nonce")).on_refresh(true)],
        |seen, _| seen.claims()["nonce"] == "the nonce"),
    ("rt-no-idtoken", Refresh, |_| vec![token().omit("id_token").on_refresh(true)],
        |seen, _| seen.count("id_token") == 0 && seen.count("access_token") == 1),
    ("rt-rotated", Refresh, |_| vec![token().set("refresh_token", "a new one").on_refresh(true)],
        |seen, _| seen.json()["refresh_token"] == "a new one"),
    ("rt-not-rotated", Refresh,
        |_| vec![token().set("refresh_token", "x").omit("refresh_token").on_refresh(true)],
        |seen, _| seen.count("refresh_token") == 0),
    ("rt-invalid-grant", Refresh,
        |_| vec![token().status(400).body("application/json", r#"{"error":"invalid_grant"}"#)
            .on_refresh(true).instead()],
        |seen, _| seen.status() == 400 && seen.json()["error"] == "invalid_grant"),
    ("rt-5xx", Refresh, |_| vec![token().status(503).on_refresh(true).instead()],
        |seen, _| seen.status() == 503),
    ("rt-sig", Refresh, |_| vec![id_token().sign_with(Signing::Flip).on_refresh(true)],
        |seen, stage| !is_right(seen, stage, RS256)),
    ("rt-sig", Token, |_| vec![id_token().sign_with(Signing::Flip).on_refresh(false)],
        |seen, stage| !is_right(seen, stage, RS256)),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
