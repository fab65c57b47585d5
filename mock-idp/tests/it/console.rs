//! The provider's console: what can be registered there, for whom an app is, and the page of it.

use std::time::Duration;

use mock_idp::{
    AutoLogin, Check, Config, ConsoleError, MockIdp, Publishing, PublishingStatus, WebClient,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, REDIRECT_URI, names};

fn web(redirect_uris: &[&str]) -> WebClient {
    WebClient {
        name: "An app".into(),
        redirect_uris: redirect_uris.iter().map(ToString::to_string).collect(),
        ..WebClient::default()
    }
}

#[tokio::test]
async fn google_1_10_each_rule_for_redirect_uris_has_its_refusal() {
    let idp = MockIdp::start();
    let check = |uri: &str, words: &str| {
        let Err(ConsoleError::Urls(problems)) = idp.register_web_client(web(&[uri])) else {
            panic!("{uri} was registered");
        };
        assert_eq!(problems.len(), 1, "{uri}");
        assert_eq!(problems[0].url, uri);
        assert!(
            problems[0].problem.contains(words),
            "{uri}: {}",
            problems[0].problem
        );
    };
    check(
        "app.company.com/cb",
        "the scheme, such as http://, is missing",
    );
    check("http://app.company.com/cb", "http is for localhost");
    check("https://192.0.2.1/cb", "IP address");
    check("https://app.corp/cb", "no public host name");
    check(
        "https://x.googleusercontent.com/cb",
        "googleusercontent.com",
    );
    check("https://bit.ly/cb", "bit.ly");
    check("https://me@company.com/cb", "user name");
    check("https://company.com/a/../cb", "goes up");
    check("https://company.com/cb#x", "fragment");
    check(
        "https://company.com/cb?to=https://evil.com",
        "open redirect",
    );
    check("https://company.com/*", "wildcard");
    check("https://company.com/caf\u{e9}", "printable ASCII");
    check("https://company.com/%zz", "escapes nothing");
    check("https://company.com/%00", "escapes nothing");
    let good = [
        "https://company.com/cb",
        "http://localhost:8501/cb",
        "http://[::1]/cb",
    ];
    let client = idp.register_web_client(web(&good)).unwrap();
    assert_eq!(client.redirect_uris, good);
    assert_eq!(idp.client(&client.client_id).as_deref(), Some(&client));
}

#[test]
fn every_url_that_is_wrong_is_named_and_nothing_is_registered() {
    let idp = MockIdp::start();
    let web = WebClient {
        javascript_origins: vec!["https://company.com/path".into()],
        ..web(&[
            "http://company.com/cb",
            "https://company.com/cb",
            "nonsense",
        ])
    };
    let error = idp.register_web_client(web).unwrap_err().to_string();
    for words in [
        "\"http://company.com/cb\" cannot be registered: http is for localhost",
        "\"nonsense\" cannot be registered: it is not absolute",
        "\"https://company.com/path\" cannot be registered: an origin is scheme, host and port",
    ] {
        assert!(error.contains(words), "{error}");
    }
    assert!(idp.clients().is_empty());
}

#[test]
fn google_1_10_the_file_of_a_client_is_as_it_is_downloaded() {
    let idp = MockIdp::start();
    let client = idp.register_web_client(web(&[REDIRECT_URI])).unwrap();
    let file = idp.client_file(&client.client_id).unwrap();
    assert!(!file.contains('\n'));
    let file: Value = serde_json::from_str(&file).unwrap();
    let expected = [
        "client_id",
        "project_id",
        "auth_uri",
        "token_uri",
        "auth_provider_x509_cert_url",
        "client_secret",
        "redirect_uris",
    ];
    assert_eq!(names(&file["web"]), expected);
    let root = idp.root();
    assert_eq!(file["web"]["auth_uri"], format!("{root}/o/oauth2/auth"));
    assert_eq!(file["web"]["token_uri"], format!("{root}/token"));
    assert_eq!(file["web"]["redirect_uris"], json!([REDIRECT_URI]));
    let with_origins = WebClient {
        javascript_origins: vec!["http://localhost:8501".into()],
        ..web(&[])
    };
    let client = idp.register_web_client(with_origins).unwrap();
    let file: Value = serde_json::from_str(&idp.client_file(&client.client_id).unwrap()).unwrap();
    assert_eq!(
        file["web"]["javascript_origins"],
        json!(["http://localhost:8501"])
    );
    assert!(file["web"].get("redirect_uris").is_none());
    let unknown = idp.client_file("nobody").unwrap_err();
    assert_eq!(unknown, ConsoleError::NoClient("nobody".into()));
}

