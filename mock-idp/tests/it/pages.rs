//! The account chooser, consent and the pictures, as a visitor's browser meets them.

use std::time::Duration;

use mock_idp::{AutoLogin, Check, Place};
use url::Url;

use crate::app::{App, Changes, claims};

/// Begins a login that is not answered at once; returns the transaction.
async fn begin(app: &App, changes: Changes<'_>) -> String {
    app.idp.set_auto_login(AutoLogin::Never);
    let answer = app.authorize(changes).await;
    assert_eq!(answer.status, 302);
    let url = Url::parse(answer.location()).unwrap();
    assert_eq!(url.path(), "/v3/signin/identifier");
    let (name, transaction) = url.query_pairs().next().unwrap();
    assert_eq!(name, "transaction");
    transaction.into_owned()
}

const CHOOSER: &str = "/v3/signin/identifier";
const CONSENT: &str = "/signin/oauth/consent";

#[tokio::test]
async fn choosing_and_allowing_leads_back_to_the_app() {
    let app = App::start();
    let id = begin(&app, &[]).await;
    let page = app.get(&format!("{CHOOSER}?transaction={id}")).await;
    assert_eq!(page.status, 200);
    for text in ["Alice Example", "alice@example.com", &id, "localhost"] {
        assert!(page.text.contains(text), "no {text} in {}", page.text);
    }
    let chosen = app
        .post(CHOOSER, &[("transaction", &id), ("persona", "alice")])
        .await;
    assert_eq!(chosen.next(), format!("{CONSENT}?transaction={id}"));
    let page = app.get(&chosen.next()).await;
    assert!(
        page.text.contains("Alice Example") && page.text.contains(&id),
        "{}",
        page.text
    );
    let allowed = app
        .post(CONSENT, &[("transaction", &id), ("decision", "allow")])
        .await;
    let callback = allowed.callback();
    assert_eq!(
        (callback["state"].as_str(), callback["prompt"].as_str()),
        ("the state", "consent")
    );
    let tokens = app.exchange(&callback["code"], &[]).await.json();
    assert_eq!(claims(&tokens)["name"], "Alice Example");
}

#[tokio::test]
async fn consent_is_remembered_by_client_persona_and_scopes_until_reset() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::Never);
    let chosen = async |changes: Changes<'_>, persona: &str| {
        let id = begin(&app, changes).await;
        let answer = app
            .post(CHOOSER, &[("transaction", &id), ("persona", persona)])
            .await;
        if answer.location().contains(CONSENT) {
            app.post(CONSENT, &[("transaction", &id), ("decision", "allow")])
                .await;
            return "asked";
        }
        assert_eq!(answer.callback()["prompt"], "none");
        "not asked"
    };
    assert_eq!(chosen(&[("scope", "openid email")], "alice").await, "asked");
    assert_eq!(
        chosen(&[("scope", "openid email")], "alice").await,
        "not asked"
    );
    assert_eq!(chosen(&[("scope", "openid")], "alice").await, "not asked");
    assert_eq!(
        chosen(&[("scope", "openid profile")], "alice").await,
        "asked"
    );
    assert_eq!(chosen(&[("scope", "openid")], "bob").await, "asked");
    assert_eq!(
        chosen(&[("scope", "openid"), ("prompt", "consent")], "bob").await,
        "asked"
    );
    let other = app.idp.register(crate::app::REDIRECT_URI).client_id;
    assert_eq!(
        chosen(&[("scope", "openid"), ("client_id", &other)], "bob").await,
        "asked"
    );
}

