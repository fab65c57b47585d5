//! What the issuer says of where the provider is.

use super::Tenant;

impl Tenant {
    /// The path that everything of this provider is under, for its cookies: two providers of one
    /// host do not share a browser's session.
    pub(crate) fn cookie_path(&self) -> &str {
        let after_scheme = self.issuer().find("://").map_or(0, |at| at + 3);
        let path = self.issuer()[after_scheme..].find('/');
        path.map_or("/", |at| &self.issuer()[after_scheme + at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn cookies_are_for_the_path_of_the_issuer() {
        let check = |issuer: &str, expected: &str| {
            let tenant = Tenant::new(issuer.into(), Config::default()).unwrap();
            assert_eq!(tenant.cookie_path(), expected, "{issuer}");
        };
        check("http://127.0.0.1:9000", "/");
        check("http://[::1]:9000", "/");
        check("http://127.0.0.1:9000/team", "/team");
        check("https://idp.test/realms/team", "/realms/team");
    }
}
