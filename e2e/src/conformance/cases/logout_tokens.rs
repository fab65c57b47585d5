//! The provider says who has logged out: Back-Channel Logout.

use std::time::Duration;

use futures_util::FutureExt as _;
use mock_idp::fault::Fault;
use mock_idp::{LogoutOutcome, Place, Signing, Value, at, logout_token, logout_token_header};
use serde_json::json;
use tokio::time::Instant;

use super::checks::found;
use crate::conformance::Guest;
use crate::conformance::case::Feature::BackchannelLogout;
use crate::conformance::case::Group::Logout;
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{High, Low, Medium};
use crate::conformance::case::{Case, Expect, Lies, all_need, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::seen::Seen;

use After::{Ended, Kept, Untouched};

const NEEDS: &[crate::conformance::Feature] = &[BackchannelLogout];
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const ENDS: &str = "answer 200 and end the session";
const STAYS: &str = "answer 400 and leave the session alone";

/// What becomes of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// It is gone, and the app says so.
    Ended,
    /// It stays, and the app refuses the token.
    Kept,
    /// It stays, whatever the app says of the token.
    Untouched,
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &all_need(NEEDS, [
    row("bcl-ok", Logout, Medium, &["OIDCBCL-2.5", "OIDCBCL-2.7"],
        "a logout token about somebody who is logged in",
        Expect::Holds(found, ENDS), Script(|lab| told(lab, Ended, &[|_| Vec::new()]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout"]),
    row("bcl-alg-none", Logout, High, &["OIDCBCL-2.6", "RFC8725-3.2"],
        "alg none",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().sign_with(Signing::None("none".into()))],
            |_| vec![logout_token().sign_with(Signing::None("NONE".into()))],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-alg-none"]),
    row("bcl-wrong-alg", Logout, Medium, &["OIDCBCL-2.6", "RFC8725-3.1"],
        "signed with the client's secret, and with the public key as one",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().sign_with(Signing::HmacClientSecret)],
            |_| vec![logout_token().sign_with(Signing::HmacPublicKey)],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg"]),
    row("bcl-bad-sig", Logout, High, &["OIDCBCL-2.6"],
        "a flipped bit, no signature, a key that nobody published",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().sign_with(Signing::Flip)],
            |_| vec![logout_token().sign_with(Signing::Strip)],
            |_| vec![logout_token().sign_with(Signing::Impostor)],
        ]).boxed())),
    row("bcl-no-event", Logout, Medium, &["OIDCBCL-2.4", "OIDCBCL-2.6"],
        "no events",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().omit("events")],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-no-event"]),
    row("bcl-wrong-event", Logout, Medium, &["OIDCBCL-2.6"],
        "another event",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().set("events", json!({"http://schemas.openid.net/event/other": {}}))],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event"]),
    row("bcl-event-type", Logout, Medium, &["OIDCBCL-2.4"],
        "events that are a string, a list, null, or have no object as a member",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().set("events", EVENT)],
            |_| vec![logout_token().set("events", json!([EVENT]))],
            |_| vec![logout_token().set("events", json!(null))],
            |_| vec![logout_token().set("events", json!({EVENT: "yes"}))],
        ]).boxed())),
    row("bcl-with-nonce", Logout, Medium, &["OIDCBCL-2.4", "OIDCBCL-2.6", "ASVS-10.5.5"],
        "a nonce",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().set("nonce", "n")],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce"]),
    row("bcl-wrong-aud", Logout, High, &["OIDCBCL-2.6"],
        "aud + \"INVALID\"",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().set("aud", Value::append("INVALID"))],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud"]),
    row("bcl-wrong-iss", Logout, High, &["OIDCBCL-2.6"],
        "iss + \"INVALID\"",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().set("iss", Value::append("INVALID"))],
        ]).boxed()))
        .oidf(&["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss"]),
    row("bcl-expired", Logout, Medium, &["OIDCBCL-2.4", "OIDCBCL-2.6"],
        "exp in the past; iat far in the future",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().shift("exp", -86_400)],
            |_| vec![logout_token().shift("iat", 86_400).shift("exp", 86_400)],
        ]).boxed())),
    row("bcl-no-exp", Logout, Low, &["OIDCBCL-2.4"],
        "no exp, as before it was required",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().omit("exp")],
        ]).boxed()))
        .either(),
    row("bcl-no-jti", Logout, Low, &["OIDCBCL-2.4"],
        "no jti",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().omit("jti")],
        ]).boxed())),
    row("bcl-replay", Logout, Medium, &["OIDCBCL-2.6"],
        "the same token again, after a new login",
        Expect::Holds(found, "leave the new session alone"), Script(|lab| replayed(lab).boxed()))
        .should(),
    row("bcl-no-sub-sid", Logout, Medium, &["OIDCBCL-2.4", "OIDCBCL-2.6"],
        "neither sub nor sid",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token().omit("sub").omit("sid")],
        ]).boxed())),
    row("bcl-sid-only", Logout, Medium, &["OIDCBCL-2.4", "OIDCBCL-2.7"],
        "only sid",
        Expect::Holds(found, ENDS), Script(|lab| told(lab, Ended, &[
            |_| vec![logout_token().omit("sub")],
        ]).boxed())),
    row("bcl-sub-only", Logout, Medium, &["OIDCBCL-2.7"],
        "only sub, of somebody who is logged in in two browsers",
        Expect::Holds(found, "end both sessions"), Script(|lab| all_of_one(lab).boxed())),
    row("bcl-other-user", Logout, High, &["OIDCBCL-2.7"],
        "a token about somebody else",
        Expect::Holds(found, "leave this session alone"), Script(|lab| of_another(lab).boxed())),
    row("bcl-unknown-session", Logout, Low, &["OIDCBCL-2.7", "OIDCBCL-2.8"],
        "a sid that nobody has",
        Expect::Holds(found, "leave this session alone, and not crash"), Script(|lab| told(lab, Untouched, &[
            |_| vec![logout_token().set("sid", "nobody-has-this").omit("sub")],
        ]).boxed())),
    row("bcl-idtoken-as-logout", Logout, High, &["OIDCBCL-4.1", "RFC8725-2.8"],
        "the ID token of the login in its place",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![at(Place::BackchannelLogout).set("logout_token", Value::earlier(Place::Token, "id_token"))],
        ]).boxed())),
    row("bcl-typ", Logout, Medium, &["OIDCBCL-2.4", "RFC8725-3.11", "ASVS-10.5.5"],
        "the typ of an access token",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![logout_token_header().set("typ", "at+jwt")],
        ]).boxed())),
    row("bcl-request-form", Logout, Low, &["OIDCBCL-2.5"],
        "a form under the label of JSON; no token; two; a megabyte",
        Expect::Holds(found, STAYS), Script(|lab| told(lab, Kept, &[
            |_| vec![at(Place::BackchannelLogout).header("content-type", "application/json")],
            |_| vec![at(Place::BackchannelLogout).omit("logout_token")],
            |_| vec![at(Place::BackchannelLogout).double_with("logout_token", "x")],
            |_| vec![at(Place::BackchannelLogout).set("logout_token", Value::repeated("a", 1_000_000))],
        ]).boxed())),
    row("bcl-extra-params", Logout, Low, &["OIDCBCL-2.5", "OIDCBCL-2.4"],
        "unknown fields and claims; no typ",
        Expect::Holds(found, ENDS), Script(|lab| told(lab, Ended, &[
            |_| vec![at(Place::BackchannelLogout).set("x", "y"), logout_token().set("z", json!({"a": [1]}))],
            |_| vec![logout_token_header().omit("typ")],
        ]).boxed())),
    row("bcl-no-csrf-no-cookie", Logout, Medium, &["OIDCBCL-2.5"],
        "it comes without a cookie and without an origin, as from a server",
        Expect::Holds(found, ENDS), Script(|lab| told(lab, Ended, &[|_| Vec::new()]).boxed())),
    row("bcl-kid-rotation", Logout, Medium, &["OIDCBCL-2.6", "OIDCC-10.1.1"],
        "signed with a new key",
        Expect::Holds(found, ENDS), Script(|lab| with_a_new_key(lab).boxed())),
    row("bcl-flood", Logout, Low, &["OIDCBCL-4"],
        "a hundred tokens with invented keys",
        Expect::Holds(found, "refuse them in time, and not fetch the keys for each"), Script(|lab| flooded(lab).boxed())),
]);

