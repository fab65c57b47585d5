//! What the issuer says of where the provider is.

use std::sync::Arc;

use super::Tenant;
use crate::names::Names;
use crate::place::Place;

impl Tenant {
    /// The same provider, under the issuer that a request calls it by.
    pub(crate) fn seen_at(&self, root: &str) -> Self {
        let issuer = format!("{root}{}", self.path());
        Self(Arc::clone(&self.0), Some(issuer.into()))
    }

    /// Whether it is called by whatever its requests call it.
    pub(crate) fn is_called_as_seen(&self) -> bool {
        self.1.is_some()
    }

    /// What it is called at the start.
    pub(crate) fn names(&self) -> &Names {
        &self.0.names
    }

    /// What the URL of a place begins with.
    pub(crate) fn base(&self, place: Place) -> &str {
        let back_channel = self.0.names.back_channel_of(place);
        back_channel.unwrap_or_else(|| self.issuer())
    }

    /// The path that everything of this provider is under; empty at the root of its host.
    pub(crate) fn path(&self) -> &str {
        let issuer = self.issuer();
        let after_scheme = issuer.find("://").map_or(0, |at| at + 3);
        let path = issuer[after_scheme..].find('/');
        path.map_or("", |at| &issuer[after_scheme + at..])
    }

    /// The path of its cookies: two providers of one host do not share a browser's session.
    pub(crate) fn cookie_path(&self) -> &str {
        match self.path() {
            "" => "/",
            path => path,
        }
    }
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
