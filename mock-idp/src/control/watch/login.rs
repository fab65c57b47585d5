//! A login as the page shows it.

use askama::Template;

use crate::capture::drawing::Drawing;
use crate::capture::{Exchange, Requests, TransactionId};
use crate::page;
use crate::place::Place;
use crate::question::{Problem, Question};
use crate::time::date_and_time;

/// A login, or what belongs to none.
pub(super) struct Login {
    /// Where it began; none for what belongs to no login.
    pub(super) id: Option<TransactionId>,
    requests: Requests,
    findings: Vec<Finding>,
}

/// What the app did otherwise than it should.
struct Finding {
    words: String,
    section: String,
    url: String,
}

/// How far a login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Refused,
    Unanswered,
    Given,
    Returned,
    Denied,
    Begun,
    Apart,
}

#[derive(Template)]
#[template(path = "watch_login.html")]
struct Page<'a> {
    login: &'a Login,
    id: String,
    is_open: bool,
    stage: Stage,
    drawing: Drawing,
}

/// Every login, in the order in which they began; what belongs to none first.
pub(super) fn all(requests: &Requests) -> Vec<Login> {
    let logins = requests.by_login().into_iter();
    logins
        .map(|(id, those)| {
            let findings = if id.is_some() {
                findings(&those, requests)
            } else {
                Vec::new()
            };
            Login {
                id,
                requests: those,
                findings,
            }
        })
        .collect()
}

impl Login {
    /// How many requests had come when its last one was there.
    pub(super) fn end(&self) -> u64 {
        self.requests.end()
    }

    pub(super) fn html(&self, is_open: bool) -> String {
        page::render(&Page {
            login: self,
            is_open,
            id: element(self.id),
            stage: self.stage(),
            drawing: Drawing::of(&self.requests),
        })
    }

    fn stage(&self) -> Stage {
        if self.id.is_none() {
            return Stage::Apart;
        }
        let mut all = self.requests.iter().rev();
        // A page that tells of a refusal is itself none.
        let is_told =
            |one: &&Exchange| matches!(one.place, Place::AuthorizationError | Place::Picture);
        let last_said = self.requests.iter().rev().find(|one| !is_told(one));
        let last = |place: Place| {
            let mut there = self.requests.iter().rev().filter(|one| one.place == place);
            there.next().and_then(|one| one.status)
        };
        let leads_back = |one: &Exchange, name: &str| {
            one.location()
                .is_some_and(|to| to.contains(&format!("{name}=")))
        };
        if last_said.is_some_and(|one| one.refusal.is_some()) {
            Stage::Refused
        } else if self.requests.iter().any(|one| one.status.is_none()) {
            Stage::Unanswered
        } else if last(Place::Token) == Some(200) {
            Stage::Given
        } else if self.requests.iter().any(|one| leads_back(one, "error")) {
            Stage::Denied
        } else if all.any(|one| leads_back(one, "code")) {
            Stage::Returned
        } else {
            Stage::Begun
        }
    }

    /// Whose login it is at which app, as far as that is known.
    fn title(&self) -> String {
        if self.id.is_none() {
            return "Without a login".into();
        }
        let known = |of: fn(&Exchange) -> Option<&String>| self.requests.iter().rev().find_map(of);
        let persona = known(|one| one.persona.as_ref()).map_or("somebody", String::as_str);
        let client = known(|one| one.client_id.as_ref()).map_or("an app", String::as_str);
        format!("{persona} at {client}")
    }

    /// When it began, by the provider's clock.
    fn began(&self) -> String {
        let first = self.requests.iter().next();
        first
            .map(|first| date_and_time(first.at))
            .unwrap_or_default()
    }

    fn refusals(&self) -> impl Iterator<Item = String> {
        let refusals = self.requests.iter().filter_map(|one| one.refusal.as_ref());
        refusals.map(|refusal| {
            let words = format!("{}: {}", refusal.check, refusal.reason);
            self.requests.masked(&words)
        })
    }
}

/// The id of a login's element on the page.
pub(super) fn element(id: Option<TransactionId>) -> String {
    id.map_or_else(|| "login-none".into(), |id| format!("login-{id}"))
}

impl Stage {
    fn words(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unanswered => "no answer",
            Self::Given => "tokens given",
            Self::Returned => "back at the app",
            Self::Denied => "error told to the app",
            Self::Begun => "at the provider",
            Self::Apart => "no login",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Refused | Self::Unanswered => "bad",
            Self::Given => "good",
            _ => "open",
        }
    }
}

/// What every app should be asked, of this login; what only shows beside others, of all up to its end.
fn findings(login: &Requests, all: &Requests) -> Vec<Finding> {
    let until = all.until(login.end());
    let is_beside_others = |question: &Question| {
        matches!(
            question,
            Question::CodeChallengeNeverRepeats
                | Question::NonceIsUnique
                | Question::StateNeverRepeats
                | Question::CodeSentOnce
                | Question::KeysFetchedBeforeUse
                | Question::NothingSentElsewhere
        )
    };
    let found = Question::FOR_EVERY_APP.into_iter().filter_map(|question| {
        let of = if is_beside_others(&question) {
            &until
        } else {
            login
        };
        let finding = of.ask(question).err()?;
        let Problem::No { exchange, words } = finding.problem else {
            return None;
        };
        let is_of_this = login.iter().any(|one| one.number == exchange);
        let spec = finding.question.spec();
        is_of_this.then(|| Finding {
            words,
            section: spec.to_string(),
            url: spec.url(),
        })
    });
    let mut findings: Vec<Finding> = found.collect();
    // Two questions may find the same.
    findings.dedup_by(|one, before| one.words == before.words);
    findings
}
