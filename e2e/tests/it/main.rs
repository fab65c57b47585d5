//! The whole login over HTTP, offline: every test has an app and a provider of its own.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod asked;
mod bad_provider;
mod callback;
mod configuration;
mod demo;
mod examples;
mod google;
mod headers;
mod id_token;
mod login;
mod logout;
mod logs;
mod provider;
mod providers;
mod session;
mod streamlit;
mod tidy;
mod whole_session;

use e2e::{Outcome, Person, Stack, Visitor};
use mock_idp::Fault;

/// One login, during which the provider tells this lie: it is refused for this reason, nobody is
/// logged in, and the lie was told.
async fn refused(fault: Fault, reason: &str) {
    let stack = Stack::start().await;
    stack.idp.fault(fault);
    let mut visitor = stack.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, Outcome::refused(reason));
    assert_eq!(visitor.who().await, None, "nobody is logged in");
    stack.idp.verify();
}

/// One login, during which the provider does something odd that is nevertheless right.
async fn accepted(fault: Fault) {
    let stack = Stack::start().await;
    stack.idp.fault(fault);
    assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    stack.idp.verify();
}

fn alice() -> Outcome {
    Outcome::SignedIn("Alice Example".to_owned())
}

/// A visitor who is logged in as Alice.
async fn alice_at(stack: &Stack) -> Visitor {
    let mut visitor = stack.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    visitor
}

/// The session cookie of a visitor who is logged in.
fn session(visitor: &mut Visitor, stack: &Stack) -> String {
    visitor
        .cookies()
        .value(&stack.url("/"), "auth_session")
        .expect("a session cookie")
}

/// Another browser with a copy of this session cookie.
fn thief(stack: &Stack, cookie: &str) -> Visitor {
    let mut visitor = stack.visitor();
    visitor
        .cookies()
        .set(&stack.url("/"), &format!("auth_session={cookie}; Path=/"))
        .unwrap();
    visitor
}

/// A table of lies: the test's name, the fault, the reason for which the login is refused.
macro_rules! refusals {
    ($($name:ident: $fault:expr => $reason:literal;)+) => {
        $(#[tokio::test]
        async fn $name() {
            crate::refused($fault, $reason).await;
        })+
    };
}
use refusals;
