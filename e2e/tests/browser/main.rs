//! The whole flow in a real browser: one named test per browser and case.
//!
//! Where a browser or its driver is missing, its tests report themselves ignored with what to
//! install; with `E2E_REQUIRE=all` they fail.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod report;
mod watch;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;

use e2e::browser::{Kind, Screen, available};
use e2e::pages::provider;
use e2e::{AppPages, Browser, Control, Outcome, Person, Stack, environment, eventually};
use fantoccini::Locator;
use futures_util::FutureExt;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use mock_idp::{MockIdp, Place};
use serde_json::{Value, json};

type Case = for<'a> fn(&'a mut Browser, &'a Stack) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

const CASES: [(&str, Screen, Case); 14] = [
    ("login_and_logout", Screen::Desktop, |b, s| {
        Box::pin(login_and_logout(b, s))
    }),
    ("cancel", Screen::Desktop, |b, s| Box::pin(cancel(b, s))),
    ("keyboard_alone", Screen::Desktop, |b, s| {
        Box::pin(keyboard_alone(b, s))
    }),
    ("narrow_screen", Screen::Phone, |b, s| {
        Box::pin(narrow_screen(b, s))
    }),
    ("scripts_see_no_cookie", Screen::Desktop, |b, s| {
        Box::pin(scripts_see_no_cookie(b, s))
    }),
    ("back_after_logout", Screen::Desktop, |b, s| {
        Box::pin(back_after_logout(b, s))
    }),
    ("account_typed", Screen::Desktop, |b, s| {
        Box::pin(account_typed(b, s))
    }),
    ("logout_at_the_provider", Screen::Desktop, |b, s| {
        Box::pin(logout_at_the_provider(b, s))
    }),
    ("answer_as_a_form", Screen::Desktop, |b, s| {
        Box::pin(answer_as_a_form(b, s))
    }),
    ("watched_login", Screen::Desktop, |b, s| {
        Box::pin(watch::watched_login(b, s))
    }),
    ("watched_buttons", Screen::Desktop, |b, s| {
        Box::pin(watch::watched_buttons(b, s))
    }),
    ("watched_on_a_phone", Screen::Phone, |b, s| {
        Box::pin(watch::watched_on_a_phone(b, s))
    }),
    ("report", Screen::Desktop, |b, s| {
        Box::pin(report::report(b, s))
    }),
    ("report_on_a_phone", Screen::Phone, |b, s| {
        Box::pin(report::report_on_a_phone(b, s))
    }),
];

/// The provider that a case is about; Google, unless it needs another.
async fn stack(name: &str) -> Stack {
    let lines = match name {
        "logout_at_the_provider" => "",
        "answer_as_a_form" => "client_kwargs.response_mode = 'form_post'",
        _ => return Stack::start().await,
    };
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let add = move |secrets: String| format!("{}\n{lines}\n", secrets.trim_end());
    Stack::builder().idp(idp).secrets(add).start().await
}

