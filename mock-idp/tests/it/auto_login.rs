//! Answers without a page: `auto_login`, `login_hint` and `prompt=none`.

use mock_idp::{AutoLogin, Check};

use crate::app::App;

#[tokio::test]
async fn google_1_4_prompt_none_without_consent_goes_back_to_the_app() {
    let app = App::start();
    let answer = app.authorize(&[("prompt", "none")]).await;
    let expected = [
        ("state", "the state"),
        ("error_subtype", "access_denied"),
        ("error", "interaction_required"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(answer.callback_in_order(), expected);
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::AuthorizationConsent);
    assert!(
        reason.contains("has not allowed these scopes before"),
        "{reason}"
    );

    // With consent from before it passes; with nobody who is known, it does not.
    app.authorize(&[]).await;
    assert!(
        app.authorize(&[("prompt", "none")])
            .await
            .callback()
            .contains_key("code")
    );
    app.idp.set_auto_login(AutoLogin::Never);
    let answer = app.authorize(&[("prompt", "none")]).await;
    assert_eq!(answer.callback()["error"], "interaction_required");
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::AuthorizationLogin);
    assert!(reason.contains("nobody is logged in"), "{reason}");
}

#[tokio::test]
async fn a_login_hint_logs_in_whom_it_names() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    let check = async |hint: &str| {
        let answer = app
            .authorize(&[("login_hint", hint), ("prompt", "select_account")])
            .await;
        assert!(answer.callback().contains_key("code"), "{hint}");
        let requests = app.idp.requests();
        assert_eq!(
            requests.last().unwrap().persona.as_deref(),
            Some("bob"),
            "{hint}"
        );
    };
    let bob = app
        .idp
        .personas()
        .into_iter()
        .find(|persona| persona.id == "bob")
        .unwrap();
    let email = bob.email.clone().unwrap();
    check("bob").await;
    check(&email).await;
    check(&email.to_uppercase()).await;
    // Without a hint the visitor is asked.
    assert!(
        app.authorize(&[])
            .await
            .location()
            .contains("/v3/signin/identifier?transaction=")
    );
}

#[tokio::test]
async fn a_login_hint_may_be_a_sub() {
    let app = App::start();
    let sub = crate::app::claims(&app.log_in().await)["sub"]
        .as_str()
        .unwrap()
        .to_owned();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    app.authorize(&[("login_hint", &sub)]).await.callback();
    assert_eq!(
        app.idp.requests().last().unwrap().persona.as_deref(),
        Some("alice")
    );
}

#[tokio::test]
async fn an_unknown_login_hint_is_a_page_that_names_the_known_ones() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    let answer = app.authorize(&[("login_hint", "mallory")]).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.text.contains("mallory") && answer.text.contains("alice"),
        "{}",
        answer.text
    );
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::AuthorizationLoginHint);
    assert!(
        reason.starts_with("login_hint is \"mallory\"; there are: alice, bob"),
        "{reason}"
    );
    // Where no page may be shown, the app is told.
    let answer = app
        .authorize(&[("login_hint", "mallory"), ("prompt", "none")])
        .await;
    assert_eq!(answer.callback()["error"], "interaction_required");
}

#[tokio::test]
async fn an_auto_login_of_nobody_is_a_page_that_names_the_known_ones() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::Persona("alcie".into()));
    assert_eq!(app.authorize(&[]).await.status, 400);
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::PagePersona);
    assert!(
        reason.starts_with("auto_login is \"alcie\"; there are: alice, bob"),
        "{reason}"
    );
}
