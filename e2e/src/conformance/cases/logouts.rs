//! Logouts that somebody begins: in the app, and on a page of the provider's.

use std::time::Duration;

use futures_util::FutureExt as _;
use mock_idp::{Place, at, discovery};
use serde_json::Value;
use url::Url;

use super::checks::found;
use crate::conformance::Guest;
use crate::conformance::case::Feature::{FrontchannelLogout, Logout as HasLogout, ProviderLogout};
use crate::conformance::case::Group::Logout;
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::lab::{Lab, LabError, SOMEBODY};
use crate::conformance::seen::Seen;
use crate::person::Person as _;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("fcl-ok", Logout, Medium, &["OIDCFCL-2", "OIDCFCL-3"],
        "the provider's page frames the app, with iss and sid",
        Expect::Holds(found, "end the session"), Script(|lab| framed(lab, &Query::Right).boxed()))
        .oidf(&["oidcc-client-test-rp-frontchannel-rpinitlogout"])
        .needs(&[FrontchannelLogout]),
    row("fcl-wrong-iss-sid", Logout, Medium, &["OIDCFCL-2", "OIDCFCL-3"],
        "another iss; another sid",
        Expect::Holds(found, "leave the session alone"), Script(|lab| framed(lab, &Query::Wrong).boxed()))
        .needs(&[FrontchannelLogout]),
    row("fcl-missing-params", Logout, Medium, &["OIDCFCL-2"],
        "neither iss nor sid, which anybody could send",
        Expect::Holds(found, "leave the session alone"), Script(|lab| framed(lab, &Query::None).boxed()))
        .needs(&[FrontchannelLogout]),
    row("fcl-framing", Logout, Low, &["OIDCFCL-2"],
        "the headers of what is framed are looked at",
        Expect::Holds(found, "let the provider frame it"), Script(|lab| framing(lab).boxed()))
        .needs(&[FrontchannelLogout]),
    row("rpi-ok", Logout, Medium, &["OIDCRPIL-2", "OIDCRPIL-3"],
        "somebody logs out",
        Expect::Holds(found, "end its session, and send them to the provider with id_token_hint or client_id, to come back to a registered URL"),
        Script(|lab| logged_out(lab).boxed()))
        .oidf(&["oidcc-client-test-rp-init-logout"])
        .needs(&[HasLogout, ProviderLogout]),
    row("rpi-no-state", Logout, Low, &["OIDCRPIL-3"],
        "the provider sends them back without state",
        Expect::Holds(found, "show a page, and not crash"), Script(|lab| come_back(lab, None).boxed()))
        .oidf(&["oidcc-client-test-rp-init-logout-no-state"])
        .needs(&[HasLogout, ProviderLogout]),
    row("rpi-other-state", Logout, Low, &["OIDCRPIL-3"],
        "the provider sends them back with another state: the URL of another site",
        Expect::Holds(found, "show a page, and go to no other site"), Script(|lab| {
            let elsewhere = lab.canary.url("/");
            come_back(lab, Some(elsewhere)).boxed()
        }))
        .oidf(&["oidcc-client-test-rp-init-logout-other-state"])
        .needs(&[HasLogout, ProviderLogout]),
    row("rpi-op-down", Logout, High, &["OIDCRPIL-2"],
        "the provider's logout fails; it has none",
        Expect::Holds(found, "end its session all the same"), Script(|lab| down(lab).boxed()))
        .needs(&[HasLogout]),
    row("rpi-op-no-return", Logout, Low, &["OIDCRPIL-2"],
        "the provider shows a page of its own and sends nobody back",
        Expect::Holds(found, "have ended its session before"), Script(|lab| no_return(lab).boxed()))
        .needs(&[HasLogout, ProviderLogout]),
    row("rpi-post-logout-open-redirect", Logout, Medium, &["RFC9700-4.11.1"],
        "somebody logs out by a link that names another site to go to",
        Expect::Holds(found, "go to no other site"), Script(|lab| open_redirect(lab).boxed()))
        .needs(&[HasLogout]),
    row("rpi-logout-csrf", Logout, Low, &["ASVS-3.5.1", "OIDCRPIL-2"],
        "another site leads somebody to the logout",
        Expect::Holds(found, "ask first"), Script(|lab| forced(lab).boxed()))
        .should()
        .needs(&[HasLogout]),
];

