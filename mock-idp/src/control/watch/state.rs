//! How a provider is set, as far as the page shows and changes it.

use std::sync::Arc;

use askama::Template;

use super::lies::READY;
use crate::config::AutoLogin;
use crate::fault::Fault;
use crate::page;
use crate::persona::Persona;
use crate::tenant::Tenant;

/// How a provider is set. What passes by itself, the time, is no part of it.
#[derive(Debug, PartialEq)]
pub(super) struct State {
    personas: Vec<(String, String)>,
    auto_login: String,
    /// By how many seconds the clock is ahead of the machine's; none where it stands still.
    ahead: Option<i64>,
    /// Where it stands still.
    stands_at: Option<String>,
    signing_kid: String,
    published_kids: Vec<String>,
    faults: Vec<Told>,
}

/// A lie, and how often it was told.
#[derive(Debug, PartialEq)]
struct Told {
    fault: Fault,
    times: u64,
}

#[derive(Template)]
#[template(path = "watch_state.html")]
struct Page<'a> {
    state: &'a State,
    now: String,
    ready: &'a [(&'static str, Vec<(&'static str, String)>)],
}

impl State {
    pub(super) fn of(tenant: &Tenant) -> Self {
        let named = |persona: Arc<Persona>| (persona.id.clone(), persona.display_name().to_owned());
        let ahead = tenant.clock().ahead();
        let faults = tenant.faults().told_so_far().into_iter();
        Self {
            personas: tenant.personas().into_iter().map(named).collect(),
            auto_login: String::from(tenant.auto_login()),
            ahead,
            stands_at: ahead.is_none().then(|| tenant.clock().date_and_time()),
            signing_kid: tenant.keys().signing_kid(),
            published_kids: tenant.keys().published_kids(),
            faults: faults.map(|(fault, times)| Told { fault, times }).collect(),
        }
    }

    pub(super) fn html(&self, tenant: &Tenant) -> String {
        page::render(&Page {
            state: self,
            now: tenant.clock().date_and_time(),
            ready: &READY,
        })
    }

    fn logs_in(&self, id: &str) -> bool {
        self.auto_login == id
    }

    /// The arguments of `set_auto_login`, as an option of the page has them.
    fn auto_login(id: &str) -> String {
        serde_json::json!({"auto_login": AutoLogin::from(id.to_owned())}).to_string()
    }

    fn is_moved(&self) -> bool {
        self.ahead != Some(0)
    }

    /// How far ahead the clock is, in words.
    fn ahead_in_words(&self) -> Option<String> {
        let ahead = self.ahead.filter(|ahead| ahead.abs() > 1)?;
        let (size, way) = (
            ahead.unsigned_abs(),
            if ahead < 0 { "behind" } else { "ahead" },
        );
        let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
        let mut left = size;
        let mut parts = Vec::new();
        for (length, unit) in units {
            if left >= length {
                parts.push(format!("{} {unit}", left / length));
                left %= length;
            }
        }
        Some(format!("{} {way}", parts.join(" ")))
    }
}

impl Told {
    fn in_words(&self) -> String {
        serde_json::to_string(&self.fault).unwrap_or_default()
    }

    /// What it is called where it can be chosen.
    fn name(&self) -> Option<&'static str> {
        let mut ready = READY.iter().flat_map(|(_, lies)| lies);
        let written = self.in_words();
        let found = ready.find(|(_, lie)| *lie == written);
        found.map(|(name, _)| *name)
    }

    fn times(&self) -> String {
        match self.times {
            0 => "not told yet".into(),
            1 => "told once".into(),
            times => format!("told {times} times"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_the_clock_is_ahead_is_said_in_words() {
        let tenant = crate::MockIdp::start();
        let mut state = State::of(&tenant);
        let mut check = |ahead: Option<i64>, expected: Option<&str>| {
            state.ahead = ahead;
            assert_eq!(state.ahead_in_words().as_deref(), expected);
        };
        check(Some(0), None);
        check(Some(7_200), Some("2 h ahead"));
        check(Some(90_061), Some("1 d 1 h 1 min 1 s ahead"));
        check(Some(-60), Some("1 min behind"));
        check(None, None);
    }
}
