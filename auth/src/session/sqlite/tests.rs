//! The contract of every store, and what a file has beside.

use std::sync::Arc;

use super::{Connection, SqliteStore};
use crate::session::contract;

fn store() -> (SqliteStore, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let store = SqliteStore::open(directory.path().join("s.sqlite3")).expect("opened");
    (store, directory)
}

#[tokio::test]
async fn the_contract_is_kept() {
    for (_, test) in contract::ALL {
        let (store, _directory) = store();
        test(&store).await;
    }
}

#[tokio::test]
async fn sessions_survive_a_restart_and_are_seen_by_another_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("s.sqlite3");
    let first = SqliteStore::open(&path).expect("made");
    let second = SqliteStore::open(&path).expect("opened beside");
    contract::a_session_is_seen_by_another(&first, &second).await;
    drop((first, second));
    contract::a_session_is_there(&SqliteStore::open(&path).expect("opened again")).await;
}

#[test]
fn replicas_that_start_at_once_make_one_file() {
    let directory = tempfile::tempdir().expect("a directory");
    for round in 0..20 {
        let path = &directory.path().join(round.to_string());
        std::thread::scope(|scope| {
            let opens: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| SqliteStore::open(path).map(drop)))
                .collect();
            for open in opens {
                assert_eq!(open.join().expect("no panic"), Ok(()));
            }
        });
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (_store, directory) = store();
    let metadata = std::fs::metadata(directory.path().join("s.sqlite3")).expect("there");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_file_that_is_none_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let check = |name: &str, words: &str| {
        let path = directory.path().join(name);
        let error = SqliteStore::open(&path).expect_err(name).to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(error.contains(words), "{error}");
    };
    std::fs::write(directory.path().join("text"), "x".repeat(2_000)).expect("written");
    check("text", "not a database");
    check("nowhere/s.sqlite3", "No such file");
    let newer = Connection::open(directory.path().join("newer")).expect("made");
    newer.pragma_update(None, "user_version", 7).expect("set");
    check("newer", "it has version 7, and this program knows 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_lose_nothing() {
    let (store, _directory) = store();
    contract::many_at_once_lose_nothing(Arc::new(store)).await;
}
