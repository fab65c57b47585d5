//! What `jarvis check` prints.

use std::fmt::Write;

use super::Listen;
use crate::config::{Allow, Config, Endpoints, ExposeTokens, ProviderConfig, Secret};

/// The configuration for a person to read, without its secrets.
#[must_use]
pub fn summary(config: &Config, listen: Listen) -> String {
    let mut text = String::new();
    let cookies = if config.is_https() {
        "Secure, with the prefix __Host-"
    } else {
        "without Secure, since redirect_uri is http"
    };
    for (name, value) in [
        ("redirect_uri", config.redirect_uri.to_string()),
        ("cookie_secret", ring(&config.cookie_secrets)),
        ("cookies", cookies.to_owned()),
        ("expose_tokens", exposed(config.expose_tokens)),
        ("listens on", listen.to_string()),
    ] {
        line(&mut text, name, &value);
    }
    for provider in &config.providers {
        describe(&mut text, provider);
    }
    text
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
    let secret = provider.client_secret.as_ref();
    let secret = secret.map_or_else(|| "none".to_owned(), length);
    line(text, "client_secret", &secret);
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
    if let Some(scopes) = &provider.asked.scopes {
        line(text, "scope", &scopes.join(" "));
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
    let _infallible = writeln!(text, "  {name:<20} {value}");
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
[auth.google]
client_id = "id"
client_secret = "hunter2"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
client_kwargs = { scope = "openid email", prompt = "login", max_age = 60 }
allow = { domains = "example.com", claims = { groups = ["staff", "admin"] } }
"#,
            "s.toml",
        )
        .expect("right");
        assert_eq!(
            summary(&config, Listen::Localhost(8501)),
            "  redirect_uri         https://app.example/oauth2callback
  cookie_secret        set, 32 bytes
  cookies              Secure, with the prefix __Host-
  expose_tokens        id
  listens on           localhost:8501

provider \"google\"
  client_id            id
  client_secret        set, 7 bytes
  server_metadata_url  https://accounts.google.com/.well-known/openid-configuration
  preset               by name or host
  allow                domains: example.com; or groups: staff, admin
  scope                openid email
  prompt               login
  max_age              60
"
        );
    }
}
