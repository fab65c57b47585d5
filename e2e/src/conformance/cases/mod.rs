//! The cases, a part of the catalogue a file.

mod authorization;
mod checks;
mod discovery;
mod id_token;
mod jose;
mod jwks;
mod steps;
mod token;
mod userinfo;

use super::case::Case;

/// Every case, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Case> {
    let parts = [
        discovery::CASES,
        authorization::CASES,
        token::CASES,
        jose::CASES,
        jwks::CASES,
        id_token::CASES,
        userinfo::CASES,
        steps::CASES,
    ];
    parts.into_iter().flatten()
}

/// The case of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Case> {
    all().find(|case| case.id == id)
}
