//! Every refusal of the authorization endpoint: its name, its reason, what the provider says of it,
//! and that the app never hears of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::Check;
use url::Url;

use crate::app::{Answer, App, Changes, REDIRECT_URI};

/// Sends a request that is wrong by `changes`, and makes sure that it is refused as it should be.
async fn refused(changes: Changes<'_>, check: Check, reason: &str, shown: &str, text: &str) {
    let app = App::start();
    let answer = app.authorize(changes).await;
    refusal_is(&app, &answer, check, reason, shown, text).await;
}

async fn refusal_is(
    app: &App,
    answer: &Answer,
    check: Check,
    reason: &str,
    shown: &str,
    text: &str,
) {
    let (found, words) = app.refusal();
    assert_eq!(found, check, "{words}");
    assert!(words.contains(reason), "{words:?} does not say {reason:?}");
    let page = follow(app, answer).await;
    assert!(page.contains(shown), "no {shown:?} in {page}");
    assert!(page.contains(check.name()), "no {check} in {page}");
    let text = text.replace('&', "&#38;").replace('\'', "&#39;");
    assert!(page.contains(&text), "no {text:?} in {page}");
}

/// Goes to the error page, by the provider's own kind of redirect.
async fn follow(app: &App, answer: &Answer) -> String {
    assert_eq!(answer.status, 302);
    let url = Url::parse(answer.location()).unwrap();
    assert_eq!(url.path(), "/signin/oauth/error");
    assert!(
        url.query_pairs()
            .any(|pair| pair == ("flowName".into(), "GeneralOAuthFlow".into()))
    );
    let page = app.get(&answer.next()).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    page.text
}

#[tokio::test]
async fn google_1_4_missing_parameters() {
    let check = async |name: &str, check: Check, text: &str| {
        let reason = format!("the parameter {name} is missing or empty");
        refused(
            &[(name, "")],
            check,
            &reason,
            "Error 400: invalid_request",
            text,
        )
        .await;
    };
    let text = "Required parameter is missing: response_type";
    check(
        "response_type",
        Check::AuthorizationResponseTypeMissing,
        text,
    )
    .await;
    let text = "Missing required parameter: client_id";
    check("client_id", Check::AuthorizationClientIdMissing, text).await;
    let text = "Missing required parameter: redirect_uri";
    check("redirect_uri", Check::AuthorizationRedirectUriMissing, text).await;
    let text = "Missing required parameter: scope";
    check("scope", Check::AuthorizationScopeMissing, text).await;
}

#[tokio::test]
async fn google_1_4_unknown_client() {
    refused(
        &[("client_id", "nobody")],
        Check::AuthorizationClient,
        "no client is registered as \"nobody\"",
        "Error 401: invalid_client",
        "The OAuth client was not found.",
    )
    .await;
}

#[tokio::test]
async fn google_1_4_redirect_uri_mismatch() {
    let app = App::start();
    let sent = format!("{REDIRECT_URI}/");
    let answer = app.authorize(&[("redirect_uri", &sent)]).await;
    refusal_is(
        &app,
        &answer,
        Check::AuthorizationRedirectUri,
        "redirect_uri differs from the registered one by a trailing slash",
        "Error 400: redirect_uri_mismatch",
        "You can't sign in to this app because it doesn't comply with Google's OAuth 2.0 policy.",
    )
    .await;
    let page = follow(&app, &answer).await;
    assert!(page.contains("by a trailing slash"), "{page}");
    assert!(page.contains(REDIRECT_URI), "the registered one is named");
    assert!(
        page.contains("authorization-errors-redirect-uri-mismatch"),
        "the help is linked"
    );
}

#[tokio::test]
async fn google_1_4_the_auth_error_is_a_protocol_buffer_that_begins_with_the_code() {
    let app = App::start();
    let answer = app
        .authorize(&[("redirect_uri", "http://localhost:1/")])
        .await;
    let url = Url::parse(answer.location()).unwrap();
    let names: Vec<_> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(names, ["authError", "client_id", "flowName"]);
    let (_, auth_error) = url.query_pairs().next().unwrap();
    let bytes = URL_SAFE_NO_PAD
        .decode(auth_error.trim_end_matches('='))
        .unwrap();
    assert!(bytes.starts_with(b"\x0a\x15redirect_uri_mismatch\x12"));
}

#[tokio::test]
async fn google_1_4_response_type() {
    refused(
        &[("response_type", "foo")],
        Check::AuthorizationResponseType,
        "response_type is \"foo\"",
        "Error 400: invalid_request",
        "Invalid response_type: foo",
    )
    .await;
}

#[tokio::test]
async fn a_response_type_that_is_not_built_says_so() {
    refused(
        &[("response_type", "id_token code")],
        Check::AuthorizationResponseTypeNotBuilt,
        "this provider answers \"code\"",
        "Error 400: unsupported_response_type",
        "does not answer response_type=id_token code yet",
    )
    .await;
}

