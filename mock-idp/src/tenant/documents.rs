//! Answers that are the same for everybody until something changes.

use std::sync::{Mutex, PoisonError};

use super::Tenant;
use crate::answer::Answer;
use crate::place::Place;

/// The documents of a tenant, encoded, each with the version of what it was made from.
#[derive(Debug, Default)]
pub(super) struct Documents(Mutex<Vec<(Place, u64, Answer)>>);

impl Tenant {
    /// The document of a place; made anew where the one at hand is of another version. Where the
    /// path names a directory, there are as many as anybody can think of: none is kept.
    pub(crate) fn document(
        &self,
        version: u64,
        place: Place,
        directory: Option<&str>,
        make: fn(&Self, Option<&str>) -> Answer,
    ) -> Answer {
        if self.is_called_as_seen() || directory.is_some() {
            return make(self, directory).encoded();
        }
        let documents = &self.0.documents.0;
        let mut documents = documents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, answer)) = documents.iter().find(|it| (it.0, it.1) == (place, version)) {
            return answer.clone();
        }
        let answer = make(self, None).encoded();
        documents.retain(|it| it.0 != place);
        documents.push((place, version, answer.clone()));
        answer
    }
}
