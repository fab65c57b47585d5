//! `client_kwargs` and `authorize_params`: what a provider is asked for. Every entry reaches the request
//! that it is meant for, or is a problem.

use toml::de::DeValue;

use super::report::Report;
use super::table::{Entry, Table, kind};
use super::{Asked, ClientAuthentication};

/// What is made anew for each login, or follows from the rest of the file.
const OWN: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "nonce",
    "code_challenge",
    "request",
    "request_uri",
];

/// What the HTTP client under Streamlit takes, which is not this one.
const OF_STREAMLITS_CLIENT: &[&str] = &[
    "timeout",
    "verify",
    "cert",
    "proxy",
    "proxies",
    "headers",
    "trust_env",
    "follow_redirects",
    "leeway",
];

/// What stands in the tables of a provider; `has_openid` where it knows OpenID.
pub(super) fn read(table: &Table<'_, '_>, has_openid: bool, report: &mut Report<'_>) -> Asked {
    let mut asked = Asked::default();
    for key in ["client_kwargs", "authorize_params"] {
        let Some(inner) = table.inner(key, report) else {
            continue;
        };
        for entry in &inner.entries {
            let path = inner.path_of(entry.key);
            if let Err((found, hint)) = take(&mut asked, entry, has_openid) {
                report.problem(Some(entry.offset), &path, found, hint);
            }
        }
    }
    asked
}

type Fault = (String, String);

fn fault(found: impl Into<String>, hint: impl Into<String>) -> Fault {
    (found.into(), hint.into())
}

fn take(asked: &mut Asked, entry: &Entry<'_, '_>, has_openid: bool) -> Result<(), Fault> {
    let key = entry.key;
    if OWN.contains(&key) {
        return Err(fault("is set for each login", "leave it out"));
    }
    if OF_STREAMLITS_CLIENT.contains(&key) {
        let found = "is for the HTTP client of Streamlit, which is not this one";
        return Err(fault(found, "leave it out"));
    }
    if !has_openid && ["max_age", "acr_values"].contains(&key) {
        let found = "cannot be checked at a provider without OpenID";
        return Err(fault(found, "leave it out"));
    }
    let value = text(entry.value.get_ref())?;
    match (key, value.as_str()) {
        ("scope", scope) => {
            let scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
            if has_openid && !scopes.iter().any(|scope| scope == "openid") {
                let hint = "add it: without it nobody says who logs in";
                return Err(fault(format!("{scope:?} has no openid"), hint));
            }
            asked.scopes = Some(scopes);
            Ok(())
        }
        ("token_endpoint_auth_method", method) => {
            asked.client_authentication = Some(client_authentication(method)?);
            Ok(())
        }
        // It is what is used anyway.
        ("code_challenge_method", "S256") | ("response_mode", "query") => Ok(()),
        ("code_challenge_method", other) => Err(fault(
            format!("{other:?} is weaker than S256, which is used anyway"),
            "leave it out",
        )),
        ("response_mode", "form_post") => parameter(asked, key, value),
        ("response_mode", other) => Err(fault(
            format!("{other:?} is no way in which an answer with a code can be read here"),
            "leave it out, or write form_post",
        )),
        ("max_age", seconds) => {
            let parsed = seconds.parse();
            let hint = "write a whole number of seconds";
            let is_none = |_| fault(format!("{seconds:?} is no time"), hint);
            asked.max_age = Some(parsed.map_err(is_none)?);
            parameter(asked, key, value)
        }
        ("acr_values", values) => {
            let values = values.split_whitespace();
            asked.acr_values = values.map(str::to_owned).collect();
            parameter(asked, key, value)
        }
        _ => parameter(asked, key, value),
    }
}

fn parameter(asked: &mut Asked, key: &str, value: String) -> Result<(), Fault> {
    if asked.parameters.iter().any(|(known, _)| known == key) {
        return Err(fault(
            "is in client_kwargs as well",
            "leave one of them out",
        ));
    }
    asked.parameters.push((key.to_owned(), value));
    Ok(())
}

fn client_authentication(method: &str) -> Result<ClientAuthentication, Fault> {
    match method {
        "client_secret_basic" => Ok(ClientAuthentication::Basic),
        "client_secret_post" => Ok(ClientAuthentication::Post),
        "private_key_jwt" => Ok(ClientAuthentication::PrivateKeyJwt),
        "none" => Ok(ClientAuthentication::None),
        _ => Err(fault(
            format!("{method:?} is no method of client authentication here"),
            "write client_secret_basic, client_secret_post, private_key_jwt or none",
        )),
    }
}

