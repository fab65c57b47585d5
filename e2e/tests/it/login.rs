//! Logins that go well, and what each page shows on the way.

use e2e::{Control, Outcome, Person, Stack, pages::provider};
use mock_idp::{AutoLogin, Place, authorization, id_token};

use crate::{alice, alice_at};

#[tokio::test]
async fn a_visitor_logs_in_by_hand() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();

    visitor.open(&stack.url("/")).await.unwrap();
    let page = visitor.page().await.unwrap();
    assert_eq!(page.status, Some(200));
    assert_eq!(page.texts("h1"), ["Login Required"]);

    visitor
        .press(&Control::named("Log in with Google"))
        .await
        .unwrap();
    let chooser = visitor.page().await.unwrap();
    assert_eq!(
        chooser.url.origin().ascii_serialization(),
        stack.idp.issuer()
    );
    assert!(
        chooser.words().contains("alice@example.com"),
        "{}",
        chooser.words()
    );

    visitor.press(&provider::account("alice")).await.unwrap();
    let consent = visitor.page().await.unwrap();
    assert!(
        consent.action(&provider::allow()).is_some()
            && consent.action(&provider::cancel()).is_some()
    );

    visitor.press(&provider::allow()).await.unwrap();
    let welcome = visitor.page().await.unwrap();
    assert_eq!(
        welcome.url,
        stack.url("/"),
        "no code and no state stay in the address bar"
    );
    assert_eq!(welcome.texts("h1"), ["Welcome, Alice Example!"]);
    assert_eq!(welcome.texts("figcaption"), ["User Profile Picture"]);
    let picture = welcome.attribute("figure img", "src").expect("a picture");
    assert!(picture.starts_with(stack.idp.issuer()), "{picture}");
}

#[tokio::test]
async fn the_picture_is_there() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let picture = visitor
        .page()
        .await
        .unwrap()
        .attribute("figure img", "src")
        .unwrap();
    visitor.open(&picture.parse().unwrap()).await.unwrap();
    assert_eq!(visitor.status(), 200);
    assert_eq!(visitor.headers()["content-type"], "image/svg+xml");
}

#[tokio::test]
async fn the_request_to_the_provider_is_the_documented_one() {
    let stack = Stack::start().await;
    stack.visitor().sign_in_as("alice").await;

    let authorization = stack.idp.requests().to(Place::Authorization).only().clone();
    let parameter = |name: &str| {
        let values: Vec<_> = authorization
            .query
            .iter()
            .filter(|(n, _)| *n == name)
            .map(|(_, v)| v)
            .collect();
        assert!(values.len() <= 1, "{name} stands more than once");
        values.first().copied().unwrap_or_default().to_owned()
    };
    assert_eq!(parameter("response_type"), "code");
    assert_eq!(parameter("scope"), "openid email profile");
    assert_eq!(parameter("prompt"), "select_account");
    assert_eq!(
        parameter("redirect_uri"),
        stack.url("/oauth2callback").as_str()
    );
    assert_eq!(parameter("code_challenge_method"), "S256");
    assert_eq!(parameter("code_challenge").len(), 43);
    assert!(
        parameter("state").len() >= 22 && parameter("nonce").len() >= 22,
        "128 bits of each"
    );
    assert_ne!(parameter("state"), parameter("nonce"));

    let token = stack.idp.requests().to(Place::Token).only().clone();
    let basic = token
        .headers
        .get("authorization")
        .expect("client_secret_basic")
        .to_str()
        .unwrap();
    assert!(basic.starts_with("Basic "), "{basic}");
    assert!(token.query.is_empty(), "no secret, no code in a URL");
    assert!(
        token
            .form
            .iter()
            .any(|(name, value)| name == "code_verifier" && value.len() >= 43)
    );
}

#[tokio::test]
async fn every_login_has_a_state_nonce_and_verifier_of_its_own() {
    let stack = Stack::start().await;
    for persona in ["alice", "bob", "alice"] {
        stack.visitor().sign_in_as(persona).await;
    }
    let requests = stack.idp.requests().to(Place::Authorization);
    for name in ["state", "nonce", "code_challenge"] {
        let mut values: Vec<_> = requests
            .iter()
            .flat_map(|exchange| exchange.query.iter())
            .filter(|(parameter, _)| *parameter == name)
            .collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 3, "{name}");
    }
}

