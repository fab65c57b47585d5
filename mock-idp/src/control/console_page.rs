//! The provider's console as a page: for a person what the verbs are for a test.

use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::form_urlencoded;

use super::{Call, Control, Kind, Problem, Provider, delivered, guard};
use crate::console::{ConsoleError, Publishing, PublishingStatus, WebClient};
use crate::fault::Delivery;
use crate::page::{self, Console};

/// Where it is, below `/_mock/`.
const NAME: &str = "console";
const FILE: &str = "console/client_secret.json";

/// Whether a request is for the page, or for a file that it links to.
pub(super) fn is_meant(call: &Call<'_>) -> bool {
    [NAME, FILE].contains(&call.name)
}

/// Answers it.
///
/// # Errors
/// What is no request of the page, or not of the same origin.
pub(super) fn answer(
    control: &Control,
    provider: &Provider,
    call: &Call<'_>,
    body: &[u8],
) -> Result<Delivery, Problem> {
    guard::without_token(control)?;
    match (call.name, &call.head.method) {
        (FILE, &Method::GET) => file(provider, call),
        (NAME, &Method::GET) => Ok(shown(provider, &[], &WebClient::default())),
        (NAME, &Method::POST) => {
            if !call.head.headers.contains_key(ORIGIN) {
                let words = "a form comes from a page, which says its Origin";
                return Err(Problem::new(Kind::Origin, words));
            }
            Ok(done(provider, Form::read(body)?))
        }
        (name, method) => {
            let words = format!("{name} takes GET, and the page POST, not {method}");
            Err(Problem::new(Kind::Method, words))
        }
    }
}

fn file(provider: &Provider, call: &Call<'_>) -> Result<Delivery, Problem> {
    let query = call.head.uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let client_id = pairs.find_map(|(name, value)| (name == "client_id").then_some(value));
    let file = provider.tenant.client_file(&client_id.unwrap_or_default());
    let file = file.map_err(|error| Problem::new(Kind::Unknown, error.to_string()))?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let attached = HeaderValue::from_static("attachment; filename=\"client_secret.json\"");
    headers.insert(CONTENT_DISPOSITION, attached);
    Ok(delivered(StatusCode::OK, headers, file))
}

/// What one of the page's forms says.
enum Form {
    Client(WebClient),
    Publishing(Publishing),
}

impl Form {
    fn read(body: &[u8]) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let text = |name: &str| {
            let found = pairs.iter().find(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.trim())
        };
        let lines = |name: &str| {
            let lines = text(name).lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty()).map(str::to_owned);
            lines.collect::<Vec<_>>()
        };
        let status = match (text("what"), text("status")) {
            ("client", _) => {
                return Ok(Self::Client(WebClient {
                    name: text("name").to_owned(),
                    redirect_uris: lines("redirect_uris"),
                    javascript_origins: lines("javascript_origins"),
                }));
            }
            ("publishing", "testing") => PublishingStatus::Testing,
            ("publishing", "in_production") => PublishingStatus::InProduction,
            (what, status) => {
                let words = format!("what={what:?} with status={status:?} is no form of this page");
                return Err(Problem::new(Kind::Arguments, words));
            }
        };
        Ok(Self::Publishing(Publishing {
            status,
            test_users: lines("test_users").into_iter().collect(),
            developer_email: text("developer_email").to_owned(),
        }))
    }

    fn save(self, provider: &Provider) -> Result<(), ConsoleError> {
        match self {
            Self::Client(web) => provider.tenant.register_web_client(web).map(drop),
            Self::Publishing(publishing) => provider.tenant.set_publishing(publishing),
        }
    }

    /// What is shown again of it.
    fn draft(&self) -> WebClient {
        match self {
            Self::Client(web) => web.clone(),
            Self::Publishing(_) => WebClient::default(),
        }
    }
}

/// Saves what was sent by one of the forms; the page shows it again where it was not right.
fn done(provider: &Provider, form: Form) -> Delivery {
    let draft = form.draft();
    match form.save(provider) {
        Ok(()) => {
            let mut headers = HeaderMap::new();
            if let Ok(page) = HeaderValue::try_from(url(provider)) {
                headers.insert(LOCATION, page);
            }
            delivered(StatusCode::SEE_OTHER, headers, String::new())
        }
        Err(error) => {
            let mut page = shown(provider, &in_words(&error), &draft);
            page.status = StatusCode::UNPROCESSABLE_ENTITY;
            page
        }
    }
}

fn in_words(error: &ConsoleError) -> Vec<String> {
    match error {
        ConsoleError::Urls(problems) => problems
            .iter()
            .map(|it| format!("{}: {}", it.url, it.problem))
            .collect(),
        other => vec![other.to_string()],
    }
}

fn url(provider: &Provider) -> String {
    format!("{}/_mock/{NAME}", provider.tenant.root())
}

fn shown(provider: &Provider, problems: &[String], draft: &WebClient) -> Delivery {
    let tenant = &provider.tenant;
    let html = page::console(&Console::new(
        &url(provider),
        &tenant.flavour_name(),
        &tenant.clients(),
        &tenant.publishing(),
        problems,
        draft,
    ));
    let mut headers = HeaderMap::new();
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html_type);
    let policy = HeaderValue::from_static(page::content_security_policy());
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    delivered(StatusCode::OK, headers, html)
}
