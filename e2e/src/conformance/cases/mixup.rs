//! Cases with two logins, two browsers or two providers: whose answer is whose.

use futures_util::FutureExt as _;
use mock_idp::{AutoLogin, Place, Value, discovery, id_token};
use tokio::time::Instant;
use url::Url;

use super::steps::open;
use crate::conformance::Guest;
use crate::conformance::case::Feature::SecondProvider;
use crate::conformance::case::Group::{Authorization, Discovery, IdToken};
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, Feature, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("disc-malicious-endpoints", Discovery, Critical, &["RFC9700-4.4"],
        "a second provider names the first one's authorization endpoint beside a token endpoint of its own",
        Expect::Holds(no_code_to_the_second,
            "send no code of one provider to the other"), Script(|lab| malicious_endpoints(lab).boxed()))
        .needs(&[SecondProvider, Feature::Discovery]),
    row("disc-swap-midflow", Discovery, High, &["RFC9700-4.4.2"],
        "while somebody logs in, the metadata begins to name another token endpoint",
        Expect::Holds(no_code_to_the_second,
            "send no code of one provider to the other"), Script(|lab| swapped_midway(lab).boxed())),
    row("ar-mixup", Authorization, Critical, &["RFC9700-4.4", "RFC9207-1", "ASVS-10.2.2"],
        "a login at the second provider is answered with a code of the first",
        Expect::Holds(no_code_to_the_second,
            "send no code of one provider to the other"), Script(|lab| mixed_up(lab).boxed()))
        .needs(&[SecondProvider]),
    row("ar-session-overwrite-1", Authorization, High, &["RFC9700-4.4.2", "OIDCC-3.1.2.7"],
        "a login at the first provider is finished after one at the second was begun",
        Expect::Holds(no_code_to_the_second,
            "send no code of one provider to the other"), Script(|lab| overwritten(lab, Order::FirstThenSecond).boxed()))
        .needs(&[SecondProvider]),
    row("ar-session-overwrite-2", Authorization, High, &["RFC9700-4.4.2", "OIDCC-3.1.2.7"],
        "a login at the second provider is finished after one at the first was begun",
        Expect::Holds(no_code_to_the_first,
            "send no code of one provider to the other"), Script(|lab| overwritten(lab, Order::SecondThenFirst).boxed()))
        .needs(&[SecondProvider]),
    row("ar-error-kills-session", Authorization, Medium, &["RFC9700-4.7"],
        "a forged error arrives while somebody is logged in",
        Expect::Holds(still_logged_in,
            "leave the session alone"), Script(|lab| forged_error(lab).boxed())),
    row("ar-code-injection", Authorization, Critical, &["RFC9700-4.5", "RFC7636-1"],
        "somebody else's code is put into a login of one's own",
        Expect::Holds(nobody,
            "refuse the login: nonce and PKCE show whose code it is"), Script(|lab| injected_code(lab).boxed())),
    row("ar-code-replay-new-session", Authorization, High, &["RFC6749-4.1.2", "RFC6749-10.5"],
        "a code that was used is put into another login",
        Expect::Holds(nobody,
            "refuse the login"), Script(|lab| replayed_code(lab).boxed())),
    row("ar-head-prefetch", Authorization, Low, &["RFC9110-9.2.1"],
        "the callback is asked for with HEAD before the browser goes there",
        Expect::Accept, Script(|lab| prefetched(lab).boxed())),
    row("idt-iss-other-op", IdToken, Critical, &["OIDCC-3.1.3.7-2"],
        "the second provider signs tokens in the first one's name, with the victim's sub",
        Expect::Reject, Script(|lab| in_the_others_name(lab).boxed()))
        .needs(&[SecondProvider]),
];

fn no_code_to_the_second(seen: &Seen) -> Result<(), String> {
    seen.found.clone()?;
    foreign_codes(&seen.requests, &seen.second_requests)
}

fn no_code_to_the_first(seen: &Seen) -> Result<(), String> {
    seen.found.clone()?;
    foreign_codes(&seen.second_requests, &seen.requests)
}

/// Whether a code that one provider gave came to the other.
fn foreign_codes(gave: &mock_idp::Requests, got: &mock_idp::Requests) -> Result<(), String> {
    let given = gave.to(Place::Authorization);
    let given: Vec<_> = given
        .iter()
        .filter_map(|exchange| parameter(&Url::parse(exchange.location()?).ok()?, "code"))
        .collect();
    let came = got.to(Place::Token);
    let is_foreign = |code: &str| given.iter().any(|given| given == code);
    let mut codes = came
        .iter()
        .filter_map(|exchange| exchange.parameter("code"));
    if codes.any(is_foreign) {
        return Err("a code of one provider was sent to the other".into());
    }
    Ok(())
}

pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(known, _)| known == name)?;
    Some(found.1.into_owned())
}

/// The URL with another value for a parameter.
pub(super) fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let mut changed = url.clone();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let mut query = changed.query_pairs_mut();
    query.clear();
    for (known, old) in &pairs {
        query.append_pair(known, if known == name { value } else { old });
    }
    drop(query);
    changed
}

/// Begins a login at the second provider, up to the callback.
pub(super) async fn begun_at_second(lab: &Lab, guest: &mut Guest) -> Result<Url, LabError> {
    let begin = lab.profile.second_login.clone();
    let begin = begin.ok_or_else(|| LabError::SetUp("the profile has no second_login".into()))?;
    Ok(guest.callback_url_of(&begin).await?)
}