#[tokio::test]
async fn both_urls_begin_a_login() {
    for path in ["/auth/login/google", "/auth/login?provider=google"] {
        let stack = Stack::start().await;
        stack.idp.set_auto_login(AutoLogin::Persona("bob".into()));
        let mut visitor = stack.visitor();
        visitor.open(&stack.url(path)).await.unwrap();
        assert_eq!(
            visitor.outcome().await,
            Ok(Outcome::SignedIn("Bob Sample".into())),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_provider_that_is_not_configured_is_not_found() {
    let stack = Stack::start().await;
    for path in [
        "/auth/login/nobody",
        "/auth/login?provider=nobody",
        "/auth/login/%3Cscript%3E",
    ] {
        let mut visitor = stack.visitor();
        visitor.open(&stack.url(path)).await.unwrap();
        assert_eq!(
            visitor.outcome().await,
            Ok(Outcome::refused("provider.unknown")),
            "{path}"
        );
        assert_eq!(visitor.status(), 404, "{path}");
        assert!(
            !visitor.page().await.unwrap().html.contains("<script"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_cancelled_login_says_so_and_offers_another_try() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    assert_eq!(
        visitor.cancel_at_consent("alice").await,
        Outcome::refused("callback.denied")
    );
    let page = visitor.page().await.unwrap();
    assert_eq!(page.status, Some(400));
    let again = page
        .attribute("main a[href^='/auth/login']", "href")
        .expect("another try");
    visitor.open(&stack.url(&again)).await.unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
}

#[tokio::test]
async fn consent_is_asked_for_once() {
    let stack = Stack::start().await;
    stack.visitor().sign_in_as("alice").await;
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    visitor.press(&provider::account("alice")).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(alice()),
        "no consent page the second time"
    );
}

#[tokio::test]
async fn discovery_and_keys_are_fetched_once_for_many_logins() {
    let stack = Stack::start().await;
    for _ in 0..3 {
        assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    }
    assert_eq!(stack.idp.requests().to(Place::Discovery).len(), 1);
    assert_eq!(stack.idp.requests().to(Place::Jwks).len(), 1);
}

#[tokio::test]
async fn a_new_key_between_two_logins_is_fetched() {
    let stack = Stack::start().await;
    assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    stack.idp.keys().rotate();
    assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    assert_eq!(stack.idp.requests().to(Place::Jwks).len(), 2);
}

#[tokio::test]
async fn keys_are_fetched_once_for_an_unknown_kid_and_not_again_at_once() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(mock_idp::id_token_header().set("kid", "nobody"));
    for _ in 0..3 {
        assert_eq!(
            stack.visitor().sign_in_as("alice").await,
            Outcome::refused("id_token.kid")
        );
    }
    assert!(
        stack.idp.requests().to(Place::Jwks).len() <= 2,
        "garbage does not hammer the provider"
    );
}

#[tokio::test]
async fn a_user_without_name_or_picture_is_welcome() {
    let never = |secrets: String| format!("{secrets}\nuserinfo = 'never'\n");
    let stack = Stack::builder().secrets(never).start().await;
    let nameless = ["name", "given_name", "family_name", "picture"];
    stack.idp.fault(
        nameless
            .iter()
            .fold(id_token(), |fault, claim| fault.omit(*claim)),
    );
    let outcome = stack.visitor().sign_in_as("alice").await;
    assert_eq!(outcome, Outcome::SignedIn("alice@example.com".into()));
}

#[tokio::test]
async fn html_in_a_name_stays_text() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(id_token().set("name", "<b>Al</b> & \"ice\""));
    let mut visitor = stack.visitor();
    let outcome = visitor.sign_in_as("alice").await;
    assert_eq!(outcome, Outcome::SignedIn("<b>Al</b> & \"ice\"".into()));
    assert!(visitor.page().await.unwrap().texts("h1 b").is_empty());
}

#[tokio::test]
async fn a_picture_that_is_no_web_address_is_not_shown() {
    let stack = Stack::start().await;
    stack
        .idp
        .fault(id_token().set("picture", "javascript:alert(1)"));
    let mut visitor = stack.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    assert_eq!(visitor.page().await.unwrap().attribute("img", "src"), None);
}

#[tokio::test]
async fn an_issuer_without_response_parameter_is_fine_where_none_is_promised() {
    // RFC 9207 2.4: `iss` has to be there only where the metadata says so.
    let stack = Stack::start().await;
    stack
        .idp
        .fault(mock_idp::discovery().omit("authorization_response_iss_parameter_supported"));
    stack.idp.fault(authorization().omit("iss"));
    assert_eq!(stack.visitor().sign_in_as("alice").await, alice());
    stack.idp.verify();
}
