//! The tenant's clock drives every lifetime, and going backwards brings nothing back that was used.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mock_idp::{AutoLogin, Check};
use reqwest::Method;

use crate::app::{Answer, App, Changes, claims};
use crate::op::Op;

/// An app whose provider's clock stands still, at a time that the test's own has nothing to do with.
fn frozen() -> App {
    let app = App::start();
    app.idp.clock().freeze();
    app.idp.clock().set(at(1_000_000_000));
    app
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Good until a moment before the lifetime is over, and then refused for this reason.
async fn lasts(app: &App, lifetime: Duration, used: impl AsyncFn() -> Answer, check: Check) {
    let moment = Duration::from_secs(1);
    app.idp.clock().advance(lifetime.saturating_sub(moment));
    let answer = used().await;
    assert!(answer.status < 400, "{}", answer.text);
    app.idp.clock().advance(moment);
    let answer = used().await;
    assert_ne!(answer.status, 200, "{}", answer.text);
    assert_eq!(app.refusal().0, check);
}

async fn userinfo(app: &App, token: &str) -> Answer {
    app.send(app.request(Method::GET, "/v1/userinfo").bearer_auth(token))
        .await
}

#[tokio::test]
async fn an_access_token_lasts_an_hour() {
    let app = frozen();
    let tokens = app.log_in().await;
    assert_eq!(tokens["expires_in"], 3599);
    let token = tokens["access_token"].as_str().unwrap();
    let used = async || userinfo(&app, token).await;
    lasts(&app, Duration::from_hours(1), used, Check::UserInfoToken).await;
}

#[tokio::test]
async fn a_code_lasts_ten_minutes() {
    let app = frozen();
    let codes = [app.code(&[]).await, app.code(&[]).await];
    let next = std::sync::atomic::AtomicUsize::new(0);
    let used = async || {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        app.exchange(&codes[index], &[]).await
    };
    lasts(&app, Duration::from_mins(10), used, Check::TokenCodeExpired).await;
}

#[tokio::test]
async fn a_visitor_has_an_hour_for_the_pages() {
    let app = frozen();
    app.idp.set_auto_login(AutoLogin::Never);
    let chooser = app.authorize(&[]).await.next();
    let used = async || app.get(&chooser).await;
    lasts(&app, Duration::from_hours(1), used, Check::PageTransaction).await;
}

#[tokio::test]
async fn a_session_and_a_refresh_token_last_as_the_flavour_says() {
    let op = Op::with_pages();
    op.app.idp.clock().freeze();
    let (_, cookie) = op.log_in_by_pages("alice", &[]).await;
    let none: Changes<'_> = &[("prompt", "none")];
    let used = async || {
        let mut answer = op.authorize_with(&cookie, none).await;
        // An error goes to the app as well.
        if answer.callback().contains_key("error") {
            answer.status = 400;
        }
        answer
    };
    lasts(
        &op.app,
        Duration::from_hours(1),
        used,
        Check::AuthorizationLogin,
    )
    .await;

    op.app
        .idp
        .set_auto_login(AutoLogin::Persona("alice".into()));
    let tokens = op.log_in(&[("scope", crate::op::OFFLINE)]).await;
    let token = tokens["refresh_token"].clone();
    op.app.idp.clock().advance(Duration::from_hours(24 * 30));
    assert_eq!(op.refresh(&token, &[]).await.status, 400);
    assert_eq!(op.app.refusal().0, Check::TokenRefreshToken);
}

#[tokio::test]
async fn tokens_headers_and_captured_requests_tell_the_same_time() {
    let app = frozen();
    let code = app.code(&[]).await;
    let answer = app.exchange(&code, &[]).await;
    assert_eq!(answer.header("date"), "Sun, 09 Sep 2001 01:46:40 GMT");
    let claims = claims(&answer.json());
    assert_eq!(claims["iat"], 1_000_000_000);
    assert_eq!(claims["exp"], 1_000_003_600);
    assert!(
        app.idp
            .requests()
            .iter()
            .all(|it| it.at == at(1_000_000_000))
    );
}

#[tokio::test]
async fn a_document_is_fresh_from_its_date_on_for_its_max_age() {
    let app = frozen();
    for path in ["/.well-known/openid-configuration", "/oauth2/v3/certs"] {
        app.idp.clock().set(at(1_000_000_000));
        let answer = app.get(path).await;
        assert!(
            answer.header("cache-control").contains("max-age="),
            "{path}"
        );
        assert_eq!(answer.header("date"), "Sun, 09 Sep 2001 01:46:40 GMT");
        app.idp.clock().advance(Duration::from_hours(1));
        // Also where the document itself is kept ready.
        assert_eq!(
            app.get(path).await.header("date"),
            "Sun, 09 Sep 2001 02:46:40 GMT"
        );
    }
}

#[tokio::test]
async fn a_used_code_stays_used_when_the_clock_goes_back() {
    let app = frozen();
    let code = app.code(&[]).await;
    assert_eq!(app.exchange(&code, &[]).await.status, 200);
    app.idp.clock().set(at(999_999_000));
    assert_eq!(app.exchange(&code, &[]).await.status, 400);
    assert_eq!(app.refusal().0, Check::TokenCodeUsed);
    // Forgotten, and back before it was issued.
    app.idp.clock().set(at(1_000_009_000));
    app.get("/oauth2/v3/certs").await;
    app.code(&[]).await;
    app.idp.clock().set(at(1_000_000_000));
    assert_eq!(app.exchange(&code, &[]).await.status, 400);
    assert_eq!(app.refusal().0, Check::TokenCode);
}

#[tokio::test]
async fn a_finished_login_stays_finished_when_the_clock_goes_back() {
    let app = frozen();
    app.idp.set_auto_login(AutoLogin::Never);
    let chooser = app.authorize(&[]).await.next();
    let (path, query) = chooser.split_once('?').unwrap();
    let transaction = query.split(['=', '&']).nth(1).unwrap();
    let cancel = [("transaction", transaction), ("decision", "cancel")];
    app.post(path, &cancel).await;
    assert_eq!(app.refusal().0, Check::AuthorizationCancelled);
    app.idp.clock().set(at(999_999_999));
    app.post(path, &cancel).await;
    assert_eq!(app.refusal().0, Check::PageTransaction);
}

#[tokio::test]
async fn no_time_is_too_far() {
    let app = frozen();
    for time in [
        UNIX_EPOCH - Duration::from_hours(1),
        UNIX_EPOCH,
        at(253_402_300_799),
    ] {
        app.idp.clock().set(time);
        assert!(app.log_in().await["id_token"].is_string(), "{time:?}");
    }
    app.idp.clock().advance(Duration::MAX);
    app.idp.clock().advance(Duration::MAX);
    assert!(app.log_in().await["id_token"].is_string());
    app.idp.clock().unfreeze();
    assert!(app.log_in().await["id_token"].is_string());
}
