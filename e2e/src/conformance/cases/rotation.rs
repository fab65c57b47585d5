//! Cases about keys and metadata that change, go away and come back.

use std::time::Duration;

use futures_util::FutureExt as _;
use mock_idp::{AutoLogin, MockIdp, NewKey, Place, Value, discovery, id_token, token};
use tokio::time::Instant;

use super::steps::open;
use crate::conformance::app::{Provided, Settings};
use crate::conformance::case::Feature::{Crowd, Signatures};
use crate::conformance::case::Group::{Discovery, Jwks, Token};
use crate::conformance::case::Play::{Lies, Script};
use crate::conformance::case::Severity::{Critical, High, Low, Medium};
use crate::conformance::case::{Case, Expect, Feature, row};
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("disc-unavailable-start", Discovery, Medium, &["OIDCD-4"],
        "the metadata cannot be fetched while the app starts, and can be a moment later",
        Expect::Accept, Script(|lab| unavailable_at_start(lab).boxed())),
    row("disc-unavailable-login", Discovery, Medium, &["OIDCD-4"],
        "the metadata cannot be fetched any more when somebody logs in",
        Expect::Clean, Script(|lab| unavailable_at_login(lab).boxed()))
        .should(),
    row("disc-endpoint-crosshost", Discovery, Low, &["OIDCD-3"],
        "the token endpoint and the keys are at another host than the issuer",
        Expect::Accept, Lies(&[
            |lab| vec![discovery().set("token_endpoint", at_another_host(lab, "/token")).set("jwks_uri", at_another_host(lab, "/jwks"))],
        ]))
        .needs(&[Feature::Discovery]),
    row("disc-issuer-path-multitenant", Discovery, Low, &["OIDCD-4", "OIDCD-4.1"],
        "the issuer has a path",
        Expect::Holds(found_somebody,
            "log the person in at that issuer"), Script(|lab| issuer_with_a_path(lab).boxed()))
        .stays_cached(),
    row("te-5xx-retry-after", Token, Low, &["RFC6749-5.2"],
        "503 with Retry-After: 1, once",
        Expect::Clean, Lies(&[
            |_| vec![token().status(503).header("retry-after", "1").instead().once()],
        ]))
        .should(),
    row("te-no-double-exchange", Token, Medium, &["RFC6749-4.1.3"],
        "a slow but good answer",
        Expect::Holds(one_exchange,
            "log the person in with one token request"), Lies(&[
            |_| vec![token().delay(Duration::from_millis(600))],
        ])),
    row("te-secret-encoding", Token, Low, &["RFC6749-2.3.1", "RFC6749-B"],
        "client id and secret have : + % space and ü",
        Expect::Holds(accepted_as_odd,
            "encode id and secret as forms are, before it puts them into the header"), Script(|lab| odd_secret(lab).boxed())),
    row("te-tls-untrusted", Token, Critical, &["OIDCC-16.17", "RFC9110-4.3.4", "ASVS-12.3.2"],
        "the token endpoint has a certificate that nobody trusts",
        Expect::Holds(found_nobody,
            "send nothing there"), Script(|lab| untrusted(lab).boxed()))
        .stays_cached()
        .needs(&[Feature::Discovery]),
    row("jwks-rotate-at-signing", Jwks, High, &["OIDCC-10.1.1"],
        "a new key signs between the fetch of the keys and the token",
        Expect::Accept, Script(|lab| rotated_at_signing(lab).boxed()))
        .oidf(&["oidcc-client-test-signing-key-rotation-just-before-signing"])
        .needs(&[Signatures]),
    row("jwks-same-kid-new-key", Jwks, High, &["OIDCC-10.1.1", "RFC7517-4.5"],
        "another key signs under the same kid",
        Expect::Clean, Script(|lab| replaced(lab).boxed()))
        .stays_cached()
        .needs(&[Signatures])
        .should(),
    row("jwks-key-removed", Jwks, High, &["OIDCC-10.1.1"],
        "a key that is no longer published signs",
        Expect::Reject, Lies(&[
            |lab| { lab.provider.keys().publish(NewKey::default()); lab.provider.keys().withdraw(&lab.provider.keys().signing_kid()); Vec::new() },
        ]))
        .stays_cached()
        .needs(&[Signatures]),
    row("jwks-storm", Jwks, Medium, &["OIDCC-10.1.1"],
        "a hundred tokens name keys that nobody has",
        Expect::Holds(few_fetches,
            "fetch the keys at most twice in that time"), Script(|lab| storm(lab).boxed()))
        .stays_cached()
        .needs(&[Signatures, Crowd])
        .should(),
];

fn at_another_host(lab: &Lab, path: &str) -> String {
    let issuer = lab.provider.issuer().replace("127.0.0.1", "localhost");
    format!("{issuer}{path}")
}

