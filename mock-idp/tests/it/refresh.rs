//! The refresh token grant, RFC 6749 section 6 and OpenID Connect Core 12.

use std::time::Duration;

use mock_idp::{Check, Client};
use serde_json::Value;

use crate::app::{App, REDIRECT_URI, claims, names};
use crate::op::{OFFLINE, Op};

async fn offline(op: &Op) -> Value {
    let tokens = op.log_in(&[("scope", OFFLINE)]).await;
    assert_eq!(tokens["scope"], OFFLINE);
    tokens
}

#[tokio::test]
async fn core_11_without_offline_access_there_is_none() {
    let op = Op::start();
    let tokens = op.log_in(&[("scope", "openid")]).await;
    assert!(!names(&tokens).contains(&"refresh_token"));
}

#[tokio::test]
async fn core_12_2_the_id_token_of_a_refresh() {
    let op = Op::start();
    op.app.idp.clock().freeze();
    let tokens = offline(&op).await;
    op.app.idp.clock().advance(Duration::from_mins(5));
    let refreshed = op.refresh(&tokens["refresh_token"], &[]).await.json();
    let (first, second) = (claims(&tokens), claims(&refreshed));
    for name in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(first[name], second[name], "{name}");
    }
    assert_eq!(
        second["iat"].as_i64().unwrap(),
        first["iat"].as_i64().unwrap() + 300
    );
    assert!(first["nonce"].is_string() && second["nonce"].is_null());
    assert_ne!(first["at_hash"], second["at_hash"]);
    assert_eq!(op.userinfo(&refreshed["access_token"]).await.status, 200);
}

#[tokio::test]
async fn rfc_9700_4_14_2_each_use_gives_a_new_one_and_an_old_one_revokes_them_all() {
    let op = Op::start();
    op.app.idp.clock().freeze();
    let first = offline(&op).await["refresh_token"].clone();
    let tokens = op.refresh(&first, &[]).await.json();
    let second = tokens["refresh_token"].clone();
    assert_ne!(first, second);
    // Within the grace window an app may ask twice, and the window begins with the first use.
    op.app.idp.clock().advance(Duration::from_secs(9));
    assert_eq!(op.refresh(&first, &[]).await.status, 200);
    op.app.idp.clock().advance(Duration::from_secs(1));
    let answer = op.refresh(&first, &[]).await;
    let error = (400, "invalid_grant");
    op.refused(
        &answer,
        Check::TokenRefreshTokenUsed,
        "was replaced 10 s ago",
        error,
    );
    // The family is gone: the newest refresh token, and the access tokens.
    let answer = op.refresh(&second, &[]).await;
    op.refused(
        &answer,
        Check::TokenRefreshTokenRevoked,
        "that was replaced came back",
        error,
    );
    let answer = op.userinfo(&tokens["access_token"]).await;
    op.refused(
        &answer,
        Check::UserInfoToken,
        "that was replaced came back",
        (401, "invalid_token"),
    );
}

#[tokio::test]
async fn a_reused_code_takes_the_refresh_token_with_it() {
    let op = Op::start();
    let code = op.code(&[("scope", OFFLINE)]).await;
    let tokens = op.exchange(&code, &[]).await.json();
    let answer = op.exchange(&code, &[]).await;
    op.refused(
        &answer,
        Check::TokenCodeUsed,
        "used before",
        (400, "invalid_grant"),
    );
    let answer = op.refresh(&tokens["refresh_token"], &[]).await;
    let reason = "its code was used a second time";
    op.refused(
        &answer,
        Check::TokenRefreshTokenRevoked,
        reason,
        (400, "invalid_grant"),
    );
}

