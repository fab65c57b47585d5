//! The visitor's session at the provider, and what an app may ask of it: `prompt`, `max_age`,
//! hints (OpenID Connect Core 3.1.2.1).

use std::time::Duration;

use mock_idp::{AutoLogin, Check, MockIdp};

use crate::app::{Changes, claims};
use crate::op::{Op, cookie};

#[tokio::test]
async fn a_session_spares_the_visitor_the_pages() {
    let op = Op::with_pages();
    let (answer, cookie) = op.log_in_by_pages("alice", &[]).await;
    assert!(answer.callback().contains_key("code"));
    for changes in [&[][..], &[("prompt", "none")], &[("max_age", "3600")]] {
        let answer = op.authorize_with(&cookie, changes).await;
        assert!(answer.callback().contains_key("code"), "{changes:?}");
    }
}

#[tokio::test]
async fn the_cookie_is_for_the_provider_alone() {
    let op = Op::with_pages();
    let chooser = op.authorize(&[]).await.next();
    let (_, cookie) = op.finish_pages(&chooser, "alice").await;
    assert!(cookie.starts_with("op_session="));
    let forged = cookie.split_once('.').unwrap().0.to_owned() + ".guess";
    let answer = op.authorize_with(&forged, &[("prompt", "none")]).await;
    op.sent_back(
        &answer,
        Check::AuthorizationLogin,
        "nobody is logged in",
        "login_required",
    );
    op.app
        .idp
        .set_auto_login(AutoLogin::Persona("alice".into()));
    let header = op.authorize(&[]).await.header("set-cookie").to_owned();
    assert!(header.contains("; HttpOnly; SameSite=Lax"), "{header}");
}

#[tokio::test]
async fn core_3_1_2_6_prompt_none_says_what_would_be_needed() {
    let op = Op::with_pages();
    let none = ("prompt", "none");
    let answer = op.authorize(&[none]).await;
    let check = Check::AuthorizationLogin;
    op.sent_back(&answer, check, "nobody is logged in", "login_required");

    let (_, cookie) = op.log_in_by_pages("alice", &[("scope", "openid")]).await;
    let login = async |changes: Changes<'_>| {
        let answer = op.authorize_with(&cookie, changes).await;
        op.sent_back(
            &answer,
            check,
            "nobody is logged in here as the app asks",
            "login_required",
        );
    };
    let scope = ("scope", "openid");
    login(&[none, scope, ("login_hint", "bob")]).await;
    login(&[none, scope, ("id_token_hint", "garbage")]).await;
    let answer = op.authorize_with(&cookie, &[none]).await;
    let reason = "has not allowed these scopes before";
    op.sent_back(
        &answer,
        Check::AuthorizationConsent,
        reason,
        "consent_required",
    );

    let answer = op
        .authorize_with(&cookie, &[none, scope, ("login_hint", "alice")])
        .await;
    let code = answer.callback()["code"].clone();
    let tokens = op.exchange(&code, &[]).await.json();
    let hint = ("id_token_hint", tokens["id_token"].as_str().unwrap());
    let answer = op.authorize_with(&cookie, &[none, scope, hint]).await;
    assert!(answer.callback().contains_key("code"));
}

#[tokio::test]
async fn a_new_login_is_shown_where_the_app_asks_for_one() {
    let op = Op::with_pages();
    op.app.idp.clock().freeze();
    let (_, cookie) = op.log_in_by_pages("alice", &[]).await;
    let page = async |changes: Changes<'_>, page: &str| {
        let next = op.authorize_with(&cookie, changes).await.next();
        assert!(next.starts_with(page), "{changes:?}: {next}");
    };
    page(&[("prompt", "login")], "/account_chooser?").await;
    page(&[("prompt", "select_account")], "/account_chooser?").await;
    page(&[("prompt", "consent")], "/consent?").await;
    page(&[("login_hint", "bob")], "/account_chooser?").await;
    op.app.idp.clock().advance(Duration::from_secs(100));
    page(&[("max_age", "99")], "/account_chooser?").await;
    let enough = op.authorize_with(&cookie, &[("max_age", "100")]).await;
    assert!(enough.callback().contains_key("code"));
    let check = Check::AuthorizationLogin;
    let answer = op
        .authorize_with(&cookie, &[("max_age", "99"), ("prompt", "none")])
        .await;
    op.sent_back(&answer, check, "as the app asks", "login_required");
}

