//! What stands on the pages, and that nothing a visitor or app sends becomes markup.

use std::sync::{Arc, LazyLock};

use super::*;
use crate::flavour::Flavour;
use crate::persona::{Persona, starter};

/// A name that would be markup if it were not escaped.
const MARKUP: &str = "<script>alert(1)</script>\"'&";

fn faces(people: &[Persona]) -> Vec<Face<'_>> {
    let picture = |persona: &Persona| format!("/picture/{}", persona.id);
    people
        .iter()
        .map(|persona| Face::new(persona, picture(persona)))
        .collect()
}

fn chooser<'a>(personas: &'a [Face<'a>], hinted: Option<&'a str>) -> AccountChooser<'a> {
    AccountChooser {
        action: "/choose",
        transaction: "t1",
        app: "Jarvis",
        words: words(),
        personas,
        hinted,
        account: None,
    }
}

/// What the specification's own provider says.
fn words() -> &'static Words {
    static WORDS: LazyLock<Words> =
        LazyLock::new(|| Flavour::named("plain").unwrap().text.pages.clone());
    &WORDS
}

fn refusal() -> ErrorPage<'static> {
    ErrorPage {
        heading: "Access blocked: This app's request is invalid",
        status: 400,
        code: "redirect_uri_mismatch",
        message: "\nYou can't sign in.\n\nRegister the redirect URI.\n  ",
        help: Some("https://help.example/mismatch"),
        details: &[],
        reason: None,
    }
}

#[track_caller]
fn contains(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "no {part:?} in:\n{page}");
    }
}

#[test]
fn the_account_chooser_offers_everybody_and_cancel() {
    let people = starter();
    let page = account_chooser(&chooser(&faces(&people), None));
    contains(
        &page,
        &[
            "<title>Choose an account",
            "to continue to <strong><bdi data-testid=\"app\">Jarvis</bdi></strong>",
            "<form method=\"post\" action=\"/choose\">",
            "<input type=\"hidden\" name=\"transaction\" value=\"t1\">",
            "<button name=\"decision\" value=\"cancel\" data-testid=\"cancel\">",
            "<img src=\"/picture/alice\" alt=\"\"",
            "<span class=\"email\"><bdi>alice@example.com</bdi></span>",
        ],
    );
    for person in &people {
        let id = &person.id;
        contains(
            &page,
            &[&format!(
                "<button name=\"persona\" value=\"{id}\" data-testid=\"persona-{id}\">"
            )],
        );
    }
    assert_eq!(
        page.matches("address not verified").count(),
        1,
        "grace's alone"
    );
    assert!(!page.contains("autofocus"), "nobody was hinted at");
}

#[test]
fn the_hinted_account_has_the_focus() {
    let people = starter();
    let page = account_chooser(&chooser(&faces(&people), Some("bob")));
    contains(&page, &["data-testid=\"persona-bob\" autofocus>"]);
    assert_eq!(page.matches("autofocus").count(), 1);
    assert_eq!(page.matches("suggested by the app").count(), 1);
}

#[test]
fn another_account_is_a_field_with_what_may_be_written_there() {
    let people = starter();
    let faces = faces(&people);
    let page = account_chooser(&AccountChooser {
        account: Some("bob+deny"),
        ..chooser(&faces, None)
    });
    contains(
        &page,
        &[
            "<label for=\"account\">Use another account</label>",
            "<input id=\"account\" name=\"account\" value=\"bob+deny\" required",
            "data-testid=\"account\"",
            "data-testid=\"use-account\"",
            "<code>+deny</code> cancels",
            "<code>+unverified</code> has an address that is not verified",
            "<code>+noemail</code> has no address",
            "For instance <code>alice+deny</code>.",
        ],
    );
}

#[test]
fn a_chooser_with_nobody_says_so() {
    let page = account_chooser(&chooser(&[], None));
    contains(
        &page,
        &["This provider knows nobody.", "data-testid=\"cancel\""],
    );
    assert!(!page.contains("Use another account"), "{page}");
}

#[test]
fn consent_says_what_the_app_will_see() {
    let people = starter();
    let scopes = ["openid", "email", "https://api.example/auth/userinfo.email"].map(String::from);
    let page = consent(&Consent {
        action: "/decide",
        transaction: "t1",
        app: "Jarvis",
        words: words(),
        persona: &faces(&people)[0],
        scopes: &scopes,
    });
    contains(
        &page,
        &[
            "<title>Jarvis wants access to your account",
            "<h1><bdi data-testid=\"app\">Jarvis</bdi> wants access to your account</h1>",
            "<form method=\"post\" action=\"/decide\">",
            "<input type=\"hidden\" name=\"transaction\" value=\"t1\">",
            "<li>Who you are at this provider",
            "value=\"cancel\" data-testid=\"cancel\"",
            "value=\"allow\" class=\"primary\" data-testid=\"allow\"",
            "data-testid=\"persona-alice\"",
        ],
    );
    assert_eq!(page.matches("Your e-mail address").count(), 1);
}

