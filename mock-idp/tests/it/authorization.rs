//! Every refusal of the authorization endpoint: its name, its reason, what the provider says of it,
//! and that the app never hears of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::{AutoLogin, Check};
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
    refused(
        &[("response_mode", "form_post")],
        Check::AuthorizationResponseModeNotBuilt,
        "response_mode is \"form_post\"",
        "Error 400: invalid_request",
        "does not answer by response_mode=form_post yet",
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
async fn google_1_4_prompt_none_without_consent_goes_back_to_the_app() {
    let app = App::start();
    let answer = app.authorize(&[("prompt", "none")]).await;
    let expected = [
        ("state", "the state"),
        ("error_subtype", "access_denied"),
        ("error", "interaction_required"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(answer.callback_in_order(), expected);
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::AuthorizationInteraction);
    assert!(
        reason.contains("has not allowed these scopes before"),
        "{reason}"
    );

    // With consent from before it passes; with nobody who is known, it does not.
    app.authorize(&[]).await;
    assert!(
        app.authorize(&[("prompt", "none")])
            .await
            .callback()
            .contains_key("code")
    );
    app.idp.set_auto_login(AutoLogin::Never);
    let answer = app.authorize(&[("prompt", "none")]).await;
    assert_eq!(answer.callback()["error"], "interaction_required");
    assert!(app.refusal().1.contains("has to choose an account"));
}

#[tokio::test]
async fn a_login_hint_logs_in_whom_it_names() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    let check = async |hint: &str| {
        let answer = app
            .authorize(&[("login_hint", hint), ("prompt", "select_account")])
            .await;
        assert!(answer.callback().contains_key("code"), "{hint}");
        let requests = app.idp.requests();
        assert_eq!(
            requests.last().unwrap().persona.as_deref(),
            Some("bob"),
            "{hint}"
        );
    };
    let bob = app
        .idp
        .personas()
        .into_iter()
        .find(|persona| persona.id == "bob")
        .unwrap();
    let email = bob.email.clone().unwrap();
    check("bob").await;
    check(&email).await;
    check(&email.to_uppercase()).await;
    // Without a hint the visitor is asked.
    assert!(
        app.authorize(&[])
            .await
            .location()
            .contains("/v3/signin/identifier?transaction=")
    );
}

#[tokio::test]
async fn a_login_hint_may_be_a_sub() {
    let app = App::start();
    let sub = crate::app::claims(&app.log_in().await)["sub"]
        .as_str()
        .unwrap()
        .to_owned();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    app.authorize(&[("login_hint", &sub)]).await.callback();
    assert_eq!(
        app.idp.requests().last().unwrap().persona.as_deref(),
        Some("alice")
    );
}

#[tokio::test]
async fn an_unknown_login_hint_is_a_page_that_names_the_known_ones() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::LoginHint);
    let answer = app.authorize(&[("login_hint", "mallory")]).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.text.contains("mallory") && answer.text.contains("alice"),
        "{}",
        answer.text
    );
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::AuthorizationLoginHint);
    assert!(
        reason.starts_with("login_hint is \"mallory\"; there are: alice, bob"),
        "{reason}"
    );
    // Where no page may be shown, the app is told.
    let answer = app
        .authorize(&[("login_hint", "mallory"), ("prompt", "none")])
        .await;
    assert_eq!(answer.callback()["error"], "interaction_required");
}

#[tokio::test]
async fn an_auto_login_of_nobody_is_a_page_that_names_the_known_ones() {
    let app = App::start();
    app.idp.set_auto_login(AutoLogin::Persona("alcie".into()));
    assert_eq!(app.authorize(&[]).await.status, 400);
    let (check, reason) = app.refusal();
    assert_eq!(check, Check::PagePersona);
    assert!(
        reason.starts_with("auto_login is \"alcie\"; there are: alice, bob"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_waived_check_lets_pass() {
    let check = async |waived: Check, changes: Changes<'_>, redirect_uri: &str| {
        let app = App::start();
        app.idp.waive(waived);
        let answer = app.authorize(changes).await;
        let location = answer.location();
        assert!(
            location.starts_with(redirect_uri) && location.contains("code="),
            "{waived}: {location}"
        );
    };
    check(
        Check::AuthorizationResponseTypeMissing,
        &[("response_type", "")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationScopeMissing,
        &[("scope", "")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationParameter,
        &[("username", "x")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationResponseMode,
        &[("response_mode", "x")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationCodeChallenge,
        &[("code_challenge", "short")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationPrompt,
        &[("prompt", "login")],
        REDIRECT_URI,
    )
    .await;
    check(
        Check::AuthorizationScope,
        &[("scope", "openid foo")],
        REDIRECT_URI,
    )
    .await;
    let other = "http://localhost:1/cb";
    check(
        Check::AuthorizationRedirectUri,
        &[("redirect_uri", other)],
        other,
    )
    .await;

    let app = App::start();
    app.idp.waive(Check::AuthorizationDuplicateParameter);
    let path = app.authorization_path(&[]) + "&state=another";
    assert_eq!(app.get(&path).await.callback()["state"], "the state");
    app.idp.waive(Check::AuthorizationPromptNone);
    let answer = app.authorize(&[("prompt", "none consent")]).await;
    assert!(answer.callback().contains_key("code"));
}

#[tokio::test]
async fn a_redirect_uri_against_the_policy_passes_where_that_is_waived() {
    let app = App::start();
    app.idp.waive(Check::AuthorizationRedirectUriPolicy);
    let client = app.idp.register("http://app.company.com/cb");
    let changes = [
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", "http://app.company.com/cb"),
    ];
    let answer = app.authorize(&changes).await;
    assert!(
        answer
            .location()
            .starts_with("http://app.company.com/cb?state=")
    );
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
