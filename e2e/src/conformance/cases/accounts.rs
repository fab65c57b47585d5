//! Cases about who is who: somebody else comes with what is another's.

use std::sync::Arc;

use futures_util::FutureExt as _;
use mock_idp::{Fault, Persona, Value, id_token};
use serde_json::json;
use tokio::time::Instant;

use super::checks::found;
use crate::conformance::case::Feature::SecondProvider;
use crate::conformance::case::Group::IdToken;
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{Critical, High, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::seen::Seen;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("idt-sub-case", IdToken, High, &["OIDCC-2"],
        "somebody else's sub is the victim's in other cases",
        Expect::Holds(found,
            "keep the two apart"), Script(|lab| namesakes(lab, &["SUBJECT-OF-ALICE"]).boxed())),
    row("idt-sub-unicode", IdToken, High, &["OIDCC-2"],
        "somebody else's sub looks like the victim's: a space, a zero-width space, NUL, a Cyrillic letter",
        Expect::Holds(found,
            "keep the two apart"), Script(|lab| namesakes(lab, &["subject-of-alice ", "subject-of-alice\u{200b}",
            "subject-of-alice\0", "subject-of-\u{430}lice"]).boxed())),
    row("idt-email-unverified", IdToken, Critical, &["OIDCC-5.1", "OIDCC-5.7", "ASVS-10.5.2"],
        "somebody else comes with the victim's address, not verified, or not said to be",
        Expect::Holds(found,
            "keep the two apart"), Script(|lab| stranger(lab, &[
            |_| id_token().set("email", "alice@example.com").set("email_verified", false),
            |_| id_token().set("email", "alice@example.com").omit("email_verified"),
        ], At::First).boxed())),
    row("idt-email-verified-other-op", IdToken, Critical, &["OIDCC-5.7"],
        "somebody comes from a second provider with the victim's address, verified",
        Expect::Holds(found,
            "keep the two apart"), Script(|lab| stranger(lab, &[|_| id_token().set("email", "alice@example.com")], At::Second).boxed()))
        .needs(&[SecondProvider]),
    row("idt-email-fold", IdToken, High, &["OIDCC-5.1"],
        "somebody else's address is the victim's in other cases, with a dotless i, with a tag",
        Expect::Holds(found,
            "keep the two apart"), Script(|lab| stranger(lab, &[
            |_| id_token().set("email", "ALICE@example.com"),
            |_| id_token().set("email", "al\u{131}ce@example.com"),
            |_| id_token().set("email", "alice+tag@example.com"),
        ], At::First).boxed())),
    row("idt-email-changed", IdToken, Medium, &["OIDCC-5.7"],
        "the same person comes with a new address",
        Expect::Holds(found,
            "know the person by iss and sub, whatever else changes"), Script(|lab| new_address(lab).boxed())),
    row("idt-username-collision", IdToken, High, &["OIDCC-5.1", "OIDCC-5.7"],
        "somebody else comes with the victim's preferred_username",
        Expect::Holds(found,
            "keep the two apart"), Script(|lab| stranger(lab, &[|_| id_token().set("preferred_username", "alice")], At::First).boxed())),
];

/// Where the stranger comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    First,
    Second,
}

const VICTIM: &str = "Alice Example";
const STRANGER: &str = "Bob Example";

/// Bob logs in with something of alice's: he is not shown as her, nor she as him afterwards.
async fn stranger(
    lab: &mut Lab,
    lies: &'static [fn(&Lab) -> Fault],
    at: At,
) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY).await?;
    let mut seen = Seen::of(lab);
    let provider = match at {
        At::First => Arc::clone(&lab.provider),
        At::Second => Arc::clone(&lab.second),
    };
    // Without a lie there is one login all the same.
    let all = lies.iter().map(Some).chain(lies.is_empty().then_some(None));
    for lie in all {
        if let Some(lie) = lie {
            provider.fault(lie(lab).for_persona(SOMEBODY_ELSE));
        }
        lab.everybody_is(SOMEBODY_ELSE);
        let mut stranger = lab.guest();
        let started = Instant::now();
        let step = match at {
            At::First => stranger.log_in().await,
            At::Second => stranger.log_in_at_second().await,
        };
        let now = lab.seen(&mut stranger, step, started.elapsed()).await;
        lab.everybody_is(SOMEBODY);
        let shown = now.who_page.as_ref().map(|page| page.html.clone());
        let mut found = seen.found;
        if shown.unwrap_or_default().contains(VICTIM) {
            found = Err("the stranger is shown as the victim".into());
        }
        let unreached = now.unreached.clone();
        lab.provider.clear_faults();
        lab.second.clear_faults();
        let mut victim = lab.guest();
        let step = victim.log_in().await;
        let after = lab.seen(&mut victim, step, started.elapsed()).await;
        let shown = after.who_page.as_ref().map(|page| page.html.clone());
        let shown = shown.unwrap_or_default();
        if shown.contains(STRANGER) || !after.is(SOMEBODY) {
            found = Err(format!(
                "the victim's account is changed: {}",
                after.who_in_words()
            ));
        }
        seen = now.with(found);
        seen.unreached = unreached;
        if !seen.unreached.is_empty() {
            break;
        }
    }
    Ok(seen)
}

/// Bob's own subject is like alice's.
async fn namesakes(lab: &mut Lab, subs: &[&str]) -> Result<Seen, LabError> {
    let mut seen = Seen::of(lab);
    for sub in subs {
        let bob = lab.personas().into_iter().find(|it| it.id == SOMEBODY_ELSE);
        if let Some(bob) = bob {
            lab.provider.add_persona(Persona {
                sub: Some((*sub).into()),
                ..(*bob).clone()
            });
        }
        seen = stranger(lab, &[], At::First).await?;
        if seen.found.is_err() {
            break;
        }
    }
    Ok(seen)
}

async fn new_address(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY).await?;
    lab.provider
        .fault(id_token().set("email", Value::Literal(json!("new@example.com"))));
    let seen = lab.login().await;
    let shown = seen.who_page.as_ref().map(|page| page.html.clone());
    let shown = shown.unwrap_or_default();
    let found = if shown.contains(VICTIM) || shown.contains("new@example.com") {
        Ok(())
    } else {
        Err(format!(
            "the person is not let in any more: {}",
            seen.who_in_words()
        ))
    };
    Ok(seen.with(found))
}
