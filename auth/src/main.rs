//! jarvis: the login app on the command line.

use std::future::Future;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use auth::config::{Config, is_loopback};
use auth::jarvis::{Finding, Listen, ask, is_tracked, router, serve, summary};
use auth::{Auth, Clock, Random};
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
    Check {
        /// Ask the providers as well, and say what will and will not work.
        #[arg(long)]
        online: bool,
    },
    /// Print a new secret that is good for `cookie_secret`.
    Secret,
}

/// Why jarvis ended with something other than success.
enum Failure {
    /// The configuration or the address cannot be used; nothing was served.
    Unusable(String),
    /// Serving broke off.
    Broken(io::Error),
    /// Some logins will fail.
    WillNotWork,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(arguments.log);
    let outcome = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => run(&arguments).await,
        Command::Check { online } => check(&arguments, online).await,
        Command::Secret => say(&Random::system().token()),
    };
    let (code, report) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Unusable(report)) => (2, report),
        Err(Failure::Broken(error)) => (1, error.to_string()),
        Err(Failure::WillNotWork) => (1, "some logins will fail".to_owned()),
    };
    // Nobody may be reading any more; the exit code still tells.
    let _unread = writeln!(io::stderr(), "jarvis: {report}");
    ExitCode::from(code)
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    // What is asked for is taken first: `{port}` in the file stands for it.
    let asked = match arguments.listen {
        Some(listen) => Some(bind(listen).await?),
        None => None,
    };
    let port = asked.as_ref().map(|(listen, _)| listen.port());
    let config = read(arguments, port)?;
    for warning in warnings(arguments, &config) {
        tracing::warn!("{warning}");
    }
    let stop = stop_signal().map_err(Failure::Broken)?;
    let (listen, listeners) = match asked {
        Some(asked) => asked,
        None => bind(Listen::for_redirect_uri(&config.redirect_uri)).await?,
    };
    match proxy_needed(&config, listen) {
        Some(words) if is_loopback(&config.redirect_uri) => tracing::warn!("{words}"),
        Some(words) => tracing::info!("{words}"),
        None => {}
    }
    let redirect_uri = config.redirect_uri.clone();
    let auth = Auth::builder(config).build().await;
    let auth = auth.map_err(|error| Failure::Unusable(format!("auth.store: {error}")))?;
    say(&format!("http://{listen}"))?;
    tracing::info!(%listen, redirect_uri = redirect_uri.as_str(), "serving");
    serve(listeners, router(auth), stop)
        .await
        .map_err(Failure::Broken)?;
    tracing::info!("stopped");
    Ok(())
}

async fn check(arguments: &Arguments, online: bool) -> Result<(), Failure> {
    let port = arguments.listen.map(Listen::port);
    let config = read(arguments, port)?;
    let listen = wanted(arguments, &config);
    say(summary(&config, listen).trim_end())?;
    for warning in warnings(arguments, &config) {
        say(&format!("\nwarning: {warning}"))?;
    }
    if !online {
        return Ok(());
    }
    let mut all_work = true;
    if let Some(words) = proxy_needed(&config, listen) {
        say(&format!("\nnote: {words}"))?;
    }
    for provider in &config.providers {
        say(&format!("\nasked provider {:?}", provider.name))?;
        for finding in ask(&config, provider, &Clock::system()).await {
            let (mark, words) = match finding {
                Finding::Works(words) => ("works", words),
                Finding::Note(words) => ("note", words),
                Finding::Fails(words) => {
                    all_work = false;
                    ("FAILS", words)
                }
            };
            say(&format!("  {mark:<6} {words}"))?;
        }
    }
    if all_work {
        Ok(())
    } else {
        Err(Failure::WillNotWork)
    }
}

/// What is allowed here and would not be in production.
fn warnings(arguments: &Arguments, config: &Config) -> Vec<String> {
    let mut warnings: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    if is_tracked(&arguments.secrets) {
        warnings.push(format!(
            "{} is tracked by git: whoever sees the repository has its secrets; \
             `git rm --cached` it, add it to .gitignore, and make new ones",
            arguments.secrets.display()
        ));
    }
    warnings
}

/// The secrets file and the environment, with this port for `{port}`.
fn read(arguments: &Arguments, port: Option<u16>) -> Result<Config, Failure> {
    let mut reader = Config::reader().environment(std::env::vars_os());
    if let Some(port) = port.filter(|port| *port != 0) {
        reader = reader.port(port);
    }
    reader.file(&arguments.secrets).map_err(|error| {
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

/// What has to be there where a browser that follows `redirect_uri` does not find this program by itself.
fn proxy_needed(config: &Config, listen: Listen) -> Option<String> {
    let url = &config.redirect_uri;
    let is_here = url.port_or_known_default() == Some(listen.port());
    let is_found = is_loopback(url) && is_here && !config.is_https();
    let origin = url.origin().ascii_serialization();
    (!is_found).then(|| {
        format!(
            "visitors go to {origin}: a proxy has to answer there and pass requests on to {listen}"
        )
    })
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