/// Tells the provider where the app takes logout tokens.
fn register(lab: &mut Lab) -> Result<(), LabError> {
    let path = lab.profile.backchannel_logout.clone();
    let path = path.ok_or_else(|| {
        LabError::SetUp(
            "the profile has no backchannel_logout; add it, or add backchannel_logout to `lacks`"
                .into(),
        )
    })?;
    let uri = lab.base.join(&path).ok().map(String::from);
    lab.know(|client| client.backchannel_logout_uri = uri)
}

/// Tells the app that somebody has logged out; the status of its answer.
async fn tell(lab: &Lab, persona: &str) -> Result<u16, String> {
    let sent = lab
        .provider
        .send_logout_token(&lab.client.client_id, persona)
        .await;
    match sent.map(|sent| sent.outcome) {
        Some(LogoutOutcome::Answered(status)) => Ok(status),
        Some(LogoutOutcome::TimedOut) => Err("no answer to the logout token in time".into()),
        Some(LogoutOutcome::Unreachable(why)) => {
            Err(format!("no answer to the logout token: {why}"))
        }
        None => Err("no logout token was sent".into()),
    }
}

/// One login and one logout token under each of these lies.
async fn told(lab: &mut Lab, after: After, lies: &[Lies]) -> Result<Seen, LabError> {
    register(lab)?;
    let mut last = None;
    for lies in lies {
        let mut guest = lab.good_login(SOMEBODY).await?;
        let lies: Vec<Fault> = lies(lab);
        let many = lies.len();
        for lie in lies {
            lab.provider.fault(lie);
        }
        let status = tell(lab, SOMEBODY).await;
        let unreached = lab.provider.unreached_faults().len();
        lab.provider.clear_faults();
        let seen = look(lab, &mut guest).await;
        let mut judged = status.and_then(|status| judge(&seen, after, status));
        if unreached > 0 {
            judged = Err(format!("{unreached} of {many} lies were not told"));
        }
        let is_wrong = judged.is_err();
        last = Some(seen.with(judged));
        if is_wrong {
            break;
        }
    }
    last.ok_or_else(|| LabError::SetUp("the case has no lies".into()))
}

