//! What a handler returns: an honest answer, still in parts, so that one layer can edit and encode
//! it.

mod members;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::endpoint::Parameters;
use crate::keys::Keys;
use crate::page;
use crate::place::Place;
use crate::sign::{TokenLies, UnsignedToken, sign};
pub(crate) use members::{Members, Value, quoted};

/// An answer before it is encoded.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The place it comes from, which a fault names.
    pub(crate) place: Place,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    members: Members,
    /// The members, encoded before; an edit drops it.
    encoded: Option<Bytes>,
    pub(crate) encoding: Encoding,
    pub(crate) target: Target,
    /// Whom it is for, and about whom.
    pub(crate) client: Option<String>,
    pub(crate) persona: Option<String>,
    /// The parameters of the authorization request it goes back to.
    pub(crate) authorization: Option<Arc<Parameters>>,
}

/// How members become text.
#[derive(Clone, Debug)]
pub(crate) enum Encoding {
    /// JSON with this many spaces a level.
    Json { indent: usize },
    /// JSON: a list with one object of the members in it.
    JsonList { indent: usize },
    /// Appended to the target as its query.
    Query,
    /// Appended to the target as its fragment.
    Fragment,
    /// A page with a form that sends itself to the target,
    /// [OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html).
    FormPost,
    /// `application/x-www-form-urlencoded`, as the body.
    Form,
    /// A signed JWT whose claims the members are, as the body.
    Jwt(Box<UnsignedToken>),
    /// No members: these bytes as they are.
    Verbatim(Bytes),
}

/// Where an answer goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// It is the body of this response.
    Response,
    /// It goes to this URL by redirect.
    Redirect(String),
}

impl Answer {
    /// An answer of JSON members.
    pub(crate) fn json(place: Place, indent: usize, members: Members) -> Self {
        Self::new(place, members, Encoding::Json { indent }).with_header(
            http::header::CONTENT_TYPE,
            "application/json; charset=utf-8",
        )
    }

    /// A page.
    pub(crate) fn page(place: Place, html: String) -> Self {
        let policy = page::content_security_policy();
        Self::new(place, Members::default(), Encoding::Verbatim(html.into()))
            .with_header(http::header::CONTENT_TYPE, "text/html; charset=utf-8")
            .with_header(http::header::CONTENT_SECURITY_POLICY, policy)
            .with_header(http::header::REFERRER_POLICY, "no-referrer")
            .with_header(CACHE_CONTROL, "no-store")
    }

    /// A redirect within the provider.
    pub(crate) fn redirect(place: Place, to: String) -> Self {
        let mut answer = Self::new(place, Members::default(), Encoding::Verbatim(Bytes::new()));
        answer.status = StatusCode::FOUND;
        answer.target = Target::Redirect(to);
        answer.with_header(CACHE_CONTROL, "no-store")
    }

    /// A redirect to an app, with members for parameters.
    pub(crate) fn to_client(redirect_uri: &str, encoding: Encoding, members: Members) -> Self {
        let mut answer = Self::redirect(Place::Authorization, redirect_uri.to_owned());
        answer.members = members;
        answer.encoding = encoding;
        if matches!(answer.encoding, Encoding::FormPost) {
            answer.status = StatusCode::OK;
            let policy = page::form_post_security_policy();
            return answer
                .with_header(http::header::CONTENT_TYPE, "text/html; charset=utf-8")
                .with_header(http::header::CONTENT_SECURITY_POLICY, policy);
        }
        answer
    }

    /// A signed JWT, whose claims can still be changed.
    pub(crate) fn jwt(place: Place, token: UnsignedToken) -> Self {
        let claims = token.claims.clone();
        Self::new(place, claims, Encoding::Jwt(Box::new(token)))
            .with_header(http::header::CONTENT_TYPE, "application/jwt")
    }

    /// A form, as the body.
    pub(crate) fn form(place: Place, members: Members) -> Self {
        Self::new(place, members, Encoding::Form).with_header(
            http::header::CONTENT_TYPE,
            "application/x-www-form-urlencoded",
        )
    }

    /// JSON that is always the same.
    pub(crate) fn json_text(place: Place, text: &str) -> Self {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        Self::new(place, Members::default(), Encoding::Verbatim(bytes)).with_header(
            http::header::CONTENT_TYPE,
            "application/json; charset=utf-8",
        )
    }

