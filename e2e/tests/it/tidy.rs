//! The rules of the house that a machine can look for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// All files under `folder` with this extension, with their text.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut folders = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(
        !found.is_empty(),
        "no .{extension} file under {folder}: the rule checks nothing"
    );
    found
}

/// The lines of code: neither comments nor what stands under `#[cfg(test)]` at the end of a file.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let lines = text
        .lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]\nmod"));
    lines.map(str::trim).filter(|line| !line.starts_with("//"))
}

fn no_line(files: &[(String, String)], forbidden: impl Fn(&str) -> bool, rule: &str) {
    let offences: Vec<String> = files
        .iter()
        .flat_map(|(name, text)| code(text).map(move |line| (name, line)))
        .filter(|(_, line)| forbidden(line))
        .map(|(name, line)| format!("{name}: {line}"))
        .collect();
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}

#[test]
fn the_app_and_the_provider_never_know_each_other() {
    no_line(
        &files("auth", "rs"),
        |line| line.contains("mock_idp"),
        "auth knows the provider",
    );
    no_line(
        &files("mock-idp", "rs"),
        |line| line.contains("auth::"),
        "mock-idp knows the app",
    );
    for (manifest, other) in [("auth", "mock-idp"), ("mock-idp", "auth")] {
        let text = std::fs::read_to_string(root().join(manifest).join("Cargo.toml")).unwrap();
        let depends = text.lines().any(|line| line.starts_with(other));
        assert!(!depends, "{manifest} depends on {other}");
    }
}

#[test]
fn nothing_below_web_names_axum() {
    let mut below = files("auth/src", "rs");
    below.retain(|(name, _)| {
        let above = [
            "auth/src/web/",
            "auth/src/page/",
            "auth/src/jarvis",
            "auth/src/lib.rs",
            "auth/src/main.rs",
        ];
        !above.iter().any(|prefix| name.starts_with(prefix))
    });
    assert!(below.iter().any(|(name, _)| name == "auth/src/flow.rs"));
    no_line(
        &below,
        |line| line.contains("axum"),
        "a module below web names axum",
    );
}

#[test]
fn endpoints_and_grants_are_honest() {
    let mut honest = files("mock-idp/src/endpoint", "rs");
    honest.retain(|(name, _)| !name.ends_with("endpoint/mod.rs"));
    honest.extend(files("mock-idp/src/grant", "rs"));
    let names_a_fault = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_alphabetic());
        words.any(|word| word.to_lowercase().starts_with("fault"))
    };
    no_line(&honest, names_a_fault, "an endpoint or grant names a fault");
}

#[test]
fn no_code_decides_by_a_providers_name() {
    let names = ["google", "microsoft", "github", "linkedin", "apple"];
    let mut all = files("auth/src", "rs");
    all.extend(files("mock-idp/src", "rs"));
    let decides = |line: &str| {
        let is_named = names
            .iter()
            .any(|name| line.contains(&format!("\"{name}\"")));
        is_named
            && ["==", "!=", "=>", "matches!"]
                .iter()
                .any(|word| line.contains(word))
    };
    no_line(&all, decides, "a provider's difference is data");
}

#[test]
fn files_stay_short() {
    for folder in [
        "auth/src",
        "mock-idp/src",
        "e2e/src",
        "e2e/tests",
        "mock-idp/tests",
        "auth/tests",
    ] {
        for (name, text) in files(folder, "rs") {
            let lines = text.lines().count();
            assert!(lines <= 400, "{name} has {lines} lines");
        }
    }
}

#[test]
fn tests_wait_for_no_time() {
    let mut tests = files("e2e/tests", "rs");
    tests.extend(files("auth/tests", "rs"));
    tests.extend(files("mock-idp/tests", "rs"));
    let word = ["sleep", "("].concat();
    no_line(
        &tests,
        |line| line.contains(&word),
        "a test waits for a time",
    );
}

#[test]
fn the_top_level_is_what_it_is() {
    let expected = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE",
        "auth",
        "mock-idp",
        "e2e",
        "fixtures",
        "target",
    ];
    let expected: BTreeSet<String> = expected.map(str::to_owned).into();
    let found = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let unexpected: Vec<String> = found
        .filter(|name| !name.starts_with('.') && !expected.contains(name))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

#[test]
fn the_readme_points_at_what_is_there() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let links: Vec<&str> = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.starts_with("http") && !target.starts_with('#'))
        .collect();
    assert!(!links.is_empty());
    for link in links {
        assert!(root().join(link).exists(), "README.md points at {link}");
    }
    assert!(
        readme.lines().count() <= 170,
        "the README is for users: about 150 lines"
    );
}
