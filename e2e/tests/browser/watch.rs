//! The provider's page, on which logins show as they happen.

use e2e::{Browser, Person as _, Stack, eventually};
use fantoccini::Locator;
use mock_idp::{AutoLogin, Place};
use serde_json::{Value, json};

use crate::shows;

async fn open(browser: &mut Browser, stack: &Stack) {
    let page = format!("{}/_mock/", stack.idp.root());
    browser.open(&page.parse().unwrap()).await.unwrap();
    shows(
        browser,
        "document.getElementById('live').textContent",
        json!("live"),
    )
    .await;
}

async fn press(browser: &Browser, id: &str) {
    let button = browser.client().find(Locator::Id(id)).await.unwrap();
    button.click().await.unwrap();
}

const LOGINS: &str =
    "[...document.querySelectorAll('.login')].map(it => it.querySelector('.stage').textContent)";

pub(crate) async fn watched_login(browser: &mut Browser, stack: &Stack) {
    open(browser, stack).await;
    shows(
        browser,
        "document.getElementById('empty').hidden",
        json!(false),
    )
    .await;
    stack.idp.set_auto_login(AutoLogin::Persona("alice".into()));
    stack.visitor().sign_in_as("alice").await;
    shows(browser, LOGINS, json!(["tokens given"])).await;
    // Drawn, with the token in words, and without the code.
    let shown = "document.querySelector('.login details').open && document.querySelectorAll('.login svg .ask').length >= 2";
    shows(browser, shown, json!(true)).await;
    let decoded = "document.querySelector('.login').textContent.includes('\"nonce\"')";
    shows(browser, decoded, json!(true)).await;
    let token = stack.idp.requests().to(Place::Token).only().clone();
    let html = browser.client().source().await.unwrap();
    assert!(!html.contains(token.parameter("code").unwrap()), "{html}");
    // Another is above it, and opens in its place; what somebody opened stays.
    stack.visitor().sign_in_as("alice").await;
    shows(browser, LOGINS, json!(["tokens given", "tokens given"])).await;
    let open = "[...document.querySelectorAll('.login > details')].map(it => it.open)";
    shows(browser, open, json!([true, false])).await;
    let refused = format!(
        "{}?client_id=nobody",
        stack
            .idp
            .requests()
            .to(Place::Authorization)
            .last()
            .unwrap()
            .path
    );
    let refused = format!("{}{refused}", stack.idp.root());
    stack
        .visitor()
        .open(&refused.parse().unwrap())
        .await
        .unwrap();
    shows(
        browser,
        LOGINS,
        json!(["refused", "tokens given", "tokens given"]),
    )
    .await;
    let wrong = "document.querySelector('.wrong').textContent.startsWith('authorization.')";
    shows(browser, wrong, json!(true)).await;
}

pub(crate) async fn watched_buttons(browser: &mut Browser, stack: &Stack) {
    open(browser, stack).await;
    let idp = &stack.idp;
    let persona = browser.client().find(Locator::Id("persona")).await.unwrap();
    persona.select_by_label("bob: Bob Sample").await.unwrap();
    let chosen = eventually(async || {
        let page = stack.visitor().sign_in_as("bob").await;
        matches!(page, e2e::Outcome::SignedIn(name) if name == "Bob Sample").then_some(())
    });
    assert!(chosen.await.is_some(), "bob logs in without a page");

    press(browser, "tell").await;
    let told = "document.querySelector('[data-testid=told]')?.textContent.includes('not told yet')";
    shows(browser, told, json!(true)).await;
    assert_eq!(
        stack.visitor().sign_in_as("bob").await,
        e2e::Outcome::refused("id_token.aud")
    );
    let told = "document.querySelector('[data-testid=told]')?.textContent.includes('told once')";
    shows(browser, told, json!(true)).await;
    press(browser, "clear").await;
    shows(
        browser,
        "document.querySelector('[data-testid=told]')",
        Value::Null,
    )
    .await;

    let before = idp.clock().now();
    press(browser, "advance-hours").await;
    shows(
        browser,
        "document.querySelector('.now').textContent.includes('2 h ahead')",
        json!(true),
    )
    .await;
    assert!(idp.clock().now().duration_since(before).unwrap().as_secs() >= 7_200);
    press(browser, "freeze").await;
    shows(
        browser,
        "document.getElementById('freeze').textContent",
        json!("Let it run"),
    )
    .await;
    assert_eq!(idp.clock().now(), idp.clock().now());

    press(browser, "now-again").await;
    let is_back = "document.getElementById('now-again') === null";
    shows(browser, is_back, json!(true)).await;

    let kid = idp.keys().signing_kid();
    press(browser, "rotate").await;
    let shown = format!("document.querySelector('[data-testid=kid]').textContent !== '{kid}'");
    shows(browser, &shown, json!(true)).await;
    assert_ne!(idp.keys().signing_kid(), kid);

    press(browser, "reset").await;
    shows(browser, LOGINS, json!([])).await;
    assert!(idp.requests().is_empty());
}

pub(crate) async fn watched_on_a_phone(browser: &mut Browser, stack: &Stack) {
    stack.idp.set_auto_login(AutoLogin::Persona("alice".into()));
    stack.visitor().sign_in_as("alice").await;
    open(browser, stack).await;
    shows(browser, LOGINS, json!(["tokens given"])).await;
    let fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    shows(browser, fits, json!(true)).await;
    // The logins come before the buttons there.
    let order = "document.getElementById('logins').getBoundingClientRect().top \
                 < document.getElementById('state').getBoundingClientRect().top";
    shows(browser, order, json!(true)).await;
}
