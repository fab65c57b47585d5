//! Logouts at the provider: those that begin here, and those that begin there.

use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::{App, Browser, Page, REDIRECT_URI};
use crate::session::SessionStore;

const THERE: &str = "/logout?tenant=1";

/// A provider with a page for logouts.
async fn with_end_session(edit: impl FnOnce(&mut crate::Config)) -> App {
    let app = App::configured(REDIRECT_URI, edit).await;
    app.idp.edit(|world| {
        let issuer = world.claims["iss"].as_str().unwrap().to_owned();
        world.discovery["end_session_endpoint"] = json!(format!("{issuer}{THERE}"));
    });
    app
}

async fn log_out(app: &App, browser: &mut Browser) -> Page {
    let token = app.who(browser).await["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    app.post(browser, "/auth/logout", &format!("csrf_token={token}"))
        .await
}

fn parameter(url: &Url, wanted: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
}

#[tokio::test]
async fn a_logout_here_goes_on_to_the_provider() {
    let app = with_end_session(|_| {}).await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let page = log_out(&app, &mut browser).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    page.is_guarded();
    let there = Url::parse(page.location()).unwrap();
    assert!(
        page.location()
            .starts_with(&format!("{}{THERE}&", app.idp.issuer)),
        "{there}"
    );
    assert_eq!(parameter(&there, "client_id").as_deref(), Some("client:1"));
    assert_eq!(
        parameter(&there, "post_logout_redirect_uri").as_deref(),
        Some(REDIRECT_URI)
    );
    assert!(parameter(&there, "id_token_hint").is_some_and(|hint| hint.split('.').count() == 3));
    let state = parameter(&there, "state").unwrap();
    assert_eq!(app.who(&browser).await["is_logged_in"], false);

    let back = app
        .get(&mut browser, &format!("/oauth2callback?state={state}"))
        .await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/"));
}

#[tokio::test]
async fn the_page_that_asks_says_so_and_lets_the_form_go_on() {
    let app = with_end_session(|_| {}).await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let page = app.get(&mut browser, "/auth/logout").await;
    assert!(
        page.body
            .contains("This ends your session here and at Google."),
        "{}",
        page.body
    );
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    let expected = format!("form-action 'self' {};", app.idp.issuer);
    assert!(policy.contains(&expected), "{policy}");
}

#[tokio::test]
async fn the_configuration_says_where_to_come_back_to_and_whether_to_go() {
    let app = with_end_session(|config| {
        config.settings.post_logout_redirect_uri = "http://localhost:8501/bye".parse().ok();
    })
    .await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let there = Url::parse(log_out(&app, &mut browser).await.location()).unwrap();
    let back = parameter(&there, "post_logout_redirect_uri");
    assert_eq!(back.as_deref(), Some("http://localhost:8501/bye"));

    let app = with_end_session(|config| {
        config.providers[0].provider_logout = false;
        config.settings.after_logout = "/bye".to_owned();
    })
    .await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    assert_eq!(log_out(&app, &mut browser).await.location(), "/bye");
}

#[tokio::test]
async fn a_handler_may_leave_the_session_at_the_provider_alone() {
    let app = with_end_session(|_| {}).await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let page = app.get(&mut browser, "/sign-out-here").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(app.who(&browser).await["is_logged_in"], false);

    app.log_in(&mut browser).await;
    let page = app.get(&mut browser, "/sign-out").await;
    assert!(page.location().contains(THERE), "{}", page.location());
}

#[tokio::test]
async fn an_endpoint_that_is_none_leaves_the_logout_here() {
    for endpoint in [
        json!("javascript:alert(1)"),
        json!("http://idp.test/logout"),
        json!(7),
    ] {
        let app = App::start().await;
        app.idp
            .edit(|world| world.discovery["end_session_endpoint"] = endpoint.clone());
        let mut browser = Browser::default();
        app.log_in(&mut browser).await;
        assert_eq!(
            log_out(&app, &mut browser).await.location(),
            "/",
            "{endpoint}"
        );
        assert_eq!(app.who(&browser).await["is_logged_in"], false);
    }
}

async fn told(app: &App, form: &str) -> Page {
    app.post(&mut Browser::default(), "/auth/backchannel-logout", form)
        .await
}

/// What came of a logout token after this edit, and whether the visitor is logged in still.
async fn told_with(edit: impl FnOnce(&mut Value)) -> (u16, Value, bool) {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let token = app.idp.logout_token(edit);
    let page = told(&app, &format!("logout_token={token}")).await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let body: Value = serde_json::from_str(&page.body).unwrap_or_default();
    let is_logged_in = app.who(&browser).await["is_logged_in"] == true;
    (
        page.status.as_u16(),
        body["error_description"].clone(),
        is_logged_in,
    )
}

#[tokio::test]
async fn the_provider_ends_a_session() {
    let out = (200, Value::Null, false);
    let member = |name: &'static str, value: Value| move |claims: &mut Value| claims[name] = value;
    let without = |name: &'static str| {
        move |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove(name))
    };
    assert_eq!(told_with(|_| {}).await, out);
    assert_eq!(told_with(without("sid")).await, out);
    assert_eq!(told_with(without("sub")).await, out);
    assert_eq!(told_with(member("aud", json!(["client:1"]))).await, out);
    assert_eq!(told_with(member("x", json!({"y": 1}))).await, out);
}

