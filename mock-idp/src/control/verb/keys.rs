//! Which key signs, and which are published.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::control::route::Verb;
use crate::control::{Kind, Problem, Provider};
use crate::keys::{Keys, NewKey};

/// A key by its name.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Kid {
    /// The name it is published under.
    pub(crate) kid: String,
}

/// Does what is done with a key that has to be there.
fn with_key(
    provider: &Provider,
    Kid { kid }: &Kid,
    act: fn(&Keys, &str) -> bool,
) -> Result<(), Problem> {
    let keys = provider.tenant.keys();
    if act(keys, kid) {
        return Ok(());
    }
    let (published, signing) = (keys.published_kids().join(", "), keys.signing_kid());
    let words = format!("no for the kid {kid:?}; published are {published}, and {signing} signs");
    Err(Problem::new(Kind::Unknown, words))
}

/// Makes a new key, which signs from now on; the ones before it stay published.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotate {}

impl Verb for Rotate {
    const NAME: &'static str = "keys/rotate";
    type Answer = Kid;

    async fn apply(self, provider: &Provider) -> Result<Kid, Problem> {
        let kid = provider.tenant.keys().rotate();
        Ok(Kid { kid })
    }
}

/// Publishes a key that does not sign yet.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Publish(pub(crate) NewKey);

impl Verb for Publish {
    const NAME: &'static str = "keys/publish";
    type Answer = Kid;

    async fn apply(self, provider: &Provider) -> Result<Kid, Problem> {
        let kid = provider.tenant.keys().publish(self.0);
        Ok(Kid { kid })
    }
}

/// Publishes this as a key, whatever it is, behind the others.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishJwk {
    /// Any JSON.
    pub(crate) jwk: Value,
}

impl Verb for PublishJwk {
    const NAME: &'static str = "keys/publish_jwk";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.keys().publish_jwk(self.jwk);
        Ok(())
    }
}

/// Makes an RSA key and publishes it; it does not sign yet. Takes up to a second.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Generate {
    /// Its size, from 512 to 4096.
    pub(crate) bits: usize,
}

impl Verb for Generate {
    const NAME: &'static str = "keys/generate";
    type Answer = Kid;

    async fn apply(self, provider: &Provider) -> Result<Kid, Problem> {
        let Self { bits } = self;
        let tenant = provider.tenant.clone();
        // Other requests are answered meanwhile.
        let made = tokio::task::spawn_blocking(move || tenant.keys().generate(bits)).await;
        let kid = made.map_err(|error| Problem::refused(&error))?;
        kid.map(|kid| Kid { kid }).ok_or_else(|| {
            let words = format!("an RSA key has 512 to 4096 bits, not {bits}");
            Problem::new(Kind::Refused, words)
        })
    }
}

/// Signs with the published key of this `kid` from now on.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct UseKey(pub(crate) Kid);

impl Verb for UseKey {
    const NAME: &'static str = "keys/use_key";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        with_key(provider, &self.0, Keys::use_key)
    }
}

/// Puts another key in the place of this one, under the same `kid`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Replace(pub(crate) Kid);

impl Verb for Replace {
    const NAME: &'static str = "keys/replace";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        with_key(provider, &self.0, Keys::replace)
    }
}

/// Stops publishing the key of this `kid`. The key that signs cannot be retired.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Retire(pub(crate) Kid);

impl Verb for Retire {
    const NAME: &'static str = "keys/retire";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        with_key(provider, &self.0, Keys::retire)
    }
}

/// Stops publishing the keys of this `kid`, also where one goes on signing.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Withdraw(pub(crate) Kid);

impl Verb for Withdraw {
    const NAME: &'static str = "keys/withdraw";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        with_key(provider, &self.0, Keys::withdraw)
    }
}

/// Stops publishing every key but the one that signs.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct RetireOld {}

impl Verb for RetireOld {
    const NAME: &'static str = "keys/retire_old";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.keys().retire_old();
        Ok(())
    }
}

/// Publishes nothing any more; the key that signs goes on.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawAll {}

impl Verb for WithdrawAll {
    const NAME: &'static str = "keys/withdraw_all";
    type Answer = ();

    async fn apply(self, provider: &Provider) -> Result<(), Problem> {
        provider.tenant.keys().withdraw_all();
        Ok(())
    }
}

/// Names the key that signs.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SigningKid {}

impl Verb for SigningKid {
    const NAME: &'static str = "keys/signing_kid";
    const METHOD: Method = Method::GET;
    type Answer = Kid;

    async fn apply(self, provider: &Provider) -> Result<Kid, Problem> {
        let kid = provider.tenant.keys().signing_kid();
        Ok(Kid { kid })
    }
}

/// Names the published keys, in the order of the document.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishedKids {}

impl Verb for PublishedKids {
    const NAME: &'static str = "keys/published_kids";
    const METHOD: Method = Method::GET;
    type Answer = Vec<String>;

    async fn apply(self, provider: &Provider) -> Result<Vec<String>, Problem> {
        Ok(provider.tenant.keys().published_kids())
    }
}
