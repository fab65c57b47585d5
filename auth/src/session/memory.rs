//! [`MemoryStore`]: sessions that last as long as the process.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{IdHash, PendingLimits, PendingLogin, PutPending, Session, SessionStore, StoreError};

/// Keeps everything in memory: a restart logs everybody out.
#[derive(Debug, Default)]
pub struct MemoryStore {
    sessions: Mutex<SessionTable>,
    pending: Mutex<PendingTable>,
    jtis: Mutex<HashMap<(String, String), i64>>,
    accounts: Mutex<HashSet<(String, String)>>,
}

/// Sessions, and the two ways to find them that are not their hash: issuer, value, session.
#[derive(Debug, Default)]
struct SessionTable {
    rows: HashMap<IdHash, Row>,
    by_subject: BTreeSet<(String, String, IdHash)>,
    by_sid: BTreeSet<(String, String, IdHash)>,
}

#[derive(Debug)]
struct Row {
    session: Arc<Session>,
    leased_until: i64,
}

#[derive(Debug, Default)]
struct PendingTable {
    /// By state, each with its place in the order of arrival.
    rows: HashMap<IdHash, (u64, PendingLogin)>,
    /// When each expires, its arrival and state.
    by_expiry: BTreeSet<(i64, u64, IdHash)>,
    /// The browser of each, its arrival and state.
    by_browser: BTreeSet<(IdHash, u64, IdHash)>,
    arrived: u64,
}

/// A panic elsewhere must not lock everybody out; every change below leaves the tables whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SessionTable {
    fn insert(&mut self, session: Session) {
        self.remove(&session.id);
        let id = session.id;
        self.by_subject
            .insert((session.issuer.clone(), session.subject.clone(), id));
        if let Some(sid) = &session.sid {
            self.by_sid
                .insert((session.issuer.clone(), sid.clone(), id));
        }
        self.rows.insert(
            id,
            Row {
                session: Arc::new(session),
                leased_until: i64::MIN,
            },
        );
    }

    fn remove(&mut self, id: &IdHash) {
        let Some(Row { session, .. }) = self.rows.remove(id) else {
            return;
        };
        self.by_subject
            .remove(&(session.issuer.clone(), session.subject.clone(), *id));
        if let Some(sid) = &session.sid {
            self.by_sid
                .remove(&(session.issuer.clone(), sid.clone(), *id));
        }
    }

    fn remove_all(&mut self, ids: &[IdHash]) {
        for id in ids {
            self.remove(id);
        }
    }

    fn listed(
        &self,
        index: &BTreeSet<(String, String, IdHash)>,
        issuer: &str,
        value: &str,
    ) -> Vec<Arc<Session>> {
        let first = (issuer.to_owned(), value.to_owned(), IdHash([0; 32]));
        let last = (issuer.to_owned(), value.to_owned(), IdHash([0xff; 32]));
        let rows = index
            .range(first..=last)
            .filter_map(|(_, _, id)| self.rows.get(id));
        rows.map(|row| Arc::clone(&row.session)).collect()
    }
}

impl PendingTable {
    fn insert(&mut self, login: PendingLogin) {
        self.remove(&login.state);
        let (arrival, state) = (self.arrived, login.state);
        self.arrived += 1;
        self.by_expiry.insert((login.expires_at, arrival, state));
        self.by_browser.insert((login.browser, arrival, state));
        self.rows.insert(state, (arrival, login));
    }

    fn remove(&mut self, state: &IdHash) -> Option<PendingLogin> {
        let (arrival, login) = self.rows.remove(state)?;
        self.by_expiry.remove(&(login.expires_at, arrival, *state));
        self.by_browser.remove(&(login.browser, arrival, *state));
        Some(login)
    }

    fn remove_expired(&mut self, now: i64) {
        while let Some((expires_at, _, state)) = self.by_expiry.first().copied()
            && expires_at <= now
        {
            self.remove(&state);
        }
    }

