//! The provider's metadata and keys: fetched, kept, fetched again.

use std::time::Duration;

use serde_json::json;

use super::{App, outcome_with};
use crate::{
    LoginError,
    testing::{Answer, DISCOVERY, FakeProvider, KEYS, Signer, TOKEN, seconds},
};

#[tokio::test]
async fn answers_that_are_none() {
    let check = async |path: &'static str, answer: Answer, expected: &str| {
        let found = outcome_with(|world| drop(world.instead.insert(path, answer))).await;
        assert_eq!(found, expected, "{path}");
    };
    let canary = FakeProvider::start().await;
    for path in [DISCOVERY, KEYS, TOKEN] {
        let large = "x".repeat((1 << 20) + 1);
        check(path, Answer::Says(200, large), "provider.too_large").await;
        check(path, Answer::Says(503, "{}".to_owned()), "provider.status").await;
        check(
            path,
            Answer::Says(200, "<!doctype html>".to_owned()),
            "provider.not_json",
        )
        .await;
        let elsewhere = format!("{}{path}", canary.issuer);
        check(path, Answer::RedirectsTo(elsewhere), "provider.status").await;
    }
    assert_eq!(canary.edit(|world| world.requests.len()), 0);
}

#[tokio::test]
async fn an_answer_of_a_mebibyte_is_read() {
    let app = App::start().await;
    app.idp.edit(|world| {
        let document = world.discovery.to_string();
        let padding = " ".repeat((1 << 20) - document.len());
        world
            .instead
            .insert(DISCOVERY, Answer::Says(200, document + &padding));
    });
    assert_eq!(app.outcome().await, "ok");
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_given_up() {
    let app = App::with_timeout(Duration::from_millis(50)).await;
    app.idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, Answer::Never)));
    let expected = LoginError::Timeout {
        url: format!("{}{DISCOVERY}", app.idp.issuer),
        seconds: 1,
    };
    assert_eq!(app.begin().await.err(), Some(expected));
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_again_at_once() {
    let app = App::start().await;
    app.idp.edit(|world| {
        drop(
            world
                .instead
                .insert(DISCOVERY, Answer::Says(503, String::new())),
        );
    });
    assert_eq!(app.outcome().await, "provider.status");
    app.idp.edit(|world| drop(world.instead.remove(DISCOVERY)));
    assert_eq!(app.outcome().await, "ok");
}

#[tokio::test]
async fn documents_are_kept_as_long_as_their_max_age() {
    let app = App::start().await;
    let asked = || (app.idp.asked(DISCOVERY), app.idp.asked(KEYS));
    assert_eq!(app.outcome().await, "ok");
    app.clock.advance(seconds(599));
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(asked(), (1, 1));
    app.clock.advance(seconds(1));
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(asked(), (2, 2));
}

#[tokio::test]
async fn documents_are_used_for_a_while_beyond_their_time_when_the_provider_is_down() {
    let app = App::start().await;
    assert_eq!(app.outcome().await, "ok");
    let down = Answer::Says(503, String::new());
    app.clock.advance(seconds(600));
    app.idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, down.clone())));
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(
        app.idp.asked(DISCOVERY),
        2,
        "a provider that is down is left alone for a while"
    );
    app.idp.edit(|world| drop(world.instead.insert(KEYS, down)));
    let later = |seconds_more: i64| {
        app.clock.advance(seconds(seconds_more));
        app.idp.edit(|world| {
            let now = app.clock.unix_seconds();
            world.claims["iat"] = json!(now);
            world.claims["exp"] = json!(now + 3_600);
        });
    };
    later(86_399);
    assert_eq!(app.outcome().await, "ok", "for a day");
    later(601);
    assert_eq!(
        app.outcome().await,
        "provider.status",
        "keys that may have been withdrawn"
    );
    app.idp.edit(|world| drop(world.instead.remove(KEYS)));
    assert_eq!(app.outcome().await, "ok");
    later(7 * 86_400);
    assert_eq!(
        app.outcome().await,
        "provider.status",
        "metadata of last week"
    );
}

#[tokio::test]
async fn visitors_who_come_at_once_share_one_request() {
    let app = App::start().await;
    let (a, b, c) = tokio::join!(app.begin(), app.begin(), app.begin());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(app.idp.asked(DISCOVERY), 1);
}

#[tokio::test]
async fn visitors_who_wait_share_the_failure_as_well() {
    let app = App::with_timeout(Duration::from_millis(50)).await;
    app.idp
        .edit(|world| drop(world.instead.insert(DISCOVERY, Answer::Never)));
    let (a, b, c) = tokio::join!(app.begin(), app.begin(), app.begin());
    let reasons = [a, b, c].map(|found| found.err().unwrap().reason());
    assert_eq!(reasons, ["provider.timeout"; 3]);
    assert_eq!(app.idp.asked(DISCOVERY), 1);
}

/// Signs with another key from now on, published or not.
fn rotate(app: &App, kid: &str, is_published: bool) {
    app.idp.edit(|world| {
        world.signer = Signer::RsaB;
        world.header["kid"] = json!(kid);
        if is_published {
            world.keys = vec![Signer::RsaB.jwk(kid)];
        }
    });
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let app = App::start().await;
    assert_eq!(app.outcome().await, "ok");
    rotate(&app, "b", true);
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.idp.asked(KEYS), 2);
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.idp.asked(KEYS), 2);
}

#[tokio::test]
async fn invented_keys_do_not_become_requests() {
    let app = App::start().await;
    for kid in ["x", "y", "z"] {
        rotate(&app, kid, false);
        assert_eq!(app.outcome().await, "id_token.kid");
    }
    assert_eq!(app.idp.asked(KEYS), 2);
    app.clock.advance(seconds(29));
    assert_eq!(app.outcome().await, "id_token.kid");
    assert_eq!(app.idp.asked(KEYS), 2);
    app.clock.advance(seconds(1));
    assert_eq!(app.outcome().await, "id_token.kid");
    assert_eq!(app.idp.asked(KEYS), 3);
}

#[tokio::test]
async fn the_keys_of_another_address_are_other_keys() {
    let app = App::start().await;
    assert_eq!(app.outcome().await, "ok");
    app.clock.advance(seconds(600));
    app.idp.edit(|world| {
        world.discovery["jwks_uri"] =
            json!(world.discovery["jwks_uri"].as_str().unwrap().to_owned() + "?v=2");
    });
    assert_eq!(app.outcome().await, "ok");
    assert_eq!(app.idp.asked(KEYS), 2);
}
