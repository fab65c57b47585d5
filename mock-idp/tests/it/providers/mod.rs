//! The providers that are no Google, each over its own paths.

mod github;
mod linkedin;
mod microsoft;

use mock_idp::{AutoLogin, Check, MockIdp};
use reqwest::Method;
use serde_json::Value;

use crate::app::{Answer, App, Changes};

/// An app at a provider, with where the provider's endpoints are.
struct Site {
    app: App,
    authorization: &'static str,
    token: &'static str,
}

impl Site {
    fn at(flavour: &str, authorization: &'static str, token: &'static str) -> Self {
        let idp = MockIdp::builder().flavour(flavour).start().unwrap();
        Self {
            app: App::with(idp),
            authorization,
            token,
        }
    }

    fn log_in_as(&self, persona: &str) {
        let auto_login = AutoLogin::Persona(persona.into());
        self.app.idp.set_auto_login(auto_login);
    }

    async fn authorize(&self, changes: Changes<'_>) -> Answer {
        let path = self.app.authorization_path(changes);
        let (_, query) = path.split_once('?').unwrap();
        self.app
            .get(&format!("{}?{query}", self.authorization))
            .await
    }

    async fn code(&self, changes: Changes<'_>) -> String {
        let answer = self.authorize(changes).await;
        let code = answer.callback().remove("code");
        code.unwrap_or_else(|| panic!("{}: {}", answer.location(), self.app.idp.requests()))
    }

    fn token_request(&self, code: &str, changes: Changes<'_>) -> reqwest::RequestBuilder {
        let request = self.app.token_form(code, changes).build().unwrap();
        let body = request.body().unwrap().as_bytes().unwrap().to_vec();
        self.app
            .request(Method::POST, self.token)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    async fn exchange(&self, code: &str, changes: Changes<'_>) -> Answer {
        self.app.send(self.token_request(code, changes)).await
    }

    async fn tokens(&self, changes: Changes<'_>) -> Value {
        let code = self.code(changes).await;
        let answer = self.exchange(&code, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    async fn userinfo(&self, path: &str, token: &Value) -> Answer {
        let request = self.app.request(Method::GET, path);
        let request = request.header("user-agent", "test");
        self.app
            .send(request.bearer_auth(token.as_str().unwrap()))
            .await
    }

    fn refused(&self, check: Check) {
        assert_eq!(self.app.refusal().0, check);
    }
}

/// What exactly they say nobody has captured; that it is not what another provider says, an app's
/// tests that press buttons by their names have to meet.
#[tokio::test]
async fn the_pages_speak_in_the_manner_of_their_provider() {
    let mut headings = std::collections::BTreeSet::new();
    for (flavour, authorization) in [
        ("google", "/o/oauth2/v2/auth"),
        ("microsoft", "/common/oauth2/v2.0/authorize"),
        ("github", "/login/oauth/authorize"),
    ] {
        let site = Site::at(flavour, authorization, "/");
        site.app.idp.set_auto_login(AutoLogin::Never);
        let chooser = site.authorize(&[]).await.next();
        let page = site.app.get(&chooser).await.text;
        let heading = page.split("<h1>").nth(1).unwrap();
        headings.insert(heading.split("</h1>").next().unwrap().to_owned());
    }
    assert_eq!(headings.len(), 3, "{headings:?}");
}
