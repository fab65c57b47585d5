use super::*;
use crate::conformance::verdict::Outcome;
use crate::conformance::{Evidence, cases};

fn verdict(id: &str, outcome: Outcome) -> Verdict {
    Verdict {
        case: cases::find(id).unwrap(),
        outcome,
        evidence: Evidence::default(),
        milliseconds: 12,
    }
}

fn report(expectations: &str, stopped: Option<&str>) -> Report {
    let played = Played {
        verdicts: vec![
            verdict("disc-issuer-mismatch", Outcome::Passed),
            verdict(
                "te-content-type",
                Outcome::Reported("alice is logged in".into()),
            ),
            verdict("jws-typ-odd", Outcome::Failed("too strict".into())),
            verdict("jws-alg-none", Outcome::Failed("alice is logged in".into())),
            verdict(
                "jwks-x5c-mismatch",
                Outcome::Warning("alice is logged in".into()),
            ),
            verdict(
                "ui-jwt-ok",
                Outcome::NotApplicable("the app has no userinfo".into()),
            ),
            verdict("jwks-empty", Outcome::NotReached("never met".into())),
        ],
        stopped: stopped.map(str::to_owned),
    };
    let expectations = Expectations::from_toml(expectations, "e.toml").unwrap();
    Report::new("shop", Plan::All, 9, played, &expectations)
}

#[test]
fn the_terminal_shows_the_worst_first() {
    let text = report("", Some("interrupted")).terminal(Style::Plain);
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words}: {text}"))
    };
    let order = [
        "FAILED jws-alg-none (Critical)",
        "FAILED jws-typ-odd (Low)",
        "NOT REACHED jwks-empty",
        "WARNING jwks-x5c-mismatch",
        "reported: te-content-type",
        "not applicable: 1 case: the app has no userinfo",
        "stopped after 7 of 9 cases: interrupted",
        "shop: wrong. 7 cases: 1 passed, 2 failed, 1 not reached, 1 with warnings, 1 reported, 1 not applicable",
    ];
    let places: Vec<_> = order.map(at).into();
    assert!(places.is_sorted(), "{text}");
    assert!(text.contains("mend: the app must refuse the login: verify the ID token"));
    assert!(text.contains("https://openid.net/specs/openid-connect-core-1_0.html#rfc.section."));
}

#[test]
fn what_may_be_wrong_is_excused() {
    let list = "jws-typ-odd = 'strict'\njws-alg-none = 'known'\njwks-empty = 'kept'";
    let report = report(list, None);
    assert!(report.is_right);
    assert_eq!(report.totals.excused, 3);
    let text = report.terminal(Style::Plain);
    assert!(text.contains("may be wrong: jws-alg-none: known") && !text.contains("FAILED"));
}

#[test]
fn what_is_right_is_not_to_be_listed() {
    let list =
        "jws-typ-odd = 'a'\njws-alg-none = 'b'\njwks-empty = 'c'\ndisc-issuer-mismatch = 'd'";
    let report = report(list, None);
    assert!(!report.is_right);
    let text = report.terminal(Style::Plain);
    assert!(
        text.contains("LISTED IN VAIN disc-issuer-mismatch"),
        "{text}"
    );
}

#[test]
fn a_run_that_was_stopped_is_not_right() {
    let list = "jws-typ-odd = 'a'\njws-alg-none = 'b'\njwks-empty = 'c'";
    assert!(!report(list, Some("interrupted")).is_right);
}

#[test]
fn cases_that_could_not_be_played_are_no_verdict() {
    let check = |outcome: Outcome, expected: bool| {
        let played = Played {
            verdicts: vec![verdict("jws-alg-none", outcome)],
            stopped: None,
        };
        let report = Report::new("shop", Plan::All, 1, played, &Expectations::default());
        assert_eq!(report.is_without_verdict(), expected);
    };
    check(Outcome::Broken("no room".into()), true);
    check(Outcome::NotReached("never met".into()), false);
    check(Outcome::Failed("alice is logged in".into()), false);
    check(Outcome::Passed, false);
}

