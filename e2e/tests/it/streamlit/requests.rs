//! What users ask for, the first twenty.

use std::time::Duration;

use auth::{Clock, Config, User};
use axum::Router;
use axum::routing::get;
use e2e::{AppPages, Control, Outcome, Person as _, Stack, Visitor};
use mock_idp::{MockIdp, Place, id_token};
use serde_json::json;

use super::{
    asking, client, copy, file, in_a_file, many_groups, plain, seen, served, set_up, subject,
};
use crate::{alice, alice_at, session, thief};

#[tokio::test]
async fn g01_an_access_token_to_act_with() {
    let stack = set_up("expose_tokens = ['id', 'access']").await;
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);
    let token = seen(stack.auth(), &cookie, |user| {
        user.tokens().access().unwrap_or("none").to_owned()
    })
    .await;
    let userinfo = stack.idp.url(Place::UserInfo);
    let answer = client()
        .get(userinfo)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "it is good for the provider's API");
}

#[tokio::test]
async fn g02_refresh_without_a_new_login() {
    let clock = Clock::system();
    let apps = clock.clone();
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
        .auth(|auth| auth.clock(apps))
        .start()
        .await;
    let mut visitor = Visitor::new(AppPages {
        log_in: Control::named("Log in with plain"),
        ..stack.pages()
    });
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let cookie = session(&mut visitor, &stack);
    let token = |user: User| user.tokens().access().unwrap_or("none").to_owned();
    let first = seen(stack.auth(), &cookie, token).await;
    clock.advance(Duration::from_hours(1));
    stack.idp.clock().advance(Duration::from_hours(1));
    let second = seen(stack.auth(), &cookie, token).await;
    assert_ne!(first, second);
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

#[tokio::test]
async fn g03_many_groups() {
    let stack = asking("roles_claim = 'groups'").await;
    stack.idp.fault(id_token().set("groups", many_groups()));
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);
    let found = seen(stack.auth(), &cookie, |user| {
        format!("{} {}", user.roles().len(), user.has_role("group-9999"))
    })
    .await;
    assert_eq!(found, "10000 true");
}

#[tokio::test]
async fn g04_lifetimes_of_ones_own() {
    let stack = set_up("session_lifetime = '8h'\nsession_idle_timeout = '30m'").await;
    let settings = &stack.auth().config().settings;
    assert_eq!(
        (settings.session_lifetime, settings.session_idle_timeout),
        (Duration::from_hours(8), Duration::from_mins(30))
    );
    let mut visitor = alice_at(&stack).await;
    let callback = visitor
        .history()
        .iter()
        .find(|hop| hop.url.path() == "/oauth2callback")
        .unwrap();
    let cookie = callback.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("Max-Age=28800"), "{cookie}");
    assert!(visitor.who().await.is_some());
}

#[tokio::test]
async fn g05_errors_are_shown_and_cancelling_is_one() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    visitor.begin_login().await.unwrap();
    visitor.press(&Control::named("Cancel")).await.unwrap();
    let page = visitor.page().await.unwrap();
    assert!(page.words().contains("Login cancelled"), "{}", page.words());
    assert!(page.action(&Control::named("Try again")).is_some());
}

