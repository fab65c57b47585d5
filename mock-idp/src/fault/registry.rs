//! A tenant's faults, and how often each was met.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::check::check;
use super::earlier::Earlier;
use super::transactions::Transactions;
use super::{Count, Effect, Fault, FaultError, FaultId, UnreachedFault, When};
use crate::endpoint::Parameters;
use crate::place::Place;

/// A tenant's faults.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
    /// Whether there is a fault, so that an honest provider does not wait for the lock.
    is_any: AtomicBool,
    earlier: Earlier,
}

#[derive(Debug, Default)]
struct State {
    faults: Vec<Armed>,
    made: u64,
    /// Kept while there are faults that ask for it.
    transactions: Transactions,
}

#[derive(Debug)]
struct Armed {
    id: FaultId,
    fault: Fault,
    /// How often the place and the match applied.
    seen: u64,
    /// How often it was told.
    told: u64,
}

/// What a request or an answer is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion<'a> {
    pub(super) place: Place,
    pub(super) when: When,
    pub(super) client: Option<&'a str>,
    pub(super) persona: Option<&'a str>,
    /// Whether the request is for a refresh.
    pub(super) is_refresh: bool,
    /// The authorization request of the login.
    pub(super) login: Option<&'a Arc<Parameters>>,
    /// Whether the answer has members.
    pub(super) has_members: bool,
}

