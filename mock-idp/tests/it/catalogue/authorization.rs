//! C2: the authorization response.

use mock_idp::{Place, Value, WrongEncoding, authorization, discovery};

use super::stage::Look::{Again, Authorization, Refusal};
use super::stage::{REDIRECT_URI, Row, Stage, play};

const EVIL: &str = "https://evil.example";
const ISS_SUPPORTED: &str = "authorization_response_iss_parameter_supported";

fn is_iss_advertised(stage: &Stage) -> bool {
    let document = stage.get("/.well-known/openid-configuration");
    document.count(ISS_SUPPORTED) > 0
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("ar-state-missing", Authorization, |_| vec![authorization().omit("state")],
        |seen, _| seen.parameter("state").is_none() && seen.parameter("code").is_some()),
    ("ar-state-wrong", Authorization, |_| vec![authorization().set("state", Value::append("x"))],
        |seen, _| seen.parameter("state").unwrap() == "the statex"),
    ("ar-state-empty-or-long", Authorization, |_| vec![authorization().set("state", "")],
        |seen, _| seen.parameter("state").unwrap().is_empty()),
    ("ar-state-empty-or-long", Authorization,
        |_| vec![authorization().set("state", Value::repeated("s", 1 << 16))],
        |seen, _| seen.parameter("state").unwrap().len() == 1 << 16),
    ("ar-param-dup", Authorization, |_| vec![authorization().double_with("code", "b")],
        |seen, _| seen.values("code").len() == 2 && seen.values("code")[1] == "b"),
    ("ar-param-dup", Authorization, |_| vec![authorization().double("state")],
        |seen, _| seen.values("state") == ["the state", "the state"]),
    ("ar-code-missing", Authorization, |_| vec![authorization().omit("code")],
        |seen, _| seen.parameter("code").is_none()
            && seen.parameter("state").unwrap() == "the state"),
    ("ar-code-and-error", Authorization, |_| vec![authorization().set("error", "access_denied")],
        |seen, _| seen.parameter("code").is_some()
            && seen.parameter("error").unwrap() == "access_denied"),
    ("ar-error-access-denied", Authorization,
        |_| vec![authorization().omit("code").set("error", "access_denied")],
        |seen, _| seen.parameter("code").is_none()
            && seen.parameter("error").unwrap() == "access_denied"),
    ("ar-error-login-required", Authorization,
        |_| vec![authorization().omit("code").set("error", "login_required")],
        |seen, _| seen.parameter("error").unwrap() == "login_required"),
    ("ar-error-login-required", Authorization,
        |_| vec![authorization().omit("code").set("error", "interaction_required")],
        |seen, _| seen.parameter("error").unwrap() == "interaction_required"),
    ("ar-error-temporary", Authorization,
        |_| vec![authorization().omit("code").set("error", "temporarily_unavailable")],
        |seen, _| seen.parameter("error").unwrap() == "temporarily_unavailable"),
    ("ar-error-temporary", Authorization,
        |_| vec![authorization().omit("code").set("error", "server_error")],
        |seen, _| seen.parameter("error").unwrap() == "server_error"),
    ("ar-error-unknown-code", Authorization,
        |_| vec![authorization().omit("code").set("error", "foo_bar")],
        |seen, _| seen.parameter("error").unwrap() == "foo_bar"),
    ("ar-error-xss", Refusal,
        |_| vec![authorization().set("error_description", "<script>alert(1)</script>")
            .set("error_uri", "javascript:alert(1)")],
        |seen, _| seen.parameter("error_description").unwrap() == "<script>alert(1)</script>"
            && seen.parameter("error_uri").unwrap() == "javascript:alert(1)"),
    ("ar-error-spoof", Refusal,
        |_| vec![authorization()
            .set("error_description", Value::repeated("Call 555-0100 to unlock. ", 40))],
        |seen, _| seen.parameter("error_description").unwrap().len() == 1000
            && seen.parameter("state").unwrap() == "the state"),
    ("ar-error-no-state", Refusal, |_| vec![authorization().omit("state")],
        |seen, _| seen.parameter("error").is_some() && seen.parameter("state").is_none()),
    ("ar-error-kills-session", Authorization,
        |_| vec![authorization().omit("code").set("error", "server_error").set("state", "forged")],
        |seen, _| seen.parameter("error").is_some()
            && seen.parameter("state").unwrap() == "forged"),
    ("ar-iss-wrong", Authorization, |_| vec![authorization().set("iss", EVIL)],
        |seen, _| seen.parameter("iss").unwrap() == EVIL),
    ("ar-iss-wrong-unadvertised", Authorization, |_| vec![
            authorization().set("iss", EVIL),
            discovery().omit(ISS_SUPPORTED)],
        |seen, stage| seen.parameter("iss").unwrap() == EVIL
            && !is_iss_advertised(stage)),
    ("ar-iss-missing", Authorization, |_| vec![authorization().omit("iss")],
        |seen, _| seen.parameter("iss").is_none()),
    ("ar-iss-unadvertised", Authorization,
        |_| vec![discovery().omit(ISS_SUPPORTED)],
        |seen, stage| seen.parameter("iss").unwrap() == stage.idp.issuer()
            && !is_iss_advertised(stage)),
    ("ar-iss-slash", Authorization, |_| vec![authorization().set("iss", Value::append("/"))],
        |seen, stage| seen.parameter("iss").unwrap() == format!("{}/", stage.idp.issuer())),
    ("ar-iss-dup", Authorization, |_| vec![authorization().double_before("iss", EVIL)],
        |seen, stage| seen.values("iss") == [EVIL, stage.idp.issuer()]),
    ("ar-iss-error-response", Refusal, |_| vec![authorization().set("iss", EVIL)],
        |seen, _| seen.parameter("error").is_some() && seen.parameter("iss").unwrap() == EVIL),
    ("ar-mode-fragment", Authorization, |_| vec![authorization().encode(WrongEncoding::Fragment)],
        |seen, _| seen.header("location").starts_with(&format!("{REDIRECT_URI}#"))
            && seen.header("location").contains("code=")),
    ("ar-mode-formpost-unasked", Authorization,
        |_| vec![authorization().encode(WrongEncoding::FormPost)],
        |seen, _| seen.status() == 200 && seen.header("location").is_empty()
            && seen.text().contains(REDIRECT_URI) && seen.text().contains("name=\"code\"")),
    ("ar-formpost-samesite", Authorization,
        |_| vec![authorization().encode(WrongEncoding::FormPost)],
        |seen, _| seen.header("content-type").starts_with("text/html")
            && seen.text().contains("name=\"state\"")),
    ("ar-mode-query-implicit", Authorization,
        |_| vec![authorization().omit("code").set("id_token", "a.b.c").set("access_token", "t")],
        |seen, _| seen.parameter("id_token").unwrap() == "a.b.c"
            && seen.parameter("access_token").unwrap() == "t"),
    ("ar-front-tokens-injected", Authorization,
        |_| vec![authorization().set("id_token", "a.b.c").set("access_token", "t")],
        |seen, _| seen.parameter("code").is_some()
            && seen.parameter("id_token").unwrap() == "a.b.c"),
    ("ar-code-injection", Again,
        |_| vec![authorization().set("code", Value::earlier(Place::Authorization, "code"))],
        |seen, _| seen.json()["error"] == "invalid_grant"),
    ("ar-code-replay-new-session", Again,
        |_| vec![authorization().set("code", Value::earlier(Place::Authorization, "code"))],
        |seen, _| seen.status() == 400),
    ("ar-code-special", Authorization, |_| vec![authorization().set("code", "+ /=%&~\u{fc}")],
        |seen, _| seen.parameter("code").unwrap() == "+ /=%&~\u{fc}"
            && seen.header("location").contains("%25%26")),
    ("ar-code-huge", Authorization,
        |_| vec![authorization().set("code", Value::repeated("c", 16 << 10))],
        |seen, _| seen.parameter("code").unwrap().len() == 16 << 10),
    ("ar-unknown-params", Authorization,
        |_| vec![authorization().set("session_state", "s").set("foo", "bar").set("authuser", "0")],
        |seen, _| seen.parameter("foo").unwrap() == "bar"
            && seen.parameter("session_state").unwrap() == "s"),
    ("ar-return-url-in-state", Authorization,
        |_| vec![authorization().set("state", "https://evil.example/")],
        |seen, _| seen.parameter("state").unwrap() == "https://evil.example/"),
];

#[test]
fn every_row_is_seen() {
    play(ROWS);
}

#[test]
fn a_response_can_go_to_another_place() {
    let stage = Stage::start();
    stage
        .idp
        .fault(authorization().send_to("https://evil.example/cb?x=1"));
    let seen = stage.authorize("openid email");
    assert!(
        seen.header("location")
            .starts_with("https://evil.example/cb?x=1&")
    );
    assert!(seen.parameter("code").is_some());
    stage.idp.verify();
}
