//! New tokens for a session: refresh.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use mock_idp::fault::Fault;
use mock_idp::{Place, Requests, Signing, Value, id_token, token};
use tokio::time::Instant;
use url::Url;

use super::checks::found;
use crate::conformance::Guest;
use crate::conformance::case::Feature::Refresh as Refreshes;
use crate::conformance::case::Group::Refresh;
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, Lies, all_need, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY};
use crate::conformance::seen::Seen;

const NEEDS: &[crate::conformance::Feature] = &[Refreshes];
const KEEPS: &str = "refuse the tokens, and show nothing that they say";
const GOES_ON: &str = "take the tokens, and keep the person logged in";
/// What a token says that must not be believed.
const MARK: &str = "Mallory Marked";

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &all_need(NEEDS, [
    row("rt-ok", Refresh, Medium, &["RFC6749-6", "OIDCC-12.1"],
        "new tokens",
        Expect::Holds(found, GOES_ON), Script(|lab| goes_on(lab, |_| Vec::new()).boxed()))
        .oidf(&["oidcc-client-test-refresh-token"]),
    row("rt-iss", Refresh, High, &["OIDCC-12.2"],
        "iss + \"1\"",
        Expect::Holds(found, KEEPS), Script(|lab| refused(lab, |_| vec![marked().set("iss", Value::append("1"))]).boxed()))
        .oidf(&["oidcc-client-test-refresh-token-invalid-issuer"]),
    row("rt-sub", Refresh, Critical, &["OIDCC-12.2"],
        "another sub",
        Expect::Holds(found, KEEPS), Script(|lab| refused(lab, |_| vec![marked().set("sub", "another")]).boxed()))
        .oidf(&["oidcc-client-test-refresh-token-invalid-sub"]),
    row("rt-aud", Refresh, High, &["OIDCC-12.2"],
        "another aud",
        Expect::Holds(found, KEEPS), Script(|lab| refused(lab, |_| vec![marked().set("aud", "another")]).boxed())),
    row("rt-sig", Refresh, High, &["OIDCC-12.2", "OIDCC-3.1.3.7-6"],
        "a flipped bit in the signature",
        Expect::Holds(found, KEEPS), Script(|lab| refused(lab, |_| vec![marked().sign_with(Signing::Flip)]).boxed())),
    row("rt-iat-authtime", Refresh, Medium, &["OIDCC-12.2"],
        "another auth_time",
        Expect::Holds(found, KEEPS), Script(|lab| refused(lab, |_| vec![marked().shift("auth_time", 30)]).boxed()))
        .should(),
    row("rt-nonce-other", Refresh, Medium, &["OIDCC-12.2"],
        "a nonce that is not the login's",
        Expect::Holds(found, KEEPS), Script(|lab| refused(lab, |_| vec![marked().set("nonce", "another")]).boxed())),
    row("rt-nonce-original", Refresh, Low, &["OIDCC-12.2"],
        "the nonce of the login",
        Expect::Holds(found, GOES_ON), Script(|lab| goes_on(lab, original_nonce).boxed())),
    row("rt-no-idtoken", Refresh, Low, &["OIDCC-12.2"],
        "no ID token",
        Expect::Holds(found, GOES_ON), Script(|lab| goes_on(lab, |_| vec![token().omit("id_token")]).boxed())),
    row("rt-rotated", Refresh, Medium, &["RFC9700-4.14.2"],
        "a new refresh token each time",
        Expect::Holds(found, "use the new one the next time"), Script(|lab| twice(lab, true).boxed())),
    row("rt-not-rotated", Refresh, Low, &["RFC6749-6"],
        "no new refresh token",
        Expect::Holds(found, "use the old one the next time"), Script(|lab| twice(lab, false).boxed())),
    row("rt-invalid-grant", Refresh, Medium, &["RFC6749-5.2"],
        "invalid_grant",
        Expect::Holds(found, "ask for a new login, and not try for ever"), Script(|lab| over(lab).boxed())),
    row("rt-5xx", Refresh, Low, &[],
        "503",
        Expect::Holds(found, "keep the person logged in"), Script(|lab| down(lab).boxed())),
    row("rt-parallel", Refresh, Medium, &["RFC9700-4.14.2"],
        "ten pages are asked for at once when the access token has expired",
        Expect::Holds(found, "refresh once"), Script(|lab| at_once(lab).boxed())),
    row("rt-scope-grow", Refresh, Medium, &["RFC6749-6"],
        "the refresh request is looked at",
        Expect::Holds(found, "ask for no more than was granted"), Script(|lab| scopes(lab).boxed()))
        .oidf(&["EnsureScopeInRefreshRequestContainsNoMoreThanOriginallyGranted"]),
]);

