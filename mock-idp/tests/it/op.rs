//! The flavour `plain`, an app that is registered there, and the verbs of the tests about it.

use mock_idp::{AutoLogin, Check, Client, MockIdp};
use reqwest::Method;
use serde_json::Value;

use crate::app::{Answer, App, Changes, REDIRECT_URI, VERIFIER, changed, encoded, replaced};

pub(crate) const OFFLINE: &str = "openid profile email offline_access";

/// A provider of the flavour `plain`, and an app.
pub(crate) struct Op {
    pub(crate) app: App,
}

impl Op {
    /// With `auto_login` of alice, so that codes come without pages.
    pub(crate) fn start() -> Self {
        let idp = MockIdp::builder().flavour("plain").start().unwrap();
        Self {
            app: App::with(idp),
        }
    }

    /// With the pages.
    pub(crate) fn with_pages() -> Self {
        let op = Self::start();
        op.app.idp.set_auto_login(AutoLogin::Never);
        op
    }

    /// Replaces the app by one that registered more.
    pub(crate) fn registered(mut self, change: impl FnOnce(&mut Client)) -> Self {
        let mut client = Client {
            client_id: "app".into(),
            client_secret: Some("the secret of the app".into()),
            redirect_uris: vec![REDIRECT_URI.into()],
            ..Client::default()
        };
        change(&mut client);
        self.app.idp.register_client(client.clone()).unwrap();
        self.app.client = client;
        self
    }

    pub(crate) fn authorization_path(&self, changes: Changes<'_>) -> String {
        let path = self.app.authorization_path(changes);
        let (_, query) = path.split_once('?').unwrap();
        format!("/authorize?{query}")
    }

    pub(crate) async fn authorize(&self, changes: Changes<'_>) -> Answer {
        self.app.get(&self.authorization_path(changes)).await
    }

    /// The same, from a browser that has this cookie.
    pub(crate) async fn authorize_with(&self, cookie: &str, changes: Changes<'_>) -> Answer {
        let path = self.authorization_path(changes);
        self.get_with(cookie, &path).await
    }

    pub(crate) async fn get_with(&self, cookie: &str, path: &str) -> Answer {
        let request = self.app.request(Method::GET, path).header("cookie", cookie);
        self.app.send(request).await
    }

    pub(crate) async fn code(&self, changes: Changes<'_>) -> String {
        let answer = self.authorize(changes).await;
        answer.callback().remove("code").unwrap()
    }

    /// A token request of the app, with its secret in the body, that is right but for the changes.
    pub(crate) async fn token(&self, changes: Changes<'_>) -> Answer {
        let secret = self.app.client.client_secret.as_deref().unwrap_or_default();
        let right = [
            ("client_id", self.app.client.client_id.as_str()),
            ("client_secret", secret),
        ];
        self.app.post("/token", &changed(&right, changes)).await
    }

    pub(crate) async fn exchange(&self, code: &str, changes: Changes<'_>) -> Answer {
        let right = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.token(&replaced(&right, changes)).await
    }

    pub(crate) async fn refresh(&self, token: &Value, changes: Changes<'_>) -> Answer {
        let right = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str().unwrap()),
        ];
        self.token(&replaced(&right, changes)).await
    }

    /// A whole login.
    pub(crate) async fn log_in(&self, changes: Changes<'_>) -> Value {
        let code = self.code(changes).await;
        let answer = self.exchange(&code, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn userinfo(&self, token: &Value) -> Answer {
        let request = self.app.request(Method::GET, "/userinfo");
        let token = token.as_str().unwrap();
        self.app.send(request.bearer_auth(token)).await
    }

    /// Chooses a persona and allows everything. Returns the last answer and the session's cookie.
    pub(crate) async fn log_in_by_pages(
        &self,
        persona: &str,
        changes: Changes<'_>,
    ) -> (Answer, String) {
        let chooser = self.authorize(changes).await.next();
        self.finish_pages(&chooser, persona).await
    }

    /// From the account chooser on.
    pub(crate) async fn finish_pages(&self, chooser: &str, persona: &str) -> (Answer, String) {
        let (path, query) = chooser.split_once('?').unwrap();
        let transaction = query
            .split('&')
            .find(|it| it.starts_with("transaction="))
            .unwrap();
        let transaction = &transaction["transaction=".len()..];
        assert_eq!(path, "/account_chooser");
        let pairs = [("transaction", transaction), ("persona", persona)];
        let answer = self.app.post(path, &pairs).await;
        let cookie = cookie(&answer);
        if answer.location().starts_with(REDIRECT_URI) {
            return (answer, cookie);
        }
        let pairs = [("transaction", transaction), ("decision", "allow")];
        (self.app.post("/consent", &pairs).await, cookie)
    }

    /// The last refusal was this one.
    pub(crate) fn refusal_is(&self, check: Check, reason: &str) {
        let (found, words) = self.app.refusal();
        assert_eq!(found, check, "{words}");
        assert!(words.contains(reason), "{words:?} does not say {reason:?}");
    }

    /// The answer tells the app of a refusal in JSON.
    pub(crate) fn refused(&self, answer: &Answer, check: Check, reason: &str, error: (u16, &str)) {
        self.refusal_is(check, reason);
        let code = answer.json()["error"].clone();
        assert_eq!((answer.status, code.as_str().unwrap()), error);
    }

    /// The answer sends a refusal to the app.
    pub(crate) fn sent_back(&self, answer: &Answer, check: Check, reason: &str, error: &str) {
        self.refusal_is(check, reason);
        let callback = answer.callback();
        assert_eq!(callback["error"], error);
        assert_eq!(callback["state"], "the state");
        assert_eq!(callback["iss"], self.app.idp.issuer());
    }
}

/// Name and value of the cookie that an answer sets.
pub(crate) fn cookie(answer: &Answer) -> String {
    let header = answer.header("set-cookie");
    header.split(';').next().unwrap().to_owned()
}

/// A query, with the path before it.
pub(crate) fn with_query(path: &str, pairs: Changes<'_>) -> String {
    format!("{path}?{}", encoded(pairs))
}
