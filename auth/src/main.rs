//! jarvis: the login app on the command line.

use std::future::Future;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use auth::Auth;
use auth::config::{Config, is_loopback};
use auth::jarvis::{Listen, router, serve, summary};
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Logs visitors in with the providers of a secrets.toml, and welcomes them.
#[derive(Debug, Parser)]
#[command(name = "jarvis", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The file with the [auth] table.
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        default_value = ".streamlit/secrets.toml"
    )]
    secrets: PathBuf,
    /// Where to listen, e.g. 127.0.0.1:8501 or localhost:8501 [default: where the redirect URI points].
    #[arg(long, global = true, value_name = "ADDR")]
    listen: Option<Listen>,
    /// How much to log: off, error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Command {
    /// Serve the app (the default).
    Serve,
    /// Read the secrets and say what was found.
    Check,
}

/// Why jarvis ended with something other than success.
enum Failure {
    /// The configuration or the address cannot be used; nothing was served.
    Unusable(String),
    /// Serving broke off.
    Broken(io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(arguments.log);
    let outcome = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => run(&arguments).await,
        Command::Check => check(&arguments),
    };
    let (code, report) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Unusable(report)) => (2, report),
        Err(Failure::Broken(error)) => (1, error.to_string()),
    };
    // Nobody may be reading any more; the exit code still tells.
    let _unread = writeln!(io::stderr(), "jarvis: {report}");
    ExitCode::from(code)
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = read(arguments)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let stop = stop_signal().map_err(Failure::Broken)?;
    let (listen, listeners) = bind(wanted(arguments, &config)).await?;
    if arguments.listen.is_some() && differs(&config, listen) {
        let redirect_uri = config.redirect_uri.as_str();
        tracing::warn!(%listen, redirect_uri, "the ports differ: logins work only through a proxy");
    }
    if arguments.listen.is_none() && config.is_https() {
        tracing::info!("redirect_uri is https: a proxy has to answer there and pass requests on");
    }
    say(&format!("http://{listen}"))?;
    tracing::info!(%listen, redirect_uri = config.redirect_uri.as_str(), "serving");
    let app = router(Auth::builder(config).build());
    serve(listeners, app, stop).await.map_err(Failure::Broken)?;
    tracing::info!("stopped");
    Ok(())
}

fn check(arguments: &Arguments) -> Result<(), Failure> {
    let config = read(arguments)?;
    say(summary(&config, wanted(arguments, &config)).trim_end())?;
    for warning in &config.warnings {
        say(&format!("\nwarning: {warning}"))?;
    }
    Ok(())
}

fn read(arguments: &Arguments) -> Result<Config, Failure> {
    Config::from_file(&arguments.secrets).map_err(|error| {
        let problems = error.problems.len();
        let s = if problems == 1 { "" } else { "s" };
        Failure::Unusable(format!("the secrets have {problems} problem{s}\n{error}"))
    })
}

/// Where to listen: what was asked for, else where `redirect_uri` says that the app is.
fn wanted(arguments: &Arguments, config: &Config) -> Listen {
    arguments
        .listen
        .unwrap_or_else(|| Listen::for_redirect_uri(&config.redirect_uri))
}

async fn bind(listen: Listen) -> Result<(Listen, Vec<TcpListener>), Failure> {
    listen.bind().await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "the port is taken".to_owned(),
            ErrorKind::AddrNotAvailable => "this machine does not have that address".to_owned(),
            ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
            _ => error.to_string(),
        };
        Failure::Unusable(format!(
            "cannot listen on {listen}: {why}; choose another with --listen"
        ))
    })
}

/// Whether a browser on this machine that follows `redirect_uri` finds somebody else, or nobody.
fn differs(config: &Config, listen: Listen) -> bool {
    let port = config.redirect_uri.port_or_known_default();
    is_loopback(&config.redirect_uri) && port != Some(listen.port())
}

/// Done at Ctrl-C or SIGTERM, which are caught as soon as this returns.
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

/// Done at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _unavailable = tokio::signal::ctrl_c().await;
    })
}

/// One line an event on standard error. Other crates may log whole requests, secrets and all, so that of them only
/// warnings are let through.
fn start_log(level: LevelFilter) {
    let format = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal());
    let levels = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("auth", level)
        .with_target("jarvis", level);
    tracing_subscriber::registry()
        .with(format)
        .with(levels)
        .init();
}

/// One line on standard output.
fn say(line: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{line}").map_err(Failure::Broken)
}
