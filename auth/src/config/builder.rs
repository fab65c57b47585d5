//! [`ConfigBuilder`]: a configuration in code. What it makes is read as a file is, with the same rules.

use std::path::Path;
use std::time::Duration;

use toml::{Table, Value};

use super::{Config, ConfigError, Problem};

/// Sets the keys of `[auth]`, and those of its providers.
///
/// ```
/// use auth::config::{Config, ProviderBuilder};
///
/// let config = Config::builder()
///     .redirect_uri("http://localhost:8501/oauth2callback")
///     .cookie_secret("0123456789abcdef0123456789abcdef")
///     .session_idle_timeout(std::time::Duration::from_secs(900))
///     .provider(
///         "google",
///         ProviderBuilder::default()
///             .client_id("id")
///             .client_secret("secret")
///             .server_metadata_url("https://accounts.google.com/.well-known/openid-configuration"),
///     )
///     .build()?;
/// assert_eq!(config.providers[0].client_id, "id");
/// # Ok::<(), auth::ConfigError>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct ConfigBuilder(Table);

/// Sets the keys of one provider.
#[derive(Clone, Default)]
#[must_use]
pub struct ProviderBuilder(Table);

/// Methods that set the keys of their names.
macro_rules! keys {
    ($builder:ident: $($(#[$docs:meta])* $name:ident($kind:ident);)*) => {
        impl $builder {
            $(
                $(#[$docs])*
                pub fn $name(self, value: keys!(@type $kind)) -> Self {
                    self.set(stringify!($name), keys!(@value $kind value))
                }
            )*

            fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
                self.0.insert(key.to_owned(), value.into());
                self
            }

            #[cfg(test)]
            const KEYS: &[&str] = &[$(stringify!($name)),*];
        }
    };
    (@type text) => { impl Into<String> };
    (@value text $value:ident) => { $value.into() };
    (@type list) => { impl IntoIterator<Item = impl Into<String>> };
    (@value list $value:ident) => {
        $value.into_iter().map(|text| Value::String(text.into())).collect::<Vec<_>>()
    };
    (@type time) => { Duration };
    (@value time $value:ident) => { i64::try_from($value.as_secs()).unwrap_or(i64::MAX) };
    (@type flag) => { bool };
    (@value flag $value:ident) => { $value };
    (@type path) => { impl AsRef<Path> };
    (@value path $value:ident) => { $value.as_ref().display().to_string() };
    (@type table) => { impl Into<Table> };
    (@value table $value:ident) => { $value.into() };
}

keys! { ConfigBuilder:
    /// Where providers send visitors back to: the callback's URL, exactly as registered.
    redirect_uri(text);
    /// What the keys of sessions are derived from; 32 bytes or more in production.
    cookie_secret(text);
    /// `"id"`, `"access"` or both: what [`User::tokens`](crate::User::tokens) shows.
    expose_tokens(list);
    /// How long a session lives at most.
    session_lifetime(time);
    /// How long it lives without a request.
    session_idle_timeout(time);
    /// Whether it ends when the ID token of its login expires.
    session_follows_token(flag);
    /// Where sessions are kept: `"sqlite:PATH"`, `"memory"`, `"redis://HOST:6379"`. In memory, where nothing is said.
    store(text);
    /// What the names of the two cookies begin with.
    cookie_name(text);
    /// The path that everything is below.
    base_path(text);
    /// The page of this app that a login ends on.
    after_login(text);
    /// The page of this app that a logout ends on.
    after_logout(text);
    /// Where providers send visitors back to after a logout.
    post_logout_redirect_uri(text);
    /// How far the clocks of provider and app may be apart.
    clock_leeway(time);
    /// How long a provider may take for one answer.
    http_timeout(time);
    /// Certificates to trust beside the system's, in PEM.
    ca_file(path);
}

keys! { ProviderBuilder:
    /// What the app is called at the provider.
    client_id(text);
    /// What it proves itself with.
    client_secret(text);
    /// The `client_secret.json` that Google's console offers, instead of these two.
    client_secret_file(path);
    /// The provider's discovery URL.
    server_metadata_url(text);
    /// Whose habits to expect, where neither the name nor the host says it.
    preset(text);
    /// The authorization endpoint of a provider without OpenID.
    authorize_url(text);
    /// The token endpoint of a provider without OpenID.
    access_token_url(text);
    /// What the addresses of its API begin with.
    api_base_url(text);
    /// What is asked for: `scope`, `prompt`, `max_age` ..
    client_kwargs(table);
    /// More parameters of the same request.
    authorize_params(table);
    /// Who is let in: `emails`, `domains`, `claims`.
    allow(table);
    /// The claim that lists the roles of [`User::roles`](crate::User::roles).
    roles_claim(text);
    /// When the UserInfo endpoint is asked: `"auto"`, `"always"` or `"never"`.
    userinfo(text);
    /// Whether a logout here is one at the provider as well.
    provider_logout(flag);
    /// Whether the provider may be at `http://` on another host, for tests.
    allow_insecure_http(flag);
    /// The key for `private_key_jwt`, in PEM.
    private_key_file(path);
    /// Its `kid` at the provider.
    private_key_id(text);
    /// With the same two, what Apple's client secret is made of.
    team_id(text);
}

impl ConfigBuilder {
    /// A ring of secrets in place of one: the first is used, the others still open what they closed.
    pub fn cookie_secrets(self, ring: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let ring = ring.into_iter().map(|text| Value::String(text.into()));
        self.set("cookie_secret", ring.collect::<Vec<_>>())
    }

    /// A provider with this name, which is also that in `/auth/login/NAME`.
    pub fn provider(self, name: &str, provider: ProviderBuilder) -> Self {
        self.set(name, provider.0)
    }

    /// Makes it.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn build(self) -> Result<Config, ConfigError> {
        let document = Table::from_iter([("auth".to_owned(), Value::Table(self.0))]);
        // A line of text that nobody wrote helps nobody.
        let placeless = |problem: Problem| Problem {
            line: None,
            column: None,
            ..problem
        };
        let mut config = Config::from_toml(&document.to_string(), "configuration").map_err(
            |ConfigError { problems }| ConfigError {
                problems: problems.into_iter().map(placeless).collect(),
            },
        )?;
        config.warnings = config.warnings.into_iter().map(placeless).collect();
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, keys};
    use super::{ConfigBuilder, ProviderBuilder};

    #[test]
    fn every_key_has_a_method_and_stands_in_the_docs() {
        assert_eq!(ConfigBuilder::KEYS, keys::AUTH);
        assert_eq!(ProviderBuilder::KEYS, keys::PROVIDER);
        let docs = include_str!("mod.rs");
        let rows: Vec<_> = docs
            .lines()
            .filter(|line| line.starts_with("//! | "))
            .collect();
        let first_cells = rows.iter().filter_map(|row| row.split('|').nth(1));
        let listed: Vec<_> = first_cells
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .collect();
        let is_key = |key: &&str| !key.starts_with('[');
        let mut listed: Vec<_> = listed.into_iter().filter(is_key).collect();
        let mut known = [keys::AUTH, keys::PROVIDER].concat();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
    }

    #[test]
    fn what_is_wrong_is_said_without_a_line() {
        let provider = ProviderBuilder::default().client_id("id").preset("gogle");
        let built = Config::builder()
            .redirect_uri("/cb")
            .cookie_secrets(["a", ""])
            .provider("x", provider)
            .build();
        let report = built.expect_err("wrong").to_string();
        for words in [
            "configuration: auth.redirect_uri: \"/cb\" is relative",
            "configuration: auth.cookie_secret: has no value, or an empty one",
            "configuration: auth.x.preset: \"gogle\" is not known; did you mean google?",
            "configuration: auth.x.client_secret: is missing",
        ] {
            assert!(report.contains(words), "{report}");
        }
    }
}
