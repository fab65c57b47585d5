//! Which places a login has been at, for faults that wait until it has been at one.

use std::sync::{Arc, Weak};

use crate::endpoint::Parameters;
use crate::place::Place;

/// The logins under way, each known by the parameters of its authorization request, which all of
/// its answers share. A login that nothing remembers any more goes by itself.
#[derive(Debug, Default)]
pub(super) struct Transactions(Vec<(Weak<Parameters>, Vec<Place>)>);

impl Transactions {
    /// Whether this login has been at this place.
    pub(super) fn has_been(&self, login: Option<&Arc<Parameters>>, place: Place) -> bool {
        let Some(login) = login else {
            return false;
        };
        let found = self.0.iter().find(|(known, _)| is_of(known, login));
        found.is_some_and(|(_, places)| places.contains(&place))
    }

    /// Notes that this login has been at this place.
    pub(super) fn note(&mut self, login: &Arc<Parameters>, place: Place) {
        self.0.retain(|(known, _)| known.strong_count() > 0);
        match self.0.iter_mut().find(|(known, _)| is_of(known, login)) {
            Some((_, places)) => places.push(place),
            None => self.0.push((Arc::downgrade(login), vec![place])),
        }
    }
}

fn is_of(known: &Weak<Parameters>, login: &Arc<Parameters>) -> bool {
    std::ptr::eq(known.as_ptr(), Arc::as_ptr(login))
}
