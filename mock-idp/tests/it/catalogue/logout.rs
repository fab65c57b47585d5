//! C10: logout tokens, as the app gets them, and the logout endpoint.

use jsonwebtoken::Algorithm::{PS256, RS256};
use mock_idp::{Algorithm, Place, Signing, Value, at, logout_token, logout_token_header};
use serde_json::json;

use super::stage::Look::Logout;
use super::stage::{Row, play};
use super::verify::{is_right, key_of};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("bcl-ok", Logout, |_| vec![],
        |seen, stage| seen.jose()["typ"] == "logout+jwt" && is_right(seen, stage, RS256)),
    ("bcl-alg-none", Logout, |_| vec![logout_token().sign_with(Signing::None("none".into()))],
        |seen, _| seen.jose()["alg"] == "none" && seen.token().ends_with('.')),
    ("bcl-wrong-alg", Logout,
        |_| vec![logout_token().sign_with(Signing::Algorithm(Algorithm::Ps256))],
        |seen, stage| seen.jose()["alg"] == "PS256" && is_right(seen, stage, PS256)),
    ("bcl-bad-sig", Logout, |_| vec![logout_token().sign_with(Signing::Flip)],
        |seen, stage| !is_right(seen, stage, RS256)),
    ("bcl-bad-sig", Logout, |_| vec![logout_token().sign_with(Signing::Unpublished)],
        |seen, stage| key_of(seen, stage).is_null()),
    ("bcl-no-event", Logout, |_| vec![logout_token().omit("events")],
        |seen, stage| seen.claims().get("events").is_none() && is_right(seen, stage, RS256)),
    ("bcl-wrong-event", Logout,
        |_| vec![logout_token()
            .set("events", json!({"http://schemas.openid.net/event/other": {}}))],
        |seen, _| seen.claims()["events"].get("http://schemas.openid.net/event/other").is_some()),
    ("bcl-event-type", Logout, |_| vec![logout_token().set("events", "logout")],
        |seen, _| seen.claims()["events"] == "logout"),
    ("bcl-event-type", Logout, |_| vec![logout_token().set("events", json!([]))],
        |seen, _| seen.claims()["events"] == json!([])),
    ("bcl-event-type", Logout, |_| vec![logout_token().set("events", json!(null))],
        |seen, _| seen.claims()["events"].is_null()),
    ("bcl-event-type", Logout,
        |_| vec![logout_token()
            .set("events", json!({EVENT: 1}))],
        |seen, _| seen.claims()["events"][EVENT] == 1),
    ("bcl-with-nonce", Logout, |_| vec![logout_token().set("nonce", "n")],
        |seen, _| seen.claims()["nonce"] == "n"),
    ("bcl-wrong-aud", Logout, |_| vec![logout_token().set("aud", Value::append("INVALID"))],
        |seen, _| seen.claims()["aud"] == "appINVALID"),
    ("bcl-wrong-iss", Logout, |_| vec![logout_token().set("iss", Value::append("INVALID"))],
        |seen, stage| seen.claims()["iss"] == format!("{}INVALID", stage.idp.issuer())),
    ("bcl-expired", Logout, |_| vec![logout_token().shift("exp", -86_400).shift("iat", 86_400)],
        |seen, _| seen.claims()["exp"].as_i64() < seen.claims()["iat"].as_i64()),
    ("bcl-no-exp", Logout, |_| vec![logout_token().omit("exp")],
        |seen, _| seen.claims().get("exp").is_none()),
    ("bcl-no-jti", Logout, |_| vec![logout_token().omit("jti")],
        |seen, _| seen.claims().get("jti").is_none()),
    ("bcl-replay", Logout, |_| vec![logout_token().set("jti", "always the same")],
        |seen, _| seen.claims()["jti"] == "always the same"),
    ("bcl-no-sub-sid", Logout, |_| vec![logout_token().set("sid", "s").omit("sub").omit("sid")],
        |seen, _| seen.claims().get("sub").is_none() && seen.claims().get("sid").is_none()),
    ("bcl-sid-only", Logout, |_| vec![logout_token().omit("sub").set("sid", "s")],
        |seen, _| seen.claims().get("sub").is_none() && seen.claims()["sid"] == "s"),
    ("bcl-sub-only", Logout, |_| vec![logout_token().set("sid", "s").omit("sid")],
        |seen, _| seen.claims()["sub"].is_string() && seen.claims().get("sid").is_none()),
    ("bcl-other-user", Logout,
        |_| vec![logout_token().set("sub", "somebody else").set("sid", "theirs")],
        |seen, stage| seen.claims()["sub"] == "somebody else" && is_right(seen, stage, RS256)),
    ("bcl-unknown-session", Logout, |_| vec![logout_token().set("sid", "unknown")],
        |seen, stage| seen.claims()["sid"] == "unknown" && is_right(seen, stage, RS256)),
    ("bcl-idtoken-as-logout", Logout, |stage| {
            stage.token();
            vec![at(Place::BackchannelLogout)
                .set("logout_token", Value::earlier(Place::Token, "id_token"))]
        },
        |seen, stage| seen.claims()["nonce"] == "the nonce" && is_right(seen, stage, RS256)),
    ("bcl-typ", Logout, |_| vec![logout_token_header().set("typ", "at+jwt")],
        |seen, stage| seen.jose()["typ"] == "at+jwt" && is_right(seen, stage, RS256)),
    ("bcl-typ", Logout, |_| vec![logout_token_header().set("typ", "JWT")],
        |seen, _| seen.jose()["typ"] == "JWT"),
    ("bcl-typ", Logout, |_| vec![logout_token_header().omit("typ")],
        |seen, _| seen.jose().get("typ").is_none()),
    ("bcl-request-form", Logout,
        |_| vec![at(Place::BackchannelLogout).omit("logout_token")
            .set("x", Value::repeated("a", 1 << 20))],
        |seen, _| seen.body().len() > 1 << 20 && !seen.text().contains("logout_token=")),
    ("bcl-request-form", Logout, |_| vec![at(Place::BackchannelLogout).double("logout_token")],
        |seen, _| seen.text().matches("logout_token=").count() == 2),
    ("bcl-request-form", Logout,
        |_| vec![at(Place::BackchannelLogout)
            .body("application/json", r#"{"logout_token":"a.b.c"}"#)],
        |seen, _| seen.header("content-type") == "application/json"
            && seen.json()["logout_token"] == "a.b.c"),
    ("bcl-extra-params", Logout,
        |_| vec![at(Place::BackchannelLogout).set("extra", "1"), logout_token().set("extra", 1)],
        |seen, _| seen.text().contains("extra=1") && seen.claims()["extra"] == 1),
    ("bcl-no-csrf-no-cookie", Logout, |_| vec![],
        |seen, _| seen.header("cookie").is_empty() && seen.header("origin").is_empty()),
    ("bcl-kid-rotation", Logout, |stage| { stage.idp.keys().rotate(); vec![] },
        |seen, stage| seen.jose()["kid"] == *stage.idp.keys().published_kids().last().unwrap()
            && is_right(seen, stage, RS256)),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}
