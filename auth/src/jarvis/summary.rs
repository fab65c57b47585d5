//! What `jarvis check` prints.

use std::fmt::Write;
use std::time::Duration;

use super::Listen;
use crate::config::{
    Allow, Config, Endpoints, ExposeTokens, ProviderConfig, Secret, Settings, Store, UserInfo,
};

/// The configuration for a person to read, without its secrets.
#[must_use]
pub fn summary(config: &Config, listen: Listen) -> String {
    let mut text = String::new();
    let (session, pending) = (config.cookie("session"), config.cookie("pending"));
    let cookies = if config.is_https() {
        format!("{session} and {pending}, Secure")
    } else {
        format!("{session} and {pending}, without Secure since redirect_uri is http")
    };
    for (name, value) in [
        ("redirect_uri", config.redirect_uri.to_string()),
        ("cookie_secret", ring(&config.cookie_secrets)),
        ("cookies", cookies),
        ("expose_tokens", exposed(config.expose_tokens)),
        ("listens on", listen.to_string()),
    ] {
        line(&mut text, name, &value);
    }
    for (name, value) in settings(&config.settings) {
        line(&mut text, name, &value);
    }
    for provider in &config.providers {
        describe(&mut text, provider);
    }
    text
}

/// What is set, and what its default is where that says something.
fn settings(settings: &Settings) -> Vec<(&'static str, String)> {
    let seconds = |time: Duration| format!("{} s", time.as_secs());
    let follows = if settings.session_follows_token {
        ", or as long as its token"
    } else {
        ""
    };
    let lifetime = seconds(settings.session_lifetime);
    let mut lines = vec![
        ("session_lifetime", format!("{lifetime}{follows}")),
        (
            "session_idle_timeout",
            seconds(settings.session_idle_timeout),
        ),
        ("store", store(&settings.store)),
        ("clock_leeway", seconds(settings.clock_leeway)),
        ("http_timeout", seconds(settings.http_timeout)),
        ("after_login", settings.after_login.clone()),
        ("after_logout", settings.after_logout.clone()),
    ];
    if !settings.base_path.is_empty() {
        lines.push(("base_path", settings.base_path.clone()));
    }
    if let Some(url) = &settings.post_logout_redirect_uri {
        lines.push(("post_logout_redirect_uri", url.to_string()));
    }
    if let Some(pem) = &settings.ca_certificates {
        lines.push(("ca_file", format!("{} bytes", pem.len())));
    }
    lines
}

fn store(store: &Store) -> String {
    match store {
        Store::Memory => "memory: a restart logs everybody out".to_owned(),
        Store::Sqlite { path, .. } => format!("sqlite:{}", path.display()),
        // The URL may have a password in it.
        Store::Redis(_) => "redis".to_owned(),
    }
}

fn exposed(tokens: ExposeTokens) -> String {
    let names = [(tokens.id, "id"), (tokens.access, "access")];
    let names = names
        .into_iter()
        .filter_map(|(is_so, name)| is_so.then_some(name));
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}

fn describe(text: &mut String, provider: &ProviderConfig) {
    let _infallible = writeln!(text, "\nprovider {:?}", provider.name);
    line(text, "client_id", &provider.client_id);
    match (&provider.client_secret, &provider.client_key) {
        (Some(secret), _) => line(text, "client_secret", &length(secret)),
        (None, Some(key)) => {
            let id = key.id.as_deref().unwrap_or("without an id");
            line(
                text,
                "private_key_file",
                &format!("{}, {id}", key.algorithm()),
            );
        }
        (None, None) => line(text, "client_secret", "none"),
    }
    match &provider.endpoints {
        Endpoints::Discovered(url) => line(text, "server_metadata_url", url.as_str()),
        Endpoints::OAuth {
            authorize_url,
            access_token_url,
            api_base_url,
        } => {
            line(text, "authorize_url", authorize_url.as_str());
            line(text, "access_token_url", access_token_url.as_str());
            line(text, "api_base_url", api_base_url.as_str());
        }
    }
    let preset = provider.preset.as_deref().unwrap_or("by name or host");
    line(text, "preset", preset);
    if let Some(allow) = &provider.allow {
        line(text, "allow", &rules(allow));
    }
    if let Some(claim) = &provider.roles_claim {
        line(text, "roles_claim", claim);
    }
    match provider.userinfo {
        UserInfo::WhereThin => {}
        UserInfo::Always => line(text, "userinfo", "always"),
        UserInfo::Never => line(text, "userinfo", "never"),
    }
    if !provider.provider_logout {
        line(text, "provider_logout", "false");
    }
    if provider.allow_insecure_http {
        line(text, "allow_insecure_http", "true");
    }
    if let Some(scopes) = &provider.asked.scopes {
        line(text, "scope", &scopes.join(" "));
    }
    if let Some(method) = provider.asked.client_authentication {
        line(text, "token_endpoint_auth_method", method.name());
    }
    for (name, value) in &provider.asked.parameters {
        line(text, name, value);
    }
}

fn rules(allow: &Allow) -> String {
    let lists = [("emails", &allow.emails), ("domains", &allow.domains)];
    let claims = allow
        .claims
        .iter()
        .map(|(name, values)| (name.as_str(), values));
    let all = lists.into_iter().filter(|(_, values)| !values.is_empty());
    let all = all.chain(claims);
    let all: Vec<_> = all
        .map(|(name, values)| format!("{name}: {}", values.join(", ")))
        .collect();
    all.join("; or ")
}

fn line(text: &mut String, name: &str, value: &str) {
    let _infallible = writeln!(text, "  {name:<26} {value}");
}

fn ring(secrets: &[Secret]) -> String {
    let lengths: Vec<_> = secrets.iter().map(length).collect();
    lengths.join("; formerly ")
}

/// All that is shown of a secret.
fn length(secret: &Secret) -> String {
    format!("set, {} bytes", secret.expose().len())
}

#[cfg(test)]
mod tests {
    use super::{Config, Listen, summary};

    #[test]
    fn a_configuration_is_shown_without_its_secrets() {
        let config = Config::from_toml(
            r#"
[auth]
redirect_uri = "https://app.example/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
expose_tokens = "id"
session_idle_timeout = "15m"
store = "redis://u:hunter2@host"
[auth.google]
client_id = "id"
client_secret = "hunter2"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
client_kwargs = { scope = "openid email", prompt = "login", max_age = 60, token_endpoint_auth_method = "client_secret_post" }
userinfo = "never"
provider_logout = false
allow = { domains = "example.com", claims = { groups = ["staff", "admin"] } }
"#,
            "s.toml",
        )
        .expect("right");
        assert_eq!(
            summary(&config, Listen::Localhost(8501)),
            "  redirect_uri               https://app.example/oauth2callback
  cookie_secret              set, 32 bytes
  cookies                    __Host-auth_session and __Host-auth_pending, Secure
  expose_tokens              id
  listens on                 localhost:8501
  session_lifetime           2592000 s
  session_idle_timeout       900 s
  store                      redis
  clock_leeway               60 s
  http_timeout               5 s
  after_login                /
  after_logout               /

provider \"google\"
  client_id                  id
  client_secret              set, 7 bytes
  server_metadata_url        https://accounts.google.com/.well-known/openid-configuration
  preset                     by name or host
  allow                      domains: example.com; or groups: staff, admin
  userinfo                   never
  provider_logout            false
  scope                      openid email
  token_endpoint_auth_method client_secret_post
  prompt                     login
  max_age                    60
"
        );
    }
}
