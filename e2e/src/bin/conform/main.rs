//! `conform`: a verdict on any login app.

mod arguments;
mod cases;
mod init;
mod rp;

use std::io::Write as _;
use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser as _;

/// The run is right.
const RIGHT: u8 = 0;
/// Something is wrong with the app.
const WRONG: u8 = 1;
/// There is no verdict.
const NO_VERDICT: u8 = 2;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Rp(arguments) => rp::run(&arguments).await,
        Command::Init(arguments) => init::run(&arguments).await,
        Command::Cases(arguments) => cases::list(&arguments),
        Command::Show { case } => cases::show(&case),
        Command::Schema => print(e2e::conformance::report::SCHEMA),
    };
    ExitCode::from(done.unwrap_or_else(|error| {
        say(&format!("conform: {error}"));
        NO_VERDICT
    }))
}

/// Writes to standard output, without colours where nobody sees them.
fn print(text: &str) -> Result<u8, Failure> {
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(RIGHT)
}

/// Writes a line to standard error; nobody reads it where it cannot be written.
fn say(text: &str) {
    let _nobody_reads = writeln!(anstream::stderr(), "{text}");
}
