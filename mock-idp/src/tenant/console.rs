//! What can be done at the provider's console.

use std::sync::PoisonError;

use serde_json::json;
use url::Url;

use super::Tenant;
use crate::check::{Check, Refusal};
use crate::client::{Client, parse_redirect_uri};
use crate::console::{ConsoleError, Publishing, PublishingStatus, UrlProblem, WebClient};
use crate::endpoint::redirect_uri_problem;
use crate::flavour::ProjectText;
use crate::persona::Persona;

impl Tenant {
    /// Registers a client of the type "Web application", by the console's rules.
    ///
    /// # Errors
    /// Every URL that nobody registers, each with the reason.
    pub fn register_web_client(&self, web: WebClient) -> Result<Client, ConsoleError> {
        self.project()?;
        let redirect_uris = web.redirect_uris.iter();
        let problems = redirect_uris.filter_map(|uri| Some((uri, self.redirect_uri_problem(uri)?)));
        let origins = web.javascript_origins.iter();
        let origins = origins.filter_map(|origin| Some((origin, self.origin_problem(origin)?)));
        let problems: Vec<_> = problems
            .chain(origins)
            .map(|(url, problem)| UrlProblem {
                url: url.clone(),
                problem,
            })
            .collect();
        if !problems.is_empty() {
            return Err(ConsoleError::Urls(problems));
        }
        let console = &self.flavour().text.console;
        let mut random = self.0.random.next("web_client", &web.name, "");
        let client = Client {
            client_id: console.client_id.fill(&mut random),
            client_secret: Some(console.client_secret.fill(&mut random)),
            redirect_uris: web.redirect_uris,
            client_name: Some(web.name).filter(|name| !name.is_empty()),
            javascript_origins: web.javascript_origins,
            ..Client::default()
        };
        let registered = self.register_client(client.clone());
        registered.map_err(|error| {
            ConsoleError::Urls(vec![UrlProblem {
                url: String::new(),
                problem: error.to_string(),
            }])
        })?;
        Ok(client)
    }

    /// The file of a client, `client_secret.json`, as the console lets it be downloaded: one line,
    /// with the endpoints of this provider in it.
    ///
    /// # Errors
    /// When there is no such client.
    pub fn client_file(&self, client_id: &str) -> Result<String, ConsoleError> {
        let project = self.project()?;
        let client = self.client(client_id);
        let client = client.ok_or_else(|| ConsoleError::NoClient(client_id.into()))?;
        let mut web = serde_json::Map::new();
        web.insert("client_id".into(), json!(client.client_id));
        let mut random = self.0.random.fixed("project", "");
        web.insert("project_id".into(), json!(project.id.fill(&mut random)));
        for (name, url) in &project.client_file {
            let url = self
                .flavour()
                .expand(url, |host, place| self.base(host, place));
            web.insert(name.clone(), json!(url));
        }
        if let Some(secret) = &client.client_secret {
            web.insert("client_secret".into(), json!(secret));
        }
        for (name, urls) in [
            ("redirect_uris", &client.redirect_uris),
            ("javascript_origins", &client.javascript_origins),
        ] {
            if !urls.is_empty() {
                web.insert(name.into(), json!(urls));
            }
        }
        Ok(json!({ "web": web }).to_string())
    }

    /// For whom the apps are.
    #[must_use]
    pub fn publishing(&self) -> Publishing {
        let publishing = self.0.publishing.read();
        publishing.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says for whom the apps are.
    ///
    /// # Errors
    /// When a test user is no e-mail address.
    pub fn set_publishing(&self, publishing: Publishing) -> Result<(), ConsoleError> {
        self.project()?;
        let mut users = publishing.test_users.iter();
        if let Some(wrong) = users.find(|user| !Publishing::is_address(user)) {
            return Err(ConsoleError::TestUser(wrong.clone()));
        }
        let current = self.0.publishing.write();
        *current.unwrap_or_else(PoisonError::into_inner) = publishing;
        Ok(())
    }

    fn project(&self) -> Result<&ProjectText, ConsoleError> {
        let project = self.flavour().text.console.project.as_ref();
        project.ok_or_else(|| ConsoleError::NotBuilt(self.flavour_name()))
    }

    fn redirect_uri_problem(&self, uri: &str) -> Option<String> {
        let problem = parse_redirect_uri(uri).err().map(|error| error.to_string());
        let policy = &self.flavour().text.redirect_uri_policy;
        problem.or_else(|| redirect_uri_problem(uri, policy))
    }

    fn origin_problem(&self, origin: &str) -> Option<String> {
        self.redirect_uri_problem(origin).or_else(|| {
            let url = Url::parse(origin).ok()?;
            let is_origin = url.origin().ascii_serialization() == origin;
            (!is_origin).then(|| "an origin is scheme, host and port alone".into())
        })
    }
}

/// What the rest of the crate asks.
impl Tenant {
    /// How long a refresh token is good, while the apps are in testing.
    pub(crate) fn refresh_seconds_in_testing(&self) -> Option<u64> {
        let project = self.flavour().text.console.project.as_ref()?;
        let is_testing = self.publishing().status == PublishingStatus::Testing;
        is_testing.then_some(project.refresh_seconds_in_testing)
    }

    /// Refuses who is no test user while the apps are in testing.
    pub(crate) fn check_test_user(&self, persona: &Persona) -> Result<(), Refusal> {
        let publishing = self.publishing();
        let address = persona.email.as_deref().unwrap_or_default();
        let is_it = |user: &String| user.eq_ignore_ascii_case(address);
        let is_admitted = publishing.test_users.iter().any(is_it);
        if publishing.status == PublishingStatus::InProduction || is_admitted {
            return Ok(());
        }
        let refused = self.enforce(Check::AuthorizationTestUser, || {
            let users: Vec<_> = publishing.test_users.iter().map(String::as_str).collect();
            let users = users.join(", ");
            format!("the app is in testing, and {address:?} is none of its test users: {users}")
        });
        refused.map_err(|refusal| refusal.with("developer", &publishing.developer_email))
    }
}