fn main() -> ExitCode {
    let trials = Kind::ALL
        .into_iter()
        .flat_map(|kind| CASES.map(|(name, screen, case)| trial(kind, name, screen, case)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(kind: Kind, name: &'static str, screen: Screen, case: Case) -> Trial {
    Trial::ignorable_test(
        format!("{}::{name}", kind.name()),
        move || match available(kind) {
            Ok(()) => run(kind, name, screen, case).map(|()| Completion::Completed),
            Err(missing) if environment::everything_is_required() => Err(missing.into()),
            Err(missing) => Ok(Completion::ignored_with(missing)),
        },
    )
}

fn run(kind: Kind, name: &str, screen: Screen, case: Case) -> Result<(), Failed> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(async {
            let stack = stack(name).await;
            let label = stack.auth().providers()[0].label();
            let pages = AppPages {
                log_in: Control::named(&format!("Log in with {label}")),
                ..stack.pages()
            };
            let mut browser = Browser::start(kind, screen, pages).await?;
            let verdict = AssertUnwindSafe(case(&mut browser, &stack))
                .catch_unwind()
                .await;
            if let Err(panic) = verdict {
                let kept = browser
                    .keep_screenshot(&format!("{}-{name}", kind.name()))
                    .await;
                return Err(format!("{}\nscreenshot: {kept:?}", words_of(&*panic)).into());
            }
            browser.close().await;
            Ok(())
        })
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_default()
}

/// What a script on the page returns, once it is this.
async fn shows(browser: &Browser, script: &str, expected: Value) {
    let script = format!("return {script}");
    let mut last = Value::Null;
    let shown = eventually(async || {
        last = browser
            .client()
            .execute(&script, Vec::new())
            .await
            .unwrap_or_default();
        (last == expected).then_some(())
    });
    let is_shown = shown.await.is_some();
    assert!(is_shown, "{script}: {last} and not {expected}");
}

fn alice() -> Outcome {
    Outcome::SignedIn("Alice Example".to_owned())
}

async fn login_and_logout(browser: &mut Browser, _stack: &Stack) {
    assert_eq!(browser.who().await, None);
    assert_eq!(browser.sign_in_as("alice").await, alice());
    assert_eq!(
        browser.page().await.unwrap().texts("figcaption"),
        ["User Profile Picture"]
    );
    let drawn = "return document.querySelector('figure img').naturalWidth > 0";
    let picture = eventually(async || {
        (browser.client().execute(drawn, Vec::new()).await.unwrap() == json!(true)).then_some(())
    });
    assert!(
        picture.await.is_some(),
        "the policy of the page lets the picture through"
    );
    assert_eq!(browser.sign_out().await, Outcome::SignedOut);
    assert_eq!(browser.who().await, None);
}

/// Browsers hold a redirect after a form to the policy of the page that had it.
async fn logout_at_the_provider(browser: &mut Browser, stack: &Stack) {
    assert_eq!(browser.sign_in_as("alice").await, alice());
    browser.sign_out().await;
    ends_logged_out(browser, stack, 1).await;
    // From the page that asks, too.
    assert_eq!(browser.sign_in_as("alice").await, alice());
    browser.open(&stack.url("/auth/logout")).await.unwrap();
    browser.press(&Control::named("Log out")).await.unwrap();
    ends_logged_out(browser, stack, 2).await;
}

/// The provider's page shows its frames, and goes back to the app by itself.
async fn ends_logged_out(browser: &mut Browser, stack: &Stack, times: usize) {
    let back = eventually(async || {
        let outcome = browser.outcome().await;
        (outcome == Ok(Outcome::SignedOut)).then_some(())
    });
    assert!(back.await.is_some(), "{:?}", browser.outcome().await);
    assert_eq!(stack.idp.requests().to(Place::EndSession).len(), times);
    let requests = stack.idp.requests();
    assert!(
        requests.to(Place::EndSession).refused().is_empty(),
        "{requests}"
    );
}

/// The provider's form comes without the cookie of the login, and goes on by a page of the app.
async fn answer_as_a_form(browser: &mut Browser, stack: &Stack) {
    assert_eq!(browser.sign_in_as("alice").await, alice());
    let asked = stack.idp.requests().to(Place::Authorization);
    let asked = asked.iter().next().unwrap();
    assert_eq!(asked.parameter("response_mode"), Some("form_post"));
    assert_eq!(browser.who().await.as_deref(), Some("Alice Example"));
}

async fn cancel(browser: &mut Browser, _stack: &Stack) {
    assert_eq!(
        browser.cancel_at_consent("alice").await,
        Outcome::refused("callback.denied")
    );
    assert_eq!(browser.who().await, None);
    browser.begin_login().await.unwrap();
    browser.press(&provider::cancel()).await.unwrap();
    assert_eq!(
        browser.outcome().await,
        Ok(Outcome::refused("callback.denied")),
        "in the chooser too"
    );
}

/// Tab until the control has the focus, then Enter: nothing else.
async fn keyboard_alone(browser: &mut Browser, stack: &Stack) {
    browser.open(&stack.url("/")).await.unwrap();
    tab_to_and_enter(browser, "Log in with Google").await;
    tab_to_and_enter(browser, "alice@example.com").await;
    tab_to_and_enter(browser, "Continue").await;
    assert_eq!(browser.outcome().await, Ok(alice()));
    tab_to_and_enter(browser, "Log out").await;
    assert_eq!(browser.outcome().await, Ok(Outcome::SignedOut));
}

async fn tab_to_and_enter(browser: &Browser, words: &str) {
    const TAB: &str = "\u{E004}";
    const ENTER: &str = "\u{E007}";
    for _ in 0..30 {
        browser
            .client()
            .active_element()
            .await
            .unwrap()
            .send_keys(TAB)
            .await
            .unwrap();
        let focused = browser.client().active_element().await.unwrap();
        if focused.text().await.unwrap().contains(words)
            && focused.tag_name().await.unwrap() != "body"
        {
            assert!(
                has_a_visible_focus(browser).await,
                "{words:?} shows that it has the focus"
            );
            focused.send_keys(ENTER).await.unwrap();
            return browser.left(&focused).await.unwrap();
        }
    }
    panic!("Tab never reaches {words:?}");
}

async fn has_a_visible_focus(browser: &Browser) -> bool {
    let outlined = "const style = getComputedStyle(document.activeElement);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'";
    browser
        .client()
        .execute(outlined, Vec::new())
        .await
        .unwrap()
        == json!(true)
}

async fn narrow_screen(browser: &mut Browser, stack: &Stack) {
    browser.open(&stack.url("/")).await.unwrap();
    nothing_sticks_out(browser).await;
    browser
        .press(&Control::named("Log in with Google"))
        .await
        .unwrap();
    nothing_sticks_out(browser).await;
    browser.press(&provider::account("alice")).await.unwrap();
    nothing_sticks_out(browser).await;
    browser.press(&provider::allow()).await.unwrap();
    nothing_sticks_out(browser).await;
    browser.open(&stack.url("/auth/logout")).await.unwrap();
    nothing_sticks_out(browser).await;
    browser.open(&stack.url("/oauth2callback")).await.unwrap();
    nothing_sticks_out(browser).await;
}

async fn nothing_sticks_out(browser: &mut Browser) {
    let widths =
        "const root = document.documentElement; return [root.scrollWidth, root.clientWidth]";
    let widths = browser.client().execute(widths, Vec::new()).await.unwrap();
    let url = browser.page().await.unwrap().url;
    assert!(
        widths[0].as_f64() <= widths[1].as_f64(),
        "{url} is wider than the screen: {widths}"
    );
    assert!(
        widths[1].as_f64() < Some(520.0),
        "the screen is narrow: {widths}"
    );
}

async fn scripts_see_no_cookie(browser: &mut Browser, _stack: &Stack) {
    assert_eq!(browser.sign_in_as("alice").await, alice());
    let cookies = browser
        .client()
        .execute("return document.cookie", Vec::new())
        .await
        .unwrap();
    assert_eq!(cookies, json!(""));
    let names: Vec<_> = browser.client().get_all_cookies().await.unwrap();
    assert!(
        names.iter().any(|cookie| cookie.name() == "auth_session"),
        "there is one: {names:?}"
    );
}

async fn back_after_logout(browser: &mut Browser, _stack: &Stack) {
    assert_eq!(browser.sign_in_as("alice").await, alice());
    assert_eq!(browser.sign_out().await, Outcome::SignedOut);
    browser.client().back().await.unwrap();
    let words = browser.page().await.unwrap().words();
    assert!(
        !words.contains("Alice"),
        "nothing of Alice is kept: {words}"
    );
}

/// A browser alone chooses anybody, and a person who declines.
async fn account_typed(browser: &mut Browser, _stack: &Stack) {
    for (typed, outcome) in [
        ("bob+deny@example.com", Outcome::refused("callback.denied")),
        ("alice+noemail", alice()),
    ] {
        browser.begin_login().await.unwrap();
        let field = Locator::Css("[data-testid=account]");
        let field = browser.client().find(field).await.unwrap();
        field.send_keys(typed).await.unwrap();
        browser
            .press(&Control::test_id("use-account"))
            .await
            .unwrap();
        if browser
            .page()
            .await
            .unwrap()
            .action(&provider::allow())
            .is_some()
        {
            browser.press(&provider::allow()).await.unwrap();
        }
        assert_eq!(browser.outcome().await, Ok(outcome), "{typed}");
    }
}
