//! What needs no server; the contract of every store is tested with one in `e2e`.

use super::{RedisStore, Secret, index};

#[test]
fn a_url_that_is_none_is_refused_without_its_password() {
    let error = RedisStore::new(&Secret::new("redis://u:hunter2@"), "auth").expect_err("no host");
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let store = RedisStore::new(&Secret::new("redis://u:hunter2@h"), "auth").expect("a URL");
    assert!(!format!("{store:?}").contains("hunter2"), "{store:?}");
}

#[test]
fn no_two_accounts_share_a_name() {
    assert_ne!(index("subject", "a:b", "c"), index("subject", "a", "b:c"));
}
