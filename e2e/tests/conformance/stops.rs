//! A run ends where a login fails although nothing is wrong.

use std::sync::Arc;

use axum::Router;
use e2e::conformance::report::{Report, Style};
use e2e::conformance::{self, Begin, Expectations, Guests, Plan, Profile, Run, Selection, Whoami};
use libtest_mimic::Failed;

use crate::served::Served;

/// An app at which nobody can log in.
fn closed() -> Router {
    Router::new().fallback(async || "Closed for today")
}

pub(crate) fn where_nobody_can_log_in() -> Result<(), Failed> {
    let login = Begin::Path("/login".into());
    let run = Run {
        launcher: Arc::new(Served(closed)),
        guests: Guests {
            profile: Arc::new(Profile::new("closed", login, Whoami::page("/"))),
            browsers: None,
        },
        at_once: 1,
    };
    let selection = Selection {
        plan: Plan::All,
        only: vec!["ses-fixation".into(), "ses-other-user".into()],
        skip: Vec::new(),
    };
    let cases = selection.cases()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let played = runtime.block_on(conformance::run(
        &run,
        &cases,
        |_| {},
        std::future::pending(),
    ));
    let report = Report::new(
        "closed",
        Plan::All,
        cases.len(),
        played,
        &Expectations::default(),
    );
    assert!(report.is_without_verdict() && !report.is_right);
    let text = report.terminal(Style::Plain);
    let words = "stopped after 1 of 2 cases: ses-fixation: a login fails although nothing is wrong: \
                 the app says Nobody and not alice; the login ended with: Closed for today";
    assert!(text.contains(words), "{text}");
    Ok(())
}
