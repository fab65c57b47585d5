//! Texts with places to fill in, such as `{issuer}`.

use super::app::Settings;

/// What can be filled in, and what each stands for.
pub(super) const PLACES: &[&str] = &[
    "issuer",
    "discovery_url",
    "authorize_url",
    "access_token_url",
    "api_base_url",
    "userinfo_url",
    "jwks_uri",
    "client_id",
    "client_secret",
    "redirect_uri",
    "second_issuer",
    "second_discovery_url",
    "second_authorize_url",
    "second_access_token_url",
    "second_api_base_url",
    "second_userinfo_url",
    "second_jwks_uri",
    "second_client_id",
    "second_client_secret",
    "second_redirect_uri",
    "port",
    "profile_dir",
];

/// A place that nothing fills.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{{{place}}} is nothing that the kit fills in; it fills in {}",
    known()
)]
pub struct UnknownPlace {
    /// What stands between the braces.
    pub place: String,
}

fn known() -> String {
    let known: Vec<_> = PLACES.iter().map(|place| format!("{{{place}}}")).collect();
    known.join(" ")
}

/// What fills the places of one copy.
pub(super) struct Filling<'a> {
    pub(super) settings: &'a Settings,
    pub(super) port: u16,
    pub(super) profile_dir: &'a str,
}

impl Filling<'_> {
    fn value(&self, place: &str) -> Option<String> {
        let (provider, place) = match place.strip_prefix("second_") {
            Some(place) => (&self.settings.second, place),
            None => (&self.settings.provider, place),
        };
        Some(match place {
            "issuer" => provider.issuer.clone(),
            "discovery_url" => provider.discovery_url.clone(),
            "authorize_url" => provider.authorize_url.clone(),
            "access_token_url" => provider.access_token_url.clone(),
            "api_base_url" => provider.api_base_url.clone(),
            "userinfo_url" => provider.userinfo_url.clone(),
            "jwks_uri" => provider.jwks_uri.clone(),
            "client_id" => provider.client_id.clone(),
            "client_secret" => provider.client_secret.clone(),
            "redirect_uri" => provider.redirect_uri.clone(),
            "port" => self.port.to_string(),
            "profile_dir" => self.profile_dir.into(),
            _ => return None,
        })
    }

    /// The text with every place filled.
    pub(super) fn fill(&self, text: &str) -> String {
        pieces(text)
            .map(|piece| match piece {
                Piece::Words(words) => words.to_owned(),
                Piece::Place(place) => self.value(place).unwrap_or_default(),
            })
            .collect()
    }
}

/// Whether every place of a text can be filled.
pub(super) fn check(text: &str) -> Result<(), UnknownPlace> {
    let mut places = pieces(text).filter_map(|piece| match piece {
        Piece::Place(place) => Some(place),
        Piece::Words(_) => None,
    });
    match places.find(|place| !PLACES.contains(place)) {
        Some(place) => Err(UnknownPlace {
            place: place.into(),
        }),
        None => Ok(()),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    /// The name between the braces.
    Place(&'a str),
}

/// A place is a name of small letters and `_` in braces; other braces are words.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(place) = place_at(rest) {
            rest = &rest[place.len() + 2..];
            return Some(Piece::Place(place));
        }
        let mut braces = rest.match_indices('{').map(|(at, _)| at);
        let ends = braces.find(|at| *at > 0 && place_at(&rest[*at..]).is_some());
        let (words, after) = rest.split_at(ends.unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Words(words))
    })
}

fn place_at(text: &str) -> Option<&str> {
    let (place, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !place.is_empty()
        && place
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_name.then_some(place)
}

#[cfg(test)]
mod tests {
    use super::super::app::Provided;
    use super::*;

    fn settings() -> Settings {
        let provided = |name: &str| Provided {
            issuer: format!("http://{name}"),
            flavour: "plain".into(),
            discovery_url: format!("http://{name}/.well-known/openid-configuration"),
            authorize_url: format!("http://{name}/authorize"),
            access_token_url: format!("http://{name}/token"),
            api_base_url: format!("http://{name}/"),
            userinfo_url: format!("http://{name}/userinfo"),
            jwks_uri: format!("http://{name}/keys"),
            client_id: format!("app-at-{name}"),
            client_secret: "secret".into(),
            redirect_uri: "http://localhost/cb".into(),
        };
        Settings {
            provider: provided("one"),
            second: provided("two"),
        }
    }

    #[test]
    fn every_place_is_filled() {
        let settings = settings();
        let filling = Filling {
            settings: &settings,
            port: 8501,
            profile_dir: "/apps",
        };
        let filled =
            |text: &str, expected: &str| assert_eq!(filling.fill(text), expected, "{text}");
        filled("at {issuer} on {port}", "at http://one on 8501");
        filled("{second_client_id}{client_id}", "app-at-twoapp-at-one");
        filled(
            r#"{"secret": "{client_secret}", "x": {}}"#,
            r#"{"secret": "secret", "x": {}}"#,
        );
        filled("{profile_dir}/app.py {", "/apps/app.py {");
        for place in PLACES {
            assert!(filling.value(place).is_some(), "{place}");
        }
    }

    #[test]
    fn a_place_that_nothing_fills_is_named() {
        assert_eq!(check("{issuer} { } {\"a\": 1}"), Ok(()));
        let error = check("{isuer}").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("{isuer} is nothing that the kit fills in"),
            "{error}"
        );
    }
}
