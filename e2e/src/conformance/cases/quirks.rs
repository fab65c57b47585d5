//! What one provider alone does: providers as they were on a day, the days on which they changed, and
//! each of their ways by itself.

use futures_util::FutureExt as _;
use mock_idp::{AutoLogin, Fault, Place, authorization, discovery, id_token, token};

use super::authorization::ISS_SUPPORTED;
use super::checks::{arrived, refused_at_once};
use super::steps::rotated;
use crate::conformance::case::Feature::Signatures;
use crate::conformance::case::Group::ProviderQuirks;
use crate::conformance::case::Play::{Lies, LiesAfterLogin, Script};
use crate::conformance::case::RealProvider::{Github, Google, Linkedin, Microsoft};
use crate::conformance::case::Severity::{High, Low, Medium};
use crate::conformance::case::{Case, Expect, row};
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::oracle::accepted;
use crate::conformance::seen::Seen;

/// What Google calls the scopes `email profile openid` in its answer.
const LONG_SCOPES: &str = "https://www.googleapis.com/auth/userinfo.email openid \
                           https://www.googleapis.com/auth/userinfo.profile";
/// A code of Google's form.
const SLASHED: &str = "4/0AVGzR1C-made_up+for/a%2Ftest";
/// A directory that is not the token's.
const OTHER_DIRECTORY: &str = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
/// How far a provider's clock may be ahead, in seconds.
const AHEAD: i64 = 5;

/// A login at which nothing is wrong.
const HONEST: crate::conformance::Play = Lies(&[|_| Vec::new()]);

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("pq-google-2024-06", ProviderQuirks, Medium, &["RFC9207-2.4"],
        "Google as it was in June 2024: no iss in the response, and none promised",
        Expect::Accept, HONEST)
        .quirk_of(Google).at("google@2024-06"),
    row("pq-google-2026-02", ProviderQuirks, Medium, &["RFC9207-2.4", "openiddict/openiddict-core#2428"],
        "Google as it was in February 2026: iss in the response, and not promised",
        Expect::Accept, HONEST)
        .quirk_of(Google).at("google@2026-02"),
    row("pq-google-2026-04", ProviderQuirks, Medium, &["RFC9207-2.4", "nilbuild/developer-roadmap#9802"],
        "Google as it is since April 2026: iss in the response, and promised",
        Expect::Accept, HONEST)
        .quirk_of(Google).at("google@2026-04"),
    row("pq-google-iss-begins", ProviderQuirks, Medium, &["RFC9207-2.4", "openiddict/openiddict-core#2428"],
        "Google begins to send iss while the app runs",
        Expect::Accept, Script(|lab| iss_begins(lab).boxed()))
        .quirk_of(Google).at("google@2026-04"),
    row("pq-google-scope", ProviderQuirks, Medium, &["RFC6749-3.3", "requests/requests-oauthlib#387"],
        "Google's answer names the scopes in their long form, and in another order",
        Expect::Accept, Lies(&[
            |_| vec![token().set("scope", LONG_SCOPES)],
        ]))
        .quirk_of(Google),
    row("pq-google-code-slash", ProviderQuirks, Medium, &["RFC6749-B", "minio/object-browser#720"],
        "Google's code has slashes, and what looks like an escape",
        Expect::Holds(|seen| arrived(seen, SLASHED),
            "send the code on as it was meant, character by character"), Lies(&[
            |_| vec![authorization().set("code", SLASHED)],
        ]))
        .quirk_of(Google),
    row("pq-google-refresh-token-once", ProviderQuirks, Medium, &["RFC6749-5.1", "nextauthjs/next-auth#269"],
        "Google gives a refresh token with the first consent, and with no later login",
        Expect::Accept, Script(|lab| twice(lab).boxed()))
        .quirk_of(Google).at("google@2026-04"),
    row("pq-google-rotation", ProviderQuirks, High, &["OIDCC-10.1.1", "ramosbugs/openidconnect-rs#152"],
        "Google signs with another key, as it does about weekly",
        Expect::Accept, Script(|lab| rotated(lab).boxed()))
        .quirk_of(Google).at("google@2026-04").needs(&[Signatures]),
    row("pq-google-offline-access", ProviderQuirks, Medium, &["OIDCC-11"],
        "Google refuses the scope offline_access with a page of its own",
        Expect::Holds(no_offline_access,
            "not ask Google for offline_access; access_type=offline is its word for it"), HONEST)
        .quirk_of(Google).at("google@2026-04"),
    row("pq-google-cancel", ProviderQuirks, Medium, &["RFC6749-4.1.2.1", "pennersr/django-allauth#477"],
        "the person cancels at Google",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Script(|lab| cancelled(lab).boxed()))
        .quirk_of(Google).at("google@2026-04"),
    row("pq-google-pkce-and-secret", ProviderQuirks, Medium, &["RFC7636-4.5", "googleapis/google-auth-library-nodejs#2028"],
        "Google takes a code_verifier from a web client, and wants its secret all the same",
        Expect::Holds(with_its_secret,
            "send the secret beside the code_verifier"), HONEST)
        .quirk_of(Google).at("google@2026-04"),
    row("pq-google-clock", ProviderQuirks, Medium, &["OIDCC-3.1.3.7-10"],
        "the provider's clock is five seconds ahead of the app's",
        Expect::Accept, Lies(&[
            |_| vec![id_token().shift("iat", AHEAD)],
        ]))
        .should()
        .quirk_of(Google),
    row("pq-microsoft-issuer", ProviderQuirks, High, &["nextauthjs/next-auth#8374", "nov/openid_connect#95"],
        "Microsoft's metadata for any directory name the issuer by a template, and the token by its directory",
        Expect::Accept, HONEST)
        .quirk_of(Microsoft).at("microsoft@2024-10"),
    row("pq-microsoft-other-directory", ProviderQuirks, High, &["OIDCC-3.1.3.7-2"],
        "the token's iss names another directory than its tid",
        Expect::Reject, LiesAfterLogin(&[
            |lab| vec![id_token().set("iss", lab.provider.issuer().replace("{tenantid}", OTHER_DIRECTORY))],
        ]))
        .quirk_of(Microsoft).at("microsoft@2024-10"),
    row("pq-microsoft-keys", ProviderQuirks, Medium, &["RFC7517-4.4", "auth0/jwks-rsa-java#6"],
        "Microsoft's keys do not say what algorithm they are for",
        Expect::Accept, HONEST)
        .quirk_of(Microsoft).at("microsoft@2024-10").needs(&[Signatures]),
    row("pq-microsoft-email", ProviderQuirks, Medium, &["OIDCC-5.1", "outline/outline#12863"],
        "Microsoft says nothing of whether an address is verified",
        Expect::Accept, Lies(&[
            |_| vec![id_token().omit("email_verified")],
        ]))
        .quirk_of(Microsoft),
    row("pq-github-2025-06", ProviderQuirks, Medium, &["octokit/auth-oauth-app.js#13"],
        "GitHub as it was in June 2025: no PKCE, no iss, and forms where JSON is not asked for",
        Expect::Accept, HONEST)
        .quirk_of(Github).at("github@2025-06"),
    row("pq-github-2025-07", ProviderQuirks, Medium, &["RFC9207-2.4"],
        "GitHub as it was from July 2025 on: with PKCE, no iss",
        Expect::Accept, HONEST)
        .quirk_of(Github).at("github@2025-07"),
    row("pq-github-2026-04", ProviderQuirks, Medium, &["RFC9207-2.4", "nextauthjs/next-auth#13409"],
        "GitHub as it is since 9 April 2026: iss in the response",
        Expect::Accept, HONEST)
        .quirk_of(Github).at("github@2026-04"),
    row("pq-github-iss-begins", ProviderQuirks, Medium, &["RFC9207-2.4", "nextauthjs/next-auth#13409"],
        "GitHub begins to send iss while the app runs",
        Expect::Accept, Script(|lab| iss_begins(lab).boxed()))
        .quirk_of(Github).at("github@2026-04"),
    row("pq-github-error-200", ProviderQuirks, Medium, &["RFC6749-5.2", "octokit/auth-oauth-app.js#13"],
        "GitHub refuses a code with the status 200",
        Expect::Reject, LiesAfterLogin(&[
            |_| vec![token().set("error", "bad_verification_code")],
        ]))
        .quirk_of(Github).at("github@2026-04"),
    row("pq-github-email", ProviderQuirks, Low, &[],
        "a user of GitHub shows no address",
        Expect::Accept, HONEST)
        .quirk_of(Github).at("github@2026-04"),
    row("pq-linkedin-2024-03", ProviderQuirks, Medium, &["authlib/authlib#763"],
        "LinkedIn as it was in March 2024: the issuer has no path, and the nonce does not come back",
        Expect::Accept, HONEST)
        .quirk_of(Linkedin).at("linkedin@2024-03"),
    row("pq-linkedin-2024-04", ProviderQuirks, Medium, &["keycloak/keycloak#28686", "nextauthjs/next-auth#8831"],
        "LinkedIn as it is since April 2024: the issuer has a path, and a code_verifier is refused",
        Expect::Accept, HONEST)
        .quirk_of(Linkedin).at("linkedin@2024-04"),
    row("pq-linkedin-secret", ProviderQuirks, Medium, &["RFC6749-2.3.1", "directus/directus#23645"],
        "LinkedIn takes the secret in the form alone, and its metadata do not say so",
        Expect::Accept, HONEST)
        .quirk_of(Linkedin).at("linkedin@2024-04"),
    row("pq-linkedin-cancel", ProviderQuirks, Low, &["RFC6749-8.5"],
        "the person cancels at LinkedIn, which has an error of its own for that",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Script(|lab| cancelled(lab).boxed()))
        .quirk_of(Linkedin).at("linkedin@2024-04"),
];

