//! A request as handlers see it: parsed once, at the door.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::header::{AUTHORIZATION, AsHeaderName, CONTENT_TYPE};
use http::{HeaderMap, Method};
use url::form_urlencoded;

use super::client_authentication::basic_client_id;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Arc<Parameters>,
    /// The body's parameters; none where it is no form.
    pub(crate) form: Arc<Parameters>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The variable part of the path, where its route has one.
    pub(crate) variable: Option<String>,
    /// Which of a place's answers this path gives, where it has several.
    pub(crate) profile: Option<String>,
    /// The host it was sent to, where the provider is at its real ones.
    pub(crate) real_host: Option<String>,
}

impl Request {
    pub(crate) fn new(method: Method, uri: &http::Uri, headers: HeaderMap, body: Bytes) -> Self {
        Self::at(uri.path().to_owned(), method, uri, headers, body)
    }

    /// A request to another path than its URL's, such as what is left of it for a tenant.
    pub(crate) fn at(
        path: String,
        method: Method,
        uri: &http::Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        let query = Parameters::shared(uri.query().unwrap_or_default().as_bytes());
        let form = if is_form(&headers) {
            Parameters::shared(&body)
        } else {
            Parameters::shared(b"")
        };
        Self {
            method,
            path,
            query,
            form,
            headers,
            body,
            variable: None,
            profile: None,
            real_host: None,
        }
    }

    /// Whether the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        is_form(&self.headers)
    }

    /// The parameters: of the body when it was posted, else of the query
    /// ([OpenID Connect Core 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    pub(crate) fn parameters(&self) -> &Arc<Parameters> {
        if self.method == Method::POST {
            &self.form
        } else {
            &self.query
        }
    }

    /// The client that the request says it is from; not yet proven.
    pub(crate) fn claimed_client(&self) -> Option<String> {
        let named = self.parameters().first("client_id").map(str::to_owned);
        named.or_else(|| basic_client_id(self.header(AUTHORIZATION)?))
    }

    /// The text of a header.
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Parameters, names and values, in the order they came. All of them are in one text: there are many
/// at a provider, and most are never looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    text: String,
    /// Where each name and, behind it, its value end in the text.
    ends: Vec<(usize, usize)>,
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let mut parameters = Self {
            text: String::with_capacity(text.len()),
            ends: Vec::with_capacity(text.split(|byte| *byte == b'&').count()),
        };
        for (name, value) in form_urlencoded::parse(text) {
            parameters.push(&name, &value);
        }
        parameters
    }

    /// Reads `application/x-www-form-urlencoded`. All that are empty are the same.
    fn shared(text: &[u8]) -> Arc<Self> {
        static EMPTY: LazyLock<Arc<Parameters>> = LazyLock::new(Arc::default);
        if text.is_empty() {
            return Arc::clone(&EMPTY);
        }
        Arc::new(Self::parse(text))
    }

    fn push(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        let name_ends = self.text.len();
        self.text.push_str(value);
        self.ends.push((name_ends, self.text.len()));
    }

    /// Each name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut begins = 0;
        self.ends.iter().map(move |(name_ends, ends)| {
            let name = &self.text[begins..*name_ends];
            begins = *ends;
            (name, &self.text[*name_ends..*ends])
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How much text they are, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// The first value of a parameter, also an empty one.
    pub(crate) fn sent(&self, name: &str) -> Option<&str> {
        let found = self.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }

    /// The first value of a parameter. An empty one counts as absent
    /// ([RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.sent(name).filter(|value| !value.is_empty())
    }

    /// A parameter that came more than once.
    pub(crate) fn duplicate(&self) -> Option<&str> {
        let mut names = self.iter().map(|(name, _)| name).enumerate();
        let repeated = names.find(|(index, name)| {
            let mut before = self.iter().take(*index);
            before.any(|(known, _)| known == *name)
        });
        repeated.map(|(_, name)| name)
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut parameters = Self::default();
        for (name, value) in pairs {
            parameters.push(name.as_ref(), value.as_ref());
        }
        parameters
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = content_type.and_then(|it| it.split(';').next());
    media_type.is_some_and(|it| {
        it.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_parameter_counts_as_absent() {
        let parameters = Parameters::parse(b"a=&b=1");
        assert_eq!(parameters.first("a"), None);
        assert_eq!(parameters.first("b"), Some("1"));
    }

    #[test]
    fn a_double_is_found_also_where_one_is_empty() {
        assert_eq!(Parameters::parse(b"a=1&b=2&a=").duplicate(), Some("a"));
        assert_eq!(Parameters::parse(b"a=1&b=1").duplicate(), None);
    }

    #[test]
    fn a_form_says_so_in_its_content_type() {
        let check = |content_type: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(is_form(&headers), expected, "{content_type}");
        };
        check("application/x-www-form-urlencoded", true);
        check("Application/X-WWW-Form-Urlencoded; charset=UTF-8", true);
        check("application/json", false);
    }
}