#[tokio::test]
async fn a_token_that_is_none_ends_nothing() {
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let check = async |name: &'static str, value: Value, reason: &str| {
        let edit = move |claims: &mut Value| match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        };
        let refused = (400, json!(format!("logout_token.{reason}")), true);
        assert_eq!(told_with(edit).await, refused, "{name}");
    };
    check("iss", json!("https://evil.test"), "iss").await;
    check("aud", json!("other"), "aud").await;
    check("aud", json!(["client:1", "other"]), "aud").await;
    check("aud", Value::Null, "aud").await;
    check("exp", json!(0), "exp").await;
    check("exp", Value::Null, "exp").await;
    check("iat", json!(9_999_999_999_i64), "iat").await;
    check("iat", Value::Null, "iat").await;
    check("jti", Value::Null, "jti").await;
    check("jti", json!(7), "jti").await;
    check("nonce", json!("n"), "nonce").await;
    check("events", Value::Null, "events").await;
    check("events", json!(event), "events").await;
    check("events", json!([event]), "events").await;
    check("events", json!({event: true}), "events").await;
    check("events", json!({"http://other": {}}), "events").await;
    let nobody = told_with(|claims| {
        let claims = claims.as_object_mut().unwrap();
        claims.remove("sub");
        claims.remove("sid");
    });
    assert_eq!(nobody.await, (400, json!("logout_token.sub"), true));
}

#[tokio::test]
async fn somebody_elses_logout_ends_nothing() {
    let other = (200, Value::Null, true);
    assert_eq!(
        told_with(|claims| claims["sub"] = json!("220")).await,
        other
    );
    assert_eq!(
        told_with(|claims| claims["sid"] = json!("other")).await,
        other
    );
}

/// A provider may be configured twice, as two clients of one issuer.
#[tokio::test]
async fn a_logout_told_to_one_client_leaves_the_sessions_of_another() {
    let app = App::configured(REDIRECT_URI, |config| {
        let mut second = config.providers[0].clone();
        second.name = "second".to_owned();
        second.client_id = "client:2".to_owned();
        config.providers.push(second);
    })
    .await;
    app.idp
        .edit(|world| world.claims["aud"] = json!("client:2"));
    let mut browser = Browser::default();
    let page = app.get(&mut browser, "/auth/login/second").await;
    let query = app.idp.authorize(&Url::parse(page.location()).unwrap());
    app.get(&mut browser, &format!("/oauth2callback?{query}"))
        .await;
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
    for (client, stays) in [("client:1", true), ("client:2", false)] {
        let token = app.idp.logout_token(|claims| {
            claims["aud"] = json!(client);
            claims["jti"] = json!(client);
        });
        let page = told(&app, &format!("logout_token={token}")).await;
        assert_eq!(page.status, StatusCode::OK, "{client}: {}", page.body);
        assert_eq!(app.who(&browser).await["is_logged_in"], stays, "{client}");
    }
}