#[tokio::test]
async fn core_2_auth_time_is_the_time_of_the_login_and_moves_with_a_new_one() {
    let op = Op::with_pages();
    op.app.idp.clock().freeze();
    let (answer, first) = op.log_in_by_pages("alice", &[]).await;
    let claims_of = async |code: &str| claims(&op.exchange(code, &[]).await.json());
    let before = claims_of(&answer.callback()["code"]).await;
    op.app.idp.clock().advance(Duration::from_secs(100));
    let resumed = op.authorize_with(&first, &[]).await;
    let resumed = claims_of(&resumed.callback()["code"]).await;
    assert_eq!(
        (&resumed["auth_time"], &resumed["sid"]),
        (&before["auth_time"], &before["sid"])
    );
    assert_ne!(resumed["iat"], resumed["auth_time"]);

    let chooser = op
        .authorize_with(&first, &[("prompt", "login")])
        .await
        .next();
    let (answer, _) = op.finish_pages(&chooser, "alice").await;
    let anew = claims_of(&answer.callback()["code"]).await;
    assert_eq!(anew["auth_time"], anew["iat"]);
}

#[tokio::test]
async fn a_session_is_over_by_the_provider_s_clock() {
    let op = Op::with_pages();
    let (_, cookie) = op.log_in_by_pages("alice", &[]).await;
    op.app.idp.clock().advance(Duration::from_hours(1));
    let answer = op.authorize_with(&cookie, &[("prompt", "none")]).await;
    op.sent_back(
        &answer,
        Check::AuthorizationLogin,
        "nobody is logged in",
        "login_required",
    );
}

#[tokio::test]
async fn google_1_4_a_session_answers_prompt_none_alone() {
    let idp = MockIdp::start();
    let app = crate::app::App::with(idp);
    app.idp.set_auto_login(AutoLogin::Never);
    let chooser = app.authorize(&[]).await.next();
    let transaction = chooser.split("transaction=").nth(1).unwrap();
    let transaction = transaction.split('&').next().unwrap();
    let chosen = [("transaction", transaction), ("persona", "alice")];
    let cookie = cookie(&app.post("/v3/signin/identifier", &chosen).await);
    let allow = [("transaction", transaction), ("decision", "allow")];
    app.post("/signin/oauth/consent", &allow).await;
    let with_cookie = async |changes: Changes<'_>| {
        let path = app.authorization_path(changes);
        let request = app.request(reqwest::Method::GET, &path);
        app.send(request.header("cookie", &cookie)).await
    };
    let silent = with_cookie(&[("prompt", "none")]).await;
    assert!(silent.callback().contains_key("code"));
    let shown = with_cookie(&[]).await.next();
    assert!(shown.starts_with("/v3/signin/identifier?"), "{shown}");
}

#[tokio::test]
async fn an_automatic_login_goes_on_with_its_session_until_a_new_one_is_asked_for() {
    let op = Op::start();
    op.app.idp.clock().freeze();
    let first = op.authorize(&[]).await;
    let first_cookie = cookie(&first);
    let first = claims(&op.exchange(&first.callback()["code"], &[]).await.json());
    let time = first["auth_time"].as_i64().unwrap();
    op.app.idp.clock().advance(Duration::from_secs(100));
    let sid_and_time = async |changes: Changes<'_>| {
        let answer = op.authorize_with(&first_cookie, changes).await;
        let tokens = op.exchange(&answer.callback()["code"], &[]).await.json();
        let claims = claims(&tokens);
        (claims["sid"].clone(), claims["auth_time"].clone())
    };
    let resumed = sid_and_time(&[]).await;
    assert_eq!(resumed, (first["sid"].clone(), first["auth_time"].clone()));
    // Who proves it again stays in the session that the apps know.
    let (sid, auth_time) = sid_and_time(&[("prompt", "login")]).await;
    assert_eq!(
        (sid, auth_time),
        (first["sid"].clone(), (time + 100).into())
    );
    op.app.idp.clock().advance(Duration::from_secs(100));
    let (sid, auth_time) = sid_and_time(&[("max_age", "99")]).await;
    assert_eq!(
        (sid, auth_time),
        (first["sid"].clone(), (time + 200).into())
    );
}
