//! What an app and its provider look like from outside, and how a page is read.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A link or a button, as a person finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// By the words on it, or its `aria-label`.
    Named(String),
    /// By its `data-testid`.
    TestId(String),
    /// By a CSS selector; the first that it finds.
    Css(String),
}

impl Control {
    /// The control with these words on it.
    #[must_use]
    pub fn named(words: &str) -> Self {
        Self::Named(words.to_owned())
    }

    /// The field of a form with this name.
    #[must_use]
    pub fn field(name: &str) -> Self {
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        Self::Css(format!("[name=\"{name}\"]"))
    }

    /// The control with this `data-testid`.
    #[must_use]
    pub fn test_id(id: &str) -> Self {
        Self::TestId(id.to_owned())
    }
}

/// A login app, described by what a person sees of it.
#[derive(Debug, Clone)]
pub struct AppPages {
    /// The page that says who is logged in, and offers login and logout.
    pub home: Url,
    /// What begins a login.
    pub log_in: Control,
    /// What ends the session.
    pub log_out: Control,
    /// What stands before and after the name of whoever is logged in.
    pub greeting: (String, String),
    /// CSS selector and attribute of the reason on a page that refuses.
    pub refusal: (String, String),
}

impl AppPages {
    /// The documented example app, served at `origin`.
    ///
    /// # Panics
    /// When `origin` is no URL.
    #[must_use]
    pub fn jarvis(origin: &str) -> Self {
        Self {
            home: Url::parse(origin).expect("the app's origin is a URL"),
            log_in: Control::named("Log in with Google"),
            log_out: Control::named("Log out"),
            greeting: ("Welcome, ".to_owned(), "!".to_owned()),
            refusal: ("main[data-reason]".to_owned(), "data-reason".to_owned()),
        }
    }

    /// What this page says about the visitor.
    #[must_use]
    pub fn read(&self, page: &Page) -> Shown {
        let (selector, attribute) = &self.refusal;
        if let Some(reason) = page.attribute(selector, attribute) {
            return Shown::Refusal(reason);
        }
        let (before, after) = &self.greeting;
        let greeted = page.texts("h1, h2, h3").into_iter().find_map(|heading| {
            let name = heading.strip_prefix(before.as_str())?;
            Some(name.strip_suffix(after.as_str())?.to_owned())
        });
        match greeted {
            Some(name) => Shown::SignedIn(name),
            None if page.action(&self.log_in).is_some() => Shown::SignedOut,
            None => Shown::Something,
        }
    }
}

/// What a page of the app says about the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Somebody is logged in, by this name.
    SignedIn(String),
    /// Nobody is, and a login is offered.
    SignedOut,
    /// A login was refused, with this reason.
    Refusal(String),
    /// None of these.
    Something,
}

/// The provider's pages, described likewise.
pub mod provider {
    use super::Control;

    /// The account of this persona in the account chooser.
    #[must_use]
    pub fn account(persona: &str) -> Control {
        Control::TestId(format!("persona-{persona}"))
    }

    /// Consent given.
    #[must_use]
    pub fn allow() -> Control {
        Control::TestId("allow".into())
    }

    /// Consent, or the choice of an account, declined.
    #[must_use]
    pub fn cancel() -> Control {
        Control::TestId("cancel".into())
    }
}

/// One page as it arrived.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it stands.
    pub url: Url,
    /// The HTTP status, where the way it was fetched tells it (a browser does not).
    pub status: Option<u16>,
    /// The body.
    pub html: String,
}

/// What pressing a control does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A link is followed.
    Follow(Url),
    /// A form is sent by GET: its fields are in the URL.
    Ask(Url),
    /// A form is sent by POST, url-encoded.
    Send(Url, Vec<(String, String)>),
}

impl Action {
    /// The same with these fields filled in.
    ///
    /// # Errors
    /// The name of a field that there is not.
    pub fn filled(self, fill: &BTreeMap<String, String>) -> Result<Self, String> {
        let put = |mut fields: Vec<(String, String)>| -> Result<_, String> {
            for (name, text) in fill {
                let field = fields.iter_mut().find(|(known, _)| known == name);
                field.ok_or_else(|| name.clone())?.1.clone_from(text);
            }
            Ok(fields)
        };
        Ok(match self {
            Self::Send(url, fields) => Self::Send(url, put(fields)?),
            Self::Ask(mut url) => {
                let fields = put(url.query_pairs().into_owned().collect())?;
                url.query_pairs_mut().clear().extend_pairs(fields);
                Self::Ask(url)
            }
            Self::Follow(url) => match fill.keys().next() {
                Some(name) => return Err(name.clone()),
                None => Self::Follow(url),
            },
        })
    }
}

