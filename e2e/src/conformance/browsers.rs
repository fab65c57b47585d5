//! The browsers that guests use where pages need JavaScript.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use url::Url;

use crate::browser::{BrowserError, Kind, Surfer};
use crate::person::VisitError;

/// Browsers of one kind, used by one guest after the other.
#[derive(Debug)]
pub struct Browsers {
    kind: Kind,
    idle: Mutex<Vec<Surfer>>,
}

impl Browsers {
    /// Browsers of this kind; none runs yet.
    ///
    /// # Errors
    /// When it is not on this machine.
    pub fn new(kind: Kind) -> Result<Self, BrowserError> {
        crate::browser::available(kind)?;
        Ok(Self {
            kind,
            idle: Mutex::new(Vec::new()),
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Surfer>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A browser that nobody uses, and nobody is known to. A page that does nothing for half of the
    /// app's patience does nothing more: a refusal that leads nowhere is not too late by that.
    pub(super) async fn take(&self, app: &Url, patience: Duration) -> Result<Surfer, VisitError> {
        let idle = self.idle().pop();
        if let Some(mut surfer) = idle {
            surfer.forget(app).await?;
            return Ok(surfer);
        }
        let started = Surfer::start(self.kind, patience / 2).await;
        started.map_err(|error| VisitError::NoAnswer {
            url: app.to_string(),
            detail: error.to_string(),
        })
    }

    /// Of no more use to whoever had it.
    pub(super) fn give_back(&self, surfer: Surfer) {
        self.idle().push(surfer);
    }
}
