//! Every effect of a fault, seen on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::{
    Check, Place, Signing, Value, authorization, discovery, id_token, id_token_header, jwks, token,
    userinfo,
};
use reqwest::Method;
use serde_json::json;

use crate::app::{App, claims, is_signature_valid, names, token_part};

#[tokio::test]
async fn the_claims_of_an_id_token() {
    let app = App::start();
    app.idp.fault(
        id_token()
            .set("aud", "other")
            .omit("nonce")
            .shift("exp", -7200)
            .double("sub")
            .once(),
    );
    let tokens = app.log_in().await;
    let claims = claims(&tokens);
    assert_eq!(claims["aud"], "other");
    assert!(claims.get("nonce").is_none());
    assert_eq!(
        claims["iat"].as_i64().unwrap() - claims["exp"].as_i64().unwrap(),
        3600
    );
    let payload = crate::app::id_token(&tokens).split('.').nth(1).unwrap();
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(payload.matches("\"sub\":").count(), 2);
    // The lie is signed like the truth.
    assert!(is_signature_valid(
        crate::app::id_token(&tokens),
        &app.jwks().await
    ));
    app.idp.verify();
    assert_eq!(
        crate::app::claims(&app.log_in().await)["nonce"],
        "the nonce"
    );
}

#[tokio::test]
async fn a_value_can_come_from_the_request_or_the_one_before_it() {
    let app = App::start();
    app.idp.fault(
        id_token()
            .set("nonce", Value::request("state"))
            .set("x", Value::request("grant_type")),
    );
    app.idp
        .fault(authorization().set("iss", Value::request("redirect_uri")));
    let answer = app.authorize(&[]).await;
    assert_eq!(answer.callback()["iss"], crate::app::REDIRECT_URI);
    let claims = claims(&app.exchange(&answer.callback()["code"], &[]).await.json());
    assert_eq!(
        (&claims["nonce"], &claims["x"]),
        (&json!("the state"), &json!("authorization_code"))
    );
}

#[tokio::test]
async fn the_header_of_an_id_token() {
    let app = App::start();
    app.idp
        .fault(id_token_header().set("alg", "HS256").omit("kid"));
    let tokens = app.log_in().await;
    let header = token_part(crate::app::id_token(&tokens), 0);
    assert_eq!(names(&header), ["alg", "typ"]);
    assert_eq!(header["alg"], "HS256");
    app.idp.verify();
}

#[tokio::test]
async fn every_way_to_sign_wrongly() {
    let check = async |signing: Signing, algorithm: &str, signature_bits: usize| {
        let app = App::start();
        app.idp.fault(id_token().sign_with(signing.clone()));
        let tokens = app.log_in().await;
        let id_token = crate::app::id_token(&tokens);
        assert_eq!(token_part(id_token, 0)["alg"], algorithm, "{signing:?}");
        let signature = id_token.rsplit('.').next().unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.decode(signature).unwrap().len() * 8,
            signature_bits,
            "{signing:?}"
        );
        assert!(
            !is_signature_valid(id_token, &app.jwks().await),
            "{signing:?}"
        );
        app.idp.verify();
    };
    check(Signing::Unpublished, "RS256", 2048).await;
    check(Signing::Impostor, "RS256", 2048).await;
    check(Signing::Flip, "RS256", 2048).await;
    check(Signing::Strip, "RS256", 0).await;
    check(Signing::None("nOnE".into()), "nOnE", 0).await;
    check(Signing::HmacClientSecret, "HS256", 256).await;
    check(Signing::HmacPublicKey, "HS256", 256).await;
    // Small keys verify: that they are too small is for the app to see. The library that checks
    // here refuses them.
    check(Signing::WeakRsa(512), "RS256", 512).await;
    check(Signing::WeakRsa(1024), "RS256", 1024).await;
}

#[tokio::test]
async fn an_unpublished_key_has_a_kid_of_its_own_and_an_impostor_borrows_one() {
    let kid_with = async |signing: Signing| {
        let app = App::start();
        app.idp.fault(id_token().sign_with(signing));
        let kid = token_part(crate::app::id_token(&app.log_in().await), 0)["kid"].clone();
        app.idp
            .keys()
            .published_kids()
            .iter()
            .any(|known| kid == *known)
    };
    assert!(!kid_with(Signing::Unpublished).await);
    assert!(kid_with(Signing::Impostor).await);
}

