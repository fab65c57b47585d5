//! The app's session, cookies and pages.

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use mock_idp::{AutoLogin, id_token, token};

use super::checks::found;
use super::cookies::{
    attributes, fixation, forged_transaction, tampered, token_in_place_of_a_session,
};
use crate::conformance::case::Feature::{Crowd, Log, Logout, Relogin, State};
use crate::conformance::case::Group::Session;
use crate::conformance::case::Play::{Lies, Script};
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE, person};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;
use crate::person::{Person as _, VisitError};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("ses-fixation", Session, High, &["ASVS-7.2.4"],
        "the cookies from before a login, and planted ones, are used after it",
        Expect::Holds(found,
            "give the session a new name at the login"), Script(|lab| fixation(lab).boxed())),
    row("ses-cookie-httponly", Session, Medium, &["ASVS-3.3.4"],
        "the cookies that a login needs, and that keep it, are looked at",
        Expect::Holds(found,
            "set them HttpOnly, so that no script reads them"), Script(|lab| attributes(lab, "HttpOnly").boxed())),
    row("ses-cookie-samesite", Session, Medium, &["ASVS-3.3.2", "RFC9700-4.7"],
        "the cookies that a login needs, and that keep it, are looked at",
        Expect::Holds(found,
            "set them SameSite=Lax or Strict"), Script(|lab| attributes(lab, "SameSite").boxed())),
    row("ses-transaction-cookie-forged", Session, High, &["RFC9700-4.7.1"],
        "the cookie that a login was begun with is forged to fit an attacker's state",
        Expect::Holds(found,
            "know a login by a secret of its own, not by what a browser can make up"), Script(|lab| forged_transaction(lab).boxed()))
        .needs(&[State]),
    row("ses-cookie-tamper", Session, Critical, &["ASVS-7.2.1"],
        "the session's cookie is changed at each place, cut, and mixed with somebody else's",
        Expect::Holds(found,
            "log nobody in with a cookie that was changed, and not crash"), Script(|lab| tampered(lab).boxed())),
    row("ses-idtoken-as-cookie", Session, High, &["ASVS-7.2.1", "ASVS-9.1.1"],
        "unsigned, expired and foreign ID tokens stand in place of the session's cookie",
        Expect::Holds(found,
            "log nobody in by a token in place of its own session"), Script(|lab| token_in_place_of_a_session(lab).boxed())),
    row("ses-logout-kills", Session, High, &["ASVS-7.4.1"],
        "the cookies from before a logout are used after it",
        Expect::Holds(nobody,
            "end the session at the server"), Script(|lab| old_cookies(lab).boxed()))
        .needs(&[Logout]),
    row("ses-back-button", Session, Low, &["ASVS-7.4.1", "ASVS-14.3.2"],
        "a page that shows who is logged in is looked at",
        Expect::Holds(not_stored,
            "say Cache-Control: no-store"), Lies(&[|_| Vec::new()]))
        .should(),
    row("ses-other-user", Session, High, &["ASVS-7.2.4"],
        "somebody else logs in over a session",
        Expect::Holds(only_somebody_else,
            "show the second person alone"), Script(|lab| over_a_session(lab).boxed()))
        .needs(&[Relogin]),
    row("ses-tokens-in-page", Session, Medium, &["ASVS-10.1.1", "RFC9700-4.3"],
        "the pages and URLs of a login are looked at",
        Expect::Holds(no_secret_shown,
            "keep tokens and secrets out of pages and URLs"), Lies(&[|_| Vec::new()])),
    row("ses-error-leak", Session, Medium, &["ASVS-16.5.1"],
        "the page of a login that fails is looked at",
        Expect::Holds(nothing_inside_shown,
            "show nothing of its inside, and no secret"), Lies(&[
            |_| vec![token().status(500).instead()],
            |_| vec![id_token().set("aud", "another")],
            |_| vec![id_token().omit("sub")],
        ])),
    row("ses-log-leak", Session, Medium, &["ASVS-16.2.5"],
        "what the app says of a login, and of one that fails, is read",
        Expect::Holds(found,
            "keep tokens and secrets out of its log"), Script(|lab| logged(lab).boxed()))
        .needs(&[Log]),
    row("ses-clickjacking", Session, Low, &["RFC9700-4.16"],
        "a page that shows who is logged in is looked at",
        Expect::Holds(not_framed,
            "forbid other sites to frame it (frame-ancestors or X-Frame-Options)"), Lies(&[|_| Vec::new()]))
        .should(),
    row("ses-concurrent-100", Session, Medium, &["ASVS-7.2.4"],
        "a hundred people log in at once, and for every fourth it fails",
        Expect::Holds(found,
            "log each in as themselves, and none of those for whom it fails"), Script(|lab| crowd(lab).boxed()))
        .needs(&[Crowd]),
];

async fn old_cookies(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let before = guest.visitor.cookies().clone();
    guest.log_out().await?;
    *guest.visitor.cookies() = before;
    let url = guest.url("/");
    let step = guest.open(&url).await;
    Ok(lab.seen(&mut guest, step, std::time::Duration::ZERO).await)
}