#[tokio::test]
async fn google_1_10_the_file_leads_a_library_here_or_to_the_real_hosts() {
    let idp = MockIdp::builder().impersonate().start().unwrap();
    let client = idp.register_web_client(web(&[REDIRECT_URI])).unwrap();
    let file: Value = serde_json::from_str(&idp.client_file(&client.client_id).unwrap()).unwrap();
    let auth_uri = "https://accounts.google.com/o/oauth2/auth";
    assert_eq!(file["web"]["auth_uri"], auth_uri);
    assert_eq!(
        file["web"]["token_uri"],
        "https://oauth2.googleapis.com/token"
    );
}

fn testing(users: &[&str]) -> Publishing {
    Publishing {
        status: PublishingStatus::Testing,
        test_users: users.iter().map(ToString::to_string).collect(),
        developer_email: "dev@company.com".into(),
    }
}

#[tokio::test]
async fn google_1_4_an_app_in_testing_is_for_its_test_users() {
    let app = App::start();
    app.idp
        .set_publishing(testing(&["Alice@example.com"]))
        .unwrap();
    assert_eq!(app.authorize(&[]).await.callback().get("error"), None);
    app.idp.set_auto_login(AutoLogin::Persona("bob".into()));
    let page = app.get(&app.authorize(&[]).await.next()).await;
    for words in [
        "The developer hasn’t given you access to this app. It’s currently being tested",
        "contact the developer (dev@company.com).",
        "Error 403: access_denied",
        "https://support.google.com/accounts/answer/3466521?p=app_notverified",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let (check, words) = app.refusal();
    assert_eq!(check, Check::AuthorizationTestUser);
    let expected = "\"bob@example.com\" is none of its test users: Alice@example.com";
    assert!(words.contains(expected), "{words}");
    app.idp.reset();
    assert_eq!(app.idp.publishing(), Publishing::default());
}

#[tokio::test]
async fn google_1_6_what_is_allowed_in_testing_lasts_a_week() {
    let app = App::start();
    app.idp.clock().freeze();
    app.idp
        .set_publishing(testing(&["alice@example.com"]))
        .unwrap();
    let offline = [("access_type", "offline"), ("prompt", "consent")];
    let tokens = async || {
        let code = app.code(&offline).await;
        app.exchange(&code, &[]).await.json()
    };
    let in_testing = tokens().await;
    assert_eq!(names(&in_testing).last(), Some(&"refresh_token_expires_in"));
    assert_eq!(in_testing["refresh_token_expires_in"], 604_799);
    app.idp.set_publishing(Publishing::default()).unwrap();
    let in_production = tokens().await;
    assert!(in_production.get("refresh_token_expires_in").is_none());
    app.idp.clock().advance(Duration::from_hours(24 * 7));
    let refresh = async |tokens: &Value| {
        let token = tokens["refresh_token"].as_str().unwrap();
        let changes = [("grant_type", "refresh_token"), ("refresh_token", token)];
        app.exchange("", &changes).await.status
    };
    assert_eq!(refresh(&in_testing).await, 400);
    assert_eq!(app.refusal().0, Check::TokenRefreshToken);
    assert_eq!(refresh(&in_production).await, 200);
}

#[test]
fn a_file_can_say_for_whom_the_apps_are() {
    let file = "[publishing]\nstatus = \"testing\"\ntest_users = [\"alice@example.com\"]\n\
                developer_email = \"dev@company.com\"";
    let config = Config::from_toml(file, "m.toml").unwrap();
    assert_eq!(config.publishing, testing(&["alice@example.com"]));
    let idp = MockIdp::builder().config(config).start().unwrap();
    idp.set_publishing(Publishing::default()).unwrap();
    idp.reset();
    assert_eq!(idp.publishing(), testing(&["alice@example.com"]));
    let check = |line: &str, words: &str| {
        let error = Config::from_toml(&format!("[publishing]\n{line}"), "m.toml").unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    };
    check(
        "",
        "publishing.status: is missing; add status = \"testing\"",
    );
    check(
        "status = \"test\"",
        "which is no status; did you mean testing?",
    );
    check(
        "status = \"testing\"\ntest_users = [\"alice\"]",
        "test_users[0]: is \"alice\", which is no e-mail address",
    );
    check("status = \"testing\"\nuser = 1", "user: is not a known key");
}

#[tokio::test]
async fn the_page_registers_and_shows() {
    let app = App::start();
    let page = app.get("/_mock/console").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&app.client.client_id));
    let post = async |pairs: &[(&str, &str)], origin: Option<&str>| {
        let mut request = app.form("/_mock/console", pairs);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        app.send(request).await
    };
    let root = app.idp.root().to_owned();
    let form = [
        ("what", "client"),
        ("name", "From the page <b>"),
        (
            "redirect_uris",
            "https://company.com/cb\r\nhttp://localhost:1/cb\r\n",
        ),
    ];
    let answer = post(&form, Some(&root)).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, &*format!("{root}/_mock/console"))
    );
    let page = app.get("/_mock/console").await;
    assert!(
        page.text.contains("From the page &#60;b&#62;"),
        "{}",
        page.text
    );
    let file = page.text.split("href=\"").find_map(|it| {
        let (url, _) = it.split_once('"')?;
        url.contains("client_secret.json").then(|| url.to_owned())
    });
    let file = file.unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let answer = app.send(app.request_to(Method::GET, &file)).await;
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert!(answer.json()["web"]["client_id"].is_string());
    let wrong = [
        ("what", "client"),
        ("redirect_uris", "http://company.com/cb"),
    ];
    let answer = post(&wrong, Some(&root)).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.text.contains("http is for localhost"),
        "{}",
        answer.text
    );
    let shown_again = ">http://company.com/cb</textarea>";
    assert!(answer.text.contains(shown_again), "{}", answer.text);
    let form = [
        ("what", "publishing"),
        ("status", "testing"),
        ("test_users", "alice@example.com"),
    ];
    assert_eq!(post(&form, Some(&root)).await.status, 303);
    assert_eq!(app.idp.publishing().status, PublishingStatus::Testing);
    let odd = [("what", "publishing"), ("status", "soon")];
    let answer = post(&odd, Some(&root)).await;
    assert_eq!(answer.status, 400);
    let words = "what=\\\"publishing\\\" with status=\\\"soon\\\" is no form of this page";
    assert!(answer.text.contains(words), "{}", answer.text);
    assert_eq!(app.idp.publishing().status, PublishingStatus::Testing);
    // A page of somebody else cannot.
    for origin in [Some("http://evil.test"), None] {
        assert_eq!(post(&form, origin).await.status, 403, "{origin:?}");
    }
}

#[tokio::test]
async fn a_page_cannot_bring_the_control_token() {
    let idp = MockIdp::builder().control_token("t").start().unwrap();
    let app = App::with(idp);
    assert_eq!(app.get("/_mock/console").await.status, 401);
}

#[test]
fn where_there_is_no_console_it_says_so() {
    let idp = MockIdp::builder().flavour("github").start().unwrap();
    let error = idp.register_web_client(web(&[REDIRECT_URI])).unwrap_err();
    let words = "the console of github@2026-04 is not built; register does without its rules";
    assert_eq!(error.to_string(), words);
}
