//! The embedded flavours are whole, and one that is not is refused.

use super::snapshot::{SNAPSHOTS, Snapshot};
use super::*;
use crate::config::Config;
use crate::endpoint::{Request, respond};
use crate::names::Names;
use crate::place::Place;
use crate::tenant::Tenant;

/// What a member of the document lists, where it is there.
fn strings(flavour: &Flavour, member: &str) -> Option<Vec<String>> {
    let found = flavour.discovery.iter().find(|(name, _)| name == member);
    found.map(|(_, value)| serde_json::from_str(value).unwrap())
}

fn full_names() -> impl Iterator<Item = String> {
    flavours().into_iter().map(|flavour| flavour.name)
}

#[test]
fn every_snapshot_reads_and_is_what_its_name_says() {
    for snapshot in SNAPSHOTS {
        let dated = Flavour::named(&format!("{}@{}", snapshot.name, snapshot.date)).unwrap();
        assert_eq!(dated.text.name, snapshot.name);
        assert_eq!(dated.text.snapshot, snapshot.date);
    }
}

#[test]
fn a_name_alone_means_the_newest() {
    let newest = Flavour::named("google").unwrap();
    assert_eq!(newest.text.snapshot, "2026-04");
    for name in ["gogle", "google@1999-01", "google@", ""] {
        let known = full_names().collect::<Vec<_>>().join(", ");
        let expected = FlavourError::Unknown {
            name: name.into(),
            known,
        };
        assert_eq!(Flavour::named(name).unwrap_err(), expected);
    }
}

#[test]
fn what_the_document_claims_is_built_or_stands_in_the_one_list() {
    for name in full_names() {
        let flavour = Flavour::named(&name).unwrap();
        let not_built = &flavour.text.not_built;
        let check = |member: &str, built: &[&str], not_built: &[String]| {
            let Some(claimed) = strings(&flavour, member) else {
                return;
            };
            let known: Vec<_> = built
                .iter()
                .copied()
                .chain(not_built.iter().map(String::as_str))
                .collect();
            assert!(
                claimed.iter().all(|it| known.contains(&it.as_str())),
                "{member}: {claimed:?}"
            );
            assert!(
                known
                    .iter()
                    .all(|it| claimed.iter().any(|claimed| claimed == it)),
                "{member}: {known:?}"
            );
        };
        check(
            "response_types_supported",
            &["code"],
            &not_built.response_types,
        );
        check(
            "response_modes_supported",
            &["query", "fragment", "form_post"],
            &not_built.response_modes,
        );
        check(
            "grant_types_supported",
            &["authorization_code", "refresh_token"],
            &not_built.grant_types,
        );
        let endpoints = flavour
            .discovery
            .iter()
            .filter(|(name, _)| name.ends_with("_endpoint"));
        for (name, url) in endpoints {
            let url: String =
                serde_json::from_str(&flavour.expand(url, |_, _| String::new())).unwrap();
            let place = flavour.router.find(&url).unwrap().route.place;
            let is_listed = not_built.endpoints.contains(name);
            assert_eq!(place == Place::NotBuilt, is_listed, "{name} at {url}");
        }
    }
}

#[test]
fn a_check_of_a_request_belongs_to_authorization() {
    for name in full_names() {
        let flavour = Flavour::named(&name).unwrap();
        for check in &flavour.text.authorization.checks {
            assert!(check.name().starts_with("authorization."), "{check}");
        }
    }
}

#[test]
fn a_flavour_that_lacks_something_is_refused_when_it_is_read() {
    let google = SNAPSHOTS[0].text;
    let refused = |from: &str, to: &str| {
        assert!(google.contains(from), "{from}");
        let text = google.replacen(from, to, 1);
        let read = extends::whole(&text).and_then(|file| Flavour::read(&file));
        read.unwrap_err()
    };
    let row = google
        .lines()
        .find(|line| line.starts_with("\"token.code\" ="));
    assert_eq!(
        refused(row.unwrap(), ""),
        FlavourError::NoRefusal(Check::TokenCode)
    );
    assert_eq!(
        refused("at = [\"oauth2:/revoke\"]", "at = [\"nowhere:/revoke\"]"),
        FlavourError::UnknownHost("nowhere".into())
    );
    assert!(matches!(
        refused("at = [\"oauth2:/revoke\"]", "at = [\"oauth2:/token\"]"),
        FlavourError::Path { path, .. } if path == "/token"
    ));
    assert_eq!(
        refused("{ name = \"azp\" }", "{ name = \"colour\" }"),
        FlavourError::NoSource("colour".into())
    );
    assert!(matches!(
        refused("snapshot =", "snapshto ="),
        FlavourError::Syntax(_)
    ));
}

#[test]
fn google_1_6_scopes_come_back_in_their_long_form() {
    let scopes = &Flavour::named("google").unwrap().text.scopes;
    let granted = ["openid".to_owned(), "email".to_owned()];
    assert_eq!(
        scopes.granted_in_order(&scopes.in_token_response, &granted),
        "https://www.googleapis.com/auth/userinfo.email openid"
    );
    assert_eq!(
        scopes.short_name("https://www.googleapis.com/auth/userinfo.profile"),
        Some("profile")
    );
    assert_eq!(scopes.short_name("offline_access"), None);
}

