//! How copies of an app are started, from how somebody starts one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use super::Found;
use crate::browser::Kind;
use crate::conformance::app::{Provided, Settings};
use crate::conformance::browsers::Browsers;
use crate::conformance::guest::Guests;
use crate::conformance::lab::{Lab, SOMEBODY};
use crate::conformance::start::{CommandLauncher, Start};

/// How somebody starts their app.
#[derive(Clone, Debug)]
pub struct Starting {
    /// The command, as a shell takes it.
    pub command: String,
    /// The file that tells the app of the provider; its path goes on to be the same, from the folder that the app is
    /// started in.
    pub settings: Option<PathBuf>,
}

/// Why copies cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartProblem {
    /// It is no command.
    #[error("{0:?} is no command: a quote is not closed")]
    Command(String),
    /// The settings cannot be read.
    #[error("{path}: {source}")]
    Settings {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A copy does not log anybody in.
    #[error("a copy that was started so does not work: {0}")]
    Fails(String),
}

impl Starting {
    /// The same for copies: what is this app's alone becomes a place to fill in.
    ///
    /// # Errors
    /// When the command is none, or the settings cannot be read.
    pub fn for_copies(
        &self,
        folder: &Path,
        base: &Url,
        settings: &Settings,
    ) -> Result<Start, StartProblem> {
        let places = Places::of(base, settings);
        let words = shlex::split(&self.command).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| StartProblem::Command(self.command.clone()))?;
        let command = words.iter().enumerate().map(|(index, word)| {
            // Where a program is looked for by a path of its own is not the same on every system.
            let is_path = index == 0 && word.contains('/') && Path::new(word).is_relative();
            if is_path && folder.join(word).exists() {
                return format!("{{profile_dir}}/{word}");
            }
            places.put_into(word)
        });
        let mut start = Start {
            command: command.collect(),
            copy: true,
            env: BTreeMap::new(),
            files: BTreeMap::new(),
            patience: 60,
        };
        if let Some(path) = &self.settings {
            let text = std::fs::read_to_string(folder.join(path));
            let text = text.map_err(|source| StartProblem::Settings {
                path: path.display().to_string(),
                source,
            })?;
            let is_env = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().contains(".env"));
            if is_env {
                start.env = variables(&places.put_into(&text));
            } else {
                start.files.insert(path.clone(), places.put_into(&text));
            }
        }
        if !start.texts().any(|text| text.contains("{port}")) {
            start.env.insert("PORT".into(), "{port}".into());
        }
        Ok(start)
    }

    /// Starts a copy, and logs somebody in there.
    ///
    /// # Errors
    /// When that does not work.
    pub async fn try_out(
        found: &Found,
        folder: &Path,
        browser: Option<Kind>,
    ) -> Result<(), StartProblem> {
        let fails = |error: &dyn std::fmt::Display| StartProblem::Fails(error.to_string());
        let profile = Arc::new(found.profile.clone());
        let launcher = CommandLauncher::new(Arc::clone(&profile), folder.to_owned());
        let launcher = launcher.ok_or_else(|| fails(&"there is no command"))?;
        let browsers = match browser {
            Some(kind) => Some(Arc::new(
                Browsers::new(kind).map_err(|error| fails(&error))?,
            )),
            None => None,
        };
        let guests = Guests { profile, browsers };
        let mut lab = Lab::prepare(&launcher, guests)
            .await
            .map_err(|error| fails(&error))?;
        let logged_in = lab.good_login(SOMEBODY).await;
        logged_in.map(drop).map_err(|error| fails(&error))
    }
}

/// What stands in settings, and what the kit fills in in its place.
struct Places(Vec<(String, &'static str)>);

impl Places {
    fn of(base: &Url, settings: &Settings) -> Self {
        let Provided {
            issuer,
            discovery_url,
            client_id,
            client_secret,
            redirect_uri,
            ..
        } = &settings.provider;
        let second = &settings.second;
        let port = base.port_or_known_default().unwrap_or_default();
        let all = [
            (discovery_url, "{discovery_url}"),
            (&second.discovery_url, "{second_discovery_url}"),
            (redirect_uri, "{redirect_uri}"),
            (issuer, "{issuer}"),
            (&second.issuer, "{second_issuer}"),
            (client_secret, "{client_secret}"),
            (client_id, "{client_id}"),
            (&port.to_string(), "{port}"),
        ];
        let all = all.into_iter().filter(|(text, _)| !text.is_empty());
        Self(all.map(|(text, place)| (text.clone(), place)).collect())
    }

    /// Puts each place where its text stands by itself.
    fn put_into(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (sought, place) in &self.0 {
            text = replaced(&text, sought, place);
        }
        text
    }
}

/// The text with another in the place of a whole word.
fn replaced(text: &str, sought: &str, by: &str) -> String {
    let is_part = |character: Option<char>| {
        character.is_some_and(|it| it.is_alphanumeric() || "_-".contains(it))
    };
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(sought) {
        let (before, after) = (&rest[..at], &rest[at + sought.len()..]);
        done.push_str(before);
        let is_whole = !is_part(done.chars().next_back()) && !is_part(after.chars().next());
        done.push_str(if is_whole { by } else { sought });
        rest = after;
    }
    done + rest
}

/// The variables of a file such as `.env`.
fn variables(text: &str) -> BTreeMap<String, String> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.trim_start_matches("export ").split_once('='));
    let pair = |(name, value): (&str, &str)| {
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().to_owned(), value.to_owned())
    };
    pairs.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_replaced_where_it_stands_by_itself() {
        let check = |text: &str, expected: &str| {
            assert_eq!(replaced(text, "conform", "{client_id}"), expected);
        };
        check("id = 'conform'", "id = '{client_id}'");
        check(
            "conform-app conforms conform",
            "conform-app conforms {client_id}",
        );
        check("", "");
    }

    #[test]
    fn a_file_of_variables_is_read() {
        let read = variables("# a comment\nexport A=1\nB = \"two words\"\n\nnonsense\nC='x=y'\n");
        let expected = [("A", "1"), ("B", "two words"), ("C", "x=y")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read, expected.into());
    }
}
