//! Weaknesses, each closed.

use axum::Router;
use axum::routing::get;
use e2e::{Control, Outcome, Person as _, Stack, Visitor};
use mock_idp::{Place, Signing, authorization, discovery, id_token, token};
use serde_json::json;

use super::{asking, client, file, in_a_file, report, served, subject, tokens};
use crate::{alice_at, refused, session};

#[tokio::test]
async fn f01_nothing_that_visitors_get_lets_them_guess_the_cookie_secret() {
    let stack = Stack::start().await;
    let secret = stack.auth().config().cookie_secrets[0].expose().to_owned();
    let (mut one, mut two) = (stack.visitor(), stack.visitor());
    for visitor in [&mut one, &mut two] {
        visitor.begin_login().await.unwrap();
    }
    let pending = |visitor: &mut Visitor| {
        visitor
            .cookies()
            .value(&stack.url("/"), "auth_pending")
            .unwrap()
    };
    let (first, second) = (pending(&mut one), pending(&mut two));
    // 256 random bits each, made without the secret.
    assert_eq!((first.len(), second.len()), (43, 43));
    assert_ne!(first, second);
    for hop in one.history() {
        assert!(!hop.url.as_str().contains(&secret), "{}", hop.url);
    }
}

#[tokio::test]
async fn f02_the_audience_is_compared() {
    refused(id_token().set("aud", "other"), "id_token.aud").await;
}

#[tokio::test]
async fn f03_an_unsigned_token_is_none_whatever_the_metadata_list() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(discovery().set("id_token_signing_alg_values_supported", json!(["none"])));
    stack.idp.fault(
        id_token()
            .sign_with(Signing::None("none".into()))
            .omit("at_hash"),
    );
    assert_eq!(
        stack.visitor().sign_in_as("alice").await,
        Outcome::refused("id_token.alg")
    );
}

#[tokio::test]
async fn f04_the_issuer_is_compared_everywhere() {
    refused(discovery().omit("issuer"), "metadata.invalid").await;
    refused(
        discovery().set("issuer", "https://evil.example"),
        "metadata.issuer",
    )
    .await;
    refused(id_token().omit("iss"), "id_token.iss").await;
    refused(
        authorization().set("iss", "https://evil.example"),
        "callback.iss",
    )
    .await;
}

#[tokio::test]
async fn f05_a_session_can_be_ended_at_the_server() {
    let stack = Stack::start().await;
    let (mut here, mut there) = (alice_at(&stack).await, alice_at(&stack).await);
    let sub = subject(&stack);
    let ended = stack
        .auth()
        .end_sessions_of(stack.idp.issuer(), &sub)
        .await
        .unwrap();
    assert_eq!(ended, 2);
    assert_eq!((here.who().await, there.who().await), (None, None));
}

#[tokio::test]
async fn f06_cookies_are_for_this_host_over_https_alone() {
    let stack = Stack::builder()
        .origin("https://app.example.com")
        .start()
        .await;
    let mut visitor = alice_at(&stack).await;
    let mut names = visitor.cookies().names(&stack.url("/"));
    names.sort();
    assert_eq!(names, ["__Host-auth_pending", "__Host-auth_session"]);
    let plain = "http://app.example.com/".parse().unwrap();
    assert_eq!(visitor.cookies().names(&plain), [""; 0], "Secure");
}

#[tokio::test]
async fn f07_no_claim_and_no_token_is_in_a_cookie_and_no_token_readable_in_the_store() {
    let (stack, folder) = in_a_file().await;
    let mut visitor = alice_at(&stack).await;
    assert_eq!(
        session(&mut visitor, &stack).len(),
        43,
        "a random name, and nothing else"
    );
    let answer = tokens(&stack);
    let mut stored = std::fs::read(folder.path().join("s.db")).unwrap();
    stored.extend(std::fs::read(folder.path().join("s.db-wal")).unwrap_or_default());
    let holds = |needle: &str| {
        stored
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(
        holds("Alice Example"),
        "the claims are there, and so this is where to look"
    );
    for name in ["id_token", "access_token"] {
        assert!(!holds(answer[name].as_str().unwrap()), "{name}");
    }
    assert!(!holds(&session(&mut visitor, &stack)), "the cookie's value");
}

#[tokio::test]
async fn f08_a_login_is_good_once_and_in_its_browser_and_for_ten_minutes() {
    let stack = Stack::start().await;
    let (mut visitor, mut other) = (stack.visitor(), stack.visitor());
    let callback = visitor.callback_url("alice").await.unwrap();
    other.open(&callback).await.unwrap();
    assert_eq!(
        other.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
    visitor.open(&callback).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(crate::alice()));
    visitor.open(&callback).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
}

#[tokio::test]
async fn f09_pkce_whatever_the_metadata_say() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(discovery().omit("code_challenge_methods_supported"));
    alice_at(&stack).await;
    stack
        .idp
        .requests()
        .assert(mock_idp::question::Question::UsedPkceS256);
}