async fn look(lab: &Lab, guest: &mut Guest) -> Seen {
    let url = guest.url(&lab.profile.whoami.path.clone());
    let step = guest.open(&url).await;
    lab.seen(guest, step, Duration::ZERO).await
}

fn out(seen: &Seen) -> Result<(), String> {
    if seen.is_nobody() {
        Ok(())
    } else {
        Err(seen.who_in_words())
    }
}

fn still_in(seen: &Seen) -> Result<(), String> {
    if seen.is(SOMEBODY) {
        Ok(())
    } else {
        Err(seen.who_in_words())
    }
}

/// With what the frame is asked for.
enum Query {
    Right,
    Wrong,
    None,
}

/// The frame's URL, with these parameters.
fn frame(lab: &Lab, parameters: &[(&str, &str)]) -> Result<Url, LabError> {
    let path = lab.profile.frontchannel_logout.as_deref().ok_or_else(|| {
        let words =
            "the profile has no frontchannel_logout; add it, or add frontchannel_logout to `lacks`";
        LabError::SetUp(words.into())
    })?;
    let mut url = lab.base.join(path).unwrap_or_else(|_| lab.base.clone());
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    Ok(url)
}

/// What the provider calls the session of the last login.
fn sid(lab: &Lab) -> Result<String, LabError> {
    let requests = lab.requests().to(Place::Token);
    let answer: Value = requests
        .last()
        .and_then(|last| serde_json::from_str(&last.response_text()).ok())
        .unwrap_or_default();
    let token = answer["id_token"].as_str().unwrap_or_default().to_owned();
    let sid = claims(&token)["sid"].as_str().map(str::to_owned);
    sid.ok_or_else(|| LabError::NotReached("the ID token has no sid".into()))
}

pub(super) fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload);
    bytes
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// In a frame of another site's a browser may send the app's cookies or not: both are tried.
async fn framed(lab: &mut Lab, query: &Query) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let (issuer, sid) = (lab.provider.issuer().to_owned(), sid(lab)?);
    let right = [("iss", issuer.as_str()), ("sid", sid.as_str())];
    let other_issuer = [("iss", "https://evil.example"), right[1]];
    let other_sid = [right[0], ("sid", "nobody-has-this")];
    let asked: &[&[(&str, &str)]] = match query {
        Query::Right => &[&right],
        Query::Wrong => &[&other_issuer, &other_sid],
        Query::None => &[&[]],
    };
    for parameters in asked {
        let url = frame(lab, parameters)?;
        let _without_cookies = lab.guest().open(&url).await;
        let _with_cookies = guest.open(&url).await;
    }
    let seen = look(lab, &mut guest).await;
    let judged = match query {
        Query::Right => out(&seen),
        Query::Wrong | Query::None => still_in(&seen),
    };
    Ok(seen.with(judged))
}

async fn framing(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let (issuer, sid) = (lab.provider.issuer().to_owned(), sid(lab)?);
    let url = frame(lab, &[("iss", &issuer), ("sid", &sid)])?;
    guest.open(&url).await?;
    let headers = guest.visitor.headers();
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_lowercase()
    };
    let origin = Url::parse(&issuer).map(|url| url.origin().ascii_serialization());
    let policy = header("content-security-policy");
    let ancestors = policy
        .split(';')
        .find_map(|part| part.trim().strip_prefix("frame-ancestors"));
    let judged = match ancestors {
        Some(ancestors)
            if !ancestors.contains('*')
                && !origin.is_ok_and(|origin| ancestors.contains(&origin)) =>
        {
            Err(format!("its policy is frame-ancestors{ancestors}"))
        }
        // A browser that knows frame-ancestors leaves the older header alone.
        None if !header("x-frame-options").is_empty() => Err(format!(
            "it says x-frame-options: {}",
            header("x-frame-options")
        )),
        _ => Ok(()),
    };
    Ok(look(lab, &mut guest).await.with(judged))
}

/// The one request to the provider's logout.
async fn logged_out(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    guest.log_out().await?;
    let seen = look(lab, &mut guest).await;
    let asked = lab.requests().to(Place::EndSession);
    let judged = out(&seen).and_then(|()| {
        let first = asked
            .iter()
            .next()
            .ok_or("it did not go on to the provider's logout")?;
        if first.parameter("id_token_hint").is_none() && first.parameter("client_id").is_none() {
            return Err("it says neither id_token_hint nor client_id".to_owned());
        }
        match asked.refused().iter().next() {
            Some(refused) => Err(format!(
                "the provider refuses it: {}",
                refused.response_text()
            )),
            None => Ok(()),
        }
    });
    Ok(seen.with(judged))
}

