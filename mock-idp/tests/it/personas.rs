//! People at run time, people whose data hurts, and whom a text means.

use mock_idp::persona::{Suffix, that_hurt};
use mock_idp::{AutoLogin, Check, Config, MockIdp, Persona};
use serde_json::Value;
use url::Url;

use crate::app::{Answer, App, claims};

const CHOOSER: &str = "/v3/signin/identifier";
const CONSENT: &str = "/signin/oauth/consent";

fn with_that_hurt() -> App {
    App::with(MockIdp::builder().personas(that_hurt()).start().unwrap())
}

#[tokio::test]
async fn each_of_those_that_hurt_logs_in_and_arrives_as_they_are() {
    let app = with_that_hurt();
    for persona in that_hurt() {
        app.idp
            .set_auto_login(AutoLogin::Persona(persona.id.clone()));
        let claims = claims(&app.log_in().await);
        let check = |name: &str, expected: &Option<String>| {
            assert_eq!(
                claims[name].as_str(),
                expected.as_deref(),
                "{} {name}",
                persona.id
            );
        };
        check("name", &persona.name);
        check("given_name", &persona.given_name);
        check("email", &persona.email);
        if let Some(sub) = &persona.sub {
            assert_eq!(claims["sub"], **sub);
        }
        assert_eq!(
            claims["email_verified"].as_bool(),
            persona.email.as_ref().map(|_| persona.email_verified)
        );
        assert_eq!(claims.get("groups"), persona.claims.get("groups"));
        let picture = claims["picture"].as_str().unwrap();
        let picture = app
            .get(picture.strip_prefix(app.idp.issuer()).unwrap())
            .await;
        assert_eq!(
            picture.header("content-type"),
            "image/svg+xml",
            "{}",
            persona.id
        );
    }
}

#[tokio::test]
async fn the_chooser_shows_those_that_hurt_without_harm() {
    let app = with_that_hurt();
    app.idp.set_auto_login(AutoLogin::Never);
    let page = app.get(&app.authorize(&[]).await.next()).await;
    assert!(!page.text.contains("<script>") && !page.text.contains("<img src=x"));
    for persona in that_hurt() {
        let test_id = format!("data-testid=\"persona-{}\"", persona.id);
        assert!(page.text.contains(&test_id), "{test_id}");
    }
}

#[test]
fn a_configuration_names_a_set() {
    let check = |text: &str, expected: usize| {
        let config = Config::from_toml(text, "m.toml").unwrap();
        assert_eq!(config.personas.len(), expected, "{text}");
    };
    check("personas = \"that_hurt\"", that_hurt().len());
    check("personas = \"starter\"", mock_idp::persona::starter().len());
    let error = Config::from_toml("personas = \"others\"", "m.toml").unwrap_err();
    let expected = "m.toml:1: personas: is \"others\", which is no set; \
                    the sets are \"starter\" and \"that_hurt\"";
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn people_come_and_go_at_run_time() {
    let app = App::start();
    let ids = || -> Vec<_> { app.idp.personas().iter().map(|it| it.id.clone()).collect() };
    app.idp.set_personas(["x", "y"].map(Persona::new));
    assert_eq!(ids(), ["x", "y"]);
    app.idp.add_persona(Persona::new("z"));
    assert!(app.idp.remove_persona("x"));
    assert!(!app.idp.remove_persona("x"));
    assert_eq!(ids(), ["y", "z"]);
    // What somebody has who is gone is good for nothing.
    app.idp.set_auto_login(AutoLogin::Persona("y".into()));
    let code = app.code(&[]).await;
    app.idp.remove_persona("y");
    assert_eq!(app.exchange(&code, &[]).await.status, 400);
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::TokenCode);
    assert!(
        reason.contains("persona of this code is no longer there"),
        "{reason}"
    );
    app.idp.reset();
    assert_eq!(ids().len(), mock_idp::persona::starter().len());
}

/// Writes another account into the chooser; returns the next answer, with the transaction.
async fn write(app: &App, account: &str) -> (Answer, String) {
    app.idp.set_auto_login(AutoLogin::Never);
    let url = Url::parse(app.authorize(&[]).await.location()).unwrap();
    let (_, transaction) = url.query_pairs().next().unwrap();
    let pairs = [("transaction", &*transaction), ("account", account)];
    (app.post(CHOOSER, &pairs).await, transaction.into_owned())
}

