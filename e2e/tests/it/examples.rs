//! The examples of `auth`, each driven as its users would.

use e2e::{Outcome, Person as _, Stack, Visitor};
use mock_idp::{MockIdp, id_token, token};
use serde_json::{Value, json};

#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../../../auth/examples/api_with_roles.rs"]
mod api_with_roles;
#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../../../auth/examples/one_provider.rs"]
mod one_provider;
#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../../../auth/examples/own_pages.rs"]
mod own_pages;
#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../../../auth/examples/redis_sessions.rs"]
mod redis_sessions;
#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../../../auth/examples/refresh.rs"]
mod refresh;
#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../../../auth/examples/several_providers.rs"]
mod several_providers;

/// Goes to a page of the app, logs in where it leads, and reads what is there.
async fn read(visitor: &mut Visitor, stack: &Stack, path: &str) -> String {
    visitor.open(&stack.url(path)).await.unwrap();
    visitor.page().await.unwrap().words()
}

async fn log_in_to_read(visitor: &mut Visitor, stack: &Stack, path: &str, persona: &str) -> String {
    visitor.open(&stack.url(path)).await.unwrap();
    visitor.choose_and_allow(persona).await.unwrap();
    visitor.page().await.unwrap().words()
}

#[tokio::test]
async fn one_provider() {
    let stack = Stack::builder()
        .app(|auth| one_provider::app(auth.clone()))
        .start()
        .await;
    let mut visitor = stack.visitor();
    let words = log_in_to_read(&mut visitor, &stack, "/", "alice").await;
    assert_eq!(words, "Welcome, Alice Example! Log out at /auth/logout");
}

#[tokio::test]
async fn several_providers() {
    let twice = |secrets: String| {
        let (head, google) = secrets.split_once("[auth.google]").unwrap();
        format!("{head}[auth.google]{google}\n[auth.work]{google}")
    };
    let stack = Stack::builder()
        .secrets(twice)
        .app(several_providers::app)
        .start()
        .await;
    let mut visitor = stack.visitor();
    assert_eq!(
        read(&mut visitor, &stack, "/").await,
        "Everybody may read this."
    );
    let words = read(&mut visitor, &stack, "/members").await;
    assert!(
        words.contains("Choose the account to log in with"),
        "{words}"
    );
    visitor
        .press(&e2e::Control::named("Log in with work"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    let page = visitor.page().await.unwrap();
    assert_eq!(
        (page.url.path(), page.words().as_str()),
        ("/members", "Alice Example of work")
    );
}

#[tokio::test]
async fn api_with_roles() {
    let add = |secrets: String| format!("{}\nroles_claim = 'groups'\n", secrets.trim_end());
    let stack = Stack::builder()
        .secrets(add)
        .app(api_with_roles::app)
        .start()
        .await;
    let mut visitor = stack.visitor();
    stack.idp.fault(id_token().set("groups", json!(["staff"])));
    let me = log_in_to_read(&mut visitor, &stack, "/api/me", "alice").await;
    let me: Value = serde_json::from_str(&me).unwrap();
    assert_eq!(
        (&me["roles"], &me["email"]),
        (&json!(["staff"]), &json!("alice@example.com"))
    );
    read(&mut visitor, &stack, "/api/admin").await;
    assert_eq!(visitor.status(), 403);
    stack.idp.fault(id_token().set("groups", json!(["admin"])));
    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(
        read(&mut visitor, &stack, "/api/admin").await,
        r#"{"users":7}"#
    );
}

#[tokio::test]
async fn sessions() {
    let stack = Stack::builder()
        .app(|auth| redis_sessions::app(auth.clone()))
        .start()
        .await;
    let (mut here, mut there) = (stack.visitor(), stack.visitor());
    log_in_to_read(&mut there, &stack, "/sessions", "alice").await;
    let listed = log_in_to_read(&mut here, &stack, "/sessions", "alice").await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 2);
    let url = stack.url("/sessions");
    here.send_form(&url, &url, &[("csrf_token", "x")])
        .await
        .unwrap();
    assert_eq!(here.status(), 403);
    let token = listed["csrf_token"].as_str().unwrap();
    here.send_form(&url, &url, &[("csrf_token", token)])
        .await
        .unwrap();
    assert_eq!(here.page().await.unwrap().words(), "1 ended");
    there.open(&url).await.unwrap();
    let page = there.page().await.unwrap();
    assert!(
        page.url.as_str().starts_with(stack.idp.issuer()),
        "{}",
        page.url
    );
}

#[tokio::test]
async fn refresh() {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let add = |secrets: String| {
        let secrets = secrets.replacen("[auth]", "[auth]\nexpose_tokens = 'access'", 1);
        format!(
            "{secrets}client_kwargs = {{ scope = 'openid profile email offline_access', prompt = 'consent' }}\n"
        )
    };
    let stack = Stack::builder()
        .idp(idp)
        .secrets(add)
        .app(|auth| refresh::app(auth.clone()))
        .start()
        .await;
    let mut visitor = stack.visitor();
    stack
        .idp
        .fault(token().set("expires_in", 1).on_refresh(false));
    let first = log_in_to_read(&mut visitor, &stack, "/call", "alice").await;
    assert!(first.starts_with("Authorization: Bearer "), "{first}");
    stack
        .idp
        .fault(id_token().set("name", "Alice Married").on_refresh(true));
    assert_eq!(read(&mut visitor, &stack, "/name").await, "Alice Married");
    assert_ne!(read(&mut visitor, &stack, "/call").await, first);
}

#[tokio::test]
async fn own_pages() {
    let accounts = own_pages::Accounts::default();
    let (kept, shown) = (accounts.clone(), accounts);
    let stack = Stack::builder()
        .auth(|auth| own_pages::with_pages(auth, kept))
        .app(|auth| own_pages::app(auth, shown))
        .start()
        .await;
    let mut visitor = stack.visitor();
    for persona in ["alice", "bob", "alice"] {
        visitor
            .open(&stack.url("/auth/login/google?next=/accounts"))
            .await
            .unwrap();
        visitor.choose_and_allow(persona).await.unwrap();
    }
    assert_eq!(visitor.page().await.unwrap().words(), "2 accounts");
    stack.idp.fault(id_token().set("aud", "other"));
    visitor
        .open(&stack.url("/auth/login/google"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("id_token.aud"))
    );
    let page = visitor.page().await.unwrap();
    assert_eq!(
        page.texts("h1"),
        ["Oh dear: This login could not be verified"]
    );
}
