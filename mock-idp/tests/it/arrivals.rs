//! Which requests are of one login, what comes next, and a login as a picture.

use std::time::{Duration, UNIX_EPOCH};

use mock_idp::{MockIdp, NextRequestError, Place, TransactionId};
use reqwest::Method;

use crate::app::{App, claims, id_token};
use crate::op::{OFFLINE, Op, with_query};

#[tokio::test]
async fn a_login_is_one_transaction_from_its_first_request_to_the_logout() {
    let op = Op::with_pages();
    let requests = || op.app.idp.requests();
    op.app.get("/.well-known/openid-configuration").await;
    // Two visitors at once, whose requests alternate.
    let scope = [("scope", OFFLINE)];
    let (first, second) = (
        op.authorize(&scope).await.next(),
        op.authorize(&scope).await.next(),
    );
    op.app.get(&first).await;
    op.app.get(&second).await;
    let (first, _) = op.finish_pages(&first, "alice").await;
    let (second, _) = op.finish_pages(&second, "bob").await;
    let mut tokens = Vec::new();
    for answer in [&second, &first] {
        tokens.push(op.exchange(&answer.callback()["code"], &[]).await.json());
    }
    for token in &tokens {
        op.userinfo(&token["access_token"]).await;
        let refreshed = op.refresh(&token["refresh_token"], &[]).await.json();
        op.userinfo(&refreshed["access_token"]).await;
        op.refresh(&refreshed["refresh_token"], &[]).await;
        let hint = [("id_token_hint", id_token(token))];
        op.app.get(&with_query("/end_session", &hint)).await;
    }
    let ids = requests().transactions();
    assert_eq!(ids.len(), 2);
    for (id, name) in ids.iter().zip(["alice", "bob"]) {
        let places: Vec<_> = requests()
            .of_transaction(*id)
            .iter()
            .map(|it| it.place)
            .collect();
        let expected = [
            Place::Authorization,
            Place::AccountChooser,
            Place::AccountChooser,
            Place::Consent,
            Place::Token,
            Place::UserInfo,
            Place::Token,
            Place::UserInfo,
            Place::Token,
            Place::EndSession,
        ];
        assert_eq!(places, expected, "{name}");
        let about = requests().of_transaction(*id).to(Place::Token);
        assert!(about.iter().all(|it| it.persona.as_deref() == Some(name)));
    }
    assert_eq!(requests().to(Place::Discovery).only().transaction, None);
}

#[tokio::test]
async fn requests_are_filtered_by_client_persona_and_refusal() {
    let app = App::start();
    app.log_in().await;
    app.get("/oauth2/v3/certs").await;
    app.post("/token", &[("client_id", "other")]).await;
    let requests = app.idp.requests();
    assert_eq!(requests.of_client(&app.client.client_id).len(), 2);
    assert_eq!(requests.of_client("other").only().place, Place::Token);
    assert_eq!(requests.of_persona("alice").len(), 2);
    assert!(requests.of_persona("bob").is_empty());
    assert_eq!(
        requests.refused().only().client_id.as_deref(),
        Some("other")
    );
    let numbers: Vec<_> = requests.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_body_that_is_cut_tells_its_length_and_hash() {
    let app = App::start();
    let long = format!("code={}", "x".repeat(70_000));
    let request = app.request(Method::POST, "/token");
    let form = request.header("content-type", "application/x-www-form-urlencoded");
    app.send(form.body(long)).await;
    app.post("/token", &[("code", "x")]).await;
    let requests = app.idp.requests();
    let [long, short] = [0, 1].map(|index| requests.iter().nth(index).unwrap());
    assert_eq!((long.body.len(), long.body_length), (65_536, 70_005));
    assert_eq!(long.body_sha256.as_ref().map(String::len), Some(64));
    assert_eq!((short.body_length, &short.body_sha256), (6, &None));
}

#[tokio::test]
async fn the_next_request_is_waited_for() {
    let app = App::start();
    let within = Duration::from_secs(30);
    // It came before it was asked for.
    app.code(&[]).await;
    let first = app
        .idp
        .next_request_async(Place::Authorization, within)
        .await;
    assert_eq!(first.unwrap().number, 0);
    // It comes while somebody waits, with a thread blocked and without.
    let tenant = app.idp.tenant().clone();
    let blocked = std::thread::spawn(move || tenant.next_request(Place::Token, within));
    let waiting = app.idp.next_request_async(Place::Authorization, within);
    let (second, ()) = tokio::join!(waiting, async {
        app.log_in().await;
    });
    assert_eq!(second.unwrap().number, 1);
    assert_eq!(blocked.join().unwrap().unwrap().number, 2);
}

#[tokio::test]
async fn a_request_that_does_not_come_is_told_with_what_came() {
    let app = App::start();
    app.code(&[]).await;
    let shortly = Duration::from_millis(1);
    let check = |error: NextRequestError| {
        assert!(matches!(
            error,
            NextRequestError::TimedOut {
                place: Place::Token,
                ..
            }
        ));
        let words = error.to_string();
        assert!(
            words.starts_with("no request to token within 1ms; there were:\n  GET /o/oauth2"),
            "{words}"
        );
    };
    check(app.idp.next_request(Place::Token, shortly).unwrap_err());
    check(
        app.idp
            .next_request_async(Place::Token, shortly)
            .await
            .unwrap_err(),
    );
}

#[tokio::test]
async fn what_came_and_went_is_told() {
    let app = App::start();
    for _ in 0..1_001 {
        app.get("/oauth2/v3/certs").await;
    }
    let next = app.idp.next_request(Place::Token, Duration::from_secs(30));
    let place = Place::Token;
    assert_eq!(
        next.unwrap_err(),
        NextRequestError::Dropped { place, missed: 1 }
    );
    app.idp.reset();
    app.get("/oauth2/v3/certs").await;
    let next = app.idp.next_request(Place::Jwks, Duration::from_secs(30));
    assert_eq!(next.unwrap().number, 0);
}

/// Renew the picture with what the failure prints, after a look at it.
const LOGIN: &str = include_str!("login.mmd");

#[tokio::test]
async fn a_login_as_a_sequence_diagram() {
    let app = App::with(MockIdp::builder().seed(7).start().unwrap());
    app.idp.clock().freeze();
    app.idp
        .clock()
        .set(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    app.get("/oauth2/v3/certs").await;
    let tokens = app.log_in().await;
    let token = tokens["access_token"].as_str().unwrap();
    app.send(app.request(Method::GET, "/v1/userinfo").bearer_auth(token))
        .await;
    let code = app
        .idp
        .requests()
        .to(Place::Token)
        .only()
        .parameter("code")
        .unwrap()
        .to_owned();
    app.exchange(&code, &[]).await;
    let requests = app.idp.requests();
    let [id]: [TransactionId; 1] = requests.transactions().try_into().unwrap();
    let diagram = requests.of_transaction(id).mermaid();
    for secret in [app.secret(), &code, token] {
        assert!(!diagram.contains(secret), "{diagram}");
    }
    assert_eq!(claims(&tokens)["iss"], app.idp.issuer());
    let diagram = diagram.replace(app.idp.issuer(), "http://idp.example");
    assert_eq!(diagram, LOGIN, "\n{diagram}");
}
