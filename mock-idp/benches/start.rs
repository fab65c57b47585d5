//! How long it takes from exec to the first answer.
//!
//! `cargo bench -p mock-idp --bench start -- [--check] [--runs N]`
//!
//! The provider's discovery document beside the first answer of a bare hyper program, in turns.

#[expect(dead_code, reason = "each benchmark uses its part")]
mod measure;

use std::io;
use std::process::ExitCode;
use std::time::Instant;

use measure::http::Connection;
use measure::process::Server;
use measure::table::{Limit, Row, print};
use measure::{argument, bare, flag, median};

fn main() -> io::Result<ExitCode> {
    if flag(bare::FLAG) {
        bare::serve()?;
        return Ok(ExitCode::SUCCESS);
    }
    let (mut mock, mut least, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..argument("--runs", 41) {
        let (milliseconds, _) = first_answer(Server::bare)?;
        least.push(milliseconds);
        let (milliseconds, server) = first_answer(|| Server::mock_idp(&[]))?;
        mock.push(milliseconds);
        memory.push(server.memory()?);
    }
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_mock-idp"))?.len();
    #[expect(clippy::cast_precision_loss, reason = "a size in MB to two digits")]
    let size = size as f64 / 1024.0 / 1024.0;
    let row = |what, measured, unit, limit| Row {
        what,
        measured,
        unit,
        limit,
    };
    print(&[
        row(
            "exec to 200, bare hyper program",
            median(least),
            "ms",
            Limit::None,
        ),
        row(
            "exec to 200 of discovery, mock-idp",
            median(mock),
            "ms",
            Limit::AtMost(5.0),
        ),
        row(
            "memory after that",
            median(memory),
            "MB",
            Limit::AtMost(8.0),
        ),
        row("stripped release binary", size, "MB", Limit::AtMost(12.0)),
    ])
}

/// Milliseconds from the start of a server to its first answer, and the server.
#[expect(clippy::disallowed_methods, reason = "a benchmark is about real time")]
fn first_answer(start: impl FnOnce() -> io::Result<Server>) -> io::Result<(f64, Server)> {
    let begin = Instant::now();
    let server = start()?;
    let answer = Connection::open(&server.address)?.get("/.well-known/openid-configuration")?;
    let elapsed = begin.elapsed().as_secs_f64() * 1000.0;
    if answer.status != "200" {
        return Err(io::Error::other(format!(
            "{} answered {}",
            server.address, answer.status
        )));
    }
    Ok((elapsed, server))
}
