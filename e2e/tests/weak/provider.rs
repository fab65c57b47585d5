//! A provider as the app knows it: its metadata and its keys.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use e2e::conformance::Provided;
use serde_json::Value;
use tokio::time::Instant;

use super::app::{App, Refusal, refuse};
use super::fetch::{client, send};
use super::json::parse;
use super::switch::Switch;

/// After a fetch of the keys there is none for so long.
const COOL_DOWN: Duration = Duration::from_secs(30);

pub(crate) struct Provider {
    pub(crate) provided: Provided,
    metadata: Mutex<Option<Metadata>>,
    keys: Mutex<Option<(Instant, Vec<Value>)>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) userinfo_endpoint: String,
    jwks_uri: String,
    pub(crate) sends_iss: bool,
    all: Value,
}

impl Metadata {
    /// Whether a list of the metadata has this.
    pub(crate) fn lists(&self, name: &str, wanted: &str) -> bool {
        let list = self.all.get(name).and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|listed| listed == wanted))
    }

    /// Where the provider ends its session; only where it is the web's.
    pub(crate) fn end_session_endpoint(&self) -> Option<&str> {
        let told = self.all.get("end_session_endpoint").and_then(Value::as_str);
        told.filter(|told| told.starts_with("http://") || told.starts_with("https://"))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.all.get(name).is_some()
    }
}

