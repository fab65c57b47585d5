//! A page of this app, and of no other: where a visitor goes after a login or a logout.

use url::Url;

/// How long it may be, in bytes.
const LONGEST: usize = 2_000;

/// The path and query of a page of this app; none for anything that leads elsewhere.
///
/// It is resolved as a browser would, who takes `\` for `/` and drops tabs, and only then looked at.
pub(crate) fn own_page(next: &str) -> Option<String> {
    if next.len() > LONGEST || !next.starts_with('/') {
        return None;
    }
    let here = Url::parse("http://localhost").ok()?;
    let there = here.join(next).ok()?;
    let path = there.path();
    // `//` at the beginning is another host to whoever reads the answer.
    if there.origin() != here.origin() || path.starts_with("//") {
        return None;
    }
    Some(match there.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn only_a_page_of_this_app_is_a_target() {
        let check = |next: &str, expected: Option<&str>| {
            assert_eq!(own_page(next).as_deref(), expected, "{next:?}");
        };
        check("/", Some("/"));
        check(
            "/reports?year=2026&q=a%20b",
            Some("/reports?year=2026&q=a%20b"),
        );
        check("/a/../b#part", Some("/b"));
        check("/a?next=//evil.test", Some("/a?next=//evil.test"));
        for elsewhere in [
            "",
            "reports",
            "//evil.test",
            "/\\evil.test",
            "/\t/evil.test",
            "/\n\\evil.test",
            "/.//evil.test",
            "/a/..//evil.test",
            "/%2e//evil.test",
            "https://evil.test/",
            "javascript:alert(1)",
            " /x",
        ] {
            check(elsewhere, None);
        }
        check(&format!("/{}", "a".repeat(2_000)), None);
    }
}
