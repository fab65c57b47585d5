//! The embedded flavours are whole, and one that is not is refused.

use super::snapshot::SNAPSHOTS;
use super::*;
use crate::place::Place;

fn strings(flavour: &Flavour, member: &str) -> Vec<String> {
    let found = flavour.discovery.iter().find(|(name, _)| name == member);
    serde_json::from_str(&found.unwrap().1).unwrap()
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
        let known = "google@2026-04, plain@2026-11".to_owned();
        let expected = FlavourError::Unknown {
            name: name.into(),
            known,
        };
        assert_eq!(Flavour::named(name).unwrap_err(), expected);
    }
}

#[test]
fn what_the_document_claims_is_built_or_stands_in_the_one_list() {
    for snapshot in SNAPSHOTS {
        let flavour = Flavour::named(snapshot.name).unwrap();
        let not_built = &flavour.text.not_built;
        let check = |member: &str, built: &[&str], not_built: &[String]| {
            let claimed = strings(&flavour, member);
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
            let url: String = serde_json::from_str(&flavour.expand(url, |_| "")).unwrap();
            let place = flavour.router.find(&url).unwrap().route.place;
            let is_listed = not_built.endpoints.contains(name);
            assert_eq!(place == Place::NotBuilt, is_listed, "{name} at {url}");
        }
    }
}

#[test]
fn a_check_of_a_request_belongs_to_authorization() {
    for snapshot in SNAPSHOTS {
        let flavour = Flavour::named(snapshot.name).unwrap();
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
        Flavour::read(&google.replacen(from, to, 1)).unwrap_err()
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
