//! What every [`SessionStore`] has to do, whatever it keeps its records in: each function wants a
//! store of its own, panics where the store does something else, and is one test of every implementation.
//!
//! For the tests of a store of one's own, with the feature `contract`; [`store_contract!`] makes a test of
//! each.

use std::sync::Arc;

use serde_json::json;

use super::{IdHash, PendingLimits, PendingLogin, PutPending, Session, SessionStore};

const LIMITS: PendingLimits = PendingLimits {
    per_browser: 2,
    total: 4,
};

fn hash(byte: u8) -> IdHash {
    IdHash([byte; 32])
}

fn login(state: u8, browser: u8, expires_at: i64) -> PendingLogin {
    PendingLogin {
        state: hash(state),
        browser: hash(browser),
        expires_at,
        sealed: vec![state],
    }
}

fn session(id: u8) -> Session {
    Session {
        id: hash(id),
        version: 0,
        provider: "google".to_owned(),
        issuer: "https://idp.test".to_owned(),
        subject: "alice".to_owned(),
        sid: Some("provider-session".to_owned()),
        claims: json!({"name": "Alice"}).as_object().unwrap().clone(),
        sealed_tokens: vec![id],
        end_session_endpoint: Some("https://idp.test/logout".to_owned()),
        refresh_due: Some(50),
        created_at: 0,
        idle_until: 100,
        expires_at: 1_000,
    }
}

/// The states that one of two browsers, 1 and 2, can take.
async fn states(store: &dyn SessionStore, candidates: std::ops::RangeInclusive<u8>) -> Vec<u8> {
    let mut found = Vec::new();
    for state in candidates {
        for browser in 1..=4 {
            if let Some(login) = store
                .take_pending(&hash(state), &hash(browser))
                .await
                .unwrap()
            {
                found.push(login.sealed[0]);
            }
        }
    }
    found
}

/// Another browser, another state and a second time find nothing.
///
/// # Panics
/// If the store does not.
pub async fn a_pending_login_is_taken_once_and_in_its_browser(store: &dyn SessionStore) {
    let put = store
        .put_pending(login(7, 1, 600), LIMITS, 0)
        .await
        .unwrap();
    assert_eq!(put, PutPending::Kept);
    assert_eq!(store.take_pending(&hash(8), &hash(1)).await.unwrap(), None);
    assert_eq!(store.take_pending(&hash(7), &hash(2)).await.unwrap(), None);
    assert_eq!(
        store.take_pending(&hash(7), &hash(1)).await.unwrap(),
        Some(login(7, 1, 600))
    );
    assert_eq!(store.take_pending(&hash(7), &hash(1)).await.unwrap(), None);
}

/// Beyond its limit, a browser loses its oldest login and no other browser does.
///
/// # Panics
/// If the store does not.
pub async fn a_browser_drops_its_own_oldest(store: &dyn SessionStore) {
    for (state, browser) in [(10, 1), (11, 2), (12, 1), (13, 1)] {
        let put = store
            .put_pending(login(state, browser, 600), LIMITS, 0)
            .await
            .unwrap();
        assert_eq!(put, PutPending::Kept);
    }
    assert_eq!(states(store, 10..=13).await, [11, 12, 13]);
}

/// Beyond the limit in all, no more is kept until something expires.
///
/// # Panics
/// If the store does not.
pub async fn the_limit_in_all_counts_what_has_not_expired(store: &dyn SessionStore) {
    let put = async |state, browser, expires_at, now| {
        store
            .put_pending(login(state, browser, expires_at), LIMITS, now)
            .await
            .unwrap()
    };
    for (state, browser) in [(10, 1), (11, 1), (12, 2), (13, 3)] {
        assert_eq!(put(state, browser, 600, 0).await, PutPending::Kept);
    }
    assert_eq!(put(14, 4, 600, 599).await, PutPending::Full);
    assert_eq!(
        put(15, 1, 600, 599).await,
        PutPending::Kept,
        "it makes room in its own browser"
    );
    assert_eq!(
        put(16, 4, 1_200, 600).await,
        PutPending::Kept,
        "all others have expired"
    );
    assert_eq!(states(store, 10..=16).await, [16]);
}

