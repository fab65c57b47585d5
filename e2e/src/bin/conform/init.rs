//! `conform init`: a profile for an app, by asking and trying.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use e2e::conformance::init::{Explorer, Found, Hints, InitError, Starting};
use e2e::conformance::{Begin, Browsers, Guests, Profile, RunningApp, Whoami};
use url::Url;

use crate::arguments::InitArguments;
use crate::rp::tell;
use crate::{Failure, NO_VERDICT, RIGHT, say};

/// Where apps usually run that are being developed.
const USUAL: &str = "http://localhost:8501";

pub(crate) async fn run(arguments: &InitArguments) -> Result<u8, Failure> {
    let file = &arguments.profile;
    if file.exists() && !arguments.force {
        let file = file.display();
        return Err(
            format!("{file} is there already; --force writes it anew, --profile another").into(),
        );
    }
    let browsers = match arguments.browser {
        Some(kind) => Some(Arc::new(Browsers::new(kind)?)),
        None => None,
    };
    let app = app(arguments)?;
    let guests = Guests {
        profile: Arc::new(Profile::new(
            app.as_str(),
            Begin::Path("/".into()),
            Whoami::page("/"),
        )),
        browsers: browsers.clone(),
    };
    let running = RunningApp::new(app.clone(), guests, arguments.port)?;
    say("Set the app up for this provider, as for any other, and start it:");
    tell(&running.settings().provider);
    say(&format!("Waiting for it at {app} .."));
    running.wait(Duration::from_secs(arguments.wait)).await?;
    let mut found = explored(arguments, &app, &running, browsers).await?;
    let folder = folder(arguments)?;
    if let Some(name) = folder.file_name() {
        found.profile.name = name.to_string_lossy().into_owned();
    }
    let is_asked = arguments.start.is_none();
    let start = match &arguments.start {
        Some(command) => Some(command.clone()),
        None => asked(
            "By which command is it started? Then each case gets a fresh copy [it runs already]:",
        )?,
    };
    let fails = match start {
        Some(command) => {
            start_copies(arguments, &app, &running, &mut found, command, is_asked).await?
        }
        None => None,
    };
    std::fs::write(file, found.toml(fails.as_deref()))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    conclude(arguments, &app, &found, fails.as_deref());
    Ok(if fails.is_some() { NO_VERDICT } else { RIGHT })
}

fn app(arguments: &InitArguments) -> Result<Url, Failure> {
    if let Some(app) = &arguments.app {
        return Ok(app.clone());
    }
    let answer = asked(&format!("Where is your app? [{USUAL}]"))?;
    let answer = answer.as_deref().unwrap_or(USUAL);
    let url = Url::parse(answer).ok().filter(Url::has_host);
    url.ok_or_else(|| format!("{answer:?} is no URL such as {USUAL}").into())
}

/// What trying shows; what it does not and nobody can do without is asked for.
async fn explored(
    arguments: &InitArguments,
    app: &Url,
    running: &RunningApp,
    browsers: Option<Arc<Browsers>>,
) -> Result<Found, Failure> {
    let mut hints = Hints {
        login: arguments.login.clone(),
        whoami: arguments.whoami.clone(),
        logout: arguments.logout.clone(),
    };
    loop {
        let explorer = Explorer::new(running, app.clone(), browsers.clone(), hints.clone());
        let error = match explorer.explore(say).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        let (hint, question) = match error {
            InitError::NoLogin { .. } => (&mut hints.login, "By which path does a login begin?"),
            InitError::NoWhoami { .. } => (&mut hints.whoami, "Which path shows who is logged in?"),
            other => return Err(other.into()),
        };
        if hint.is_none() {
            say(&error.to_string());
            *hint = asked(question)?;
        } else {
            return Err(error.into());
        }
        if hint.is_none() {
            return Err("there is no profile without it".into());
        }
    }
}

/// Adds how copies are started; why they are not, where they are not.
async fn start_copies(
    arguments: &InitArguments,
    app: &Url,
    running: &RunningApp,
    found: &mut Found,
    command: String,
    is_asked: bool,
) -> Result<Option<String>, Failure> {
    let settings = match &arguments.settings {
        None if is_asked => {
            let words = "Which file tells it of the provider, such as .env? [none]:";
            asked(words)?.map(PathBuf::from)
        }
        given => given.clone(),
    };
    let folder = folder(arguments)?;
    let starting = Starting { command, settings };
    found.profile.start = Some(starting.for_copies(&folder, app, &running.settings())?);
    say("Starting a copy ..");
    match Starting::try_out(found, &folder, arguments.browser).await {
        Ok(()) => {
            found.works_as_copies();
            Ok(None)
        }
        Err(problem) => Ok(Some(problem.to_string())),
    }
}

/// Where the app is: the folder of the profile.
fn folder(arguments: &InitArguments) -> std::io::Result<PathBuf> {
    let file = std::path::absolute(&arguments.profile)?;
    Ok(file.parent().map(Path::to_owned).unwrap_or_default())
}

/// Asks whoever is there; nothing where the answer is empty, or nobody is there.
fn asked(question: &str) -> Result<Option<String>, Failure> {
    let mut stderr = anstream::stderr();
    write!(stderr, "{question} ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if !answer.ends_with('\n') {
        say("");
    }
    let answer = answer.trim();
    Ok((!answer.is_empty()).then(|| answer.to_owned()))
}

fn conclude(arguments: &InitArguments, app: &Url, found: &Found, fails: Option<&str>) {
    let file = arguments.profile.display();
    if !found.unknown.is_empty() {
        say("What could not be found out by trying:");
        for unknown in &found.unknown {
            say(&format!("  {unknown}"));
        }
    }
    if let Some(fails) = fails {
        say(&format!(
            "{fails}\nWhat was tried stands in {file} as a comment, to be mended there."
        ));
    }
    let is_started = found.profile.start.is_some() && fails.is_none();
    let running = if is_started {
        String::new()
    } else {
        format!(" --app {app}")
    };
    let browser = arguments
        .browser
        .map(|kind| format!(" --browser {}", kind.name()));
    let browser = browser.unwrap_or_default();
    say(&format!(
        "Wrote {file}. A verdict:\n  conform rp --profile {file}{running}{browser} --html report.html"
    ));
}