#[tokio::test]
async fn g06_back_to_the_page_one_came_from() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    visitor
        .open(&stack.url("/auth/login/google?next=/?doc=42"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(visitor.page().await.unwrap().url.query(), Some("doc=42"));
}

#[tokio::test]
async fn g07_a_logout_at_the_provider_and_control_over_it() {
    for (lines, times) in [("", 1), ("provider_logout = false", 0)] {
        let (stack, mut visitor) = plain(lines).await;
        assert_eq!(visitor.sign_in_as("alice").await, alice());
        visitor.sign_out().await;
        assert_eq!(
            stack.idp.requests().to(Place::EndSession).len(),
            times,
            "{lines}"
        );
        assert_eq!(visitor.who().await, None);
    }
}

#[tokio::test]
async fn g08_a_login_finished_at_another_replica() {
    let (stack, _folder) = in_a_file().await;
    let address = copy(&stack, |_| {}).await;
    let mut visitor = Visitor::new(stack.pages());
    let callback = visitor.callback_url("alice").await.unwrap();
    let mut visitor = visitor.resolve(&stack.url("/"), address);
    visitor.open(&callback).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
}

#[test]
fn g09_configuration_from_the_environment_and_from_code() {
    let reader = Config::reader().environment([
        ("AUTH__REDIRECT_URI", "https://app.example/oauth2callback"),
        ("AUTH__COOKIE_SECRET", "0123456789abcdef0123456789abcdef"),
        ("AUTH__GOOGLE__CLIENT_ID", "id"),
        ("AUTH__GOOGLE__CLIENT_SECRET", "s"),
        ("AUTH__GOOGLE__SERVER_METADATA_URL", super::URL),
    ]);
    let from_outside = reader.file("/nowhere/secrets.toml").unwrap();
    let google = auth::config::ProviderBuilder::default()
        .client_id("id")
        .client_secret("s")
        .server_metadata_url(super::URL);
    let from_code = Config::builder()
        .redirect_uri("https://app.example/oauth2callback")
        .cookie_secret("0123456789abcdef0123456789abcdef")
        .provider("google", google)
        .build()
        .unwrap();
    for config in [from_outside, from_code] {
        assert_eq!(config.providers[0].client_id, "id");
    }
}

#[tokio::test]
async fn g10_more_parameters() {
    let stack = asking("client_kwargs = { hd = 'example.com', ui_locales = 'de' }\nauthorize_params = { access_type = 'offline' }").await;
    alice_at(&stack).await;
    let asked = stack.idp.requests().to(Place::Authorization);
    let first = asked.iter().next().unwrap();
    for (name, value) in [
        ("hd", "example.com"),
        ("ui_locales", "de"),
        ("access_type", "offline"),
    ] {
        assert_eq!(first.parameter(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn g11_many_directories_of_microsoft() {
    let idp = MockIdp::builder().flavour("microsoft").start().unwrap();
    let stack = Stack::builder().idp(idp).start().await;
    let pages = AppPages {
        log_in: Control::named("Log in with Microsoft"),
        ..stack.pages()
    };
    let mut visitor = Visitor::new(pages);
    assert_eq!(visitor.sign_in_as("alice").await, alice());
}

#[tokio::test]
async fn g13_one_gate_for_all_pages_and_roles() {
    let stack = asking("roles_claim = 'groups'").await;
    stack
        .idp
        .fault(id_token().set("groups", json!(["staff"])).always());
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);
    let auth = stack.auth();
    let admin = Router::new()
        .route("/admin", get(async || "for admins"))
        .layer(auth.require_role("admin"));
    let staff = Router::new()
        .route("/staff", get(async || "for staff"))
        .layer(auth.require_role("staff"));
    let app = admin.merge(staff).layer(auth.layer());
    let address = served(app).await;
    for (path, status) in [("admin", 403), ("staff", 200)] {
        let request = client()
            .get(format!("http://{address}/{path}"))
            .header("cookie", format!("auth_session={cookie}"));
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
    }
}

#[test]
fn g14_the_port_is_filled_in_and_is_logged_in_is_always_there() {
    let text = file("https://app.example/", "http://localhost:{port}/");
    let config = Config::reader()
        .port(8600)
        .text(&text, "secrets.toml")
        .unwrap();
    assert_eq!(
        config.redirect_uri.as_str(),
        "http://localhost:8600/oauth2callback"
    );
    assert!(!User::anonymous().is_logged_in());
    let alice = User::insecure_signed_in("google", json!({"sub": "1", "name": "Alice"}));
    assert!(alice.is_logged_in() && alice.name() == Some("Alice"));
}

#[tokio::test]
async fn g15_several_providers_under_any_names() {
    let twice = |secrets: String| {
        let (head, google) = secrets.split_once("[auth.google]").unwrap();
        format!("{head}[auth.google]{google}\n[auth.'My Policy_2']\npreset = 'google'{google}")
    };
    let stack = Stack::builder().secrets(twice).start().await;
    let mut visitor = stack.visitor();
    visitor.open(&stack.url("/auth/login")).await.unwrap();
    let page = visitor.page().await.unwrap();
    assert_eq!(page.texts("h1"), ["Log in"], "they are asked which");
    visitor
        .open(&stack.url("/auth/login/My%20Policy_2"))
        .await
        .unwrap();
    visitor.choose_and_allow("alice").await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
}

#[tokio::test]
async fn g16_a_base_path() {
    let below = |secrets: String| {
        secrets
            .replacen("[auth]", "[auth]\nbase_path = '/app'", 1)
            .replace("/oauth2callback", "/app/oauth2callback")
    };
    let stack = Stack::builder().secrets(below).start().await;
    stack.idp.waive(mock_idp::Check::AuthorizationRedirectUri);
    let mut visitor = Visitor::new(AppPages {
        home: stack.url("/app/"),
        ..stack.pages()
    });
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    assert_eq!(
        visitor.cookies().names(&stack.url("/other")),
        [""; 0],
        "another app's path gets none of it"
    );
    assert_eq!(visitor.sign_out().await, Outcome::SignedOut);
}

#[tokio::test]
async fn g17_github_which_knows_no_openid() {
    let idp = MockIdp::builder().flavour("github").start().unwrap();
    let stack = Stack::builder().idp(idp).start().await;
    let pages = AppPages {
        log_in: Control::named("Log in with GitHub"),
        ..stack.pages()
    };
    assert_eq!(Visitor::new(pages).sign_in_as("alice").await, alice());
}

#[tokio::test]
async fn g18_a_stolen_cookie_can_be_made_worthless() {
    let stack = Stack::start().await;
    let mut visitor = alice_at(&stack).await;
    let cookie = session(&mut visitor, &stack);
    let mut thief = thief(&stack, &cookie);
    assert!(thief.who().await.is_some());
    let issuer = stack.idp.issuer().to_owned();
    let subject = subject(&stack);
    stack
        .auth()
        .end_sessions_of(&issuer, &subject)
        .await
        .unwrap();
    assert_eq!(thief.who().await, None);
}

#[tokio::test]
async fn g19_a_certification_authority_of_ones_own() {
    for is_trusted in [true, false] {
        let idp = MockIdp::builder().https().start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pem = folder.path().join("ca.pem");
        std::fs::write(&pem, idp.ca_certificate().unwrap()).unwrap();
        let line = if is_trusted {
            format!("[auth]\nca_file = '{}'", pem.display())
        } else {
            "[auth]".to_owned()
        };
        let stack = Stack::builder()
            .idp(idp)
            .secrets(move |secrets| secrets.replacen("[auth]", &line, 1))
            .start()
            .await;
        let answer = client()
            .get(stack.url("/auth/login/google"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), if is_trusted { 303 } else { 502 });
    }
}

#[tokio::test]
async fn g20_a_login_without_a_page() {
    let twice = |secrets: String| {
        let (head, plain) = secrets.split_once("[auth.plain]").unwrap();
        format!("{head}[auth.plain]{plain}\n[auth.silent]{plain}\nclient_kwargs.prompt = 'none'\n")
    };
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let stack = Stack::builder().idp(idp).secrets(twice).start().await;
    let mut visitor = Visitor::new(AppPages {
        log_in: Control::named("Log in with plain"),
        ..stack.pages()
    });
    let silent = stack.url("/auth/login/silent");
    visitor.open(&silent).await.unwrap();
    let outcome = visitor.outcome().await;
    assert_eq!(
        outcome,
        Ok(Outcome::refused("callback.error")),
        "nobody is logged in there"
    );
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    visitor.open(&silent).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
    let pages = visitor.history().iter().filter(|hop| hop.status == 200);
    assert_eq!(pages.count(), 1, "no page of the provider's was shown");
}

#[test]
fn the_rows_that_have_no_test_are_these() {
    // e53: there is no library that could be missing. g12: a proxy's header is no identity here.
    let rows = [
        include_str!("configuration_failures.rs"),
        include_str!("login_failures.rs"),
        include_str!("session_failures.rs"),
        include_str!("weaknesses.rs"),
        include_str!("requests.rs"),
    ]
    .concat();
    let missing = |letter: char, count: u32| -> Vec<u32> {
        let has = |number: &u32| rows.contains(&format!("fn {letter}{number:02}_"));
        (1..=count).filter(|number| !has(number)).collect()
    };
    assert_eq!(
        (missing('e', 54), missing('f', 17), missing('g', 20)),
        (vec![53], vec![], vec![12])
    );
}