/// The refresh requests of the case.
fn refreshes(requests: &Requests) -> Vec<String> {
    let tokens = requests.to(Place::Token);
    let is_refresh = |asked: Option<&str>| asked == Some("refresh_token");
    let refreshes = tokens
        .iter()
        .filter(|asked| is_refresh(asked.parameter("grant_type")));
    let sent = refreshes.filter_map(|asked| asked.parameter("refresh_token"));
    sent.map(str::to_owned).collect()
}

/// Somebody who has just logged in, with an access token that is good for a second, and has looked at nothing
/// yet. The lies are told at the first refresh.
async fn short_lived(lab: &mut Lab, lies: Lies) -> Result<Guest, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    for lie in lies(lab) {
        lab.provider.fault(lie.on_refresh(true));
    }
    lab.provider
        .fault(token().set("expires_in", 1).on_refresh(false));
    let is_further = |url: &Url| url.path() != callback.path();
    guest.visitor.open_until(&callback, is_further).await?;
    Ok(guest)
}

/// Looks at the page until the app has refreshed so often.
async fn look_until(lab: &Lab, guest: &mut Guest, times: usize) -> Result<Who, LabError> {
    let until = Instant::now() + lab.profile.patience();
    let mut beat = tokio::time::interval(Duration::from_millis(200));
    loop {
        beat.tick().await;
        let who = guest.who(&lab.personas()).await?;
        if refreshes(&lab.requests()).len() >= times {
            return Ok(who);
        }
        if Instant::now() > until {
            let words = "the app refreshes nothing when its access token has expired; add refresh to `lacks`";
            return Err(LabError::NotReached(words.into()));
        }
    }
}

/// One refresh under these lies, and what is seen at it and after it.
async fn refreshed(lab: &mut Lab, lies: Lies) -> Result<(Who, Seen), LabError> {
    let mut guest = short_lived(lab, lies).await?;
    let first = look_until(lab, &mut guest, 1).await?;
    Ok((first, look(lab, &mut guest).await))
}

async fn look(lab: &Lab, guest: &mut Guest) -> Seen {
    let url = guest.url(&lab.profile.whoami.path);
    let step = guest.open(&url).await;
    lab.seen(guest, step, Duration::ZERO).await
}

fn still_in(seen: &Seen) -> Result<(), String> {
    if seen.status >= 500 {
        return Err(format!("a page of status {}", seen.status));
    }
    if seen.is(SOMEBODY) {
        Ok(())
    } else {
        Err(seen.who_in_words())
    }
}

async fn goes_on(lab: &mut Lab, lies: Lies) -> Result<Seen, LabError> {
    let (_, seen) = refreshed(lab, lies).await?;
    let judged = still_in(&seen);
    Ok(seen.with(judged))
}

fn original_nonce(lab: &Lab) -> Vec<Fault> {
    let asked = lab.requests().to(Place::Authorization);
    let nonce = asked.last().and_then(|asked| asked.parameter("nonce"));
    vec![id_token().set("nonce", nonce.unwrap_or_default())]
}

/// The token also says another name: where it is shown, the token was believed.
async fn refused(lab: &mut Lab, lies: Lies) -> Result<Seen, LabError> {
    let (first, seen) = refreshed(lab, lies).await?;
    let shown = seen
        .who_page
        .as_ref()
        .is_some_and(|page| page.html.contains(MARK));
    let judged = if shown || matches!(&first, Who::Somebody(words) if words.contains(MARK)) {
        Err("the app shows what the token says".to_owned())
    } else if seen.status >= 500 {
        Err(format!("a page of status {}", seen.status))
    } else {
        Ok(())
    };
    Ok(seen.with(judged))
}

/// A lie in the ID token, which says the name as well that must not be believed.
fn marked() -> Fault {
    id_token().set("name", MARK)
}

