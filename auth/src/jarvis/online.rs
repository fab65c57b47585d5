//! What `jarvis check --online` finds out: whether each provider is there, and will do what the configuration asks.

use std::time::SystemTime;

use http::header::DATE;
use openidconnect::HttpResponse;
use serde_json::Value;
use url::Url;

use crate::clock::Clock;
use crate::config::{ClientAuthentication, Config, Endpoints, ProviderConfig, is_loopback};
use crate::http::Http;
use crate::provider::Provider;

/// One thing that was found out about a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is as it should be.
    Works(String),
    /// It works, and something may surprise.
    Note(String),
    /// A login will fail.
    Fails(String),
}

/// Asks a provider's discovery, and compares what it says with the configuration.
pub async fn ask(config: &Config, provider: &ProviderConfig, clock: &Clock) -> Vec<Finding> {
    let settings = &config.settings;
    let http = Http::new(settings.http_timeout, settings.ca_certificates.as_deref());
    let mut findings = Vec::new();
    if provider.habits.needs_public_redirect_uri && is_loopback(&config.redirect_uri) {
        let words = "it takes no redirect_uri on localhost: use a name of its own and https";
        findings.push(Finding::Fails(words.to_owned()));
    }
    let Endpoints::Discovered(url) = &provider.endpoints else {
        findings.push(Finding::Note("it has no discovery to ask".to_owned()));
        return findings;
    };
    let answer = match http.fetch(url).await {
        Ok(answer) => answer,
        Err(error) => {
            findings.push(Finding::Fails(error.to_string()));
            return findings;
        }
    };
    let now = clock.unix_seconds();
    match Provider::new(provider.clone()).metadata(&http, now).await {
        Ok(metadata) => findings.push(Finding::Works(format!("its issuer is {}", metadata.issuer))),
        Err(error) => findings.push(Finding::Fails(error.to_string())),
    }
    let leeway = settings.clock_leeway.as_secs();
    findings.extend(clocks(&answer, clock.now(), leeway));
    let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    findings.extend(says(&document, provider));
    findings.extend(to_register(&document, config, provider));
    findings
}

/// Whether both clocks show the same time: an ID token says when it was made.
fn clocks(answer: &HttpResponse, now: SystemTime, leeway: u64) -> Option<Finding> {
    let date = answer.headers().get(DATE)?.to_str().ok()?;
    let there = httpdate::parse_http_date(date).ok()?;
    let (apart, how) = match there.duration_since(now) {
        Ok(ahead) => (ahead, "behind"),
        Err(error) => (error.duration(), "ahead of"),
    };
    let seconds = apart.as_secs();
    (seconds > leeway.max(2)).then(|| {
        let words = format!("this machine's clock is {seconds} s {how} its own: set it right");
        Finding::Fails(words)
    })
}

/// What the document lists of what is asked for.
fn says(document: &Value, provider: &ProviderConfig) -> Vec<Finding> {
    let lists = |member: &str, value: &str| {
        let list = document[member].as_array()?;
        Some(list.iter().any(|listed| listed == value))
    };
    let mut findings = Vec::new();
    let method = provider.asked.client_authentication;
    let method = method.map(ClientAuthentication::name);
    if let Some(method) = method
        && lists("token_endpoint_auth_methods_supported", method) == Some(false)
    {
        let words = format!("it does not list token_endpoint_auth_method {method:?}");
        findings.push(Finding::Fails(words));
    }
    for scope in provider.asked.scopes.iter().flatten() {
        if lists("scopes_supported", scope) == Some(false) {
            let words = format!("it does not list the scope {scope:?}");
            findings.push(Finding::Note(words));
        }
    }
    let logout = match document["end_session_endpoint"].as_str() {
        Some(_) if provider.provider_logout => "a logout here is one there as well",
        Some(_) => "a logout here leaves the session there alone, as provider_logout says",
        None => "a logout here leaves the session there alone: it has no end_session_endpoint",
    };
    findings.push(Finding::Note(logout.to_owned()));
    findings
}

/// What cannot be asked: whether the provider knows the client and its redirect URI.
fn to_register(document: &Value, config: &Config, provider: &ProviderConfig) -> Option<Finding> {
    let endpoint = Url::parse(document["authorization_endpoint"].as_str()?).ok()?;
    let words = format!(
        "register {} for {:?} at {}, if you have not: nobody but a visitor finds that out",
        config.redirect_uri,
        provider.client_id,
        endpoint.host_str().unwrap_or_default()
    );
    Some(Finding::Note(words))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use http::header::DATE;
    use openidconnect::HttpResponse;

    use super::{Finding, ask, clocks};
    use crate::clock::Clock;
    use crate::testing::FakeProvider;

    #[test]
    fn a_clock_that_is_off_is_found_out() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let found = |date: &str| {
            let mut answer = HttpResponse::new(Vec::new());
            answer
                .headers_mut()
                .insert(DATE, date.parse().expect("a header"));
            clocks(&answer, now, 60)
        };
        assert_eq!(found("Sun, 06 Nov 1994 08:49:37 GMT"), None);
        assert_eq!(found("Sun, 06 Nov 1994 08:50:37 GMT"), None);
        let words = "this machine's clock is 61 s behind its own: set it right";
        assert_eq!(
            found("Sun, 06 Nov 1994 08:50:38 GMT"),
            Some(Finding::Fails(words.to_owned()))
        );
        let words = "this machine's clock is 3600 s ahead of its own: set it right";
        assert_eq!(
            found("Sun, 06 Nov 1994 07:49:37 GMT"),
            Some(Finding::Fails(words.to_owned()))
        );
        assert_eq!(found("yesterday"), None);
    }

    #[tokio::test]
    async fn a_provider_is_asked() {
        let idp = FakeProvider::start().await;
        let mut config = idp.config("http://localhost:8501/oauth2callback");
        config.providers[0].asked.client_authentication =
            Some(crate::config::ClientAuthentication::None);
        let found = ask(&config, &config.providers[0], &Clock::system()).await;
        assert!(
            found.contains(&Finding::Works(format!("its issuer is {}", idp.issuer))),
            "{found:?}"
        );

        let gone = config.providers[0].clone();
        drop(idp);
        let found = ask(&config, &gone, &Clock::system()).await;
        assert!(
            matches!(&found[..], [Finding::Fails(words)] if words.contains("could not be reached")),
            "{found:?}"
        );
    }
}
