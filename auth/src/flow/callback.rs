//! [`Callback`]: the parameters with which the provider sends the visitor back.

use url::form_urlencoded;

use crate::LoginError;

/// An authorization response ([RFC 6749
/// 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2) and [RFC
/// 9207](https://www.rfc-editor.org/rfc/rfc9207)). An empty parameter is none. It has no `Debug`: a
/// code is a secret.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) state: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
    /// What a provider tells once, at somebody's first login: a name. It comes through the browser, and is
    /// worth as much as what the visitor says.
    pub(crate) user: Option<String>,
}

impl Callback {
    /// Reads the query of the callback's URL. Parameters that nobody knows are left alone, as they must be.
    ///
    /// # Errors
    /// One of the six stands more than once (RFC 6749 3.1).
    pub(crate) fn parse(query: &str) -> Result<Self, LoginError> {
        let mut callback = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some((name, place)) = callback.place(&name) else {
                continue;
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(LoginError::CallbackDuplicate { name });
            }
        }
        for name in NAMES {
            if let Some((_, place)) = callback.place(name) {
                place.take_if(|value| value.is_empty());
            }
        }
        Ok(callback)
    }

    /// Whether a parameter means something.
    pub(crate) fn knows(name: &str) -> bool {
        NAMES.contains(&name)
    }

    fn place(&mut self, name: &str) -> Option<(&'static str, &mut Option<String>)> {
        let name = NAMES.into_iter().find(|known| *known == name)?;
        let place = match name {
            "state" => &mut self.state,
            "code" => &mut self.code,
            "iss" => &mut self.iss,
            "error" => &mut self.error,
            "error_description" => &mut self.error_description,
            _ => &mut self.user,
        };
        Some((name, place))
    }
}

const NAMES: [&str; 6] = ["state", "code", "iss", "error", "error_description", "user"];

#[cfg(test)]
mod tests {
    use super::Callback;

    #[test]
    fn it_reads_the_six_and_leaves_the_rest_alone() {
        let query = "state=s&iss=https%3A%2F%2Fidp.test&code=4%2F0A+b&scope=email&scope=x&authuser=0&error=&\
                     error_description=%C3%A4%FF";
        let callback = Callback::parse(query).unwrap();
        assert_eq!(callback.state.as_deref(), Some("s"));
        assert_eq!(callback.iss.as_deref(), Some("https://idp.test"));
        assert_eq!(callback.code.as_deref(), Some("4/0A b"));
        assert_eq!(callback.error, None);
        assert_eq!(
            callback.error_description.as_deref(),
            Some("\u{e4}\u{fffd}")
        );
        assert!(Callback::parse("").unwrap() == Callback::default());
    }

    #[test]
    fn it_refuses_duplicates() {
        for name in super::NAMES {
            for query in [
                format!("{name}=a&x=1&{name}=b"),
                format!("{name}=&{name}=a"),
            ] {
                let error = Callback::parse(&query).err().unwrap();
                assert_eq!(
                    error.to_string(),
                    format!("the callback has the parameter {name:?} more than once")
                );
            }
        }
    }
}
