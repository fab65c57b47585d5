//! The proof that every case can fail: a login app that is right in everything, and in everything
//! but one thing.

mod app;
mod claims;
mod exchange;
mod fetch;
mod jose;
mod json;
mod launcher;
mod login;
mod logout;
mod pages;
mod provider;
mod refresh;
mod switch;
mod table;
mod userinfo;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Arc;

use app::Mode;
use e2e::conformance::init::{Explorer, Found, Hints};
use e2e::conformance::{
    Case, Feature, Grade, Guests, Launcher as _, Outcome, Profile, Run, RunningApp, Verdict, cases,
    run_one,
};
use launcher::Weak;
use libtest_mimic::{Arguments, Failed, Trial};
use switch::Switch;
use table::TABLE;

/// So many cases are played at once.
const AT_ONCE: usize = 6;
const PROFILE: &str = include_str!("profile.toml");

fn main() -> ExitCode {
    let mut trials: Vec<_> = cases::all().map(right).collect();
    trials.extend(TABLE.iter().map(|row| weak(*row)));
    trials.push(Trial::test(
        "every_case_is_shown_to_fail",
        every_case_is_shown_to_fail,
    ));
    trials.push(Trial::test("words_show_no_secrets", words_show_no_secrets));
    trials.push(Trial::test("clocks_are_put_back", clocks_are_put_back));
    trials.push(Trial::test(
        "trying_shows_whether_iss_is_compared",
        trying_shows_whether_iss_is_compared,
    ));
    let mut arguments = Arguments::from_args();
    // Some cases wait for the time limits of an app, and need no processor meanwhile.
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The app is set up for what the case needs.
fn mode(case: &Case) -> Mode {
    let modes = [
        (Feature::SignedUserinfo, Mode::SignedUserinfo),
        (Feature::PromptNone, Mode::PromptNone),
        (Feature::FormPost, Mode::FormPost),
        (Feature::Refresh, Mode::Refresh),
    ];
    let needed = modes
        .into_iter()
        .find(|(feature, _)| case.needs.contains(feature));
    needed.map_or(Mode::Usual, |(_, mode)| mode)
}

fn play(case: &'static Case, switch: Option<Switch>) -> Result<Verdict, Failed> {
    let mode = mode(case);
    let mut profile = Profile::from_toml(PROFILE, "profile.toml")?;
    let all = [
        (Feature::SignedUserinfo, Mode::SignedUserinfo),
        (Feature::PromptNone, Mode::PromptNone),
        (Feature::FormPost, Mode::FormPost),
        (Feature::Refresh, Mode::Refresh),
    ];
    let others = all.into_iter().filter(|(_, other)| *other != mode);
    profile.lacks.extend(others.map(|(feature, _)| feature));
    let run = Run {
        launcher: Arc::new(Weak { switch, mode }),
        guests: Guests {
            profile: Arc::new(profile),
            browsers: None,
        },
        at_once: 1,
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    Ok(runtime.enable_all().build()?.block_on(run_one(&run, case)))
}

fn right(case: &'static Case) -> Trial {
    Trial::test(format!("right::{}", case.id), move || {
        let verdict = play(case, None)?;
        match verdict.outcome {
            Outcome::Passed | Outcome::Reported(_) => Ok(()),
            wrong => {
                let flow = verdict.evidence.flow.unwrap_or_default();
                Err(format!("{}\n{wrong}\n\n{flow}", case.does).into())
            }
        }
    })
}

fn weak((id, switch, words): (&'static str, Switch, &'static str)) -> Trial {
    Trial::test(format!("weak::{id}"), move || {
        let case = cases::find(id).ok_or("there is no such case")?;
        let verdict = play(case, Some(switch))?;
        let outcome = verdict.outcome;
        let is_wrong = match case.grade {
            Grade::Must => matches!(outcome, Outcome::Failed(_) | Outcome::Stuck(_)),
            Grade::Should => matches!(outcome, Outcome::Warning(_)),
            Grade::Either => false,
        };
        if is_wrong && outcome.words().contains(words) {
            return Ok(());
        }
        let flow = verdict.evidence.flow.unwrap_or_default();
        Err(format!(
            "{}, with {switch:?}\n{outcome}\nnot for {words:?}\n\n{flow}",
            case.does
        )
        .into())
    })
}

/// An app that begins anew for ever, with a code at each turn.
fn words_show_no_secrets() -> Result<(), Failed> {
    let case = cases::find("te-error-invalid-grant").ok_or("there is no such case")?;
    let verdict = play(case, Some(Switch::TriesAgainOnErrors))?;
    let words = verdict.outcome.words();
    if words.contains("callback?code=***") {
        return Ok(());
    }
    Err(format!("no mark takes the place of the code: {words}").into())
}

/// An app that takes no token from the future logs people in after a case that put the provider's clock forward.
fn clocks_are_put_back() -> Result<(), Failed> {
    let case = cases::find("idt-replay-other-session").ok_or("there is no such case")?;
    match play(case, Some(Switch::NoLeeway))?.outcome {
        Outcome::Passed => Ok(()),
        wrong => Err(wrong.to_string().into()),
    }
}

/// What `conform init` finds out of the app about RFC 9207.
fn trying_shows_whether_iss_is_compared() -> Result<(), Failed> {
    for (switch, is_compared) in [(None, true), (Some(Switch::NoIssInTheAnswer), false)] {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let found = runtime.enable_all().build()?.block_on(explored(switch))?;
        let lacks = found.profile.lacks.contains(&Feature::ResponseIss);
        assert_eq!(lacks, !is_compared, "{switch:?}");
    }
    Ok(())
}

async fn explored(switch: Option<Switch>) -> Result<Found, Failed> {
    let weak = Weak {
        switch,
        mode: Mode::Usual,
    };
    let copy = weak.prepare().await?;
    let guests = Guests {
        profile: Arc::new(Profile::from_toml(PROFILE, "profile.toml")?),
        browsers: None,
    };
    let running = RunningApp::new(copy.base.clone(), guests, 0)?;
    let mut settings = running.settings();
    settings.provider.redirect_uri = copy.redirect_uri;
    let _serving = (copy.start)(settings).await?;
    let explorer = Explorer::new(&running, copy.base, None, Hints::default());
    Ok(explorer.explore(|_said| ()).await?)
}

fn every_case_is_shown_to_fail() -> Result<(), Failed> {
    let graded = cases::all().filter(|case| case.grade != Grade::Either);
    let graded: BTreeSet<_> = graded.map(|case| case.id).collect();
    let mut shown = BTreeMap::new();
    for (id, ..) in TABLE {
        *shown.entry(*id).or_insert(0) += 1;
    }
    let missing: Vec<_> = graded
        .iter()
        .filter(|id| !shown.contains_key(*id))
        .collect();
    let doubled: Vec<_> = shown.iter().filter(|(_, times)| **times > 1).collect();
    if missing.is_empty() && doubled.is_empty() {
        return Ok(());
    }
    Err(format!("not shown to fail: {missing:?}; twice: {doubled:?}").into())
}
