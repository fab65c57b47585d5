//! Every case against jarvis: one named test each.

mod command_line;
mod desk;
mod forms;
mod init;
mod jarvis;
mod served;
mod stops;

use std::process::ExitCode;
use std::sync::Arc;

use e2e::browser::{Kind, available};
use e2e::conformance::{Case, Guests, Outcome, Profile, Run, cases, run_one};
use e2e::environment;
use jarvis::Jarvis;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// What jarvis may get wrong, and why. A row that it gets right does not belong here.
const MAY_BE_WRONG: &[(&str, &str)] = &[(
    "jwks-x5c-mismatch",
    "it takes a key's numbers from n and e, and never looks at the certificate beside them",
)];
/// So many cases are played at once.
const AT_ONCE: usize = 6;
const PROFILE: &str = include_str!("../../apps/jarvis.toml");

fn main() -> ExitCode {
    // As an app of its own, for a kit that starts apps by their commands.
    if std::env::args().nth(1).as_deref() == Some(desk::SERVE) {
        return desk::serve();
    }
    let mut trials: Vec<_> = cases::all().map(trial).collect();
    trials.extend(command_line::trials());
    trials.extend(init::trials());
    trials.push(Trial::test(
        "stops::where_nobody_can_log_in",
        stops::where_nobody_can_log_in,
    ));
    trials.push(Trial::test(
        "stops::not_where_nobody_can_log_in_at_one_provider",
        stops::not_where_nobody_can_log_in_at_one_provider,
    ));
    trials.push(Trial::test("forms::are_filled_in", || {
        forms::is_filled_in(None)
    }));
    for kind in Kind::ALL {
        let name = format!("forms::are_filled_in_{}", kind.name());
        trials.push(in_browser(name, kind, forms::is_filled_in));
    }
    let mut arguments = Arguments::from_args();
    // Some cases wait for the time limits of an app, and need no processor meanwhile.
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(case: &'static Case) -> Trial {
    Trial::ignorable_test(format!("jarvis::{}", case.id), move || played(case))
}

/// A trial that needs a browser.
fn in_browser(
    name: String,
    kind: Kind,
    test: impl FnOnce(Option<Kind>) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    Trial::ignorable_test(name, move || match available(kind) {
        Ok(()) => test(Some(kind)).map(|()| Completion::Completed),
        Err(missing) if environment::everything_is_required() => Err(missing.into()),
        Err(missing) => Ok(Completion::ignored_with(missing)),
    })
}

fn played(case: &'static Case) -> Result<Completion, Failed> {
    let run = Run {
        launcher: Arc::new(Jarvis),
        guests: Guests {
            profile: Arc::new(Profile::from_toml(PROFILE, "jarvis.toml")?),
            browsers: None,
        },
        at_once: 1,
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let verdict = runtime.enable_all().build()?.block_on(run_one(&run, case));
    let may_be_wrong = MAY_BE_WRONG.iter().any(|(id, _)| *id == case.id);
    match verdict.outcome {
        Outcome::Warning(_) if may_be_wrong => Ok(Completion::Completed),
        Outcome::Passed if may_be_wrong => {
            Err("it is right, and listed as what may be wrong".into())
        }
        Outcome::Passed | Outcome::Reported(_) => Ok(Completion::Completed),
        Outcome::NotApplicable(words) => Ok(Completion::ignored_with(words)),
        wrong => {
            let flow = verdict.evidence.flow.unwrap_or_default();
            Err(format!("{}\n{wrong}\n\n{flow}", case.does).into())
        }
    }
}
