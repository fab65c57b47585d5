//! Which cases are played.

use std::fmt;

use clap::ValueEnum as _;
use serde::Serialize;

use super::case::{Case, Severity};
use super::cases;

/// A named choice of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// What the OpenID Foundation's Basic and Config plans for relying parties test.
    Basic,
    /// Every case of high or critical severity.
    Security,
    /// Every case.
    All,
}

/// The modules of the Foundation's Basic and Config plans for relying parties.
const BASIC: &[&str] = &[
    "oidcc-client-test",
    "oidcc-client-test-invalid-iss",
    "oidcc-client-test-missing-sub",
    "oidcc-client-test-invalid-aud",
    "oidcc-client-test-missing-iat",
    "oidcc-client-test-kid-absent-single-jwks",
    "oidcc-client-test-kid-absent-multiple-jwks",
    "oidcc-client-test-idtoken-sig-rs256",
    "oidcc-client-test-idtoken-sig-none",
    "oidcc-client-test-invalid-sig-rs256",
    "oidcc-client-test-userinfo-invalid-sub",
    "oidcc-client-test-nonce-invalid",
    "oidcc-client-test-scope-userinfo-claims",
    "oidcc-client-test-client-secret-basic",
    "oidcc-client-test-discovery-openid-config",
    "oidcc-client-test-discovery-jwks-uri-keys",
    "oidcc-client-test-discovery-issuer-mismatch",
    "oidcc-client-test-signing-key-rotation-just-before-signing",
    "oidcc-client-test-signing-key-rotation",
];

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value();
        formatter.write_str(name.as_ref().map_or("", |name| name.get_name()))
    }
}

impl Plan {
    /// Whether a case belongs to it.
    #[must_use]
    pub fn has(self, case: &Case) -> bool {
        match self {
            Self::All => true,
            Self::Security => case.severity <= Severity::High,
            Self::Basic => case.oidf.iter().any(|name| BASIC.contains(name)),
        }
    }
}

/// A plan, narrowed down.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The plan.
    pub plan: Plan,
    /// Only these, where there are any: names, or beginnings that end with `*`.
    pub only: Vec<String>,
    /// Not these.
    pub skip: Vec<String>,
}

/// A name that no case has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no case {name}{}", suggestion(*.meant))]
pub struct UnknownCase {
    /// The name.
    pub name: String,
    /// What was meant, perhaps.
    pub meant: Option<&'static str>,
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map_or_else(
        || "; `conform cases` lists them".into(),
        |meant| format!("; is it {meant}?"),
    )
}

/// From here on a name may be another, mistyped.
const LIKE: f64 = 0.85;

impl UnknownCase {
    pub(super) fn new(name: &str) -> Self {
        let all = cases::all().map(|case| (strsim::jaro_winkler(name, case.id), case.id));
        let nearest = all.max_by(|(one, _), (other, _)| one.total_cmp(other));
        Self {
            name: name.into(),
            meant: nearest
                .filter(|(likeness, _)| *likeness > LIKE)
                .map(|(_, id)| id),
        }
    }
}

impl Selection {
    /// The cases, in the order of the catalogue.
    ///
    /// # Errors
    /// When a name is no case's.
    pub fn cases(&self) -> Result<Vec<&'static Case>, UnknownCase> {
        for name in self.only.iter().chain(&self.skip) {
            if !cases::all().any(|case| is_named(case, name)) {
                return Err(UnknownCase::new(name));
            }
        }
        let any = |names: &[String], case: &Case| names.iter().any(|name| is_named(case, name));
        let chosen = cases::all().filter(|case| {
            let is_in = if self.only.is_empty() {
                self.plan.has(case)
            } else {
                any(&self.only, case)
            };
            is_in && !any(&self.skip, case)
        });
        Ok(chosen.collect())
    }
}

/// Whether this is the case's name, one that the Foundation has for it, or its beginning and `*`.
fn is_named(case: &Case, name: &str) -> bool {
    let mut names = case.oidf.iter().chain([&case.id]);
    match name.strip_suffix('*') {
        Some(beginning) => names.any(|known| known.starts_with(beginning)),
        None => names.any(|known| *known == name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(plan: Plan, only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>, String> {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let selection = Selection {
            plan,
            only: texts(only),
            skip: texts(skip),
        };
        match selection.cases() {
            Ok(cases) => Ok(cases.iter().map(|case| case.id).collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_basic_plan_has_every_module_of_the_foundation() {
        for module in BASIC {
            let mut names = cases::all().flat_map(|case| case.oidf);
            assert!(names.any(|name| name == module), "{module}");
        }
    }

    #[test]
    fn a_selection_narrows_a_plan() {
        let all = ids(Plan::All, &[], &[]).unwrap();
        assert_eq!(all.len(), cases::all().count());
        let security = ids(Plan::Security, &[], &[]).unwrap();
        assert!(security.contains(&"jws-alg-none") && !security.contains(&"jws-typ-odd"));
        assert_eq!(
            ids(Plan::All, &["jws-typ-odd"], &[]).unwrap(),
            ["jws-typ-odd"]
        );
        let oidf = ids(Plan::All, &["oidcc-client-test-invalid-iss"], &[]);
        assert_eq!(oidf.unwrap(), ["idt-iss-wrong"]);
        let some = ids(Plan::All, &["jws-typ-*"], &["jws-typ-odd"]).unwrap();
        assert_eq!(some, ["jws-typ-access", "jws-typ-logout"]);
    }

    #[test]
    fn a_name_that_no_case_has_is_named() {
        assert_eq!(
            ids(Plan::All, &["jws-alg-non"], &[]),
            Err("there is no case jws-alg-non; is it jws-alg-none?".into())
        );
        assert_eq!(
            ids(Plan::All, &[], &["q"]),
            Err("there is no case q; `conform cases` lists them".into())
        );
    }
}