async fn malicious_endpoints(lab: &mut Lab) -> Result<Seen, LabError> {
    // The attacker has the app call itself there what it is called at the first.
    lab.second_client
        .client_id
        .clone_from(&lab.client.client_id);
    let known = lab.second.register_client(lab.second_client.clone());
    known.map_err(|error| LabError::SetUp(error.to_string()))?;
    lab.launch().await?;
    let mut honest = lab.guest();
    honest.callback_url().await?;
    let mut endpoint = place_of(&honest, &lab.provider)?;
    endpoint.set_query(None);
    lab.second
        .fault(discovery().set("authorization_endpoint", endpoint.as_str()));
    let mut guest = lab.guest();
    let started = Instant::now();
    let step = guest.log_in_at_second().await;
    let mut seen = lab.seen(&mut guest, step, started.elapsed()).await;
    // An app that had the metadata already goes to the second provider, and tests nothing.
    let came = lab.requests().to(Place::Authorization);
    if came.len() < 2 && !seen.is_nobody() {
        seen.found = Err("the login did not come to the first provider".into());
    }
    Ok(seen)
}

/// The authorization request that a guest's browser made at a provider.
fn place_of(guest: &Guest, provider: &mock_idp::MockIdp) -> Result<Url, LabError> {
    let mut hops = guest.visitor.history().iter().map(|hop| &hop.url);
    let request = hops.find(|url| {
        url.as_str().starts_with(provider.issuer()) && parameter(url, "client_id").is_some()
    });
    request
        .cloned()
        .ok_or_else(|| LabError::SetUp("the login does not lead to the provider".into()))
}

async fn swapped_midway(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    let other = format!("{}/token", lab.second.issuer());
    lab.provider
        .fault(discovery().set("token_endpoint", other.as_str()));
    let mut seen = open(lab, &mut guest, &callback).await;
    // Who has the metadata does not ask again, and that is right.
    seen.unreached.clear();
    seen.found = accepted(&seen).or_else(|_| nobody(&seen));
    Ok(seen)
}

async fn mixed_up(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut victim = lab.guest();
    let answer = begun_at_second(lab, &mut victim).await?;
    let state = parameter(&answer, "state").unwrap_or_default();
    // The attacker's provider sends the browser on to the first one, with the victim's state.
    let mut honest = lab.guest();
    honest.callback_url().await?;
    let request = with_parameter(&place_of(&honest, &lab.provider)?, "state", &state);
    let home = lab.base.origin();
    let callback = honest
        .visitor
        .open_until(&request, |url| url.origin() == home)
        .await?;
    Ok(open(lab, &mut victim, &callback).await)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    FirstThenSecond,
    SecondThenFirst,
}

/// Begins two logins and finishes the one that was begun first.
async fn overwritten(lab: &mut Lab, order: Order) -> Result<Seen, LabError> {
    lab.launch().await?;
    // One person at both might be two accounts with one address, which some apps refuse.
    let somebody_else = AutoLogin::Persona(SOMEBODY_ELSE.into());
    lab.second.set_auto_login(somebody_else);
    let mut guest = lab.guest();
    let (callback, who) = if order == Order::FirstThenSecond {
        let callback = guest.callback_url().await?;
        begun_at_second(lab, &mut guest).await?;
        (callback, SOMEBODY)
    } else {
        let callback = begun_at_second(lab, &mut guest).await?;
        guest.callback_url().await?;
        (callback, SOMEBODY_ELSE)
    };
    let mut seen = open(lab, &mut guest, &callback).await;
    if !matches!(seen.who, Ok(Who::Nobody)) && !seen.is(who) {
        seen.found = Err(seen.who_in_words());
    }
    Ok(seen)
}

async fn forged_error(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let mut forged = lab.guest().callback_url().await?;
    forged
        .query_pairs_mut()
        .clear()
        .append_pair("error", "access_denied")
        .append_pair("state", "forged");
    Ok(open(lab, &mut guest, &forged).await)
}

fn still_logged_in(seen: &Seen) -> Result<(), String> {
    accepted(seen)
}

async fn injected_code(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let stolen = lab.guest().callback_url().await?;
    let code = parameter(&stolen, "code").unwrap_or_default();
    let mut attacker = lab.guest();
    let own = attacker.callback_url().await?;
    let callback = with_parameter(&own, "code", &code);
    Ok(open(lab, &mut attacker, &callback).await)
}

async fn replayed_code(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut first = lab.guest();
    let callback = first.callback_url().await?;
    let used = open(lab, &mut first, &callback).await;
    if !used.is(SOMEBODY) {
        return Err(LabError::GoodLogin(used.who_in_words()));
    }
    let code = parameter(&callback, "code").unwrap_or_default();
    let mut other = lab.guest();
    let own = other.callback_url().await?;
    Ok(open(lab, &mut other, &with_parameter(&own, "code", &code)).await)
}

async fn prefetched(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    guest.visitor.ask_head(&callback).await?;
    Ok(open(lab, &mut guest, &callback).await)
}

async fn in_the_others_name(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY).await?;
    let issuer = Value::Literal(lab.provider.issuer().into());
    lab.second.fault(id_token().set("iss", issuer));
    let mut attacker = lab.guest();
    let started = Instant::now();
    let step = attacker.log_in_at_second().await;
    Ok(lab.seen(&mut attacker, step, started.elapsed()).await)
}
