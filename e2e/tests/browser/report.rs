//! A report of the conformance kit, as somebody reads it who was sent it.

use e2e::conformance::report::Report;
use e2e::conformance::{self, Evidence, Expectations, Outcome, Plan, Played, Verdict};
use e2e::{Browser, Person as _, Stack};
use fantoccini::Locator;
use mock_idp::AutoLogin;
use mock_idp::drawing::Drawing;
use serde_json::json;
use tempfile::TempDir;

use crate::shows;

/// A report of three cases, one of them wrong, in a file.
async fn written(stack: &Stack) -> (TempDir, url::Url) {
    stack.idp.set_auto_login(AutoLogin::Persona("alice".into()));
    stack.visitor().sign_in_as("alice").await;
    let verdict = |id: &str, outcome: Outcome| Verdict {
        case: conformance::cases::find(id).unwrap(),
        outcome,
        evidence: Evidence {
            drawing: Drawing::of(&stack.idp.requests()),
            ..Evidence::default()
        },
        milliseconds: 12,
    };
    let played = Played {
        verdicts: vec![
            verdict("jws-alg-none", Outcome::Failed("alice is logged in".into())),
            verdict(
                "jwks-x5c-mismatch",
                Outcome::Warning("alice is logged in".into()),
            ),
            verdict("disc-issuer-mismatch", Outcome::Passed),
        ],
        stopped: None,
    };
    let report = Report::new("shop", Plan::All, 3, played, &Expectations::default());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, report.html(None)).unwrap();
    (folder, url::Url::from_file_path(file).unwrap())
}

const SHOWN: &str =
    "[...document.querySelectorAll('.case')].filter(it => it.checkVisibility()).map(it => it.id)";

pub(crate) async fn report(browser: &mut Browser, stack: &Stack) {
    let (_folder, url) = written(stack).await;
    browser.open(&url).await.unwrap();
    let verdict = "document.querySelector('[data-testid=verdict]').textContent.trim()";
    shows(browser, verdict, json!("1 of 3 cases went wrong")).await;
    let all = json!([
        "case-jws-alg-none",
        "case-jwks-x5c-mismatch",
        "case-disc-issuer-mismatch"
    ]);
    shows(browser, SHOWN, all).await;
    let open = "[...document.querySelectorAll('.case')].map(it => it.open)";
    shows(browser, open, json!([true, false, false])).await;

    let search = browser
        .client()
        .find(Locator::Css("input[type=search]"))
        .await
        .unwrap();
    search.send_keys("x5c").await.unwrap();
    shows(browser, SHOWN, json!(["case-jwks-x5c-mismatch"])).await;
    let status = "document.getElementById('shown').textContent";
    shows(browser, status, json!("1 of 3 cases")).await;
    search.clear().await.unwrap();
    let outcome = browser
        .client()
        .find(Locator::Css("select[name=outcome]"))
        .await
        .unwrap();
    outcome.select_by_value("passed").await.unwrap();
    shows(browser, SHOWN, json!(["case-disc-issuer-mismatch"])).await;

    // A link to a case shows it, whatever the filter.
    let mut case = url.clone();
    case.set_fragment(Some("case-jwks-x5c-mismatch"));
    browser.open(&case).await.unwrap();
    let is_open = "document.getElementById('case-jwks-x5c-mismatch').open";
    shows(browser, is_open, json!(true)).await;
    let words = "document.querySelector('#case-jwks-x5c-mismatch svg').getBoundingClientRect().height > 100";
    shows(browser, words, json!(true)).await;
    let broken = "performance.getEntriesByType('resource').length";
    shows(browser, broken, json!(0)).await;
}

pub(crate) async fn report_on_a_phone(browser: &mut Browser, stack: &Stack) {
    let (_folder, url) = written(stack).await;
    browser.open(&url).await.unwrap();
    let fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    shows(browser, fits, json!(true)).await;
}
