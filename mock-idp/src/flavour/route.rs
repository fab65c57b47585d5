//! Which paths lead to which place.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Deserializer, de};

use super::FlavourError;
use crate::place::Place;

/// One row of the flavour's table of routes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) place: Place,
    /// Where it is; the first is the one that is advertised.
    pub(crate) at: Vec<Location>,
    #[serde(deserialize_with = "methods")]
    pub(crate) methods: Vec<Method>,
    /// Which of a place's answers this path gives, where it has several.
    pub(crate) profile: Option<String>,
}

/// A logical host and a path on it, written `host:/path`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Location {
    pub(crate) host: String,
    pub(crate) path: String,
}

impl TryFrom<String> for Location {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (host, path) = text
            .split_once(':')
            .ok_or_else(|| format!("{text:?} is not of the form host:/path"))?;
        Ok(Self {
            host: host.into(),
            path: path.into(),
        })
    }
}

fn methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Method>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let method = |name: String| name.parse().map_err(de::Error::custom);
    names.into_iter().map(method).collect()
}

/// What a path led to.
pub(crate) struct Matched<'a> {
    pub(crate) route: &'a Route,
    /// The host that the path is at.
    pub(crate) host: &'a str,
    /// The variable part of the path, such as the persona of a picture.
    pub(crate) variable: Option<String>,
}

/// Paths to routes, made from data. An overlap of two is an error, not a panic.
#[derive(Debug)]
pub(crate) struct Router {
    routes: Vec<Route>,
    /// Which location of which route a path is.
    paths: matchit::Router<(usize, usize)>,
}

impl Router {
    pub(crate) fn new(
        routes: Vec<Route>,
        hosts: &BTreeMap<String, String>,
    ) -> Result<Self, FlavourError> {
        let mut paths = matchit::Router::new();
        for (index, route) in routes.iter().enumerate() {
            for (at, location) in route.at.iter().enumerate() {
                if !hosts.contains_key(&location.host) {
                    return Err(FlavourError::UnknownHost(location.host.clone()));
                }
                paths
                    .insert(&location.path, (index, at))
                    .map_err(|error| FlavourError::Path {
                        path: location.path.clone(),
                        reason: error.to_string(),
                    })?;
            }
        }
        Ok(Self { routes, paths })
    }

    pub(crate) fn find(&self, path: &str) -> Option<Matched<'_>> {
        let found = self.paths.at(path).ok()?;
        let variable = found.params.iter().next().map(|(_, value)| value.into());
        let (index, at) = *found.value;
        let route = self.routes.get(index)?;
        Some(Matched {
            route,
            host: &route.at.get(at)?.host,
            variable,
        })
    }

    /// Where a place is advertised.
    pub(crate) fn location(&self, place: Place) -> Option<&Location> {
        let route = self.routes.iter().find(|route| route.place == place)?;
        route.at.first()
    }

    /// The logical hosts that something is at.
    #[cfg(feature = "tls")]
    pub(crate) fn hosts(&self) -> std::collections::BTreeSet<&str> {
        let locations = self.routes.iter().flat_map(|route| &route.at);
        locations.map(|location| location.host.as_str()).collect()
    }

    /// Every path that leads somewhere.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let locations = self.routes.iter().flat_map(|route| &route.at);
        locations.map(|location| location.path.as_str())
    }

    /// Every place with where it is advertised, for a visitor who is lost.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Place, &Location)> {
        let routes = self.routes.iter();
        routes.filter_map(|route| Some((route.place, route.at.first()?)))
    }
}
