//! A run ends where a login fails although nothing is wrong.

use std::sync::Arc;

use axum::Router;
use e2e::conformance::report::{Report, Style};
use e2e::conformance::{
    Begin, Copy, Expectations, Guard, Guests, LaunchError, Launcher, Plan, Profile, Run, Selection,
    Whoami, run,
};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use libtest_mimic::Failed;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

/// An app at which nobody can log in.
struct Closed;

impl Launcher for Closed {
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>> {
        async {
            let no_room = |error: std::io::Error| LaunchError::NoRoom(error.to_string());
            let listener = TcpListener::bind("127.0.0.1:0").await.map_err(no_room)?;
            let base = format!("http://{}", listener.local_addr().map_err(no_room)?);
            let base = Url::parse(&base).map_err(|error| LaunchError::NoRoom(error.to_string()))?;
            Ok(Copy {
                redirect_uri: base.join("/callback").unwrap_or(base.clone()).into(),
                second_redirect_uri: base.clone().into(),
                base,
                log: None,
                start: Box::new(|_| async { Ok(serve(listener)) }.boxed()),
            })
        }
        .boxed()
    }
}

fn serve(listener: TcpListener) -> Guard {
    let closed = Router::new().fallback(async || "Closed for today");
    let mut serving = JoinSet::new();
    serving.spawn(async { axum::serve(listener, closed).await });
    Box::new(serving)
}

pub(crate) fn where_nobody_can_log_in() -> Result<(), Failed> {
    let login = Begin::Path("/login".into());
    let closed = Run {
        launcher: Arc::new(Closed),
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
    let played = runtime.block_on(run(&closed, &cases, |_| {}, std::future::pending()));
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
