//! Which keys there are, which are Streamlit's but not built yet, and what a misspelt one was meant to be.

/// What the names of environment variables begin with that are keys.
pub(super) const PREFIX: &str = "AUTH__";

/// The keys of `[auth]` itself.
pub(super) const AUTH: &[&str] = &[
    "redirect_uri",
    "cookie_secret",
    "expose_tokens",
    "session_lifetime",
    "session_idle_timeout",
    "session_follows_token",
    "store",
    "cookie_name",
    "base_path",
    "after_login",
    "after_logout",
    "post_logout_redirect_uri",
    "clock_leeway",
    "http_timeout",
    "ca_file",
];

/// The keys of an `[auth.NAME]` table.
pub(super) const PROVIDER: &[&str] = &[
    "client_id",
    "client_secret",
    "client_secret_file",
    "server_metadata_url",
    "preset",
    "authorize_url",
    "access_token_url",
    "api_base_url",
    "client_kwargs",
    "authorize_params",
    "allow",
    "roles_claim",
    "userinfo",
    "provider_logout",
    "allow_insecure_http",
    "private_key_file",
    "private_key_id",
    "team_id",
];

/// Those of a provider without OpenID; Authlib has them, too.
pub(super) const OAUTH: &[&str] = &["authorize_url", "access_token_url", "api_base_url"];

/// What Streamlit, or the Authlib under it, reads in either kind of table and this crate does not yet.
const NOT_YET: &[&str] = &[
    "access_token_params",
    "refresh_token_url",
    "refresh_token_params",
    "request_token_url",
    "request_token_params",
    "token_endpoint_auth_method",
    "code_challenge_method",
];

/// How alike two names are at least, from 0 to 1, before one is suggested for the other.
const ALIKE: f64 = 0.8;

/// What was found, and what would be right.
pub(super) type Fault = (String, String);

/// The fault of a key that Streamlit reads in either kind of table.
pub(super) fn not_yet(key: &str) -> Option<Fault> {
    let fault = || ("is not supported yet".to_owned(), "leave it out".to_owned());
    NOT_YET.contains(&key).then(fault)
}

/// The fault of a key that nobody reads in `[auth]`.
pub(super) fn unknown_in_auth(key: &str) -> Fault {
    let hint = did_you_mean(key, AUTH).unwrap_or_else(|| {
        format!(
            "the keys are {}; a provider is a table [auth.NAME]",
            AUTH.join(", ")
        )
    });
    ("is not a key of [auth]".to_owned(), hint)
}

/// The fault of a key that nobody reads in the provider's table with that path.
pub(super) fn unknown_in_provider(path: &str, key: &str) -> Fault {
    let hint = if AUTH.contains(&key) {
        "move it to [auth]".to_owned()
    } else {
        did_you_mean(key, PROVIDER)
            .unwrap_or_else(|| format!("the keys are {}", PROVIDER.join(", ")))
    };
    (format!("is not a key of [{path}]"), hint)
}

/// The fault of a table in the provider's table with that path.
pub(super) fn nested(path: &str, key: &str) -> Fault {
    let name = path.trim_start_matches("auth.").trim_matches('"');
    (
        format!("is a table inside [{path}]"),
        format!(
            "a name with a dot needs quotes: [auth.{}]",
            written(&format!("{name}.{key}"))
        ),
    )
}

/// A key as TOML writes it: bare where it may be, else in quotes.
pub(super) fn written(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}

/// The suggestion for a misspelt name, where one of `known` is like it.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> Option<String> {
    meant(name, known).map(|known| format!("did you mean {known}?"))
}

/// The one of `known` that a misspelt name most likely stands for.
fn meant<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name = name.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), *candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::{AUTH, PROVIDER, meant, written};

    #[test]
    fn a_misspelt_key_is_recognised() {
        let check = |name, known, expected| assert_eq!(meant(name, known), expected, "{name}");
        check("redirect_url", AUTH, Some("redirect_uri"));
        check("redirect-uri", AUTH, Some("redirect_uri"));
        check("cookiesecret", AUTH, Some("cookie_secret"));
        check("clientid", PROVIDER, Some("client_id"));
        check("Client_Secret", PROVIDER, Some("client_secret"));
        check("colour", PROVIDER, None);
        check("scope", PROVIDER, None);
    }

    #[test]
    fn a_key_is_quoted_where_toml_wants_it() {
        let check = |key, expected| assert_eq!(written(key), expected);
        check("my_idp-2", "my_idp-2");
        check("my idp", "\"my idp\"");
        check("a.b", "\"a.b\"");
        check("", "\"\"");
    }
}
