//! The provider's settings, as an app meets them.

use e2e::{Outcome, Person, Stack};
use mock_idp::{AutoLogin, MockIdp};

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

#[tokio::test]
async fn a_persona_with_a_right_to_left_name_logs_in() {
    let stack = Stack::start().await;
    for persona in stack.idp.personas() {
        let outcome = stack.visitor().sign_in_as(&persona.id).await;
        assert!(
            matches!(outcome, Outcome::SignedIn(_)),
            "{}: {outcome:?}",
            persona.id
        );
    }
}