/// By hash, by issuer and subject, by issuer and `sid`.
///
/// # Panics
/// If the store does not.
pub async fn a_session_is_found_three_ways(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.unwrap();
    store.insert(session(2), &[]).await.unwrap();
    let other = Session {
        subject: "bob".to_owned(),
        sid: None,
        ..session(3)
    };
    store.insert(other.clone(), &[]).await.unwrap();

    let found = store.find(&[hash(9), hash(3)]).await.unwrap();
    assert_eq!(found.as_deref(), Some(&other));
    assert_eq!(store.find(&[hash(9)]).await.unwrap(), None);
    let ids = |found: Vec<Arc<Session>>| -> Vec<IdHash> {
        let mut ids: Vec<IdHash> = found.iter().map(|session| session.id).collect();
        ids.sort_unstable();
        ids
    };
    let by_subject =
        async |issuer, subject| ids(store.find_by_subject(issuer, subject).await.unwrap());
    let by_sid = async |issuer, sid| ids(store.find_by_sid(issuer, sid).await.unwrap());
    assert_eq!(
        by_subject("https://idp.test", "alice").await,
        [hash(1), hash(2)]
    );
    assert_eq!(by_subject("https://idp.test", "bob").await, [hash(3)]);
    assert_eq!(by_subject("https://other.test", "alice").await, []);
    assert_eq!(
        by_sid("https://idp.test", "provider-session").await,
        [hash(1), hash(2)]
    );
    assert_eq!(by_sid("https://other.test", "provider-session").await, []);
}

/// Whether it is replaced or ended.
///
/// # Panics
/// If the store does not.
pub async fn a_session_that_ends_is_found_no_way(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.unwrap();
    store.insert(session(2), &[hash(1), hash(9)]).await.unwrap();
    assert_eq!(
        store.find(&[hash(1)]).await.unwrap(),
        None,
        "it was replaced"
    );
    store.end(&[hash(2), hash(9)]).await.unwrap();
    assert_eq!(store.find(&[hash(2)]).await.unwrap(), None);
    assert!(
        store
            .find_by_subject("https://idp.test", "alice")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .find_by_sid("https://idp.test", "provider-session")
            .await
            .unwrap()
            .is_empty()
    );
}

/// The second comes with an old version, and is refused.
///
/// # Panics
/// If the store does not.
pub async fn of_two_changes_one_is_saved(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.unwrap();
    let changed = |byte| Session {
        sealed_tokens: vec![byte],
        ..session(1)
    };
    assert!(store.save(changed(5)).await.unwrap());
    assert!(
        !store.save(changed(6)).await.unwrap(),
        "its version is an old one"
    );
    let stored = store.find(&[hash(1)]).await.unwrap().unwrap();
    assert_eq!(
        (stored.version, stored.sealed_tokens.as_slice()),
        (1, [5].as_slice())
    );
    store.end(&[hash(1)]).await.unwrap();
    assert!(
        !store
            .save(Session {
                version: 1,
                ..changed(7)
            })
            .await
            .unwrap(),
        "it has ended"
    );
    assert_eq!(store.find(&[hash(1)]).await.unwrap(), None);
}

/// Saving does not take back the idle time that a touch gave.
///
/// # Panics
/// If the store does not.
pub async fn a_touch_is_not_lost_by_a_save(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.unwrap();
    store.touch(&hash(1), 500).await.unwrap();
    store.touch(&hash(9), 500).await.unwrap();
    assert!(
        store.save(session(1)).await.unwrap(),
        "a touch leaves the version alone"
    );
    assert_eq!(
        store.find(&[hash(1)]).await.unwrap().unwrap().idle_until,
        500
    );
}

/// Until the lease runs out or the session is saved.
///
/// # Panics
/// If the store does not.
pub async fn a_refresh_is_leased_to_one_at_a_time(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.unwrap();
    let lease = async |id, now| store.lease_refresh(&hash(id), now, now + 10).await.unwrap();
    assert!(lease(1, 0).await);
    assert!(!lease(1, 9).await);
    assert!(lease(1, 10).await, "the lease has run out");
    assert!(store.save(session(1)).await.unwrap());
    assert!(lease(1, 11).await, "saving gave it back");
    assert!(!lease(9, 0).await, "there is no such session");
}

/// Per issuer.
///
/// # Panics
/// If the store does not.
pub async fn a_jti_is_new_once_until_it_expires(store: &dyn SessionStore) {
    let note = async |issuer, jti, now| store.note_jti(issuer, jti, now, now + 10).await.unwrap();
    assert!(note("https://a.test", "1", 0).await);
    assert!(!note("https://a.test", "1", 9).await);
    assert!(note("https://b.test", "1", 9).await);
    assert!(note("https://a.test", "2", 9).await);
    assert!(note("https://a.test", "1", 10).await);
}