/// The claims of a login by another account that is written into the chooser.
async fn written(app: &App, account: &str) -> Value {
    let (mut answer, transaction) = write(app, account).await;
    if !answer.location().starts_with(crate::app::REDIRECT_URI) {
        let allow = [("transaction", transaction.as_str()), ("decision", "allow")];
        answer = app.post(CONSENT, &allow).await;
    }
    let tokens = app.exchange(&answer.callback()["code"], &[]).await;
    claims(&tokens.json())
}

#[tokio::test]
async fn another_account_is_anybody_by_id_address_or_sub() {
    let app = App::start();
    let bob = written(&app, "bob").await;
    assert_eq!(bob["email"], "bob@example.com");
    let sub = bob["sub"].as_str().unwrap();
    for account in [" Bob@Example.com ", sub] {
        assert_eq!(written(&app, account).await["sub"], sub, "{account}");
    }
}

#[tokio::test]
async fn a_word_behind_the_name_changes_the_same_person() {
    let app = App::start();
    let bob = written(&app, "bob").await;
    let unverified = written(&app, "bob+unverified@example.com").await;
    assert_eq!(unverified["email_verified"], false);
    let without = written(&app, "bob+noemail").await;
    assert!(without["email"].is_null() && without["email_verified"].is_null());
    for changed in [&unverified, &without] {
        for name in ["sub", "name", "picture"] {
            assert_eq!(changed[name], bob[name], "{name}");
        }
    }
    assert_eq!(written(&app, "bob").await["email_verified"], true);
}

#[tokio::test]
async fn a_word_behind_the_name_cancels() {
    let app = App::start();
    let (answer, _) = write(&app, "bob+deny@example.com").await;
    assert_eq!(answer.callback()["error"], "access_denied");
    assert_eq!(app.refusal().0, Check::AuthorizationCancelled);
}

#[tokio::test]
async fn nobody_is_refused_by_name() {
    let app = App::start();
    for account in ["nobody", "nobody+deny", "bob+other"] {
        write(&app, account).await;
        let expected = format!("the form chose {account:?}, whom nobody knows");
        assert_eq!(app.refusal(), (Check::PagePersona, expected));
    }
}

#[tokio::test]
async fn a_login_hint_has_the_same_words() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    let answer = app.authorize(&[("login_hint", "bob+deny")]).await;
    assert_eq!(answer.callback()["error"], "access_denied");
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::AuthorizationCancelled);
    assert!(
        reason.contains("login_hint names somebody who cancels"),
        "{reason}"
    );
    let code = app
        .code(&[("login_hint", "bob+unverified@example.com")])
        .await;
    let tokens = app.exchange(&code, &[]).await.json();
    assert_eq!(claims(&tokens)["email_verified"], false);
}

#[tokio::test]
async fn auto_login_takes_a_changed_person_too() {
    let app = App::start();
    let plain = claims(&app.log_in().await);
    let id = "alice+unverified".to_owned();
    app.idp.set_auto_login(AutoLogin::Persona(id));
    let changed = claims(&app.log_in().await);
    assert_eq!(changed["email_verified"], false);
    assert_eq!(changed["sub"], plain["sub"]);

    let config = Config::from_toml("auto_login = \"alice+deny\"", "m.toml").unwrap();
    app.idp.set_auto_login(config.auto_login);
    assert_eq!(
        app.authorize(&[]).await.callback()["error"],
        "access_denied"
    );
    let expected = "auto_login names somebody who cancels".to_owned();
    assert_eq!(app.refusal(), (Check::AuthorizationCancelled, expected));
    assert!(Config::from_toml("auto_login = \"nobody+deny\"", "m.toml").is_err());
}

#[tokio::test]
async fn a_hint_that_is_on_no_button_stands_in_the_field() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::Never);
    let page = async |hint: &str| {
        let chooser = app.authorize(&[("login_hint", hint)]).await.next();
        app.get(&chooser).await.text
    };
    // One cancels; the other is a variant of Bob, whose own button means Bob as he is.
    for hint in ["bob+deny", "bob+unverified"] {
        let page = page(hint).await;
        let field = format!("name=\"account\" value=\"{hint}\"");
        assert!(page.contains(&field), "{hint}: {page}");
    }
    assert!(page("bob").await.contains("name=\"account\" value=\"\""));
    for suffix in Suffix::ALL {
        assert!(page("bob").await.contains(suffix.word()));
    }
}