async fn look(lab: &Lab, guest: &mut Guest) -> Seen {
    let url = guest.url(&lab.profile.whoami.path.clone());
    let step = guest.open(&url).await;
    lab.seen(guest, step, Duration::ZERO).await
}

fn judge(seen: &Seen, after: After, status: u16) -> Result<(), String> {
    let answered = || format!("the app answered {status}");
    match after {
        Ended if !(200..300).contains(&status) => Err(format!("{}, not 200", answered())),
        Ended if !seen.is_nobody() => Err(format!("{}, and {}", answered(), seen.who_in_words())),
        Kept | Untouched if !seen.is(SOMEBODY) => {
            Err(format!("{}, and {}", answered(), seen.who_in_words()))
        }
        Kept if !(400..500).contains(&status) => Err(format!("{}, not 400", answered())),
        Untouched if status >= 500 => Err(answered()),
        _ => Ok(()),
    }
}

async fn replayed(lab: &mut Lab) -> Result<Seen, LabError> {
    register(lab)?;
    lab.good_login(SOMEBODY).await?;
    // It names nothing but the account, which the next session has as well.
    lab.provider.fault(logout_token().omit("sid"));
    let first = tell(lab, SOMEBODY).await;
    lab.provider.clear_faults();
    let sent = lab.requests().to(Place::BackchannelLogout);
    let sent = sent.last().and_then(|sent| sent.parameter("logout_token"));
    let again = sent.unwrap_or_default().to_owned();
    let mut guest = lab.good_login(SOMEBODY).await?;
    let again = at(Place::BackchannelLogout).set("logout_token", again);
    lab.provider.fault(again);
    let second = tell(lab, SOMEBODY).await;
    lab.provider.clear_faults();
    let seen = look(lab, &mut guest).await;
    let judged = match (first, second) {
        (Err(why), _) | (_, Err(why)) => Err(why),
        (Ok(first), _) if first >= 300 => Err(format!("the app answered {first} the first time")),
        (_, Ok(second)) => judge(&seen, Untouched, second),
    };
    Ok(seen.with(judged))
}

