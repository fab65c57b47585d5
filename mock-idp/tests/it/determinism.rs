//! With the clock frozen, the same seed and the same requests give the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use mock_idp::MockIdp;

use crate::app::App;

/// Two logins at a provider of this seed: everything that differs by port is taken out.
async fn bytes(seed: u64, is_interrupted: bool) -> String {
    let idp = MockIdp::builder().seed(seed).start().unwrap();
    idp.clock().freeze();
    idp.clock().set(UNIX_EPOCH + Duration::from_hours(500_000));
    let secrets = idp.secrets_toml("http://localhost:1/cb");
    let app = App::with(idp);
    let mut pieces = vec![secrets];
    for round in 0..2 {
        if is_interrupted {
            // Another client's login in between changes nothing.
            let other = app
                .idp
                .register(&format!("http://localhost:{}/cb", 100 + round));
            let redirect_uri = other.redirect_uris[0].clone();
            app.authorize(&[
                ("client_id", &other.client_id),
                ("redirect_uri", &redirect_uri),
            ])
            .await;
        }
        let authorization = app.authorize(&[]).await;
        pieces.push(format!("{:?}{}", authorization.headers, authorization.text));
        let token = app.exchange(&authorization.callback()["code"], &[]).await;
        let mut answer = token.json();
        // The signature is over the issuer, which has the port in it.
        let claims = crate::app::claims(&answer);
        answer["id_token"] = claims;
        pieces.push(format!("{:?}{answer}", token.header("date")));
    }
    pieces.push(app.jwks().await.to_string());
    let port = app.idp.issuer().rsplit(':').next().unwrap().to_owned();
    pieces.concat().replace(&port, "PORT")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let once = bytes(7, false).await;
    assert_eq!(once, bytes(7, false).await);
    assert_eq!(once, bytes(7, true).await);
    assert_ne!(once, bytes(8, false).await);
    assert!(
        once.contains("Fri, 15 Jan 2027 08:00:00 GMT"),
        "the date is the clock's"
    );
}

#[tokio::test]
async fn without_a_seed_no_two_providers_are_alike() {
    let (one, other) = (App::start(), App::start());
    assert_ne!(one.client.client_id, other.client.client_id);
    assert_ne!(one.code(&[]).await, other.code(&[]).await);
    assert_ne!(one.idp.keys().signing_kid(), other.idp.keys().signing_kid());
}
