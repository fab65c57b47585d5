//! Several tasks or processes at one store.

use std::sync::Arc;

use super::{LIMITS, hash, login, session};
use crate::session::{PendingLimits, SessionStore};

/// What one process writes, another reads.
///
/// # Panics
/// If the store does not.
pub async fn a_session_is_seen_by_another(first: &dyn SessionStore, second: &dyn SessionStore) {
    first.insert(session(1), &[]).await.expect("an answer");
    a_session_is_there(second).await;
    first
        .put_pending(login(7, 1, 600), LIMITS, 0)
        .await
        .expect("an answer");
    let taken = second
        .take_pending(&hash(7), &hash(1))
        .await
        .expect("an answer");
    assert_eq!(taken, Some(login(7, 1, 600)));
    assert_eq!(
        first
            .take_pending(&hash(7), &hash(1))
            .await
            .expect("an answer"),
        None
    );
}

/// What [`a_session_is_seen_by_another`] has written is there, whole.
///
/// # Panics
/// If it is not.
pub async fn a_session_is_there(store: &dyn SessionStore) {
    let found = store.find(&[hash(1)]).await.expect("an answer");
    assert_eq!(found.as_deref(), Some(&session(1)));
}

/// Many tasks at once: each session is kept, each pending login is taken by one, and of those who want to
/// refresh one may.
///
/// # Panics
/// If the store loses something.
pub async fn many_at_once_lose_nothing(store: Arc<dyn SessionStore>) {
    const MANY: u8 = 100;
    let limits = PendingLimits {
        per_browser: 10,
        total: 1_000,
    };
    let work = (0..MANY).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            store.insert(session(number), &[]).await.expect("an answer");
            let login = login(number, number / 10, 600);
            store
                .put_pending(login, limits, 0)
                .await
                .expect("an answer");
        })
    });
    for task in work.collect::<Vec<_>>() {
        task.await.expect("an answer");
    }
    let alices = store
        .find_by_subject("https://idp.test", "alice")
        .await
        .expect("an answer");
    assert_eq!(alices.len(), usize::from(MANY));
    let work = (0..2 * MANY).map(|number| {
        let store = Arc::clone(&store);
        let state = number % MANY;
        tokio::spawn(async move {
            let taken = store
                .take_pending(&hash(state), &hash(state / 10))
                .await
                .expect("an answer");
            let leased = store
                .lease_refresh(&hash(0), 0, 10)
                .await
                .expect("an answer");
            (usize::from(taken.is_some()), usize::from(leased))
        })
    });
    let mut all = (0, 0);
    for task in work.collect::<Vec<_>>() {
        let (taken, leased) = task.await.expect("an answer");
        all = (all.0 + taken, all.1 + leased);
    }
    assert_eq!(all, (usize::from(MANY), 1));
}