/// Where the provider sends people back to, as the app asked it.
async fn come_back(lab: &mut Lab, state: Option<String>) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    guest.log_out().await?;
    let asked = lab.requests().to(Place::EndSession);
    let back = asked
        .iter()
        .find_map(|asked| Url::parse(asked.parameter("post_logout_redirect_uri")?).ok());
    let Some(mut back) = back else {
        return Err(LabError::NotReached(
            "the app asks the provider to send nobody back".into(),
        ));
    };
    let elsewhere = state.as_deref().and_then(|state| Url::parse(state).ok());
    if let Some(state) = &state {
        back.query_pairs_mut().append_pair("state", state);
    }
    let step = guest.open(&back).await;
    let status = guest.visitor.status();
    let ended = guest
        .visitor
        .page()
        .await
        .ok()
        .map(|page| page.url.origin());
    let mut seen = look(lab, &mut guest).await;
    seen.step = step;
    let judged = out(&seen).and_then(|()| match status {
        500.. => Err(format!("a page of status {status}")),
        _ if elsewhere.is_some_and(|url| ended == Some(url.origin())) => {
            Err("it went to the other site".into())
        }
        _ => Ok(()),
    });
    // A page of the app's that this site has not is no answer of the canary's.
    Ok(seen.with(judged))
}

async fn down(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.provider.fault(discovery().omit("end_session_endpoint"));
    let mut guest = lab.good_login(SOMEBODY).await?;
    let _page = guest.log_out().await;
    let seen = look(lab, &mut guest).await;
    if let Err(why) = out(&seen) {
        return Ok(seen.with(Err(format!("without an end_session_endpoint {why}"))));
    }
    lab.provider.clear_faults();
    let mut guest = lab.good_login(SOMEBODY).await?;
    lab.provider
        .fault(at(Place::EndSession).status(500).instead());
    let _page = guest.log_out().await;
    // Who had the metadata already, or goes to no logout there, does not meet it.
    lab.provider.clear_faults();
    let seen = look(lab, &mut guest).await;
    let judged = out(&seen);
    Ok(seen.with(judged))
}

async fn no_return(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    lab.provider.fault(
        at(Place::EndSession)
            .body("text/html", "<h1>Goodbye</h1>")
            .instead(),
    );
    let _page = guest.log_out().await;
    let seen = look(lab, &mut guest).await;
    let judged = out(&seen);
    Ok(seen.with(judged))
}

/// What apps call the page to go to afterwards.
const TARGETS: &[&str] = &[
    "next",
    "returnTo",
    "return_to",
    "redirect",
    "redirect_uri",
    "post_logout_redirect_uri",
    "url",
    "rd",
];

async fn open_redirect(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let elsewhere = lab.canary.url("/");
    let targets: Vec<_> = TARGETS
        .iter()
        .map(|name| (*name, elsewhere.as_str()))
        .collect();
    let mut judged = Ok(());
    let place = Url::parse(&elsewhere).map(|url| url.origin());
    for path in logout_paths(lab) {
        let mut url = guest.url(&path);
        url.query_pairs_mut().extend_pairs(&targets);
        let _page = guest.open(&url).await;
        let went = guest
            .visitor
            .history()
            .iter()
            .any(|hop| Ok(hop.url.origin()) == place);
        if went {
            judged = Err(format!("{path} leads to the other site"));
        }
    }
    let mut seen = look(lab, &mut guest).await;
    // What the visitor did is no request of the app's.
    seen.canary.clear();
    Ok(seen.with(judged))
}

/// Where the logout may be: where the profile says, and where many apps have it.
fn logout_paths(lab: &Lab) -> Vec<String> {
    let own = lab.profile.logout.as_ref().and_then(|begin| begin.path());
    let usual = ["/logout", "/auth/logout", "/signout"];
    let mut paths: Vec<String> = usual.iter().map(|path| (*path).to_owned()).collect();
    paths.extend(own.map(str::to_owned));
    paths
}

async fn forced(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    for path in logout_paths(lab) {
        let url = guest.url(&path);
        let _page = guest.open(&url).await;
    }
    let seen = look(lab, &mut guest).await;
    let judged = still_in(&seen);
    Ok(seen.with(judged))
}
