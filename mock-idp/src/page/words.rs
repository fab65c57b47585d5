//! What the pages of a login say, in the manner of each provider.

use serde::Deserialize;

/// What the pages of a login say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The heading of the account chooser.
    pub choose: String,
    /// The line below.
    pub choose_for: AroundApp,
    /// The heading of the consent page.
    pub consent: AroundApp,
    /// The heading of what the app will see.
    pub app_will_see: String,
    /// The button that gives consent.
    pub allow: String,
    /// The button that declines, on both pages.
    pub cancel: String,
}

/// A text with `{app}` where the app's name belongs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AroundApp {
    /// What is before the name.
    pub before: String,
    /// What is behind it.
    pub after: String,
}

/// Words in which the app is not named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} has no {{app}}, where the app's name belongs")]
pub struct NoApp(String);

impl TryFrom<String> for AroundApp {
    type Error = NoApp;

    fn try_from(text: String) -> Result<Self, NoApp> {
        match text.split_once("{app}") {
            Some((before, after)) => Ok(Self {
                before: before.into(),
                after: after.into(),
            }),
            None => Err(NoApp(text)),
        }
    }
}
