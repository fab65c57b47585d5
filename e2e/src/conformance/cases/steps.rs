//! Cases that need steps of their own: a second login, a second browser, a second provider.

use futures_util::FutureExt as _;
use mock_idp::{Persona, Place, jwks};
use tokio::time::Instant;

use crate::conformance::case::Feature::{SecondProvider, Signatures};
use crate::conformance::case::Group::{Authorization, IdToken, Jwks};
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE, person};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("ar-state-other-browser", Authorization, High, &["RFC9700-4.7", "RFC6749-10.12", "ASVS-10.2.1"],
        "an attacker's fresh code and state are delivered into another browser",
        Expect::Holds(bound_to_its_browser,
            "bind state to the browser that began the login"), Script(|lab| other_browser(lab).boxed())),
    row("ar-state-replay", Authorization, Medium, &["OIDCC-3.1.2.7", "RFC6749-4.1.2"],
        "the same callback URL is loaded twice",
        Expect::Holds(once_exchanged,
            "refuse the second, and leave the session alone"), Script(|lab| replay(lab).boxed())),
    row("ar-parallel-tabs", Authorization, Medium, &["RFC9700-4.7"],
        "two logins in two tabs are finished in the reverse order",
        Expect::Holds(both_accepted,
            "let both finish"), Script(|lab| parallel_tabs(lab).boxed()))
        .should(),
    row("jwks-rotate-new-kid", Jwks, High, &["OIDCC-10.1.1"],
        "a new key with a new kid signs the second login",
        Expect::Accept, Script(|lab| rotated(lab).boxed()))
        .oidf(&["oidcc-client-test-signing-key-rotation"])
        .needs(&[Signatures]),
    row("jwks-old-key-in-flight", Jwks, Low, &["OIDCC-10.1.1"],
        "another key is published, and the old one still signs",
        Expect::Accept, Script(|lab| old_key(lab).boxed()))
        .needs(&[Signatures]),
    row("jwks-5xx-warm", Jwks, Medium, &["OIDCC-10.1.1"],
        "the keys cannot be fetched, and the app has them",
        Expect::Holds(|seen| seen.found.clone(),
            "log the person in with the keys that it has"), Script(|lab| warm(lab).boxed()))
        .needs(&[Signatures])
        .should(),
    row("idt-sub-collision", IdToken, Critical, &["OIDCC-5.7", "ASVS-10.5.2"],
        "a second provider issues the victim's sub in its own name",
        Expect::Holds(not_the_victims_data,
            "let the stranger in as a stranger, and leave the victim's account alone"), Script(|lab| collision(lab).boxed()))
        .needs(&[SecondProvider]),
];

/// What is seen of a guest who goes to a URL.
pub(super) async fn open(lab: &Lab, guest: &mut crate::conformance::Guest, url: &url::Url) -> Seen {
    let started = Instant::now();
    let step = guest.open(url).await;
    lab.seen(guest, step, started.elapsed()).await
}

async fn other_browser(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut attacker = lab.guest();
    let callback = attacker.callback_url().await?;
    let mut victim = lab.guest();
    let mut seen = open(lab, &mut victim, &callback).await;
    // Had the victim's visit used it up, the case would say nothing of the browser.
    if seen.is_nobody() && seen.requests.to(Place::Token).is_empty() {
        let own = open(lab, &mut attacker, &callback).await;
        seen.found = accepted(&own).map_err(|words| format!("in its own browser, too: {words}"));
    }
    Ok(seen)
}

/// Nobody is logged in and no token was asked for, and it was not the callback's fault.
fn bound_to_its_browser(seen: &Seen) -> Result<(), String> {
    nobody(seen)?;
    match seen.requests.to(Place::Token).len() {
        0 => seen.found.clone(),
        times => Err(format!(
            "it went on, with {times} requests to {}",
            Place::Token
        )),
    }
}

async fn replay(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    guest.open(&callback).await?;
    Ok(open(lab, &mut guest, &callback).await)
}

/// The second time is refused, and the session of the first is left alone.
fn once_exchanged(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    seen.step.clone().map_err(|error| error.to_string())?;
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
    let seen = open(lab, &mut guest, &second).await;
    if !seen.is(SOMEBODY) {
        return Ok(seen);
    }
    Ok(open(lab, &mut guest, &first).await)
}

/// Both codes were exchanged, and alice is logged in.
fn both_accepted(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let tokens = seen.requests.to(Place::Token);
    let given = tokens.iter().filter(|request| request.status == Some(200));
    match given.count() {
        2 => Ok(()),
        1 => Err(format!("the other login was refused: {}", seen.words())),
        times => Err(format!("{times} of two codes were exchanged")),
    }
}

pub(super) async fn rotated(lab: &mut Lab) -> Result<Seen, LabError> {
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
    // Who has the keys does not ask, and that is right; who asks, and is refused, is told so.
    let is_met = seen.unreached.is_empty();
    seen.unreached.clear();
    seen.found = match accepted(&seen) {
        Err(words) if is_met => Err(format!("it asked for the keys again, and then: {words}")),
        other => other,
    };
    Ok(seen)
}

async fn collision(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut victim = lab.good_login(SOMEBODY).await?;
    // Somebody of that subject, wherever the second provider tells of them.
    lab.second.add_persona(Persona {
        id: SOMEBODY.into(),
        sub: person(SOMEBODY, "").sub,
        ..person("mallory", "Mallory Stranger")
    });
    let mut attacker = lab.guest();
    let started = Instant::now();
    let step = attacker.log_in_at_second().await;
    let mut seen = lab.seen(&mut attacker, step, started.elapsed()).await;
    // The victim's account is as it was: in the session that is open, and in a new one.
    let open = victim.who(&lab.personas()).await?;
    let mut again = lab.guest();
    again.log_in().await?;
    let anew = again.who(&lab.personas()).await?;
    for (who, which) in [(open, "open"), (anew, "new")] {
        if who != Who::Persona(SOMEBODY.into()) {
            seen.found = Err(format!("in the victim's {which} session: {who:?}"));
        }
    }
    Ok(seen)
}

/// The stranger is let in as a stranger, and the victim's account is left alone.
fn not_the_victims_data(seen: &Seen) -> Result<(), String> {
    seen.found.clone()?;
    match &seen.who {
        Ok(Who::Persona(id)) => Err(format!("the stranger is {id} now")),
        Err(error) => Err(error.to_string()),
        Ok(Who::Somebody(words)) if words.contains("Mallory") || words.contains("mallory") => {
            Ok(())
        }
        Ok(Who::Somebody(words)) => Err(format!("the stranger is shown as {words}")),
        Ok(Who::Nobody) => Err(format!("the stranger is refused: {}", seen.words())),
    }
}
