//! `mock-idp mint ..`: a token without a login, by a provider that runs.

use std::time::Duration;

use clap::Args;
use mock_idp::{Mint, MintKind, Signing};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Control, Running};

/// What token, and by whom.
#[derive(Debug, Args)]
pub(crate) struct MintToken {
    #[command(flatten)]
    pub(crate) running: Running,
    #[command(flatten)]
    pub(crate) control: Control,
    /// What kind of token it is: `id_token`, `jwt_access_token` or `access_token`.
    #[arg(long, value_parser = written::<MintKind>, default_value = "id_token")]
    kind: MintKind,
    /// The id of the persona it is about.
    #[arg(long, value_name = "ID")]
    persona: String,
    /// Whom it is for: the client of an ID token or an opaque access token, the API of an access token that is
    /// a JWT.
    #[arg(long)]
    audience: String,
    /// What it allows, separated by spaces.
    #[arg(long)]
    scope: Option<String>,
    /// The `nonce` of an ID token.
    #[arg(long)]
    nonce: Option<String>,
    /// The `sid` of an ID token.
    #[arg(long)]
    sid: Option<String>,
    /// How long ago it was issued.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    age: u64,
    /// A claim that is other than it would be: JSON, else text; null leaves it out.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    claims: Vec<(String, Value)>,
    /// The same for a member of the header.
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = pair)]
    header: Vec<(String, Value)>,
    /// How it is signed wrongly, by its name in the control API: `flip`, or `{"weak_rsa": 512}`.
    #[arg(long, value_name = "HOW", value_parser = written::<Signing>)]
    sign_with: Vec<Signing>,
}

impl MintToken {
    /// What to ask the provider for.
    pub(crate) fn mint(&self) -> Mint {
        let mut mint = Mint::id_token(self.persona.as_str(), self.audience.as_str());
        mint.kind = self.kind;
        if let Some(scope) = &self.scope {
            mint = mint.scope(scope);
        }
        mint.nonce.clone_from(&self.nonce);
        mint.sid.clone_from(&self.sid);
        mint.claims.extend(self.claims.iter().cloned());
        mint.header.extend(self.header.iter().cloned());
        mint.sign_with.clone_from(&self.sign_with);
        mint.age(Duration::from_secs(self.age))
    }
}

/// `NAME=VALUE`, with a value in JSON, else a text.
fn pair(text: &str) -> Result<(String, Value), String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = parts.ok_or("write NAME=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((name.into(), value))
}

/// A value as the control API has it, where a lone name needs no quotes.
fn written<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    serde_json::from_value(value).map_err(|error| error.to_string())
}
