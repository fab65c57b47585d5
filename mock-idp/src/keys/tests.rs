use super::*;

fn keys(seed: u64) -> Keys {
    Keys::new(Flavour::named("google").unwrap(), seed)
}

fn jwk(keys: &Keys, kid: &str) -> Value {
    let jwks = keys.jwks("");
    let mut jwks = jwks
        .iter()
        .map(|jwk| serde_json::from_str::<Value>(jwk).unwrap());
    jwks.find(|jwk| jwk["kid"] == kid).unwrap()
}

#[test]
fn a_new_key_signs_and_the_old_ones_stay_until_retired() {
    let keys = keys(1);
    let before = keys.published_kids();
    assert_eq!(before.len(), 2);
    let kid = keys.rotate();
    assert_eq!(keys.signing_kid(), kid);
    assert_eq!(
        keys.published_kids(),
        [before.clone(), vec![kid.clone()]].concat()
    );
    assert!(keys.retire(&before[0]));
    assert_eq!(keys.published_kids(), [before[1].clone(), kid.clone()]);
    keys.retire_old();
    assert_eq!(keys.published_kids(), std::slice::from_ref(&kid));
    assert!(!keys.retire(&kid), "the key that signs cannot be retired");
    keys.reset();
    assert_eq!(keys.published_kids(), before);
}

#[test]
fn publishing_using_and_withdrawing_are_separate_steps() {
    let keys = keys(1);
    let old = keys.signing_kid();
    let new = keys.publish(NewKey::of(KeyKind::EcP256));
    assert_eq!(keys.signing_kid(), old);
    assert_eq!(jwk(&keys, &new)["crv"], "P-256");
    assert!(keys.use_key(&new));
    assert_eq!(keys.signing().key.signing_key().algorithm(), "ES256");
    assert!(keys.withdraw(&new), "also the one that signs");
    assert_eq!(keys.signing_kid(), new);
    assert!(!keys.published_kids().contains(&new));
    assert!(
        !keys.use_key(&new),
        "what is not published cannot be chosen"
    );
    keys.withdraw_all();
    assert!(keys.jwks("").is_empty());
}

#[test]
fn a_kid_can_stand_for_another_key_or_for_two() {
    let keys = keys(1);
    let kid = keys.signing_kid();
    let before = jwk(&keys, &kid);
    assert!(keys.replace(&kid));
    assert_eq!(keys.signing_kid(), kid);
    assert_ne!(jwk(&keys, &kid)["n"], before["n"]);
    let signing = keys.signing();
    assert_eq!(jwk(&keys, &kid)["n"], signing.key.signing_key().member("n"));

    keys.publish(NewKey::default().kid(&kid));
    assert_eq!(
        keys.published_kids()
            .iter()
            .filter(|it| **it == kid)
            .count(),
        2
    );
    assert!(keys.use_key(&kid));
    assert_ne!(
        keys.signing().key.signing_key().member("n"),
        signing.key.signing_key().member("n"),
        "the last of the two signs"
    );
    assert!(!keys.replace("unknown"));
}

#[test]
fn a_jwk_can_say_other_things_or_be_anything() {
    let keys = keys(1);
    let kid = keys.publish(
        NewKey::default()
            .member("use", "enc")
            .member("alg", Value::Null),
    );
    let jwk = jwk(&keys, &kid);
    assert_eq!((&jwk["use"], jwk.get("alg")), (&"enc".into(), None));
    let odd = serde_json::json!({"kty": "XYZ"});
    keys.publish_jwk(odd.clone());
    assert_eq!(keys.jwks("").last().unwrap(), &odd.to_string());
    let nameless = keys.publish(NewKey::default().member("kid", Value::Null));
    assert!(!keys.jwks("").last().unwrap().contains(&nameless));
}

#[test]
fn the_key_of_an_algorithm_is_published_from_when_it_is_asked_for() {
    let keys = keys(1);
    assert_eq!(keys.signing_with(Algorithm::Ps256).kid, keys.signing_kid());
    let key = keys.signing_with(Algorithm::EdDsa);
    assert_eq!(keys.published_kids().last(), Some(&key.kid));
    assert_eq!(keys.signing_with(Algorithm::EdDsa).kid, key.kid);
    assert_ne!(keys.signing_kid(), key.kid);
    assert_eq!(jwk(&keys, &key.kid)["alg"], "EdDSA");
}

#[test]
fn a_fresh_key_is_of_the_size_and_the_seed() {
    let of = |seed| {
        let keys = keys(seed);
        let kid = keys.generate(512).unwrap();
        jwk(&keys, &kid)["n"].as_str().unwrap().to_owned()
    };
    assert_eq!(of(1).len(), 86);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    assert_eq!(keys(1).generate(511), None);
    assert_eq!(keys(1).generate(8192), None);
}

#[test]
fn google_1_9_a_kid_is_40_hex_digits_and_belongs_to_the_seed() {
    let kid = keys(1).signing_kid();
    assert!(kid.len() == 40 && kid.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(kid, keys(1).signing_kid());
    assert_ne!(kid, keys(2).signing_kid());
}

#[test]
fn no_number_of_rotations_publishes_the_unpublished_key() {
    let keys = keys(1);
    for _ in 0..20 {
        keys.rotate();
    }
    let foreign = keys.unpublished(KeyKind::Unpublished);
    let jwks = keys.jwks("").concat();
    let modulus = foreign.key.signing_key().member("n");
    assert!(!jwks.contains(modulus) && !jwks.contains(&foreign.kid));
    let kids = keys.published_kids();
    let distinct: std::collections::HashSet<_> = kids.iter().collect();
    assert_eq!(distinct.len(), 22);
}

#[test]
fn a_new_key_is_data() {
    let key = NewKey::of(KeyKind::EcP384).kid("k").member("use", "enc");
    let written = serde_json::to_string(&key).unwrap();
    assert_eq!(
        written,
        r#"{"kind":"ec_p384","kid":"k","members":{"use":"enc"}}"#
    );
    assert_eq!(serde_json::from_str::<NewKey>(&written).unwrap(), key);
    assert_eq!(
        serde_json::from_str::<NewKey>("{}").unwrap(),
        NewKey::default()
    );
}
