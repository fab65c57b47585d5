//! From a request to a verb, and from the verb to an answer.

use std::pin::Pin;
use std::time::Duration;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Kind, Problem, Provider};

/// What everything has that the description describes.
#[cfg(test)]
pub(crate) use schemars::JsonSchema as Described;
#[cfg(not(test))]
pub(crate) trait Described {}
#[cfg(not(test))]
impl<T> Described for T {}

/// Arguments, and what is done with them. The type is the verb: the server applies it, a
/// [`Remote`](crate::Remote) sends it.
pub(crate) trait Verb: Serialize + DeserializeOwned + Described + Send + 'static {
    /// The path below `/_mock/`.
    const NAME: &'static str;
    /// GET where it only looks.
    const METHOD: Method = Method::POST;
    /// Who has it.
    const ACCESS: Access = Access::Tenant;
    /// What it says.
    type Answer: Serialize + Described + Send;

    /// How long it may wait for something to happen.
    fn waits(&self) -> Duration {
        Duration::ZERO
    }

    /// Does it.
    fn apply(
        self,
        provider: &Provider,
    ) -> impl Future<Output = Result<Self::Answer, Problem>> + Send;
}

/// Where a verb is, and who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Every tenant has it.
    Tenant,
    /// Only the provider at the root has it: it is about all tenants.
    Root,
    /// As there, and it wants no token.
    Everybody,
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<String, Problem>> + Send + 'a>>;

/// A verb in the table.
pub(crate) struct Route {
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) access: Access,
    query: for<'a> fn(&'a Provider, &'a str) -> Answering<'a>,
    json: for<'a> fn(&'a Provider, &'a [u8]) -> Answering<'a>,
    #[cfg(test)]
    pub(super) describe: super::openapi::Describe,
}

impl Route {
    pub(super) const fn to<V: Verb>() -> Self {
        Self {
            name: V::NAME,
            method: V::METHOD,
            access: V::ACCESS,
            query: |provider, query| Box::pin(with_query::<V>(provider, query)),
            json: |provider, body| Box::pin(with_json::<V>(provider, body)),
            #[cfg(test)]
            describe: super::openapi::describe::<V>,
        }
    }

    pub(super) fn with_query<'a>(
        &self,
        provider: &'a Provider,
        query: Option<&'a str>,
    ) -> Answering<'a> {
        (self.query)(provider, query.unwrap_or_default())
    }

    pub(super) fn with_json<'a>(&self, provider: &'a Provider, body: &'a [u8]) -> Answering<'a> {
        (self.json)(provider, body)
    }
}

async fn with_query<V: Verb>(provider: &Provider, query: &str) -> Result<String, Problem> {
    let arguments = serde_urlencoded::from_str::<V>(query);
    let arguments = arguments.map_err(|error| {
        Problem::new(
            Kind::Arguments,
            format!("the query of {}: {error}", V::NAME),
        )
    })?;
    written(&arguments.apply(provider).await?)
}

async fn with_json<V: Verb>(provider: &Provider, body: &[u8]) -> Result<String, Problem> {
    // A verb without arguments needs no body.
    let body = if body.is_empty() { b"{}" } else { body };
    // A type of Rust would take an array of its fields, too.
    if body
        .trim_ascii_start()
        .first()
        .is_some_and(|first| matches!(first, b'[' | b'"'))
    {
        let words = format!("the arguments of {} are a JSON object", V::NAME);
        return Err(Problem::new(Kind::Arguments, words));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let arguments = serde_path_to_error::deserialize::<_, V>(&mut json);
    let arguments = arguments.map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        let words = match path.as_str() {
            "." => format!("the arguments of {}: {inner}", V::NAME),
            path => format!("the arguments of {}, at {path}: {inner}", V::NAME),
        };
        Problem::new(Kind::Arguments, words)
    })?;
    let end = json.end();
    end.map_err(|error| Problem::new(Kind::Arguments, format!("behind the arguments: {error}")))?;
    written(&arguments.apply(provider).await?)
}

fn written(answer: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(answer).map_err(|error| Problem::refused(&error))
}