/// A fault whose turn it is.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) id: FaultId,
    pub(super) effects: Vec<Effect>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) -> Result<FaultId, FaultError> {
        check(&fault)?;
        let mut state = self.state();
        state.made += 1;
        let id = FaultId(state.made);
        state.faults.push(Armed {
            id,
            fault,
            seen: 0,
            told: 0,
        });
        self.is_any.store(true, Ordering::Release);
        Ok(id)
    }

    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.faults.clear();
        self.is_any.store(false, Ordering::Release);
        state.transactions = Transactions::default();
    }

    /// Forgets what could be replayed.
    pub(crate) fn forget(&self) {
        self.earlier.forget();
    }

    /// What answers said before.
    pub(super) fn earlier(&self) -> &Earlier {
        &self.earlier
    }

    /// Notes that a login has been at a place.
    pub(super) fn note(&self, login: &Arc<Parameters>, place: Place) {
        if !self.is_any() {
            return;
        }
        let mut state = self.state();
        if state
            .faults
            .iter()
            .any(|armed| armed.fault.matching.after.is_some())
        {
            state.transactions.note(login, place);
        }
    }

    pub(crate) fn unreached(&self) -> Vec<UnreachedFault> {
        let state = self.state();
        let unreached = state.faults.iter().filter(|armed| armed.told == 0);
        unreached
            .map(|armed| UnreachedFault {
                id: armed.id,
                fault: armed.fault.clone(),
            })
            .collect()
    }

    /// Every fault, and how often it was told.
    pub(crate) fn told_so_far(&self) -> Vec<(Fault, u64)> {
        let state = self.state();
        let faults = state.faults.iter();
        faults
            .map(|armed| (armed.fault.clone(), armed.told))
            .collect()
    }

    /// The faults whose turn it is, in the order they were made. Each is counted as seen, not yet
    /// as told.
    pub(super) fn due(&self, occasion: Occasion<'_>) -> Vec<Due> {
        if !self.is_any() {
            return Vec::new();
        }
        let mut state = self.state();
        let State {
            faults,
            transactions,
            ..
        } = &mut *state;
        let due = faults.iter_mut().filter_map(|armed| {
            armed.is_due(occasion, transactions).then(|| Due {
                id: armed.id,
                effects: armed.fault.effects.clone(),
            })
        });
        due.collect()
    }

    /// Counts a fault as told.
    pub(super) fn told(&self, id: FaultId) {
        let mut state = self.state();
        if let Some(armed) = state.faults.iter_mut().find(|armed| armed.id == id) {
            armed.told += 1;
        }
    }

    /// The effects of every fault that can still be told.
    pub(super) fn effects(&self) -> Vec<Effect> {
        let state = self.state();
        let faults = state.faults.iter();
        faults
            .flat_map(|armed| armed.fault.effects.clone())
            .collect()
    }

    fn is_any(&self) -> bool {
        self.is_any.load(Ordering::Acquire)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    fn is_due(&mut self, occasion: Occasion<'_>, transactions: &Transactions) -> bool {
        if !self.matches(occasion, transactions) {
            return false;
        }
        self.seen += 1;
        let is_its_turn = self.fault.matching.nth.is_none_or(|nth| nth == self.seen);
        let is_left = match self.fault.count {
            Count::Always => true,
            Count::Times(times) => self.told < times,
        };
        is_its_turn && is_left
    }

    fn matches(&self, occasion: Occasion<'_>, transactions: &Transactions) -> bool {
        let is_same = |wanted: &Option<String>, found: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == found
        };
        let matching = &self.fault.matching;
        let needs_members = self.fault.effects.iter().any(Effect::needs_members);
        let has_been = |place| transactions.has_been(occasion.login, place);
        self.fault.place == occasion.place
            && self.fault.when == occasion.when
            && is_same(&matching.client, occasion.client)
            && is_same(&matching.persona, occasion.persona)
            && matching
                .refresh
                .is_none_or(|is_refresh| is_refresh == occasion.is_refresh)
            && matching.after.is_none_or(has_been)
            && (occasion.has_members || !needs_members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{authorization, token};

    const TOKEN: Occasion<'_> = Occasion {
        place: Place::Token,
        when: When::After,
        client: Some("app"),
        persona: Some("alice"),
        is_refresh: false,
        login: None,
        has_members: true,
    };

    /// Meets the fault on each occasion and says on which it was told.
    fn told(fault: Fault, occasions: &[Occasion<'_>]) -> Vec<bool> {
        let faults = Faults::default();
        faults.add(fault).unwrap();
        let meet = |occasion: &Occasion<'_>| {
            let due = faults.due(*occasion);
            let is_told = !due.is_empty();
            for due in due {
                faults.told(due.id);
            }
            is_told
        };
        occasions.iter().map(meet).collect()
    }

    #[test]
    fn a_fault_is_told_as_often_as_it_says() {
        assert_eq!(told(token().status(500), &[TOKEN; 3]), [true; 3]);
        assert_eq!(
            told(token().status(500).once(), &[TOKEN; 3]),
            [true, false, false]
        );
        assert_eq!(
            told(token().status(500).times(2), &[TOKEN; 3]),
            [true, true, false]
        );
        assert_eq!(
            told(token().status(500).nth(2), &[TOKEN; 3]),
            [false, true, false]
        );
    }

    #[test]
    fn a_fault_is_told_to_whom_it_says() {
        let bob = Occasion {
            persona: Some("bob"),
            ..TOKEN
        };
        let other = Occasion {
            client: Some("other"),
            ..TOKEN
        };
        let jwks = Occasion {
            place: Place::Jwks,
            ..TOKEN
        };
        let before = Occasion {
            when: When::Instead,
            ..TOKEN
        };
        let all = [TOKEN, bob, other, jwks, before];
        let fault = || token().status(500);
        assert_eq!(told(fault(), &all), [true, true, true, false, false]);
        assert_eq!(
            told(fault().for_persona("alice"), &all),
            [true, false, true, false, false]
        );
        assert_eq!(
            told(fault().for_client("app"), &all),
            [true, true, false, false, false]
        );
        assert_eq!(
            told(fault().instead(), &all),
            [false, false, false, false, true]
        );
        let refresh = Occasion {
            is_refresh: true,
            ..TOKEN
        };
        let both = [TOKEN, refresh];
        assert_eq!(told(fault().on_refresh(true), &both), [false, true]);
        assert_eq!(told(fault().on_refresh(false), &both), [true, false]);
        // The n-th of those that match, not of all.
        assert_eq!(
            told(fault().for_client("other").nth(1), &all),
            [false, false, true, false, false]
        );
    }

    #[test]
    fn an_answer_without_members_is_no_occasion_to_edit_them() {
        let bare = Occasion {
            place: Place::Authorization,
            has_members: false,
            ..TOKEN
        };
        let full = Occasion {
            has_members: true,
            ..bare
        };
        assert_eq!(
            told(authorization().omit("iss").once(), &[bare, full]),
            [false, true]
        );
        assert_eq!(
            told(authorization().status(500).once(), &[bare, full]),
            [true, false]
        );
    }

    #[test]
    fn a_fault_can_wait_until_its_login_has_been_somewhere() {
        let faults = Faults::default();
        let fault = token().status(500).after_place(Place::Authorization);
        faults.add(fault).unwrap();
        let (one, other) = (Arc::default(), Arc::default());
        faults.note(&one, Place::Authorization);
        faults.note(&other, Place::Token);
        let is_due = |login| !faults.due(Occasion { login, ..TOKEN }).is_empty();
        assert!(is_due(Some(&one)));
        assert!(!is_due(Some(&other)) && !is_due(None));
    }

    #[test]
    fn what_was_never_told_is_unreached() {
        let faults = Faults::default();
        let first = faults.add(token().status(500)).unwrap();
        let second = faults.add(token().omit("x").for_client("nobody")).unwrap();
        for due in faults.due(TOKEN) {
            faults.told(due.id);
        }
        let unreached: Vec<_> = faults.unreached().iter().map(|it| it.id).collect();
        assert_eq!(unreached, [second]);
        assert_ne!(first, second);
        faults.clear();
        assert!(faults.unreached().is_empty());
    }
}