#[test]
fn junit_has_a_suite_for_each_part() {
    let report = report("jws-typ-odd = 'strict'", None);
    let xml = report.junit().unwrap();
    let junit = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let suites: Vec<_> = junit
        .test_suites
        .iter()
        .map(|suite| (suite.name.as_str(), suite.tests, suite.failures))
        .collect();
    let expected = [
        ("Discovery", 1, 0),
        ("Token", 1, 0),
        ("Jose", 2, 1),
        ("Jwks", 2, 1),
        ("UserInfo", 1, 0),
    ];
    assert_eq!(suites, expected, "{xml}");
    assert!(xml.contains(r#"<skipped message="strict"/>"#), "{xml}");
    assert!(xml.contains("alice is logged in") && xml.contains("To mend it: verify"));
}

#[test]
fn the_schema_is_made_from_the_types() {
    let made = serde_json::to_string_pretty(&schemars::schema_for!(Report)).unwrap() + "\n";
    if made == SCHEMA {
        return;
    }
    let new = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/conformance/report/report.schema.json.new"
    );
    std::fs::write(new, made).unwrap();
    panic!("a report is not as report.schema.json says; {new} is, take it over");
}

#[test]
fn a_report_is_data() {
    let report: serde_json::Value = serde_json::from_str(&report("", None).json()).unwrap();
    assert_eq!(report["totals"]["failed"], 2);
    let first = &report["cases"][0];
    assert_eq!(first["id"], "disc-issuer-mismatch");
    assert_eq!(first["outcome"], "passed");
    let url = first["specs"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://openid.net/"), "{url}");
}

#[test]
fn a_page_tells_everything_and_loads_nothing() {
    let page = report("jws-typ-odd = 'strict'", Some("interrupted")).html(None);
    for words in [
        "There is no verdict",
        "The run was stopped:</strong> interrupted",
        "jws-alg-none",
        "alice is logged in",
        "strict",
        "verify the ID token with a list of algorithms",
        r#"<a href="https://openid.net/specs/openid-connect-core-1_0.html#"#,
        "oidcc-client-test-idtoken-sig-none",
    ] {
        assert!(page.contains(words), "{words} is not in:\n{page}");
    }
    for loads in ["src=\"http", "@import", "url(", "<link rel=\"stylesheet"] {
        assert!(!page.contains(loads), "{loads}");
    }
    let worst = page.find(r#"id="case-jws-alg-none""#);
    assert!(
        worst < page.find(r#"id="case-jwks-x5c-mismatch""#),
        "the worst first"
    );
}

#[test]
fn what_an_app_says_is_no_markup_on_the_page() {
    let words = "<script>alert(1)</script>";
    let played = Played {
        verdicts: vec![verdict("jws-alg-none", Outcome::Failed(words.into()))],
        stopped: None,
    };
    let report = Report::new(words, Plan::All, 1, played, &Expectations::default());
    let page = report.html(None);
    assert!(
        !page.contains(words) && page.contains("&#60;script&#62;alert(1)"),
        "{page}"
    );
    assert!(page.contains("1 of 1 cases went wrong"), "{page}");
}

#[test]
fn two_runs_are_compared() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("earlier.json");
    let played = Played {
        verdicts: vec![
            verdict(
                "disc-issuer-mismatch",
                Outcome::Failed("alice is logged in".into()),
            ),
            verdict("jws-alg-none", Outcome::Passed),
            verdict("te-content-type", Outcome::Passed),
            verdict("jwks-empty", Outcome::NotReached("never met".into())),
            verdict("idt-aud-wrong", Outcome::Passed),
        ],
        stopped: None,
    };
    let earlier = Report::new("shop", Plan::All, 5, played, &Expectations::default());
    std::fs::write(&file, earlier.json()).unwrap();
    let now = report("", None);
    let comparison = Comparison::new(EarlierRun::from_file(&file).unwrap(), &now);
    assert_eq!(
        comparison.in_words(),
        "1 worse (jws-alg-none), 1 mended (disc-issuer-mismatch), 1 otherwise (te-content-type), \
         3 new (jws-typ-odd, jwks-x5c-mismatch, ui-jwt-ok), 1 not played (idt-aud-wrong), 1 as they were"
    );
    let page = now.html(Some(&comparison));
    for words in [
        "Since the earlier run",
        "Worse (1)",
        "was passed, is failed",
        "Mended (1)",
    ] {
        assert!(page.contains(words), "{words} is not in:\n{page}");
    }
    std::fs::write(&file, "{}").unwrap();
    let error = EarlierRun::from_file(&file).unwrap_err().to_string();
    assert!(
        error.contains("is no report in JSON, as --json writes it"),
        "{error}"
    );
}
