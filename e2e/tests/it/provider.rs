//! The provider's settings, as an app meets them.

use e2e::{AppPages, Control, Outcome, Person as _, Stack, Visitor};
use mock_idp::question::Question;
use mock_idp::{AutoLogin, MockIdp, Persona};

use crate::alice;

#[tokio::test]
async fn a_persona_by_setting_needs_no_page() {
    let stack = Stack::start().await;
    stack.idp.set_auto_login(AutoLogin::Persona("alice".into()));
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(alice()),
        "also under prompt=select_account"
    );
}

#[tokio::test]
async fn two_stacks_never_meet() {
    let (one, other) = (Stack::start().await, Stack::start().await);
    assert_eq!(one.visitor().sign_in_as("alice").await, alice());
    assert!(other.idp.requests().is_empty());
    assert_ne!(one.idp.issuer(), other.idp.issuer());
}

#[tokio::test]
async fn a_lie_that_was_never_told_fails_the_test() {
    let idp = MockIdp::start();
    idp.fault(mock_idp::id_token().set("aud", "other"));
    assert_eq!(idp.unreached_faults().len(), 1);
    let verdict = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| idp.verify()));
    assert!(verdict.is_err(), "verify fails");
}

/// Logs everybody in at a provider with these personas. The app greets by the name, as text.
async fn everybody_is_welcome(personas: Vec<Persona>) {
    let idp = MockIdp::builder().personas(personas).start().unwrap();
    let stack = Stack::builder().idp(idp).start().await;
    for persona in stack.idp.personas() {
        let outcome = stack.visitor().sign_in_as(&persona.id).await;
        let Outcome::SignedIn(greeted) = outcome else {
            panic!("{}: {outcome:?}", persona.id);
        };
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(name) = persona
            .name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
        {
            assert_eq!(greeted, folded(name), "{}", persona.id);
        }
    }
}

#[tokio::test]
async fn every_starter_persona_is_welcome() {
    everybody_is_welcome(mock_idp::persona::starter()).await;
}

#[tokio::test]
async fn every_persona_that_hurts_is_welcome() {
    everybody_is_welcome(mock_idp::persona::that_hurt()).await;
}

#[tokio::test]
async fn the_app_logs_in_at_a_provider_that_is_the_specification_itself() {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let stack = Stack::builder().idp(idp).start().await;
    let pages = AppPages {
        log_in: Control::named("Log in with plain"),
        ..stack.pages()
    };
    let outcome = Visitor::new(pages).sign_in_as("alice").await;
    // Core 5.4: the name is at UserInfo, which the app does not ask; it greets by the subject.
    assert!(matches!(outcome, Outcome::SignedIn(_)), "{outcome:?}");
    stack.idp.requests().assert(Question::NothingSentElsewhere);
}

#[tokio::test]
async fn the_apps_own_requests_are_what_they_should_be() {
    let stack = Stack::start().await;
    for persona in ["alice", "bob", "alice"] {
        stack.visitor().sign_in_as(persona).await;
    }
    for question in Question::FOR_EVERY_APP {
        stack.idp.requests().assert(question);
    }
}