/// A value as a parameter has it.
fn text(value: &DeValue<'_>) -> Result<String, Fault> {
    match value {
        DeValue::String(text) if text.is_empty() => {
            Err(fault("is empty", "give it a value, or leave it out"))
        }
        DeValue::String(text) => Ok(text.clone().into_owned()),
        DeValue::Integer(number) => Ok(number.to_string()),
        DeValue::Boolean(is_so) => Ok(is_so.to_string()),
        other => Err(fault(
            format!("is {}", kind(other)),
            "it must be a string in quotes, a whole number, true or false",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClientAuthentication, Config, DEFAULT_PROVIDER, ProviderConfig};

    const SHARED: &str = "[auth]\nredirect_uri = 'http://localhost:1/cb'\ncookie_secret = '0123456789abcdef0123456789abcdef'\n";
    const KEYS: &str = "client_id = 'id'\nclient_secret = 's'\nserver_metadata_url = 'https://idp.test/.well-known/openid-configuration'\n";

    fn read(text: &str) -> Result<ProviderConfig, String> {
        let config = Config::from_toml(text, "s.toml").map_err(|error| error.to_string())?;
        Ok(config.providers[0].clone())
    }

    /// One provider with these lines in its `client_kwargs`.
    fn with(lines: &str) -> Result<ProviderConfig, String> {
        read(&format!(
            "{SHARED}[auth.idp]\n{KEYS}[auth.idp.client_kwargs]\n{lines}"
        ))
    }

    #[test]
    fn every_entry_is_asked_for() {
        let provider = with(
            "scope = 'openid groups'\nprompt = 'login'\nmax_age = 3600\nacr_values = 'silver gold'\n\
             hd = 'example.com'\ninclude_granted_scopes = true\ncode_challenge_method = 'S256'\n\
             token_endpoint_auth_method = 'client_secret_post'\n",
        );
        let asked = provider.expect("right").asked;
        assert_eq!(asked.scopes, Some(vec!["openid".into(), "groups".into()]));
        let parameters: Vec<_> = asked
            .parameters
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let expected = [
            "prompt=login",
            "max_age=3600",
            "acr_values=silver gold",
            "hd=example.com",
            "include_granted_scopes=true",
        ];
        assert_eq!(parameters, expected);
        assert_eq!((asked.max_age, asked.acr_values.len()), (Some(3_600), 2));
        assert_eq!(
            asked.client_authentication,
            Some(ClientAuthentication::Post)
        );
    }

    #[test]
    fn authorize_params_are_more_of_them() {
        let text = format!(
            "{SHARED}[auth.idp]\n{KEYS}client_kwargs = {{ prompt = 'login' }}\n\
             authorize_params = {{ audience = 'api', access_type = 'offline' }}\n"
        );
        let asked = read(&text).expect("right").asked;
        let parameter = |name| asked.parameter(name);
        assert_eq!(parameter("prompt"), Some("login"));
        assert_eq!(parameter("audience"), Some("api"));
        assert_eq!(parameter("access_type"), Some("offline"));
        let twice = text.replace("audience", "prompt");
        let words =
            "auth.idp.authorize_params.prompt: is in client_kwargs as well; leave one of them out";
        assert!(read(&twice).unwrap_err().contains(words));
    }

    #[test]
    fn what_would_not_reach_the_request_is_a_problem() {
        let check = |line: &str, words: &str| {
            let error = with(line).expect_err(line);
            assert_eq!(error, format!("s.toml:9: auth.idp.client_kwargs.{words}"));
        };
        check("state = 'x'", "state: is set for each login; leave it out");
        check(
            "timeout = 5",
            "timeout: is for the HTTP client of Streamlit, which is not this one; leave it out",
        );
        check(
            "scope = 'email'",
            "scope: \"email\" has no openid; add it: without it nobody says who logs in",
        );
        check(
            "max_age = 'soon'",
            "max_age: \"soon\" is no time; write a whole number of seconds",
        );
        check(
            "max_age = -1",
            "max_age: \"-1\" is no time; write a whole number of seconds",
        );
        check(
            "prompt = ''",
            "prompt: is empty; give it a value, or leave it out",
        );
        check(
            "ui_locales = ['de', 'en']",
            "ui_locales: is an array; it must be a string in quotes, a whole number, true or false",
        );
        check(
            "code_challenge_method = 'plain'",
            "code_challenge_method: \"plain\" is weaker than S256, which is used anyway; leave it out",
        );
        check(
            "response_mode = 'fragment'",
            "response_mode: \"fragment\" is no way in which an answer with a code can be read here; \
             leave it out, or write form_post",
        );
        check(
            "token_endpoint_auth_method = 'client_secret_jwt'",
            "token_endpoint_auth_method: \"client_secret_jwt\" is no method of client authentication here; \
             write client_secret_basic, client_secret_post, private_key_jwt or none",
        );
        let text = format!("{SHARED}[auth.idp]\n{KEYS}client_kwargs = 'x'\n");
        let words = "s.toml:8: auth.idp.client_kwargs: is a string; it must be a table: [auth.idp.client_kwargs]";
        assert_eq!(read(&text).unwrap_err(), words);
        let text = format!(
            "{SHARED}[auth.github]\nclient_id = 'id'\nclient_secret = 's'\nclient_kwargs.max_age = 1\n"
        );
        let words =
            "auth.github.client_kwargs.max_age: cannot be checked at a provider without OpenID";
        assert!(read(&text).unwrap_err().contains(words));
    }

    #[test]
    fn a_client_without_a_secret_says_so() {
        let none = "client_kwargs.token_endpoint_auth_method = 'none'\n";
        let public =
            format!("{SHARED}[auth.idp]\n{KEYS}{none}").replace("client_secret = 's'\n", "");
        assert!(read(&public).expect("right").client_secret.is_none());
        let both = read(&format!("{SHARED}[auth.idp]\n{KEYS}{none}")).unwrap_err();
        let words = "s.toml:6: auth.idp.client_secret: is not used with \
                     token_endpoint_auth_method = \"none\"; leave one of them out";
        assert_eq!(both, words);
    }

    #[test]
    fn the_keys_of_a_provider_in_auth_itself_are_the_default_one() {
        let text = format!("{SHARED}{KEYS}client_kwargs.prompt = 'login'\n");
        let provider = read(&text).expect("right");
        assert_eq!(provider.name, DEFAULT_PROVIDER);
        assert_eq!(provider.asked.parameter("prompt"), Some("login"));
        let beside = format!("{text}[auth.default]\n{KEYS}");
        let words = "s.toml:1: auth.default: is there, and [auth] has the keys of the default \
                     provider as well; leave one of them out";
        assert_eq!(read(&beside).unwrap_err(), words);
        let half = text.replace("client_id = 'id'\n", "");
        let words = "s.toml:1: auth.client_id: is missing; add client_id = \"..\" under [auth]";
        assert_eq!(read(&half).unwrap_err(), words);
    }
}
