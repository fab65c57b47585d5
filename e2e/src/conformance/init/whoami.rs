//! How a page shows who is logged in, and how it shows that nobody is.

use std::collections::BTreeSet;
use std::sync::Arc;

use mock_idp::Persona;
use serde_json::Value;

use crate::conformance::lab::SOMEBODY;
use crate::conformance::profile::Whoami;
use crate::pages::Page;

/// Words that say that nobody is logged in are no longer, in characters.
const LONGEST: usize = 60;

/// How a page shows the person who is logged in; none where it does not.
pub(super) fn on(path: &str, page: &Page, personas: &[Arc<Persona>]) -> Option<Whoami> {
    let person = personas.iter().find(|persona| persona.id == SOMEBODY)?;
    let told = [&person.name, &person.email, &person.sub];
    let is_shown = |text: &str| {
        told.iter()
            .any(|told| told.as_deref().is_some_and(|told| text.contains(told)))
    };
    let mut whoami = Whoami::page(path);
    if let Ok(document) = serde_json::from_str::<Value>(&page.html) {
        whoami.json = Some(pointer(&document, &is_shown)?);
        return Some(whoami);
    }
    let words = page.words();
    is_shown(if words.is_empty() { &page.html } else { &words }).then_some(whoami)
}

/// Where in a document a text is for which this holds (RFC 6901).
fn pointer(value: &Value, is_shown: &impl Fn(&str) -> bool) -> Option<String> {
    let below = |(name, value): (String, &Value)| {
        let name = name.replace('~', "~0").replace('/', "~1");
        Some(format!("/{name}{}", pointer(value, is_shown)?))
    };
    match value {
        Value::String(text) => is_shown(text).then(String::new),
        Value::Object(members) => members
            .iter()
            .find_map(|(name, value)| below((name.clone(), value))),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, value)| below((index.to_string(), value)))
        }
        _ => None,
    }
}

/// Adds how the same page shows that nobody is logged in.
pub(super) fn tell_nobody(whoami: &mut Whoami, somebody: &Page, nobody: &Page) {
    if whoami.json.is_some() {
        return;
    }
    whoami.nobody_status = nobody.status.filter(|status| *status >= 400);
    let before: BTreeSet<_> = lines(somebody).into_iter().collect();
    let said = lines(nobody).into_iter().find(|line| {
        let length = line.chars().count();
        (4..=LONGEST).contains(&length)
            && !before.contains(line)
            && !somebody.words().contains(line.as_str())
    });
    whoami.nobody = said;
}

/// What stands on a page, heading by heading and control by control.
fn lines(page: &Page) -> Vec<String> {
    page.texts("h1, h2, h3, p, a, button, li, span, label, title")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str, status: u16) -> Page {
        Page {
            url: "http://localhost/".parse().unwrap(),
            status: Some(status),
            html: html.into(),
        }
    }

    fn personas() -> Vec<Arc<Persona>> {
        mock_idp::persona::starter()
            .into_iter()
            .map(Arc::new)
            .collect()
    }

    #[test]
    fn a_person_is_found_on_a_page_and_in_a_document() {
        let check = |html: &str, expected: Option<Option<&str>>| {
            let found = on("/me", &page(html, 200), &personas());
            let found = found.as_ref().map(|whoami| whoami.json.as_deref());
            assert_eq!(found, expected, "{html}");
        };
        check("<h1>Hello Alice Example</h1>", Some(None));
        check("<h1>Hello Bob Sample</h1>", None);
        check(
            r#"{"user": {"email": "alice@example.com"}}"#,
            Some(Some("/user/email")),
        );
        check(
            r#"{"a/b": ["x", "alice@example.com"]}"#,
            Some(Some("/a~1b/1")),
        );
        check(r#"{"user": null}"#, None);
    }

    #[test]
    fn what_stands_there_for_nobody_alone_says_so() {
        let check =
            |somebody: &str, nobody: &str, status: u16, expected: (Option<&str>, Option<u16>)| {
                let mut whoami = Whoami::page("/");
                tell_nobody(&mut whoami, &page(somebody, 200), &page(nobody, status));
                assert_eq!((whoami.nobody.as_deref(), whoami.nobody_status), expected);
            };
        let somebody = "<h1>Shop</h1><p>Hello Alice Example</p>";
        check(
            somebody,
            "<h1>Shop</h1><a href=/l>Log in</a>",
            200,
            (Some("Log in"), None),
        );
        check(somebody, "<h1>Shop</h1>", 401, (None, Some(401)));
        check(somebody, "<h1>Shop</h1>", 200, (None, None));
    }
}
