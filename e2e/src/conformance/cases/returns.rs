//! Cases about where a login goes on to.

use futures_util::FutureExt as _;
use http::Method;
use url::Url;

use super::checks::found;
use super::mixup::{parameter, with_parameter};
use super::steps::open;
use crate::conformance::case::Feature::ThirdPartyLogin;
use crate::conformance::case::Group::Authorization;
use crate::conformance::case::Play::{Lies, Script};
use crate::conformance::case::Severity::{High, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError};
use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("ar-open-redirect-next", Authorization, High, &["RFC9700-4.11.1", "RFC6749-10.15"],
        "a login is begun with a parameter that names another site to go on to",
        Expect::Holds(found,
            "stay on its own site"), Script(|lab| open_redirect(lab).boxed())),
    row("ar-return-url-in-state", Authorization, High, &["RFC9700-4.7", "RFC9700-4.11.1"],
        "a state that can be read is changed in the callback",
        Expect::Holds(found,
            "take a state as it was sent, or not at all"), Script(|lab| changed_state(lab).boxed())),
    row("ar-target-link-uri", Authorization, High, &["OIDCC-4"],
        "another site begins a login that is to go on to it",
        Expect::Holds(found,
            "stay on its own site"), Script(|lab| begun_elsewhere(lab).boxed()))
        .needs(&[ThirdPartyLogin]),
    row("ar-initiate-unknown-iss", Authorization, Medium, &["OIDCC-4", "RFC9700-4.4"],
        "another site begins a login at a provider that nobody knows",
        Expect::Holds(nobody,
            "refuse the login"), Script(|lab| begun_at_an_unknown_provider(lab).boxed()))
        .needs(&[ThirdPartyLogin]),
    row("ar-referer-leak", Authorization, Medium, &["RFC9700-4.2", "RFC9700-4.3"],
        "the page that a login ends with is looked at",
        Expect::Holds(clean_url,
            "lead the browser away from the URL with the code"), Lies(&[|_| Vec::new()])),
];

/// What apps call the parameter that says where to go on to.
const GO_ON: &[&str] = &[
    "next",
    "return_to",
    "returnTo",
    "return_url",
    "returnUrl",
    "redirect",
    "redirect_to",
    "redirect_url",
    "continue",
    "target",
    "url",
    "goto",
    "came_from",
    "rd",
];

/// The URL that begins a login: the profile's, or the one that its button leads to first.
async fn begun_at(lab: &Lab) -> Result<Url, LabError> {
    let mut guest = lab.guest();
    if let Some(path) = lab.profile.login.path() {
        return Ok(guest.url(path));
    }
    guest.callback_url().await?;
    let first = guest.visitor.history().first();
    let first = first.filter(|hop| hop.url.origin() == lab.base.origin());
    let asked = first.filter(|hop| hop.method == Method::GET);
    asked.map(|hop| hop.url.clone()).ok_or_else(|| {
        LabError::NotApplicable("the login begins with a button that takes no parameter".into())
    })
}

async fn open_redirect(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let begun_at = begun_at(lab).await?;
    let elsewhere = lab.canary.url("/");
    let host = elsewhere.trim_start_matches("http:");
    let places = [
        elsewhere.clone(),
        host.into(),
        host.replace("//", "/\\"),
        format!("http:{}", host.trim_start_matches("//")),
        host.replace("//", "/\t/"),
        host.replace("//", "%2f%2f"),
    ];
    let mut found = Ok(());
    for place in &places {
        let mut guest = lab.guest();
        let mut url = begun_at.clone();
        for name in GO_ON {
            url.query_pairs_mut().append_pair(name, place);
        }
        // Where it leads away, nothing of use answers.
        let _ended = guest.open(&url).await;
        let mut hops = guest.visitor.history().iter();
        if hops.any(|hop| hop.url.as_str().starts_with(&elsewhere)) {
            found = Err(format!("the login goes on to {place:?}"));
        }
    }
    Ok(Seen::of(lab).with(found))
}

async fn changed_state(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let mut guest = lab.guest();
    let callback = guest.callback_url().await?;
    let state = parameter(&callback, "state").unwrap_or_default();
    let mut found = Ok(());
    for changed in super::cookies::changed_urls(&state, &lab.canary.url("/")) {
        let mut other = lab.guest();
        *other.visitor.cookies() = guest.visitor.cookies().clone();
        let _ended = other
            .open(&with_parameter(&callback, "state", &changed))
            .await;
        if other.who(&lab.personas()).await? != Who::Nobody {
            found = Err("a state with another return URL is taken".into());
        }
    }
    Ok(Seen::of(lab).with(found))
}

fn third_party_login(lab: &Lab, pairs: &[(&str, &str)]) -> Result<Url, LabError> {
    let path = lab.profile.third_party_login.as_deref();
    let path = path.ok_or_else(|| {
        LabError::SetUp("the profile has no third_party_login, and does not lack it".into())
    })?;
    let mut url = lab.guest().url(path);
    url.query_pairs_mut().extend_pairs(pairs);
    Ok(url)
}

async fn begun_elsewhere(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let elsewhere = lab.canary.url("/");
    let pairs = [
        ("iss", lab.provider.issuer()),
        ("target_link_uri", elsewhere.as_str()),
    ];
    let url = third_party_login(lab, &pairs)?;
    let mut guest = lab.guest();
    let _ended = guest.open(&url).await;
    let mut hops = guest.visitor.history().iter();
    let found = match hops.find(|hop| hop.url.as_str().starts_with(&elsewhere)) {
        Some(_) => Err("the login goes on to the other site".into()),
        None => Ok(()),
    };
    Ok(Seen::of(lab).with(found))
}

async fn begun_at_an_unknown_provider(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let issuer = lab.canary.url("");
    let url = third_party_login(lab, &[("iss", issuer.as_str())])?;
    let mut guest = lab.guest();
    Ok(open(lab, &mut guest, &url).await)
}

/// The code is not in the URL of the page that is shown.
fn clean_url(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let url = seen.page.as_ref().map(|page| &page.url);
    match url.and_then(|url| parameter(url, "code")) {
        Some(_) => Err("the page that is shown has the code in its URL".into()),
        None => Ok(()),
    }
}
