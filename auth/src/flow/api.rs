//! Who somebody is, asked at the API of a provider without OpenID.

use openidconnect::HttpResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::Flow;
use crate::{
    LoginError,
    config::Endpoints,
    error::cut,
    identity::{Identity, Tokens, text},
    json,
    provider::{Metadata, OAuth},
};

/// An e-mail address of somebody's.
#[derive(Deserialize)]
struct Address {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

impl Flow<'_> {
    /// The access token came over TLS straight from the provider, for this client's code; so does
    /// what the API says. No ID token vouches for it.
    pub(super) async fn ask_api(
        &self,
        oauth: &OAuth,
        metadata: &Metadata,
        tokens: Tokens,
    ) -> Result<Identity, LoginError> {
        let token = &tokens.access_token;
        let url = self.api_url(&oauth.user)?;
        let answer = self.http.fetch_as(&url, token).await?;
        let json::Object(user) = read(&url, &answer)?;
        let mut claims = Map::new();
        for (claim, member) in &oauth.claims {
            if let Some(value) = as_claim(claim, user.get(member)) {
                claims.insert(claim.clone(), value);
            }
        }
        let subject = text(&claims, "sub").map(str::to_owned).ok_or_else(|| {
            let member = oauth.claims.get("sub").map_or("sub", String::as_str);
            LoginError::User {
                detail: format!("{url} names nobody: {member} is missing"),
            }
        })?;
        let url = self.api_url(&oauth.emails)?;
        if let Some(email) = self.email(&url, token).await? {
            claims.insert("email".to_owned(), email.email.into());
            claims.insert("email_verified".to_owned(), email.verified.into());
        }
        Ok(Identity {
            issuer: metadata.issuer.clone(),
            subject,
            claims,
            end_session_endpoint: None,
            tokens,
        })
    }

    /// The address that the person says is theirs. Who does not let the app see any has none.
    async fn email(&self, url: &Url, token: &str) -> Result<Option<Address>, LoginError> {
        let answer = match self.http.fetch_as(url, token).await {
            Err(LoginError::ProviderStatus {
                status: 403 | 404, ..
            }) => return Ok(None),
            answer => answer?,
        };
        let emails: Vec<json::Object> = read(url, &answer)?;
        let mut emails = emails.into_iter().filter_map(|json::Object(email)| {
            serde_json::from_value::<Address>(Value::Object(email)).ok()
        });
        Ok(emails.find(|email| email.primary))
    }

    fn api_url(&self, path: &str) -> Result<Url, LoginError> {
        let Endpoints::OAuth { api_base_url, .. } = &self.provider.config.endpoints else {
            let detail = "this provider has no API to ask".to_owned();
            return Err(LoginError::Metadata { detail });
        };
        api_base_url
            .join(path)
            .map_err(|error| LoginError::Metadata {
                detail: format!("{api_base_url} with {path}: {error}"),
            })
    }
}

/// A number that names somebody is a text as a claim.
fn as_claim(claim: &str, value: Option<&Value>) -> Option<Value> {
    match value? {
        Value::Null => None,
        Value::Number(number) if claim == "sub" => Some(number.to_string().into()),
        value => Some(value.clone()),
    }
}

fn read<T: serde::de::DeserializeOwned>(url: &Url, answer: &HttpResponse) -> Result<T, LoginError> {
    serde_json::from_slice(answer.body()).map_err(|error| LoginError::NotJson {
        url: url.to_string(),
        detail: cut(&error.to_string()),
    })
}
