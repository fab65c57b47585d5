//! The app's own requests: nothing is wrong, and the provider looks.

use futures_util::FutureExt as _;
use mock_idp::question::Question;
use mock_idp::{Place, TokenEndpointAuthMethod};

use crate::conformance::case::Feature::{MaxAge, Nonce, Signatures, State, Userinfo};
use crate::conformance::case::Group::Requests;
use crate::conformance::case::Play::{Lies, LiesAfterLogin, Script};
use crate::conformance::case::Severity::{High, Low, Medium};
use crate::conformance::case::{Case, Expect, Feature, Play, row};
use crate::conformance::lab::{Lab, LabError};
use crate::conformance::oracle::accepted;
use crate::conformance::seen::Seen;

/// A login to which nothing is wrong.
const LOGIN: Play = Lies(&[|_| Vec::new()]);
/// Two of them.
const TWO_LOGINS: Play = LiesAfterLogin(&[|_| Vec::new()]);

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("req-state-entropy", Requests, High, &["RFC6749-10.10", "RFC9700-4.7.1", "ASVS-10.1.2"],
        "fifty logins are begun",
        Expect::Answers(&[Question::StateIsLongEnough { bits: 128 }, Question::StateNeverRepeats]),
        Script(|lab| begun_often(lab).boxed()))
        .needs(&[State]),
    row("req-nonce-present", Requests, Medium, &["OIDCC-3.1.2.1", "OIDCC-15.5.2"],
        "two logins are looked at",
        Expect::Answers(&[Question::NonceIsUnique]), TWO_LOGINS)
        .oidf(&["oidcc-client-test-nonce-unless-code-flow"]).should()
        .needs(&[Nonce]),
    row("req-pkce", Requests, High, &["RFC7636-4.1", "RFC7636-4.3", "RFC9700-2.1.1"],
        "two logins are looked at",
        Expect::Answers(&[Question::UsedPkceS256, Question::CodeChallengeNeverRepeats,
            Question::CodeVerifierIsLongEnough, Question::CodeVerifierMatches]), TWO_LOGINS)
        .should(),
    row("req-scope-openid", Requests, Medium, &["OIDCC-3.1.2.1"],
        "a login is looked at",
        Expect::Answers(&[Question::ScopeHasOpenid]), LOGIN)
        .oidf(&["oidcc-client-test", "oidcc-client-test-idtoken-sig-rs256"]),
    row("req-scope-claims", Requests, Low, &["OIDCC-5.4"],
        "a login is looked at",
        Expect::Holds(asks_for_claims,
            "ask for profile or email where it shows them"), LOGIN)
        .oidf(&["oidcc-client-test-scope-userinfo-claims"]).either(),
    row("req-redirect-uri-same", Requests, Medium, &["RFC6749-4.1.3", "OIDCC-3.1.3.2"],
        "a login is looked at",
        Expect::Answers(&[Question::RedirectUriIsExact]), LOGIN),
    row("req-client-auth", Requests, Medium, &["RFC6749-2.3", "OIDCC-9"],
        "a login is looked at; the client is registered for its secret in the header or in the body",
        Expect::Holds(one_way,
            "prove itself in one way, and in no second one beside it"), LOGIN)
        .oidf(&["oidcc-client-test-client-secret-basic"]),
    row("req-no-secret-in-url", Requests, High, &["RFC6749-2.3.1", "RFC9700-4.3.2"],
        "a login is looked at",
        Expect::Answers(&[Question::SecretOnlyInHeaderOrBody, Question::NoTokenInUrl]), LOGIN),
    row("req-token-post", Requests, Medium, &["RFC6749-3.2"],
        "a login is looked at",
        Expect::Answers(&[Question::TokenRequestIsForm]), LOGIN),
    row("req-code-once", Requests, Medium, &["RFC6749-4.1.3"],
        "two logins are looked at",
        Expect::Answers(&[Question::CodeSentOnce]), TWO_LOGINS),
    row("req-bearer-header", Requests, Medium, &["RFC6750-2.3", "RFC6750-5.3", "RFC9700-4.3.2"],
        "a login is looked at",
        Expect::Answers(&[Question::UserinfoByBearerHeader]), LOGIN)
        .oidf(&["oidcc-client-test-userinfo-bearer-header"]).needs(&[Userinfo]),
    row("req-maxage-prompt", Requests, Low, &["OIDCC-3.1.2.1"],
        "a login is looked at; the app is set up to limit the age of a login",
        Expect::Holds(sends_max_age,
            "send max_age"), LOGIN)
        .needs(&[MaxAge]),
    row("req-response-mode", Requests, Low, &["OAuth2-MRT-2.1"],
        "a login is looked at",
        Expect::Answers(&[Question::ResponseModeIsDefault]), LOGIN)
        .either(),
    row("req-jwks-before-use", Requests, Medium, &["OIDCC-3.1.3.7-6"],
        "a login is looked at",
        Expect::Answers(&[Question::KeysFetchedBeforeUse]), LOGIN)
        .oidf(&["oidcc-client-test-discovery-jwks-uri-keys"])
        .needs(&[Signatures]),
    row("req-discovery-used", Requests, Low, &["OIDCD-4"],
        "a login is looked at",
        Expect::Answers(&[Question::DiscoveryWasUsed, Question::NothingSentElsewhere]), LOGIN)
        .oidf(&["oidcc-client-test-discovery-openid-config"])
        .needs(&[Feature::Discovery]),
    row("req-user-agent-timeouts", Requests, Low, &["RFC9110-10.1.5"],
        "a login is looked at",
        Expect::Answers(&[Question::UserAgentIsSent]), LOGIN)
        .either(),
];

/// So many that a `state` that is guessed from the time or a counter repeats or shows.
const BEGUN: usize = 50;

async fn begun_often(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    for _ in 1..BEGUN {
        lab.guest().callback_url().await?;
    }
    Ok(lab.login().await)
}

fn asks_for_claims(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let requests = seen.requests.to(Place::Authorization);
    let scope = requests
        .last()
        .and_then(|request| request.parameter("scope"));
    let scope = scope.unwrap_or_default();
    let claims = ["profile", "email", "phone", "address"];
    if scope.split(' ').any(|asked| claims.contains(&asked)) {
        return Ok(());
    }
    Err(format!("it asks for no claims: scope={scope:?}"))
}

/// In the header or in the body, and never in both.
fn one_way(seen: &Seen) -> Result<(), String> {
    let by = |method| {
        let asked = seen
            .requests
            .ask(Question::ClientAuthenticatedBy { method });
        asked.map_err(|finding| finding.problem.to_string())
    };
    by(TokenEndpointAuthMethod::ClientSecretBasic)
        .or_else(|_| by(TokenEndpointAuthMethod::ClientSecretPost))?;
    accepted(seen)
}

fn sends_max_age(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    let requests = seen.requests.to(Place::Authorization);
    match requests
        .iter()
        .find(|request| request.parameter("max_age").is_none())
    {
        Some(request) => Err(format!(
            "an authorization request without max_age: {request}"
        )),
        None => Ok(()),
    }
}