#[test]
fn an_error_keeps_the_providers_words_apart_from_the_mocks() {
    let expected = ["http://localhost:8501/cb".to_owned()];
    let details = [(
        "redirect_uri".to_owned(),
        "http://localhost:8501/cb/".to_owned(),
    )];
    let reason = Reason {
        check: "authorization.redirect_uri",
        words: "it differs by a trailing slash",
        expected: &expected,
    };
    let page = error(&ErrorPage {
        details: &details,
        reason: Some(reason),
        ..refusal()
    });
    let (provider, mock) = page.split_once("data-testid=\"reason\"").unwrap();
    contains(
        provider,
        &[
            "<title>Error 400: redirect_uri_mismatch",
            "This app&#39;s request is invalid</h1>",
            "You can&#39;t sign in.\n\nRegister the redirect URI.</p>",
            "<a href=\"https://help.example/mismatch\"",
            "data-testid=\"code\">Error 400: redirect_uri_mismatch</p>",
            "<code>redirect_uri=http://localhost:8501/cb/</code>",
        ],
    );
    contains(
        mock,
        &[
            "data-check=\"authorization.redirect_uri\"",
            "Why the mock refused",
            "it differs by a trailing slash",
            "What would be right:",
            "<code>http://localhost:8501/cb</code>",
        ],
    );
}

#[test]
fn an_error_without_a_reason_has_no_block_for_it() {
    let page = error(&refusal());
    assert!(!page.contains("data-testid=\"reason\""), "{page}");
    assert!(!page.contains("Request details"), "{page}");
}

#[test]
fn help_leads_to_web_pages_only() {
    let linked = |help| {
        error(&ErrorPage {
            help: Some(help),
            ..refusal()
        })
        .contains("<a href")
    };
    assert!(linked("https://help.example/"));
    assert!(!linked("javascript:alert(1)"));
    assert!(!linked("data:text/html,x"));
}

#[test]
fn an_unknown_hint_names_whom_it_could_have_meant() {
    let people: Vec<Arc<Persona>> = starter().into_iter().map(Arc::new).collect();
    let page = unknown_hint(&UnknownHint {
        hint: "alicia",
        known: &people,
    });
    contains(
        &page,
        &[
            "login_hint=alicia",
            "data-check=\"authorization.login_hint\"",
            "<code>alice</code> or <code>alice@example.com</code>",
            "<code>erin</code> or <code>erin@example.com</code>",
            "<code>frank</code></li>",
        ],
    );
    let page = unknown_hint(&UnknownHint {
        hint: "x",
        known: &[],
    });
    contains(&page, &["It knows no personas at all."]);
}

#[test]
fn nothing_that_comes_in_becomes_markup() {
    let people = [Persona {
        name: Some(MARKUP.into()),
        email: Some(format!("{MARKUP}@example.com")),
        ..Persona::new(MARKUP)
    }];
    let faces = faces(&people);
    let texts = [MARKUP.to_owned()];
    let details = [(MARKUP.to_owned(), MARKUP.to_owned())];
    let around = AroundApp::try_from(format!("{MARKUP}{{app}}{MARKUP}")).unwrap();
    let markup = Words {
        choose: MARKUP.into(),
        choose_for: around.clone(),
        consent: around,
        app_will_see: MARKUP.into(),
        allow: MARKUP.into(),
        cancel: MARKUP.into(),
    };
    let chooser = AccountChooser {
        action: MARKUP,
        transaction: MARKUP,
        app: MARKUP,
        words: &markup,
        personas: &faces,
        hinted: Some(MARKUP),
        account: Some(MARKUP),
    };
    let asked = Consent {
        action: MARKUP,
        transaction: MARKUP,
        app: MARKUP,
        words: &markup,
        persona: &faces[0],
        scopes: &texts,
    };
    let refusal = ErrorPage {
        heading: MARKUP,
        status: 400,
        code: MARKUP,
        message: MARKUP,
        help: Some(MARKUP),
        details: &details,
        reason: Some(Reason {
            check: MARKUP,
            words: MARKUP,
            expected: &texts,
        }),
    };
    let pages = [
        account_chooser(&chooser),
        consent(&asked),
        error(&refusal),
        unknown_hint(&UnknownHint {
            hint: MARKUP,
            known: &[Arc::new(people[0].clone())],
        }),
        picture(&people[0]),
    ];
    for page in pages {
        assert!(
            !page.contains("<script") && !page.contains("\"'&"),
            "{page}"
        );
    }
}

#[test]
fn the_policy_admits_the_style_sheet_as_it_stands_in_the_page() {
    let page = error(&refusal());
    let (_, rest) = page.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    contains(
        content_security_policy(),
        &[&format!("style-src 'sha256-{hash}'")],
    );
    assert!(!content_security_policy().contains("form-action"));
    assert!(!content_security_policy().contains("unsafe"));
}

#[test]
fn no_page_needs_a_script_or_a_style_of_its_own() {
    let people = starter();
    let page = account_chooser(&chooser(&faces(&people), None));
    for forbidden in ["<script", " style=", "onclick"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}
