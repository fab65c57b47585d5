//! Judging what was seen.

use std::time::Duration;

use mock_idp::Place;

use super::case::{Case, Expect, Grade};
use super::guest::Who;
use super::lab::SOMEBODY;
use super::seen::Seen;
use super::verdict::Outcome;

/// What the app did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Right,
    Wrong(String),
    /// It does not log people in any more, or does not answer at all.
    Dead(String),
    NotReached(String),
}

/// Judges what was seen of one login of a case.
pub(super) fn judge(case: &Case, seen: &Seen, patience: Duration) -> Judgement {
    // What the steps of a case saw, they saw.
    if let Err(words) = &seen.found {
        return Judgement::Wrong(words.clone());
    }
    if !seen.canary.is_empty() {
        let heard = seen.canary.join(", ");
        return Judgement::Wrong(format!(
            "it asked a place that is none of its business: {heard}"
        ));
    }
    if let Some(judgement) = unreached(seen) {
        return judgement;
    }
    if let Err(words) = expected(&case.expect, seen, patience) {
        return Judgement::Wrong(words);
    }
    let unused = unused(seen).filter(|_| seen.lies.as_ref().is_some_and(Vec::is_empty));
    unused.unwrap_or(Judgement::Right)
}

/// A key that nobody used tests nothing, either.
fn unused(seen: &Seen) -> Option<Judgement> {
    let tokens = seen.requests.to(Place::Token);
    let is_given = tokens.iter().any(|request| request.status == Some(200));
    let words = format!("no token was fetched: {}", seen.who_in_words());
    (!is_given).then_some(Judgement::NotReached(words))
}

/// A lie that nobody met tests nothing, unless the app stopped at another one before.
fn unreached(seen: &Seen) -> Option<Judgement> {
    let told = seen.lies.as_ref().map(Vec::len);
    if seen.unreached.is_empty() || (Some(seen.unreached.len()) < told && seen.is_nobody()) {
        return None;
    }
    let places: Vec<_> = seen
        .unreached
        .iter()
        .map(|it| it.fault.place.name())
        .collect();
    let places = places.join(", ");
    let words = match &seen.no_app {
        Some(why) => format!("the app never met the lie at {places}: {why}"),
        None => format!(
            "the app never met the lie at {places}, {}; start it anew, so that it has nothing in \
             its caches",
            seen.who_in_words()
        ),
    };
    Some(Judgement::NotReached(words))
}

fn expected(expect: &Expect, seen: &Seen, patience: Duration) -> Result<(), String> {
    match expect {
        Expect::Reject => nobody(seen),
        Expect::RejectBefore(place) => {
            nobody(seen)?;
            let requests = seen.requests.to(*place);
            if requests.is_empty() {
                return Ok(());
            }
            let times = requests.len();
            Err(format!("it went on, with {times} requests to {place}"))
        }
        Expect::Accept => accepted(seen),
        Expect::Bound => {
            let who = seen.who_in_words();
            in_time(seen, patience).map_err(|words| format!("{words}; {who}"))?;
            nobody(seen)
        }
        Expect::Clean => {
            in_time(seen, patience)?;
            match seen.status {
                500 => Err(format!("a page of status 500: {}", seen.words())),
                _ => nobody(seen).or_else(|_| accepted(seen)),
            }
        }
        Expect::Answers(questions) => {
            questions.iter().try_for_each(|question| {
                let asked = seen.requests.ask(question.clone());
                asked.map_err(|finding| finding.problem.to_string())
            })?;
            accepted(seen)
        }
        Expect::Holds(holds, _) => holds(seen),
    }
}

fn in_time(seen: &Seen, patience: Duration) -> Result<(), String> {
    if seen.elapsed > patience {
        return Err(format!(
            "the page took {:?}, more than {patience:?}",
            seen.elapsed
        ));
    }
    seen.step.clone().map_err(|error| error.to_string())
}

/// Nobody is logged in, and the app is there to say so.
pub(super) fn nobody(seen: &Seen) -> Result<(), String> {
    match &seen.who {
        Ok(Who::Nobody) => Ok(()),
        _ => Err(seen.who_in_words()),
    }
}

/// The login went as if nothing were wrong.
pub(super) fn accepted(seen: &Seen) -> Result<(), String> {
    if let Some(why) = &seen.no_app {
        return Err(why.clone());
    }
    if seen.is(SOMEBODY) {
        return Ok(());
    }
    let words = super::guest::shortened(&seen.words());
    let who = seen.who_in_words();
    Err(match &seen.step {
        Ok(()) => format!(
            "{who}; the login ended with status {}: {words}",
            seen.status
        ),
        Err(error) => format!("{who}; {error}"),
    })
}

/// What a judgement means for a case of this grade.
pub(super) fn outcome(grade: Grade, judgement: Judgement, seen: &str) -> Outcome {
    match (judgement, grade) {
        (Judgement::NotReached(words), _) => Outcome::NotReached(words),
        (Judgement::Right, Grade::Either) => Outcome::Reported(seen.to_owned()),
        (Judgement::Wrong(words), Grade::Either) => Outcome::Reported(words),
        (Judgement::Right, _) => Outcome::Passed,
        (Judgement::Dead(words), _) => Outcome::Stuck(words),
        (Judgement::Wrong(words), Grade::Must) => Outcome::Failed(words),
        (Judgement::Wrong(words), Grade::Should) => Outcome::Warning(words),
    }
}