/// A login before the provider sends `iss`, and one after.
async fn iss_begins(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut as_it_was = vec![authorization().omit("iss")];
    if lab.has_metadata() {
        as_it_was.push(discovery().omit(ISS_SUPPORTED));
    }
    tell(lab, as_it_was)?;
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.provider.clear_faults();
    Ok(lab.login().await)
}

fn tell(lab: &Lab, faults: Vec<Fault>) -> Result<(), LabError> {
    faults.into_iter().try_for_each(|fault| {
        let told = lab.provider.try_fault(fault);
        told.map(drop)
            .map_err(|error| LabError::SetUp(error.to_string()))
    })
}

/// The same person again, in another browser.
async fn twice(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY).await?;
    Ok(lab.login().await)
}

async fn cancelled(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.good_login(SOMEBODY_ELSE).await?;
    lab.begin_here();
    let somebody_who_cancels = AutoLogin::Persona(format!("{SOMEBODY}+deny"));
    lab.provider.set_auto_login(somebody_who_cancels);
    Ok(lab.login().await)
}

fn no_offline_access(seen: &Seen) -> Result<(), String> {
    let requests = seen.requests.to(Place::Authorization);
    let mut scopes = requests.iter().filter_map(|it| it.parameter("scope"));
    if scopes.any(|scope| scope.split(' ').any(|one| one == "offline_access")) {
        return Err("it asks for the scope offline_access".into());
    }
    accepted(seen)
}

fn with_its_secret(seen: &Seen) -> Result<(), String> {
    super::checks::never_without_secret(seen)?;
    accepted(seen)
}
