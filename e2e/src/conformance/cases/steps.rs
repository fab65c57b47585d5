//! Cases that need steps of their own: a second login, a second browser, a second provider.

use futures_util::FutureExt as _;
use mock_idp::{Place, Value, id_token, jwks};
use tokio::time::Instant;

use crate::conformance::case::Feature::{Logout, SecondProvider};
use crate::conformance::case::Group::{Authorization, IdToken, Jwks, Session};
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;
use crate::person::Person as _;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("ar-state-other-browser", Authorization, High, &["RFC9700-4.7", "RFC6749-10.12", "ASVS-10.2.1"],
        "an attacker's fresh code and state are delivered into another browser",
        Expect::RejectBefore(Place::Token), Script(|lab| other_browser(lab).boxed())),
    row("ar-state-replay", Authorization, Medium, &["OIDCC-3.1.2.7", "RFC6749-4.1.2"],
        "the same callback URL is loaded twice",
        Expect::Holds(once_exchanged), Script(|lab| replay(lab).boxed())),
    row("ar-parallel-tabs", Authorization, Medium, &["RFC9700-4.7"],
        "two logins in two tabs are finished in the reverse order",
        Expect::Accept, Script(|lab| parallel_tabs(lab).boxed())),
    row("jwks-rotate-new-kid", Jwks, High, &["OIDCC-10.1.1"],
        "a new key with a new kid signs the second login",
        Expect::Accept, Script(|lab| rotated(lab).boxed()))
        .oidf(&["oidcc-client-test-signing-key-rotation"]),
    row("jwks-old-key-in-flight", Jwks, Low, &["OIDCC-10.1.1"],
        "another key is published, and the old one still signs",
        Expect::Accept, Script(|lab| old_key(lab).boxed())),
    row("jwks-5xx-warm", Jwks, Medium, &["OIDCC-10.1.1"],
        "the keys cannot be fetched, and the app has them",
        Expect::Accept, Script(|lab| warm(lab).boxed())),
    row("idt-sub-collision", IdToken, Critical, &["OIDCC-5.7", "ASVS-10.5.2"],
        "a second provider issues the victim's sub in its own name",
        Expect::Holds(not_the_victims_data), Script(|lab| collision(lab).boxed()))
        .needs(&[SecondProvider]),
    row("ses-logout-kills", Session, High, &["ASVS-7.4.1"],
        "the cookies from before a logout are used after it",
        Expect::Holds(nobody), Script(|lab| old_cookies(lab).boxed()))
        .needs(&[Logout]),
    row("ses-other-user", Session, High, &["ASVS-7.2.4"],
        "somebody else logs in over a session",
        Expect::Holds(somebody_else), Script(|lab| over_a_session(lab).boxed())),
];

/// What is seen of a guest who goes to a URL.
async fn open(lab: &Lab, guest: &mut crate::conformance::Guest, url: &url::Url) -> Seen {
    let started = Instant::now();
    let step = guest.visitor.open(url).await;
    lab.seen(guest, step, started.elapsed()).await
}

async fn other_browser(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let callback = lab.guest().callback_url().await?;
    let mut victim = lab.guest();
    Ok(open(lab, &mut victim, &callback).await)
}

async fn replay(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    guest.visitor.open(&callback).await?;
    Ok(open(lab, &mut guest, &callback).await)
}

/// The second time is refused, and the session of the first is left alone.
fn once_exchanged(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    match seen.requests.to(Place::Token).len() {
        1 => Ok(()),
        times => Err(format!("{times} token requests for one code")),
    }
}

async fn parallel_tabs(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let first = guest.callback_url().await?;
    let second = guest.callback_url().await?;
    guest.visitor.open(&second).await?;
    if guest.who(&lab.personas()).await? != Who::Persona(SOMEBODY.into()) {
        let step = Ok(());
        return Ok(lab.seen(&mut guest, step, std::time::Duration::ZERO).await);
    }
    let mut seen = open(lab, &mut guest, &first).await;
    if seen.status >= 400 {
        seen.who = Ok(Who::Nobody);
    }
    Ok(seen)
}

async fn rotated(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.provider.keys().rotate();
    Ok(lab.login().await)
}

async fn old_key(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.provider.keys().publish(mock_idp::NewKey::default());
    Ok(lab.login().await)
}

async fn warm(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.provider.fault(jwks().status(500).instead());
    let mut seen = lab.login().await;
    // Who has the keys does not ask, and that is right.
    seen.unreached.clear();
    Ok(seen)
}

async fn collision(lab: &mut Lab) -> Result<Seen, LabError> {
    let victim = lab.good_login(SOMEBODY).await?;
    drop(victim);
    let named = |name: &str| Value::Literal(name.into());
    let stranger = id_token()
        .set("name", named("Mallory Stranger"))
        .set("email", named("mallory@evil.example"));
    lab.second.fault(stranger);
    let mut attacker = lab.guest();
    let started = Instant::now();
    let step = attacker.log_in_at_second().await;
    Ok(lab.seen(&mut attacker, step, started.elapsed()).await)
}

/// The stranger is let in as a stranger, or not at all.
fn not_the_victims_data(seen: &Seen) -> Result<(), String> {
    match &seen.who {
        Ok(Who::Persona(id)) => Err(format!("the stranger is {id} now")),
        Err(error) => Err(error.to_string()),
        Ok(Who::Nobody | Who::Somebody(_)) => Ok(()),
    }
}

async fn old_cookies(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let before = guest.visitor.cookies().clone();
    guest.log_out().await?;
    *guest.visitor.cookies() = before;
    let url = guest.url("/");
    Ok(open(lab, &mut guest, &url).await)
}

async fn over_a_session(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    lab.everybody_is(SOMEBODY_ELSE);
    let started = Instant::now();
    let step = guest.log_in().await;
    let seen = lab.seen(&mut guest, step, started.elapsed()).await;
    lab.everybody_is(SOMEBODY);
    Ok(seen)
}

fn somebody_else(seen: &Seen) -> Result<(), String> {
    if seen.is(SOMEBODY_ELSE) {
        return Ok(());
    }
    Err(seen.who_in_words())
}