#[tokio::test]
async fn rfc_6749_6_the_scope_may_become_narrower_and_not_wider() {
    let op = Op::start();
    let narrow = op.log_in(&[("scope", "openid email offline_access")]).await;
    let token = &narrow["refresh_token"];
    let answer = op.refresh(token, &[("scope", "openid profile")]).await;
    op.refused(
        &answer,
        Check::TokenScope,
        "\"profile\" was not granted",
        (400, "invalid_scope"),
    );
    let tokens = op.refresh(token, &[("scope", "openid")]).await.json();
    assert_eq!(tokens["scope"], "openid");
    let userinfo = op.userinfo(&tokens["access_token"]).await.json();
    assert!(userinfo["email"].is_null(), "{userinfo}");
    // What was granted stays granted.
    let tokens = op.refresh(&tokens["refresh_token"], &[]).await.json();
    assert_eq!(tokens["scope"], "openid email offline_access");
}

#[tokio::test]
async fn what_is_no_refresh_token_of_this_client_is_refused() {
    let op = Op::start();
    let token = offline(&op).await["refresh_token"].clone();
    let answer = op.token(&[("grant_type", "refresh_token")]).await;
    let error = (400, "invalid_request");
    op.refused(
        &answer,
        Check::TokenRefreshTokenMissing,
        "is missing",
        error,
    );
    let answer = op.refresh(&"rt_unknown".into(), &[]).await;
    let error = (400, "invalid_grant");
    op.refused(
        &answer,
        Check::TokenRefreshToken,
        "none that this provider issued",
        error,
    );
    let other = Client {
        client_id: "other".into(),
        redirect_uris: vec![REDIRECT_URI.into()],
        ..Client::default()
    };
    op.app.idp.register_client(other).unwrap();
    let stolen = [("client_id", "other"), ("client_secret", "")];
    let answer = op.refresh(&token, &stolen).await;
    op.refused(
        &answer,
        Check::TokenRefreshTokenClient,
        "not to \"other\"",
        error,
    );
    op.app.idp.clock().advance(Duration::from_hours(24 * 30));
    let answer = op.refresh(&token, &[]).await;
    op.refused(
        &answer,
        Check::TokenRefreshToken,
        "is over its lifetime",
        error,
    );
}

#[tokio::test]
async fn google_1_7_a_refresh_token_stays_and_its_id_token_has_no_profile() {
    let app = App::start();
    let code = app
        .code(&[("access_type", "offline"), ("prompt", "consent")])
        .await;
    let tokens = app.exchange(&code, &[]).await.json();
    let refresh = async |token: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", app.client.client_id.as_str()),
            ("client_secret", app.secret()),
            ("refresh_token", token),
        ];
        app.post("/token", &pairs).await
    };
    let token = tokens["refresh_token"].as_str().unwrap();
    for _ in 0..2 {
        let answer = refresh(token).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let expected = [
            "access_token",
            "expires_in",
            "scope",
            "token_type",
            "id_token",
        ];
        assert_eq!(names(&answer.json()), expected);
        let claims = claims(&answer.json());
        let expected = [
            "iss",
            "azp",
            "aud",
            "sub",
            "email",
            "email_verified",
            "at_hash",
            "iat",
            "exp",
        ];
        assert_eq!(names(&claims), expected);
    }
    assert_eq!(
        refresh("1//0unknown").await.json()["error_description"],
        "Bad Request"
    );
    assert_eq!(app.refusal().0, Check::TokenRefreshToken);
}

#[tokio::test]
async fn google_1_11_a_refresh_token_is_good_for_six_months() {
    let app = App::start();
    app.idp.clock().freeze();
    let asked = [("access_type", "offline"), ("prompt", "consent")];
    let code = app.code(&asked).await;
    let tokens = app.exchange(&code, &[]).await.json();
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", app.client.client_id.as_str()),
        ("client_secret", app.secret()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let an_hour = Duration::from_hours(1);
    app.idp.clock().advance(an_hour * (180 * 24 - 1));
    assert_eq!(app.post("/token", &pairs).await.status, 200);
    app.idp.clock().advance(an_hour);
    let answer = app.post("/token", &pairs).await;
    assert_eq!(
        (answer.status, answer.json()["error"].as_str()),
        (400, Some("invalid_grant"))
    );
}
