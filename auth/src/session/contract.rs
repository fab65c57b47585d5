//! What every [`SessionStore`] has to do, whatever it keeps its records in: each function wants a
//! store of its own, panics where the store does something else, and is one test of every implementation.
//!
//! For the tests of a store of one's own, with the feature `contract`; [`ALL`] lists them.

mod pending;
mod several;

use std::{pin::Pin, sync::Arc};

use serde_json::json;

use pending::states;
pub use pending::{
    a_browser_drops_its_own_oldest, a_pending_login_is_taken_once_and_in_its_browser,
    the_limit_in_all_counts_what_has_not_expired,
};
pub use several::{a_session_is_seen_by_another, a_session_is_there, many_at_once_lose_nothing};

use super::{IdHash, PendingLimits, PendingLogin, Session, SessionStore};

/// One test of a store that has nothing in it.
pub type Test = for<'s> fn(&'s dyn SessionStore) -> Pin<Box<dyn Future<Output = ()> + 's>>;

macro_rules! all {
    ($($name:ident)*) => {
        /// Every test by its name, but for those with several processes at one store.
        pub const ALL: &[(&str, Test)] = &[$((stringify!($name), |store| Box::pin($name(store)))),*];
    };
}

all! {
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
        claims: json!({"name": "Alice"})
            .as_object()
            .expect("an answer")
            .clone(),
        sealed_tokens: vec![id],
        end_session_endpoint: Some("https://idp.test/logout".to_owned()),
        refresh_due: Some(50),
        created_at: 0,
        idle_until: 100,
        expires_at: 1_000,
    }
}

/// By hash, by issuer and subject, by issuer and `sid`.
///
/// # Panics
/// If the store does not.
pub async fn a_session_is_found_three_ways(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.expect("an answer");
    store.insert(session(2), &[]).await.expect("an answer");
    let other = Session {
        subject: "bob".to_owned(),
        sid: None,
        ..session(3)
    };
    store.insert(other.clone(), &[]).await.expect("an answer");

    let found = store.find(&[hash(9), hash(3)]).await.expect("an answer");
    assert_eq!(found.as_deref(), Some(&other));
    assert_eq!(store.find(&[hash(9)]).await.expect("an answer"), None);
    let ids = |found: Vec<Arc<Session>>| -> Vec<IdHash> {
        let mut ids: Vec<IdHash> = found.iter().map(|session| session.id).collect();
        ids.sort_unstable();
        ids
    };
    let by_subject = async |issuer, subject| {
        ids(store
            .find_by_subject(issuer, subject)
            .await
            .expect("an answer"))
    };
    let by_sid = async |issuer, sid| ids(store.find_by_sid(issuer, sid).await.expect("an answer"));
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
    store.insert(session(1), &[]).await.expect("an answer");
    store
        .insert(session(2), &[hash(1), hash(9)])
        .await
        .expect("an answer");
    assert_eq!(
        store.find(&[hash(1)]).await.expect("an answer"),
        None,
        "it was replaced"
    );
    store.end(&[hash(2), hash(9)]).await.expect("an answer");
    assert_eq!(store.find(&[hash(2)]).await.expect("an answer"), None);
    assert!(
        store
            .find_by_subject("https://idp.test", "alice")
            .await
            .expect("an answer")
            .is_empty()
    );
    assert!(
        store
            .find_by_sid("https://idp.test", "provider-session")
            .await
            .expect("an answer")
            .is_empty()
    );
}

/// The second comes with an old version, and is refused.
///
/// # Panics
/// If the store does not.
pub async fn of_two_changes_one_is_saved(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.expect("an answer");
    let changed = |byte| Session {
        sealed_tokens: vec![byte],
        ..session(1)
    };
    assert!(store.save(changed(5)).await.expect("an answer"));
    assert!(
        !store.save(changed(6)).await.expect("an answer"),
        "its version is an old one"
    );
    let stored = store
        .find(&[hash(1)])
        .await
        .expect("an answer")
        .expect("an answer");
    assert_eq!(
        (stored.version, stored.sealed_tokens.as_slice()),
        (1, [5].as_slice())
    );
    store.end(&[hash(1)]).await.expect("an answer");
    assert!(
        !store
            .save(Session {
                version: 1,
                ..changed(7)
            })
            .await
            .expect("an answer"),
        "it has ended"
    );
    assert_eq!(store.find(&[hash(1)]).await.expect("an answer"), None);
}

/// Saving does not take back the idle time that a touch gave.
///
/// # Panics
/// If the store does not.
pub async fn a_touch_is_not_lost_by_a_save(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.expect("an answer");
    store.touch(&hash(1), 500).await.expect("an answer");
    store.touch(&hash(9), 500).await.expect("an answer");
    assert!(
        store.save(session(1)).await.expect("an answer"),
        "a touch leaves the version alone"
    );
    assert_eq!(
        store
            .find(&[hash(1)])
            .await
            .expect("an answer")
            .expect("an answer")
            .idle_until,
        500
    );
}

/// Until the lease runs out or the session is saved.
///
/// # Panics
/// If the store does not.
pub async fn a_refresh_is_leased_to_one_at_a_time(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.expect("an answer");
    let lease = async |id, now| {
        store
            .lease_refresh(&hash(id), now, now + 10)
            .await
            .expect("an answer")
    };
    assert!(lease(1, 0).await);
    assert!(!lease(1, 9).await);
    assert!(lease(1, 10).await, "the lease has run out");
    assert!(store.save(session(1)).await.expect("an answer"));
    assert!(lease(1, 11).await, "saving gave it back");
    assert!(!lease(9, 0).await, "there is no such session");
}

/// Per issuer.
///
/// # Panics
/// If the store does not.
pub async fn a_jti_is_new_once_until_it_expires(store: &dyn SessionStore) {
    let note = async |issuer, jti, now| {
        store
            .note_jti(issuer, jti, now, now + 10)
            .await
            .expect("an answer")
    };
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
    let note = async |issuer, subject| {
        store
            .note_account(issuer, subject)
            .await
            .expect("an answer")
    };
    assert!(note("https://a.test", "alice").await);
    assert!(!note("https://a.test", "alice").await);
    assert!(note("https://b.test", "alice").await);
    store.sweep(i64::MAX / 2).await.expect("an answer");
    assert!(!note("https://a.test", "alice").await);
}

/// Sessions by either clock, and pending logins.
///
/// # Panics
/// If the store does not.
pub async fn a_sweep_removes_what_has_expired(store: &dyn SessionStore) {
    store.insert(session(1), &[]).await.expect("an answer");
    store
        .insert(
            Session {
                idle_until: 2_000,
                ..session(2)
            },
            &[],
        )
        .await
        .expect("an answer");
    store
        .put_pending(login(7, 1, 100), LIMITS, 0)
        .await
        .expect("an answer");
    store
        .put_pending(login(8, 1, 101), LIMITS, 0)
        .await
        .expect("an answer");
    store.sweep(99).await.expect("an answer");
    assert!(store.find(&[hash(1)]).await.expect("an answer").is_some());
    store.sweep(100).await.expect("an answer");
    assert_eq!(
        store.find(&[hash(1)]).await.expect("an answer"),
        None,
        "it was idle for too long"
    );
    assert!(store.find(&[hash(2)]).await.expect("an answer").is_some());
    store.sweep(1_000).await.expect("an answer");
    assert_eq!(
        store.find(&[hash(2)]).await.expect("an answer"),
        None,
        "it lived for too long"
    );
    assert!(states(store, 7..=8).await.is_empty());
}
