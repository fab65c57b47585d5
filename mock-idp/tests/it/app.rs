//! An app under test, with the browser of its visitor: the verbs that the tests read as.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::{AutoLogin, Check, Client, MockIdp, Place};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

pub(crate) const REDIRECT_URI: &str = "http://localhost:8501/oauth2callback";
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0";

/// Parameters of a request. A value of "" leaves the parameter out.
pub(crate) type Changes<'a> = &'a [(&'a str, &'a str)];

/// A provider, an app that is registered there, and an HTTP client that follows no redirects.
pub(crate) struct App {
    pub(crate) idp: MockIdp,
    pub(crate) client: Client,
    http: reqwest::Client,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl App {
    /// With `auto_login` of alice, so that codes come without pages.
    pub(crate) fn start() -> Self {
        Self::with(MockIdp::start())
    }

    pub(crate) fn with(idp: MockIdp) -> Self {
        Self::using(idp, http_client())
    }

    /// With an HTTP client of its own.
    pub(crate) fn using(idp: MockIdp, http: reqwest::Client) -> Self {
        idp.set_auto_login(AutoLogin::Persona("alice".into()));
        let client = idp.register(REDIRECT_URI);
        Self { idp, client, http }
    }

    pub(crate) fn secret(&self) -> &str {
        self.client.client_secret.as_deref().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.idp.root())
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.try_send(request).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        request: reqwest::RequestBuilder,
    ) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.request_to(method, &self.url(path))
    }

    pub(crate) fn request_to(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) fn form(&self, path: &str, pairs: Changes<'_>) -> reqwest::RequestBuilder {
        self.request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(pairs))
    }

    pub(crate) async fn post(&self, path: &str, pairs: Changes<'_>) -> Answer {
        self.send(self.form(path, pairs)).await
    }

    /// The path of an authorization request that is right but for the changes.
    pub(crate) fn authorization_path(&self, changes: Changes<'_>) -> String {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let right = [
            ("response_type", "code"),
            ("client_id", self.client.client_id.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid email profile"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", &digest),
            ("code_challenge_method", "S256"),
        ];
        format!("/o/oauth2/v2/auth?{}", encoded(&changed(&right, changes)))
    }

    pub(crate) async fn authorize(&self, changes: Changes<'_>) -> Answer {
        self.get(&self.authorization_path(changes)).await
    }

    /// A fresh code.
    pub(crate) async fn code(&self, changes: Changes<'_>) -> String {
        let answer = self.authorize(changes).await;
        answer
            .callback()
            .remove("code")
            .unwrap_or_else(|| panic!("no code in {}:{}", answer.location(), self.idp.requests()))
    }

    /// A token request that is right but for the changes.
    pub(crate) fn token_form(&self, code: &str, changes: Changes<'_>) -> reqwest::RequestBuilder {
        let right = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.client_id.as_str()),
            ("client_secret", self.secret()),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.form("/token", &changed(&right, changes))
    }

    pub(crate) async fn exchange(&self, code: &str, changes: Changes<'_>) -> Answer {
        self.send(self.token_form(code, changes)).await
    }

    /// A whole login; returns the token response.
    pub(crate) async fn log_in(&self) -> Value {
        let code = self.code(&[]).await;
        self.exchange(&code, &[]).await.json()
    }

    /// The provider's last refusal.
    pub(crate) fn refusal(&self) -> (Check, String) {
        let requests = self.idp.requests();
        let refused = requests
            .iter()
            .rev()
            .find_map(|exchange| exchange.refusal.clone());
        let refusal = refused.unwrap_or_else(|| panic!("nothing was refused:{requests}"));
        (refusal.check, refusal.reason)
    }

    pub(crate) async fn jwks(&self) -> Value {
        self.get("/oauth2/v3/certs").await.json()
    }

    pub(crate) fn requests_to(&self, place: Place) -> usize {
        self.idp.requests().to(place).len()
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The path and query of the redirect, which must stay at the provider.
    pub(crate) fn next(&self) -> String {
        let url = Url::parse(self.location()).unwrap();
        assert_eq!(url.host_str(), Some("127.0.0.1"), "{url}");
        format!("{}?{}", url.path(), url.query().unwrap_or_default())
    }

    /// The parameters that the app gets, which the redirect must lead to.
    pub(crate) fn callback(&self) -> HashMap<String, String> {
        self.callback_in_order().into_iter().collect()
    }

    pub(crate) fn callback_in_order(&self) -> Vec<(String, String)> {
        assert_eq!(self.status, 302, "{}", self.text);
        let url = Url::parse(self.location()).unwrap();
        assert!(url.as_str().starts_with(REDIRECT_URI), "{url}");
        url.query_pairs().into_owned().collect()
    }
}

/// The members of a token's part: 0 is the header, 1 are the claims.
pub(crate) fn token_part(id_token: &str, part: usize) -> Value {
    let part = id_token.split('.').nth(part).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) fn claims(tokens: &Value) -> Value {
    token_part(id_token(tokens), 1)
}

pub(crate) fn id_token(tokens: &Value) -> &str {
    tokens["id_token"]
        .as_str()
        .unwrap_or_else(|| panic!("no ID token in {tokens}"))
}

pub(crate) fn names(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// Whether a published key verifies the signature, as a library other than the provider's sees it.
pub(crate) fn is_signature_valid(id_token: &str, jwks: &Value) -> bool {
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks.clone()).unwrap();
    let kid = token_part(id_token, 0)["kid"].as_str().unwrap().to_owned();
    let Some(jwk) = jwks.find(&kid) else {
        return false;
    };
    let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
    let (message, signature) = id_token.rsplit_once('.').unwrap();
    let header = jsonwebtoken::decode_header(id_token);
    let algorithm = header.map_or(jsonwebtoken::Algorithm::RS256, |header| header.alg);
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, algorithm).unwrap_or(false)
}

pub(crate) fn changed<'a>(right: Changes<'a>, changes: Changes<'a>) -> Vec<(&'a str, &'a str)> {
    let mut pairs = replaced(right, changes);
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

/// The pairs with these changes; a value of "" is kept, to leave the parameter out further on.
pub(crate) fn replaced<'a>(pairs: Changes<'a>, changes: Changes<'a>) -> Vec<(&'a str, &'a str)> {
    let is_kept = |pair: &&(&str, &str)| changes.iter().all(|change| change.0 != pair.0);
    pairs
        .iter()
        .filter(is_kept)
        .chain(changes)
        .copied()
        .collect()
}

pub(crate) fn encoded(pairs: Changes<'_>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the tests' one HTTP client"
)]
fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
