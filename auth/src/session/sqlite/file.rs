//! The file: made for one user alone, with the tables in it.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

/// The tables as of this version; `PRAGMA user_version` says which a file has.
const VERSION: i64 = 1;

const SCHEMA: &str = include_str!("../sqlite.sql");

/// How long a process waits for another that writes to the same file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it tries to have a new file for itself.
const ATTEMPTS: usize = 100;

/// How many statements are kept prepared: all there are.
const STATEMENTS: usize = 32;

/// Makes a file that only this user can read: it holds who has logged in. One that is there is not touched: with a
/// file that is closed, all locks of this process on it go.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) -> std::io::Result<()> {
    Ok(())
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // With a log beside the file nobody who reads waits for one who writes; a crash of the machine may cost
    // the last logins, never the file.
    switch_log_on(&connection)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    Ok(connection)
}

/// To switch it on in a new file SQLite needs the file for itself, and does not wait for another process that does the
/// same; to begin a transaction it does.
fn switch_log_on(connection: &Connection) -> rusqlite::Result<()> {
    let switch = || connection.pragma_update(None, "journal_mode", "WAL");
    for _ in 0..ATTEMPTS {
        match switch() {
            Err(error) if is_busy(&error) => {
                connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
            }
            done => return done,
        }
    }
    switch()
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Makes the tables where there are none, once of all processes that start at the same time.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), String> {
    make_tables(connection)
        .map_err(|error| error.to_string())
        .and_then(|found| match found {
            VERSION => Ok(()),
            newer => Err(format!(
                "it has version {newer}, and this program knows {VERSION}: use the newer program, or another file"
            )),
        })
}

/// The answer is the version that the file has then.
fn make_tables(connection: &mut Connection) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found != 0 {
        return Ok(found);
    }
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(VERSION)
}
