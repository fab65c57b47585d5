//! [`SqliteStore`]: sessions in a file, which survive a restart.

mod file;
#[cfg(test)]
mod tests;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use rusqlite::{
    Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params, params_from_iter,
};

use file::{connect, make_private, prepare};

use super::{IdHash, PendingLimits, PendingLogin, PutPending, Session, SessionStore, StoreError};

/// Keeps everything in an SQLite file. Several processes of one machine can share it.
///
/// Reading takes microseconds and happens in place; writing waits for the disk, and so has a thread of
/// the runtime's for blocking work.
#[derive(Debug)]
pub struct SqliteStore(Arc<Connections>);

#[derive(Debug)]
struct Connections {
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens the file, or makes it, for this user alone to read. It blocks for as long as the file system
    /// takes: call it before serving.
    ///
    /// # Errors
    /// It cannot be opened or written, is none of SQLite's, or of a newer version of this crate.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let failed =
            |error: &dyn std::fmt::Display| StoreError::new(format!("{}: {error}", path.display()));
        make_private(path).map_err(|error| failed(&error))?;
        let mut writer = connect(path).map_err(|error| failed(&error))?;
        prepare(&mut writer).map_err(|error| failed(&error))?;
        let reader = connect(path).map_err(|error| failed(&error))?;
        Ok(Self(Arc::new(Connections {
            reader: Mutex::new(reader),
            writer: Mutex::new(writer),
        })))
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let connection = self.0.reader.lock();
        Ok(work(&connection.unwrap_or_else(PoisonError::into_inner))?)
    }

    /// All of it, or nothing.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connections = Arc::clone(&self.0);
        let written = tokio::task::spawn_blocking(move || {
            let connection = connections.writer.lock();
            let mut connection = connection.unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok::<T, rusqlite::Error>(done)
        });
        let written = written.await;
        Ok(written.map_err(|error| StoreError::new(error.to_string()))??)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// The columns of [`session`], in its order.
const SESSION: &str = "SELECT id, version, provider, issuer, subject, sid, claims, sealed_tokens, \
    end_session_endpoint, refresh_due, created_at, idle_until, expires_at FROM session";

fn session(row: &Row<'_>) -> rusqlite::Result<Arc<Session>> {
    let claims: String = row.get(6)?;
    let unreadable = |error| {
        rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(error))
    };
    Ok(Arc::new(Session {
        id: IdHash(row.get(0)?),
        version: row.get::<_, i64>(1)?.cast_unsigned(),
        provider: row.get(2)?,
        issuer: row.get(3)?,
        subject: row.get(4)?,
        sid: row.get(5)?,
        claims: serde_json::from_str(&claims).map_err(unreadable)?,
        sealed_tokens: row.get(7)?,
        end_session_endpoint: row.get(8)?,
        refresh_due: row.get(9)?,
        created_at: row.get(10)?,
        idle_until: row.get(11)?,
        expires_at: row.get(12)?,
    }))
}

fn claims(session: &Session) -> rusqlite::Result<String> {
    let unwritable = |error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    serde_json::to_string(&session.claims).map_err(unwritable)
}

fn end_all(transaction: &Transaction<'_>, ids: &[IdHash]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached("DELETE FROM session WHERE id = ?1")?;
    for id in ids {
        statement.execute([id.0])?;
    }
    Ok(())
}

