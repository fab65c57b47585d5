//! Whether the provider asks who is there.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whether the authorization endpoint answers without showing a page, also under
/// `prompt=select_account`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(with = "String"))]
pub enum AutoLogin {
    /// It shows the account chooser, and then the consent page.
    #[default]
    Never,
    /// The request's `login_hint` names the persona; without one the account chooser is shown.
    LoginHint,
    /// This persona logs in, whatever the request says.
    Persona(String),
}

impl From<String> for AutoLogin {
    fn from(text: String) -> Self {
        match text.as_str() {
            "never" => Self::Never,
            "login_hint" => Self::LoginHint,
            _ => Self::Persona(text),
        }
    }
}

impl From<AutoLogin> for String {
    fn from(auto_login: AutoLogin) -> Self {
        match auto_login {
            AutoLogin::Never => "never".into(),
            AutoLogin::LoginHint => "login_hint".into(),
            AutoLogin::Persona(id) => id,
        }
    }
}

impl FromStr for AutoLogin {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

impl fmt::Display for AutoLogin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&String::from(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_reads_as_it_is_written() {
        let check = |text: &str, expected: AutoLogin| {
            assert_eq!(AutoLogin::from(text.to_owned()), expected);
            assert_eq!(expected.to_string(), text);
        };
        check("never", AutoLogin::Never);
        check("login_hint", AutoLogin::LoginHint);
        check("alice", AutoLogin::Persona("alice".into()));
    }
}