#[tokio::test]
async fn an_hmac_is_made_with_what_a_confused_app_takes_for_a_key() {
    let app = App::start();
    app.idp
        .fault(id_token().sign_with(Signing::HmacClientSecret));
    let tokens = app.log_in().await;
    let key = jsonwebtoken::DecodingKey::from_secret(app.secret().as_bytes());
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.validate_aud = false;
    let decoded =
        jsonwebtoken::decode::<serde_json::Value>(crate::app::id_token(&tokens), &key, &validation);
    assert_eq!(decoded.unwrap().claims["name"], "Alice Example");
}

#[tokio::test]
async fn a_weak_key_is_published_while_it_signs_and_its_signature_is_right() {
    use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
    use sha2::{Digest as _, Sha256};

    let app = App::start();
    app.idp.fault(id_token().sign_with(Signing::WeakRsa(512)));
    let tokens = app.log_in().await;
    let id_token = crate::app::id_token(&tokens);
    let jwks = app.jwks().await;
    let kid = &token_part(id_token, 0)["kid"];
    let key = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == *kid)
        .unwrap();
    let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
    let key = RsaPublicKey::new(BigUint::from_bytes_be(&modulus), 65_537_u32.into()).unwrap();
    let (message, signature) = id_token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    // ASN.1 for SHA-256, as RFC 8017 section 9.2 has it.
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let padding = Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: prefix.as_slice().into(),
    };
    key.verify(padding, &Sha256::digest(message), &signature)
        .unwrap();

    app.idp.clear_faults();
    assert_eq!(app.jwks().await["keys"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_members_of_every_other_answer() {
    let app = App::start();
    app.idp
        .fault(authorization().set("state", "x").omit("iss").double("code"));
    let pairs = app.authorize(&[]).await.callback_in_order();
    let names_of: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names_of,
        ["state", "code", "code", "scope", "authuser", "prompt"]
    );
    assert_eq!(pairs[0].1, "x");

    app.idp
        .fault(discovery().set("issuer", "https://evil.example"));
    let document = app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], "https://evil.example");

    app.idp.fault(jwks().omit("keys"));
    assert_eq!(app.jwks().await, json!({}));

    app.idp
        .fault(token().omit("id_token").set("token_type", "mac"));
    let tokens = app.log_in().await;
    assert_eq!(
        names(&tokens),
        ["access_token", "expires_in", "scope", "token_type"]
    );
    assert_eq!(tokens["token_type"], "mac");

    app.idp.fault(userinfo().set("sub", Value::append("0")));
    let request = app
        .request(Method::GET, "/v1/userinfo")
        .bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(
        app.send(request).await.json()["sub"]
            .as_str()
            .unwrap()
            .len(),
        22
    );
    app.idp.verify();
}

#[tokio::test]
async fn an_error_to_the_app_can_be_edited_too() {
    let app = App::start();
    app.idp.fault(
        authorization()
            .set("error", "<script>")
            .set("error_description", "<b>"),
    );
    let answer = app.authorize(&[("prompt", "none")]).await;
    assert_eq!(answer.callback()["error"], "<script>");
    assert_eq!(answer.callback()["error_description"], "<b>");
}

#[tokio::test]
async fn after_the_handler_it_has_acted_and_instead_of_it_it_has_not() {
    let app = App::start();
    let code = app.code(&[]).await;
    app.idp.fault(
        token()
            .status(500)
            .body("text/html", "<html>oops")
            .header("retry-after", "9")
            .instead()
            .once(),
    );
    let answer = app.exchange(&code, &[]).await;
    assert_eq!((answer.status, answer.text.as_str()), (500, "<html>oops"));
    assert_eq!(
        (answer.header("content-type"), answer.header("retry-after")),
        ("text/html", "9")
    );
    assert_eq!(
        app.exchange(&code, &[]).await.status,
        200,
        "the code is still good"
    );

    let code = app.code(&[]).await;
    app.idp.fault(token().status(500).once());
    assert_eq!(app.exchange(&code, &[]).await.status, 500);
    assert_eq!(
        app.exchange(&code, &[]).await.json()["error"],
        "invalid_grant",
        "the code was used up"
    );
}