/// A provider's document as it is at its real hosts.
fn document(name: &str) -> String {
    let names = Names {
        at_real_hosts: true,
        ..Names::from("http://127.0.0.1:1")
    };
    let config = Config {
        flavour: Some(name.into()),
        ..Config::default()
    };
    let tenant = Tenant::new(names, config).unwrap();
    let path = tenant.url(Place::Discovery);
    document_at(&tenant, &path)
}

/// What a tenant answers at a URL of its own.
fn document_at(tenant: &Tenant, url: &str) -> String {
    let path = url::Url::parse(url).unwrap().path().parse().unwrap();
    let request = Request::new(
        http::Method::GET,
        &path,
        http::HeaderMap::new(),
        bytes::Bytes::new(),
    );
    let delivery = respond(tenant, request);
    golden(std::str::from_utf8(&delivery.body).unwrap())
}

fn golden(text: &str) -> String {
    let golden: serde_json::Value = serde_json::from_str(text).unwrap();
    golden.to_string()
}

#[test]
fn google_1_1_the_documents_are_the_golden_ones() {
    let old = golden(include_str!(
        "../../../fixtures/google/discovery-2024-06.json"
    ));
    let new = golden(include_str!(
        "../../../fixtures/google/discovery-2026-04.json"
    ));
    // As text, so that the order counts.
    assert_eq!(document("google@2024-06"), old);
    assert_eq!(document("google@2026-02"), old);
    assert_eq!(document("google@2026-04"), new);
}

#[test]
fn microsoft_2_1_the_document_of_each_kind_of_directory_is_the_golden_one() {
    let common = golden(include_str!(
        "../../../fixtures/microsoft/discovery-common-2024-10.json"
    ));
    assert_eq!(document("microsoft"), common);
    let config = Config {
        flavour: Some("microsoft".into()),
        ..Config::default()
    };
    let names = Names {
        at_real_hosts: true,
        ..Names::from("http://127.0.0.1:1")
    };
    let tenant = Tenant::new(names, config).unwrap();
    let own = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
    let check = |directory: &str, issuer: &str| {
        let url = format!("https://x/{directory}/v2.0/.well-known/openid-configuration");
        let expected = common.replace("/common/", &format!("/{directory}/"));
        let expected = expected.replace("{tenantid}", issuer);
        assert_eq!(document_at(&tenant, &url), expected, "{directory}");
    };
    check("organizations", "{tenantid}");
    check("consumers", "9188040d-6c67-4c5b-b112-36a304b66dad");
    check(own, own);
}

#[test]
fn linkedin_4_1_the_issuer_got_a_path_overnight() {
    let after = golden(include_str!(
        "../../../fixtures/linkedin/discovery-2024-04.json"
    ));
    assert_eq!(document("linkedin"), after);
    let issuer = |issuer: &str| format!("{{\"issuer\":\"{issuer}\",");
    let before = after.replace(
        &issuer("https://www.linkedin.com/oauth"),
        &issuer("https://www.linkedin.com"),
    );
    assert_ne!(before, after);
    assert_eq!(document("linkedin@2024-03"), before);
}

/// What the specifications say needs no report of anybody.
fn of_providers() -> impl Iterator<Item = &'static Snapshot> {
    SNAPSHOTS.iter().filter(|snapshot| snapshot.name != "plain")
}

#[test]
fn every_value_says_how_sure_it_is() {
    for snapshot in of_providers() {
        let graded = grade::graded(snapshot.text);
        let graded = graded.unwrap_or_else(|value| panic!("{}: {value}", snapshot.name));
        let sources = &Flavour::named(snapshot.name).unwrap().text.sources;
        for value in graded {
            let Some(section) = value.section else {
                continue;
            };
            assert!(sources.contains_key(&section), "{}: {section}", value.value);
        }
    }
}

#[test]
fn what_is_not_sure_is_listed() {
    let google = &flavours()[0];
    let check = |value: &str, expected: &str| {
        let found = google.unverified.iter().find(|(name, _)| name == value);
        assert_eq!(found.unwrap().1, expected, "{value}");
    };
    check("token: access_token_seconds", "seen nowhere (section 1.6)");
    check("error_page: status", "one report (section 1.4)");
    let nonce = "id_token: { name = \"nonce\" }";
    check(
        nonce,
        "seen nowhere (section 1.7); its position; that it is there, A",
    );
}

/// Every function of this crate, by its name.
fn functions_in(folder: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(functions_in(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let functions = text.split("fn ").skip(1);
            names.extend(functions.filter_map(|it| Some(it.split_once('(')?.0.to_owned())));
        }
    }
    names
}

#[test]
fn what_is_sure_has_a_test_of_its_section() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = functions_in(&root.join("src"));
    names.extend(functions_in(&root.join("tests")));
    let mut without = Vec::new();
    for snapshot in of_providers() {
        for value in grade::graded(snapshot.text).unwrap() {
            let (Some(section), Some('A' | 'B')) = (value.section, value.grade) else {
                continue;
            };
            let begins = format!("{}_{}_", snapshot.name, section.replace('.', "_"));
            if !names.iter().any(|name| name.starts_with(&begins)) {
                without.push(format!("{} ({begins}..)", value.value));
            }
        }
    }
    assert!(without.is_empty(), "without a test: {without:#?}");
}
