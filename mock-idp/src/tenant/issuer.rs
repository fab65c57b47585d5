//! Where the provider is, and what it is called.

use std::sync::Arc;

use super::Tenant;
use crate::flavour::Flavour;
use crate::names::Names;
use crate::place::Place;

/// How a request calls the provider, where requests say it.
#[derive(Debug)]
pub(super) struct Seen {
    root: String,
    issuer: String,
}

impl Tenant {
    /// The issuer, such as `http://127.0.0.1:9000`, without a slash at the end: what the provider is
    /// called in its tokens. It is [`root`](Self::root), with a path where the flavour has one.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.1
            .as_ref()
            .map_or(&self.0.issuer, |seen| seen.issuer.as_str())
    }

    /// The URL that everything of this provider is under, such as `http://127.0.0.1:9000`, without a
    /// slash at the end.
    #[must_use]
    pub fn root(&self) -> &str {
        self.1
            .as_ref()
            .map_or(&self.0.names.root, |seen| seen.root.as_str())
    }

    /// The same provider, at the root that a request calls it by.
    pub(crate) fn seen_at(&self, root: &str) -> Self {
        let root = format!("{root}{}", self.path());
        let issuer = issuer_at(self.flavour(), &root.as_str().into());
        Self(Arc::clone(&self.0), Some(Arc::new(Seen { root, issuer })))
    }

    /// Whether it is called by whatever its requests call it.
    pub(crate) fn is_called_as_seen(&self) -> bool {
        self.1.is_some()
    }

    /// Where it is from the start.
    pub(crate) fn names(&self) -> &Names {
        &self.0.names
    }

    /// What the URL of a place begins with that is at this host.
    pub(crate) fn base(&self, host: &str, place: Place) -> String {
        if self.0.names.at_real_hosts {
            return format!("https://{}", self.flavour().real_host(host));
        }
        let back_channel = self.0.names.back_channel_of(place);
        back_channel.unwrap_or_else(|| self.root()).to_owned()
    }

    /// The URL of a place; the root where the flavour has no such place.
    #[must_use]
    pub fn url(&self, place: Place) -> String {
        self.url_in(place, None)
    }

    /// The URL of a place in this directory, where its path names one; without, in that of all.
    pub(crate) fn url_in(&self, place: Place, directory: Option<&str>) -> String {
        let all = self.flavour().text.directory.as_ref();
        let directory = directory.or(all.map(|text| text.any.as_str()));
        let url = self.url_with_variable(place);
        url.replace("{directory}", directory.unwrap_or_default())
    }

    /// The URL of a place with the variable of its path still in it.
    pub(crate) fn url_with_variable(&self, place: Place) -> String {
        match self.flavour().router.location(place) {
            Some(location) => format!("{}{}", self.base(&location.host, place), location.path),
            None => self.root().to_owned(),
        }
    }

    /// The path that everything of this provider is under; empty at the root of its host.
    pub(crate) fn path(&self) -> &str {
        let root = self.root();
        let after_scheme = root.find("://").map_or(0, |at| at + 3);
        let path = root[after_scheme..].find('/');
        path.map_or("", |at| &root[after_scheme + at..])
    }

    /// The path of its cookies: two providers of one host do not share a browser's session.
    pub(crate) fn cookie_path(&self) -> &str {
        match self.path() {
            "" => "/",
            path => path,
        }
    }
}

/// What a provider at this root is called.
pub(super) fn issuer_at(flavour: &Flavour, names: &Names) -> String {
    flavour.expand(&flavour.text.issuer, |host, _| {
        if names.at_real_hosts {
            return format!("https://{}", flavour.real_host(host));
        }
        names.root.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn cookies_are_for_the_path_of_the_issuer() {
        let check = |issuer: &str, path: &str, cookie_path: &str| {
            let tenant = Tenant::new(issuer, Config::default()).unwrap();
            assert_eq!(tenant.path(), path, "{issuer}");
            assert_eq!(tenant.cookie_path(), cookie_path, "{issuer}");
        };
        check("http://127.0.0.1:9000", "", "/");
        check("http://[::1]:9000", "", "/");
        check("http://127.0.0.1:9000/team", "/team", "/team");
        check("https://idp.test/realms/x", "/realms/x", "/realms/x");
    }
}
