//! The file: made for one user alone, with the tables in it.

use std::{path::Path, time::Duration};

use rusqlite::Connection;

/// The tables as of this version; `PRAGMA user_version` says which a file has.
const VERSION: i64 = 1;

const SCHEMA: &str = include_str!("../sqlite.sql");

/// How long a process waits for another that writes to the same file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many statements are kept prepared: all there are.
const STATEMENTS: usize = 32;

/// Makes a file that only this user can read: it holds who has logged in.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    options.open(path).map(drop)
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
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    Ok(connection)
}

/// Makes the tables where there are none.
pub(super) fn prepare(connection: &Connection) -> Result<(), String> {
    let words = |error: rusqlite::Error| error.to_string();
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(words)?;
    match found {
        0 => {
            let statements =
                format!("BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;");
            connection.execute_batch(&statements).map_err(words)
        }
        VERSION => Ok(()),
        newer => Err(format!(
            "it has version {newer}, and this program knows {VERSION}: use the newer program, or another file"
        )),
    }
}
