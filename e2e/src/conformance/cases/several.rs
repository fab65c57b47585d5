//! Several providers at one app: what one says counts for it alone.

use futures_util::FutureExt as _;
use mock_idp::{AutoLogin, Exchange, Mint, Place, id_token, id_token_header, token};
use serde_json::Value;
use tokio::time::Instant;

use super::checks::found;
use super::logout_tokens::from_the_other;
use super::mixup::{begun_at_second, parameter, with_parameter};
use crate::conformance::case::Feature::{BackchannelLogout, SecondProvider, Signatures};
use crate::conformance::case::Group::SeveralProviders;
use crate::conformance::case::Play::Script;
use crate::conformance::case::Severity::{Critical, High, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("mop-callback-cross", SeveralProviders, Critical, &["RFC9700-4.4.2.2", "OIDCC-3.1.2.7"],
        "the first provider's code and state come to the second's callback",
        Expect::Holds(found, "refuse the login, or finish it at the first"), Script(|lab| crossed(lab).boxed()))
        .needs(&[SecondProvider]),
    row("mop-same-client-id", SeveralProviders, High, &["OIDCC-3.1.3.7-2"],
        "both providers call the app the same, and the second hands out a token of the first's",
        Expect::Holds(nobody, "refuse the login: it is another issuer's token"), Script(|lab| same_client_id(lab).boxed()))
        .needs(&[SecondProvider]),
    row("mop-keys-shared-cache", SeveralProviders, Critical, &["OIDCC-10.1", "RFC8725-3.8"],
        "the second provider publishes a key of its own under the first's kid",
        Expect::Holds(found, "know keys by their issuer, not by their kid alone"), Script(|lab| same_kid(lab).boxed()))
        .needs(&[SecondProvider, Signatures]),
    row("mop-logout-cross", SeveralProviders, High, &["OIDCBCL-2.6"],
        "the second provider's logout token about somebody who logged in at the first",
        Expect::Holds(found, "leave the session alone"), Script(|lab| from_the_other(lab).boxed()))
        .needs(&[BackchannelLogout, SecondProvider]),
    row("mop-account-unlink", SeveralProviders, Medium, &["OIDCC-5.7"],
        "somebody at the second provider has the verified address of somebody at the first",
        Expect::Holds(found, "take them for two people"), Script(|lab| same_address(lab).boxed()))
        .needs(&[SecondProvider]),
];

async fn crossed(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let first = guest.callback_url().await?;
    let second = begun_at_second(lab, &mut guest).await?;
    let mut crossed = second.clone();
    crossed.set_query(first.query());
    // At a callback that both share the state alone says whose it is: it is the second's then.
    if second.path() == first.path() {
        let state = parameter(&second, "state").unwrap_or_default();
        crossed = with_parameter(&first, "state", &state);
    }
    let started = Instant::now();
    let step = guest.open(&crossed).await;
    let seen = lab.seen(&mut guest, step, started.elapsed()).await;
    let came = seen.second_requests.to(Place::Token);
    let code = parameter(&first, "code").unwrap_or_default();
    let is_foreign = |asked: &Exchange| asked.parameter("code") == Some(code.as_str());
    let judged = if came.iter().any(is_foreign) {
        Err("a code of the first provider was sent to the second".to_owned())
    } else {
        nobody(&seen).or_else(|_| accepted(&seen))
    };
    Ok(seen.with(judged))
}

async fn same_client_id(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.second_client
        .client_id
        .clone_from(&lab.client.client_id);
    let known = lab.second.register_client(lab.second_client.clone());
    known.map_err(|error| LabError::SetUp(error.to_string()))?;
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = begun_at_second(lab, &mut guest).await?;
    let asked = lab.second_requests().to(Place::Authorization);
    let nonce = asked
        .last()
        .and_then(|asked| asked.parameter("nonce"))
        .unwrap_or_default()
        .to_owned();
    let stolen = Mint::id_token(SOMEBODY, lab.client.client_id.as_str()).nonce(nonce);
    lab.second
        .fault(token().set("id_token", lab.provider.mint(stolen)));
    let started = Instant::now();
    let step = guest.open(&callback).await;
    Ok(lab.seen(&mut guest, step, started.elapsed()).await)
}

async fn same_kid(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    // Another key than the first provider's.
    lab.second.keys().rotate();
    lab.guest().log_in_at_second().await?;
    // The second's own key, under the name of the first's.
    let kid = lab.provider.keys().signing_kid();
    let published = lab.second_requests().to(Place::Jwks);
    let published = published.last().map(Exchange::response_text);
    let published: Value = published
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let signing = lab.second.keys().signing_kid();
    let keys = published["keys"].as_array().cloned().unwrap_or_default();
    let Some(mut own) = keys.into_iter().find(|key| key["kid"] == signing) else {
        let words = "the app fetches no keys of the second provider's";
        return Err(LabError::NotReached(words.into()));
    };
    own["kid"] = kid.as_str().into();
    lab.second.keys().publish_jwk(own);
    lab.second
        .fault(id_token_header().set("kid", kid.as_str()).always());
    let mut stranger = lab.guest();
    stranger.log_in_at_second().await?;
    let there = stranger.who(&lab.personas()).await?;
    let mut guest = lab.guest();
    let started = Instant::now();
    let step = guest.log_in().await;
    let seen = lab.seen(&mut guest, step, started.elapsed()).await;
    let judged = match there {
        Who::Nobody => {
            Err("the login at the second provider, with its own key, is refused".to_owned())
        }
        _ => accepted(&seen),
    };
    Ok(seen.with(judged))
}

async fn same_address(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut victim = lab.good_login(SOMEBODY).await?;
    let address = lab
        .personas()
        .iter()
        .find(|persona| persona.id == SOMEBODY)
        .and_then(|persona| persona.email.clone());
    let stranger = id_token()
        .set("email", address.unwrap_or_default())
        .set("email_verified", true);
    lab.second.fault(stranger);
    lab.second
        .set_auto_login(AutoLogin::Persona(SOMEBODY_ELSE.into()));
    let mut other = lab.guest();
    let started = Instant::now();
    let step = other.log_in_at_second().await;
    let seen = lab.seen(&mut other, step, started.elapsed()).await;
    let shown = seen
        .who_page
        .as_ref()
        .map(crate::pages::Page::words)
        .unwrap_or_default();
    let judged = if shown.contains("Alice Example") {
        Err("the stranger has the other's account".to_owned())
    } else if victim.who(&lab.personas()).await? == Who::Persona(SOMEBODY.into()) {
        Ok(())
    } else {
        Err("the other's session is gone".to_owned())
    };
    Ok(seen.with(judged))
}
