//! Every row of the catalogue of attacks on relying parties that needs something of a provider, as
//! a fault that is seen on the wire; and the rows that are left out, with the reason.

mod authorization;
mod discovery;
mod id_token;
mod ids;
mod jose;
mod jwks;
mod left_out;
mod logout;
mod providers;
mod refresh;
mod signatures;
mod stage;
mod token;
mod userinfo;
mod verify;

use std::collections::BTreeSet;

use ids::IDS;
use left_out::{HONEST, LEFT_OUT};

#[test]
fn every_row_is_produced_or_left_out_with_a_reason() {
    let all: BTreeSet<_> = IDS.iter().flat_map(|(_, ids)| *ids).copied().collect();
    let tables = [
        discovery::ROWS,
        authorization::ROWS,
        token::ROWS,
        signatures::ROWS,
        jose::ROWS,
        jwks::ROWS,
        id_token::ROWS,
        userinfo::ROWS,
        logout::ROWS,
        refresh::ROWS,
    ];
    let rows = tables.concat();
    let produced = rows
        .iter()
        .map(|row| row.0)
        .chain(providers::IDS.iter().copied())
        .chain(crate::https::IDS.iter().copied());
    let produced: BTreeSet<_> = produced.collect();
    let listed = HONEST.iter().chain(LEFT_OUT);
    let listed: BTreeSet<_> = listed.map(|(id, _)| *id).collect();
    let both: Vec<_> = produced.intersection(&listed).collect();
    assert!(both.is_empty(), "produced, and left out: {both:?}");
    let known: BTreeSet<_> = produced.union(&listed).copied().collect();
    let missing: Vec<_> = all.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "neither produced nor left out: {missing:?}"
    );
    let unknown: Vec<_> = known.difference(&all).collect();
    assert!(unknown.is_empty(), "not in the catalogue: {unknown:?}");
}