impl Page {
    /// The texts of all elements that match, white space folded.
    #[must_use]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        document.select(&css(selector)).map(text).collect()
    }

    /// An attribute of the first element that matches and has it.
    #[must_use]
    pub fn attribute(&self, selector: &str, attribute: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        document
            .select(&css(selector))
            .find_map(|element| element.attr(attribute))
            .map(str::to_owned)
    }

    /// The words of the whole page, white space folded.
    #[must_use]
    pub fn words(&self) -> String {
        let document = Html::parse_document(&self.html);
        let selector = css("body, body *");
        let texts: Vec<&str> = document.select(&selector).flat_map(own_text).collect();
        texts
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What pressing this control would do; `None` where the page has no such control.
    #[must_use]
    pub fn action(&self, control: &Control) -> Option<Action> {
        let document = Html::parse_document(&self.html);
        let selector = match control {
            Control::Css(selector) => Selector::parse(selector).ok()?,
            _ => css("a[href], button, input[type=submit]"),
        };
        let element = document
            .select(&selector)
            .find(|element| is(*element, control))?;
        if element.value().name() == "a" {
            return Some(Action::Follow(self.url.join(element.attr("href")?).ok()?));
        }
        let form = element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|e| e.value().name() == "form")?;
        self.submission(form, element)
    }

    /// What sending the page's only form would do, as a script does it.
    #[must_use]
    pub fn only_form(&self) -> Option<Action> {
        let document = Html::parse_document(&self.html);
        let selector = css("form");
        let mut forms = document.select(&selector);
        let form = forms.next().filter(|_| forms.next().is_none())?;
        self.submission(form, form)
    }

    fn submission(&self, form: ElementRef<'_>, pressed: ElementRef<'_>) -> Option<Action> {
        let target = pressed
            .attr("formaction")
            .or_else(|| form.attr("action"))
            .unwrap_or("");
        let mut url = self.url.join(target).ok()?;
        let fields: Vec<_> = form
            .select(&css("input[name]"))
            .filter(|e| is_filled_in(*e))
            .chain([pressed])
            .filter_map(field)
            .collect();
        if form
            .attr("method")
            .is_some_and(|method| method.eq_ignore_ascii_case("post"))
        {
            return Some(Action::Send(url, fields));
        }
        url.query_pairs_mut().clear().extend_pairs(fields);
        Some(Action::Ask(url))
    }
}

fn is(element: ElementRef<'_>, control: &Control) -> bool {
    match control {
        Control::Css(_) => true,
        Control::TestId(id) => element.attr("data-testid") == Some(id),
        Control::Named(words) => {
            element
                .attr("aria-label")
                .map_or_else(|| text(element), str::to_owned)
                == *words
        }
    }
}

fn is_filled_in(input: ElementRef<'_>) -> bool {
    match input.attr("type").unwrap_or("text") {
        "submit" | "button" | "reset" | "image" | "file" => false,
        "checkbox" | "radio" => input.attr("checked").is_some(),
        _ => true,
    }
}

fn field(element: ElementRef<'_>) -> Option<(String, String)> {
    Some((
        element.attr("name")?.to_owned(),
        element.attr("value").unwrap_or("").to_owned(),
    ))
}

fn text(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text that stands in an element itself; `script` and `style` have none that a person sees.
fn own_text(element: ElementRef<'_>) -> impl Iterator<Item = &str> {
    let seen = !matches!(element.value().name(), "script" | "style");
    let texts = element
        .children()
        .filter_map(|node| node.value().as_text().map(|text| &**text));
    texts.filter(move |_| seen)
}

fn css(selector: &str) -> Selector {
    Selector::parse(selector)
        .unwrap_or_else(|error| panic!("{selector:?} is no CSS selector: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Action, AppPages, Control, Page, Shown};

    fn page(html: &str) -> Page {
        Page {
            url: "http://localhost:8501/here?x=1".parse().unwrap(),
            status: Some(200),
            html: html.to_owned(),
        }
    }

    #[test]
    fn a_page_says_who_is_logged_in() {
        let check = |html: &str, expected: Shown| {
            assert_eq!(
                AppPages::jarvis("http://localhost:8501").read(&page(html)),
                expected,
                "{html}"
            );
        };
        check(
            "<h1>Welcome, Al <b>Ice</b>!</h1>",
            Shown::SignedIn("Al Ice".into()),
        );
        check("<a href=/in>Log in\n with Google</a>", Shown::SignedOut);
        check("<a>Log in with Google</a>", Shown::Something);
        check(
            "<main data-reason=id_token.aud><h1>No</h1></main>",
            Shown::Refusal("id_token.aud".into()),
        );
        check("<h1>Welcome</h1>", Shown::Something);
    }

    #[test]
    fn a_control_does_what_a_browser_would_do() {
        let url = |text: &str| text.parse().unwrap();
        let check = |html: &str, expected: Option<Action>| {
            assert_eq!(page(html).action(&Control::named("Go")), expected, "{html}");
        };
        check(
            "<a href='?y=2'>Go</a>",
            Some(Action::Follow(url("http://localhost:8501/here?y=2"))),
        );
        check("<p>Go</p>", None);
        check(
            "<form action=/find><input name=q value=v><input type=checkbox name=no><button name=b value=1>Go</button></form>",
            Some(Action::Ask(url("http://localhost:8501/find?q=v&b=1"))),
        );
        check(
            "<form method=POST><input type=hidden name=t value='a b'><button aria-label=Go>x</button></form>",
            Some(Action::Send(
                url("http://localhost:8501/here?x=1"),
                vec![("t".into(), "a b".into())],
            )),
        );
        check("<button>Go</button>", None);
    }

    #[test]
    fn a_form_is_filled_in_by_the_names_of_its_fields() {
        let fill = |name: &str| [(name.to_owned(), "a@b".to_owned())].into();
        let check = |html: &str, name: &str, expected: Result<Action, String>| {
            let action = page(html).action(&Control::named("Go")).unwrap();
            assert_eq!(action.filled(&fill(name)), expected, "{html}");
        };
        let url = |text: &str| text.parse().unwrap();
        let form = "<form method=post action=/in><input name=email><button>Go</button></form>";
        let sent = vec![("email".into(), "a@b".into())];
        let posted = Action::Send(url("http://localhost:8501/in"), sent);
        check(form, "email", Ok(posted));
        check(form, "mail", Err("mail".into()));
        let asked = url("http://localhost:8501/here?email=a%40b");
        let form = "<form><input name=email value=x><button>Go</button></form>";
        check(form, "email", Ok(Action::Ask(asked)));
        check("<a href=/in>Go</a>", "email", Err("email".into()));
    }
}
