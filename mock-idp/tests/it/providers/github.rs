use mock_idp::{AutoLogin, Check, Persona};
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Site;
use crate::app::{Answer, REDIRECT_URI, names};

fn github(flavour: &str) -> Site {
    Site::at(
        flavour,
        "/login/oauth/authorize",
        "/login/oauth/access_token",
    )
}

const SCOPE: (&str, &str) = ("scope", "user:email read:user");

fn form(answer: &Answer) -> Vec<(String, String)> {
    form_urlencoded::parse(answer.text.as_bytes())
        .into_owned()
        .collect()
}

async fn tokens(site: &Site, changes: &[(&str, &str)]) -> Value {
    let code = site.code(changes).await;
    let request = site.token_request(&code, &[]);
    let request = request.header("accept", "application/json");
    site.app.send(request).await.json()
}

#[tokio::test]
async fn github_3_2_a_token_comes_as_a_form_unless_json_is_accepted() {
    let site = github("github");
    let code = site.code(&[SCOPE]).await;
    let answer = site.exchange(&code, &[]).await;
    assert_eq!(answer.status, 200);
    let expected = "application/x-www-form-urlencoded";
    assert_eq!(answer.header("content-type"), expected);
    let pairs = form(&answer);
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["access_token", "scope", "token_type"]);
    assert!(pairs[0].1.starts_with("gho_"));
    assert_eq!(pairs[1].1, "read:user,user:email");
    assert_eq!(pairs[2].1, "bearer");
    let json = tokens(&site, &[SCOPE]).await;
    assert_eq!(json["scope"], "read:user,user:email");
    assert!(json.get("id_token").is_none() && json.get("expires_in").is_none());
}

#[tokio::test]
async fn github_3_1_scopes_may_be_separated_by_commas_and_unknown_ones_are_ignored() {
    let site = github("github");
    let json = tokens(&site, &[("scope", "user:email,nonsense,gist")]).await;
    assert_eq!(json["scope"], "gist,user:email");
    let json = tokens(&site, &[("scope", "")]).await;
    assert_eq!(json["scope"], "");
}

#[tokio::test]
async fn github_3_3_errors_of_the_token_endpoint_have_the_status_200() {
    let site = github("github");
    let check = async |changes: &[(&str, &str)], error: &str| {
        let code = site.code(&[SCOPE]).await;
        let request = site.token_request(&code, changes);
        let request = request.header("accept", "application/json");
        let answer = site.app.send(request).await;
        let json = answer.json();
        assert_eq!(answer.status, 200, "{json}");
        assert_eq!(names(&json), ["error", "error_description", "error_uri"]);
        assert_eq!(json["error"], error);
        let answer = site.exchange(&code, changes).await;
        assert_eq!(form(&answer)[0], ("error".to_owned(), error.to_owned()));
    };
    check(&[("code", "x")], "bad_verification_code").await;
    check(&[("client_secret", "x")], "incorrect_client_credentials").await;
    check(&[("client_id", "x")], "incorrect_client_credentials").await;
    check(&[("redirect_uri", "http://x/")], "redirect_uri_mismatch").await;
}

#[tokio::test]
async fn github_3_1_the_redirect_uri_may_be_left_out_or_be_below() {
    let site = github("github");
    let answer = site.authorize(&[("redirect_uri", "")]).await;
    assert!(
        answer.location().starts_with(REDIRECT_URI),
        "{}",
        answer.location()
    );
    let code = &answer.callback()["code"];
    let answer = site.exchange(code, &[("redirect_uri", "")]).await;
    assert!(answer.text.contains("access_token"), "{}", answer.text);
    let below = format!("{REDIRECT_URI}/more");
    let answer = site.authorize(&[("redirect_uri", &below)]).await;
    assert!(answer.location().starts_with(&below));
}

#[tokio::test]
async fn github_3_3_an_error_goes_to_the_registered_uri() {
    let site = github("github");
    let answer = site
        .authorize(&[("redirect_uri", "http://evil.test/")])
        .await;
    assert!(
        answer.location().starts_with(REDIRECT_URI),
        "{}",
        answer.location()
    );
    let parameters = answer.callback_in_order();
    let names: Vec<_> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["error", "error_description", "error_uri", "state"];
    assert_eq!(names, expected);
    let callback = answer.callback();
    assert_eq!(callback["error"], "redirect_uri_mismatch");
    let words = "The redirect_uri MUST match the registered callback URL for this application.";
    assert_eq!(callback["error_description"], words);
    site.refused(Check::AuthorizationRedirectUri);
    site.app.idp.set_auto_login(AutoLogin::LoginHint);
    let below = format!("{REDIRECT_URI}/more");
    let changes = [("login_hint", "alice+deny"), ("redirect_uri", &below)];
    let answer = site.authorize(&changes).await;
    let callback = answer.callback();
    assert_eq!(callback["error"], "access_denied");
    assert!(
        !answer.location().contains("/more"),
        "{}",
        answer.location()
    );
    assert_eq!(callback["state"], "the state");
}