async fn twice(lab: &mut Lab, rotates: bool) -> Result<Seen, LabError> {
    let lies: Lies = if rotates {
        |_| vec![token().set("expires_in", 1).always()]
    } else {
        |_| vec![token().set("expires_in", 1).omit("refresh_token").always()]
    };
    let mut guest = short_lived(lab, lies).await?;
    look_until(lab, &mut guest, 1).await?;
    let again = look_until(lab, &mut guest, 2).await;
    lab.provider.clear_faults();
    let seen = look(lab, &mut guest).await;
    let sent = refreshes(&seen.requests);
    if let (Err(LabError::NotReached(_)), true) = (&again, seen.is(SOMEBODY)) {
        return Ok(seen.with(Err("it does not refresh a second time".into())));
    }
    let is_same = sent.first() == sent.get(1);
    let judged = still_in(&seen).and_then(|()| match (rotates, is_same) {
        (true, true) => Err("the old refresh token was used again".to_owned()),
        (false, false) => Err("another refresh token was used than the one there is".to_owned()),
        _ => Ok(()),
    });
    Ok(seen.with(judged))
}

/// How often it may be tried.
const TRIES: usize = 2;

async fn over(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = short_lived(lab, |_| {
        let body = r#"{"error":"invalid_grant"}"#;
        let over = token().status(400).body("application/json", body);
        vec![over.instead().always()]
    })
    .await?;
    look_until(lab, &mut guest, 1).await?;
    for _ in 0..5 {
        look(lab, &mut guest).await;
    }
    let seen = look(lab, &mut guest).await;
    let judged = match (refreshes(&seen.requests).len(), seen.status) {
        (_, 500..) => Err(format!("a page of status {}", seen.status)),
        (tries, _) if tries > TRIES => Err(format!("it was tried {tries} times")),
        _ => Ok(()),
    };
    Ok(seen.with(judged))
}

async fn down(lab: &mut Lab) -> Result<Seen, LabError> {
    let (_, seen) = refreshed(lab, |_| vec![token().status(503).instead()]).await?;
    let judged = still_in(&seen);
    Ok(seen.with(judged))
}

const AT_ONCE: usize = 10;

async fn at_once(lab: &mut Lab) -> Result<Seen, LabError> {
    let guest = short_lived(lab, |_| Vec::new()).await?;
    // Until the token has expired, whatever the app thinks of a second.
    let mut beat = tokio::time::interval(Duration::from_millis(1_200));
    beat.tick().await;
    beat.tick().await;
    let mut tabs: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let mut tab = lab.guest();
            *tab.visitor.cookies() = guest_cookies(&guest);
            tab
        })
        .collect();
    let personas = lab.personas();
    let all = join_all(tabs.iter_mut().map(|tab| tab.who(&personas))).await;
    let mut first = tabs.swap_remove(0);
    look_until(lab, &mut first, 1).await?;
    let seen = look(lab, &mut first).await;
    let times = refreshes(&seen.requests).len();
    let lost = all
        .iter()
        .filter(|who| **who != Ok(Who::Persona(SOMEBODY.into())))
        .count();
    let judged = still_in(&seen).and_then(|()| match (times, lost) {
        (1, 0) => Ok(()),
        (1, lost) => Err(format!(
            "{lost} of {AT_ONCE} pages do not say who is logged in"
        )),
        (times, _) => Err(format!("the app refreshed {times} times")),
    });
    Ok(seen.with(judged))
}

fn guest_cookies(guest: &Guest) -> crate::visitor::Cookies {
    guest.visitor.held_cookies().clone()
}

async fn scopes(lab: &mut Lab) -> Result<Seen, LabError> {
    let (_, seen) = refreshed(lab, |_| Vec::new()).await?;
    let words = |text: Option<&str>| -> Vec<String> {
        text.unwrap_or_default()
            .split(' ')
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let asked = seen.requests.to(Place::Authorization);
    let granted = words(asked.last().and_then(|asked| asked.parameter("scope")));
    let tokens = seen.requests.to(Place::Token);
    let wanted = words(tokens.last().and_then(|asked| asked.parameter("scope")));
    let more: Vec<_> = wanted
        .iter()
        .filter(|scope| !granted.contains(scope))
        .collect();
    let judged = if more.is_empty() {
        Ok(())
    } else {
        Err(format!("it asks for {more:?} as well"))
    };
    Ok(seen.with(judged))
}
