//! An `[auth.NAME]` table: one provider.

use super::report::Report;
use super::table::{Entry, Table, Text};
use super::{ProviderConfig, Secret, keys, uri};
use crate::error::cut;
use crate::provider::preset_names;

/// Reads the table. Every part is read before a missing one counts, so that all problems come to light.
pub(super) fn read(
    name: &str,
    table: &Table<'_, '_>,
    report: &mut Report<'_>,
) -> Option<ProviderConfig> {
    if name.is_empty() {
        let hint = "name the provider, e.g. [auth.google]";
        report.problem(Some(table.offset), &table.path, "has an empty name", hint);
    }
    for entry in &table.entries {
        check_key(table, entry, report);
    }
    if holds_only_tables(table) {
        return None;
    }
    let client_id = table.required("client_id", report);
    let client_secret = table.required("client_secret", report);
    let server_metadata_url = uri::read(
        table,
        "server_metadata_url",
        uri::server_metadata_url,
        report,
    );
    let preset = table.optional("preset", report);
    if let Some(preset) = &preset {
        check_preset(table, preset, report);
    }
    Some(ProviderConfig {
        name: name.to_owned(),
        preset: preset.map(|preset| preset.value.to_owned()),
        client_id: client_id?.value.to_owned(),
        client_secret: Secret::new(client_secret?.value),
        server_metadata_url: server_metadata_url?,
    })
}

fn check_preset(table: &Table<'_, '_>, preset: &Text<'_>, report: &mut Report<'_>) {
    let known: Vec<_> = preset_names().collect();
    if !known.contains(&preset.value) {
        let found = format!("{:?} is not known", cut(preset.value));
        let hint = keys::did_you_mean(preset.value, &known)
            .unwrap_or_else(|| format!("leave it out, or write one of {}", known.join(", ")));
        report.problem(Some(preset.offset), &table.path_of("preset"), found, hint);
    }
}

fn check_key(table: &Table<'_, '_>, entry: &Entry<'_, '_>, report: &mut Report<'_>) {
    if keys::PROVIDER.contains(&entry.key) {
        return;
    }
    let (found, hint) = keys::not_yet(entry.key).unwrap_or_else(|| match entry.table("") {
        Some(_) => keys::nested(&table.path, entry.key),
        None => keys::unknown_in_provider(&table.path, entry.key),
    });
    report.problem(Some(entry.offset), &table.path_of(entry.key), found, hint);
}

/// `[auth.my.idp]` was meant as the provider "my.idp"; that "my" lacks its keys would only confuse.
fn holds_only_tables(table: &Table<'_, '_>) -> bool {
    !table.entries.is_empty() && table.entries.iter().all(|entry| entry.table("").is_some())
}