/// Whatever becomes of its sessions.
///
/// # Panics
/// If the store does not.
pub async fn an_account_is_new_once(store: &dyn SessionStore) {
    let note = async |issuer, subject| store.note_account(issuer, subject).await.unwrap();
    assert!(note("https://a.test", "alice").await);
    assert!(!note("https://a.test", "alice").await);
    assert!(note("https://b.test", "alice").await);
    store.sweep(i64::MAX / 2).await.unwrap();
    assert!(!note("https://a.test", "alice").await);
}

/// Sessions by either clock, and pending logins.
///
/// # Panics
/// If the store does not.
pub async fn a_sweep_removes_what_has_expired(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.unwrap();
    store
        .insert(
            Session {
                idle_until: 2_000,
                ..session(2)
            },
            &[],
        )
        .await
        .unwrap();
    store
        .put_pending(login(7, 1, 100), LIMITS, 0)
        .await
        .unwrap();
    store
        .put_pending(login(8, 1, 101), LIMITS, 0)
        .await
        .unwrap();
    store.sweep(99).await.unwrap();
    assert!(store.find(&[hash(1)]).await.unwrap().is_some());
    store.sweep(100).await.unwrap();
    assert_eq!(
        store.find(&[hash(1)]).await.unwrap(),
        None,
        "it was idle for too long"
    );
    assert!(store.find(&[hash(2)]).await.unwrap().is_some());
    store.sweep(1_000).await.unwrap();
    assert_eq!(
        store.find(&[hash(2)]).await.unwrap(),
        None,
        "it lived for too long"
    );
    assert!(states(store, 7..=8).await.is_empty());
}

/// What one process writes, another reads.
///
/// # Panics
/// If the store does not.
pub async fn a_session_is_seen_by_another(first: &dyn SessionStore, second: &dyn SessionStore) {
    first.insert(session(1), &[]).await.unwrap();
    a_session_is_there(second).await;
    first
        .put_pending(login(7, 1, 600), LIMITS, 0)
        .await
        .unwrap();
    let taken = second.take_pending(&hash(7), &hash(1)).await.unwrap();
    assert_eq!(taken, Some(login(7, 1, 600)));
    assert_eq!(first.take_pending(&hash(7), &hash(1)).await.unwrap(), None);
}

/// What [`a_session_is_seen_by_another`] has written is there, whole.
///
/// # Panics
/// If it is not.
pub async fn a_session_is_there(store: &dyn SessionStore) {
    let found = store.find(&[hash(1)]).await.unwrap();
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
            store.insert(session(number), &[]).await.unwrap();
            let login = login(number, number / 10, 600);
            store.put_pending(login, limits, 0).await.unwrap();
        })
    });
    for task in work.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let alices = store
        .find_by_subject("https://idp.test", "alice")
        .await
        .unwrap();
    assert_eq!(alices.len(), usize::from(MANY));
    let work = (0..2 * MANY).map(|number| {
        let store = Arc::clone(&store);
        let state = number % MANY;
        tokio::spawn(async move {
            let taken = store
                .take_pending(&hash(state), &hash(state / 10))
                .await
                .unwrap();
            let leased = store.lease_refresh(&hash(0), 0, 10).await.unwrap();
            (usize::from(taken.is_some()), usize::from(leased))
        })
    });
    let mut all = (0, 0);
    for task in work.collect::<Vec<_>>() {
        let (taken, leased) = task.await.unwrap();
        all = (all.0 + taken, all.1 + leased);
    }
    assert_eq!(all, (usize::from(MANY), 1));
}

/// A test of each function above. `$store` is an async function without arguments; what it returns is a
/// tuple whose first member is the store, and that lives as long as the test.
#[macro_export]
macro_rules! store_contract {
    ($store:path) => {
        $crate::store_contract! { $store:
            a_pending_login_is_taken_once_and_in_its_browser
            a_browser_drops_its_own_oldest
            the_limit_in_all_counts_what_has_not_expired
            a_session_is_found_three_ways
            a_session_that_ends_is_found_no_way
            of_two_changes_one_is_saved
            a_touch_is_not_lost_by_a_save
            a_refresh_is_leased_to_one_at_a_time
            a_jti_is_new_once_until_it_expires
            an_account_is_new_once
            a_sweep_removes_what_has_expired
        }
    };
    ($store:path: $($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            let store = $store().await;
            $crate::session::contract::$name(&store.0).await;
        }
    )*};
}
pub use store_contract;