async fn over_a_session(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    lab.everybody_is(SOMEBODY_ELSE);
    let step = guest.log_in().await;
    if let Err(VisitError::NoSuchControl { .. }) = step {
        let words = "the app offers no login to somebody who is logged in; add relogin to `lacks`";
        return Err(LabError::NotReached(words.into()));
    }
    let seen = lab.seen(&mut guest, step, std::time::Duration::ZERO).await;
    lab.everybody_is(SOMEBODY);
    Ok(seen)
}

/// Bob is logged in, and nothing of alice is on his page.
fn only_somebody_else(seen: &Seen) -> Result<(), String> {
    if !seen.is(SOMEBODY_ELSE) {
        return Err(seen.who_in_words());
    }
    let page = seen.who_page.as_ref().map(|page| page.html.to_lowercase());
    if page.is_some_and(|html| html.contains(SOMEBODY)) {
        return Err(format!(
            "{SOMEBODY} is still on the page of {SOMEBODY_ELSE}"
        ));
    }
    Ok(())
}

fn not_stored(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let said = seen.who_header("cache-control");
    if said.contains("no-store") {
        return Ok(());
    }
    Err(format!(
        "the page says cache-control: {said:?}, not no-store"
    ))
}

fn not_framed(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let is_denied = ["deny", "sameorigin"].contains(&seen.who_header("x-frame-options").as_str());
    if is_denied
        || seen
            .who_header("content-security-policy")
            .contains("frame-ancestors")
    {
        return Ok(());
    }
    Err("any site may show the page in a frame".into())
}

/// No page of the app, nor a URL of it, has a token or a secret.
fn no_secret_shown(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let pages = [&seen.page, &seen.who_page].into_iter().flatten();
    let home = seen.who_page.as_ref().map(|page| page.url.origin());
    let at_home = seen
        .hops
        .iter()
        .filter(|hop| Some(hop.url.origin()) == home);
    let urls = at_home.map(|hop| hop.url.to_string());
    let texts: Vec<_> = pages.map(|page| page.html.clone()).chain(urls).collect();
    no_secret_in(seen, &texts.join("\n"), "a page or a URL")
}

fn no_secret_in(seen: &Seen, text: &str, place: &str) -> Result<(), String> {
    match seen
        .secrets()
        .iter()
        .find(|(_, secret)| text.contains(secret))
    {
        Some((name, _)) => Err(format!("the {name} stands in {place}")),
        None => Ok(()),
    }
}

/// What a stack trace or a debugging page has, whatever wrote it.
const INSIDES: &[&str] = &[
    "Traceback (most recent call last)",
    "stack backtrace:",
    "panicked at",
    "thread 'main'",
    "at Object.",
    "node_modules",
    "site-packages",
    ".java:",
    "Stack trace:",
    "werkzeug",
];

/// Whether the login was to be refused, other cases ask.
fn nothing_inside_shown(seen: &Seen) -> Result<(), String> {
    let html = seen.page.as_ref().map(|page| page.html.as_str());
    let html = html.unwrap_or_default();
    if let Some(inside) = INSIDES.iter().find(|inside| html.contains(**inside)) {
        return Err(format!("the page shows the inside of the app: {inside:?}"));
    }
    no_secret_in(seen, html, "the page")
}

async fn logged(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.provider.fault(id_token().set("aud", "another").once());
    let failed = lab.login().await;
    let log = lab.log().unwrap_or_default();
    let found = no_secret_in(&failed, &log, "the log");
    Ok(failed.with(found))
}

const CROWD: usize = 100;
/// What each app takes for a no.
const REFUSED: &str = r#"{"error":"invalid_grant"}"#;

/// A persona for each, every fourth of whom is refused.
async fn crowd(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let names: Vec<_> = (0..CROWD)
        .map(|number| format!("guest-{number:03}"))
        .collect();
    for name in &names {
        lab.provider.add_persona(person(name, name));
    }
    let is_refused = |number: usize| number % 4 == 3;
    for (_, name) in names
        .iter()
        .enumerate()
        .filter(|(number, _)| is_refused(*number))
    {
        let refused = token().status(400).body("application/json", REFUSED);
        lab.provider.fault(refused.for_persona(name));
    }
    lab.provider.set_auto_login(AutoLogin::Never);
    let all: Vec<_> = names.iter().map(|name| in_the_crowd(lab, name)).collect();
    let all = join_all(all).await;
    lab.everybody_is(SOMEBODY);
    let mut found = Ok(());
    for (number, (name, who)) in names.iter().zip(all).enumerate() {
        let expected = if is_refused(number) {
            Who::Nobody
        } else {
            Who::Persona(name.clone())
        };
        match who {
            Ok(who) if who == expected => {}
            Ok(who) => found = Err(format!("{name} is {who:?}, not {expected:?}")),
            Err(error) => found = Err(format!("{name}: {error}")),
        }
    }
    Ok(Seen::of(lab).with(found))
}

async fn in_the_crowd(lab: &Lab, name: &str) -> Result<Who, VisitError> {
    let mut guest = lab.guest();
    guest.log_in().await?;
    guest.visitor.choose_and_allow(name).await?;
    guest.who(&lab.personas()).await
}
