//! What a tenant costs, and a provider in a test.
//!
//! `cargo bench -p mock-idp --bench tenants -- [--check] [--tenants N]`, and with `--profile dev`
//! what tests have.
//!
//! Tenants are created in this process, and each has a client and answers its first discovery and
//! its first request for keys over HTTP, so that what is made when first needed counts.

#[expect(dead_code, reason = "each benchmark uses its part")]
mod measure;

use std::io;
use std::process::ExitCode;
use std::time::Instant;

use measure::http::Connection;
use measure::process::own_memory;
use measure::table::{Limit, Row, print};
use measure::{argument, median};
use mock_idp::MockIdp;

const STARTS: usize = 101;

#[expect(clippy::disallowed_methods, reason = "a benchmark is about real time")]
fn main() -> io::Result<ExitCode> {
    let count = u32::try_from(argument("--tenants", 1000)).map_err(io::Error::other)?;
    let idp = MockIdp::start();
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let begin = Instant::now();
        let another = MockIdp::start();
        starts.push(begin.elapsed().as_secs_f64() * 1000.0);
        drop(another);
    }
    let mut connection = Connection::open(&idp.address().to_string())?;
    // What every tenant shares is there before: the flavour, the starter personas, the pool's key.
    use_one(&idp, &mut connection, "first")?;
    let (before, begin) = (own_memory()?, Instant::now());
    for number in 0..count {
        idp.create_tenant(&format!("only-{number}"))
            .map_err(io::Error::other)?;
    }
    let created = begin.elapsed();
    let idle = own_memory()? - before;
    let begin = Instant::now();
    for number in 0..count {
        use_one(&idp, &mut connection, &format!("used-{number}"))?;
    }
    let in_use = begin.elapsed();
    let used = own_memory()? - before - idle;
    let each = |sum: f64| sum / f64::from(count);
    let row = |what, measured, unit, limit| Row {
        what,
        measured,
        unit,
        limit: Limit::AtMost(limit),
    };
    print(&[
        row(
            "MockIdp::start() after the first",
            median(starts),
            "ms",
            2.0,
        ),
        row("a tenant", each(created.as_secs_f64() * 1000.0), "ms", 1.0),
        row("a tenant", each(idle * 1024.0), "KB", 32.0),
        row(
            "a tenant with client, discovery and keys asked for",
            each(in_use.as_secs_f64() * 1000.0),
            "ms",
            1.0,
        ),
        row(
            "a tenant with client, discovery and keys asked for",
            each(used * 1024.0),
            "KB",
            32.0,
        ),
    ])
}

/// Creates a tenant, registers an app there, and asks what an app asks first.
fn use_one(idp: &MockIdp, connection: &mut Connection, name: &str) -> io::Result<()> {
    let tenant = idp.create_tenant(name).map_err(io::Error::other)?;
    let _client = tenant.register("http://localhost:8501/oauth2callback");
    for path in ["/.well-known/openid-configuration", "/oauth2/v3/certs"] {
        let answer = connection.get(&format!("/{name}{path}"))?;
        if answer.status != "200" {
            return Err(io::Error::other(format!(
                "{path} answered {}",
                answer.status
            )));
        }
    }
    Ok(())
}
