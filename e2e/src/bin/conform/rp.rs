//! `conform rp`: a verdict on an app that logs people in.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use e2e::conformance::report::{Comparison, EarlierRun, Report, Style};
use e2e::conformance::{
    self, Browsers, CommandLauncher, Expectations, Feature, Guests, Lab, Launcher, Provided, Run,
    RunningApp,
};
use futures_util::FutureExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use crate::arguments::RpArguments;
use crate::{Failure, NO_VERDICT, RIGHT, WRONG, print, say};

pub(crate) async fn run(arguments: &RpArguments) -> Result<u8, Failure> {
    let guests = guests(arguments)?;
    let selection = arguments.selection.selection();
    let cases = selection.cases()?;
    let expectations = match &arguments.expect {
        Some(file) => Expectations::from_file(file)?,
        None => Expectations::default(),
    };
    let earlier = arguments.compare.as_deref().map(EarlierRun::from_file);
    let earlier = earlier.transpose()?;
    let launcher = launcher(arguments, &guests).await?;
    let guests = control(arguments, &*launcher, guests).await?;
    let at_once = at_once(arguments, &*launcher, &guests);
    let mut stop = Box::pin(interrupted());
    // From here on an interruption ends with a report.
    let _not_yet = (&mut stop).now_or_never();
    say(&format!("{} cases, {at_once} at once", cases.len()));
    let bar = progress_bar(cases.len());
    let run = Run {
        at_once,
        launcher,
        guests: guests.clone(),
    };
    let told = |verdict: &conformance::Verdict| {
        bar.set_message(verdict.case.id);
        bar.inc(1);
    };
    let played = conformance::run(&run, &cases, told, stop).await;
    bar.finish_and_clear();
    let (name, chosen) = (&guests.profile.name, cases.len());
    let mut report = Report::new(name, selection.plan, chosen, played, &expectations);
    report.at = OffsetDateTime::now_utc()
        .truncate_to_second()
        .format(&Rfc3339)
        .ok();
    let comparison = earlier.map(|earlier| Comparison::new(earlier, &report));
    write(arguments.json.as_deref(), &report.json())?;
    if arguments.junit.is_some() {
        write(arguments.junit.as_deref(), &report.junit()?)?;
    }
    if arguments.html.is_some() {
        write(arguments.html.as_deref(), &report.html(comparison.as_ref()))?;
    }
    print(&report.terminal(Style::Coloured))?;
    if let Some(comparison) = comparison {
        print(&format!(
            "since the earlier run: {}\n",
            comparison.in_words()
        ))?;
    }
    Ok(match (report.is_without_verdict(), report.is_right) {
        (true, _) => NO_VERDICT,
        (false, true) => RIGHT,
        (false, false) => WRONG,
    })
}

fn write(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(file) = file else {
        return Ok(());
    };
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// What starts copies of the app, or the one that runs.
async fn launcher(arguments: &RpArguments, guests: &Guests) -> Result<Arc<dyn Launcher>, Failure> {
    if let Some(app) = &arguments.app {
        return Ok(Arc::new(running(arguments, app, guests).await?));
    }
    let file = arguments.profile.as_deref().unwrap_or(Path::new(""));
    let file = std::path::absolute(file)?;
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    let launcher = CommandLauncher::new(Arc::clone(&guests.profile), folder);
    match launcher {
        Some(launcher) => Ok(Arc::new(launcher)),
        None => Err(
            "the profile does not say how the app is started ([start]); start it \
                     yourself and say where it is (--app URL)"
                .into(),
        ),
    }
}

async fn running(
    arguments: &RpArguments,
    app: &Url,
    guests: &Guests,
) -> Result<RunningApp, Failure> {
    let running = RunningApp::new(app.clone(), guests.clone(), arguments.port)?;
    let settings = running.settings();
    say("The app has to be set up for this provider:");
    tell(&settings.provider);
    if guests.profile.second_login.is_some() {
        say("and for this one, as another:");
        tell(&settings.second);
    }
    running.wait(Duration::from_secs(arguments.wait)).await?;
    running.learn_redirect_uris().await?;
    Ok(running)
}

/// Says what an app has to be told of a provider.
pub(crate) fn tell(provided: &Provided) {
    let Provided {
        issuer,
        discovery_url,
        client_id,
        client_secret,
        ..
    } = provided;
    say(&format!(
        "  issuer               {issuer}\n  \
           server_metadata_url  {discovery_url}\n  \
           client_id            {client_id}\n  \
           client_secret        {client_secret}"
    ));
}

/// A login to which nothing is wrong. Where it fails, no case would say anything. Its requests tell
/// what an app without a profile lacks.
async fn control(
    arguments: &RpArguments,
    launcher: &dyn Launcher,
    mut guests: Guests,
) -> Result<Guests, Failure> {
    let mut lab = Lab::prepare(launcher, guests.clone()).await?;
    let person = lab.personas().first().map(|persona| persona.id.clone());
    if let Err(error) = lab.good_login(&person.unwrap_or_default()).await {
        let flow = lab.requests().mermaid();
        return Err(format!("{error}\nWhat the provider saw:\n{flow}").into());
    }
    let mut unseen = guests.profile.unseen(&lab.requests());
    if launcher.providers().is_some() {
        // An app that runs for longer has metadata and keys already, and need not ask.
        unseen.retain(|feature| ![Feature::Discovery, Feature::Signatures].contains(feature));
    }
    match (unseen.first(), &arguments.profile) {
        (None, _) => {}
        (Some(feature), Some(_)) => {
            return Err(format!(
                "the app does not do what its profile says: {feature}; add it to `lacks`"
            )
            .into());
        }
        (Some(_), None) => Arc::make_mut(&mut guests.profile).lacks.extend(unseen),
    }
    Ok(guests)
}

/// How the app is used, and with what.
fn guests(arguments: &RpArguments) -> Result<Guests, Failure> {
    let mut profile = arguments.profile()?;
    let browsers = match arguments.browser {
        Some(kind) => Some(Arc::new(Browsers::new(kind)?)),
        None => None,
    };
    profile.suits(browsers.is_some())?;
    Ok(Guests {
        profile: Arc::new(profile),
        browsers,
    })
}

/// A copy waits most of the time.
const COPIES_PER_PROCESSOR: usize = 4;
/// A browser needs more of it, and memory.
const BROWSERS_PER_PROCESSOR: usize = 2;

/// How many copies run at once.
fn at_once(arguments: &RpArguments, launcher: &dyn Launcher, guests: &Guests) -> usize {
    if launcher.providers().is_some() {
        return 1;
    }
    if let Some(chosen) = arguments.jobs.or(guests.profile.copies) {
        return chosen.get();
    }
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    match guests.browsers {
        Some(_) => processors * BROWSERS_PER_PROCESSOR,
        None => processors * COPIES_PER_PROCESSOR,
    }
}

fn progress_bar(cases: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(cases).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Until Ctrl-C, or until the system asks the program to end, as `timeout` does.
async fn interrupted() -> String {
    let ended = asked_to_end();
    tokio::select! {
        // Where no signal can be heard, none comes.
        Ok(()) = tokio::signal::ctrl_c() => "interrupted".into(),
        () = ended => "asked to end".into(),
        else => std::future::pending().await,
    }
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    std::future::pending().await
}
