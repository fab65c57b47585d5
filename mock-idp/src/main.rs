//! `mock-idp`: serves a provider until it is stopped.

mod command_line;
mod introduction;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use mock_idp::{MockIdp, StartError};

use command_line::{CommandLine, Serve, Task};

/// What the command line or the configuration got wrong; clap exits with the same code.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let done = match CommandLine::parse().task() {
        Task::Serve(serve) => run(&serve),
        Task::ListFlavours {
            with_unverified,
            with_sources,
        } => list_flavours(with_unverified, with_sources),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "{}", in_front(&error.to_string()));
            ExitCode::from(USAGE)
        }
    }
}

/// Every line of a report, with the program's name in front.
fn in_front(report: &str) -> String {
    let lines: Vec<String> = report
        .lines()
        .map(|line| format!("mock-idp: {line}"))
        .collect();
    lines.join("\n")
}

/// The names, a line each; the newest of a provider is meant by its name alone.
fn list_flavours(with_unverified: bool, with_sources: bool) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for flavour in mock_idp::flavours() {
        let newest = if flavour.is_newest { "  (newest)" } else { "" };
        writeln!(out, "{}{newest}", flavour.name)?;
        let unverified = flavour.unverified.iter().filter(|_| with_unverified);
        let unverified = unverified.map(|(value, known)| format!("{value}: {known}"));
        let sources = flavour.sources.iter().filter(|_| with_sources);
        let sources = sources.map(|(section, source)| format!("{section}: {source}"));
        for line in unverified.chain(sources) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn run(serve: &Serve) -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(serve.log)
        .init();
    let config = serve.config()?;
    let clients = config.clients.clone();
    // Signals are caught before anybody can know that the provider is there.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let stopped = runtime.block_on(async { stop_signal() })?;
    let mut builder = MockIdp::builder()
        .config(config)
        .host(serve.host)
        .port(serve.port);
    if let Some(issuer) = &serve.issuer {
        builder = builder.issuer(issuer);
    }
    #[cfg(feature = "tls")]
    if serve.https {
        builder = builder.https();
    }
    if serve.issuer_from_host {
        builder = builder.issuer_from_host();
    }
    if let Some(url) = &serve.back_channel {
        builder = builder.back_channel(url);
    }
    if let Some(token) = &serve.control_token {
        builder = builder.control_token(token);
    }
    let idp = builder.start().map_err(in_words)?;
    #[cfg(feature = "tls")]
    if let (Some(file), Some(certificate)) = (&serve.ca_out, idp.ca_certificate()) {
        let written = std::fs::write(file, certificate);
        written.map_err(|error| format!("--ca-out {}: {error}", file.display()))?;
    }
    if let Some(warning) = introduction::warning(serve.host) {
        writeln!(io::stderr(), "{warning}")?;
    }
    writeln!(io::stdout(), "{}", idp.root())?;
    io::stdout().flush()?;
    writeln!(
        io::stderr(),
        "{}",
        introduction::introduction(&idp, &clients)
    )?;
    runtime.block_on(stopped);
    drop(idp);
    Ok(())
}

/// Why there is no provider, and what to do about a port that somebody else has.
fn in_words(error: StartError) -> Box<dyn Error> {
    match &error {
        StartError::Bind { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
            let port = address.port();
            let way_out = "choose another with --port, or a free one with --port 0";
            format!("port {port} of {} is taken; {way_out}", address.ip()).into()
        }
        _ => error.into(),
    }
}

/// Resolves at Ctrl-C, or when the system asks the program to end.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler there is nothing to wait for: the system ends the program by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