async fn all_of_one(lab: &mut Lab) -> Result<Seen, LabError> {
    register(lab)?;
    let mut first = lab.good_login(SOMEBODY).await?;
    let mut second = lab.good_login(SOMEBODY).await?;
    lab.provider.fault(logout_token().omit("sid"));
    let status = tell(lab, SOMEBODY).await;
    lab.provider.clear_faults();
    let seen = look(lab, &mut first).await;
    let other = second.who(&lab.personas()).await?;
    let judged = status.and_then(|status| judge(&seen, Ended, status));
    let judged = judged.and_then(|()| match other {
        Who::Nobody => Ok(()),
        other => Err(format!("in the other browser it is {other:?}")),
    });
    Ok(seen.with(judged))
}

async fn of_another(lab: &mut Lab) -> Result<Seen, LabError> {
    register(lab)?;
    let mut guest = lab.good_login(SOMEBODY).await?;
    lab.good_login(SOMEBODY_ELSE).await?;
    let status = tell(lab, SOMEBODY_ELSE).await;
    let seen = look(lab, &mut guest).await;
    let judged = status.and_then(|status| judge(&seen, Untouched, status));
    Ok(seen.with(judged))
}

async fn with_a_new_key(lab: &mut Lab) -> Result<Seen, LabError> {
    register(lab)?;
    let mut guest = lab.good_login(SOMEBODY).await?;
    lab.provider.keys().rotate();
    let status = tell(lab, SOMEBODY).await;
    let seen = look(lab, &mut guest).await;
    let judged = status.and_then(|status| judge(&seen, Ended, status));
    Ok(seen.with(judged))
}

const FLOOD: usize = 100;
/// How often the keys may be fetched meanwhile.
const FETCHES: usize = 10;

async fn flooded(lab: &mut Lab) -> Result<Seen, LabError> {
    register(lab)?;
    let mut guest = lab.good_login(SOMEBODY).await?;
    let before = lab.requests().to(Place::Jwks).len();
    let started = Instant::now();
    let mut judged = Ok(());
    for number in 0..FLOOD {
        let kid = format!("invented-{number}");
        lab.provider
            .fault(logout_token_header().set("kid", kid.as_str()));
        let status = tell(lab, SOMEBODY).await;
        lab.provider.clear_faults();
        match status {
            Ok(status) if (400..500).contains(&status) => {}
            Ok(status) => judged = Err(format!("the app answered {status}, not 400")),
            Err(why) => judged = Err(why),
        }
        if judged.is_err() || started.elapsed() > lab.profile.patience() * 2 {
            break;
        }
    }
    let fetches = lab.requests().to(Place::Jwks).len() - before;
    if fetches > FETCHES {
        judged = Err(format!("the keys were fetched {fetches} times"));
    }
    let seen = look(lab, &mut guest).await;
    let judged = judged.and_then(|()| judge(&seen, Untouched, 400));
    Ok(seen.with(judged))
}

pub(super) async fn from_the_other(lab: &mut Lab) -> Result<Seen, LabError> {
    register(lab)?;
    let mut guest = lab.good_login(SOMEBODY).await?;
    let uri = lab.client.backchannel_logout_uri.clone();
    let second = mock_idp::Client {
        backchannel_logout_uri: uri,
        ..lab.second_client.clone()
    };
    let known = lab.second.replace_client(second);
    known.map_err(|error| LabError::SetUp(error.to_string()))?;
    // Both know the same people: sub is the same, and so the token is about nobody that logged in there.
    let sent = lab
        .second
        .send_logout_token(&lab.second_client.client_id, SOMEBODY)
        .await;
    let seen = look(lab, &mut guest).await;
    let judged = match sent.map(|sent| sent.outcome) {
        Some(LogoutOutcome::Answered(status)) => judge(&seen, Untouched, status),
        other => Err(format!("no answer to the logout token: {other:?}")),
    };
    Ok(seen.with(judged))
}
