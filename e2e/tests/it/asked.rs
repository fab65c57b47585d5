//! What a secrets file asks of a provider reaches it, and is held to; and whom it lets in.

use e2e::{AppPages, Control, Outcome, Person as _, Stack, Visitor};
use mock_idp::{AutoLogin, Client, MockIdp, Place, Tenant, id_token};

use crate::alice;

const ACR: &str = "urn:mace:incommon:iap:silver";

/// The app at a provider that does all that the specification has, with these lines in the
/// provider's table.
async fn with(lines: &'static str) -> Stack {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let add = move |secrets: String| format!("{}\n{lines}\n", secrets.trim_end());
    Stack::builder().idp(idp).secrets(add).start().await
}

async fn logs_in(stack: &Stack) -> Outcome {
    let pages = AppPages {
        log_in: Control::named("Log in with plain"),
        ..stack.pages()
    };
    match Visitor::new(pages).sign_in_as("alice").await {
        // Core 5.4: the name is at UserInfo.
        Outcome::SignedIn(_) => alice(),
        other => other,
    }
}

#[tokio::test]
async fn every_parameter_reaches_the_request() {
    let stack = with(
        "client_kwargs = { scope = 'openid email', prompt = 'login', ui_locales = 'de', max_age = 60 }\n\
         authorize_params = { login_hint = 'alice', audience = 'my-api' }",
    )
    .await;
    assert_eq!(logs_in(&stack).await, alice());
    let requests = stack.idp.requests().to(Place::Authorization);
    let asked = requests.iter().next().unwrap();
    for (name, value) in [
        ("scope", "openid email"),
        ("prompt", "login"),
        ("ui_locales", "de"),
        ("max_age", "60"),
        ("login_hint", "alice"),
        ("audience", "my-api"),
    ] {
        assert_eq!(asked.parameter(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_login_that_is_too_long_ago_is_refused() {
    for (fault, reason) in [
        (id_token().shift("auth_time", -4_000), "id_token.auth_time"),
        (id_token().omit("auth_time"), "id_token.auth_time"),
    ] {
        let stack = with("client_kwargs.max_age = 3600").await;
        stack.idp.fault(fault);
        assert_eq!(logs_in(&stack).await, Outcome::refused(reason));
        stack.idp.verify();
    }
    let stack = with("client_kwargs.max_age = 3600").await;
    assert_eq!(logs_in(&stack).await, alice());
}

#[tokio::test]
async fn a_login_of_another_kind_is_refused() {
    const ASKED: &str = "client_kwargs.acr_values = 'urn:mace:incommon:iap:silver'";
    let stack = with(ASKED).await;
    assert_eq!(logs_in(&stack).await, alice());
    for fault in [id_token().set("acr", "0"), id_token().omit("acr")] {
        let stack = with(ASKED).await;
        stack.idp.fault(fault);
        assert_eq!(logs_in(&stack).await, Outcome::refused("id_token.acr"));
        stack.idp.verify();
    }
    let requests = stack.idp.requests().to(Place::Authorization);
    let asked = requests.iter().next().unwrap();
    assert_eq!(asked.parameter("acr_values"), Some(ACR));
}

#[tokio::test]
async fn the_secret_goes_where_the_file_says() {
    const BASIC: &str = "client_kwargs.token_endpoint_auth_method = 'client_secret_basic'";
    const POST: &str = "client_kwargs.token_endpoint_auth_method = 'client_secret_post'";
    for (lines, is_in_header) in [(BASIC, true), (POST, false)] {
        let stack = with(lines).await;
        assert_eq!(logs_in(&stack).await, alice(), "{lines}");
        let exchanged = stack.idp.requests().to(Place::Token);
        let request = exchanged.only();
        assert_eq!(request.header("authorization").is_some(), is_in_header);
        assert_eq!(request.parameter("client_secret").is_none(), is_in_header);
    }
}

#[tokio::test]
async fn a_client_without_a_secret_sends_none() {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let provider = Tenant::clone(&idp);
    let public = move |secrets: String| {
        let value = |key: &str| {
            let line = secrets.lines().find(|line| line.starts_with(key)).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        provider
            .register_client(Client {
                client_id: "public".into(),
                redirect_uris: vec![value("redirect_uri")],
                ..Client::default()
            })
            .unwrap();
        let lines = secrets.replace(&value("client_id"), "public");
        let lines = lines
            .lines()
            .filter(|line| !line.starts_with("client_secret"));
        let lines: Vec<_> = lines.collect();
        let none = "client_kwargs.token_endpoint_auth_method = 'none'";
        format!("{}\n{none}\n", lines.join("\n").trim_end())
    };
    let stack = Stack::builder().idp(idp).secrets(public).start().await;
    assert_eq!(logs_in(&stack).await, alice());
    let exchanged = stack.idp.requests().to(Place::Token);
    let request = exchanged.only();
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.parameter("client_secret"), None);
    assert_eq!(request.parameter("client_id"), Some("public"));
    assert!(request.parameter("code_verifier").is_some());
}

#[tokio::test]
async fn the_keys_in_auth_itself_are_a_login_without_a_name() {
    let unnamed = |secrets: String| secrets.replace("[auth.google]\n", "");
    let stack = Stack::builder().secrets(unnamed).start().await;
    let mut visitor = stack.visitor();
    visitor.open(&stack.url("/auth/login")).await.unwrap();
    let at = visitor.page().await.unwrap().url;
    let at = at.origin().ascii_serialization();
    assert_eq!(at, stack.idp.issuer());
}

#[tokio::test]
async fn whom_the_file_does_not_allow_is_sent_away_with_a_page() {
    let only_alice = |secrets: String| {
        format!(
            "{}\nallow.emails = 'alice@example.com'\n",
            secrets.trim_end()
        )
    };
    let stack = Stack::builder().secrets(only_alice).start().await;
    let mut visitor = stack.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let mut other = stack.visitor();
    let refused = Outcome::refused("user.not_allowed");
    assert_eq!(other.sign_in_as("bob").await, refused);
    assert_eq!(other.page().await.unwrap().status, Some(403));
    assert_eq!(other.who().await, None);
    // The same address, which nobody has verified.
    let unverified = id_token().set("email_verified", mock_idp::Value::Literal(false.into()));
    stack.idp.fault(unverified.once());
    assert_eq!(stack.visitor().sign_in_as("alice").await, refused);
    stack.idp.verify();
    // Who is logged in stays so.
    stack.idp.set_auto_login(AutoLogin::Persona("bob".into()));
    let login = stack.url("/auth/login/google");
    visitor.open(&login).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(refused));
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn a_domain_is_that_of_the_organisation_and_not_of_an_address() {
    let only_workspace = |secrets: String| {
        format!(
            "{}\nallow.domains = ['workspace.example', 'example.com']\n",
            secrets.trim_end()
        )
    };
    let stack = Stack::builder().secrets(only_workspace).start().await;
    // An account of the organisation, and one with an address that looks like another's.
    let outcome = stack.visitor().sign_in_as("carol").await;
    assert!(matches!(outcome, Outcome::SignedIn(_)), "{outcome:?}");
    let outcome = stack.visitor().sign_in_as("alice").await;
    assert_eq!(outcome, Outcome::refused("user.not_allowed"));
}