#[tokio::test]
async fn google_1_4_cancel_goes_back_to_the_app() {
    let expected = [("error", "access_denied"), ("state", "the state")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let app = App::start();
    let id = begin(&app, &[]).await;
    let answer = app
        .post(CHOOSER, &[("transaction", &id), ("decision", "cancel")])
        .await;
    assert_eq!(answer.callback_in_order(), expected);
    let id = begin(&app, &[]).await;
    app.post(CHOOSER, &[("transaction", &id), ("persona", "alice")])
        .await;
    let answer = app
        .post(CONSENT, &[("transaction", &id), ("decision", "cancel")])
        .await;
    assert_eq!(answer.callback_in_order(), expected);
    assert_eq!(app.refusal().0, Check::AuthorizationCancelled);
}

#[tokio::test]
async fn a_transaction_ends_with_its_answer_and_with_its_time() {
    let app = App::start();
    let id = begin(&app, &[]).await;
    app.post(CHOOSER, &[("transaction", &id), ("persona", "alice")])
        .await;
    let allow = [("transaction", id.as_str()), ("decision", "allow")];
    app.post(CONSENT, &allow).await.callback();
    let again = app.post(CONSENT, &allow).await;
    assert_eq!(
        (again.status, app.refusal().0),
        (400, Check::PageTransaction)
    );

    let id = begin(&app, &[]).await;
    app.idp.clock().advance(Duration::from_hours(1));
    for path in [CHOOSER, CONSENT] {
        let late = app.get(&format!("{path}?transaction={id}")).await;
        assert_eq!(
            (late.status, app.refusal().0),
            (400, Check::PageTransaction),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_form_decides_and_chooses_somebody_there_is() {
    let app = App::start();
    let id = begin(&app, &[]).await;
    let nobody = app
        .post(CHOOSER, &[("transaction", &id), ("persona", "mallory")])
        .await;
    assert_eq!(nobody.status, 400);
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::PagePersona);
    assert!(reason.contains("\"mallory\""), "{reason}");
    // Consent before anybody was chosen leads back to the chooser.
    let early = app
        .post(CONSENT, &[("transaction", &id), ("decision", "allow")])
        .await;
    assert_eq!(early.next(), format!("{CHOOSER}?transaction={id}"));
    app.post(CHOOSER, &[("transaction", &id), ("persona", "alice")])
        .await;
    let undecided = app.post(CONSENT, &[("transaction", &id)]).await;
    assert_eq!(
        (undecided.status, app.refusal().0),
        (400, Check::PageDecision)
    );
}

#[tokio::test]
async fn the_account_of_the_login_hint_has_the_focus() {
    let app = App::start();
    let id = begin(&app, &[("login_hint", "bob")]).await;
    let page = app.get(&format!("{CHOOSER}?transaction={id}")).await.text;
    let plain = begin(&app, &[]).await;
    let without = app
        .get(&format!("{CHOOSER}?transaction={plain}"))
        .await
        .text;
    assert!(page.contains("autofocus") && page.replace(&id, "") != without.replace(&plain, ""));
}

#[tokio::test]
async fn the_provider_draws_who_has_no_picture() {
    let app = App::start();
    let tokens = app.log_in().await;
    let url = claims(&tokens)["picture"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(app.idp.issuer()).unwrap();
    let answer = app.get(path).await;
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    assert!(answer.text.contains("<svg"), "{}", answer.text);
    assert_eq!(app.get("/a/mallory").await.status, 404);
    assert_eq!(app.refusal().0, Check::PicturePersona);
}

#[tokio::test]
async fn a_picture_is_found_whatever_characters_the_id_has() {
    let app = App::start();
    app.idp.add_persona(mock_idp::Persona::new("a b/c?d#%"));
    app.idp
        .set_auto_login(AutoLogin::Persona("a b/c?d#%".into()));
    let tokens = app.log_in().await;
    let url = claims(&tokens)["picture"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(app.idp.issuer()).unwrap();
    assert_eq!(app.get(path).await.status, 200, "{path}");
    assert_eq!(app.requests_to(Place::Picture), 1);
}

#[tokio::test]
async fn pages_are_not_kept_and_run_no_scripts() {
    let app = App::start();
    let id = begin(&app, &[]).await;
    let page = app.get(&format!("{CHOOSER}?transaction={id}")).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert_eq!(page.header("referrer-policy"), "no-referrer");
}
