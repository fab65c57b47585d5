//! C2: the authorization response.

use mock_idp::{Mint, Place, Value, WrongEncoding, authorization, discovery};

use super::checks::{
    arrived, clean_refusal, never_somebody_else, no_script, no_spoof, refused_at_once,
};
use crate::conformance::case::Feature::{FormPost, PromptNone, ResponseIss, State};
use crate::conformance::case::Group::Authorization;
use crate::conformance::case::Play::{Lies, LiesAfterLogin};
use crate::conformance::case::Severity::{High, Low, Medium};
use crate::conformance::case::{Case, Expect, Feature, row};
use crate::conformance::lab::{Lab, SOMEBODY, SOMEBODY_ELSE};

/// What a provider says of itself that sends `iss` with its responses, RFC 9207 section 3.
pub(super) const ISS_SUPPORTED: &str = "authorization_response_iss_parameter_supported";
/// A code of which every character means something else somewhere.
const SPECIAL: &str = "+ /=%&~\u{fc}";

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    row("ar-state-missing", Authorization, High, &["OIDCC-3.1.2.7", "RFC6749-10.12", "RFC9700-4.7"],
        "no state",
        Expect::RejectBefore(Place::Token), Lies(&[
            |_| vec![authorization().omit("state")],
        ]))
        .needs(&[State]),
    row("ar-state-wrong", Authorization, High, &[],
        "state + \"x\"",
        Expect::RejectBefore(Place::Token), Lies(&[
            |_| vec![authorization().set("state", Value::append("x"))],
        ]))
        .needs(&[State]),
    row("ar-state-empty-or-long", Authorization, Medium, &[],
        "state= / 64 KiB state",
        Expect::Reject, Lies(&[
            |_| vec![authorization().set("state", "")],
            |_| vec![authorization().set("state", Value::repeated("s", 1 << 16))],
        ]))
        .needs(&[State]),
    row("ar-param-dup", Authorization, Medium, &["RFC6749-3.1"],
        "code=a&code=b, state twice",
        Expect::Reject, Lies(&[
            |_| vec![authorization().double_with("code", "b")],
            |_| vec![authorization().double("state")],
        ]))
        .needs(&[State])
        .should(),
    row("ar-code-missing", Authorization, Medium, &["RFC6749-4.1.2"],
        "only state",
        Expect::Holds(clean_refusal,
            "refuse the login with a page of its own, not with a crash"), Lies(&[
            |_| vec![authorization().omit("code")],
        ]))
        .should(),
    row("ar-code-and-error", Authorization, Medium, &["RFC6749-4.1.2", "RFC6749-4.1.2.1"],
        "code and error together",
        Expect::RejectBefore(Place::Token), Lies(&[
            |_| vec![authorization().set("error", "access_denied")],
        ])),
    row("ar-error-login-required", Authorization, Medium, &["OIDCC-3.1.2.6"],
        "prompt=none is answered with login_required, interaction_required, consent_required",
        Expect::Holds(clean_refusal,
            "refuse the login with a page of its own, not with a crash"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "login_required")],
            |_| vec![authorization().omit("code").set("error", "interaction_required")],
            |_| vec![authorization().omit("code").set("error", "consent_required")],
        ]))
        .oidf(&["oidcc-client-test-form-post-error"])
        .needs(&[PromptNone])
        .should(),
    row("ar-formpost-samesite", Authorization, Low, &["OAuth2-FORM-POST-2"],
        "the response is posted from another site, as was asked",
        Expect::Accept, Lies(&[|_| Vec::new()]))
        .needs(&[FormPost]),
    row("ar-error-access-denied", Authorization, Medium, &["RFC6749-4.1.2.1", "OIDCC-3.1.2.6"],
        "error=access_denied (user cancel)",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "access_denied")],
        ])),
    row("ar-error-temporary", Authorization, Low, &["RFC6749-4.1.2.1"],
        "temporarily_unavailable / server_error",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "temporarily_unavailable")],
            |_| vec![authorization().omit("code").set("error", "server_error")],
        ])),
    row("ar-error-unknown-code", Authorization, Low, &["RFC6749-8.5"],
        "error=foo_bar",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "foo_bar")],
        ])),
    row("ar-error-xss", Authorization, High, &["RFC6749-4.1.2.1", "ASVS-V1"],
        "error_description=<script>…, error_uri=javascript:…",
        Expect::Holds(no_script,
            "show what the provider says as words, never as markup or as a link"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "access_denied").set("error_description", "<script>alert(1)</script>") .set("error_uri", "javascript:alert(1)")],
        ])),
    row("ar-error-spoof", Authorization, Low, &[],
        "long, plausible text in error_description with valid state",
        Expect::Holds(no_spoof,
            "not show what the provider says as its own words"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "access_denied").set("error_description", Value::repeated("Call 555-0100 to unlock. ", 40))],
        ]))
        .should(),
    row("ar-error-no-state", Authorization, Low, &["RFC6749-4.1.2.1"],
        "error without state",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Lies(&[
            |_| vec![authorization().omit("code").set("error", "access_denied").omit("state")],
        ])),
    row("ar-iss-wrong", Authorization, High, &["RFC9207-2.4", "RFC9700-4.4.2.1", "ASVS-10.2.2"],
        "response iss of another issuer",
        Expect::RejectBefore(Place::Token), Lies(&[
            |lab| vec![authorization().set("iss", lab.canary.url("/"))],
        ]))
        .needs(&[ResponseIss]),
    row("ar-iss-missing", Authorization, Medium, &["RFC9207-2.4"],
        "metadata says authorization_response_iss_parameter_supported: true, response has none",
        Expect::Reject, Lies(&[
            |_| vec![authorization().omit("iss")],
        ]))
        .needs(&[ResponseIss]),
    row("ar-iss-unadvertised", Authorization, Low, &["RFC9207-2.4"],
        "right iss, not advertised",
        Expect::Clean, Lies(&[
            |_| vec![discovery().omit(ISS_SUPPORTED)],
        ]))
        .either()
        .needs(&[ResponseIss, Feature::Discovery]),
    row("ar-iss-slash", Authorization, Low, &["RFC9207-2.4"],
        "iss without the issuer's trailing slash",
        Expect::Reject, Lies(&[
            |_| vec![authorization().set("iss", Value::append("/"))],
        ]))
        .needs(&[ResponseIss]),
    row("ar-iss-dup", Authorization, Medium, &["RFC6749-3.1", "RFC9207-2"],
        "two iss",
        Expect::Reject, Lies(&[
            |lab| vec![authorization().double_before("iss", lab.canary.url("/"))],
            |lab| vec![authorization().double_with("iss", lab.canary.url("/"))],
        ]))
        .needs(&[ResponseIss]),
    row("ar-iss-error-response", Authorization, Low, &["RFC9207-2.4"],
        "wrong iss in an error response",
        Expect::Holds(refused_at_once,
            "refuse the login with one page, without another try and without a token request"), Lies(&[
            |lab| vec![authorization().omit("code").set("error", "access_denied").set("iss", lab.canary.url("/"))],
        ]))
        .should()
        .needs(&[ResponseIss]),
    row("ar-mode-fragment", Authorization, Medium, &["OIDCC-3.1.2.5", "OAuth2-MRT-2.1"],
        "code in the fragment although query was asked",
        Expect::Reject, LiesAfterLogin(&[
            |_| vec![authorization().encode(WrongEncoding::Fragment)],
        ])),
    row("ar-mode-formpost-unasked", Authorization, Medium, &["OAuth2-FORM-POST-2"],
        "POST to the callback although query was asked",
        Expect::Clean, Lies(&[
            |_| vec![authorization().encode(WrongEncoding::FormPost)],
        ]))
        .should(),
    row("ar-mode-query-implicit", Authorization, Medium, &["OIDCC-3.2.2.5", "OIDCC-3.3.2.5"],
        "id_token/access_token in the query",
        Expect::Reject, Lies(&[
            |lab| vec![authorization().omit("code").set("access_token", "t").set("id_token", a_token(lab, SOMEBODY))],
        ])),
    row("ar-front-tokens-injected", Authorization, High, &["OIDCC-3.1.2.7", "RFC9700-2.1.2", "RFC9700-4.6"],
        "code flow response with extra id_token/access_token of somebody else",
        Expect::Holds(never_somebody_else,
            "log in whom its provider says, or nobody"), Lies(&[
            |lab| vec![authorization().set("access_token", "t").set("id_token", a_token(lab, SOMEBODY_ELSE))],
        ])),
    row("ar-code-special", Authorization, Low, &["RFC6749-B"],
        "code with + / = % & ~ ü",
        Expect::Holds(|seen| arrived(seen, SPECIAL),
            "send the code on as it was meant, character by character"), Lies(&[
            |_| vec![authorization().set("code", SPECIAL)],
        ])),
    row("ar-code-huge", Authorization, Low, &["RFC6749-4.1.2"],
        "16 KiB code",
        Expect::Clean, Lies(&[
            |_| vec![authorization().set("code", Value::repeated("c", 16 << 10))],
        ]))
        .should(),
    row("ar-unknown-params", Authorization, Low, &["RFC6749-4.1.2"],
        "session_state, scope, foo=bar, authuser",
        Expect::Accept, Lies(&[
            |_| vec![authorization().set("session_state", "s").set("foo", "bar").set("authuser", "0")],
        ])),
    row("ar-iss-wrong-unadvertised", Authorization, Medium, &["RFC9207-2.4"],
        "response iss of another issuer, support not advertised",
        Expect::RejectBefore(Place::Token), Lies(&[
            |lab| vec![ authorization().set("iss", lab.canary.url("/")), discovery().omit(ISS_SUPPORTED)],
        ]))
        .should()
        .needs(&[ResponseIss, Feature::Discovery]),
];

/// An ID token that is good by itself, and belongs to no login.
fn a_token(lab: &Lab, persona: &str) -> String {
    let client_id = lab.client.client_id.clone();
    lab.provider.mint(Mint::id_token(persona, client_id))
}
