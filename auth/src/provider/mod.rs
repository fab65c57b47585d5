//! [`Provider`]: one OpenID provider as the app sees it, with its metadata and keys in a cache.

mod algorithm;
mod cache;
mod keys;
mod metadata;
mod preset;

use std::sync::Arc;

use url::Url;

pub(crate) use algorithm::Algorithm;
use cache::{Cache, Document};
#[cfg(test)]
pub(crate) use keys::parse_keys;
pub(crate) use keys::{Key, KeySet, NoKey};
pub(crate) use metadata::Metadata;
pub use preset::names as preset_names;
pub(crate) use preset::{OAuth, Preset, choose as choose_preset};

use crate::{
    LoginError,
    config::{DEFAULT_PROVIDER, Endpoints, ProviderConfig},
    http::Http,
};

/// What may be special about a document.
#[derive(Debug, Clone, Copy)]
struct Rules<'p> {
    preset: &'p Preset,
    /// Whether its endpoints may be at `http://` on other hosts.
    allows_http: bool,
}

impl Rules<'static> {
    fn of(config: &ProviderConfig) -> Self {
        Self {
            preset: config.habits,
            allows_http: config.allow_insecure_http,
        }
    }
}

/// One `[auth.NAME]` of the configuration.
#[derive(Debug)]
pub struct Provider {
    pub(crate) config: ProviderConfig,
    metadata: Cache<Metadata>,
    keys: Cache<KeySet>,
}

impl Provider {
    pub(crate) fn new(config: ProviderConfig) -> Self {
        Self {
            metadata: Cache::new(Rules::of(&config)),
            keys: Cache::new(Rules::of(&config)),
            config,
        }
    }

    /// What is special about it.
    pub(crate) fn preset(&self) -> &'static Preset {
        self.config.habits
    }

    /// The name in the configuration, and in the URL of its login.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// What a button calls it: "Google".
    #[must_use]
    pub fn label(&self) -> &str {
        let host = || match &self.config.endpoints {
            Endpoints::Discovered(url) if self.config.name == DEFAULT_PROVIDER => url.host_str(),
            _ => None,
        };
        let label = self.preset().label.as_deref();
        label.or_else(host).unwrap_or(&self.config.name)
    }

    /// Whether its answer comes as a form.
    pub(crate) fn sends_a_form(&self) -> bool {
        let mode = self.config.asked.parameter("response_mode");
        mode.or(self.preset().response_mode.as_deref()) == Some("form_post")
    }

    /// Whether it can be this one's issuer at all: nobody is asked for metadata on a stranger's word.
    pub(crate) fn may_be(&self, issuer: &str) -> bool {
        let Endpoints::Discovered(url) = &self.config.endpoints else {
            return false;
        };
        let host = Url::parse(issuer).ok();
        let is_at_home = host.is_some_and(|issuer| issuer.host() == url.host());
        let preset = self.preset();
        let mut others = preset.issuer_aliases.values().flatten();
        is_at_home
            || others.any(|alias| alias == issuer)
            || preset
                .metadata_issuers
                .values()
                .any(|other| issuer.starts_with(other.as_str()) && !other.is_empty())
    }

    /// The other names under which this issuer signs ID tokens.
    pub(crate) fn issuer_aliases(&self, issuer: &str) -> &[String] {
        self.preset()
            .issuer_aliases
            .get(issuer)
            .map_or(&[], Vec::as_slice)
    }

    /// The metadata, fetched where they are not fresh; of a provider without discovery, what is known
    /// of it.
    pub(crate) async fn metadata(
        &self,
        http: &Http,
        now: i64,
    ) -> Result<Arc<Metadata>, LoginError> {
        match &self.config.endpoints {
            Endpoints::Discovered(url) => self.metadata.current(http, url, now).await,
            Endpoints::OAuth {
                authorize_url,
                access_token_url,
                ..
            } => {
                let oauth = self.preset().oauth.as_ref();
                let end = oauth.map_or("", |oauth| &oauth.issuer_is_before);
                Ok(Arc::new(Metadata::known(
                    authorize_url,
                    access_token_url,
                    end,
                )))
            }
        }
    }

    /// The keys, asked for again where none of them is meant by the token's header: the provider
    /// may have begun to sign with a new one ([Core
    /// 10.1.1](https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys)).
    pub(crate) async fn keys_for(
        &self,
        http: &Http,
        metadata: &Metadata,
        algorithm: &Algorithm,
        kid: Option<&str>,
        now: i64,
    ) -> Result<Arc<KeySet>, LoginError> {
        let Some(url) = &metadata.jwks_uri else {
            return Err(LoginError::Metadata {
                detail: "jwks_uri is missing".to_owned(),
            });
        };
        let keys = self.keys.current(http, url, now).await?;
        match keys.candidates(algorithm, kid) {
            Err(NoKey::Unknown) => self.keys.newer_than(&keys, http, url, now).await,
            Ok(_) | Err(NoKey::Ambiguous | NoKey::Unsuitable(_)) => Ok(keys),
        }
    }
}
