//! ID tokens that are not what they should be (OpenID Connect Core 3.1.3.7).

use mock_idp::{Signing, id_token, id_token_header, token};
use serde_json::json;

use crate::{accepted, refusals};

refusals! {
    missing: token().omit("id_token") => "id_token.missing";
    not_a_token: token().set("id_token", "rubbish") => "id_token.malformed";
    another_issuer: id_token().set("iss", "https://evil.example") => "id_token.iss";
    no_issuer: id_token().omit("iss") => "id_token.iss";
    another_audience: id_token().set("aud", "other") => "id_token.aud";
    another_audience_for_us: id_token().set("aud", "other").set("azp", "us") => "id_token.aud";
    no_audience: id_token().omit("aud") => "id_token.aud";
    another_authorized_party: id_token().set("azp", "other") => "id_token.azp";
    expired: id_token().shift("exp", -7200) => "id_token.exp";
    no_expiry: id_token().omit("exp") => "id_token.exp";
    issued_in_the_future: id_token().shift("iat", 7200) => "id_token.iat";
    issued_long_ago: id_token().shift("iat", -7200) => "id_token.iat";
    not_valid_yet: id_token().set("nbf", 4_102_444_800_u64) => "id_token.nbf";
    another_nonce: id_token().set("nonce", "other") => "id_token.nonce";
    no_nonce: id_token().omit("nonce") => "id_token.nonce";
    no_subject: id_token().omit("sub") => "id_token.sub";
    empty_subject: id_token().set("sub", "") => "id_token.sub";
    hash_of_another_access_token: id_token().set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA") => "id_token.at_hash";
    bad_signature: id_token().sign_with(Signing::Flip) => "id_token.signature";
    no_signature: id_token().sign_with(Signing::Strip) => "id_token.signature";
    algorithm_none: id_token().sign_with(Signing::None("none".into())) => "id_token.alg";
    algorithm_none_in_other_letters: id_token().sign_with(Signing::None("nOnE".into())) => "id_token.alg";
    hmac_with_the_public_key: id_token().sign_with(Signing::HmacPublicKey) => "id_token.alg";
    hmac_with_the_client_secret: id_token().sign_with(Signing::HmacClientSecret) => "id_token.alg";
    key_of_nobody: id_token().sign_with(Signing::Unpublished) => "id_token.kid";
    key_of_somebody_else: id_token().sign_with(Signing::Impostor) => "id_token.signature";
    small_key: id_token().sign_with(Signing::WeakRsa(1024)) => "id_token.key";
    tiny_key: id_token().sign_with(Signing::WeakRsa(512)) => "id_token.key";
    unknown_key: id_token_header().set("kid", "nobody") => "id_token.kid";
    critical_header: id_token_header().set("crit", json!(["exp"])) => "id_token.crit";
}

#[tokio::test]
async fn one_audience_in_a_list_is_ours() {
    // Core 2: `aud` MAY be an array of one.
    let stack = e2e::Stack::start().await;
    let client_id = &stack.auth().config().providers[0].client_id;
    stack.idp.fault(id_token().set("aud", json!([client_id])));
    let outcome = e2e::Person::sign_in_as(&mut stack.visitor(), "alice").await;
    assert_eq!(outcome, crate::alice());
}

#[tokio::test]
async fn claims_of_odd_types_do_not_break_a_login() {
    accepted(
        id_token()
            .set("locale", json!({ "language": "en" }))
            .set("email_verified", "true")
            .set("updated_at", "2026-01-01"),
    )
    .await;
}

#[tokio::test]
async fn the_hash_of_the_access_token_may_be_absent() {
    accepted(id_token().omit("at_hash")).await;
}