    /// The states of one browser's logins, oldest first.
    fn of_browser(&self, browser: IdHash) -> Vec<IdHash> {
        let first = (browser, 0, IdHash([0; 32]));
        let last = (browser, u64::MAX, IdHash([0xff; 32]));
        self.by_browser
            .range(first..=last)
            .map(|(_, _, state)| *state)
            .collect()
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn put_pending(
        &self,
        login: PendingLogin,
        limits: PendingLimits,
        now: i64,
    ) -> Result<PutPending, StoreError> {
        let mut table = lock(&self.pending);
        table.remove_expired(now);
        let own = table.of_browser(login.browser);
        let room = limits.per_browser.saturating_sub(1);
        for state in &own[..own.len().saturating_sub(room)] {
            table.remove(state);
        }
        if table.rows.len() >= limits.total {
            return Ok(PutPending::Full);
        }
        table.insert(login);
        Ok(PutPending::Kept)
    }

    async fn take_pending(
        &self,
        state: &IdHash,
        browser: &IdHash,
    ) -> Result<Option<PendingLogin>, StoreError> {
        let mut table = lock(&self.pending);
        let is_own = table
            .rows
            .get(state)
            .is_some_and(|(_, login)| login.browser == *browser);
        Ok(if is_own { table.remove(state) } else { None })
    }

    async fn insert(&self, session: Session, replaced: &[IdHash]) -> Result<(), StoreError> {
        let mut table = lock(&self.sessions);
        table.remove_all(replaced);
        table.insert(session);
        Ok(())
    }

    async fn find(&self, ids: &[IdHash]) -> Result<Option<Arc<Session>>, StoreError> {
        let table = lock(&self.sessions);
        Ok(ids
            .iter()
            .find_map(|id| table.rows.get(id))
            .map(|row| Arc::clone(&row.session)))
    }

    async fn find_by_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        let table = lock(&self.sessions);
        Ok(table.listed(&table.by_subject, issuer, subject))
    }

    async fn find_by_sid(&self, issuer: &str, sid: &str) -> Result<Vec<Arc<Session>>, StoreError> {
        let table = lock(&self.sessions);
        Ok(table.listed(&table.by_sid, issuer, sid))
    }

    async fn save(&self, mut session: Session) -> Result<bool, StoreError> {
        let mut table = lock(&self.sessions);
        let stored = table.rows.get(&session.id).map(|row| &row.session);
        let Some(stored) = stored.filter(|stored| stored.version == session.version) else {
            return Ok(false);
        };
        session.version += 1;
        session.idle_until = session.idle_until.max(stored.idle_until);
        table.insert(session);
        Ok(true)
    }

    async fn touch(&self, id: &IdHash, idle_until: i64) -> Result<(), StoreError> {
        if let Some(row) = lock(&self.sessions).rows.get_mut(id) {
            Arc::make_mut(&mut row.session).idle_until = idle_until;
        }
        Ok(())
    }

    async fn lease_refresh(&self, id: &IdHash, now: i64, until: i64) -> Result<bool, StoreError> {
        let mut table = lock(&self.sessions);
        let free = table.rows.get_mut(id).filter(|row| row.leased_until <= now);
        Ok(free.map(|row| row.leased_until = until).is_some())
    }

    async fn note_jti(
        &self,
        issuer: &str,
        jti: &str,
        now: i64,
        until: i64,
    ) -> Result<bool, StoreError> {
        let mut jtis = lock(&self.jtis);
        let key = (issuer.to_owned(), jti.to_owned());
        if jtis.get(&key).is_some_and(|until| *until > now) {
            return Ok(false);
        }
        jtis.insert(key, until);
        Ok(true)
    }

    async fn note_account(&self, issuer: &str, subject: &str) -> Result<bool, StoreError> {
        let account = (issuer.to_owned(), subject.to_owned());
        Ok(lock(&self.accounts).insert(account))
    }

    async fn end(&self, ids: &[IdHash]) -> Result<(), StoreError> {
        let mut table = lock(&self.sessions);
        table.remove_all(ids);
        Ok(())
    }

    async fn sweep(&self, now: i64) -> Result<(), StoreError> {
        lock(&self.pending).remove_expired(now);
        lock(&self.jtis).retain(|_, until| *until > now);
        let mut table = lock(&self.sessions);
        let dead: Vec<IdHash> = table
            .rows
            .values()
            .filter(|row| !row.session.is_alive(now))
            .map(|row| row.session.id)
            .collect();
        table.remove_all(&dead);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::contract, MemoryStore};

    #[tokio::test]
    async fn the_contract_is_kept() {
        for (_, test) in contract::ALL {
            test(&MemoryStore::default()).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_at_once_lose_nothing() {
        contract::many_at_once_lose_nothing(Arc::new(MemoryStore::default())).await;
    }
}
