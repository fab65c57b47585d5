//! Logins that have been begun.

use super::{LIMITS, hash, login};
use crate::session::{PutPending, SessionStore};

/// The states that one of two browsers, 1 and 2, can take.
pub(super) async fn states(
    store: &dyn SessionStore,
    candidates: std::ops::RangeInclusive<u8>,
) -> Vec<u8> {
    let mut found = Vec::new();
    for state in candidates {
        for browser in 1..=4 {
            if let Some(login) = store
                .take_pending(&hash(state), &hash(browser))
                .await
                .expect("an answer")
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
        .expect("an answer");
    assert_eq!(put, PutPending::Kept);
    assert_eq!(
        store
            .take_pending(&hash(8), &hash(1))
            .await
            .expect("an answer"),
        None
    );
    assert_eq!(
        store
            .take_pending(&hash(7), &hash(2))
            .await
            .expect("an answer"),
        None
    );
    assert_eq!(
        store
            .take_pending(&hash(7), &hash(1))
            .await
            .expect("an answer"),
        Some(login(7, 1, 600))
    );
    assert_eq!(
        store
            .take_pending(&hash(7), &hash(1))
            .await
            .expect("an answer"),
        None
    );
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
            .expect("an answer");
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
            .expect("an answer")
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
