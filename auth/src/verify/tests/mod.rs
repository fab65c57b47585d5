//! A line a mutation: a good token, what is done to it, and the reason for which it is refused.

mod claims;
mod signature;

use serde_json::{Value, json};

use super::{Expected, Kind, Nonce, SignedToken, Time, TokenError, verify};
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
    let aliases = ["idp.test".to_owned()];
    let expected = Expected {
        algorithms,
        ..expected(&aliases)
    };
    verify(&SignedToken::parse(token, Kind::IdToken)?, keys, &expected).map(drop)
}

/// What a good token says.
fn expected(issuer_aliases: &[String]) -> Expected<'_> {
    Expected {
        issuer: "https://idp.test",
        issuer_aliases,
        directory: None,
        algorithms: &[],
        client_id: "client",
        nonce: Nonce::Is("nonce-1"),
        access_token: "access",
        acr_values: &[],
        max_age: None,
        time: Time {
            now: NOW,
            leeway: 60,
        },
    }
}

/// Verifies a good token after an edit against what is special about a provider.
#[track_caller]
fn check_at(special: &Expected<'_>, edit: impl FnOnce(&mut Draft), reason: &str) {
    let mut draft = Draft::good();
    edit(&mut draft);
    let token = draft
        .signer
        .sign(&draft.header.to_string(), &draft.claims.to_string());
    let keys = parse_keys(&draft.keys);
    let verified = verify(
        &SignedToken::parse(&token, Kind::IdToken).unwrap(),
        &keys,
        special,
    );
    let found = verified.map_or_else(|error| error.reason(), |_| "ok");
    assert_eq!(found, reason, "{}", draft.claims);
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