async fn unavailable_at_start(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.provider.fault(discovery().status(503).instead());
    let launched = lab.launch().await;
    lab.provider.clear_faults();
    match launched {
        Ok(()) => Ok(lab.login().await),
        Err(error) => Ok(Seen::without_app(lab, &error.to_string())),
    }
}

async fn issuer_with_a_path(lab: &mut Lab) -> Result<Seen, LabError> {
    if lab.is_running() {
        return Err(LabError::NotReached(
            "a running app cannot be told of another provider".into(),
        ));
    }
    let set_up = |error: &dyn std::error::Error| LabError::SetUp(error.to_string());
    let tenant = lab.provider.create_tenant("team");
    let tenant = tenant.map_err(|error| set_up(&error))?;
    tenant.set_personas(lab.personas().iter().map(|persona| (**persona).clone()));
    tenant.set_auto_login(AutoLogin::Persona(SOMEBODY.into()));
    let known = tenant.register_client(lab.client.clone());
    known.map_err(|error| set_up(&error))?;
    lab.settings = Some(Settings {
        provider: Provided::at(&tenant, &lab.client),
        second: Provided::at(&lab.second, &lab.second_client),
    });
    let seen = lab.login().await;
    let tokens = tenant.requests().to(Place::Token);
    let found = match tokens
        .iter()
        .filter(|request| request.status == Some(200))
        .count()
    {
        1 => Ok(()),
        times => Err(format!(
            "{times} token requests came to {}",
            tenant.issuer()
        )),
    };
    Ok(seen.with(found))
}

fn found_somebody(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    seen.found.clone()
}

async fn unavailable_at_login(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.provider.fault(discovery().status(500).instead());
    let mut seen = lab.login().await;
    // Who has the metadata does not ask, and that is right.
    seen.unreached.clear();
    Ok(seen)
}

/// Logged in with one token request, or refused with one.
fn one_exchange(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    match seen.requests.to(Place::Token).len() {
        1 => Ok(()),
        times => Err(format!("{times} token requests for one code")),
    }
}

const ODD_ID: &str = "app:+ %ü";

async fn odd_secret(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.client.client_id = ODD_ID.into();
    lab.client.client_secret = Some("s:e+c r%e/t=ü".into());
    let registered = lab.provider.register_client(lab.client.clone());
    registered.map_err(|error| LabError::SetUp(error.to_string()))?;
    if lab.is_running() {
        return Err(LabError::NotReached(
            "a running app cannot be told of another secret".into(),
        ));
    }
    Ok(lab.login().await)
}

fn accepted_as_odd(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    if seen.requests.of_client(ODD_ID).is_empty() {
        return Err(format!("it does not call itself {ODD_ID}"));
    }
    Ok(())
}

async fn untrusted(lab: &mut Lab) -> Result<Seen, LabError> {
    let set_up = |error: &dyn std::error::Error| LabError::SetUp(error.to_string());
    let other = MockIdp::builder().flavour("plain").https().start();
    let other = other.map_err(|error| set_up(&error))?;
    let endpoint = format!("{}/token", other.issuer());
    lab.provider
        .fault(discovery().set("token_endpoint", endpoint.as_str()));
    let seen = lab.login().await;
    let found = match other.requests().to(Place::Token).len() {
        0 => Ok(()),
        _ => Err("the code was sent to a server that nobody vouches for".into()),
    };
    Ok(seen.with(found))
}

fn found_nobody(seen: &Seen) -> Result<(), String> {
    seen.found.clone()?;
    nobody(seen)
}

async fn rotated_at_signing(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    lab.provider.keys().rotate();
    Ok(open(lab, &mut guest, &callback).await)
}

async fn replaced(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    let keys = lab.provider.keys();
    keys.replace(&keys.signing_kid());
    Ok(lab.login().await)
}

const STORM: usize = 100;

async fn storm(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY).await?;
    let before = lab.requests().to(Place::Jwks).len();
    for number in 0..STORM {
        let kid = Value::Literal(format!("nobody-has-{number}").into());
        lab.provider
            .fault(mock_idp::id_token_header().set("kid", kid).once());
        let mut guest = lab.guest();
        let _refused = guest.log_in().await;
    }
    let started = Instant::now();
    let mut guest = lab.guest();
    lab.provider.fault(id_token().set("aud", "another").once());
    let step = guest.log_in().await;
    let seen = lab.seen(&mut guest, step, started.elapsed()).await;
    let fetches = seen.requests.to(Place::Jwks).len() - before;
    Ok(seen.with(match fetches {
        0..=2 => Ok(()),
        _ => Err(format!("{fetches} fetches of the keys for {STORM} tokens")),
    }))
}

fn few_fetches(seen: &Seen) -> Result<(), String> {
    found_nobody(seen)
}
