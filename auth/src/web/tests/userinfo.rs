//! UserInfo: asked where the ID token is thin, and believed about the same account alone.

use http::StatusCode;
use serde_json::{Value, json};

use super::{App, Browser, REDIRECT_URI};
use crate::{
    config::UserInfo,
    web::fake_provider::{Answer, USERINFO},
};

/// A provider whose ID token says nothing but who it is.
async fn thin(when: UserInfo) -> App {
    let app = App::configured(REDIRECT_URI, |config| {
        for provider in &mut config.providers {
            provider.userinfo = when;
        }
    })
    .await;
    app.idp.edit(|world| {
        world.discovery["userinfo_endpoint"] = json!(format!(
            "{}{USERINFO}",
            world.claims["iss"].as_str().unwrap()
        ));
        let claims = world.claims.as_object_mut().unwrap();
        claims.remove("name");
        claims.remove("email");
    });
    app
}

#[tokio::test]
async fn what_a_thin_id_token_lacks_is_asked_for() {
    let app = thin(UserInfo::WhereThin).await;
    app.idp.edit(|world| {
        world.userinfo =
            json!({"sub": "110", "name": "Alice", "email": "a@x", "email_verified": "true"});
    });
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    let who = app.who(&browser).await;
    assert_eq!(
        (&who["name"], &who["email"]),
        (&json!("Alice"), &json!("a@x"))
    );
    assert_eq!(who["is_email_verified"], true);
    let token = app.idp.edit(|world| {
        let asked = world
            .requests
            .iter()
            .find(|request| request.path == USERINFO);
        asked.map(|asked| asked.headers["authorization"].to_str().unwrap().to_owned())
    });
    assert_eq!(token.as_deref(), Some("Bearer access"));
}

#[tokio::test]
async fn it_is_asked_when_the_configuration_says_so() {
    for (when, is_thin, times) in [
        (UserInfo::WhereThin, true, 1),
        (UserInfo::WhereThin, false, 0),
        (UserInfo::Always, false, 1),
        (UserInfo::Never, true, 0),
    ] {
        let app = thin(when).await;
        if !is_thin {
            app.idp.edit(|world| {
                world.claims["name"] = json!("Alice");
                world.claims["email"] = json!("a@x");
            });
        }
        app.log_in(&mut Browser::default()).await;
        assert_eq!(app.idp.asked(USERINFO), times, "{when:?} {is_thin}");
    }
}

#[tokio::test]
async fn roles_that_the_id_token_lacks_are_asked_for() {
    let app = App::configured(REDIRECT_URI, |config| {
        config.providers[0].roles_claim = Some("groups".to_owned());
    })
    .await;
    app.idp.edit(|world| {
        world.discovery["userinfo_endpoint"] = json!(format!(
            "{}{USERINFO}",
            world.claims["iss"].as_str().unwrap()
        ));
        world.userinfo = json!({"sub": "110", "groups": ["staff"]});
    });
    let mut browser = Browser::default();
    app.log_in(&mut browser).await;
    assert_eq!(app.who(&browser).await["roles"], json!(["staff"]));
}

#[tokio::test]
async fn what_is_said_about_somebody_else_is_refused() {
    let check = async |answer: &str| {
        let app = thin(UserInfo::WhereThin).await;
        let says = Answer::Says(200, answer.to_owned());
        app.idp
            .edit(|world| drop(world.instead.insert(USERINFO, says)));
        let mut browser = Browser::default();
        let page = app.log_in(&mut browser).await;
        assert_eq!(page.refusal(), (400, "userinfo.refused"), "{answer}");
        assert_eq!(app.who(&browser).await["is_logged_in"], false, "{answer}");
    };
    check(r#"{"sub": "111", "name": "Bob"}"#).await;
    check(r#"{"sub": "110", "sub": "111"}"#).await;
    check(r#"{"sub": ["110"]}"#).await;
    check(r#"{"name": "Bob"}"#).await;
    check("[]").await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_keeps_nobody_out() {
    for answer in [
        Answer::Says(401, r#"{"error": "invalid_token"}"#.to_owned()),
        Answer::Says(503, String::new()),
        Answer::Says(200, "<h1>Hello</h1>".to_owned()),
        Answer::Says(200, r#"{"error": "server_error"}"#.to_owned()),
        Answer::RedirectsTo("https://evil.test/".to_owned()),
    ] {
        let app = thin(UserInfo::WhereThin).await;
        app.idp
            .edit(|world| drop(world.instead.insert(USERINFO, answer)));
        let mut browser = Browser::default();
        app.log_in(&mut browser).await;
        let who = app.who(&browser).await;
        assert_eq!(
            (&who["subject"], &who["name"]),
            (&json!("110"), &json!("110"))
        );
        assert_eq!(who["email"], Value::Null);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_none_is_left_alone() {
    for endpoint in [json!("javascript:alert(1)"), json!(7), json!("/userinfo")] {
        let app = thin(UserInfo::Always).await;
        app.idp
            .edit(|world| world.discovery["userinfo_endpoint"] = endpoint);
        let page = app.log_in(&mut Browser::default()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    }
}
