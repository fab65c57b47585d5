//! What the token says.

use serde_json::{Value, json};

use super::{Draft, Expected, Nonce, check, check_at, claim, expected, signed_by, without};
use crate::testing::{NOW, Signer};

#[test]
fn issuer() {
    check(claim("iss", json!("idp.test")), "ok");
    check(claim("iss", json!("https://idp.test/")), "id_token.iss");
    check(claim("iss", json!("https://idp.test1")), "id_token.iss");
    check(claim("iss", json!("")), "id_token.iss");
    check(claim("iss", json!(["https://idp.test"])), "id_token.iss");
    check(without("iss"), "id_token.iss");
}

#[test]
fn of_many_directories_the_issuer_is_that_of_the_tokens_own() {
    let special = Expected {
        issuer: "https://idp.test/{tenantid}/v2.0",
        directory: Some("{tenantid}"),
        ..expected(&[])
    };
    let own = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
    let other = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let check = |tid: Value, iss: &str, reason: &str| {
        let edit = |draft: &mut Draft| {
            draft.claims["tid"] = tid;
            draft.claims["iss"] = json!(iss);
        };
        check_at(&special, edit, reason);
    };
    let issuer = |id: &str| format!("https://idp.test/{id}/v2.0");
    check(json!(own), &issuer(own), "ok");
    check(json!(own), &issuer(other), "id_token.iss");
    check(json!(null), &issuer(own), "id_token.iss");
    check(json!([own]), &issuer(own), "id_token.iss");
    check(json!("x"), &issuer("x"), "id_token.iss");
    check(
        json!("a/../../evil"),
        &issuer("a/../../evil"),
        "id_token.iss",
    );
    check(json!(own), &issuer("{tenantid}"), "id_token.iss");
    let claims = json!({"tid": own});
    let found = special.issuer_for(claims.as_object().unwrap());
    assert_eq!(found, issuer(own));
}

#[test]
fn a_nonce_that_does_not_come_back_is_still_right_where_it_does() {
    let special = Expected {
        nonce: Nonce::IsIfThere("nonce-1"),
        ..expected(&[])
    };
    check_at(&special, without("nonce"), "ok");
    check_at(&special, claim("nonce", json!("nonce-1")), "ok");
    check_at(&special, claim("nonce", json!("other")), "id_token.nonce");
    check_at(&special, claim("nonce", json!(null)), "id_token.nonce");
}

#[test]
fn audience() {
    let audience = |aud: Value, azp: Option<&str>| {
        let azp = azp.map(str::to_owned);
        move |draft: &mut Draft| {
            draft.claims["aud"] = aud;
            match azp {
                Some(azp) => draft.claims["azp"] = json!(azp),
                None => without("azp")(draft),
            }
        }
    };
    check(audience(json!("client"), None), "ok");
    check(audience(json!(["client"]), None), "ok");
    check(audience(json!(["client"]), Some("client")), "ok");
    check(audience(json!(["client", "client"]), None), "ok");
    check(audience(json!(["client", "other"]), Some("client")), "ok");
    check(audience(json!(["client", "other"]), None), "id_token.aud");
    check(
        audience(json!(["client", "other"]), Some("other")),
        "id_token.azp",
    );
    check(audience(json!(["client", 7]), None), "id_token.aud");
    check(audience(json!("other"), Some("client")), "id_token.aud");
    check(audience(json!(["other"]), Some("client")), "id_token.aud");
    check(audience(json!("Client"), None), "id_token.aud");
    check(audience(json!("client1"), None), "id_token.aud");
    check(audience(json!([]), Some("client")), "id_token.aud");
    check(audience(json!([[]]), None), "id_token.aud");
    check(audience(json!(null), None), "id_token.aud");
    check(audience(json!({"client": 1}), None), "id_token.aud");
    check(without("aud"), "id_token.aud");
    check(claim("azp", json!("other")), "id_token.azp");
    check(claim("azp", json!(null)), "id_token.azp");
    check(claim("azp", json!(["client"])), "id_token.azp");
}

#[test]
fn times() {
    check(claim("exp", json!(NOW - 59)), "ok");
    check(claim("exp", json!(NOW - 60)), "id_token.exp");
    check(claim("exp", json!(NOW - 61)), "id_token.exp");
    check(claim("exp", json!(1.8e9 + 0.5)), "ok");
    check(claim("exp", json!(253_402_300_799_i64)), "ok");
    check(claim("exp", json!(253_402_300_800_i64)), "id_token.exp");
    check(claim("exp", json!(9.9e9)), "ok");
    check(claim("exp", json!(1e18)), "id_token.exp");
    check(claim("exp", json!(u64::MAX)), "id_token.exp");
    check(claim("exp", json!(-1)), "id_token.exp");
    check(claim("exp", json!("1900000000")), "id_token.exp");
    check(claim("exp", json!(true)), "id_token.exp");
    check(without("exp"), "id_token.exp");

    check(claim("iat", json!(NOW + 60)), "ok");
    check(claim("iat", json!(NOW + 61)), "id_token.iat");
    check(claim("iat", json!(NOW - 3_660)), "ok");
    check(claim("iat", json!(NOW - 3_661)), "id_token.iat");
    check(claim("iat", json!(1.8e9)), "ok");
    check(claim("iat", json!(NOW * 1_000)), "id_token.iat");
    check(claim("iat", json!(i64::MIN)), "id_token.iat");
    check(claim("iat", json!(null)), "id_token.iat");
    check(without("iat"), "id_token.iat");

    check(claim("nbf", json!(NOW)), "ok");
    check(claim("nbf", json!(0)), "ok");
    check(claim("nbf", json!(NOW + 60)), "ok");
    check(claim("nbf", json!(NOW + 61)), "id_token.nbf");
    check(claim("nbf", json!("0")), "id_token.nbf");
    check(claim("nbf", json!(null)), "id_token.nbf");
}

