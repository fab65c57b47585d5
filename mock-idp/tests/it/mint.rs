//! Tokens without a login.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mock_idp::{Client, Mint, MintError, MockIdp, Place, Signing};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, claims, is_signature_valid, names, token_part};

/// What an API does with a bearer token, by a library other than the provider's.
fn verified(app: &App, jwks: &Value, token: &str, audience: &str) -> Result<Value, String> {
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks.clone()).unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let jwk = jwks.find(&kid).ok_or("no such key")?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[app.idp.issuer()]);
    validation.leeway = 0;
    let key = DecodingKey::from_jwk(jwk).unwrap();
    let token = jsonwebtoken::decode::<Value>(token, &key, &validation);
    token
        .map(|token| token.claims)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_minted_id_token_is_the_one_that_a_login_gives() {
    for flavour in ["google", "plain"] {
        let idp = MockIdp::builder().flavour(flavour).start().unwrap();
        idp.clock().freeze();
        let mut client = idp.register("http://localhost:8501/oauth2callback");
        client.client_id = "app".into();
        idp.register_client(client.clone()).unwrap();
        let login = Mint::id_token("alice", "app").nonce("n").sid("s");
        let minted = idp.mint(login);
        let (header, minted) = (token_part(&minted, 0), token_part(&minted, 1));
        let app = App::with(idp);
        let authorization = if flavour == "google" {
            "/o/oauth2/v2/auth"
        } else {
            "/authorize"
        };
        let path = app.authorization_path(&[("client_id", "app"), ("nonce", "n")]);
        let path = path.replace("/o/oauth2/v2/auth", authorization);
        let code = app.get(&path).await.callback()["code"].clone();
        let secret = client.client_secret.as_deref().unwrap();
        let changes = [("client_id", "app"), ("client_secret", secret)];
        let tokens = app.exchange(&code, &changes).await.json();
        let given = claims(&tokens);
        assert_eq!(header, token_part(tokens["id_token"].as_str().unwrap(), 0));
        let mut expected = names(&given);
        // A login without a session has none; its access token is another one.
        expected.retain(|name| *name != "sid");
        let mut found = names(&minted);
        found.retain(|name| *name != "sid");
        assert_eq!(found, expected, "{flavour}");
        for name in expected.iter().filter(|name| **name != "at_hash") {
            assert_eq!(minted[name], given[name], "{flavour}: {name}");
        }
    }
}

#[tokio::test]
async fn an_api_verifies_what_is_minted_for_it_with_no_client_there() {
    let app = App::start();
    let jwks = app.jwks().await;
    let api = "https://api.example";
    let mint = || Mint::jwt_access_token("alice", api).scope("read write");
    let token = app.idp.mint(mint());
    assert_eq!(token_part(&token, 0)["typ"], "at+jwt");
    let claims = verified(&app, &jwks, &token, api).unwrap();
    assert_eq!(claims["scope"], "read write");
    assert_eq!(claims["client_id"], api);
    let other = app.idp.mint(mint());
    assert_ne!(claims["jti"], token_part(&other, 1)["jti"]);
    let check = |mint: Mint, words: &str| {
        let error = verified(&app, &jwks, &app.idp.mint(mint), api).unwrap_err();
        assert!(error.contains(words), "{error}");
    };
    check(mint().age(Duration::from_hours(2)), "ExpiredSignature");
    check(mint().claim("aud", "another"), "InvalidAudience");
    check(mint().claim("iss", "another"), "InvalidIssuer");
    check(mint().sign_with(Signing::Flip), "InvalidSignature");
    check(mint().sign_with(Signing::Unpublished), "no such key");
    let tampered = mint()
        .claim("sub", "victim")
        .sign_with(Signing::BeforeEdits);
    check(tampered, "InvalidSignature");
}

#[tokio::test]
async fn what_is_said_of_claims_and_header_is_said() {
    let app = App::start();
    let mint = Mint::id_token("alice", "app")
        .claim("sub", json!(null))
        .claim("groups", json!(["admin"]))
        .header("kid", json!(null))
        .header("typ", "odd");
    let token = app.idp.mint(mint);
    let (header, claims) = (token_part(&token, 0), token_part(&token, 1));
    assert_eq!(
        (names(&header), &header["typ"]),
        (vec!["alg", "typ"], &json!("odd"))
    );
    assert!(claims.get("sub").is_none() && claims["groups"] == json!(["admin"]));
    let token = app
        .idp
        .mint(Mint::id_token("bob", "app").sign_with(Signing::None("nOnE".into())));
    assert_eq!(token_part(&token, 0)["alg"], "nOnE");
    assert!(token.ends_with('.'));
}

#[tokio::test]
async fn a_minted_token_is_signed_as_its_client_registered() {
    let app = App::start();
    let client = Client {
        client_id: "es".into(),
        id_token_signed_response_alg: Some(mock_idp::Algorithm::Es256),
        ..Client::default()
    };
    app.idp.register_client(client).unwrap();
    let token = app.idp.mint(Mint::id_token("alice", "es"));
    assert_eq!(token_part(&token, 0)["alg"], "ES256");
    assert!(is_signature_valid(&token, &app.jwks().await));
}

#[tokio::test]
async fn userinfo_takes_an_access_token_that_no_login_gave() {
    let app = App::start();
    let mint = || Mint::access_token("bob", "any app").scope("openid email");
    let token = app.idp.mint(mint());
    let userinfo = async || {
        let request = app.request(Method::GET, "/v1/userinfo").bearer_auth(&token);
        app.send(request).await
    };
    let answer = userinfo().await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["email"], "bob@example.com");
    assert!(
        answer.json().get("name").is_none(),
        "the scope is not granted"
    );
    let requests = app.idp.requests();
    let requests = requests.to(Place::UserInfo);
    let seen = requests.last().unwrap();
    assert_eq!(seen.client_id.as_deref(), Some("any app"));
    assert_eq!(seen.persona.as_deref(), Some("bob"));
    app.idp.clock().advance(Duration::from_hours(2));
    assert_eq!(userinfo().await.status, 401);
    let error = app.idp.try_mint(mint().claim("a", 1)).unwrap_err();
    assert_eq!(error, MintError::Opaque);
}

#[test]
fn what_cannot_be_minted_says_why() {
    let idp = MockIdp::start();
    let check = |mint: Mint, words: &str| {
        let error = idp.try_mint(mint).unwrap_err().to_string();
        assert_eq!(error, words);
    };
    check(
        Mint::id_token("nobody", "app"),
        "there is no persona \"nobody\"",
    );
    let nothing = Mint::id_token("alice", "app").sign_with(Signing::BeforeEdits);
    let words = "sign_with(BeforeEdits) belongs to a token whose claims are changed";
    check(nothing, words);
    let mint = |way: Signing| Mint::id_token("alice", "app").sign_with(way);
    let words = "sign_with(EcdsaDer) does nothing to a token whose header says RS256";
    check(mint(Signing::EcdsaDer), words);
    let words = "there is no weak RSA key of 768 bits; there are 512 and 1024";
    check(mint(Signing::WeakRsa(768)), words);
    let words =
        "sign_with(HmacClientSecret) needs a registered client with a secret, unlike \"app\"";
    check(mint(Signing::HmacClientSecret), words);
    let der = mint(Signing::Algorithm(mock_idp::Algorithm::Es256)).sign_with(Signing::EcdsaDer);
    assert!(idp.try_mint(der).is_ok());
}