    /// Nothing.
    pub(crate) fn empty(place: Place, status: StatusCode) -> Self {
        let mut answer = Self::new(place, Members::default(), Encoding::Verbatim(Bytes::new()));
        answer.status = status;
        answer
    }

    /// Signs the members where they are to be a JWT, honestly but for the lies.
    pub(crate) fn signed(mut self, lies: &TokenLies, keys: &Keys) -> Self {
        if let Encoding::Jwt(token) = &mut self.encoding {
            token.claims = self.members.clone();
            let compact = sign(token, lies, keys);
            self.encoding = Encoding::Verbatim(compact.into());
        }
        self
    }

    fn new(place: Place, members: Members, encoding: Encoding) -> Self {
        Self {
            place,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            members,
            encoded: None,
            encoding,
            target: Target::Response,
            client: None,
            persona: None,
            authorization: None,
        }
    }

    /// Adds a header. A value that no header can have is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Says whom it is for, and about whom.
    pub(crate) fn about(mut self, client: &str, persona: &str) -> Self {
        self.client = Some(client.into());
        self.persona = Some(persona.into());
        self
    }

    pub(crate) fn members(&self) -> &Members {
        &self.members
    }

    /// The members, to be changed.
    pub(crate) fn edit(&mut self) -> &mut Members {
        self.encoded = None;
        &mut self.members
    }

    /// Encodes ahead, for an answer that is given many times.
    pub(crate) fn encoded(mut self) -> Self {
        self.encoded = Some(self.encode().0);
        self
    }

    /// The body, and where the answer goes instead when that is elsewhere.
    pub(crate) fn encode(&self) -> (Bytes, Option<String>) {
        let body = match &self.encoding {
            Encoding::Json { indent } => match &self.encoded {
                Some(encoded) => encoded.clone(),
                None => self.members.json(*indent).into(),
            },
            Encoding::JsonList { indent } => format!("[{}]", self.members.json(*indent)).into(),
            Encoding::Verbatim(bytes) => bytes.clone(),
            Encoding::Form => self.members.form().into(),
            Encoding::FormPost => self.form_post().into(),
            // The layer signs before it encodes.
            Encoding::Query | Encoding::Fragment | Encoding::Jwt(_) => Bytes::new(),
        };
        let location = match &self.target {
            Target::Response => None,
            Target::Redirect(_) if matches!(self.encoding, Encoding::FormPost) => None,
            Target::Redirect(url) => Some(self.location(url)),
        };
        (body, location)
    }

    fn location(&self, url: &str) -> String {
        let separator = match self.encoding {
            Encoding::Fragment => '#',
            Encoding::Query if url.contains('?') => '&',
            Encoding::Query => '?',
            _ => return url.into(),
        };
        format!("{url}{separator}{}", self.members.form())
    }

    fn form_post(&self) -> String {
        let action = match &self.target {
            Target::Response => "",
            Target::Redirect(url) => url,
        };
        page::form_post(&page::FormPost {
            action,
            parameters: &self.members.pairs(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Members {
        let mut members = Members::default();
        members.push_text("state", "a b&c");
        members.push_json("n", "3");
        members.push_json("list", r#"["x","y"]"#);
        members.push_text("state", "again");
        members
    }

    #[test]
    fn order_and_doubles_survive_every_encoding() {
        assert_eq!(
            members().compact_json(),
            r#"{"state":"a b&c","n":3,"list":["x","y"],"state":"again"}"#
        );
        assert_eq!(
            members().json(2),
            "{\n  \"state\": \"a b&c\",\n  \"n\": 3,\n  \"list\": [\n    \"x\",\n    \"y\"\n  ],\n  \"state\": \"again\"\n}"
        );
        let query = "state=a+b%26c&n=3&list=%5B%22x%22%2C%22y%22%5D&state=again";
        assert_eq!(members().form(), query);
    }

    #[test]
    fn a_redirect_keeps_the_query_that_the_app_registered() {
        let check = |uri: &str, encoding: Encoding, expected: &str| {
            let mut members = Members::default();
            members.push_text("code", "4/0A");
            let answer = Answer::to_client(uri, encoding, members);
            assert_eq!(answer.encode().1.as_deref(), Some(expected));
        };
        check("http://a/cb", Encoding::Query, "http://a/cb?code=4%2F0A");
        check(
            "http://a/cb?t=1",
            Encoding::Query,
            "http://a/cb?t=1&code=4%2F0A",
        );
        check("http://a/cb", Encoding::Fragment, "http://a/cb#code=4%2F0A");
    }
}