#[test]
fn nonce() {
    check(claim("nonce", json!("nonce-2")), "id_token.nonce");
    check(claim("nonce", json!("Nonce-1")), "id_token.nonce");
    check(claim("nonce", json!("nonce-1 ")), "id_token.nonce");
    check(claim("nonce", json!("")), "id_token.nonce");
    check(claim("nonce", json!(["nonce-1"])), "id_token.nonce");
    check(without("nonce"), "id_token.nonce");
}

#[test]
fn subject() {
    check(claim("sub", json!("a".repeat(255))), "ok");
    check(claim("sub", json!("~ | !")), "ok");
    check(claim("sub", json!("a".repeat(256))), "id_token.sub");
    check(claim("sub", json!("")), "id_token.sub");
    check(claim("sub", json!("\u{e4}")), "id_token.sub");
    check(claim("sub", json!("a\u{0}")), "id_token.sub");
    check(claim("sub", json!("a\u{7f}")), "id_token.sub");
    check(claim("sub", json!(110)), "id_token.sub");
    check(claim("sub", json!(null)), "id_token.sub");
    check(without("sub"), "id_token.sub");
}

#[test]
fn access_token_hash() {
    // Left halves of SHA-256, SHA-384 and SHA-512 of "access", in base64url.
    let (sha256, sha384, sha512) = (
        "oFYf1knNtrqnhAVfBRuteQ",
        "SeGOaEgS6QNKbB7vkLM3y8nujeY4Ple3",
        "kyd4-h3ZoV2sH212kLKbcOnCBajStKQ38Ae_bfT-PFI",
    );
    let hashed = |signer, algorithm: &'static str, hash: &'static str| {
        move |draft: &mut Draft| {
            signed_by(signer, algorithm)(draft);
            draft.claims["at_hash"] = json!(hash);
        }
    };
    check(hashed(Signer::RsaA, "RS256", sha256), "ok");
    check(hashed(Signer::P384, "ES384", sha384), "ok");
    check(hashed(Signer::RsaA, "PS512", sha512), "ok");
    check(hashed(Signer::Ed25519, "EdDSA", sha512), "ok");
    check(hashed(Signer::RsaA, "RS512", sha256), "id_token.at_hash");
    check(hashed(Signer::RsaA, "RS256", "x"), "id_token.at_hash");
    check(claim("at_hash", json!("")), "id_token.at_hash");
    check(claim("at_hash", json!(null)), "id_token.at_hash");
}

#[test]
fn the_log_says_what_was_found() {
    let check = |edit: &dyn Fn(&mut Draft), expected: &str| {
        let mut draft = Draft::good();
        edit(&mut draft);
        assert_eq!(draft.verify().unwrap_err().to_string(), expected);
    };
    check(
        &|draft| draft.claims["aud"] = json!(["x", 7]),
        r#"its aud is ["x",7]"#,
    );
    check(
        &|draft| draft.claims["iss"] = json!("a\nb"),
        r#"its iss is "a\nb""#,
    );
    check(&|draft| without("exp")(draft), "its exp is missing");
    check(
        &|draft| draft.header["alg"] = json!("none"),
        r#"its alg "none" is not allowed"#,
    );
    check(
        &|draft| draft.header["kid"] = json!("a\nb"),
        r#"no single key is meant by its kid, which is "a\nb""#,
    );
    let long = format!("its sub is \"{}..", "x".repeat(199));
    check(&|draft| draft.claims["sub"] = json!("x".repeat(300)), &long);
}

#[test]
fn how_somebody_logged_in_is_held_to_what_was_asked_for() {
    let asked = ["silver".to_owned(), "gold".to_owned()];
    let special = Expected {
        acr_values: &asked,
        ..expected(&[])
    };
    check_at(&special, claim("acr", json!("gold")), "ok");
    check_at(&special, claim("acr", json!("0")), "id_token.acr");
    check_at(&special, claim("acr", json!(["gold"])), "id_token.acr");
    check_at(&special, |_| {}, "id_token.acr");
    check(claim("acr", json!("0")), "ok");
}

#[test]
fn when_somebody_logged_in_is_held_to_what_was_asked_for() {
    let special = Expected {
        max_age: Some(600),
        ..expected(&[])
    };
    check_at(&special, claim("auth_time", json!(NOW - 600)), "ok");
    check_at(&special, claim("auth_time", json!(NOW - 660)), "ok");
    let too_old = claim("auth_time", json!(NOW - 661));
    check_at(&special, too_old, "id_token.auth_time");
    let to_come = claim("auth_time", json!(NOW + 61));
    check_at(&special, to_come, "id_token.auth_time");
    check_at(&special, |_| {}, "id_token.auth_time");
    check(claim("auth_time", json!(0)), "ok");
}