#[tokio::test]
async fn github_3_1_the_answer_says_who_gives_it_since_april_2026() {
    for (flavour, says) in [
        ("github", true),
        ("github@2025-07", false),
        ("github@2025-06", false),
    ] {
        let site = github(flavour);
        let callback = site.authorize(&[]).await.callback();
        let expected = format!("{}/login/oauth", site.app.idp.root());
        let iss = callback.get("iss").map(String::as_str);
        assert_eq!(iss, says.then_some(expected.as_str()), "{flavour}");
    }
}

#[tokio::test]
async fn github_3_1_pkce_means_something_since_july_2025() {
    let right = Some("access_token");
    let wrong = Some("error");
    for (flavour, with_wrong_verifier) in [
        ("github", wrong),
        ("github@2025-07", wrong),
        ("github@2025-06", right),
    ] {
        let site = github(flavour);
        let first = async |changes: &[(&str, &str)]| {
            let code = site.code(&[]).await;
            let answer = site.exchange(&code, changes).await;
            form(&answer).first().map(|(name, _)| name.clone())
        };
        assert_eq!(first(&[]).await.as_deref(), right, "{flavour}");
        let changes = [(
            "code_verifier",
            "another-verifier-of-forty-three-characters-00",
        )];
        let answered = first(&changes).await;
        assert_eq!(answered.as_deref(), with_wrong_verifier, "{flavour}");
    }
    let site = github("github");
    let changes = [("code_challenge_method", "plain")];
    let answer = site.authorize(&changes).await;
    assert_eq!(answer.callback()["error"], "invalid_request");
    site.refused(Check::AuthorizationCodeChallengeMethod);
}

#[tokio::test]
async fn github_3_4_the_user_and_the_addresses() {
    let site = github("github");
    let token = tokens(&site, &[SCOPE]).await["access_token"].clone();
    let user = site.userinfo("/user", &token).await.json();
    assert_eq!(
        (&user["login"], &user["name"]),
        (&json!("alice"), &json!("Alice Example"))
    );
    assert!(user["id"].is_u64() && user["email"].is_null(), "{user}");
    let again = site.userinfo("/user", &token).await.json();
    assert_eq!(user["id"], again["id"]);
    let emails = site.userinfo("/user/emails", &token).await.json();
    let expected = json!([{
        "email": "alice@example.com", "primary": true, "verified": true, "visibility": "private",
    }]);
    assert_eq!(emails, expected);
    site.log_in_as("alice+unverified");
    let token = tokens(&site, &[SCOPE]).await["access_token"].clone();
    let emails = site.userinfo("/user/emails", &token).await.json();
    assert_eq!(emails[0]["verified"], false);
    site.log_in_as("alice+noemail");
    let token = tokens(&site, &[SCOPE]).await["access_token"].clone();
    let emails = site.userinfo("/user/emails", &token).await.json();
    assert_eq!(emails, json!([]));
    site.app.idp.add_persona(Persona {
        claims: json!({"email": "shown@example.com"})
            .as_object()
            .unwrap()
            .clone(),
        ..Persona::new("zoe")
    });
    site.log_in_as("zoe");
    let token = tokens(&site, &[SCOPE]).await["access_token"].clone();
    let user = site.userinfo("/user", &token).await.json();
    assert_eq!(
        (&user["email"], &user["name"]),
        (&json!("shown@example.com"), &json!(null))
    );
}

#[tokio::test]
async fn github_3_4_the_api_wants_an_agent_a_token_and_a_scope() {
    let site = github("github");
    let token = tokens(&site, &[("scope", "read:user")]).await["access_token"].clone();
    let answer = site.userinfo("/user/emails", &token).await;
    assert_eq!(
        (answer.status, &answer.json()["message"]),
        (404, &json!("Not Found"))
    );
    site.refused(Check::UserInfoScope);
    let token = token.as_str().unwrap();
    let request = site.app.request(Method::GET, "/user").bearer_auth(token);
    let answer = site.app.send(request).await;
    assert_eq!(answer.status, 403);
    site.refused(Check::UserInfoUserAgent);
    let request = site
        .app
        .request(Method::GET, "/user")
        .header("user-agent", "x");
    let answer = site.app.send(request).await;
    assert_eq!(answer.status, 401);
    let as_github_has_it = format!("token {token}");
    let request = site
        .app
        .request(Method::GET, "/user")
        .header("user-agent", "x");
    let request = request.header("authorization", as_github_has_it);
    assert_eq!(site.app.send(request).await.status, 200);
    let answer = site.userinfo("/user", &json!("gho_x")).await;
    assert_eq!(
        names(&answer.json()),
        ["message", "documentation_url", "status"]
    );
    assert_eq!(answer.json()["message"], "Bad credentials");
}

#[tokio::test]
async fn there_is_no_metadata() {
    let site = github("github");
    let path = "/.well-known/openid-configuration";
    assert_eq!(site.app.get(path).await.status, 404);
}
