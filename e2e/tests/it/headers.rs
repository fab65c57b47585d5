//! What every page of ours carries.

use e2e::{Person, Stack};

#[tokio::test]
async fn no_page_is_cached_framed_or_named_as_referrer() {
    let stack = Stack::start().await;
    let mut visitor = stack.visitor();
    for path in [
        "/",
        "/auth/logout",
        "/auth/login/nobody",
        "/oauth2callback",
        "/nowhere",
    ] {
        visitor.open(&stack.url(path)).await.unwrap();
        check(&visitor.headers(), path);
    }
    visitor.sign_in_as("alice").await;
    check(&visitor.headers(), "the welcome page");
    for hop in visitor
        .history()
        .iter()
        .filter(|hop| hop.url.origin() == stack.url("/").origin())
    {
        assert_eq!(
            hop.headers["cache-control"],
            "no-store",
            "{}",
            hop.url.path()
        );
        assert_eq!(
            hop.headers["referrer-policy"],
            "no-referrer",
            "{}",
            hop.url.path()
        );
    }
    visitor.open(&stack.url("/auth/logout")).await.unwrap();
    check(&visitor.headers(), "the question before logout");
}

fn check(headers: &http::HeaderMap, page: &str) {
    let value = |name: &str| {
        headers
            .get(name)
            .unwrap_or_else(|| panic!("{page}: no {name}"))
            .to_str()
            .unwrap()
    };
    assert_eq!(value("cache-control"), "no-store", "{page}");
    assert_eq!(value("referrer-policy"), "no-referrer", "{page}");
    assert_eq!(value("x-content-type-options"), "nosniff", "{page}");
    let policy = value("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
        "{page}: {policy}"
    );
    assert!(!policy.contains("unsafe"), "{page}: {policy}");
}