#[tokio::test]
async fn another_kind_of_token_ends_nothing() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let id_token = app.idp.edit(|world| {
        world
            .signer
            .sign(&world.header.to_string(), &world.claims.to_string())
    });
    let check = async |token: &str, reason: &str| {
        let page = told(&app, &format!("logout_token={token}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.body.contains(reason), "{}", page.body);
    };
    check(&id_token, "logout_token.events").await;
    let good = app.idp.logout_token(|_| {});
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    check(&unsigned, "logout_token.signature").await;
    check("a.b", "logout_token.malformed").await;
    for typ in ["at+jwt", "secevent+jwt"] {
        let token = app.idp.logout_token_of_type(typ, |_| {});
        check(&token, "logout_token.typ").await;
    }
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn the_same_token_is_good_once() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let form = format!("logout_token={}", app.idp.logout_token(|_| {}));
    assert_eq!(told(&app, &form).await.status, StatusCode::OK);
    app.log_in(&mut browser).await;
    let page = told(&app, &form).await;
    assert!(page.body.contains("logout_token.replay"), "{}", page.body);
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn a_strangers_word_makes_nobody_ask_a_provider() {
    let app = App::start().await;
    let token = app
        .idp
        .logout_token(|claims| claims["iss"] = json!("https://evil.test"));
    let page = told(&app, &format!("logout_token={token}")).await;
    assert!(page.body.contains("logout_token.iss"), "{}", page.body);
    let path = "/auth/frontchannel-logout?iss=https://evil.test&sid=x";
    app.get(&mut Browser::default(), path).await.is_guarded();
    assert_eq!(app.idp.asked(crate::web::fake_provider::DISCOVERY), 0);
}

#[tokio::test]
async fn a_request_that_is_none_is_refused() {
    let app = App::start().await;
    let token = app.idp.logout_token(|_| {});
    for form in [
        String::new(),
        "token=x".to_owned(),
        format!("logout_token={token}&logout_token={token}"),
        format!("logout_token={}", "a".repeat(1_000_000)),
    ] {
        let page = told(&app, &form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.body.contains("logout.request"), "{}", page.body);
    }
    let page = app
        .get(&mut Browser::default(), "/auth/backchannel-logout")
        .await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    let json =
        Request::post("/auth/backchannel-logout").header(header::CONTENT_TYPE, "application/json");
    let page = app.send(&mut Browser::default(), json, "{}").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn all_of_an_accounts_sessions_end_where_only_the_account_is_named() {
    let app = App::start().await;
    let (mut one, mut two) = (Browser::default(), Browser::default());
    app.idp.edit(|world| world.claims["sid"] = json!("first"));
    app.log_in(&mut one).await;
    app.idp.edit(|world| world.claims["sid"] = json!("second"));
    app.log_in(&mut two).await;
    let only_first = app
        .idp
        .logout_token(|claims| claims["sid"] = json!("first"));
    told(&app, &format!("logout_token={only_first}")).await;
    assert_eq!(app.who(&one).await["is_logged_in"], false);
    assert_eq!(app.who(&two).await["is_logged_in"], true);
    let all = app.idp.logout_token(|claims| {
        claims["jti"] = json!("logout-2");
        claims.as_object_mut().unwrap().remove("sid");
    });
    app.log_in(&mut one).await;
    told(&app, &format!("logout_token={all}")).await;
    assert!(
        app.store
            .find_by_subject(&app.idp.issuer, "110")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_frame_of_the_providers_ends_the_session_that_it_names() {
    let app = App::start().await;
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let issuer = app.idp.issuer.clone();
    let frame = |query: String| {
        let app = &app;
        async move {
            let path = format!("/auth/frontchannel-logout?{query}");
            app.get(&mut Browser::default(), &path).await
        }
    };
    for query in [
        String::new(),
        format!("iss={issuer}"),
        "sid=provider-session".to_owned(),
        format!("iss={issuer}&sid=provider-session&sid=x"),
    ] {
        let page = frame(query).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        page.is_guarded();
    }
    frame(format!("iss={issuer}&sid=other")).await;
    frame("iss=https://evil.test&sid=provider-session".to_owned())
        .await
        .is_guarded();
    assert_eq!(app.who(&browser).await["is_logged_in"], true);

    let page = frame(format!("iss={issuer}&sid=provider-session")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.headers.contains_key(header::X_FRAME_OPTIONS));
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.ends_with(&format!("frame-ancestors {issuer}")),
        "{policy}"
    );
    assert_eq!(app.who(&browser).await["is_logged_in"], false);
}
