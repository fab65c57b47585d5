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

/// What a run of these cases says of the closed app.
fn report(only: &[&str]) -> Result<Report, Failed> {
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
        only: only.iter().map(|id| (*id).to_owned()).collect(),
        skip: Vec::new(),
    };
    let cases = selection.cases()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let playing = conformance::run(&run, &cases, |_| {}, std::future::pending());
    let played = runtime.block_on(playing);
    let none = Expectations::default();
    Ok(Report::new("closed", Plan::All, cases.len(), played, &none))
}

pub(crate) fn where_nobody_can_log_in() -> Result<(), Failed> {
    let report = report(&["ses-fixation", "ses-other-user"])?;
    assert!(report.is_without_verdict() && !report.is_right);
    let text = report.terminal(Style::Plain);
    let words = "stopped after 1 of 2 cases: ses-fixation: a login fails although nothing is wrong: \
                 the app says Nobody and not alice; the login ended with: Closed for today";
    assert!(text.contains(words), "{text}");
    Ok(())
}

/// At one provider alone it may be its doing: the others are asked.
pub(crate) fn not_where_nobody_can_log_in_at_one_provider() -> Result<(), Failed> {
    let report = report(&["pq-google-rotation", "pq-google-cancel"])?;
    let text = report.terminal(Style::Plain);
    for case in ["pq-google-rotation", "pq-google-cancel"] {
        assert!(text.contains(&format!("NOT REACHED {case}")), "{text}");
    }
    assert!(text.contains("2 cases: 2 not reached"), "{text}");
    Ok(())
}