fn insert(transaction: &Transaction<'_>, session: &Session) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO session (id, version, provider, issuer, subject, sid, claims, \
         sealed_tokens, end_session_endpoint, refresh_due, created_at, idle_until, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    statement.execute(params![
        session.id.0,
        session.version.cast_signed(),
        session.provider,
        session.issuer,
        session.subject,
        session.sid,
        claims(session)?,
        session.sealed_tokens,
        session.end_session_endpoint,
        session.refresh_due,
        session.created_at,
        session.idle_until,
        session.expires_at,
    ])?;
    Ok(())
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn put_pending(
        &self,
        login: PendingLogin,
        limits: PendingLimits,
        now: i64,
    ) -> Result<PutPending, StoreError> {
        self.write(move |transaction| {
            let limit = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            transaction
                .prepare_cached("DELETE FROM pending WHERE expires_at <= ?1")?
                .execute([now])?;
            // All but the newest of this browser's make room.
            transaction
                .prepare_cached(
                    "DELETE FROM pending WHERE browser = ?1 AND arrival NOT IN \
                     (SELECT arrival FROM pending WHERE browser = ?1 ORDER BY arrival DESC LIMIT ?2)",
                )?
                .execute(params![login.browser.0, limit(limits.per_browser) - 1])?;
            let count: i64 = transaction
                .prepare_cached("SELECT count(*) FROM pending")?
                .query_row([], |row| row.get(0))?;
            if count >= limit(limits.total) {
                return Ok(PutPending::Full);
            }
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO pending (state, browser, expires_at, sealed) \
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    login.state.0,
                    login.browser.0,
                    login.expires_at,
                    login.sealed
                ])?;
            Ok(PutPending::Kept)
        })
        .await
    }

    async fn take_pending(
        &self,
        state: &IdHash,
        browser: &IdHash,
    ) -> Result<Option<PendingLogin>, StoreError> {
        let (state, browser) = (*state, *browser);
        self.write(move |transaction| {
            transaction
                .prepare_cached(
                    "DELETE FROM pending WHERE state = ?1 AND browser = ?2 RETURNING expires_at, sealed",
                )?
                .query_row(params![state.0, browser.0], |row| {
                    Ok(PendingLogin {
                        state,
                        browser,
                        expires_at: row.get(0)?,
                        sealed: row.get(1)?,
                    })
                })
                .optional()
        })
        .await
    }

    async fn insert(&self, session: Session, replaced: &[IdHash]) -> Result<(), StoreError> {
        let replaced = replaced.to_vec();
        self.write(move |transaction| {
            end_all(transaction, &replaced)?;
            insert(transaction, &session)
        })
        .await
    }

    async fn find(&self, ids: &[IdHash]) -> Result<Option<Arc<Session>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("{SESSION} WHERE id = ?1"))?;
            for id in ids {
                if let Some(found) = statement.query_row([id.0], session).optional()? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
    }

    async fn find_by_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        self.read(|connection| {
            let text = format!("{SESSION} WHERE issuer = ?1 AND subject = ?2 ORDER BY created_at");
            let mut statement = connection.prepare_cached(&text)?;
            statement.query_map([issuer, subject], session)?.collect()
        })
    }

    async fn find_by_sid(&self, issuer: &str, sid: &str) -> Result<Vec<Arc<Session>>, StoreError> {
        self.read(|connection| {
            let text = format!("{SESSION} WHERE issuer = ?1 AND sid = ?2 ORDER BY created_at");
            let mut statement = connection.prepare_cached(&text)?;
            statement.query_map([issuer, sid], session)?.collect()
        })
    }

    async fn save(&self, session: Session) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "UPDATE session SET version = version + 1, provider = ?3, issuer = ?4, \
                     subject = ?5, sid = ?6, claims = ?7, sealed_tokens = ?8, \
                     end_session_endpoint = ?9, refresh_due = ?10, \
                     idle_until = max(idle_until, ?11), expires_at = ?12, leased_until = 0 \
                     WHERE id = ?1 AND version = ?2",
                )?
                .execute(params![
                    session.id.0,
                    session.version.cast_signed(),
                    session.provider,
                    session.issuer,
                    session.subject,
                    session.sid,
                    claims(&session)?,
                    session.sealed_tokens,
                    session.end_session_endpoint,
                    session.refresh_due,
                    session.idle_until,
                    session.expires_at,
                ])?;
            Ok(changed == 1)
        })
        .await
    }

    async fn touch(&self, id: &IdHash, idle_until: i64) -> Result<(), StoreError> {
        let id = *id;
        self.write(move |transaction| {
            transaction
                .prepare_cached("UPDATE session SET idle_until = ?2 WHERE id = ?1")?
                .execute(params![id.0, idle_until])
        })
        .await?;
        Ok(())
    }

    async fn lease_refresh(&self, id: &IdHash, now: i64, until: i64) -> Result<bool, StoreError> {
        let id = *id;
        self.write(move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "UPDATE session SET leased_until = ?3 WHERE id = ?1 AND leased_until <= ?2",
                )?
                .execute(params![id.0, now, until])?;
            Ok(changed == 1)
        })
        .await
    }

    async fn note_jti(
        &self,
        issuer: &str,
        jti: &str,
        now: i64,
        until: i64,
    ) -> Result<bool, StoreError> {
        let (issuer, jti) = (issuer.to_owned(), jti.to_owned());
        self.write(move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "INSERT INTO jti (issuer, jti, until) VALUES (?1, ?2, ?4) \
                     ON CONFLICT DO UPDATE SET until = ?4 WHERE until <= ?3",
                )?
                .execute(params![issuer, jti, now, until])?;
            Ok(changed == 1)
        })
        .await
    }

    async fn note_account(&self, issuer: &str, subject: &str) -> Result<bool, StoreError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.write(move |transaction| {
            let added = transaction
                .prepare_cached("INSERT OR IGNORE INTO account (issuer, subject) VALUES (?1, ?2)")?
                .execute([issuer, subject])?;
            Ok(added == 1)
        })
        .await
    }

    async fn end(&self, ids: &[IdHash]) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        self.write(move |transaction| end_all(transaction, &ids))
            .await
    }

    async fn sweep(&self, now: i64) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for text in [
                "DELETE FROM pending WHERE expires_at <= ?1",
                "DELETE FROM jti WHERE until <= ?1",
                "DELETE FROM session WHERE idle_until <= ?1 OR expires_at <= ?1",
            ] {
                transaction
                    .prepare_cached(text)?
                    .execute(params_from_iter([now]))?;
            }
            Ok(())
        })
        .await
    }
}
