use serde_json::{Value, json};

use super::{Expected, SignedToken, TokenError, verify};
use crate::{
    provider::{KeySet, parse_keys},
    testing::{NOW, Signer},
};

/// An ID token to be, and what it is verified against.
struct Draft {
    signer: Signer,
    header: Value,
    claims: Value,
    /// What is done to the finished token.
    finish: fn(String) -> String,
    keys: Vec<Value>,
    algorithms: Vec<String>,
}

impl Draft {
    /// A token that passes.
    fn good() -> Self {
        Self {
            signer: Signer::RsaA,
            header: json!({"alg": "RS256", "kid": "a", "typ": "JWT"}),
            claims: json!({
                "iss": "https://idp.test", "azp": "client", "aud": "client", "sub": "110",
                "nonce": "nonce-1", "iat": NOW, "exp": NOW + 3600, "locale": {"language": "de"},
                "email_verified": "true", "updated_at": "2026-01-01",
            }),
            finish: |token| token,
            keys: vec![Signer::RsaA.jwk("a"), Signer::RsaB.jwk("b")],
            algorithms: Vec::new(),
        }
    }

    fn verify(&self) -> Result<(), TokenError> {
        let token = self
            .signer
            .sign(&self.header.to_string(), &self.claims.to_string());
        verify_text(
            &(self.finish)(token),
            &parse_keys(&self.keys),
            &self.algorithms,
        )
    }
}

fn verify_text(token: &str, keys: &KeySet, algorithms: &[String]) -> Result<(), TokenError> {
    let expected = Expected {
        issuer: "https://idp.test",
        issuer_aliases: &["idp.test".to_owned()],
        algorithms,
        client_id: "client",
        nonce: "nonce-1",
        access_token: "access",
        now: NOW,
    };
    verify(&SignedToken::parse(token)?, keys, &expected).map(drop)
}

/// Verifies a good token after an edit; `expected` is "ok" or the reason of the refusal.
#[track_caller]
fn check(edit: impl FnOnce(&mut Draft), expected: &str) {
    let mut draft = Draft::good();
    edit(&mut draft);
    let found = draft.verify();
    let reason = found.as_ref().map_or_else(TokenError::reason, |()| "ok");
    assert_eq!(
        reason, expected,
        "{found:?}: {} {}",
        draft.header, draft.claims
    );
}

fn claim(name: &str, value: Value) -> impl FnOnce(&mut Draft) {
    move |draft| draft.claims[name] = value
}

fn without(name: &str) -> impl FnOnce(&mut Draft) {
    move |draft| drop(draft.claims.as_object_mut().unwrap().remove(name))
}

fn header(name: &str, value: Value) -> impl FnOnce(&mut Draft) {
    move |draft| draft.header[name] = value
}

fn without_header(name: &str) -> impl FnOnce(&mut Draft) {
    move |draft| drop(draft.header.as_object_mut().unwrap().remove(name))
}

fn text(finish: fn(String) -> String) -> impl FnOnce(&mut Draft) {
    move |draft| draft.finish = finish
}

/// The key that signs, with a member changed in the set.
fn key(name: &str, value: Value) -> impl FnOnce(&mut Draft) {
    move |draft| draft.keys[0][name] = value
}

/// Only this key, which signs with this algorithm.
fn signed_by(signer: Signer, algorithm: &str) -> impl FnOnce(&mut Draft) {
    let algorithm = json!(algorithm);
    move |draft| {
        draft.signer = signer;
        draft.header["alg"] = algorithm;
        draft.keys = vec![signer.jwk("a")];
    }
}

#[test]
fn a_good_token_and_its_odd_claims() {
    check(|_| (), "ok");
    check(claim("name", json!({"odd": [1, null]})), "ok");
}

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
