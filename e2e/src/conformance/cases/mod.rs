//! The cases, a part of the catalogue a file.

mod accounts;
mod authorization;
mod checks;
mod cookies;
mod discovery;
mod id_token;
mod jose;
mod jwks;
mod left_out;
mod logout_tokens;
mod logouts;
mod mixup;
mod quirks;
mod refresh;
mod requests;
mod returns;
mod rotation;
mod session;
mod several;
mod signatures;
mod steps;
mod token;
mod userinfo;

use super::case::Case;
pub use left_out::LEFT_OUT;

/// Every case, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Case> {
    let parts = [
        discovery::CASES,
        authorization::CASES,
        token::CASES,
        jose::CASES,
        signatures::CASES,
        jwks::CASES,
        id_token::CASES,
        userinfo::CASES,
        requests::CASES,
        session::CASES,
        steps::CASES,
        mixup::CASES,
        returns::CASES,
        rotation::CASES,
        accounts::CASES,
        logout_tokens::CASES,
        logouts::CASES,
        refresh::CASES,
        several::CASES,
        quirks::CASES,
    ];
    parts.into_iter().flatten()
}

/// The case of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Case> {
    all().find(|case| case.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::conformance::{Feature, Profile};

    #[test]
    fn ids_are_unique() {
        let ids: BTreeSet<_> = all().map(|case| case.id).collect();
        assert_eq!(ids.len(), all().count());
    }

    #[test]
    fn every_feature_is_needed_by_a_case() {
        let needed: BTreeSet<_> = all().flat_map(|case| case.needs).copied().collect();
        assert_eq!(needed, Feature::ALL.into());
    }

    /// What jarvis lacks is a decision: a case that does not apply tests nothing.
    #[test]
    fn jarvis_lacks_this_and_nothing_else() {
        let profile = include_str!("../../../apps/jarvis.toml");
        let profile = Profile::from_toml(profile, "jarvis.toml").unwrap();
        let lacks = [
            Feature::SignedUserinfo,
            Feature::ClaimSources,
            Feature::PromptNone,
            Feature::FormPost,
            Feature::ThirdPartyLogin,
        ];
        assert_eq!(profile.lacks, lacks.into());
    }
}