#[tokio::test]
async fn response_mode() {
    refused(
        &[("response_mode", "carrier_pigeon")],
        Check::AuthorizationResponseMode,
        "response_mode is \"carrier_pigeon\"",
        "Error 400: invalid_request",
        "Invalid response_mode: carrier_pigeon",
    )
    .await;
}

#[tokio::test]
async fn google_1_4_redirect_uri_without_a_scheme() {
    refused(
        &[("redirect_uri", "localhost:8501/oauth2callback")],
        Check::AuthorizationRedirectUriSyntax,
        "the scheme",
        "Error 400: invalid_request",
        "Invalid parameter value for redirect_uri: Missing scheme: localhost:8501/oauth2callback",
    )
    .await;
}

#[tokio::test]
async fn google_1_4_redirect_uri_against_the_policy_comes_before_the_client() {
    refused(
        &[
            ("redirect_uri", "http://app.company.com/cb"),
            ("client_id", "nobody"),
        ],
        Check::AuthorizationRedirectUriPolicy,
        "http is for localhost and loopback addresses",
        "Error 400: invalid_request",
        "Google's OAuth 2.0 policy for keeping apps secure",
    )
    .await;
}

#[tokio::test]
async fn google_1_4_code_challenge_method() {
    refused(
        &[("code_challenge_method", "foo")],
        Check::AuthorizationCodeChallengeMethod,
        "code_challenge_method is \"foo\", not one of plain, S256",
        "Error 400: invalid_request",
        "Invalid parameter value for code_challenge_method: 'foo' is not a valid CodeChallengeMethod",
    )
    .await;
}

#[tokio::test]
async fn a_code_challenge_has_the_form_of_one() {
    let check = async |changes: Changes<'_>, reason: &str| {
        let text = "Invalid parameter value for code_challenge";
        refused(
            changes,
            Check::AuthorizationCodeChallenge,
            reason,
            "Error 400",
            text,
        )
        .await;
    };
    check(
        &[("code_challenge", "short")],
        "has 5 characters; S256 has 43 to 43",
    )
    .await;
    let plain = ("code_challenge_method", "plain");
    check(
        &[("code_challenge", "short"), plain],
        "has 5 characters; Plain has 43 to 128",
    )
    .await;
    let spaces = "a ".repeat(30);
    check(&[("code_challenge", &spaces), plain], "of A-Z a-z 0-9").await;
}

#[tokio::test]
async fn google_1_4_parameter_not_allowed() {
    refused(
        &[("username", "alice")],
        Check::AuthorizationParameter,
        "the parameter username does not belong",
        "Error 400: invalid_request",
        "Parameter not allowed for this message type: username",
    )
    .await;
}

#[tokio::test]
async fn google_1_4_unknown_scopes_are_listed_beside_the_known_ones() {
    refused(
        &[("scope", "openid email offline_access")],
        Check::AuthorizationScope,
        "these scopes do not exist: offline_access",
        "Error 400: invalid_scope",
        "Some requested scopes were invalid. {valid=[openid, https://www.googleapis.com/auth/userinfo.email], invalid=[offline_access]}",
    )
    .await;
    refused(
        &[("scope", "foo")],
        Check::AuthorizationScope,
        "foo",
        "Error 400: invalid_scope",
        "Some requested scopes were invalid. {invalid=[foo]}",
    )
    .await;
}

#[tokio::test]
async fn prompts() {
    let check = async |prompt: &str, check: Check, reason: &str| {
        let text = "Invalid parameter value for prompt: Invalid prompt: ";
        refused(
            &[("prompt", prompt)],
            check,
            reason,
            "Error 400: invalid_request",
            text,
        )
        .await;
    };
    check(
        "login",
        Check::AuthorizationPrompt,
        "prompt has \"login\"; there are none, consent",
    )
    .await;
    check(
        "none consent",
        Check::AuthorizationPromptNone,
        "none stands alone",
    )
    .await;
}

#[tokio::test]
async fn a_parameter_comes_once() {
    let app = App::start();
    let path = app.authorization_path(&[]) + "&state=another";
    let answer = app.get(&path).await;
    refusal_is(
        &app,
        &answer,
        Check::AuthorizationDuplicateParameter,
        "the parameter state came more than once",
        "Error 400: invalid_request",
        "OAuth 2 parameters can only have a single value: state",
    )
    .await;
}

#[tokio::test]
async fn an_error_page_without_an_error_says_so() {
    let app = App::start();
    for path in [
        "/signin/oauth/error",
        "/signin/oauth/error?authError=nonsense",
    ] {
        assert_eq!(app.get(path).await.status, 400, "{path}");
        assert_eq!(app.refusal().0, Check::PageAuthError);
    }
}
