//! What answers said before, for replays.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::answer::Members;
use crate::place::Place;

/// The members of the last answer of each place that was no error.
#[derive(Debug, Default)]
pub(crate) struct Earlier(Mutex<BTreeMap<Place, Members>>);

impl Earlier {
    /// Remembers an answer's members until the next of the same place.
    pub(super) fn remember(&self, place: Place, members: &Members) {
        let is_replayable = matches!(
            place,
            Place::Authorization
                | Place::Token
                | Place::IdTokenClaims
                | Place::LogoutTokenClaims
                | Place::UserInfo
        );
        if is_replayable && !members.is_empty() && members.json_of("error").is_none() {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(place, members.clone());
        }
    }

    /// A member of the last answer of a place, as JSON.
    pub(super) fn json(&self, place: Place, member: &str) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&place)?.json_of(member).map(str::to_owned)
    }

    pub(super) fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
