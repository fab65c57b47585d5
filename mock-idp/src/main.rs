//! `mock-idp`: serves a provider until it is stopped.

mod command_line;
#[cfg(feature = "tls")]
mod environment;
mod introduction;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
#[cfg(feature = "tls")]
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser as _;
use mock_idp::{Builder, Config, MockIdp, Remote, StartError};

#[cfg(feature = "tls")]
use command_line::Impersonate;
use command_line::{CommandLine, ConfigToCheck, MintToken, Provider, Serve, Task};

/// What the command line or the configuration got wrong; clap exits with the same code.
const USAGE: u8 = 2;

/// What a provider that runs refused, or that there is none. Docker reads it as "unhealthy".
const REFUSED: u8 = 1;

fn main() -> ExitCode {
    let task = CommandLine::parse().task();
    let code = match task {
        Task::Mint(_) | Task::CheckHealth(_) => REFUSED,
        _ => USAGE,
    };
    match do_it(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "{}", in_front(&error.to_string()));
            ExitCode::from(code)
        }
    }
}

fn do_it(task: Task) -> Result<(), Box<dyn Error>> {
    match task {
        Task::Serve(serve) => run(&serve),
        #[cfg(feature = "tls")]
        Task::Impersonate(asked) => impersonate(&asked),
        Task::Mint(asked) => mint(&asked),
        Task::CheckConfig(asked) => check_config(&asked),
        Task::CheckHealth(asked) => Ok(Remote::check_health(&asked.url)?),
        Task::ListFlavours {
            with_unverified,
            with_sources,
        } => list_flavours(with_unverified, with_sources),
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

fn mint(asked: &MintToken) -> Result<(), Box<dyn Error>> {
    let url = &asked.running.url;
    let idp = match &asked.control.control_token {
        Some(token) => Remote::connect_with_token(url, token)?,
        None => Remote::connect(url)?,
    };
    writeln!(io::stdout(), "{}", idp.try_mint(asked.mint())?)?;
    Ok(())
}

/// Whatever is wrong with a configuration shows at the latest when somebody is served with it.
fn check_config(asked: &ConfigToCheck) -> Result<(), Box<dyn Error>> {
    let config = Config::from_file(&asked.file)?;
    let idp = MockIdp::builder().config(config).start()?;
    let clients: Vec<String> = idp
        .clients()
        .iter()
        .map(|it| it.client_id.clone())
        .collect();
    let personas: Vec<String> = idp.personas().iter().map(|it| it.id.clone()).collect();
    let mut out = io::stdout().lock();
    writeln!(out, "flavour   {}", idp.flavour_name())?;
    writeln!(out, "clients   {}", clients.join(", "))?;
    writeln!(out, "personas  {}", personas.join(", "))?;
    Ok(())
}

fn run(serve: &Serve) -> Result<(), Box<dyn Error>> {
    let mut builder = MockIdp::builder().config(serve.config()?);
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
    run_until_stopped(&serve.provider, builder, |idp| {
        #[cfg(feature = "tls")]
        if let (Some(file), Some(certificate)) = (&serve.ca_out, idp.ca_certificate()) {
            write_out("--ca-out", file, certificate)?;
        }
        Ok((idp.root().to_owned(), String::new()))
    })
}

#[cfg(feature = "tls")]
fn impersonate(asked: &Impersonate) -> Result<(), Box<dyn Error>> {
    if let Some(program) = asked.env {
        let proxy = SocketAddr::new(asked.provider.host, asked.proxy_port);
        let ca = std::path::absolute(&asked.ca_out)?;
        writeln!(io::stdout(), "{}", environment::of(program, proxy, &ca))?;
        return Ok(());
    }
    let mut builder = MockIdp::builder()
        .config(asked.config()?)
        .proxy_port(asked.proxy_port);
    if let Some(port) = asked.https_port {
        builder = builder.real_https_port(port);
    }
    run_until_stopped(&asked.provider, builder, |idp| {
        let certificate = idp.ca_certificate().unwrap_or_default();
        write_out("--ca-out", &asked.ca_out, certificate)?;
        if let Some(file) = &asked.ca_key_out {
            write_out("--ca-key-out", file, idp.ca_key().unwrap_or_default())?;
        }
        let proxy = idp.proxy().unwrap_or_default();
        let ca = asked.ca_out.display();
        let words = introduction::impersonating(idp, &proxy, &ca.to_string());
        Ok((proxy, words))
    })
}

#[cfg(feature = "tls")]
fn write_out(flag: &str, file: &std::path::Path, text: &str) -> Result<(), String> {
    let written = std::fs::write(file, text);
    written.map_err(|error| format!("{flag} {}: {error}", file.display()))
}

/// Serves until stopped. What is to be said once it runs: the first line on standard output, and
/// more on standard error.
fn run_until_stopped(
    provider: &Provider,
    builder: Builder,
    started: impl FnOnce(&MockIdp) -> Result<(String, String), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(provider.log)
        .init();
    // Signals are caught before anybody can know that the provider is there.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let stopped = runtime.block_on(async { stop_signal() })?;
    let mut builder = builder.host(provider.host).port(provider.port);
    if let Some(token) = &provider.control.control_token {
        builder = builder.control_token(token);
    }
    let idp = builder
        .start()
        .map_err(|error| in_words(error, provider.port))?;
    let (first_line, words) = started(&idp)?;
    if let Some(warning) = introduction::warning(provider.host) {
        writeln!(io::stderr(), "{warning}")?;
    }
    writeln!(io::stdout(), "{first_line}")?;
    io::stdout().flush()?;
    writeln!(io::stderr(), "{words}{}", introduction::introduction(&idp))?;
    runtime.block_on(stopped);
    drop(idp);
    Ok(())
}

/// Why there is no provider, and what to do about a port that somebody else has.
fn in_words(error: StartError, own: u16) -> Box<dyn Error> {
    match &error {
        StartError::Bind { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
            let port = address.port();
            let way_out = if port == own {
                "choose another with --port, or a free one with --port 0"
            } else {
                "choose another with --proxy-port or --https-port"
            };
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
