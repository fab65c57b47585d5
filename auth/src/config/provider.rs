//! An `[auth.NAME]` table: one provider.

use url::Url;

use super::report::Report;
use super::table::{Entry, Table, Text};
use super::{
    Endpoints, ProviderConfig, UserInfo, allow, asked, credentials, is_loopback, keys, uri,
};
use crate::error::cut;
use crate::provider::{OAuth, Preset, choose_preset, preset_names};

/// Reads the table. Every part is read before a missing one counts, so that all problems come to light.
pub(super) fn read(
    name: &str,
    table: &Table<'_, '_>,
    redirect_uri: Option<&Url>,
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
    let preset = table.optional("preset", report);
    if let Some(preset) = &preset {
        check_preset(table, preset, report);
    }
    let preset = preset.map(|preset| preset.value.to_owned());
    let habits = habits(table, preset.as_deref(), name);
    let allow = allow::read(table, report);
    let asked = asked::read(table, habits.oauth.is_none(), report);
    let credentials = credentials::read(table, &asked, habits, redirect_uri, report);
    let roles_claim = table.optional("roles_claim", report);
    let roles_claim = roles_claim.map(|claim| claim.value.to_owned());
    let allow_insecure_http = table.flag_or("allow_insecure_http", false, report);
    let userinfo = userinfo(table, report);
    let provider_logout = table.flag_or("provider_logout", true, report);
    let endpoints = match &habits.oauth {
        Some(oauth) => oauth_endpoints(table, oauth, allow_insecure_http, report),
        None => discovered(table, allow_insecure_http, report),
    };
    if let Some(endpoints) = endpoints.as_ref().filter(|it| is_readable_by_others(it)) {
        let offset = table
            .offset_of("allow_insecure_http")
            .unwrap_or(table.offset);
        let path = table.path_of("allow_insecure_http");
        let found = format!(
            "lets secrets and tokens travel unencrypted to {}",
            endpoints.host()
        );
        report.warning(offset, &path, found, "use it for tests alone");
    }
    Some(ProviderConfig {
        name: name.to_owned(),
        preset,
        habits,
        client_id: credentials.id?,
        client_secret: credentials.secret,
        client_key: credentials.key,
        asked,
        allow,
        roles_claim: roles_claim.or_else(|| habits.roles_claim.clone()),
        userinfo,
        provider_logout,
        allow_insecure_http,
        endpoints: endpoints?,
    })
}

fn userinfo(table: &Table<'_, '_>, report: &mut Report<'_>) -> UserInfo {
    let Some(text) = table.optional("userinfo", report) else {
        return UserInfo::default();
    };
    match text.value {
        "auto" => UserInfo::WhereThin,
        "always" => UserInfo::Always,
        "never" => UserInfo::Never,
        other => {
            let found = format!("{:?} says not when to ask", cut(other));
            let hint = "write \"auto\", \"always\" or \"never\"";
            report.problem(Some(text.offset), &table.path_of("userinfo"), found, hint);
            UserInfo::default()
        }
    }
}

fn is_readable_by_others(endpoints: &Endpoints) -> bool {
    let urls = match endpoints {
        Endpoints::Discovered(url) => vec![url],
        Endpoints::OAuth {
            authorize_url,
            access_token_url,
            api_base_url,
        } => {
            vec![authorize_url, access_token_url, api_base_url]
        }
    };
    urls.into_iter()
        .any(|url| url.scheme() == "http" && !is_loopback(url))
}

/// What is special about the provider. One that has discovery is none without OpenID, whatever the
/// table is called.
fn habits(table: &Table<'_, '_>, preset: Option<&str>, name: &str) -> &'static Preset {
    let host = host_of(table);
    let habits = choose_preset(preset, name, host);
    let is_discovered = table.offset_of("server_metadata_url").is_some();
    match habits.oauth {
        Some(_) if preset.is_none() && is_discovered => choose_preset(None, "", host),
        _ => habits,
    }
}

/// The host of whatever address the table gives.
fn host_of<'d>(table: &Table<'d, '_>) -> &'d str {
    let texts = ["server_metadata_url", "authorize_url"];
    let text = texts.into_iter().find_map(|key| table.text(key));
    let after_scheme = text.and_then(|text| text.split_once("://"));
    let end = |c| matches!(c, '/' | ':' | '?' | '#');
    after_scheme
        .and_then(|(_, rest)| rest.split(end).next())
        .unwrap_or_default()
}

fn discovered(
    table: &Table<'_, '_>,
    may_be_http: bool,
    report: &mut Report<'_>,
) -> Option<Endpoints> {
    for key in keys::OAUTH {
        if let Some(offset) = table.offset_of(key) {
            let found = "is for a provider without OpenID";
            let hint = "leave it out, or write preset = \"github\"";
            report.problem(Some(offset), &table.path_of(key), found, hint);
        }
    }
    let parse = |text: &str| uri::server_metadata_url(text, may_be_http);
    let url = uri::read(table, "server_metadata_url", parse, report);
    url.map(Endpoints::Discovered)
}

/// The addresses that the table gives, and the provider's own where it gives none.
fn oauth_endpoints(
    table: &Table<'_, '_>,
    oauth: &OAuth,
    may_be_http: bool,
    report: &mut Report<'_>,
) -> Option<Endpoints> {
    if let Some(offset) = table.offset_of("server_metadata_url") {
        let path = table.path_of("server_metadata_url");
        let found = "is for providers with OpenID, and this one has none";
        report.problem(Some(offset), &path, found, "leave it out");
    }
    let mut read = |key: &str, own: &Url| match table.offset_of(key) {
        Some(_) => uri::read(table, key, |text| uri::endpoint(text, may_be_http), report),
        None => Some(own.clone()),
    };
    let authorize_url = read("authorize_url", &oauth.authorize_url);
    let access_token_url = read("access_token_url", &oauth.access_token_url);
    let api_base_url = read("api_base_url", &oauth.api_base_url);
    Some(Endpoints::OAuth {
        authorize_url: authorize_url?,
        access_token_url: access_token_url?,
        api_base_url: with_a_slash(api_base_url?),
    })
}

/// What is joined to it goes below it.
fn with_a_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
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
    let is_stray =
        |entry: &Entry<'_, '_>| entry.table("").is_some() && !keys::PROVIDER.contains(&entry.key);
    !table.entries.is_empty() && table.entries.iter().all(is_stray)
}