#[tokio::test]
async fn a_fault_is_for_one_client_or_persona_or_time() {
    let app = App::start();
    let other = app.idp.register(crate::app::REDIRECT_URI).client_id;
    app.idp
        .fault(authorization().set("state", "lie").for_client(&other));
    assert_eq!(app.authorize(&[]).await.callback()["state"], "the state");
    assert_eq!(
        app.authorize(&[("client_id", &other)]).await.callback()["state"],
        "lie"
    );
    app.idp.clear_faults();

    app.idp
        .fault(id_token().set("name", "lie").for_persona("bob"));
    assert_eq!(claims(&app.log_in().await)["name"], "Alice Example");
    app.idp
        .set_auto_login(mock_idp::AutoLogin::Persona("bob".into()));
    assert_eq!(claims(&app.log_in().await)["name"], "lie");
    app.idp.clear_faults();

    app.idp.fault(discovery().status(503).nth(2).once());
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(app.get("/.well-known/openid-configuration").await.status);
    }
    assert_eq!(statuses, [200, 503, 200]);
}

#[tokio::test]
async fn a_fault_can_wait_until_its_login_has_been_somewhere() {
    let app = App::start();
    app.idp.waive(Check::TokenCodeUsed);
    app.idp
        .fault(id_token().set("sub", "lie").after_place(Place::Token));
    let (one, other) = (app.code(&[]).await, app.code(&[]).await);
    let sub = async |code: &str| claims(&app.exchange(code, &[]).await.json())["sub"].clone();
    assert_ne!(sub(&one).await, "lie");
    assert_ne!(
        sub(&other).await,
        "lie",
        "the other login was not there yet"
    );
    assert_eq!(sub(&one).await, "lie");
    app.idp.verify();
}

#[tokio::test]
async fn what_answers_said_can_be_replayed_until_the_tenant_is_reset() {
    let app = App::start();
    let first = app.log_in().await["id_token"].clone();
    let replay = || token().set("id_token", Value::earlier(Place::Token, "id_token"));
    app.idp.fault(replay());
    assert_eq!(app.log_in().await["id_token"], first);
    app.idp.verify();
    app.idp.reset();
    // Without it the same seed gives the same token.
    app.idp.clock().advance(std::time::Duration::from_mins(1));
    app.idp
        .set_auto_login(mock_idp::AutoLogin::Persona("alice".into()));
    app.idp.register_client(app.client.clone()).unwrap();
    app.idp.fault(replay());
    assert_ne!(app.log_in().await["id_token"], first);
    assert_eq!(
        app.idp.unreached_faults().len(),
        1,
        "there was nothing to replay"
    );
}

#[tokio::test]
async fn a_way_of_signing_that_the_key_cannot_do_is_not_told() {
    let app = App::start();
    app.idp.fault(id_token().sign_with(Signing::EcdsaDer));
    app.idp
        .fault(id_token().sign_with(Signing::Ed25519Unreduced));
    let tokens = app.log_in().await;
    assert!(is_signature_valid(
        crate::app::id_token(&tokens),
        &app.jwks().await
    ));
    assert_eq!(app.idp.unreached_faults().len(), 2);
}

#[tokio::test]
async fn a_fault_that_was_not_reached_is_an_error() {
    let app = App::start();
    app.idp
        .fault(id_token().set("aud", "other").for_persona("bob"));
    // A member that is not there cannot be left out.
    app.idp.fault(token().omit("refresh_token"));
    app.log_in().await;
    let text = app.idp.try_verify().unwrap_err().to_string();
    assert!(text.starts_with("2 fault(s) were never reached:"), "{text}");
    assert!(
        text.contains("id_token_claims") && text.contains("refresh_token"),
        "{text}"
    );
    app.idp.clear_faults();
    app.idp.verify();
}

#[tokio::test]
#[should_panic(expected = "a request to discovery does not say which client it is from")]
async fn a_fault_that_cannot_be_told_is_refused_when_it_is_made() {
    App::start()
        .idp
        .fault(discovery().omit("issuer").for_client("app"));
}
