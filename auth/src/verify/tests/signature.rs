//! Form, header, key and signature.

use serde_json::{Value, json};

use super::{Draft, check, header, key, signed_by, text, verify_text, without_header};
use crate::{provider::parse_keys, testing::Signer};

#[test]
fn form() {
    check(
        text(|token| token.rsplit_once('.').unwrap().0.to_owned()),
        "id_token.malformed",
    );
    check(text(|token| token + "."), "id_token.malformed");
    check(text(|token| token + ".x.y"), "id_token.malformed");
    check(text(|token| token + "="), "id_token.malformed");
    check(text(|token| format!(" {token}")), "id_token.malformed");
    // Bits beyond the last byte that are not zero: another text for the same signature.
    check(
        text(|token| format!("{}B", &token[..token.len() - 1])),
        "id_token.malformed",
    );
    check(text(|_| String::new()), "id_token.malformed");
    check(text(|_| "a.b.c".to_owned()), "id_token.malformed");
    check(text(|_| ".".repeat(1_000_000)), "id_token.malformed");
}

#[test]
fn json_of_both_parts() {
    let check = |header: &str, claims: &str, expected: &str| {
        let token = Signer::RsaA.sign(header, claims);
        let found = verify_text(&token, &parse_keys(&[Signer::RsaA.jwk("a")]), &[]);
        assert_eq!(found.unwrap_err().reason(), expected, "{header} {claims}");
    };
    let good = r#"{"alg":"RS256","kid":"a"}"#;
    check("[]", "{}", "id_token.malformed");
    check("{", "{}", "id_token.malformed");
    check(
        r#"{"alg":"RS256","alg":"none"}"#,
        "{}",
        "id_token.malformed",
    );
    check(
        r#"{"alg":"RS256","kid":"b","kid":"a"}"#,
        "{}",
        "id_token.malformed",
    );
    check(good, "[]", "id_token.malformed");
    check(good, "null", "id_token.malformed");
    check(good, r#"{"sub":"1","sub":"2"}"#, "id_token.malformed");
    check(good, "\u{feff}{}", "id_token.malformed");
    check(good, r#"{"exp":1e400}"#, "id_token.malformed");
    check(good, "{}", "id_token.iss");
}

#[test]
fn header_members() {
    check(header("alg", json!("none")), "id_token.alg");
    check(header("alg", json!("nOnE")), "id_token.alg");
    check(header("alg", json!("HS256")), "id_token.alg");
    check(header("alg", json!("rs256")), "id_token.alg");
    check(header("alg", json!("ES512")), "id_token.alg");
    check(header("alg", json!(["RS256"])), "id_token.alg");
    check(header("alg", json!(null)), "id_token.alg");
    check(without_header("alg"), "id_token.alg");
    check(header("crit", json!(["exp"])), "id_token.crit");
    check(header("crit", json!([])), "id_token.crit");
    check(header("crit", json!(null)), "id_token.crit");
    check(header("kid", json!(7)), "id_token.malformed");
    check(header("kid", json!("../../dev/null")), "id_token.kid");
    check(header("typ", json!("at+jwt")), "id_token.typ");
    check(header("typ", json!("logout+jwt")), "id_token.typ");
    check(header("typ", json!("jwt")), "ok");
    check(header("typ", json!("JOSE")), "ok");
    check(header("typ", json!(7)), "ok");
    check(without_header("typ"), "ok");
    check(header("jku", json!("https://evil.test/keys")), "ok");
    check(header("jwk", Signer::RsaB.jwk("a")), "ok");
}

#[test]
fn listed_algorithms() {
    let listed = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        move |draft: &mut Draft| draft.algorithms = names
    };
    check(listed(&["RS256"]), "ok");
    check(listed(&["ES256", "RS256"]), "ok");
    check(listed(&["ES256", "RS512"]), "id_token.alg");
    check(listed(&["none"]), "id_token.alg");
}

#[test]
fn every_algorithm_with_its_key() {
    check(signed_by(Signer::RsaA, "RS256"), "ok");
    check(signed_by(Signer::RsaA, "RS384"), "ok");
    check(signed_by(Signer::RsaA, "RS512"), "ok");
    check(signed_by(Signer::RsaA, "PS256"), "ok");
    check(signed_by(Signer::RsaA, "PS384"), "ok");
    check(signed_by(Signer::RsaA, "PS512"), "ok");
    check(signed_by(Signer::P256, "ES256"), "ok");
    check(signed_by(Signer::P384, "ES384"), "ok");
    check(signed_by(Signer::Ed25519, "EdDSA"), "ok");
    check(signed_by(Signer::P256, "ES384"), "id_token.key");
    check(signed_by(Signer::P384, "ES256"), "id_token.key");
    check(signed_by(Signer::P256, "RS256"), "id_token.key");
    check(signed_by(Signer::RsaA, "EdDSA"), "id_token.key");
}

#[test]
fn signatures() {
    let flipped = |token: String| {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { "B" } else { "A" };
        format!("{signed}.{first}{}", &signature[1..])
    };
    check(text(flipped), "id_token.signature");
    check(
        text(|token| token.rsplit_once('.').unwrap().0.to_owned() + "."),
        "id_token.signature",
    );
    check(|draft| draft.signer = Signer::RsaB, "id_token.signature");
    check(header("kid", json!("b")), "id_token.signature");
    check(
        |draft| draft.keys = vec![Signer::RsaB.jwk("a"), Signer::RsaA.jwk("b")],
        "id_token.signature",
    );
    // Another header than the one that was signed, with all else in order.
    let other_header = |token: String| {
        let other = Signer::RsaA.sign(r#"{"alg":"RS256","kid":"a"}"#, "{}");
        format!(
            "{}.{}",
            other.split_once('.').unwrap().0,
            token.split_once('.').unwrap().1
        )
    };
    check(text(other_header), "id_token.signature");
    let zeros = |token: String| format!("{}.{}", token.rsplit_once('.').unwrap().0, "A".repeat(86));
    check(
        |draft| {
            signed_by(Signer::P256, "ES256")(draft);
            draft.finish = zeros;
        },
        "id_token.signature",
    );
}

#[test]
fn which_key() {
    let keys = |keys: Vec<Value>| move |draft: &mut Draft| draft.keys = keys;
    let no_kid = |keys: Vec<Value>| {
        move |draft: &mut Draft| {
            draft.keys = keys;
            draft.header = json!({"alg": "RS256"});
        }
    };
    let (a, b) = (Signer::RsaA.jwk("a"), Signer::RsaB.jwk("b"));
    let with = |name: &str, value: Value| {
        let mut jwk = Signer::RsaB.jwk("a");
        jwk[name] = value;
        jwk
    };
    check(keys(vec![]), "id_token.kid");
    check(keys(vec![b.clone()]), "id_token.kid");
    check(keys(vec![b.clone(), a.clone()]), "ok");
    // The same kid on several keys: by type, by purpose, else whichever fits.
    check(keys(vec![Signer::P256.jwk("a"), a.clone()]), "ok");
    check(keys(vec![with("use", json!("enc")), a.clone()]), "ok");
    check(keys(vec![Signer::RsaB.jwk("a"), a.clone()]), "ok");
    // Keys that nobody here can read do not hurt the others.
    check(
        keys(vec![json!({"kty": "AKP", "kid": "a"}), a.clone()]),
        "ok",
    );
    check(
        keys(vec![json!({"kty": "RSA", "kid": "a"}), a.clone()]),
        "ok",
    );
    check(keys(vec![json!(7), a.clone()]), "ok");
    check(
        keys(vec![json!({"kty": "oct", "kid": "a", "k": "AAAA"})]),
        "id_token.kid",
    );
    // Without a kid, only a key that is alone of its type.
    check(no_kid(vec![a.clone()]), "ok");
    check(no_kid(vec![Signer::P256.jwk("x"), a.clone()]), "ok");
    check(no_kid(vec![with("use", json!("enc")), a.clone()]), "ok");
    check(no_kid(vec![a.clone(), b]), "id_token.kid");
    check(no_kid(vec![Signer::P256.jwk("x")]), "id_token.kid");
    check(no_kid(vec![with("use", json!("enc"))]), "id_token.key");
}

#[test]
fn keys_that_must_not_be_used() {
    check(key("use", json!("enc")), "id_token.key");
    check(key("alg", json!("PS256")), "id_token.key");
    check(key("alg", json!("RS256")), "ok");
    check(key("key_ops", json!(["encrypt"])), "id_token.key");
    check(key("key_ops", json!([])), "id_token.key");
    check(key("key_ops", json!(["verify"])), "ok");
    check(
        |draft| drop(draft.keys[0].as_object_mut().unwrap().remove("use")),
        "ok",
    );
    // 1024 bits; exponents 1 and 3.
    check(key("n", json!("_".repeat(170) + "8")), "id_token.key");
    check(key("e", json!("AQ")), "id_token.key");
    check(key("e", json!("Aw")), "id_token.key");
    // Zeros in front change nothing.
    check(key("e", json!("AAEAAQ")), "ok");
}

#[test]
fn weak_points_of_ed25519() {
    let weak = |x: &'static str| {
        move |draft: &mut Draft| {
            signed_by(Signer::Ed25519, "EdDSA")(draft);
            draft.keys[0]["x"] = json!(x);
        }
    };
    check(
        weak("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        "id_token.key",
    );
    check(
        weak("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        "id_token.key",
    );
}
