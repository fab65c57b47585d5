//! C12 and what else needs two providers in one process: nothing but a second one, hostile, and
//! values that name the other's issuer and endpoints.

use jsonwebtoken::Algorithm::RS256;
use mock_idp::{
    Place, Signing, Value, authorization, discovery, id_token, id_token_header, logout_token,
};

use super::stage::{Look, Stage};
use super::verify::{is_right, published};

/// The rows that the tests below show.
pub(super) const IDS: &[&str] = &[
    "disc-malicious-endpoints",
    "ar-mixup",
    "ar-session-overwrite-1",
    "ar-session-overwrite-2",
    "idt-iss-other-op",
    "idt-sub-collision",
    "idt-email-verified-other-op",
    "mop-callback-cross",
    "mop-same-client-id",
    "mop-keys-shared-cache",
    "mop-logout-cross",
    "mop-account-unlink",
    "rpi-op-down",
];

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[test]
fn disc_malicious_endpoints() {
    let (honest, evil) = (Stage::start(), Stage::start());
    let at_honest = honest.get(DISCOVERY).json()["authorization_endpoint"].clone();
    evil.idp
        .fault(discovery().set("authorization_endpoint", at_honest.clone()));
    let document = evil.get(DISCOVERY).json();
    assert_eq!(document["authorization_endpoint"], at_honest);
    assert_eq!(document["issuer"], evil.idp.issuer());
    let token_endpoint = document["token_endpoint"].as_str().unwrap();
    assert!(token_endpoint.starts_with(evil.idp.issuer()));
    evil.idp.verify();
}

/// Also `ar-session-overwrite-1` and `-2` and `mop-callback-cross`: the visitor brings a response
/// of the one to where the app waits for the other.
#[test]
fn ar_mixup() {
    let (honest, evil) = (Stage::start(), Stage::start());
    let to_honest = format!("{}/authorize?client_id=app", honest.idp.issuer());
    evil.idp
        .fault(authorization().redirect(302, &to_honest).instead());
    assert_eq!(evil.authorize("openid").header("location"), to_honest);
    let response = honest.authorize("openid");
    let code = response.parameter("code").unwrap();
    assert_eq!(response.parameter("iss").unwrap(), honest.idp.issuer());
    // The code arrives at the attacker's token endpoint, where it is worth nothing by itself ..
    assert_eq!(evil.exchange(&code).json()["error"], "invalid_grant");
    assert_eq!(evil.idp.requests().to(Place::Token).len(), 1);
    // .. and is still good at the honest one.
    assert_eq!(honest.exchange(&code).status(), 200);
    evil.idp.verify();
}

/// Also `idt-sub-collision`, `idt-email-verified-other-op` and `mop-account-unlink`: the second
/// provider says the victim's claims in its own name.
#[test]
fn idt_iss_other_op() {
    let (honest, evil) = (Stage::start(), Stage::start());
    let victim = honest.token().claims();
    evil.idp.fault(
        id_token()
            .set("sub", victim["sub"].clone())
            .set("email", victim["email"].clone())
            .set("email_verified", true),
    );
    let seen = evil.token();
    assert_eq!(seen.claims()["sub"], victim["sub"]);
    assert_eq!(seen.claims()["email"], victim["email"]);
    assert_eq!(seen.claims()["iss"], evil.idp.issuer());
    assert!(is_right(&seen, &evil, RS256));

    evil.idp.fault(id_token().set("iss", honest.idp.issuer()));
    let seen = evil.token();
    assert_eq!(seen.claims()["iss"], honest.idp.issuer());
    assert!(is_right(&seen, &evil, RS256) && !is_right(&seen, &honest, RS256));
    evil.idp.verify();
}

#[test]
fn mop_same_client_id() {
    let (honest, evil) = (Stage::start(), Stage::start());
    assert_eq!(honest.client.client_id, evil.client.client_id);
    let token = honest.token().token();
    evil.idp
        .fault(mock_idp::token().set("id_token", token.clone()));
    let seen = evil.token();
    assert_eq!(seen.token(), token);
    assert!(is_right(&seen, &honest, RS256));
    evil.idp.verify();
}

#[test]
fn mop_keys_shared_cache() {
    let (honest, evil) = (Stage::start(), Stage::start());
    let kid = honest.idp.keys().signing_kid();
    evil.idp
        .keys()
        .publish(mock_idp::NewKey::of(mock_idp::KeyKind::Unpublished).kid(&kid));
    assert!(evil.idp.keys().use_key(&kid));
    let seen = evil.token();
    assert_eq!(seen.jose()["kid"], kid);
    assert!(is_right(&seen, &evil, RS256) && !is_right(&seen, &honest, RS256));
    let published = published(&evil);
    assert_eq!(published.last().unwrap()["kid"], kid);
}

/// What `jku` of the catalogue needs: the attacker's own key set, somewhere else.
#[test]
fn a_hostile_provider_publishes_the_key_that_nobody_else_does() {
    let (honest, evil) = (Stage::start(), Stage::start());
    let attacker = mock_idp::NewKey::of(mock_idp::KeyKind::Unpublished).kid("attacker");
    evil.idp.keys().publish(attacker);
    let jwks_uri = evil.get(DISCOVERY).json()["jwks_uri"].clone();
    honest.idp.fault(id_token().sign_with(Signing::Unpublished));
    honest.idp.fault(
        id_token_header()
            .set("jku", jwks_uri.clone())
            .set("kid", "attacker"),
    );
    let seen = honest.token();
    assert_eq!(seen.jose()["jku"], jwks_uri);
    assert!(is_right(&seen, &evil, RS256) && !is_right(&seen, &honest, RS256));
    honest.idp.verify();
}

#[test]
fn mop_logout_cross() {
    let (honest, evil) = (Stage::start(), Stage::start());
    let victim = honest.token().claims();
    evil.idp.fault(
        logout_token()
            .set("sub", victim["sub"].clone())
            .set("sid", Value::from("theirs")),
    );
    let seen = evil.look(Look::Logout);
    assert_eq!(seen.claims()["sub"], victim["sub"]);
    assert_eq!(seen.claims()["iss"], evil.idp.issuer());
    assert!(is_right(&seen, &evil, RS256) && !is_right(&seen, &honest, RS256));
    evil.idp.verify();
}

#[test]
fn rpi_op_down() {
    let stage = Stage::start();
    stage
        .idp
        .fault(mock_idp::at(Place::EndSession).status(500).instead());
    assert_eq!(stage.get("/end_session").status(), 500);
    stage.idp.clear_faults();
    stage.idp.fault(discovery().omit("end_session_endpoint"));
    assert_eq!(stage.get(DISCOVERY).count("end_session_endpoint"), 0);
    stage.idp.verify();
}
