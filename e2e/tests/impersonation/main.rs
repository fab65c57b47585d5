//! Apps with their configuration of production, at the real addresses of Google, offline.

mod front;
mod jarvis;
mod libraries;

use std::process::ExitCode;

use e2e::browser::{Kind, available, can_trust};
use e2e::environment;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

fn main() -> ExitCode {
    // As the app itself, with an environment of its own.
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(jarvis::SERVE) {
        return jarvis::serve(&arguments.collect::<Vec<_>>());
    }
    let mut trials = vec![
        Trial::test("http::production_configuration", jarvis::over_http),
        Trial::test("http::every_provider", jarvis::at_every_provider),
        Trial::test("http::quirk_5_two_spellings", jarvis::quirk_5_two_spellings),
        Trial::test("http::without_the_authority", jarvis::without_the_authority),
    ];
    for kind in Kind::ALL {
        let name = format!("{}::production_configuration", kind.name());
        trials.push(where_there_is(
            name,
            move || {
                available(kind)
                    .and_then(|()| can_trust())
                    .map_err(|missing| missing.to_string())
            },
            move || jarvis::in_a_browser(kind),
        ));
    }
    for library in libraries::ALL {
        let name = format!("{}::logs_in_and_verifies", library.name);
        trials.push(where_there_is(
            name,
            || library.is_there(),
            || library.logs_in(),
        ));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A trial that needs something of the machine: ignored without it, unless everything is required.
fn where_there_is(
    name: String,
    is_there: impl FnOnce() -> Result<(), String> + Send + 'static,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    Trial::ignorable_test(name, move || match is_there() {
        Ok(()) => test().map(|()| Completion::Completed),
        Err(missing) if environment::everything_is_required() => Err(missing.into()),
        Err(missing) => Ok(Completion::ignored_with(missing)),
    })
}
