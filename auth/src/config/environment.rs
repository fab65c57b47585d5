//! The environment's variables as keys of the file: `AUTH__GOOGLE__CLIENT_SECRET` is `client_secret` in
//! `[auth.google]`, and counts before the file's.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::PREFIX;
use super::report::Report;

/// Puts each variable into the document where its name says. What begins with a bracket or a brace is read as
/// TOML, where it is that; everything else is a string.
pub(super) fn merge<'i>(
    document: &mut DeTable<'i>,
    variables: &'i [(String, String)],
    report: &mut Report<'_>,
) {
    for (index, (name, value)) in variables.iter().enumerate() {
        let offset = report.offset_of_variable(index);
        let path = name.to_ascii_lowercase();
        let segments: Vec<&str> = path.split("__").collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            let hint = format!("write {PREFIX}KEY or {PREFIX}PROVIDER__KEY");
            report.problem(Some(offset), "", "names no key", hint);
            continue;
        }
        let value = Spanned::new(offset..offset, read(value));
        if let Err(taken) = place(document, &segments, offset, value) {
            let found = format!("{taken} is no table in the file");
            let hint = "leave one of them out";
            report.problem(Some(offset), "", found, hint);
        }
    }
}

fn read(value: &str) -> DeValue<'_> {
    let looks_like_toml = value.starts_with(['[', '{']);
    let parsed = looks_like_toml
        .then(|| DeValue::parse(value).ok())
        .flatten();
    parsed.map_or_else(
        || DeValue::String(Cow::Borrowed(value)),
        Spanned::into_inner,
    )
}

/// Puts the value below the tables that all segments but the last name, or says which of these is no table.
fn place<'i>(
    table: &mut DeTable<'i>,
    segments: &[&str],
    offset: usize,
    value: Spanned<DeValue<'i>>,
) -> Result<(), String> {
    let [segment, rest @ ..] = segments else {
        return Ok(());
    };
    let key = table.keys().find(|key| is_meant(key.get_ref(), segment));
    let key = key.map_or_else(
        || (*segment).to_owned(),
        |key| key.get_ref().clone().into_owned(),
    );
    let new_key = Spanned::new(offset..offset, Cow::Owned(key.clone()));
    if rest.is_empty() {
        table.remove(key.as_str());
        table.insert(new_key, value);
        return Ok(());
    }
    if !table.contains_key(key.as_str()) {
        let inner = DeValue::Table(DeTable::new());
        table.insert(new_key, Spanned::new(offset..offset, inner));
    }
    match table.get_mut(key.as_str()).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) => place(inner, rest, offset, value),
        _ => Err(key),
    }
}

/// Whether a key of the file is the one that a variable's name means, which has neither capitals nor most signs.
fn is_meant(key: &str, segment: &str) -> bool {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    key.chars().map(plain).eq(segment.chars())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{KEYS, SHARED};
    use super::super::{Config, Secret};

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let reader = Config::reader().environment(variables.iter().copied());
        reader
            .text(text, "s.toml")
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_counts_before_the_file() {
        let text = format!("{SHARED}[auth.google]{KEYS}[auth.\"My-Idp\"]{KEYS}");
        let config = read(
            &text,
            &[
                ("AUTH__GOOGLE__CLIENT_SECRET", "from outside"),
                ("AUTH__MY_IDP__CLIENT_ID", "mine"),
                ("AUTH__SESSION_LIFETIME", "2h"),
                ("AUTH__EXPOSE_TOKENS", "[\"id\", \"access\"]"),
                ("AUTH__GOOGLE__ALLOW__CLAIMS__GROUPS", "staff"),
                ("PATH", "/bin"),
                ("AUTHOR", "me"),
            ],
        )
        .expect("right");
        let [google, mine] = config.providers.as_slice() else {
            panic!("{:?}", config.providers)
        };
        let secret = google.client_secret.as_ref().map(Secret::expose);
        assert_eq!(secret, Some("from outside"));
        assert_eq!(
            (mine.name.as_str(), mine.client_id.as_str()),
            ("My-Idp", "mine")
        );
        assert_eq!(config.settings.session_lifetime.as_secs(), 7_200);
        assert!(config.expose_tokens.id && config.expose_tokens.access);
        let allow = google.allow.as_ref().expect("rules");
        assert_eq!(
            allow.claims,
            [("groups".to_owned(), vec!["staff".to_owned()])]
        );
    }

    #[test]
    fn variables_alone_are_enough() {
        let config = read(
            "",
            &[
                ("AUTH__REDIRECT_URI", "https://app.example/oauth2callback"),
                ("AUTH__COOKIE_SECRET", "0123456789abcdef0123456789abcdef"),
                ("AUTH__MY_IDP__CLIENT_ID", "id"),
                ("AUTH__MY_IDP__CLIENT_SECRET", "[not toml"),
                (
                    "AUTH__MY_IDP__SERVER_METADATA_URL",
                    "https://idp.test/.well-known/openid-configuration",
                ),
            ],
        )
        .expect("right");
        assert_eq!(config.providers[0].name, "my_idp");
        let secret = config.providers[0].client_secret.as_ref();
        assert_eq!(secret.map(Secret::expose), Some("[not toml"));
    }

    #[test]
    fn what_is_wrong_with_a_variable_says_which() {
        let check = |name: &str, value: &str, report: &str| {
            let text = format!("{SHARED}[auth.google]{KEYS}");
            assert_eq!(read(&text, &[(name, value)]).expect_err(name), report);
        };
        check(
            "AUTH__GOOGLE__CLIENT_IDD",
            "x",
            "environment variable AUTH__GOOGLE__CLIENT_IDD: auth.google.client_idd: is not a key of \
             [auth.google]; did you mean client_id?",
        );
        check(
            "AUTH__REDIRECT_URI",
            "/callback",
            "environment variable AUTH__REDIRECT_URI: auth.redirect_uri: \"/callback\" is relative; \
             write the full URL, e.g. \"http://localhost:8501/oauth2callback\"",
        );
        check(
            "AUTH____X",
            "x",
            "environment variable AUTH____X: names no key; write AUTH__KEY or AUTH__PROVIDER__KEY",
        );
        check(
            "AUTH__REDIRECT_URI__X",
            "x",
            "environment variable AUTH__REDIRECT_URI__X: redirect_uri is no table in the file; \
             leave one of them out",
        );
    }
}