impl Provider {
    pub(crate) fn new(provided: Provided) -> Self {
        Self {
            provided,
            metadata: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// Whether it is what the specification says.
    pub(crate) fn is_plain(&self) -> bool {
        self.is("plain")
    }

    /// Whether it has this flavour, of whatever day.
    pub(crate) fn is(&self, flavour: &str) -> bool {
        self.provided.flavour == flavour
    }

    /// What it calls itself; at Microsoft with the place of a directory to fill in.
    pub(crate) fn issuer(&self) -> String {
        let issuer = &self.provided.issuer;
        if self.is("microsoft") {
            return issuer.replace("/common/", "/{tenantid}/");
        }
        issuer.clone()
    }

    /// The metadata, fetched once.
    pub(crate) async fn metadata(&self, app: &App) -> Result<Metadata, Refusal> {
        if self.is("github") {
            return Ok(self.without_metadata());
        }
        let known = self
            .metadata
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = known.filter(|_| !app.has(Switch::FetchesMetadataAtTheCallback)) {
            return Ok(known);
        }
        let fetched = if app.has(Switch::FixedEndpoints) {
            self.read(app, &Value::Null)?
        } else {
            match self.fetch(app).await {
                Err(_) if app.has(Switch::GuessesEndpoints) => self.read(app, &Value::Null)?,
                Err(why) if app.has(Switch::FetchesMetadataAtTheCallback) => {
                    return Err(refuse(500, why.why));
                }
                fetched => fetched?,
            }
        };
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some(fetched.clone());
        Ok(fetched)
    }

    /// What is known of a provider that has none.
    fn without_metadata(&self) -> Metadata {
        Metadata {
            authorization_endpoint: self.provided.authorize_url.clone(),
            token_endpoint: self.provided.access_token_url.clone(),
            userinfo_endpoint: format!("{}user", self.provided.api_base_url),
            jwks_uri: String::new(),
            sends_iss: false,
            all: Value::Null,
        }
    }

    async fn fetch(&self, app: &App) -> Result<Metadata, Refusal> {
        let answer = send(app, client(app).get(&self.provided.discovery_url)).await?;
        if answer.status != 200 {
            return Err(refuse(503, "the provider has no metadata"));
        }
        let is_strict = !app.has(Switch::FirstOfTwo);
        let document = parse(&answer.body, is_strict, app.has(Switch::NoSizeLimit));
        let document = document.map_err(|why| refuse(502, format!("the metadata is {why}")))?;
        let issuer = document.get("issuer").and_then(Value::as_str);
        let is_right = issuer == Some(self.issuer().as_str());
        app.check(
            Switch::NoIssuerInMetadata,
            is_right,
            "the metadata is another issuer's",
        )?;
        let odd = ["x-", "unknown", "foo", "null"];
        let mut names = document
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::keys);
        let is_known = !names.any(|name| odd.iter().any(|odd| name.starts_with(odd)));
        app.strict(
            Switch::RefusesUnknownMembers,
            is_known,
            "the metadata has unknown members",
        )?;
        let has_path = self.provided.issuer.matches('/').count() > 2;
        app.strict(
            Switch::RefusesIssuersWithAPath,
            !has_path,
            "the issuer has a path",
        )?;
        self.read(app, &document)
    }

    fn read(&self, app: &App, document: &Value) -> Result<Metadata, Refusal> {
        let endpoint = |name: &str, guess: &str| {
            let told = document.get(name).and_then(Value::as_str);
            match told.filter(|told| told.starts_with("http://") || told.starts_with("https://")) {
                Some(told) => {
                    let is_here = told.starts_with(&self.provided.issuer);
                    app.strict(
                        Switch::RefusesOtherHosts,
                        is_here,
                        "an endpoint is elsewhere",
                    )?;
                    Ok(told.to_owned())
                }
                None if app.has(Switch::GuessesEndpoints) || document.is_null() => {
                    Ok(format!("{}{guess}", self.provided.issuer))
                }
                None => Err(refuse(502, format!("the metadata has no {name}"))),
            }
        };
        let sends_iss = document.get("authorization_response_iss_parameter_supported");
        Ok(Metadata {
            authorization_endpoint: endpoint("authorization_endpoint", "/authorize")?,
            token_endpoint: endpoint("token_endpoint", "/token")?,
            userinfo_endpoint: endpoint("userinfo_endpoint", "/userinfo")?,
            jwks_uri: endpoint("jwks_uri", "/jwks")?,
            sends_iss: sends_iss == Some(&Value::Bool(true)),
            all: document.clone(),
        })
    }

    /// The keys; fetched where there are none yet, or anew where one is missing.
    pub(crate) async fn keys(&self, app: &App, is_missing: bool) -> Result<Vec<Value>, Refusal> {
        let known = self
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((fetched, keys)) = known {
            let is_cool = fetched.elapsed() < COOL_DOWN;
            let may_fetch = is_missing && !app.has(Switch::KeysForEver);
            let fetches = may_fetch && (!is_cool || app.has(Switch::NoCoolDown));
            let each_time = [Switch::KeysEachTime, Switch::AllKeysMustBeGood];
            if !fetches && !each_time.into_iter().any(|switch| app.has(switch)) {
                return Ok(keys);
            }
        }
        let metadata = self.metadata(app).await?;
        let answer = send(app, client(app).get(&metadata.jwks_uri)).await?;
        if answer.status != 200 {
            return Err(refuse(503, "the provider has no keys"));
        }
        let document = parse(&answer.body, true, false);
        let document = document.map_err(|why| refuse(502, format!("the keys are {why}")))?;
        let keys = document.get("keys").and_then(Value::as_array);
        let keys = keys
            .cloned()
            .ok_or_else(|| refuse(502, "there are no keys"))?;
        let keys = if app.has(Switch::KeysByKidAlone) {
            shared(app, keys)
        } else {
            keys
        };
        let mut slot = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = slot.is_none();
        // The first fetch is no sign of a storm.
        let fetched = if is_first { long_ago() } else { Instant::now() };
        *slot = Some((fetched, keys.clone()));
        Ok(keys)
    }
}

/// Of two keys with one kid, the one that came first, whoever published it.
fn shared(app: &App, keys: Vec<Value>) -> Vec<Value> {
    let mut state = app.state();
    let kid = |key: &Value| key.get("kid").map(Value::to_string).unwrap_or_default();
    let first = |key: Value| state.shared_keys.entry(kid(&key)).or_insert(key).clone();
    keys.into_iter().map(first).collect()
}

fn long_ago() -> Instant {
    Instant::now()
        .checked_sub(COOL_DOWN)
        .unwrap_or_else(Instant::now)
}
