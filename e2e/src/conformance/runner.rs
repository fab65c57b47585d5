//! Playing cases, several at once.

use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use mock_idp::Place;
use mock_idp::question::Question;
use tokio::time::Instant;

use super::app::Launcher;
use super::case::{Case, Expect, Grade, Group, Lies, Play};
use super::evidence::Evidence;
use super::guest::Guests;
use super::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use super::oracle::{Judgement, judge, outcome};
use super::seen::Seen;
use super::verdict::{Outcome, Verdict};

/// What is played, and with what.
pub struct Run {
    /// Starts copies of the app.
    pub launcher: Arc<dyn Launcher>,
    /// Use it.
    pub guests: Guests,
    /// How many cases are played at once.
    pub at_once: usize,
}

/// What was played.
#[derive(Debug, Default)]
pub struct Played {
    /// What came of it, in the order of the cases.
    pub verdicts: Vec<Verdict>,
    /// Why the rest was not played, where it was not.
    pub stopped: Option<String>,
}

/// Plays cases until all are played, or `stop` says why no more are to be. Each verdict is told as
/// soon as it is there.
///
/// Where a login fails although nothing is wrong, the rest is not played: what the app would do of
/// other causes says nothing.
pub async fn run(
    run: &Run,
    cases: &[&'static Case],
    mut told: impl FnMut(&Verdict),
    stop: impl Future<Output = String>,
) -> Played {
    let mut ordered: Vec<_> = cases.iter().copied().enumerate().collect();
    if run.launcher.providers().is_some() {
        // What stays in the caches of an app that runs on cannot be met by what was played before.
        ordered.sort_by_key(|(_, case)| case.leaves_in_caches());
    }
    let playing = ordered
        .into_iter()
        .map(|(index, case)| async move { (index, run_one(run, case).await) });
    let mut playing = futures_util::stream::iter(playing).buffer_unordered(run.at_once.max(1));
    let mut stop = pin!(stop);
    let mut verdicts = Vec::with_capacity(cases.len());
    let stopped = loop {
        let next = tokio::select! {
            biased;
            why = &mut stop => break Some(why),
            next = playing.next() => next,
        };
        let Some((index, verdict)) = next else {
            break None;
        };
        told(&verdict);
        let why = why_no_more(&verdict);
        verdicts.push((index, verdict));
        if why.is_some() {
            break why;
        }
    };
    verdicts.sort_by_key(|(index, _)| *index);
    Played {
        verdicts: verdicts.into_iter().map(|(_, verdict)| verdict).collect(),
        stopped,
    }
}

fn why_no_more(verdict: &Verdict) -> Option<String> {
    let Outcome::NoLogin(words) = &verdict.outcome else {
        return None;
    };
    Some(format!("{}: {words}", verdict.case.id))
}

/// Plays one case.
pub async fn run_one(run: &Run, case: &'static Case) -> Verdict {
    let started = Instant::now();
    let (outcome, evidence) = match why_not(run, case) {
        Some(why) => (Outcome::NotApplicable(why), Evidence::default()),
        None => played(run, case).await,
    };
    Verdict {
        case,
        outcome,
        evidence,
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

/// Why a case is not applicable to the app, where it is not.
fn why_not(run: &Run, case: &Case) -> Option<String> {
    let profile = &run.guests.profile;
    if let Some(feature) = profile.lacking(case.needs).first() {
        return Some(feature.is_lacking());
    }
    let provider = case.quirk_of?;
    if profile.login_at(provider).is_none() {
        return Some(format!(
            "nobody logs in at {provider} there, its profile says (or --flavours)"
        ));
    }
    let is_set_up = case.flavour.is_some() && run.launcher.providers().is_some();
    is_set_up.then(|| {
        format!(
            "an app that runs already is set up for one provider, and not for {provider}; a profile \
             that says how it is started ([start]) has it set up for each"
        )
    })
}

/// The worst of what came of each login of a case.
async fn played(run: &Run, case: &Case) -> (Outcome, Evidence) {
    let all: Vec<_> = match case.play {
        Play::Lies(lies) => lies.iter().map(|lies| (Some(*lies), false)).collect(),
        Play::LiesAfterLogin(lies) => lies.iter().map(|lies| (Some(*lies), true)).collect(),
        Play::Script(_) => vec![(None, false)],
    };
    let mut worst: Option<(Outcome, Evidence)> = None;
    for (number, (lies, after_login)) in all.iter().enumerate() {
        let mut found = once(run, case, *lies, *after_login).await;
        let is_of_one = !matches!(found.0, Outcome::Reported(_) | Outcome::NotApplicable(_));
        if all.len() > 1 && is_of_one {
            let number = number + 1;
            found.0 = found.0.map(|words| format!("variant {number}: {words}"));
        }
        if worst
            .as_ref()
            .is_none_or(|worst| found.0.rank() < worst.0.rank())
        {
            worst = Some(found);
        }
    }
    worst.unwrap_or((Outcome::Passed, Evidence::default()))
}

/// One login of a case. What came of it shows marks for secrets.
async fn once(
    run: &Run,
    case: &Case,
    lies: Option<Lies>,
    after_login: bool,
) -> (Outcome, Evidence) {
    let lab = match (case.quirk_of, case.flavour) {
        (Some(provider), Some(flavour)) => {
            Lab::prepare_at(&*run.launcher, run.guests.at(provider), flavour).await
        }
        _ => Lab::prepare(&*run.launcher, run.guests.clone()).await,
    };
    let mut lab = match lab {
        Ok(lab) => lab,
        Err(error) => return (Outcome::Broken(error.to_string()), Evidence::default()),
    };
    let (outcome, evidence) = once_in(&mut lab, run, case, lies, after_login).await;
    (outcome.map(|words| lab.masked(&words)), evidence)
}

async fn once_in(
    lab: &mut Lab,
    run: &Run,
    case: &Case,
    lies: Option<Lies>,
    after_login: bool,
) -> (Outcome, Evidence) {
    let is_running = run.launcher.providers().is_some();
    if is_running && let Err(error) = lab.control().await {
        return unplayed(case, lab, error);
    }
    let seen = match (case.play, lies) {
        (Play::Script(script), _) => script(lab).await,
        (_, Some(lies)) => under(lab, lies, after_login).await,
        (_, None) => {
            return (
                Outcome::Broken("the case has no steps".into()),
                Evidence::default(),
            );
        }
    };
    let seen = match seen {
        Ok(seen) => seen,
        Err(error) => return unplayed(case, lab, error),
    };
    let mut judgement = judge(case, &seen, run.guests.profile.patience());
    if is_running && matches!(judgement, Judgement::Wrong(_)) && met_nothing(case, &seen) {
        judgement = Judgement::NotReached(format!(
            "the app has in its caches what it would have to fetch, {}; start it anew",
            seen.who_in_words()
        ));
    }
    let mut judgement = match judgement {
        Judgement::Right if case.stays_cached => Judgement::Right,
        Judgement::Right => liveness(run, case, lab).await,
        other => other,
    };
    if case.grade == Grade::Either && seen.step.is_err() {
        // What is allowed is an answer, not none.
        judgement = Judgement::Dead(format!("there is no answer: {:?}", seen.step));
    }
    let who = seen.who_in_words();
    let evidence = Evidence::of(lab, seen, judgement == Judgement::Right);
    (outcome(case.grade, judgement, &who), evidence)
}

/// What a case comes to that could not be played to its end.
fn unplayed(case: &Case, lab: &Lab, error: LabError) -> (Outcome, Evidence) {
    let evidence = Evidence::unplayed(lab);
    match error {
        // At one provider, which other cases say; the app may be right at others.
        LabError::GoodLogin(_) if case.flavour.is_some() => {
            (Outcome::NotReached(error.to_string()), evidence)
        }
        LabError::NotReached(words) => (Outcome::NotReached(words), evidence),
        LabError::NotApplicable(words) => (Outcome::NotApplicable(words), Evidence::default()),
        LabError::GoodLogin(_) => (Outcome::NoLogin(error.to_string()), evidence),
        _ => (Outcome::Broken(error.to_string()), evidence),
    }
}

/// Whether an app that runs for longer did not fetch what the case is about.
fn met_nothing(case: &Case, seen: &Seen) -> bool {
    let asks = |question| matches!(case.expect, Expect::Answers(all) if all.contains(question));
    let place = if case.group == Group::Jwks || asks(&Question::KeysFetchedBeforeUse) {
        Place::Jwks
    } else if asks(&Question::DiscoveryWasUsed) {
        Place::Discovery
    } else {
        return false;
    };
    seen.requests.to(place).is_empty()
}

/// A login under lies.
async fn under(lab: &mut Lab, lies: Lies, after_login: bool) -> Result<Seen, LabError> {
    if after_login {
        lab.good_login(SOMEBODY_ELSE).await?;
    }
    let lies = lies(lab);
    for lie in &lies {
        let told = lab.provider.try_fault(lie.clone());
        told.map_err(|error| LabError::SetUp(error.to_string()))?;
    }
    let mut seen = lab.login().await;
    seen.lies = Some(lies);
    Ok(seen)
}

/// A good login right after has to work.
async fn liveness(run: &Run, case: &Case, lab: &mut Lab) -> Judgement {
    let alive = if run.launcher.providers().is_some() {
        // What the app has in its caches may stand in the way until it asks again.
        match run.launcher.prepare().await {
            Ok(_as_new) => lab.good_login_in_time().await,
            Err(error) => Err(error.into()),
        }
    } else {
        match restored(case, lab) {
            Ok(()) => lab.good_login(SOMEBODY).await.map(drop),
            Err(error) => Err(error),
        }
    };
    match alive {
        Ok(()) => Judgement::Right,
        Err(error) => Judgement::Dead(format!("afterwards {error}")),
    }
}

/// Nothing is wrong any more: no lie is told, no odd key is published, and it is as late as it is.
fn restored(case: &Case, lab: &Lab) -> Result<(), LabError> {
    lab.provider.clock().reset();
    match case.play {
        Play::Lies(_) | Play::LiesAfterLogin(_) => lab.restore(),
        // What steps of its own set up is part of how things are.
        Play::Script(_) => {
            lab.provider.clear_faults();
            lab.second.clear_faults();
            lab.sign_as_at_first();
            Ok(())
        }
    }
}