#[tokio::test]
async fn f10_a_link_to_the_logout_asks() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    assert!(
        visitor
            .page()
            .await
            .unwrap()
            .action(&Control::named("Log out"))
            .is_some()
    );
    assert!(visitor.who().await.is_some());
}

#[tokio::test]
async fn f11_login_callback_and_logout_are_kept_and_framed_nowhere() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let own = visitor
        .history()
        .iter()
        .filter(|hop| hop.url.origin() == stack.url("/").origin());
    let own: Vec<_> = own
        .map(|hop| (hop.url.path().to_owned(), hop.headers.clone()))
        .collect();
    assert!(own.iter().any(|(path, _)| path == "/oauth2callback"));
    for (path, headers) in own {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
    }
    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    assert_eq!(visitor.headers()["x-frame-options"], "DENY");
}

#[tokio::test]
async fn f12_a_cookie_has_no_parts_to_mix() {
    let stack = Stack::start().await;
    let (mut alices, mut bobs) = (stack.visitor(), stack.visitor());
    alices.sign_in_as("alice").await;
    bobs.sign_in_as("bob").await;
    let (one, two) = (session(&mut alices, &stack), session(&mut bobs, &stack));
    for cut in [1, 20, 30] {
        let mixed = format!("{}{}", &one[..cut], &two[cut..]);
        assert_eq!(crate::thief(&stack, &mixed).who().await, None);
    }
}

#[tokio::test]
async fn f13_no_header_says_who_somebody_is() {
    let stack = Stack::start().await;
    let mut request = client().get(stack.url("/"));
    for name in [
        "x-forwarded-user",
        "x-forwarded-email",
        "remote-user",
        "x-auth-request-user",
        "authorization",
    ] {
        request = request.header(name, "alice@example.com");
    }
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Login Required"), "{page}");
}

#[tokio::test]
async fn f14_what_is_asked_for_is_sent_and_checked() {
    let stack = asking("client_kwargs = { max_age = 60, acr_values = 'gold' }").await;
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("id_token.acr")
    );
    let asked = stack.idp.requests().to(Place::Authorization);
    let first = asked.iter().next().unwrap();
    assert_eq!(
        (first.parameter("max_age"), first.parameter("acr_values")),
        (Some("60"), Some("gold"))
    );
    let error = report(&file("client_id", "client_kwargs.timeout = 5\nclient_id"));
    assert!(
        error.contains("is for the HTTP client of Streamlit"),
        "{error}"
    );
}

#[tokio::test]
async fn f15_a_failed_login_leaves_the_session_alone() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    stack.idp.fault(token().status(500).instead());
    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor.choose_and_allow("bob").await.unwrap();
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn f16_visitors_see_nothing_of_the_inside() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(discovery().body("application/json", "{\"issuer\":"));
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    let page = visitor.page().await.unwrap().html;
    for inside in [
        ".rs",
        "panicked",
        "backtrace",
        "expected value",
        "serde",
        "127.0.0.1",
    ] {
        assert!(!page.contains(inside), "{inside}");
    }
}

#[tokio::test]
async fn f17_one_layer_gates_every_route() {
    let stack = Stack::start().await;
    let auth = stack.auth();
    let app = Router::new()
        .route("/page", get(async || "secret"))
        .route("/file.csv", get(async || "secret"))
        .fallback(async || "secret")
        .layer(auth.require_login())
        .layer(auth.layer());
    let address = served(app).await;
    for path in ["page", "file.csv", "anything/else"] {
        let answer = client()
            .get(format!("http://{address}/{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        assert!(!answer.text().await.unwrap().contains("secret"));
    }
}
